// u128 in two i64 locals: what one of these operations makes stays in two locals that belong to its height on the operand stack, and the next
// operation takes it from there (`wide-operands.ts`).

import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import { emitDivisionByWord } from './divide-128.ts';
import type { FunctionContext } from './function-context.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import { MUL_HIGH_LOCALS, mulHighEmitter } from './wide-multiply.ts';
import { giveWords, loadInto, pushWords, takeWords } from './wide-operands.ts';
import { newWords, setWords, type Words, wordAt } from './wide-words.ts';

const { i32, i64 } = ValType;

/** Lower and upper word: locals of type i64. */
export type Pair = readonly [low: number, high: number];

const ARITHMETIC_ERROR = 'ARITHMETIC_ERROR';
const SIZE = 16;

export function emitArithmetic128(context: FunctionContext, operation: 'add' | 'sub' | 'mul'): void {
  const { code, scratch, unit } = context;
  const [b, a] = [take(context), take(context)];
  const [low, high] = [scratch.i64(0), scratch.i64(1)];
  if (operation === 'mul') {
    const overflow = scratch.i32(0);
    const inPlace = context.keepsWords && context.productsLeft-- > 0;
    if (inPlace) {
      // Factors of one word are the usual case, and their product always fits.
      code.get(a[1], b[1]).op(Op.i64Or, Op.i64Eqz).if();
      mulHighEmitter(context.extraWords('product', MUL_HIGH_LOCALS))(code, a[0], b[0]);
      code.set(high).get(a[0], b[0]).op(Op.i64Mul).set(low).else();
    }
    code.get(...a, ...b).call(multiply(unit.runtime));
    code.set(overflow).set(high).set(low);
    context.trapIf(ARITHMETIC_ERROR, () => code.get(overflow));
    if (inPlace) code.end();
  } else {
    const [carry, partly] = [scratch.i64(2), scratch.i64(3)];
    const isSum = operation === 'add';
    const operator = isSum ? Op.i64Add : Op.i64Sub;
    code.get(a[0], b[0]).op(operator).set(low);
    code
      .get(...(isSum ? [low, a[0]] : [a[0], b[0]]))
      .op(Op.i64LtU, Op.i64ExtendI32U)
      .set(carry);
    code.get(a[1], b[1]).op(operator).tee(partly).get(carry).op(operator).set(high);
    // One of the two steps can carry, not both.
    context.trapIf(ARITHMETIC_ERROR, () => {
      code.get(...(isSum ? [partly, a[1]] : [a[1], b[1]])).op(Op.i64LtU);
      code.get(...(isSum ? [high, partly] : [partly, carry])).op(Op.i64LtU, Op.i32Or);
    });
  }
  give(context, [low, high]);
}

export function emitBitwise128(
  context: FunctionContext,
  operator: typeof Op.i64And | typeof Op.i64Or | typeof Op.i64Xor,
): void {
  const { code, scratch } = context;
  const [b, a] = [take(context), take(context)];
  const result: Pair = [scratch.i64(0), scratch.i64(1)];
  code.get(a[0], b[0]).op(operator).set(result[0]).get(a[1], b[1]).op(operator).set(result[1]);
  give(context, result);
}

/** → 1 or 0 on the stack. */
export function emitLess128(context: FunctionContext, operation: 'lt' | 'gt' | 'le' | 'ge'): void {
  const { code } = context;
  const [second, first] = [take(context), take(context)];
  const [a, b] = operation === 'lt' || operation === 'ge' ? [first, second] : [second, first];
  code.get(a[0], b[0]).op(Op.i64LtU).get(a[1], b[1]).op(Op.i64LtU).get(a[1], b[1]).op(Op.i64Eq, Op.select);
  if (operation === 'le' || operation === 'ge') code.op(Op.i32Eqz);
}

/** By the amount in the local, which is below 128: the engine takes amounts modulo 64. */
export function emitShift128(context: FunctionContext, direction: 'shl' | 'shr', amount: number): void {
  const { code, scratch } = context;
  const value = take(context);
  const [near, far] = direction === 'shl' ? [value[0], value[1]] : [value[1], value[0]];
  const [onto, away] = direction === 'shl' ? [Op.i64Shl, Op.i64ShrU] : [Op.i64ShrU, Op.i64Shl];
  const [bits, moved, joined] = [scratch.i64(0), scratch.i64(1), scratch.i64(2)];
  const isSmall = (): Code => code.get(amount).i32(64).op(Op.i32LtU);
  code.get(amount).op(Op.i64ExtendI32U).set(bits);
  code.get(near, bits).op(onto).set(moved);
  // The other way by 64 less the bits, in two steps: by 64 at once would not move at all.
  code.get(far, bits).op(onto).get(near).i64(1n).op(away).i64(63n).get(bits).op(Op.i64Sub, away, Op.i64Or);
  code.get(moved);
  isSmall().op(Op.select).set(joined);
  code.get(moved).i64(0n);
  isSmall().op(Op.select).set(moved);
  give(context, direction === 'shl' ? [moved, joined] : [joined, moved]);
}

