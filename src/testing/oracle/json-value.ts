// The Rust VM gives a view's return values as JSON. This turns them back into BCS, which is what the two VMs are compared in. Of structs,
// texts alone are understood; the JSON of an enum does not even say which variant it is of: see bcs-views.ts.

import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, fromHex } from '../../base/bytes.ts';
import { AssertionError, assert } from '../../base/errors.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import type { CompiledModule, ModuleId, SignatureToken } from '../../vm/bytecode/module.ts';

/** Finds a module that was published. */
export type FindModule = (id: ModuleId) => CompiledModule;

/** A reference stands for what it points at. */
export function bcsOfJson(json: unknown, type: SignatureToken): Bytes {
  const writer = new BcsWriter();
  writeValue(writer, json, type);
  return writer.finish();
}

/** A `vector<u8>`'s own bytes: hex, but no bytes are an empty list. */
export function bytesOfJson(json: unknown): Bytes {
  if (Array.isArray(json) && json.length === 0) return new Uint8Array();
  assert(typeof json === 'string', 'bytes in JSON');
  return fromHex(json);
}

function writeValue(writer: BcsWriter, json: unknown, type: SignatureToken): void {
  switch (type.kind) {
    case 'bool':
      assert(typeof json === 'boolean', 'a bool in JSON');
      writer.bool(json);
      return;
    case 'u8':
    case 'u16':
    case 'u32':
      assert(typeof json === 'number', `a ${type.kind} in JSON`);
      writer[type.kind](json);
      return;
    case 'u64':
    case 'u128':
    case 'u256':
      assert(typeof json === 'string', `a ${type.kind} in JSON`);
      writer[type.kind](BigInt(json));
      return;
    case 'address':
      assert(typeof json === 'string', 'an address in JSON');
      writer.fixed(addressToBytes(parseAddress(json)));
      return;
    case 'vector':
      if (typeof json === 'string') {
        writer.bytes(bytesOfJson(json));
        return;
      }
      assert(Array.isArray(json), 'a vector in JSON');
      writer.vector(json, (w, item) => writeValue(w, item, type.inner));
      return;
    case 'struct':
      assert(typeof json === 'string', 'a text in JSON');
      writer.string(json);
      return;
    case 'reference':
    case 'mutableReference':
      writeValue(writer, json, type.inner);
      return;
    default:
      throw new AssertionError(`a ${type.kind} is not read from JSON`);
  }
}
