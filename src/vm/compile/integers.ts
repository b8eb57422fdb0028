// Arithmetic, comparison, shifts and casts. Small integers are kept zero-extended in an i32, u64 in an i64; whatever does not fit ends the
// run with ARITHMETIC_ERROR. u128 and u256 stay in memory (`wide-integers.ts`).

import { AssertionError } from '../../base/errors.ts';
import { INTEGER_BITS, type IntegerKind, isWide, type Type, WIDE_WORDS } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'mod';
export type Bitwise = 'bitAnd' | 'bitOr' | 'xor';
export type Comparison = 'lt' | 'gt' | 'le' | 'ge';

const ARITHMETIC_ERROR = 'ARITHMETIC_ERROR';
const BITWISE = {
  bitAnd: { i32: Op.i32And, i64: Op.i64And },
  bitOr: { i32: Op.i32Or, i64: Op.i64Or },
  xor: { i32: Op.i32Xor, i64: Op.i64Xor },
} as const;
const COMPARISON = {
  lt: { i32: Op.i32LtU, i64: Op.i64LtU },
  gt: { i32: Op.i32GtU, i64: Op.i64GtU },
  le: { i32: Op.i32LeU, i64: Op.i64LeU },
  ge: { i32: Op.i32GeU, i64: Op.i64GeU },
} as const;

export function emitArithmetic(context: FunctionContext, operation: Arithmetic): void {
  const type = context.pop();
  context.pop();
  if (isWide(type.kind)) wideArithmetic(context, operation, type.kind);
  else if (operation === 'div' || operation === 'mod') divide(context, operation, type);
  else if (type.kind === 'u64') arithmetic64(context, operation);
  else if (type.kind === 'u32' && operation !== 'sub') arithmetic32(context, operation);
  else arithmeticSmall(context, operation, integerBits(type));
  context.push(type);
}

export function emitBitwise(context: FunctionContext, operation: Bitwise): void {
  const { code, scratch } = context;
  const type = context.pop();
  context.pop();
  if (isWide(type.kind)) {
    const target = context.temporary(type.size);
    const [a, b] = [scratch.i32(0), scratch.i32(1)];
    code.set(b).set(a);
    context.pushFrameAddress(target);
    code.get(a, b).call(context.unit.wide.bits(WIDE_WORDS[type.kind], BITWISE[operation].i64));
    context.pushFrameAddress(target);
  } else {
    code.op(BITWISE[operation][type.representation === 'i64' ? 'i64' : 'i32']);
  }
  context.push(type);
}

export function emitComparison(context: FunctionContext, operation: Comparison): void {
  const { code, scratch } = context;
  const type = context.pop();
  context.pop();
  if (isWide(type.kind)) {
    const less = context.unit.wide.less(WIDE_WORDS[type.kind]);
    if (operation === 'gt' || operation === 'le') {
      const [a, b] = [scratch.i32(0), scratch.i32(1)];
      code.set(b).set(a).get(b, a);
    }
    code.call(less);
    if (operation === 'le' || operation === 'ge') code.op(Op.i32Eqz);
  } else {
    code.op(COMPARISON[operation][type.representation === 'i64' ? 'i64' : 'i32']);
  }
  context.push(context.unit.types.primitive('bool'));
}

/** (value, u8 amount) */
export function emitShift(context: FunctionContext, direction: 'shl' | 'shr'): void {
  const { code, scratch } = context;
  context.pop();
  const type = context.pop();
  const amount = scratch.i32(0);
  code.set(amount);
  const bits = integerBits(type);
  // A u8 cannot reach the width of a u256.
  if (bits < 256) context.trapIf(ARITHMETIC_ERROR, () => code.get(amount).i32(bits).op(Op.i32GeU));
  if (isWide(type.kind)) {
    const value = scratch.i32(1);
    const target = context.temporary(type.size);
    code.set(value);
    context.pushFrameAddress(target);
    code
      .get(value, amount)
      .call(context.unit.wide.shift(WIDE_WORDS[type.kind], direction === 'shl' ? 'left' : 'right'));
    context.pushFrameAddress(target);
  } else if (type.kind === 'u64') {
    code.get(amount).op(Op.i64ExtendI32U, direction === 'shl' ? Op.i64Shl : Op.i64ShrU);
  } else {
    code.get(amount).op(direction === 'shl' ? Op.i32Shl : Op.i32ShrU);
    if (direction === 'shl' && bits < 32) code.i32(2 ** bits - 1).op(Op.i32And);
  }
  context.push(type);
}

