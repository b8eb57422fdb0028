// u128 and u256 in memory, as 2 or 4 words of 64 bits, lowest first. Every function is (target, a, b) on addresses; the target is never one
// of the operands.

import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';

const { i32, i64 } = ValType;
const WORD = 8;
const [TARGET, A, B] = [0, 1, 2];

export type BitOperator = typeof Op.i64And | typeof Op.i64Or | typeof Op.i64Xor;

export class WideIntegers {
  readonly #runtime: RuntimeFunctions;

  constructor(runtime: RuntimeFunctions) {
    this.#runtime = runtime;
  }

  /** → 1 when the sum does not fit. */
  add(words: number): FunctionRef {
    return this.#runtime.once(`add${words}`, [i32, i32, i32], [i32], (code) => {
      const word = code.local(i64);
      const sum = code.local(i64);
      const carry = code.local(i64);
      for (let i = 0; i < words; i++) {
        load(code, A, i).tee(word);
        load(code, B, i).op(Op.i64Add).set(sum);
        storeAt(code, i, () => code.get(sum, carry).op(Op.i64Add));
        code.get(sum, word).op(Op.i64LtU);
        code.get(sum, carry).op(Op.i64Add).get(sum).op(Op.i64LtU, Op.i32Or, Op.i64ExtendI32U).set(carry);
      }
      code.get(carry).op(Op.i32WrapI64);
    });
  }

  /** → 1 when the difference is below zero. */
  sub(words: number): FunctionRef {
    return this.#runtime.once(`sub${words}`, [i32, i32, i32], [i32], (code) => {
      const a = code.local(i64);
      const b = code.local(i64);
      const difference = code.local(i64);
      const borrow = code.local(i64);
      for (let i = 0; i < words; i++) {
        load(code, A, i).set(a);
        load(code, B, i).set(b);
        code.get(a, b).op(Op.i64Sub).set(difference);
        storeAt(code, i, () => code.get(difference, borrow).op(Op.i64Sub));
        code.get(a, b).op(Op.i64LtU).get(difference, borrow).op(Op.i64LtU, Op.i32Or, Op.i64ExtendI32U).set(borrow);
      }
      code.get(borrow).op(Op.i32WrapI64);
    });
  }

  /** → 1 when the product does not fit. */
  mul(words: number): FunctionRef {
    const high = this.#mulHigh;
    return this.#runtime.once(`mul${words}`, [i32, i32, i32], [i32], (code) => {
      const a = Array.from({ length: words }, () => code.local(i64));
      const b = Array.from({ length: words }, () => code.local(i64));
      const result = Array.from({ length: words }, () => code.local(i64));
      const carry = code.local(i64);
      const low = code.local(i64);
      const upper = code.local(i64);
      const overflow = code.local(i32);
      for (const [i, local] of a.entries()) load(code, A, i).set(local);
      for (const [i, local] of b.entries()) load(code, B, i).set(local);
      a.forEach((ai, i) => {
        code.get(ai).op(Op.i64Eqz, Op.i32Eqz).if();
        code.i64(0n).set(carry);
        b.forEach((bj, j) => {
          const word = result[i + j];
          if (word === undefined) {
            code.get(bj).op(Op.i64Eqz, Op.i32Eqz).get(overflow).op(Op.i32Or).set(overflow);
            return;
          }
          code.get(ai, bj).op(Op.i64Mul).set(low).get(ai, bj).call(high).set(upper);
          for (const addend of [low, carry]) {
            code.get(word, addend).op(Op.i64Add).tee(word).get(addend).op(Op.i64LtU, Op.i64ExtendI32U);
            code.get(upper).op(Op.i64Add).set(upper);
          }
          code.get(upper).set(carry);
        });
        code.get(carry).op(Op.i64Eqz, Op.i32Eqz).get(overflow).op(Op.i32Or).set(overflow).end();
      });
      for (const [i, local] of result.entries()) storeAt(code, i, () => code.get(local));
      code.get(overflow);
    });
  }

  /** → 1 when the divisor is zero. One word by one word, and any by 32 bits, is done here; the host does the rest. */
  divide(words: number, operation: 'div' | 'mod'): FunctionRef {
    const host = this.#runtime.host(`${operation}${64 * words}`, [i32, i32, i32], []);
    return this.#runtime.once(`${operation}${words}`, [i32, i32, i32], [i32], (code) => {
      const divisor = code.local(i64);
      load(code, B, 0).set(divisor);
      orWords(code, B, 0, words).op(Op.i64Eqz).if();
      code.i32(1).op(Op.return).end();
      orWords(code, A, 1, words);
      orWords(code, B, 1, words).op(Op.i64Or, Op.i64Eqz).if();
      storeAt(code, 0, () =>
        load(code, A, 0)
          .get(divisor)
          .op(operation === 'div' ? Op.i64DivU : Op.i64RemU),
      );
      for (let i = 1; i < words; i++) storeAt(code, i, () => code.i64(0n));
      code.i32(0).op(Op.return).end();
      orWords(code, B, 1, words).get(divisor).i64(32n).op(Op.i64ShrU, Op.i64Or, Op.i64Eqz).if();
      divideBySmall(code, divisor, words, operation);
      code.i32(0).op(Op.return).end();
      code.get(TARGET, A, B).call(host).i32(0);
    });
  }

  /** (a, b) → 1 when a < b. */
  less(words: number): FunctionRef {
    return this.#runtime.once(`less${words}`, [i32, i32], [i32], (code) => {
      const a = code.local(i64);
      const b = code.local(i64);
      for (let i = words - 1; i > 0; i--) {
        code
          .get(0)
          .mem(MemOp.i64Load, i * WORD)
          .tee(a)
          .get(1)
          .mem(MemOp.i64Load, i * WORD)
          .tee(b)
          .op(Op.i64Ne)
          .if();
        code.get(a, b).op(Op.i64LtU, Op.return).end();
      }
      code.get(0).mem(MemOp.i64Load, 0).get(1).mem(MemOp.i64Load, 0).op(Op.i64LtU);
    });
  }

  bits(words: number, operator: BitOperator): FunctionRef {
    return this.#runtime.once(`bits${words} ${operator}`, [i32, i32, i32], [], (code) => {
      for (let i = 0; i < words; i++) {
        storeAt(code, i, () => {
          load(code, A, i);
          load(code, B, i).op(operator);
        });
      }
    });
  }

  /** (target, a, amount): the amount is below the width. */
  shift(words: number, direction: 'left' | 'right'): FunctionRef {
    return this.#runtime.once(`shift${words} ${direction}`, [i32, i32, i32], [], (code) => {
      const amount = 2;
      const start = code.local(i32);
      const bits = code.local(i64);
      const source = code.local(i32);
      const left = direction === 'left';
      code.get(amount).i32(6).op(Op.i32ShrU).set(start);
      code.get(amount).i32(63).op(Op.i32And, Op.i64ExtendI32U).set(bits);
      const wordOrZero = (): void => {
        code.get(source).i32(words).op(Op.i32LtU).if(i64);
        code.get(A, source).i32(3).op(Op.i32Shl, Op.i32Add).mem(MemOp.i64Load, 0);
        code.else().i64(0n).end();
      };
      for (let i = 0; i < words; i++) {
        storeAt(code, i, () => {
          code
            .i32(i)
            .get(start)
            .op(left ? Op.i32Sub : Op.i32Add)
            .set(source);
          wordOrZero();
          code.get(bits).op(left ? Op.i64Shl : Op.i64ShrU);
          code
            .get(source)
            .i32(1)
            .op(left ? Op.i32Sub : Op.i32Add)
            .set(source);
          wordOrZero();
          // Shifted by 64 less the bits, in two steps: by 64 at once would not shift at all.
          code
            .i64(1n)
            .op(left ? Op.i64ShrU : Op.i64Shl)
            .i64(63n)
            .get(bits)
            .op(Op.i64Sub);
          code.op(left ? Op.i64ShrU : Op.i64Shl, Op.i64Or);
        });
      }
    });
  }

  /** (a, b) → the upper word of the product. */
  get #mulHigh(): FunctionRef {
    return this.#runtime.once('mulHigh', [i64, i64], [i64], (code) => {
      const [a, b] = [0, 1];
      const aHigh = code.local(i64);
      const bHigh = code.local(i64);
      const lowHigh = code.local(i64);
      const highLow = code.local(i64);
      const middle = code.local(i64);
      const low32 = (): Code => code.i64(0xffff_ffffn).op(Op.i64And);
      const high32 = (): Code => code.i64(32n).op(Op.i64ShrU);
      code.get(a);
      high32().set(aHigh).get(b);
      high32().set(bHigh).get(a);
      low32().set(a).get(b);
      low32().set(b);
      code.get(a, bHigh).op(Op.i64Mul).set(lowHigh).get(aHigh, b).op(Op.i64Mul).set(highLow);
      code.get(a, b).op(Op.i64Mul);
      high32().get(lowHigh);
      low32().op(Op.i64Add).get(highLow);
      low32().op(Op.i64Add).set(middle);
      code.get(aHigh, bHigh).op(Op.i64Mul).get(lowHigh);
      high32().op(Op.i64Add).get(highLow);
      high32().op(Op.i64Add).get(middle);
      high32().op(Op.i64Add);
    });
  }
}

