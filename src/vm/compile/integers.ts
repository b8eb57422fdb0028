// Arithmetic, comparison and shifts. Integers below 64 bits are kept in an i32, extended by their sign or by zeros, those of 64 bits in an
// i64; whatever does not fit ends the run with ARITHMETIC_ERROR. Wider ones stay in memory (`wide-integers.ts`). Casts: `casts.ts`.

import { AssertionError } from '../../base/errors.ts';
import { INTEGER_BITS, type IntegerKind, isInteger, isSigned, isWide, smallest } from '../types/integer-kind.ts';
import type { Type } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { emitArithmetic128, emitBitwise128, emitLess128, emitShift128 } from './u128.ts';
import { emitBitwise256, emitFixedShift256, emitLess256 } from './u256.ts';
import { emitFixedShift, emitKeptArithmetic, emitWideArithmetic } from './wide-instructions.ts';

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'mod';
export type Bitwise = 'bitAnd' | 'bitOr' | 'xor';
export type Comparison = 'lt' | 'gt' | 'le' | 'ge';

const ARITHMETIC_ERROR = 'ARITHMETIC_ERROR';
const OPERATORS = {
  add: { i32: Op.i32Add, i64: Op.i64Add },
  sub: { i32: Op.i32Sub, i64: Op.i64Sub },
  mul: { i32: Op.i32Mul, i64: Op.i64Mul },
} as const;
const BITWISE = {
  bitAnd: { i32: Op.i32And, i64: Op.i64And },
  bitOr: { i32: Op.i32Or, i64: Op.i64Or },
  xor: { i32: Op.i32Xor, i64: Op.i64Xor },
} as const;
const COMPARISON = {
  unsigned: {
    lt: { i32: Op.i32LtU, i64: Op.i64LtU },
    gt: { i32: Op.i32GtU, i64: Op.i64GtU },
    le: { i32: Op.i32LeU, i64: Op.i64LeU },
    ge: { i32: Op.i32GeU, i64: Op.i64GeU },
  },
  signed: {
    lt: { i32: Op.i32LtS, i64: Op.i64LtS },
    gt: { i32: Op.i32GtS, i64: Op.i64GtS },
    le: { i32: Op.i32LeS, i64: Op.i64LeS },
    ge: { i32: Op.i32GeS, i64: Op.i64GeS },
  },
} as const;
const DIVISION = {
  unsigned: { div: { i32: Op.i32DivU, i64: Op.i64DivU }, mod: { i32: Op.i32RemU, i64: Op.i64RemU } },
  signed: { div: { i32: Op.i32DivS, i64: Op.i64DivS }, mod: { i32: Op.i32RemS, i64: Op.i64RemS } },
} as const;

export function emitArithmetic(context: FunctionContext, operation: Arithmetic): void {
  if (context.stack.at(-1)?.kind === 'u128' && operation !== 'div' && operation !== 'mod') {
    emitArithmetic128(context, operation);
    return;
  }
  if (context.keepsWords && emitKeptArithmetic(context, operation)) return;
  context.settle(2);
  const type = context.pop();
  context.pop();
  const kind = integerKind(type);
  if (isWide(kind)) emitWideArithmetic(context, operation, kind);
  else if (operation === 'div' || operation === 'mod') divide(context, operation, type);
  else if (kind === 'u64') unsigned64(context, operation);
  else if (kind === 'i64') signed64(context, operation);
  else if (kind === 'i32' || (kind === 'u32' && operation !== 'sub')) through64(context, operation, isSigned(kind));
  else if (isSigned(kind)) signedSmall(context, operation, kind);
  else unsignedSmall(context, operation, INTEGER_BITS[kind]);
  context.push(type);
}

/** Signed types only. */
export function emitNegate(context: FunctionContext): void {
  const { code, scratch, unit } = context;
  const type = context.pop();
  const kind = integerKind(type);
  if (isWide(kind)) {
    const target = context.result(type.size);
    const value = scratch.i32(0);
    code.set(value);
    context.trapIf(ARITHMETIC_ERROR, () => {
      context.pushFrameAddress(target);
      code.get(value).call(unit.wide.negate(kind));
    });
    context.pushFrameAddress(target);
  } else {
    const value = scratch.of(type);
    code.set(value);
    context.trapIf(ARITHMETIC_ERROR, () => isConstant(code, type, value, smallest(kind)));
    if (type.representation === 'i64') code.i64(0n).get(value).op(Op.i64Sub);
    else code.i32(0).get(value).op(Op.i32Sub);
  }
  context.push(type);
}

