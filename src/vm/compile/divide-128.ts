// Division of u128: the quotient and the remainder come together, as code that asks for one mostly asks for the other. Most divisors are below
// 2^64, so that case has ways of its own; longer ones go by `wide-divide.ts`.

import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import { divideLong, type WordOperations } from './wide-divide.ts';
import { newWords, type Words, wordAt } from './wide-words.ts';

const { i64 } = ValType;
const LOWER_HALF = 0xffff_ffffn;

export interface QuotientAndRemainder {
  readonly quotient: Words;
  readonly remainder: Words;
}

/** The divisor is not zero. Returns new locals; the operands stay as they are. */
export function emitDivision128(
  code: Code,
  dividend: Words,
  divisor: Words,
  operations: WordOperations,
): QuotientAndRemainder {
  const result = { quotient: newWords(code, 2), remainder: newWords(code, 2) };
  code.get(wordAt(divisor, 1)).op(Op.i64Eqz).if();
  emitDivisionByWord(code, dividend, wordAt(divisor, 0), result);
  code.else();
  divideLong(code, { operation: 'div', dividend, divisor }, 2, result.quotient, operations);
  multiplyBack(code, dividend, divisor, result, operations.mulHigh);
  code.end();
  return result;
}

/** By one word that is not zero, into locals that are zero. */
export function emitDivisionByWord(code: Code, dividend: Words, by: number, result: QuotientAndRemainder): void {
  const [low, high] = [wordAt(dividend, 0), wordAt(dividend, 1)];
  const done = code.block();
  code.get(high).op(Op.i64Eqz).if();
  divideWord(code, low, by, wordAt(result.quotient, 0), wordAt(result.remainder, 0));
  code.br(done).end();
  const rest = highestDigit(code, high, by, wordAt(result.quotient, 1));
  code.get(by).i64(32n).op(Op.i64ShrU, Op.i64Eqz).if();
  divideBySmall(code, { rest, low, by }, result);
  code.br(done).end();
  divideByWord(code, { rest, low, by }, result);
  code.end();
}

/** One word by another: what is left is multiplied out, as a second division would take much longer. */
function divideWord(code: Code, dividend: number, by: number, quotient: number, remainder: number): void {
  code.get(dividend, by).op(Op.i64DivU).tee(quotient);
  code.get(by).op(Op.i64Mul).set(remainder);
  code.get(dividend, remainder).op(Op.i64Sub).set(remainder);
}

/** What the upper word gives to the quotient. Returns the rest of it, which is below the divisor. */
function highestDigit(code: Code, high: number, by: number, digit: number): number {
  const rest = code.local(i64);
  code.get(high).set(rest);
  code.get(high, by).op(Op.i64GeU).if();
  // A divisor with its highest bit set fits into a word once at most.
  code.get(by).i64(0n).op(Op.i64LtS).if();
  code.i64(1n).set(digit).get(high, by).op(Op.i64Sub).set(rest).else();
  divideWord(code, high, by, digit, rest);
  code.end().end();
  return rest;
}

interface Digits {
  /** Below `by`. */
  readonly rest: number;
  readonly low: number;
  readonly by: number;
}

/** By less than 2^32: a rest and a digit of 32 bits fit into one word. */
function divideBySmall(code: Code, { rest, low, by }: Digits, { quotient, remainder }: QuotientAndRemainder): void {
  const [digit, current] = [code.local(i64), code.local(i64)];
  const left = wordAt(remainder, 0);
  code.get(rest).i64(32n).op(Op.i64Shl).get(low).i64(32n).op(Op.i64ShrU, Op.i64Or).set(current);
  divideWord(code, current, by, digit, left);
  code.get(left).i64(32n).op(Op.i64Shl).get(low).i64(LOWER_HALF).op(Op.i64And, Op.i64Or).set(current);
  code.get(digit).i64(32n).op(Op.i64Shl);
  divideWord(code, current, by, digit, left);
  code.get(digit).op(Op.i64Or).set(wordAt(quotient, 0));
}

