// Division of wide integers whose words are in locals: long division with words of 64 bits as digits (Knuth, The Art of Computer Programming,
// volume 2, 4.3.1, algorithm D), unrolled for each length of the divisor.

import { assert } from '../../base/errors.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import { newWords, orWords, type Words, wordAt } from './wide-words.ts';

const { i32, i64 } = ValType;

export interface Division {
  readonly operation: 'div' | 'mod';
  readonly dividend: Words;
  /** Not zero. */
  readonly divisor: Words;
}

export interface WordOperations {
  /** (a, b) → the upper word of the product. */
  readonly mulHigh: FunctionRef;
  readonly divideWords: FunctionRef;
}

/** Without signs. Returns new locals; the operands stay as they are. */
export function emitDivision(code: Code, division: Division, operations: WordOperations): Words {
  const { dividend, divisor } = division;
  const result = newWords(code, dividend.length);
  const lowest = wordAt(divisor, 0);
  const done = code.block();
  orWords(code, [...dividend.slice(1), ...divisor.slice(1)])
    .op(Op.i64Eqz)
    .if();
  code
    .get(wordAt(dividend, 0), lowest)
    .op(division.operation === 'div' ? Op.i64DivU : Op.i64RemU)
    .set(wordAt(result, 0))
    .br(done)
    .end();
  orWords(code, divisor.slice(1)).get(lowest).i64(32n).op(Op.i64ShrU, Op.i64Or, Op.i64Eqz).if();
  divideBySmall(code, division, result);
  code.br(done).end();
  for (let length = 1; length <= divisor.length; length++) {
    if (length < divisor.length) orWords(code, divisor.slice(length)).op(Op.i64Eqz).if();
    divideLong(code, division, length, result, operations);
    if (length < divisor.length) code.br(done).end();
  }
  code.end();
  return result;
}

/** By a divisor below 2^32: digits of 32 bits, as a remainder and a digit fit into one word. */
function divideBySmall(code: Code, { operation, dividend, divisor }: Division, result: Words): void {
  const remainder = code.local(i64);
  const current = code.local(i64);
  const by = wordAt(divisor, 0);
  const digit = (): void => {
    code.get(remainder).i64(32n).op(Op.i64Shl, Op.i64Or).tee(current).get(by).op(Op.i64RemU).set(remainder);
    code.get(current, by).op(Op.i64DivU);
  };
  for (let i = dividend.length - 1; i >= 0; i--) {
    const [word, quotient] = [wordAt(dividend, i), wordAt(result, i)];
    code.get(word).i64(32n).op(Op.i64ShrU);
    digit();
    code.i64(32n).op(Op.i64Shl).get(word).i64(0xffff_ffffn).op(Op.i64And);
    digit();
    if (operation === 'div') code.op(Op.i64Or).set(quotient);
    else code.op(Op.drop, Op.drop);
  }
  if (operation === 'mod') code.get(remainder).set(wordAt(result, 0));
}

/** By a divisor of exactly `length` words. */
export function divideLong(
  code: Code,
  { operation, dividend, divisor }: Division,
  length: number,
  result: Words,
  operations: WordOperations,
): void {
  // Both are shifted so that the divisor's highest bit is set: then a digit that is guessed from the highest words is at most 2 too large.
  const shift = code.local(i64);
  code
    .get(wordAt(divisor, length - 1))
    .op(Op.i64Clz)
    .set(shift);
  const v = shiftLeft(code, divisor.slice(0, length), shift).slice(0, length);
  const u = shiftLeft(code, dividend, shift);
  const quotient = code.local(i64);
  if (length === 1) divideByWord(code, u, wordAt(v, 0), { operation, quotient, result }, operations);
  else
    for (let j = dividend.length - length; j >= 0; j--) {
      const rest = u.slice(j, j + length + 1);
      guessDigit(code, rest, v, quotient, operations);
      subtractProduct(code, rest, v, quotient, operations);
      if (operation === 'div') code.get(quotient).set(wordAt(result, j));
    }
  if (operation === 'mod') shiftRight(code, u.slice(0, length), shift, result);
}

/** By one word with its highest bit set: every digit comes out right at once, and what is left of the rest is one word. */
function divideByWord(
  code: Code,
  u: Words,
  by: number,
  {
    operation,
    quotient,
    result,
  }: { readonly operation: 'div' | 'mod'; readonly quotient: number; readonly result: Words },
  { divideWords }: WordOperations,
): void {
  for (let j = u.length - 2; j >= 0; j--) {
    const [high, low] = [wordAt(u, j + 1), wordAt(u, j)];
    code.get(high).op(Op.i64Eqz).if(i64);
    code.get(low, by).op(Op.i64DivU).else().get(high, low, by).call(divideWords).end().set(quotient);
    code.get(low, quotient, by).op(Op.i64Mul, Op.i64Sub).set(low);
    if (operation === 'div') code.get(quotient).set(wordAt(result, j));
  }
}

/** As many words, and one more for what is shifted out of them. */
function shiftLeft(code: Code, words: Words, shift: number): Words {
  const shifted = newWords(code, words.length + 1);
  for (const [i, target] of shifted.entries()) {
    const [word, below] = [words[i], words[i - 1]];
    if (word !== undefined) code.get(word, shift).op(Op.i64Shl);
    // By 64 less the shift, in two steps: by 64 at once would not shift at all.
    if (below !== undefined) code.get(below).i64(1n).op(Op.i64ShrU).i64(63n).get(shift).op(Op.i64Sub, Op.i64ShrU);
    if (word !== undefined && below !== undefined) code.op(Op.i64Or);
    code.set(target);
  }
  return shifted;
}

