// Function values: made of a function and some of its arguments, and called with the others. A value is the address of a few words in the arena
// (`CLOSURE` in `layout.ts`) with the captured values behind them, which never change; so copying one is copying the address. It is called
// through a table of functions: what stands there is a "thunk", made for the function and its mask, that puts captured and given
// arguments in order.

import { AssertionError } from '../../base/errors.ts';
import type { Instruction } from '../bytecode/module.ts';
import { LAYOUT_NODES_MAX, layoutNodes } from '../closures/layout.ts';
import { type ClosureShape, isCaptured } from '../code/closure-shapes.ts';
import { holdsFunctions } from '../types/function-type.ts';
import type { FunctionType, Type } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import { emitDepthCheck, passedSlots, pushCallState, pushResults } from './calls.ts';
import { emitCaller, emitEnter, emitLeave, RUNTIME_DISPATCH_ERROR } from './dispatch.ts';
import type { FunctionContext } from './function-context.ts';
import { ENGINE_SLOT_WEIGHT, type FunctionInstance, staysInMemory, wasmSignature } from './function-instance.ts';
import { CLOSURE } from './layout.ts';
import type { UnitContext } from './unit-context.ts';
import { pushFrom, Scratch, storeFrom } from './values.ts';

const { i32 } = ValType;
/** What can be done to a local that leaves it, and the elements of its vectors, as they are. */
const READS: ReadonlySet<Instruction['op']> = new Set<Instruction['op']>(['copyLoc', 'immBorrowLoc']);
/** What any thunk takes on the engine's stack, beside locals and operands. */
const THUNK_SLOTS = 12;
const VM_MAX_VALUE_DEPTH_REACHED = 'VM_MAX_VALUE_DEPTH_REACHED';

/** A function that calls another one, some arguments of which come out of a function value. */
export interface Thunk {
  readonly instance: FunctionInstance;
  readonly shape: ClosureShape;
  readonly ref: FunctionRef;
  /** Behind the unit's first place in the table. */
  readonly place: number;
}

/** What the caller of a function value still gives. */
export function givenParams(instance: FunctionInstance, mask: bigint): readonly Type[] {
  return instance.params.filter((_, index) => !isCaptured(mask, index));
}

export function capturedParams(instance: FunctionInstance, mask: bigint): readonly Type[] {
  return instance.params.filter((_, index) => isCaptured(mask, index));
}

/** As a function of the given parameters with the function value behind them. */
export function thunkSignature(
  params: readonly Type[],
  returns: readonly Type[],
): { readonly params: readonly ValType[]; readonly results: readonly ValType[] } {
  const { params: all, results } = wasmSignature(params, returns, false);
  return { params: [...all.slice(0, params.length), i32, ...all.slice(params.length)], results };
}

/** With the captured values on the stack. */
export function emitPackClosure(context: FunctionContext, { instance, shape, place }: Thunk): void {
  const { code, scratch, unit } = context;
  if (shape.isPersistent && shape.captured.some(({ type }) => layoutNodes(type) > LAYOUT_NODES_MAX)) {
    context.trapIf('TOO_MANY_TYPE_NODES', () => code.i32(1));
  }
  const value = scratch.i32(1);
  code
    .i32(1)
    .i32(CLOSURE.size + shape.capturedSize)
    .call(unit.runtime.alloc)
    .set(value);
  for (const { type, offset } of [...shape.captured].reverse()) {
    context.pop();
    const held = scratch.of(type);
    code.set(held);
    storeFrom(code, type, value, CLOSURE.size + offset, held);
  }
  code.get(value).globalGet(unit.runtime.tableBase).i32(place).op(Op.i32Add).mem(MemOp.i32Store, CLOSURE.entry);
  code.get(value).i32(shape.id).mem(MemOp.i32Store, CLOSURE.shape);
  code.get(value, value).i32(CLOSURE.size).op(Op.i32Add).mem(MemOp.i32Store, CLOSURE.captured);
  storeDepth(context, shape, value);
  code.get(value);
  context.push(typeOf(unit, instance, shape));
}

/** (value) → the same: ends the run when it nests deeper than the Rust VM copies values, which only function values in it can make it do. */
export function emitCopyCheck(context: FunctionContext, type: Type): void {
  const { code, scratch, unit } = context;
  if (!holdsFunctions(type) || type.kind === 'reference') return;
  const value = scratch.i32(0);
  code.tee(value);
  context.trapIf(VM_MAX_VALUE_DEPTH_REACHED, () => {
    code.get(value);
    if (type.kind === 'function') code.mem(MemOp.i32Load, CLOSURE.depth);
    else code.call(unit.typeFunctions.depth(type));
    code.i32(unit.limits.typeDepthMax).op(Op.i32GtU);
  });
}

/** With the arguments on the stack, and the function value above them. */
export function emitCallClosure(context: FunctionContext, type: FunctionType): void {
  const { code, scratch, unit } = context;
  const closure = scratch.i32(0);
  context.pop();
  for (let i = 0; i < type.params.length; i++) context.pop();
  code.tee(closure).get(closure).mem(MemOp.i32Load, CLOSURE.entry).op(Op.i32Eqz).if();
  context.enterHost(context.site('FUNCTION_RESOLUTION_FAILURE'));
  code
    .get(closure)
    .i32(unit.functionType(type))
    .call(unit.runtime.host('resolveClosure', [i32, i32], []))
    .end();
  const targets = type.returns.filter(staysInMemory).map((result) => context.temporary(result.size));
  for (const target of targets) context.pushFrameAddress(target);
  emitDepthCheck(context);
  pushCallState(context, type.params.length + 1, type.returns.length);
  emitCaller(context);
  code.get(closure).mem(MemOp.i32Load, CLOSURE.entry).callIndirect(thunkSignature(type.params, type.returns));
  pushResults(context, type.returns, targets);
}

