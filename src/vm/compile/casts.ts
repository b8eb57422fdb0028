// Casts between all integer types: a value that the target type cannot hold ends the run with ARITHMETIC_ERROR.

import {
  INTEGER_BITS,
  type IntegerKind,
  isSigned,
  isWide,
  largest,
  magnitudeBits,
  WIDE_WORDS,
  type WideKind,
} from '../types/integer-kind.ts';
import type { Type } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { integerKind } from './integers.ts';
import { give } from './u128.ts';
import { giveWords, isKept, takeWords } from './wide-operands.ts';
import { orWords, wordAt } from './wide-words.ts';

type ScalarKind = Exclude<IntegerKind, WideKind>;

const ARITHMETIC_ERROR = 'ARITHMETIC_ERROR';

export function emitCast(context: FunctionContext, to: IntegerKind): void {
  if (to === 'u128' && context.stack.at(-1)?.kind === 'u64') {
    const { code, scratch } = context;
    context.pop();
    code.set(scratch.i64(0)).i64(0n).set(scratch.i64(1));
    give(context, [scratch.i64(0), scratch.i64(1)]);
    return;
  }
  if (context.keepsWords && emitKeptCast(context, to)) return;
  context.settle(1);
  const type = context.pop();
  const from = integerKind(type);
  if (isWide(from)) {
    if (isWide(to)) wideToWide(context, from, to);
    else wideToScalar(context, from, to);
  } else if (isWide(to)) {
    scalarToWide(context, from, type, to);
  } else {
    scalarToScalar(context, from, type, to);
  }
  context.push(context.unit.types.primitive(to));
}

/** Whether it was written: casts without signs that begin or end with a value in locals. */
function emitKeptCast(context: FunctionContext, to: IntegerKind): boolean {
  const { code, scratch, unit } = context;
  const type = context.stack.at(-1);
  if (type === undefined || isSigned(to)) return false;
  const from = integerKind(type);
  if (isSigned(from)) return false;
  if (isKept(from)) {
    const known = context.wordsOfTop;
    if (!known || from === to) return false;
    // An address and a word weigh on the frame, as in functions that do not keep words.
    scratch.i32(0);
    if (to === 'u256') {
      const zeros = context.extraWords('zeros', 2);
      takeWords(context, from);
      for (const zero of zeros) code.i64(0n).set(zero);
      giveWords(context, to, [...known.words, ...zeros], context.temporary(INTEGER_BITS[to] / 8));
      return true;
    }
    const kept = to === 'u128' ? 2 : 1;
    context.trapIf(ARITHMETIC_ERROR, () => {
      orWords(code, known.words.slice(kept)).i64(0n).op(Op.i64Ne);
      if (kept === 1 && to !== 'u64') code.get(wordAt(known.words, 0)).i64(largest(to)).op(Op.i64GtU, Op.i32Or);
    });
    if (to === 'u128') {
      context.pop();
      context.push(unit.types.primitive(to), { ...known, words: known.words.slice(0, kept), weighs: false });
      return true;
    }
    scratch.i64(0);
    takeWords(context, from);
    code.get(wordAt(known.words, 0));
    if (to !== 'u64') code.op(Op.i32WrapI64);
    context.push(unit.types.primitive(to));
    return true;
  }
  if (!isKept(to)) return false;
  context.pop();
  if (type.representation === 'i32') code.op(Op.i64ExtendI32U);
  const words = context.extraWords('zeros', WIDE_WORDS[to]);
  for (const word of words.slice(1)) code.i64(0n).set(word);
  scratch.i64(0);
  code.set(wordAt(words, 0));
  giveWords(context, to, words, context.temporary(INTEGER_BITS[to] / 8));
  return true;
}

function scalarToScalar(context: FunctionContext, from: ScalarKind, type: Type, to: ScalarKind): void {
  const { code } = context;
  checkScalar(context, from, type, to);
  const [has64, wants64] = [INTEGER_BITS[from] === 64, INTEGER_BITS[to] === 64];
  if (has64 && !wants64) code.op(Op.i32WrapI64);
  if (!has64 && wants64) code.op(isSigned(from) ? Op.i64ExtendI32S : Op.i64ExtendI32U);
}

/** The value stays on the stack. */
function checkScalar(context: FunctionContext, from: ScalarKind, type: Type, to: ScalarKind): void {
  const { code, scratch } = context;
  const narrows = magnitudeBits(from) > magnitudeBits(to);
  const losesSign = isSigned(from) && !isSigned(to);
  if (!narrows && !losesSign) return;
  const value = scratch.of(type);
  const is64 = type.representation === 'i64';
  code.set(value);
  context.trapIf(ARITHMETIC_ERROR, () => {
    code.get(value);
    if (isSigned(from) && isSigned(to)) {
      signExtend(code.get(value), to, is64).op(is64 ? Op.i64Ne : Op.i32Ne);
      return;
    }
    // A negative value is a large one without its sign.
    const most = narrows ? largest(to) : largest(from);
    if (is64) code.i64(most).op(Op.i64GtU);
    else code.i32(Number(most)).op(Op.i32GtU);
  });
  code.get(value);
}