function shiftRight(code: Code, words: Words, shift: number, result: Words): void {
  for (const [i, word] of words.entries()) {
    code.get(word, shift).op(Op.i64ShrU);
    const above = words[i + 1];
    if (above !== undefined)
      code.get(above).i64(1n).op(Op.i64Shl).i64(63n).get(shift).op(Op.i64Sub, Op.i64Shl, Op.i64Or);
    code.set(wordAt(result, i));
  }
}

/** The two highest words of the rest by the highest of the divisor; the largest digit where that would not fit. */
function guessDigit(code: Code, rest: Words, v: Words, quotient: number, operations: WordOperations): void {
  const [first, second, by] = [wordAt(rest, -1), wordAt(rest, -2), wordAt(v, -1)];
  code.get(first, by).op(Op.i64GeU).if(i64);
  code.i64(-1n).else().get(first, second, by).call(operations.divideWords).end().set(quotient);
}

/** Takes `quotient` times the divisor from the rest; while that is too much, puts the divisor back and lowers the digit. */
function subtractProduct(code: Code, rest: Words, v: Words, quotient: number, { mulHigh }: WordOperations): void {
  assert(rest.length === v.length + 1, 'a rest one word longer than the divisor');
  const carry = code.local(i64);
  const borrow = code.local(i64);
  const low = code.local(i64);
  const difference = code.local(i64);
  const subtract = (word: number, subtrahend: number): void => {
    code.get(word, subtrahend).op(Op.i64Sub).set(difference);
    code.get(word, subtrahend).op(Op.i64LtU).get(difference, borrow).op(Op.i64LtU, Op.i32Or);
    code.get(difference, borrow).op(Op.i64Sub).set(word);
    code.op(Op.i64ExtendI32U).set(borrow);
  };
  code.i64(0n).tee(carry).set(borrow);
  for (const [i, digit] of v.entries()) {
    code
      .get(quotient, digit)
      .op(Op.i64Mul)
      .get(carry)
      .op(Op.i64Add)
      .tee(low)
      .get(carry)
      .op(Op.i64LtU, Op.i64ExtendI32U);
    code.get(quotient, digit).call(mulHigh).op(Op.i64Add).set(carry);
    subtract(wordAt(rest, i), low);
  }
  subtract(wordAt(rest, -1), carry);
  const fits = code.block();
  const again = code.loop();
  code.get(borrow).op(Op.i64Eqz).brIf(fits);
  code.get(quotient).i64(1n).op(Op.i64Sub).set(quotient);
  addBack(code, rest, v, carry);
  code.get(borrow, carry).op(Op.i64Sub).set(borrow).br(again);
  code.end().end();
}

/** rest += v; `carry` is 1 when the sum leaves the rest's words. */
function addBack(code: Code, rest: Words, v: Words, carry: number): void {
  const sum = code.local(i64);
  code.i64(0n).set(carry);
  for (const [i, digit] of v.entries()) {
    const word = wordAt(rest, i);
    code.get(word, digit).op(Op.i64Add).tee(sum).get(digit).op(Op.i64LtU);
    code.get(sum, carry).op(Op.i64Add).tee(word).get(carry).op(Op.i64LtU, Op.i32Or, Op.i64ExtendI32U).set(carry);
  }
  const top = wordAt(rest, -1);
  code.get(top, carry).op(Op.i64Add).tee(top).get(carry).op(Op.i64LtU, Op.i64ExtendI32U).set(carry);
}

/**
 * (high, low, divisor) → the quotient, which fits into a word: `high` is below the divisor, whose highest bit is set. Two digits of 32
 * bits, each guessed and corrected.
 */
export function divideWords(runtime: RuntimeFunctions): FunctionRef {
  return runtime.once('divideWords', [i64, i64, i64], [i64], (code) => {
    const [high, low, divisor] = [0, 1, 2];
    const upper = code.local(i64);
    const lower = code.local(i64);
    const digit = code.local(i64);
    const rest = code.local(i64);
    const quotient = code.local(i64);
    code.get(divisor).i64(32n).op(Op.i64ShrU).set(upper).get(divisor).i64(0xffff_ffffn).op(Op.i64And).set(lower);
    const halves = [() => code.get(low).i64(32n).op(Op.i64ShrU), () => code.get(low).i64(0xffff_ffffn).op(Op.i64And)];
    for (const pushNext of halves) {
      code.get(high, upper).op(Op.i64DivU).set(digit);
      code.get(high, digit, upper).op(Op.i64Mul, Op.i64Sub).set(rest);
      const right = code.block();
      const again = code.loop();
      code.get(digit).i64(32n).op(Op.i64ShrU, Op.i64Eqz).if(i32);
      code.get(digit, lower).op(Op.i64Mul).get(rest).i64(32n).op(Op.i64Shl);
      pushNext().op(Op.i64Or, Op.i64LeU).else().i32(0).end().brIf(right);
      code.get(digit).i64(1n).op(Op.i64Sub).set(digit);
      code.get(rest, upper).op(Op.i64Add).tee(rest).i64(32n).op(Op.i64ShrU, Op.i64Eqz).brIf(again);
      code.end().end();
      code.get(high).i64(32n).op(Op.i64Shl);
      pushNext().op(Op.i64Or).get(digit, divisor).op(Op.i64Mul, Op.i64Sub).set(high);
      code.get(quotient).i64(32n).op(Op.i64Shl).get(digit).op(Op.i64Or).set(quotient);
    }
    code.get(quotient);
  });
}
