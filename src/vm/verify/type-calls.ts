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
  for (const parameter of parametersOf(unit, handle).toReversed()) {
    stack.expectAssignable(substitute(parameter, typeArgs), 'CALL_TYPE_MISMATCH_ERROR');
  }
  for (const type of returnsOf(unit, handle)) stack.push(substitute(type, typeArgs));
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
  const parameters = parametersOf(unit, handle);
  for (const parameter of maskedParameters(parameters, mask, true).toReversed()) {
    const captured = stack.expectAssignable(substitute(parameter, typeArgs), 'PACK_TYPE_MISMATCH_ERROR');
    if (referred(parameter)) stack.refuse('PACK_TYPE_MISMATCH_ERROR');
    abilities &= stack.abilities(captured);
  }
  const type: SignatureToken = {
    kind: 'function',
    parameters: maskedParameters(parameters, mask, false),
    returns: returnsOf(unit, handle),
    abilities,
  };
  stack.push(substitute(type, typeArgs));
}