export function emitCast(context: FunctionContext, to: IntegerKind): void {
  const from = context.pop();
  const target = context.unit.types.primitive(to);
  if (isWide(to)) castToWide(context, from, to);
  else if (isWide(from.kind)) castFromWide(context, from.kind, target);
  else castScalar(context, from, target);
  context.push(target);
}

/** A constant in the frame. */
export function emitWideConstant(context: FunctionContext, kind: 'u128' | 'u256', value: bigint): void {
  const { code } = context;
  const type = context.unit.types.primitive(kind);
  const target = context.temporary(type.size);
  for (let i = 0; i < WIDE_WORDS[kind]; i++) {
    code
      .get(context.frame)
      .i64((value >> BigInt(64 * i)) & 0xffff_ffff_ffff_ffffn)
      .mem(MemOp.i64Store, target + 8 * i);
  }
  context.pushFrameAddress(target);
  context.push(type);
}

function arithmeticSmall(context: FunctionContext, operation: 'add' | 'sub' | 'mul', bits: number): void {
  const { code, scratch } = context;
  if (operation === 'sub') {
    const [a, b] = [scratch.i32(0), scratch.i32(1)];
    code.set(b).set(a);
    context.trapIf(ARITHMETIC_ERROR, () => code.get(a, b).op(Op.i32LtU));
    code.get(a, b).op(Op.i32Sub);
    return;
  }
  const result = scratch.i32(0);
  code.op(operation === 'add' ? Op.i32Add : Op.i32Mul).set(result);
  context.trapIf(ARITHMETIC_ERROR, () =>
    code
      .get(result)
      .i32(2 ** bits - 1)
      .op(Op.i32GtU),
  );
  code.get(result);
}

function arithmetic32(context: FunctionContext, operation: 'add' | 'mul'): void {
  const { code, scratch } = context;
  const b = scratch.i32(0);
  const result = scratch.i64(0);
  code
    .set(b)
    .op(Op.i64ExtendI32U)
    .get(b)
    .op(Op.i64ExtendI32U, operation === 'add' ? Op.i64Add : Op.i64Mul)
    .set(result);
  context.trapIf(ARITHMETIC_ERROR, () => code.get(result).i64(0xffff_ffffn).op(Op.i64GtU));
  code.get(result).op(Op.i32WrapI64);
}

function arithmetic64(context: FunctionContext, operation: 'add' | 'sub' | 'mul'): void {
  const { code, scratch } = context;
  const [a, b, result] = [scratch.i64(0), scratch.i64(1), scratch.i64(2)];
  code.set(b).set(a);
  switch (operation) {
    case 'add':
      code.get(a, b).op(Op.i64Add).set(result);
      context.trapIf(ARITHMETIC_ERROR, () => code.get(result, a).op(Op.i64LtU));
      code.get(result);
      return;
    case 'sub':
      context.trapIf(ARITHMETIC_ERROR, () => code.get(a, b).op(Op.i64LtU));
      code.get(a, b).op(Op.i64Sub);
      return;
    case 'mul':
      code.get(a, b).op(Op.i64Mul).set(result);
      // Two factors below 2^32 fit; only others are checked by dividing.
      code.get(a, b).op(Op.i64Or).i64(32n).op(Op.i64ShrU, Op.i64Eqz, Op.i32Eqz).if();
      code.get(a).op(Op.i64Eqz, Op.i32Eqz).if();
      context.trapIf(ARITHMETIC_ERROR, () => code.get(result, a).op(Op.i64DivU).get(b).op(Op.i64Ne));
      code.end().end().get(result);
  }
}

function divide(context: FunctionContext, operation: 'div' | 'mod', type: Type): void {
  const { code, scratch } = context;
  const divisor = scratch.of(type);
  code.set(divisor);
  if (type.representation === 'i64') {
    context.trapIf(ARITHMETIC_ERROR, () => code.get(divisor).op(Op.i64Eqz));
    code.get(divisor).op(operation === 'div' ? Op.i64DivU : Op.i64RemU);
  } else {
    context.trapIf(ARITHMETIC_ERROR, () => code.get(divisor).op(Op.i32Eqz));
    code.get(divisor).op(operation === 'div' ? Op.i32DivU : Op.i32RemU);
  }
}