/** Unsigned types only. */
export function emitBitwise(context: FunctionContext, operation: Bitwise): void {
  if (context.stack.at(-1)?.kind === 'u128') {
    emitBitwise128(context, BITWISE[operation].i64);
    return;
  }
  if (context.keepsWords && context.stack.at(-1)?.kind === 'u256') {
    emitBitwise256(context, BITWISE[operation].i64);
    return;
  }
  const { code, scratch } = context;
  const type = context.pop();
  context.pop();
  if (isWide(type.kind)) {
    const target = context.result(type.size);
    const [a, b] = [scratch.i32(0), scratch.i32(1)];
    code.set(b).set(a);
    for (let offset = 0; offset < type.size; offset += 8) {
      code.get(context.frame, a).mem(MemOp.i64Load, offset).get(b).mem(MemOp.i64Load, offset);
      code.op(BITWISE[operation].i64).mem(MemOp.i64Store, target + offset);
    }
    context.pushFrameAddress(target);
  } else {
    code.op(BITWISE[operation][wasmType(type)]);
  }
  context.push(type);
}

export function emitComparison(context: FunctionContext, operation: Comparison): void {
  const { code, scratch } = context;
  if (context.stack.at(-1)?.kind === 'u128') {
    emitLess128(context, operation);
    context.push(context.unit.types.primitive('bool'));
    return;
  }
  if (context.keepsWords && context.stack.at(-1)?.kind === 'u256') {
    // An address of each weighs on the frame where they change places.
    if (operation === 'gt' || operation === 'le') scratch.i32(1);
    emitLess256(context, operation);
    context.push(context.unit.types.primitive('bool'));
    return;
  }
  const type = context.pop();
  context.pop();
  if (isWide(type.kind)) {
    const less = context.unit.wide.less(type.kind);
    if (operation === 'gt' || operation === 'le') {
      const [a, b] = [scratch.i32(0), scratch.i32(1)];
      code.set(b).set(a).get(b, a);
    }
    code.call(less);
    if (operation === 'le' || operation === 'ge') code.op(Op.i32Eqz);
  } else {
    code.op(COMPARISON[isSigned(type.kind) ? 'signed' : 'unsigned'][operation][wasmType(type)]);
  }
  context.push(context.unit.types.primitive('bool'));
}

/** (value, u8 amount); unsigned types only. */
export function emitShift(context: FunctionContext, direction: 'shl' | 'shr'): void {
  const { code, scratch, stack } = context;
  context.pop();
  const isPair = stack.at(-1)?.kind === 'u128';
  // Taking a u128 needs the first scratch local itself.
  const amount = scratch.i32(2);
  code.set(amount);
  if (isPair) {
    context.trapIf(ARITHMETIC_ERROR, () => code.get(amount).i32(128).op(Op.i32GeU));
    emitShift128(context, direction, amount);
    return;
  }
  const known = context.previous?.op === 'ldU8' ? context.previous.value : undefined;
  if (context.keepsWords && stack.at(-1)?.kind === 'u256' && known !== undefined) {
    emitFixedShift256(context, direction, known);
    return;
  }
  context.settle(1);
  const type = context.pop();
  const bits = INTEGER_BITS[integerKind(type)];
  // A u8 cannot reach the width of a u256.
  if (bits < 256) context.trapIf(ARITHMETIC_ERROR, () => code.get(amount).i32(bits).op(Op.i32GeU));
  if (isWide(type.kind)) {
    const value = scratch.i32(1);
    const target = context.result(type.size);
    code.set(value);
    if (known !== undefined) {
      emitFixedShift(code, type.size, direction, known, { value, base: context.frame, target });
    } else {
      context.pushFrameAddress(target);
      code.get(value, amount).call(context.unit.wide.shift(type.kind, direction === 'shl' ? 'left' : 'right'));
    }
    context.pushFrameAddress(target);
  } else if (type.kind === 'u64') {
    code.get(amount).op(Op.i64ExtendI32U, direction === 'shl' ? Op.i64Shl : Op.i64ShrU);
  } else {
    code.get(amount).op(direction === 'shl' ? Op.i32Shl : Op.i32ShrU);
    if (direction === 'shl' && bits < 32) code.i32(2 ** bits - 1).op(Op.i32And);
  }
  context.push(type);
}

export function integerKind(type: Type): IntegerKind {
  if (!isInteger(type.kind)) throw new AssertionError(`${type.name} is no integer`);
  return type.kind;
}

function wasmType(type: Type): 'i32' | 'i64' {
  return type.representation === 'i64' ? 'i64' : 'i32';
}