/** Long division in digits of 32 bits, by a divisor below 2^32: a remainder and a digit fit into one word. */
function divideBySmall(code: Code, divisor: number, words: number, operation: 'div' | 'mod'): void {
  const remainder = code.local(i64);
  const current = code.local(i64);
  const quotient = code.local(i64);
  const digit = (): void => {
    code.get(remainder).i64(32n).op(Op.i64Shl, Op.i64Or).tee(current).get(divisor).op(Op.i64RemU).set(remainder);
    code.get(current, divisor).op(Op.i64DivU);
  };
  for (let i = words - 1; i >= 0; i--) {
    load(code, A, i).i64(32n).op(Op.i64ShrU);
    digit();
    code.i64(32n).op(Op.i64Shl).set(quotient);
    load(code, A, i).i64(0xffff_ffffn).op(Op.i64And);
    digit();
    code.get(quotient).op(Op.i64Or).set(quotient);
    storeAt(code, i, () => (operation === 'div' ? code.get(quotient) : code.i64(0n)));
  }
  if (operation === 'mod') storeAt(code, 0, () => code.get(remainder));
}

function load(code: Code, operand: number, word: number): Code {
  return code.get(operand).mem(MemOp.i64Load, word * WORD);
}

function storeAt(code: Code, word: number, value: () => unknown): void {
  code.get(TARGET);
  value();
  code.mem(MemOp.i64Store, word * WORD);
}

function orWords(code: Code, operand: number, from: number, to: number): Code {
  load(code, operand, from);
  for (let i = from + 1; i < to; i++) load(code, operand, i).op(Op.i64Or);
  return code;
}