function wideArithmetic(context: FunctionContext, operation: Arithmetic, kind: 'u128' | 'u256'): void {
  const { code, scratch, unit } = context;
  const words = WIDE_WORDS[kind];
  const target = context.temporary(8 * words);
  const [a, b] = [scratch.i32(0), scratch.i32(1)];
  code.set(b).set(a);
  const run =
    operation === 'div' || operation === 'mod' ? unit.wide.divide(words, operation) : unit.wide[operation](words);
  context.trapIf(ARITHMETIC_ERROR, () => {
    context.pushFrameAddress(target);
    code.get(a, b).call(run);
  });
  context.pushFrameAddress(target);
}

function castScalar(context: FunctionContext, from: Type, to: Type): void {
  const { code, scratch } = context;
  const [fromBits, toBits] = [integerBits(from), integerBits(to)];
  if (toBits >= fromBits) {
    if (toBits === 64 && fromBits < 64) code.op(Op.i64ExtendI32U);
    return;
  }
  const value = scratch.of(from);
  code.set(value);
  if (fromBits === 64) {
    context.trapIf(ARITHMETIC_ERROR, () =>
      code
        .get(value)
        .i64((1n << BigInt(toBits)) - 1n)
        .op(Op.i64GtU),
    );
    code.get(value).op(Op.i32WrapI64);
  } else {
    context.trapIf(ARITHMETIC_ERROR, () =>
      code
        .get(value)
        .i32(2 ** toBits - 1)
        .op(Op.i32GtU),
    );
    code.get(value);
  }
}

function castToWide(context: FunctionContext, from: Type, to: 'u128' | 'u256'): void {
  const { code, scratch } = context;
  if (from.kind === to) return;
  const words = WIDE_WORDS[to];
  const fromWords = isWide(from.kind) ? WIDE_WORDS[from.kind] : 1;
  if (fromWords > words) {
    // The lower half of a u256 is a u128 in the same place.
    const value = scratch.i32(0);
    code.set(value);
    context.trapIf(ARITHMETIC_ERROR, () =>
      code.get(value).mem(MemOp.i64Load, 16).get(value).mem(MemOp.i64Load, 24).op(Op.i64Or, Op.i64Eqz, Op.i32Eqz),
    );
    code.get(value);
    return;
  }
  const target = context.temporary(8 * words);
  if (isWide(from.kind)) {
    const value = scratch.i32(0);
    code.set(value);
    for (let i = 0; i < fromWords; i++) {
      code
        .get(context.frame, value)
        .mem(MemOp.i64Load, 8 * i)
        .mem(MemOp.i64Store, target + 8 * i);
    }
  } else {
    const value = scratch.i64(0);
    if (from.representation === 'i32') code.op(Op.i64ExtendI32U);
    code.set(value).get(context.frame, value).mem(MemOp.i64Store, target);
  }
  for (let i = fromWords; i < words; i++)
    code
      .get(context.frame)
      .i64(0n)
      .mem(MemOp.i64Store, target + 8 * i);
  context.pushFrameAddress(target);
}

function castFromWide(context: FunctionContext, from: 'u128' | 'u256', to: Type): void {
  const { code, scratch } = context;
  const source = scratch.i32(0);
  const low = scratch.i64(0);
  code.tee(source).mem(MemOp.i64Load, 0).set(low);
  context.trapIf(ARITHMETIC_ERROR, () => {
    for (let i = 1; i < WIDE_WORDS[from]; i++) {
      code.get(source).mem(MemOp.i64Load, 8 * i);
      if (i > 1) code.op(Op.i64Or);
    }
    code.op(Op.i64Eqz, Op.i32Eqz);
    if (to.kind !== 'u64') {
      code
        .get(low)
        .i64((1n << BigInt(integerBits(to))) - 1n)
        .op(Op.i64GtU, Op.i32Or);
    }
  });
  code.get(low);
  if (to.kind !== 'u64') code.op(Op.i32WrapI64);
}

function integerBits(type: Type): number {
  switch (type.kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256':
      return INTEGER_BITS[type.kind];
    default:
      throw new AssertionError(`${type.name} is no integer`);
  }
}
