// u256 in four i64 locals, in functions that keep words (`wide-operands.ts`): what is done in place. Division, and shifts by
// an amount that the code does not name, go through memory (`wide-integers.ts`).

import { Op } from '../wasm/code.ts';
import type { FunctionContext } from './function-context.ts';
import { DOUBLE_PRODUCT_LOCALS, emitDoubleProduct } from './wide-multiply.ts';
import { giveWords, takeWords } from './wide-operands.ts';
import { orWords, type Words, wordAt } from './wide-words.ts';

const ARITHMETIC_ERROR = 'ARITHMETIC_ERROR';
const WORDS = 4;
const SIZE = 32;

export function emitAddOrSubtract256(context: FunctionContext, operation: 'add' | 'sub'): void {
  const { code } = context;
  const [b, a] = takeTwo(context);
  const sum = context.extraWords('sum', WORDS);
  const [partly, carry] = pairOf(context.extraWords('carry', 2));
  const isSum = operation === 'add';
  const operator = isSum ? Op.i64Add : Op.i64Sub;
  for (const [i, word] of sum.entries()) {
    const [x, y] = [wordAt(a, i), wordAt(b, i)];
    code.get(x, y).op(operator).set(partly);
    code.get(...(isSum ? [partly, x] : [x, y])).op(Op.i64LtU);
    if (i === 0) {
      code.get(partly).set(word);
    } else {
      // One of the two steps can carry, not both.
      code.get(partly, carry).op(operator).set(word);
      code.get(...(isSum ? [word, partly] : [partly, carry])).op(Op.i64LtU, Op.i32Or);
    }
    code.op(Op.i64ExtendI32U).set(carry);
  }
  context.trapIf(ARITHMETIC_ERROR, () => code.get(carry).op(Op.i32WrapI64));
  give256(context, sum);
}

export function emitMultiply256(context: FunctionContext): void {
  const { code, unit } = context;
  const [b, a] = takeTwo(context);
  const locals = context.extraWords('product', DOUBLE_PRODUCT_LOCALS);
  const product = locals.slice(0, WORDS);
  const isInPlace = context.productsLeft-- > 0;
  if (isInPlace) {
    // Factors of half the width are the usual case, and their product always fits.
    orWords(code, [...a.slice(2), ...b.slice(2)])
      .op(Op.i64Eqz)
      .if();
    emitDoubleProduct(code, a, b, locals);
    code.else();
  }
  code.get(...a, ...b).call(unit.wide.multiplyWords256);
  const overflow = context.extraAddress;
  code.set(overflow);
  for (const word of product.toReversed()) code.set(word);
  context.trapIf(ARITHMETIC_ERROR, () => code.get(overflow));
  if (isInPlace) code.end();
  give256(context, product);
}

export function emitBitwise256(
  context: FunctionContext,
  operator: typeof Op.i64And | typeof Op.i64Or | typeof Op.i64Xor,
): void {
  const { code } = context;
  const [b, a] = takeTwo(context);
  const result = context.extraWords('sum', WORDS);
  for (const [i, word] of result.entries()) code.get(wordAt(a, i), wordAt(b, i)).op(operator).set(word);
  give256(context, result);
}

/** → 1 or 0 on the stack. */
export function emitLess256(context: FunctionContext, operation: 'lt' | 'gt' | 'le' | 'ge'): void {
  const { code } = context;
  const second = takeWords(context, 'u256');
  const first = takeWords(context, 'u256');
  const [a, b] = operation === 'lt' || operation === 'ge' ? [first, second] : [second, first];
  for (const [i, word] of a.entries()) {
    const other = wordAt(b, i);
    if (i > 0) {
      // What the lower words say counts if these are the same.
      code.get(word, other).op(Op.i64LtU).get(word, other).op(Op.i64Eq, Op.select);
    } else {
      code.get(word, other).op(Op.i64LtU);
    }
  }
  if (operation === 'le' || operation === 'ge') code.op(Op.i32Eqz);
}

/** By an amount that is known. */
export function emitFixedShift256(context: FunctionContext, direction: 'shl' | 'shr', amount: number): void {
  const { code } = context;
  const value = takeWords(context, 'u256');
  const [moved, bits] = [Math.floor(amount / 64), amount % 64];
  const [onto, away] = direction === 'shl' ? [Op.i64Shl, Op.i64ShrU] : [Op.i64ShrU, Op.i64Shl];
  const towards = direction === 'shl' ? -1 : 1;
  const result = context.extraWords('sum', WORDS);
  for (const [i, word] of result.entries()) {
    const [near, far] = [i + towards * moved, i + towards * (moved + 1)].map((at) => (at < 0 ? undefined : value[at]));
    if (near === undefined) code.i64(0n);
    else code.get(near);
    if (near !== undefined && bits !== 0) {
      code.i64(BigInt(bits)).op(onto);
      if (far !== undefined)
        code
          .get(far)
          .i64(BigInt(64 - bits))
          .op(away, Op.i64Or);
    }
    code.set(word);
  }
  give256(context, result);
}

export function emitConstant256(context: FunctionContext, value: bigint): void {
  const words = context.extraWords('sum', WORDS);
  for (const [i, word] of words.entries()) context.code.i64(BigInt.asIntN(64, value >> BigInt(64 * i))).set(word);
  give256(context, words);
}

function give256(context: FunctionContext, words: Words): void {
  giveWords(context, 'u256', words, context.temporary(SIZE));
}

/** The words of b, which is on top, and of a. */
function takeTwo(context: FunctionContext): readonly [b: Words, a: Words] {
  const b = takeWords(context, 'u256');
  const a = takeWords(context, 'u256');
  // Two addresses weigh on the frame, as in functions that do not keep words.
  context.scratch.i32(1);
  return [b, a];
}

function pairOf(words: Words): readonly [number, number] {
  return [wordAt(words, 0), wordAt(words, 1)];
}