/** Algorithm D (see `wide-divide.ts`) with digits of 32 bits, for two words by one. */
function divideByWord(code: Code, { rest, low, by }: Digits, { quotient, remainder }: QuotientAndRemainder): void {
  const [shift, divisor, upper, lower] = [code.local(i64), code.local(i64), code.local(i64), code.local(i64)];
  const [high, next, digit, over] = [code.local(i64), code.local(i64), code.local(i64), code.local(i64)];
  const [shifted, first] = [code.local(i64), code.local(i64)];
  code.get(by).op(Op.i64Clz).set(shift).get(by, shift).op(Op.i64Shl).tee(divisor);
  code.i64(32n).op(Op.i64ShrU).set(upper).get(divisor).i64(LOWER_HALF).op(Op.i64And).set(lower);
  // By 64 less the shift, in two steps: by 64 at once would not shift at all.
  code.get(rest, shift).op(Op.i64Shl).get(low).i64(1n).op(Op.i64ShrU).i64(63n).get(shift);
  code.op(Op.i64Sub, Op.i64ShrU, Op.i64Or).set(high).get(low, shift).op(Op.i64Shl).set(shifted);
  const halves = [
    () => code.get(shifted).i64(32n).op(Op.i64ShrU),
    () => code.get(shifted).i64(LOWER_HALF).op(Op.i64And),
  ];
  for (const [index, pushNext] of halves.entries()) {
    pushNext().set(next);
    divideWord(code, high, upper, digit, over);
    // Guessed by the upper half of the divisor alone, the digit may be too large, by 2 at most: what is over grows each time by half of 2^32.
    const right = code.block();
    const isRight = (): Code => {
      code.get(digit, lower).op(Op.i64Mul).get(over).i64(32n).op(Op.i64Shl).get(next).op(Op.i64Or, Op.i64LeU);
      return code.get(digit).i64(32n).op(Op.i64ShrU, Op.i64Eqz, Op.i32And);
    };
    const lowerDigit = (): Code => code.get(digit).i64(1n).op(Op.i64Sub).set(digit);
    isRight().brIf(right);
    lowerDigit().get(over, upper).op(Op.i64Add).tee(over).i64(32n).op(Op.i64ShrU, Op.i64Eqz, Op.i32Eqz).brIf(right);
    isRight().brIf(right);
    lowerDigit();
    code.end();
    code.get(high).i64(32n).op(Op.i64Shl).get(next).op(Op.i64Or).get(digit, divisor).op(Op.i64Mul, Op.i64Sub).set(high);
    if (index === 0) code.get(digit).i64(32n).op(Op.i64Shl).set(first);
  }
  code.get(first, digit).op(Op.i64Or).set(wordAt(quotient, 0));
  code.get(high, shift).op(Op.i64ShrU).set(wordAt(remainder, 0));
}

/** The remainder is what the quotient, of one word here, times the divisor leaves of the dividend. */
function multiplyBack(
  code: Code,
  dividend: Words,
  divisor: Words,
  result: QuotientAndRemainder,
  mulHigh: FunctionRef,
): void {
  const [low, high] = [code.local(i64), code.local(i64)];
  const quotient = wordAt(result.quotient, 0);
  const [divisorLow, divisorHigh] = [wordAt(divisor, 0), wordAt(divisor, 1)];
  code.get(quotient, divisorLow).op(Op.i64Mul).set(low);
  code.get(quotient, divisorLow).call(mulHigh).get(quotient, divisorHigh).op(Op.i64Mul, Op.i64Add).set(high);
  code.get(wordAt(dividend, 0), low).op(Op.i64Sub).set(wordAt(result.remainder, 0));
  code.get(wordAt(dividend, 1), high).op(Op.i64Sub);
  code.get(wordAt(dividend, 0), low).op(Op.i64LtU, Op.i64ExtendI32U, Op.i64Sub).set(wordAt(result.remainder, 1));
}