/** Only where the function keeps words. `pair`: the instruction that this one does the work of (`division-pairs.ts`). */
export function emitDivide128(context: FunctionContext, operation: 'div' | 'mod', pair: number | undefined): void {
  const { code, scratch, unit } = context;
  const place = context.temporary(SIZE);
  const b = pairOf(takeWords(context, 'u128'));
  const a = pairOf(takeWords(context, 'u128'));
  // Weigh on the frame as in functions that do not keep words.
  scratch.i32(1);
  context.trapIf(ARITHMETIC_ERROR, () => code.get(...b).op(Op.i64Or, Op.i64Eqz));
  const result = context.extraWords('divided', 4);
  const [quotient, remainder] = [result.slice(0, 2), result.slice(2)];
  const isInPlace = context.quotientsLeft-- > 0;
  if (isInPlace) {
    // A divisor of one word is the usual case.
    for (const word of result) code.i64(0n).set(word);
    code.get(b[1]).op(Op.i64Eqz).if();
    code.lend();
    emitDivisionByWord(code, a, b[0], { quotient, remainder });
    code.endLending();
    code.else();
  }
  code.get(...a, ...b).call(unit.wide.divideWords128);
  for (const word of result.toReversed()) code.set(word);
  if (isInPlace) code.end();
  const [own, others] = operation === 'div' ? [quotient, remainder] : [remainder, quotient];
  if (pair !== undefined) {
    const words = context.extraWords(`pair ${context.dividedWords.size}`, 2);
    setWords(code, words, others);
    context.dividedWords.set(pair, { words, place: context.temporary(SIZE), isWritten: false, weighs: false });
  }
  giveWords(context, 'u128', own, place);
}

/** The words that the locals hold become a u128 on the stack. */
export function give(context: FunctionContext, words: Words): void {
  const place = context.temporary(SIZE);
  const kept = context.wordsAt(context.stack.length);
  setWords(context.code, kept, words);
  pushWords(context, context.unit.types.primitive('u128'), { words: kept, place, isWritten: false, weighs: true });
}

/** The u128 on top of the stack leaves it; its words are in these locals until something else is put at its height. */
export function take(context: FunctionContext): Pair {
  const { code, scratch } = context;
  const known = context.wordsOfTop;
  context.pop();
  if (!known?.weighs) {
    const words = context.wordsAt(context.stack.length);
    const address = scratch.i32(0);
    if (!known) {
      loadInto(code, words, address);
      return pairOf(words);
    }
  }
  code.op(Op.drop);
  return pairOf(known.words);
}

function pairOf(words: Words): Pair {
  return [wordAt(words, 0), wordAt(words, 1)];
}

/** (words of a, words of b) → lower and upper word of the product, and whether there are more. */
function multiply(runtime: RuntimeFunctions): FunctionRef {
  return runtime.pure('words mul u128', [i64, i64, i64, i64], [i64, i64, i32], (code) => {
    const [aLow, aHigh, bLow, bHigh] = [0, 1, 2, 3];
    const high = code.local(i64);
    const cross = code.local(i64);
    const overflow = code.local(i32);
    const mulHigh = mulHighEmitter(newWords(code, MUL_HIGH_LOCALS));
    mulHigh(code, aLow, bLow);
    code.set(high).get(aHigh, bHigh).op(Op.i64Or, Op.i64Eqz, Op.i32Eqz).if();
    // Only one factor may have an upper word, and that times the other's lower word has to be one word.
    code.get(aHigh).op(Op.i64Eqz, Op.i32Eqz).get(bHigh).op(Op.i64Eqz, Op.i32Eqz, Op.i32And).set(overflow);
    const [upper, lower] = [code.local(i64), code.local(i64)];
    code.get(aHigh, bHigh).op(Op.i64Or).set(upper);
    code.get(bLow, aLow, aHigh).op(Op.i64Eqz, Op.i32Eqz, Op.select).set(lower);
    mulHigh(code, upper, lower);
    code.op(Op.i64Eqz, Op.i32Eqz).get(overflow).op(Op.i32Or).set(overflow);
    code.get(upper, lower).op(Op.i64Mul).set(cross);
    code.get(high, cross).op(Op.i64Add).tee(high).get(cross).op(Op.i64LtU).get(overflow).op(Op.i32Or).set(overflow);
    code.end();
    code.get(aLow, bLow).op(Op.i64Mul).get(high).get(overflow);
  });
}
