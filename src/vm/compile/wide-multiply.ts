// Multiplication of wide integers whose words are in locals, word by word.

import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import { newWords, type Words, wordAt } from './wide-words.ts';

const { i32, i64 } = ValType;

/** i64 locals that an upper word is worked out in. */
export const MUL_HIGH_LOCALS = 6;

/** i64 locals that a product of two words each is worked out in. */
export const DOUBLE_PRODUCT_LOCALS = 7 + MUL_HIGH_LOCALS;

/** The product of two numbers of two words each, in the first four of the locals: four words, the product's lowest first. */
export function emitDoubleProduct(code: Code, a: Words, b: Words, locals: Words): Words {
  const product = locals.slice(0, 4);
  const [first, second, third, fourth] = [
    wordAt(product, 0),
    wordAt(product, 1),
    wordAt(product, 2),
    wordAt(product, 3),
  ];
  const [a0, a1, b0, b1] = [wordAt(a, 0), wordAt(a, 1), wordAt(b, 0), wordAt(b, 1)];
  const [low, sum, carry] = [wordAt(locals, 4), wordAt(locals, 5), wordAt(locals, 6)];
  const emitMulHigh = mulHighEmitter(locals.slice(7));
  const mulHighOf = (x: number, y: number): void => emitMulHigh(code, x, y);
  /** → 1 where the sum wrapped around. */
  const add = (to: number, addend: () => unknown): Code => {
    code.get(to);
    addend();
    return code.op(Op.i64Add).tee(sum).get(to).op(Op.i64LtU, Op.i64ExtendI32U).get(sum).set(to);
  };
  code.get(a0, b0).op(Op.i64Mul).set(first);
  mulHighOf(a0, b0);
  code.set(second);
  mulHighOf(a1, b0);
  code.set(third);
  mulHighOf(a0, b1);
  code.set(low);
  add(second, () => code.get(a1, b0).op(Op.i64Mul)).set(carry);
  add(second, () => code.get(a0, b1).op(Op.i64Mul))
    .get(carry)
    .op(Op.i64Add)
    .set(carry);
  mulHighOf(a1, b1);
  code.set(fourth);
  add(third, () => code.get(low))
    .get(fourth)
    .op(Op.i64Add)
    .set(fourth);
  add(third, () => code.get(a1, b1).op(Op.i64Mul))
    .get(fourth)
    .op(Op.i64Add)
    .set(fourth);
  add(third, () => code.get(carry))
    .get(fourth)
    .op(Op.i64Add)
    .set(fourth);
  return product;
}

/** Without signs. Returns new locals with the lower words of the product, and one (an i32) that is not 0 when there are more. */
export function emitProduct(code: Code, a: Words, b: Words): { readonly product: Words; readonly overflow: number } {
  const product = newWords(code, a.length);
  const carry = code.local(i64);
  const low = code.local(i64);
  const upper = code.local(i64);
  const overflow = code.local(i32);
  const emitMulHigh = mulHighEmitter(newWords(code, MUL_HIGH_LOCALS));
  for (const [i, ai] of a.entries()) {
    code.get(ai).op(Op.i64Eqz, Op.i32Eqz).if();
    code.i64(0n).set(carry);
    for (const [j, bj] of b.entries()) {
      const word = product[i + j];
      if (word === undefined) {
        code.get(bj).op(Op.i64Eqz, Op.i32Eqz).get(overflow).op(Op.i32Or).set(overflow);
        continue;
      }
      code.get(ai, bj).op(Op.i64Mul).set(low);
      emitMulHigh(code, ai, bj);
      code.set(upper);
      for (const addend of [low, carry]) {
        code.get(word, addend).op(Op.i64Add).tee(word).get(addend).op(Op.i64LtU, Op.i64ExtendI32U);
        code.get(upper).op(Op.i64Add).set(upper);
      }
      code.get(upper).set(carry);
    }
    code.get(carry).op(Op.i64Eqz, Op.i32Eqz).get(overflow).op(Op.i32Or).set(overflow).end();
  }
  return { product, overflow };
}

/** (a, b) → the upper word of the product. */
export function mulHigh(runtime: RuntimeFunctions): FunctionRef {
  return runtime.once('mulHigh', [i64, i64], [i64], (code) =>
    mulHighEmitter(newWords(code, MUL_HIGH_LOCALS))(code, 0, 1),
  );
}

/** Writes what leaves the upper word of the product of two locals, as often as it is asked to, with the same locals to work in. */
export function mulHighEmitter(locals: Words): (code: Code, a: number, b: number) => void {
  const [aLow, aHigh, bLow] = [wordAt(locals, 0), wordAt(locals, 1), wordAt(locals, 2)];
  const [bHigh, middle, other] = [wordAt(locals, 3), wordAt(locals, 4), wordAt(locals, 5)];
  return (code, a, b) => {
    const low32 = (): Code => code.i64(0xffff_ffffn).op(Op.i64And);
    const high32 = (): Code => code.i64(32n).op(Op.i64ShrU);
    for (const [word, low, high] of [
      [a, aLow, aHigh],
      [b, bLow, bHigh],
    ] as const) {
      code.get(word);
      high32().set(high).get(word);
      low32().set(low);
    }
    // A product of halves and two more halves fit into a word.
    code.get(aHigh, bLow).op(Op.i64Mul).get(aLow, bLow).op(Op.i64Mul);
    high32().op(Op.i64Add).set(middle);
    code.get(aLow, bHigh).op(Op.i64Mul).get(middle);
    low32().op(Op.i64Add).set(other);
    code.get(aHigh, bHigh).op(Op.i64Mul).get(middle);
    high32().op(Op.i64Add).get(other);
    high32().op(Op.i64Add);
  };
}
