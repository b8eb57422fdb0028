// Calls and returns, by the convention of `function-instance.ts`.

import { at, moduleKey } from '../bytecode/access.ts';
import { FRAMEWORK_ADDRESS, type Type } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { emitEnterCall, emitLeaveCall } from './dispatch.ts';
import type { FunctionContext } from './function-context.ts';
import { CALL_STATE, type FunctionInstance, staysInMemory } from './function-instance.ts';
import { copyBytes } from './values.ts';

/** With the arguments on the stack. */
export function emitCall(context: FunctionContext, callee: FunctionInstance): void {
  const { code, unit } = context;
  for (let i = 0; i < callee.params.length; i++) context.pop();
  const targets = callee.returns.filter(staysInMemory).map((type) => context.temporary(type.size));
  for (const target of targets) context.pushFrameAddress(target);
  if (callee.isNative) {
    // What a native aborts with is said to come from its own module.
    context.enterHost(unit.site(callee, 0, 'ABORTED'));
    callee.emitCall(code, context.scratch);
  } else {
    if (emitsForeignEvent(context, callee)) context.trapIf('INTERNAL_TYPE_ERROR', () => code.i32(1));
    emitDepthCheck(context);
    if (unit.dispatches) emitEnterCall(context, callee);
    pushCallState(context, callee.params.length, callee.returns.length);
    if (!unit.inline(context, callee)) callee.emitCall(code, context.scratch);
    if (unit.dispatches) emitLeaveCall(context, callee);
  }
  pushResults(context, callee.returns, targets);
}

/** An event comes from the module that declares it: no other may call `0x1::event::emit` with it, nor may anyone with what is no struct. */
function emitsForeignEvent({ instance }: FunctionContext, { module, name, typeArgs }: FunctionInstance): boolean {
  if (module.address !== FRAMEWORK_ADDRESS || module.name !== 'event' || name !== 'emit') return false;
  const [event] = typeArgs;
  if (event?.kind !== 'struct' && event?.kind !== 'enum') return true;
  return moduleKey(event.module) !== moduleKey(instance.module);
}

/** Ends the run when one more call would be too many. */
export function emitDepthCheck(context: FunctionContext): void {
  const deepest = context.unit.limits.callDepthMax << CALL_STATE.depthShift;
  context.trapIf('CALL_STACK_OVERFLOW', () => context.code.get(context.callState).i32(deepest).op(Op.i32GeU));
}

/** The callee's frame and call state, behind so many other parameters. */
export function pushCallState(context: FunctionContext, params: number, returns: number): void {
  context.passedMost = Math.max(context.passedMost, passedSlots(params, returns));
  const oneDeeper = (1 << CALL_STATE.depthShift) + context.stack.length;
  context.pushNextFrame();
  context.code.get(context.callState).i32(oneDeeper).op(Op.i32Add);
}

/** Values that the call takes and gives: each result is given, or a place for it is passed. */
export function passedSlots(params: number, returns: number): number {
  return params + returns + 2;
}

/** With the results on the stack: those that stay in memory go where the caller wants them. */
export function emitReturn(context: FunctionContext): void {
  const { code, instance, scratch, stack } = context;
  const { returns } = instance;
  stack.length = 0;
  if (returns.some(staysInMemory)) {
    const held = returns.map((type, index) => scratch.of(type, index));
    for (const local of [...held].reverse()) code.set(local);
    let target = instance.params.length;
    for (const [index, type] of returns.entries()) {
      if (staysInMemory(type)) copyBytes(code, context.parameter(target++), 0, at(held, index), 0, type.size);
    }
    for (const [index, type] of returns.entries()) {
      if (!staysInMemory(type)) code.get(at(held, index));
    }
  }
  if (context.isInlined) return;
  context.closeGas();
  code.op(Op.return);
}

/** WebAssembly gave the scalars, in order; the others lie in the frame. */
export function pushResults(context: FunctionContext, returns: readonly Type[], targets: readonly number[]): void {
  const { code, scratch } = context;
  const scalars = returns.filter((type) => !staysInMemory(type));
  if (targets.length === 0 || scalars.length === 0) {
    for (const target of targets) context.pushFrameAddress(target);
    for (const type of returns) context.push(type);
    return;
  }
  const held = scalars.map((type, index) => scratch.of(type, index));
  for (const local of [...held].reverse()) code.set(local);
  let [nextScalar, nextTarget] = [0, 0];
  for (const type of returns) {
    if (staysInMemory(type)) context.pushFrameAddress(at(targets, nextTarget++));
    else code.get(at(held, nextScalar++));
    context.push(type);
  }
}