/** Writes the thunk: charges for the call, enters the callee's module, and calls. */
export function emitThunk(unit: UnitContext, code: Code, { instance, shape }: Omit<Thunk, 'ref' | 'place'>): void {
  const { params, returns } = instance;
  const given = givenParams(instance, shape.mask).length;
  const closure = given;
  const captured = code.local(i32);
  const trapIf = (status: string) => (condition: () => void) => {
    condition();
    code.if();
    code
      .i32(unit.site(instance, 0, status))
      .call(unit.runtime.raise)
      .op(Op.unreachable)
      .end();
  };
  chargeCall(unit, code, instance, shape, trapIf('OUT_OF_GAS'));
  const entered = code.local(i32);
  if (!instance.isNative) emitEnter(unit, code, instance, 'dynamic', entered, trapIf(RUNTIME_DISPATCH_ERROR));
  code.get(closure).mem(MemOp.i32Load, CLOSURE.captured).set(captured);
  let [nextGiven, nextCaptured] = [0, 0];
  for (let index = 0; index < params.length; index++) {
    if (!isCaptured(shape.mask, index)) {
      code.get(nextGiven++);
      continue;
    }
    const part = shape.captured[nextCaptured++];
    if (part === undefined) throw new AssertionError('a captured value without a place');
    if (part.type.deep && !isOnlyRead(unit, instance, index)) pushCopy(unit, code, part.type, captured, part.offset);
    else pushFrom(code, part.type, captured, part.offset);
  }
  const targets = returns.filter(staysInMemory).length;
  for (let i = 0; i < targets; i++) code.get(given + 1 + i);
  if (instance.isNative) unit.runtime.enterHost(code, unit.site(instance, 0, 'ABORTED'));
  else pushCallStateOf(code, instance, given + 1 + targets);
  instance.emitCall(code, new Scratch(code));
  if (!instance.isNative) emitLeave(unit, code, instance, entered);
}

/** The frame that the thunk was given is the callee's, behind what the thunk weighs on the engine's stack; the call state is the same. */
function pushCallStateOf(code: Code, { params, returns }: FunctionInstance, frame: number): void {
  const passed = passedSlots(params.length, returns.length);
  const slots = THUNK_SLOTS + code.locals.length + params.length + passed;
  code
    .get(frame)
    .i32(slots * ENGINE_SLOT_WEIGHT)
    .op(Op.i32Add)
    .get(frame + 1);
}

/** What the Rust VM charges for a call, beyond the instruction: the captured arguments and the callee's own. */
function chargeCall(
  unit: UnitContext,
  code: Code,
  instance: FunctionInstance,
  shape: ClosureShape,
  trapIf: (condition: () => void) => void,
): void {
  const { gas } = unit.runtime;
  const cost = instance.gas + unit.gas.instructions.callPerArgument * shape.captured.length;
  const left = code.local(ValType.i64);
  code.globalGet(gas).i64(BigInt(cost)).op(Op.i64Sub).tee(left).globalSet(gas);
  trapIf(() => code.get(left).i64(0n).op(Op.i64LtS));
}

/** The callee looks at the parameter where it is, or copies it: nothing that it captured changes, so all calls may have the same. */
function isOnlyRead(unit: UnitContext, { module, name }: FunctionInstance, parameter: number): boolean {
  const body = unit.module(module).functions.get(name)?.body;
  return (
    body?.code.every(
      (instruction) => !('local' in instruction) || instruction.local !== parameter || READS.has(instruction.op),
    ) ?? false
  );
}

/** The callee may change the elements of what it is given, and the function value may be called again. */
function pushCopy(unit: UnitContext, code: Code, type: Type, base: number, offset: number): void {
  const copy = code.local(i32);
  code.i32(1).i32(type.size).call(unit.runtime.alloc).tee(copy);
  pushFrom(code, type, base, offset);
  code.call(unit.typeFunctions.copy(type)).get(copy);
}

function storeDepth(context: FunctionContext, { captured }: ClosureShape, value: number): void {
  const { code, scratch, unit } = context;
  const depth = scratch.i32(0);
  const known = captured.filter(({ type }) => !holdsFunctions(type)).map(({ type }) => type.depth);
  code.i32(Math.max(0, ...known)).set(depth);
  for (const { type, offset } of captured) {
    if (!holdsFunctions(type)) continue;
    const found = scratch.i32(2);
    code.get(value).i32(CLOSURE.size + offset);
    code.op(Op.i32Add).call(unit.typeFunctions.depth(type)).set(found);
    code.get(found, depth).get(found, depth).op(Op.i32GtU, Op.select).set(depth);
  }
  context.trapIf(VM_MAX_VALUE_DEPTH_REACHED, () => code.get(depth).i32(unit.limits.typeDepthMax).op(Op.i32GtU));
  code.get(value, depth).i32(1).op(Op.i32Add).mem(MemOp.i32Store, CLOSURE.depth);
}

function typeOf({ types }: UnitContext, instance: FunctionInstance, { mask }: ClosureShape): FunctionType {
  return types.function(givenParams(instance, mask), instance.returns, 0);
}
