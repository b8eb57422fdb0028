// 0x1::vector natives. Most of the module is instructions, and the compiler of Move emits those.

import { VECTOR } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { InlineNative, NativeModule, NativeSignature } from './native.ts';

const { i32, i64 } = ValType;

/** Aptos's native aborts with the bare number, without a category. */
const EINDEX_OUT_OF_BOUNDS = 1n;

export const VECTOR_NATIVES: NativeModule = {
  /** Moves `length` elements at `start` of one vector to `at` in the other. */
  move_range: { kind: 'inline', gas: (gas) => gas.natives.vector.moveRange, emit: emitMoveRange },
};

/** (from, start, length, to, at) */
function emitMoveRange({ code, unit }: InlineNative, { typeArgs: [element] }: NativeSignature): void {
  code.call(moveRange(unit, element?.size ?? 1));
}

/** Takes the elements out of `from`, which closes up, and makes room for them in `to`, which grows to twice its size when it must. */
function moveRange({ runtime, gas }: InlineNative['unit'], size: number): FunctionRef {
  return runtime.once(`moveRange ${size}`, [i32, i64, i64, i32, i64], [], (code) => {
    const [from, start, count, to, at] = [0, 1, 2, 3, 4];
    const fromLength = code.local(i32);
    const toLength = code.local(i32);
    const begin = code.local(i32);
    const moved = code.local(i32);
    const place = code.local(i32);
    const needed = code.local(i32);
    const capacity = code.local(i32);
    const elements = code.local(i32);
    const source = code.local(i32);
    const target = code.local(i32);
    const times = (): void => {
      if (size !== 1) code.i32(size).op(Op.i32Mul);
    };
    code.get(from).mem(MemOp.i32Load, VECTOR.length).set(fromLength);
    code.get(to).mem(MemOp.i32Load, VECTOR.length).set(toLength);
    code.get(count, fromLength).op(Op.i64ExtendI32U, Op.i64GtU);
    code.get(start, fromLength).op(Op.i64ExtendI32U).get(count).op(Op.i64Sub, Op.i64GtU, Op.i32Or);
    code.get(at, toLength).op(Op.i64ExtendI32U, Op.i64GtU, Op.i32Or).if();
    code
      .i64(EINDEX_OUT_OF_BOUNDS)
      .call(runtime.host('nativeAbort', [i64], []))
      .op(Op.unreachable)
      .end();
    code.get(start).op(Op.i32WrapI64).set(begin);
    code.get(count).op(Op.i32WrapI64).set(moved);
    code.get(at).op(Op.i32WrapI64).set(place);
    code.get(fromLength, begin).op(Op.i32Sub).get(moved, toLength).op(Op.i32Add, Op.i32Add);
    code.get(place).op(Op.i32Sub).i32(gas.natives.vector.moveRangePerIndex).call(runtime.charge);
    code.get(moved).op(Op.i32Eqz).if();
    code.op(Op.return).end();

    code.get(toLength, moved).op(Op.i32Add).tee(needed).get(to).mem(MemOp.i32Load, VECTOR.capacity).op(Op.i32GtU).if();
    code.get(to).mem(MemOp.i32Load, VECTOR.capacity).i32(1).op(Op.i32Shl).tee(capacity).get(needed);
    code.get(capacity, needed).op(Op.i32GtU, Op.select).tee(capacity).i32(size).call(runtime.alloc).tee(elements);
    code.get(to).mem(MemOp.i32Load, VECTOR.elements).get(toLength);
    times();
    code.memoryCopy();
    code.get(to, elements).mem(MemOp.i32Store, VECTOR.elements);
    code.get(to, capacity).mem(MemOp.i32Store, VECTOR.capacity).end();

    code.get(to).mem(MemOp.i32Load, VECTOR.elements).get(place);
    times();
    code.op(Op.i32Add).set(target);
    code.get(from).mem(MemOp.i32Load, VECTOR.elements).get(begin);
    times();
    code.op(Op.i32Add).set(source);
    // What stands behind, first; often there is nothing, and a copy costs a call into the engine even so.
    code.get(place, toLength).op(Op.i32Ne).if();
    code.get(target, moved);
    times();
    code.op(Op.i32Add).get(target).get(toLength, place).op(Op.i32Sub);
    times();
    code.memoryCopy().end();
    code.get(target, source, moved);
    times();
    code.memoryCopy();
    code.get(begin, moved).op(Op.i32Add).get(fromLength).op(Op.i32Ne).if();
    code.get(source, source, moved);
    times();
    code.op(Op.i32Add).get(fromLength, begin).op(Op.i32Sub).get(moved).op(Op.i32Sub);
    times();
    code.memoryCopy().end();
    code.get(from, fromLength, moved).op(Op.i32Sub).mem(MemOp.i32Store, VECTOR.length);
    code.get(to, needed).mem(MemOp.i32Store, VECTOR.length);
  });
}
