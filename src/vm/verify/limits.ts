// Pass 2: sizes that Aptos's mainnet allows (aptos-vm-environment/prod_configs.rs), and the constants of the limits that later passes apply.

import { allFieldsOf, at, type Unit, visitTypes } from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import type { SignatureToken } from '../bytecode/module.ts';
import { refuse } from './error.ts';

const TYPE_PARAMETERS_MAX = 32;
/** Of a function or function type; as many returns are allowed. */
const PARAMETERS_MAX = 128;
/** Nodes of one type in a signature, structs and type parameters counting as four: they may stand for larger ones. */
const TYPE_NODES_MAX = 128;
const OPEN_TYPE_WEIGHT = 4;
const TYPE_DEPTH_MAX = 20;

/** Loops inside loops. */
export const LOOP_DEPTH_MAX = 5;
export const BASIC_BLOCKS_MAX = 1024;
/** Values on the operand stack. */
export const STACK_SIZE_MAX = 1024;
/** Pushes within one basic block, whatever is popped in between. */
export const BLOCK_PUSHES_MAX = 10_000;
/** Elements of one `VecPack` or `VecUnpack`. */
export const VECTOR_LITERAL_MAX = 0xffff;

/** @throws VerificationError */
export function checkLimits(unit: Unit): void {
  for (let index = 0; index < unit.functionHandles.length; index++) {
    const handle = at(unit.functionHandles, index);
    const place: Place = { table: 'functionHandles', index };
    if (handle.typeParameters.length > TYPE_PARAMETERS_MAX) tooManyTypeParameters(unit, place);
    for (const signature of [handle.parameters, handle.returns]) {
      if (at(unit.signatures, signature).length > PARAMETERS_MAX) {
        refuse(unit, 'TOO_MANY_PARAMETERS', `over ${PARAMETERS_MAX} parameters or returns`, place);
      }
    }
  }
  for (let index = 0; index < unit.structHandles.length; index++) {
    const handle = at(unit.structHandles, index);
    const place: Place = { table: 'structHandles', index };
    if (handle.typeParameters.length > TYPE_PARAMETERS_MAX) tooManyTypeParameters(unit, place);
  }
  for (let index = 0; index < unit.signatures.length; index++) {
    const signature = at(unit.signatures, index);
    for (const type of signature) checkTypeSize(unit, type, { table: 'signatures', index });
  }
  for (let index = 0; index < unit.constants.length; index++) {
    const constant = at(unit.constants, index);
    checkTypeSize(unit, constant.type, { table: 'constants', index });
  }
  if (unit.kind === 'script') return;
  for (let index = 0; index < unit.structs.length; index++) {
    const definition = at(unit.structs, index);
    for (const field of allFieldsOf(definition)) checkTypeSize(unit, field.type, { table: 'structs', index });
  }
}

function tooManyTypeParameters(unit: Unit, place: Place): never {
  refuse(unit, 'TOO_MANY_TYPE_PARAMETERS', `over ${TYPE_PARAMETERS_MAX} type parameters`, place);
}

function checkTypeSize(unit: Unit, type: SignatureToken, place: Place): void {
  let nodes = 0;
  visitTypes(type, (part, depth) => {
    if (depth > TYPE_DEPTH_MAX) refuse(unit, 'TOO_MANY_TYPE_NODES', `types nested over ${TYPE_DEPTH_MAX} deep`, place);
    if (part.kind === 'function' && Math.max(part.parameters.length, part.returns.length) > PARAMETERS_MAX) {
      refuse(unit, 'TOO_MANY_PARAMETERS', `a function type of over ${PARAMETERS_MAX} parameters or returns`, place);
    }
    nodes += part.kind === 'struct' || part.kind === 'typeParameter' ? OPEN_TYPE_WEIGHT : 1;
  });
  if (nodes > TYPE_NODES_MAX) refuse(unit, 'TOO_MANY_TYPE_NODES', `a type of ${nodes} nodes`, place);
}