function scalarToWide(context: FunctionContext, from: ScalarKind, type: Type, to: WideKind): void {
  const { code, scratch, frame } = context;
  const target = context.result(INTEGER_BITS[to] / 8);
  const value = scratch.i64(0);
  if (type.representation === 'i32') code.op(isSigned(from) ? Op.i64ExtendI32S : Op.i64ExtendI32U);
  code.set(value);
  if (isSigned(from) && !isSigned(to)) context.trapIf(ARITHMETIC_ERROR, () => code.get(value).i64(0n).op(Op.i64LtS));
  code.get(frame, value).mem(MemOp.i64Store, target);
  for (let i = 1; i < WIDE_WORDS[to]; i++) {
    code.get(frame);
    if (isSigned(from)) code.get(value).i64(63n).op(Op.i64ShrS);
    else code.i64(0n);
    code.mem(MemOp.i64Store, target + 8 * i);
  }
  context.pushFrameAddress(target);
}

function wideToScalar(context: FunctionContext, from: WideKind, to: ScalarKind): void {
  const { code, scratch } = context;
  const source = scratch.i32(0);
  const low = scratch.i64(0);
  code.tee(source).mem(MemOp.i64Load, 0).set(low);
  context.trapIf(ARITHMETIC_ERROR, () => {
    const signed = isSigned(from) && isSigned(to);
    upperWordsDiffer(context, source, from, 1, () => (signed ? code.get(low).i64(63n).op(Op.i64ShrS) : code.i64(0n)));
    if (to === 'u64') return;
    if (!signed) code.get(low).i64(largest(to)).op(Op.i64GtU, Op.i32Or);
    else if (to !== 'i64') signExtend(code.get(low, low), to, true).op(Op.i64Ne, Op.i32Or);
  });
  code.get(low);
  if (INTEGER_BITS[to] < 64) code.op(Op.i32WrapI64);
}

/** The lower half of 256 bits is a value of 128 bits in the same place, and so is the same number of bits with or without a sign. */
function wideToWide(context: FunctionContext, from: WideKind, to: WideKind): void {
  const { code, scratch } = context;
  if (from === to) return;
  const [fromWords, toWords] = [WIDE_WORDS[from], WIDE_WORDS[to]];
  const source = scratch.i32(0);
  const top = (words: number) => code.get(source).mem(MemOp.i64Load, 8 * (words - 1));
  code.set(source);
  if (fromWords > toWords) {
    const signed = isSigned(from) && isSigned(to);
    context.trapIf(ARITHMETIC_ERROR, () => {
      upperWordsDiffer(context, source, from, toWords, () =>
        signed ? top(toWords).i64(63n).op(Op.i64ShrS) : code.i64(0n),
      );
      if (isSigned(to) && !signed) top(toWords).i64(0n).op(Op.i64LtS, Op.i32Or);
    });
  } else if (isSigned(from) !== isSigned(to) && (isSigned(from) || fromWords === toWords)) {
    context.trapIf(ARITHMETIC_ERROR, () => top(fromWords).i64(0n).op(Op.i64LtS));
  }
  if (fromWords >= toWords) code.get(source);
  else widen(context, source, from, to);
}

/** 128 bits → 256 bits. */
function widen(context: FunctionContext, source: number, from: WideKind, to: WideKind): void {
  const { code, frame } = context;
  const [fromWords, toWords] = [WIDE_WORDS[from], WIDE_WORDS[to]];
  const target = context.result(8 * toWords);
  for (let i = 0; i < toWords; i++) {
    code.get(frame);
    if (i < fromWords) code.get(source).mem(MemOp.i64Load, 8 * i);
    else if (isSigned(from))
      code
        .get(source)
        .mem(MemOp.i64Load, 8 * (fromWords - 1))
        .i64(63n)
        .op(Op.i64ShrS);
    else code.i64(0n);
    code.mem(MemOp.i64Store, target + 8 * i);
  }
  context.pushFrameAddress(target);
}

/** → 1 unless all words from `first` on are what `fill` pushes. */
function upperWordsDiffer(
  context: FunctionContext,
  source: number,
  kind: WideKind,
  first: number,
  fill: () => unknown,
): void {
  const { code } = context;
  for (let i = first; i < WIDE_WORDS[kind]; i++) {
    code.get(source).mem(MemOp.i64Load, 8 * i);
    fill();
    code.op(Op.i64Xor);
    if (i > first) code.op(Op.i64Or);
  }
  code.op(Op.i64Eqz, Op.i32Eqz);
}

/** Cuts off what is above the bits of `kind`, and extends the sign of the rest. */
function signExtend(code: Code, kind: ScalarKind, is64: boolean): Code {
  switch (INTEGER_BITS[kind]) {
    case 8:
      return code.op(is64 ? Op.i64Extend8S : Op.i32Extend8S);
    case 16:
      return code.op(is64 ? Op.i64Extend16S : Op.i32Extend16S);
    default:
      return is64 ? code.op(Op.i64Extend32S) : code;
  }
}
