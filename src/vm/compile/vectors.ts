// The vector instructions. A vector is a header (elements, length, capacity) wherever its value lies; the elements are in the arena and
// belong to that value alone.

import { type Type, VECTOR, type VectorType } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { copyBytes, pushFrom, storeFrom } from './values.ts';

const VECTOR_OPERATION_ERROR = 'VECTOR_OPERATION_ERROR';
/** Elements up to this size are swapped through the frame, larger ones in a loop. */
const SWAP_INLINE_BYTES_MAX = 32;

export function emitVectorLength(context: FunctionContext): void {
  context.pop();
  context.code.mem(MemOp.i32Load, VECTOR.length).op(Op.i64ExtendI32U);
  context.push(context.unit.types.primitive('u64'));
}

export function emitVectorBorrow(context: FunctionContext, element: Type, mutable: boolean): void {
  const { code, scratch } = context;
  context.pop();
  context.pop();
  const vector = scratch.i32(0);
  const index = scratch.i64(0);
  code.set(index).set(vector);
  checkIndex(context, vector, index);
  pushElementAddress(code, vector, index, element);
  context.push(context.unit.types.reference(element, mutable));
}

export function emitVectorPush(context: FunctionContext, element: Type): void {
  const { code, scratch, unit } = context;
  context.pop();
  context.pop();
  const vector = scratch.i32(1);
  const length = scratch.i32(2);
  const target = scratch.i32(3);
  const value = scratch.of(element);
  code.set(value).tee(vector).mem(MemOp.i32Load, VECTOR.length).tee(length);
  code.get(vector).mem(MemOp.i32Load, VECTOR.capacity).op(Op.i32Eq).if();
  code.get(vector).i32(element.size).call(unit.runtime.growVector).end();
  code
    .get(vector)
    .mem(MemOp.i32Load, VECTOR.elements)
    .get(length)
    .i32(element.size)
    .op(Op.i32Mul, Op.i32Add)
    .set(target);
  storeFrom(code, element, target, 0, value);
  code.get(vector, length).i32(1).op(Op.i32Add).mem(MemOp.i32Store, VECTOR.length);
}

/** `alias`: the popped element may be used where it lies. */
export function emitVectorPop(context: FunctionContext, element: Type, alias: boolean): void {
  const { code, scratch } = context;
  context.pop();
  const vector = scratch.i32(0);
  const length = scratch.i32(1);
  const source = scratch.i32(2);
  code.tee(vector).mem(MemOp.i32Load, VECTOR.length).set(length);
  context.trapIf(VECTOR_OPERATION_ERROR, () => code.get(length).op(Op.i32Eqz));
  code.get(vector, length).i32(1).op(Op.i32Sub).tee(length).mem(MemOp.i32Store, VECTOR.length);
  code
    .get(vector)
    .mem(MemOp.i32Load, VECTOR.elements)
    .get(length)
    .i32(element.size)
    .op(Op.i32Mul, Op.i32Add)
    .set(source);
  if (element.representation === 'memory' && !alias) {
    const target = context.temporary(element.size);
    copyBytes(code, context.frame, target, source, 0, element.size);
    context.pushFrameAddress(target);
  } else {
    pushFrom(code, element, source, 0);
  }
  context.push(element);
}

export function emitVectorSwap(context: FunctionContext, element: Type): void {
  const { code, scratch } = context;
  context.pop();
  context.pop();
  context.pop();
  const vector = scratch.i32(0);
  const [i, j] = [scratch.i64(0), scratch.i64(1)];
  const [a, b] = [scratch.i32(1), scratch.i32(2)];
  code.set(j).set(i).set(vector);
  checkIndex(context, vector, i);
  checkIndex(context, vector, j);
  pushElementAddress(code, vector, i, element);
  code.set(a);
  pushElementAddress(code, vector, j, element);
  code.set(b);
  if (element.size > SWAP_INLINE_BYTES_MAX) {
    code.get(a, b).i32(element.size).call(context.unit.runtime.swapBytes);
    return;
  }
  const room = context.temporary(element.size);
  copyBytes(code, context.frame, room, a, 0, element.size);
  copyBytes(code, a, 0, b, 0, element.size);
  copyBytes(code, b, 0, context.frame, room, element.size);
}

export function emitVectorPack(context: FunctionContext, type: VectorType, count: number): void {
  const { code, scratch, unit } = context;
  const { element } = type;
  const target = context.temporary(VECTOR.size);
  const elements = scratch.i32(1);
  if (count === 0) code.i32(0).set(elements);
  else code.i32(count).i32(element.size).call(unit.runtime.alloc).set(elements);
  for (let i = count - 1; i >= 0; i--) {
    context.pop();
    const value = scratch.of(element);
    code.set(value);
    storeFrom(code, element, elements, i * element.size, value);
  }
  writeHeader(context, target, elements, count);
  context.pushFrameAddress(target);
  context.push(type);
}

export function emitVectorUnpack(context: FunctionContext, element: Type, count: number): void {
  const { code, scratch } = context;
  context.pop();
  const vector = scratch.i32(0);
  code.set(vector);
  context.trapIf(VECTOR_OPERATION_ERROR, () =>
    code.get(vector).mem(MemOp.i32Load, VECTOR.length).i32(count).op(Op.i32Ne),
  );
  if (count === 0) return;
  code.get(vector).mem(MemOp.i32Load, VECTOR.elements).set(vector);
  for (let i = 0; i < count; i++) {
    pushFrom(code, element, vector, i * element.size);
    context.push(element);
  }
}

export function writeHeader(context: FunctionContext, target: number, elements: number, count: number): void {
  const { code } = context;
  code.get(context.frame, elements).mem(MemOp.i32Store, target + VECTOR.elements);
  code
    .get(context.frame)
    .i32(count)
    .mem(MemOp.i32Store, target + VECTOR.length);
  code
    .get(context.frame)
    .i32(count)
    .mem(MemOp.i32Store, target + VECTOR.capacity);
}

function checkIndex(context: FunctionContext, vector: number, index: number): void {
  const { code } = context;
  context.trapIf(VECTOR_OPERATION_ERROR, () =>
    code.get(index).get(vector).mem(MemOp.i32Load, VECTOR.length).op(Op.i64ExtendI32U, Op.i64GeU),
  );
}

function pushElementAddress(code: Code, vector: number, index: number, element: Type): void {
  code.get(vector).mem(MemOp.i32Load, VECTOR.elements).get(index).op(Op.i32WrapI64);
  if (element.size !== 1) code.i32(element.size).op(Op.i32Mul);
  code.op(Op.i32Add);
}
