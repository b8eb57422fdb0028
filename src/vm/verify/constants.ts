// Pass 6: constants are of types that a constant may have, and their bytes are values of them.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { ADDRESS_SIZE } from '../../base/ids.ts';
import { at, type Unit } from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import { CONSTANT_SIZE_MAX } from '../bytecode/format.ts';
import type { SignatureToken } from '../bytecode/module.ts';
import { refuse } from './error.ts';

/** @throws VerificationError */
export function checkConstants(unit: Unit): void {
  for (let index = 0; index < unit.constants.length; index++) {
    const { type, data } = at(unit.constants, index);
    const place: Place = { table: 'constants', index };
    if (!mayBeConstant(type)) refuse(unit, 'INVALID_CONSTANT_TYPE', `a constant of type ${type.kind}`, place);
    try {
      decodeBcs(data, 'constant', (reader) => readValue(reader, type));
    } catch (cause) {
      refuse(unit, 'MALFORMED_CONSTANT_DATA', cause instanceof Error ? cause.message : 'not a value', place);
    }
  }
}

function mayBeConstant(type: SignatureToken): boolean {
  switch (type.kind) {
    case 'vector':
      return mayBeConstant(type.inner);
    case 'signer':
    case 'reference':
    case 'mutableReference':
    case 'struct':
    case 'typeParameter':
    case 'function':
      return false;
    default:
      return true;
  }
}

/** Reads a value for its form alone. Vectors nest no deeper than the limits pass allows. */
function readValue(reader: BcsReader, type: SignatureToken): void {
  switch (type.kind) {
    case 'vector':
      reader.vector('constant', CONSTANT_SIZE_MAX, (r) => readValue(r, type.inner));
      return;
    case 'address':
      reader.fixed('constant', ADDRESS_SIZE);
      return;
    case 'bool':
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256':
      reader[type.kind]('constant');
      return;
    // Any bytes are a signed number.
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
    case 'i128':
    case 'i256':
      reader.fixed('constant', Number(type.kind.slice(1)) / 8);
  }
}