/** 8 and 16 bits, and the difference of u32: nothing is lost in 32 bits. */
function unsignedSmall(context: FunctionContext, operation: 'add' | 'sub' | 'mul', bits: number): void {
  const { code, scratch } = context;
  if (operation === 'sub') {
    const [a, b] = [scratch.i32(0), scratch.i32(1)];
    code.set(b).set(a);
    context.trapIf(ARITHMETIC_ERROR, () => code.get(a, b).op(Op.i32LtU));
    code.get(a, b).op(Op.i32Sub);
    return;
  }
  const result = scratch.i32(0);
  code.op(OPERATORS[operation].i32).set(result);
  context.trapIf(ARITHMETIC_ERROR, () =>
    code
      .get(result)
      .i32(2 ** bits - 1)
      .op(Op.i32GtU),
  );
  code.get(result);
}

function signedSmall(context: FunctionContext, operation: 'add' | 'sub' | 'mul', kind: 'i8' | 'i16' | 'i32'): void {
  const { code, scratch } = context;
  const result = scratch.i32(0);
  code.op(OPERATORS[operation].i32).set(result);
  const extend = kind === 'i8' ? Op.i32Extend8S : Op.i32Extend16S;
  context.trapIf(ARITHMETIC_ERROR, () => code.get(result, result).op(extend, Op.i32Ne));
  code.get(result);
}

/** 32 bits, counted in 64. */
function through64(context: FunctionContext, operation: 'add' | 'sub' | 'mul', signed: boolean): void {
  const { code, scratch } = context;
  const extend = signed ? Op.i64ExtendI32S : Op.i64ExtendI32U;
  const b = scratch.i32(0);
  const result = scratch.i64(0);
  code.set(b).op(extend).get(b).op(extend, OPERATORS[operation].i64).set(result);
  context.trapIf(ARITHMETIC_ERROR, () => {
    if (signed) code.get(result, result).op(Op.i64Extend32S, Op.i64Ne);
    else code.get(result).i64(0xffff_ffffn).op(Op.i64GtU);
  });
  code.get(result).op(Op.i32WrapI64);
}

function unsigned64(context: FunctionContext, operation: 'add' | 'sub' | 'mul'): void {
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

function signed64(context: FunctionContext, operation: 'add' | 'sub' | 'mul'): void {
  const { code, scratch } = context;
  const [a, b, result] = [scratch.i64(0), scratch.i64(1), scratch.i64(2)];
  code.set(b).set(a).get(a, b).op(OPERATORS[operation].i64).set(result);
  switch (operation) {
    case 'add':
      // Wrapped around if the result has another sign than both.
      context.trapIf(ARITHMETIC_ERROR, () =>
        code.get(a, result).op(Op.i64Xor).get(b, result).op(Op.i64Xor, Op.i64And).i64(0n).op(Op.i64LtS),
      );
      break;
    case 'sub':
      context.trapIf(ARITHMETIC_ERROR, () =>
        code.get(a, b).op(Op.i64Xor).get(a, result).op(Op.i64Xor, Op.i64And).i64(0n).op(Op.i64LtS),
      );
      break;
    case 'mul':
      // Two factors of 32 bits fit; only others are checked by dividing, which the engine does not do for the smallest value by -1.
      code.get(a).op(Op.i64Extend32S).get(a).op(Op.i64Ne).get(b).op(Op.i64Extend32S).get(b).op(Op.i64Ne, Op.i32Or).if();
      context.trapIf(ARITHMETIC_ERROR, () => {
        code.get(a).i64(-1n).op(Op.i64Eq).if(ValType.i32);
        code.get(b).i64(smallest('i64')).op(Op.i64Eq).else();
        code.get(a).op(Op.i64Eqz).if(ValType.i32);
        code.i32(0).else().get(result, a).op(Op.i64DivS).get(b).op(Op.i64Ne).end().end();
      });
      code.end();
  }
  code.get(result);
}

function divide(context: FunctionContext, operation: 'div' | 'mod', type: Type): void {
  const { code, scratch } = context;
  const kind = integerKind(type);
  const [dividend, divisor] = [scratch.of(type, 0), scratch.of(type, 1)];
  code.set(divisor);
  context.trapIf(ARITHMETIC_ERROR, () => code.get(divisor).op(type.representation === 'i64' ? Op.i64Eqz : Op.i32Eqz));
  if (isSigned(kind)) {
    // Neither quotient nor remainder: the quotient does not fit.
    code.set(dividend);
    context.trapIf(ARITHMETIC_ERROR, () => {
      isConstant(code, type, dividend, smallest(kind));
      isConstant(code, type, divisor, -1n);
      code.op(Op.i32And);
    });
    code.get(dividend);
  }
  code.get(divisor).op(DIVISION[isSigned(kind) ? 'signed' : 'unsigned'][operation][wasmType(type)]);
}

function isConstant(code: Code, type: Type, local: number, value: bigint): void {
  code.get(local);
  if (type.representation === 'i64') code.i64(value).op(Op.i64Eq);
  else code.i32(Number(value)).op(Op.i32Eq);
}
