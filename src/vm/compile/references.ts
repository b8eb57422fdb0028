// Reading, writing and freezing through a reference, which is the address of what it points at.

import { AssertionError } from '../../base/errors.ts';
import type { Type } from '../types/type.ts';
import type { Use } from './alias-plan.ts';
import { emitCopyCheck } from './closures.ts';
import type { FunctionContext } from './function-context.ts';
import { staysInMemory } from './function-instance.ts';
import { mayAliasMemory, onlyLookedAt } from './locals.ts';
import { copyBytes, loadScalar, storeFrom } from './values.ts';

/** (reference) → what it points at. */
export function emitRead(context: FunctionContext, use: Use | undefined): void {
  const type = referenced(context.pop());
  if (!staysInMemory(type)) loadScalar(context.code, type, 0);
  else if (!use || !mayAliasMemory(use) || (type.deep && !onlyLookedAt(use))) copyOut(context, type);
  emitCopyCheck(context, type);
  context.push(type);
}

/** (value, reference) */
export function emitWrite(context: FunctionContext): void {
  const { code, scratch } = context;
  const type = referenced(context.pop());
  context.pop();
  const target = scratch.i32(1);
  const value = scratch.of(type);
  code.set(target).set(value);
  storeFrom(code, type, target, 0, value);
}

/** (mutable reference) → the same, immutable. */
export function emitFreeze(context: FunctionContext): void {
  context.push(context.unit.types.reference(referenced(context.pop()), false));
}

/** (address) → the address of a copy in the frame. */
function copyOut(context: FunctionContext, type: Type): void {
  const { code, scratch, unit } = context;
  const source = scratch.i32(0);
  const target = context.temporary(type.size);
  code.set(source);
  if (type.deep) {
    context.pushFrameAddress(target);
    code.get(source).call(unit.typeFunctions.copy(type));
  } else {
    copyBytes(code, context.frame, target, source, 0, type.size);
  }
  context.pushFrameAddress(target);
}

function referenced(type: Type): Type {
  if (type.kind !== 'reference') throw new AssertionError(`${type.name} is no reference`);
  return type.inner;
}
