// Integers of 128 and 256 bits in memory: words of 64 bits, lowest first. The functions take addresses, (target, a, b) unless they say otherwise;
// the target is none of the operands.

import { isSigned, WIDE_WORDS, type WideKind } from '../types/integer-kind.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import { emitDivision128 } from './divide-128.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import { divideWords, emitDivision } from './wide-divide.ts';
import { DOUBLE_PRODUCT_LOCALS, emitDoubleProduct, emitProduct, mulHigh } from './wide-multiply.ts';
import {
  isNegative,
  isSmallest,
  loadWord,
  loadWords,
  negateIf,
  newWords,
  orWords,
  storeWords,
  type Words,
} from './wide-words.ts';

const { i32, i64 } = ValType;
const [TARGET, A, B, REMAINDER] = [0, 1, 2, 3];

export class WideIntegers {
  readonly #runtime: RuntimeFunctions;

  constructor(runtime: RuntimeFunctions) {
    this.#runtime = runtime;
  }

  /** → 1 when there is no result: it does not fit, or the divisor is zero. */
  arithmetic(kind: WideKind, operation: 'add' | 'sub' | 'mul' | 'div' | 'mod'): FunctionRef {
    return this.#runtime.pure(`${operation} ${kind}`, [i32, i32, i32], [i32], (code) => {
      switch (operation) {
        case 'add':
        case 'sub':
          emitAddOrSubtract(code, kind, operation, { a: A, b: B, base: TARGET, offset: 0 }, [
            code.local(i64),
            code.local(i64),
            code.local(i64),
            code.local(i64),
          ]);
          return;
        case 'mul':
          this.#multiply(code, kind);
          return;
        default:
          this.#divide(code, kind, operation);
      }
    });
  }

  /** (quotient, a, b, remainder) → 1 when the divisor is zero. */
  get divideAndModulo128(): FunctionRef {
    return this.#runtime.pure('divmod u128', [i32, i32, i32, i32], [i32], (code) =>
      this.#divide128(code, { div: TARGET, mod: REMAINDER }),
    );
  }

  /** (words of a, words of b) → words of the quotient and of the remainder. The divisor is not zero. */
  get divideWords128(): FunctionRef {
    return this.#runtime.pure('words divmod u128', [i64, i64, i64, i64], [i64, i64, i64, i64], (code) => {
      const operations = { mulHigh: mulHigh(this.#runtime), divideWords: divideWords(this.#runtime) };
      const { quotient, remainder } = emitDivision128(code, [0, 1], [2, 3], operations);
      code.get(...quotient, ...remainder);
    });
  }

  /** (words of a, words of b) → words of the product, and whether there are more. */
  get multiplyWords256(): FunctionRef {
    const words = Array.from({ length: 4 }, () => i64);
    return this.#runtime.pure('words mul u256', [...words, ...words], [...words, i32], (code) => {
      const { product, overflow } = emitProduct(code, [0, 1, 2, 3], [4, 5, 6, 7]);
      code.get(...product, overflow);
    });
  }

  /** (target, a) → 1 when the opposite does not fit. */
  negate(kind: WideKind): FunctionRef {
    return this.#runtime.pure(`negate ${kind}`, [i32, i32], [i32], (code) => {
      const words = loadWords(code, A, WIDE_WORDS[kind]);
      isSmallest(code, words).i32(1);
      negateIf(code, words);
      storeWords(code, TARGET, words);
    });
  }

  /** (a, b) → 1 when a < b. */
  less(kind: WideKind): FunctionRef {
    return this.#runtime.pure(`less ${kind}`, [i32, i32], [i32], (code) => {
      const a = code.local(i64);
      const b = code.local(i64);
      const top = WIDE_WORDS[kind] - 1;
      for (let i = top; i > 0; i--) {
        loadWord(code, 0, i).tee(a);
        loadWord(code, 1, i).tee(b).op(Op.i64Ne).if();
        code
          .get(a, b)
          .op(i === top && isSigned(kind) ? Op.i64LtS : Op.i64LtU, Op.return)
          .end();
      }
      loadWord(code, 0, 0);
      loadWord(code, 1, 0).op(Op.i64LtU);
    });
  }

  /** (target, a, amount): the amount is below the width. */
  shift(kind: WideKind, direction: 'left' | 'right'): FunctionRef {
    const words = WIDE_WORDS[kind];
    return this.#runtime.pure(`shift${words} ${direction}`, [i32, i32, i32], [], (code) => {
      const amount = 2;
      const bits = code.local(i64);
      const rest = code.local(i64);
      const isLeft = direction === 'left';
      const [onto, away] = isLeft ? [Op.i64Shl, Op.i64ShrU] : [Op.i64ShrU, Op.i64Shl];
      const source = loadWords(code, A, words);
      code.get(amount).i32(63).op(Op.i32And, Op.i64ExtendI32U).set(bits);
      // The other way by 64 less the bits, in two steps: by 64 at once would not move at all.
      code.i64(63n).get(bits).op(Op.i64Sub).set(rest);
      const last = code.block();
      const cases = Array.from({ length: words - 1 }, () => code.block()).reverse();
      code.get(amount).i32(6).op(Op.i32ShrU).brTable(cases, last);
      for (let moved = 0; moved < words; moved++) {
        code.end();
        for (let i = 0; i < words; i++) {
          const near = source[isLeft ? i - moved : i + moved];
          const far = source[isLeft ? i - moved - 1 : i + moved + 1];
          storeWord(code, i, () => {
            if (near === undefined) code.i64(0n);
            else code.get(near, bits).op(onto);
            if (far !== undefined) code.get(far).i64(1n).op(away).get(rest).op(away, Op.i64Or);
          });
        }
        if (moved < words - 1) code.op(Op.return);
      }
    });
  }

  #multiply(code: Code, kind: WideKind): void {
    const [a, b] = [loadWords(code, A, WIDE_WORDS[kind]), loadWords(code, B, WIDE_WORDS[kind])];
    if (!isSigned(kind)) {
      if (a.length === 4) {
        // Factors of half the width are the usual case, and their product always fits.
        orWords(code, [...a.slice(2), ...b.slice(2)])
          .op(Op.i64Eqz)
          .if();
        storeWords(code, TARGET, emitDoubleProduct(code, a, b, newWords(code, DOUBLE_PRODUCT_LOCALS)));
        code.i32(0).op(Op.return).end();
      }
      const { product, overflow } = emitProduct(code, a, b);
      storeWords(code, TARGET, product);
      code.get(overflow);
      return;
    }
    const negative = code.local(i32);
    isNegative(code, a);
    isNegative(code, b).op(Op.i32Xor).set(negative);
    absolute(code, a);
    absolute(code, b);
    const { product, overflow } = emitProduct(code, a, b);
    code.get(negative);
    negateIf(code, product);
    storeWords(code, TARGET, product);
    // It fits if it is 0 or has the sign that it should have.
    isNegative(code, product).get(negative).op(Op.i32Xor);
    orWords(code, product).op(Op.i64Eqz, Op.i32Eqz, Op.i32And).get(overflow).op(Op.i32Or);
  }

  #divide128(code: Code, targets: Targets): void {
    const operations = { mulHigh: mulHigh(this.#runtime), divideWords: divideWords(this.#runtime) };
    const [a, b] = [loadWords(code, A, 2), loadWords(code, B, 2)];
    returnOneIf(code, () => orWords(code, b).op(Op.i64Eqz));
    const { quotient, remainder } = emitDivision128(code, a, b, operations);
    if (targets.div !== undefined) storeWords(code, targets.div, quotient);
    if (targets.mod !== undefined) storeWords(code, targets.mod, remainder);
    code.i32(0);
  }

  /** Truncating: the remainder has the sign of the dividend. */
  #divide(code: Code, kind: WideKind, operation: 'div' | 'mod'): void {
    if (kind === 'u128') {
      this.#divide128(code, { [operation]: TARGET });
      return;
    }
    const operations = { mulHigh: mulHigh(this.#runtime), divideWords: divideWords(this.#runtime) };
    const [a, b] = [loadWords(code, A, WIDE_WORDS[kind]), loadWords(code, B, WIDE_WORDS[kind])];
    const negative = code.local(i32);
    returnOneIf(code, () => orWords(code, b).op(Op.i64Eqz));
    if (isSigned(kind)) {
      // Neither quotient nor remainder: the quotient does not fit.
      returnOneIf(code, () => {
        isSmallest(code, a);
        for (const word of b) code.get(word).i64(-1n).op(Op.i64Eq, Op.i32And);
      });
      isNegative(code, a);
      if (operation === 'div') isNegative(code, b).op(Op.i32Xor);
      code.set(negative);
      absolute(code, a);
      absolute(code, b);
    }
    const result = emitDivision(code, { operation, dividend: a, divisor: b }, operations);
    if (isSigned(kind)) {
      code.get(negative);
      negateIf(code, result);
    }
    storeWords(code, TARGET, result);
    code.i32(0);
  }
}

interface Targets {
  readonly div?: number;
  readonly mod?: number;
}

/** Operands at the addresses in two locals; where the result goes, from the address in a third one. */
export interface WidePlaces {
  readonly a: number;
  readonly b: number;
  readonly base: number;
  readonly offset: number;
}

/** i64 locals that adding works in. */
export type AddLocals = readonly [a: number, b: number, result: number, carry: number];

/** → 1 when the result does not fit. The result may be put over an operand. */
export function emitAddOrSubtract(
  code: Code,
  kind: WideKind,
  operation: 'add' | 'sub',
  places: WidePlaces,
  [a, b, result, carry]: AddLocals,
): void {
  const isSum = operation === 'add';
  const operator = isSum ? Op.i64Add : Op.i64Sub;
  for (let i = 0; i < WIDE_WORDS[kind]; i++) {
    loadWord(code, places.a, i).set(a);
    loadWord(code, places.b, i).set(b);
    code.get(a, b).op(operator).set(result);
    code.get(...(isSum ? [result, a] : [a, b])).op(Op.i64LtU);
    if (i > 0) {
      // One of the two steps can carry, not both.
      if (isSum) code.get(result, carry).op(Op.i64Add).tee(result).get(carry).op(Op.i64LtU, Op.i32Or);
      else code.get(result, carry).op(Op.i64LtU, Op.i32Or).get(result, carry).op(Op.i64Sub).set(result);
    }
    code.op(Op.i64ExtendI32U).set(carry);
    code.get(places.base, result).mem(MemOp.i64Store, places.offset + 8 * i);
  }
  if (!isSigned(kind)) {
    code.get(carry).op(Op.i32WrapI64);
    return;
  }
  // Wrapped around if the result's sign is another than that of a, and b should not have turned it.
  code.get(a, isSum ? result : b).op(Op.i64Xor);
  code
    .get(isSum ? b : a, result)
    .op(Op.i64Xor, Op.i64And)
    .i64(0n)
    .op(Op.i64LtS);
}

function absolute(code: Code, words: Words): void {
  isNegative(code, words);
  negateIf(code, words);
}

function returnOneIf(code: Code, condition: () => unknown): void {
  condition();
  code.if();
  code.i32(1).op(Op.return).end();
}

function storeWord(code: Code, word: number, value: () => unknown): void {
  code.get(TARGET);
  value();
  code.mem(MemOp.i64Store, 8 * word);
}
