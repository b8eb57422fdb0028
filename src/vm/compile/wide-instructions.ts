// Instructions on integers of 128 and 256 bits that are written in several ways: in locals where the function keeps words (`wide-operands.ts`), else by
// the addresses on the operand stack.

import { INTEGER_BITS, type WideKind } from '../types/integer-kind.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import type { Arithmetic } from './integers.ts';
import { emitDivide128, give, type Pair } from './u128.ts';
import { emitAddOrSubtract256, emitConstant256, emitMultiply256 } from './u256.ts';
import { emitAddOrSubtract } from './wide-integers.ts';
import { pushWords } from './wide-operands.ts';

const ARITHMETIC_ERROR = 'ARITHMETIC_ERROR';

/** Whether it was written: on wide integers that the function keeps in locals. */
export function emitKeptArithmetic(context: FunctionContext, operation: Arithmetic): boolean {
  const kind = context.stack.at(-1)?.kind;
  const isDivision = operation === 'div' || operation === 'mod';
  if (kind === 'u256' && !isDivision) {
    if (operation === 'mul') emitMultiply256(context);
    else emitAddOrSubtract256(context, operation);
    return true;
  }
  if (kind !== 'u128' || !isDivision) return false;
  const known = context.dividedWords.get(context.offset);
  if (known === undefined) {
    emitDivide128(context, operation, context.divisionPairs.get(context.offset));
  } else {
    context.pop();
    const type = context.pop();
    context.code.op(Op.drop, Op.drop);
    pushWords(context, type, known);
  }
  return true;
}

/** By the two addresses on the stack. */
export function emitWideArithmetic(context: FunctionContext, operation: Arithmetic, kind: WideKind): void {
  const { code, scratch, unit } = context;
  const known = context.divided.get(context.offset);
  if (known !== undefined) {
    code.op(Op.drop, Op.drop);
    context.pushFrameAddress(known);
    return;
  }
  const size = INTEGER_BITS[kind] / 8;
  const target = context.result(size);
  const [a, b] = [scratch.i32(0), scratch.i32(1)];
  code.set(b).set(a);
  const pair = kind === 'u128' ? context.divisionPairs.get(context.offset) : undefined;
  if (pair !== undefined) {
    const other = context.temporary(size);
    const [quotient, remainder] = operation === 'div' ? [target, other] : [other, target];
    context.trapIf(ARITHMETIC_ERROR, () => {
      context.pushFrameAddress(quotient);
      code.get(a, b);
      context.pushFrameAddress(remainder);
      code.call(unit.wide.divideAndModulo128);
    });
    context.divided.set(pair, other);
    context.pushFrameAddress(target);
    return;
  }
  context.trapIf(ARITHMETIC_ERROR, () => {
    if ((operation === 'add' || operation === 'sub') && context.isLight) {
      const places = { a, b, base: context.frame, offset: target };
      emitAddOrSubtract(code, kind, operation, places, context.addLocals);
      return;
    }
    context.pushFrameAddress(target);
    code.get(a, b).call(unit.wide.arithmetic(kind, operation));
  });
  context.pushFrameAddress(target);
}

/** By an amount that is known: word by word in the order in which the result may be put over the value. */
export function emitFixedShift(
  code: Code,
  size: number,
  direction: 'shl' | 'shr',
  amount: number,
  { value, base, target }: { readonly value: number; readonly base: number; readonly target: number },
): void {
  const words = size / 8;
  const [moved, bits] = [Math.floor(amount / 64), amount % 64];
  const isLeft = direction === 'shl';
  const load = (word: number): Code => code.get(value).mem(MemOp.i64Load, 8 * word);
  for (let step = 0; step < words; step++) {
    const word = isLeft ? words - 1 - step : step;
    const near = isLeft ? word - moved : word + moved;
    const far = isLeft ? near - 1 : near + 1;
    code.get(base);
    if (near < 0 || near >= words) code.i64(0n);
    else if (bits === 0) load(near);
    else {
      load(near)
        .i64(BigInt(bits))
        .op(isLeft ? Op.i64Shl : Op.i64ShrU);
      if (far >= 0 && far < words) {
        load(far)
          .i64(BigInt(64 - bits))
          .op(isLeft ? Op.i64ShrU : Op.i64Shl, Op.i64Or);
      }
    }
    code.mem(MemOp.i64Store, target + 8 * word);
  }
}

/** A constant in the frame. */
export function emitWideConstant(context: FunctionContext, kind: WideKind, value: bigint): void {
  const { code, scratch } = context;
  if (kind === 'u128') {
    const words: Pair = [scratch.i64(0), scratch.i64(1)];
    code.i64(BigInt.asIntN(64, value)).set(words[0]);
    code.i64(BigInt.asIntN(64, value >> 64n)).set(words[1]);
    give(context, words);
    return;
  }
  if (kind === 'u256' && context.keepsWords) {
    emitConstant256(context, value);
    return;
  }
  const type = context.unit.types.primitive(kind);
  const target = context.result(type.size);
  for (let i = 0; i < type.size; i += 8) {
    code
      .get(context.frame)
      .i64(BigInt.asIntN(64, value >> BigInt(8 * i)))
      .mem(MemOp.i64Store, target + i);
  }
  context.pushFrameAddress(target);
  context.push(type);
}
