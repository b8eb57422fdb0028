// Pass 12, calls and function values.

import { assert } from '../../base/errors.ts';
import { at, maskedParameters, parametersOf, returnsOf, substitute } from '../bytecode/access.ts';
import type { AbilitySet, SignatureToken } from '../bytecode/module.ts';
import { FUNCTION_ABILITIES, isPersistent, PERSISTENT_FUNCTION_ABILITIES } from './abilities.ts';
import { referred, type TypeStack } from './type-stack.ts';

/** `index` is that of a function handle. */
export function checkCall(stack: TypeStack, index: number, typeArgs: readonly SignatureToken[]): void {
  const { unit } = stack.body;
  const handle = at(unit.functionHandles, index);
  for (const parameter of instance(parametersOf(unit, handle), typeArgs).toReversed()) {
    stack.expectAssignable(parameter, 'CALL_TYPE_MISMATCH_ERROR');
  }
  for (const type of instance(returnsOf(unit, handle), typeArgs)) stack.push(type);
}

/** The arguments first, then the function value. `signature` holds the function's type alone. */
export function checkCallClosure(stack: TypeStack, signature: number): void {
  const type = at(at(stack.body.unit.signatures, signature), 0);
  assert(type.kind === 'function', 'a call of what is no function');
  stack.expectAssignable(type, 'CALL_TYPE_MISMATCH_ERROR');
  for (const parameter of type.parameters.toReversed()) {
    stack.expectAssignable(parameter, 'CALL_TYPE_MISMATCH_ERROR');
  }
  for (const result of type.returns) stack.push(result);
}

/**
 * Takes the captured arguments. The function value has the abilities that all of them have, and `store` only if the function is declared
 * to be persistent.
 */
export function checkPackClosure(
  stack: TypeStack,
  index: number,
  typeArgs: readonly SignatureToken[],
  mask: bigint,
): void {
  const { unit } = stack.body;
  const handle = at(unit.functionHandles, index);
  let abilities: AbilitySet = isPersistent(handle.attributes) ? PERSISTENT_FUNCTION_ABILITIES : FUNCTION_ABILITIES;
  const parameters = instance(parametersOf(unit, handle), typeArgs);
  for (const parameter of maskedParameters(parameters, mask, true).toReversed()) {
    const captured = stack.expectAssignable(parameter, 'PACK_TYPE_MISMATCH_ERROR');
    if (referred(parameter)) stack.refuse('PACK_TYPE_MISMATCH_ERROR');
    abilities &= stack.abilities(captured);
  }
  stack.push({
    kind: 'function',
    parameters: maskedParameters(parameters, mask, false),
    returns: instance(returnsOf(unit, handle), typeArgs),
    abilities,
  });
}

type Signature = readonly SignatureToken[];

/** By type arguments, then by the generic signature: both are arrays of the unit, and the same ones meet again and again. */
const instances = new WeakMap<Signature, WeakMap<Signature, Signature>>();

function instance(signature: Signature, typeArgs: Signature): Signature {
  if (typeArgs.length === 0) return signature;
  let known = instances.get(typeArgs);
  if (!known) {
    known = new WeakMap();
    instances.set(typeArgs, known);
  }
  let found = known.get(signature);
  if (!found) {
    found = signature.map((type) => substitute(type, typeArgs));
    known.set(signature, found);
  }
  return found;
}
