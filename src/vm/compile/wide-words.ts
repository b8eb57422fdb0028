// A wide integer while a function works on it: its words in WebAssembly locals, lowest first, and what is done to all of them.

import { AssertionError } from '../../base/errors.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';

/** Locals of type i64. */
export type Words = readonly number[];

const WORD = 8;

export function newWords(code: Code, count: number): Words {
  return Array.from({ length: count }, () => code.local(ValType.i64));
}

export function loadWords(code: Code, address: number, count: number): Words {
  const words = newWords(code, count);
  for (const [i, word] of words.entries()) loadWord(code, address, i).set(word);
  return words;
}

export function storeWords(code: Code, address: number, words: Words): void {
  storeWordsAt(code, address, 0, words);
}

/** At an offset from the address in a local. */
export function storeWordsAt(code: Code, base: number, offset: number, words: Words): void {
  for (const [i, word] of words.entries()) code.get(base, word).mem(MemOp.i64Store, offset + i * WORD);
}

export function setWords(code: Code, targets: Words, words: Words): void {
  for (const [i, target] of targets.entries()) {
    const word = wordAt(words, i);
    if (word !== target) code.get(word).set(target);
  }
}

export function loadWord(code: Code, address: number, word: number): Code {
  return code.get(address).mem(MemOp.i64Load, word * WORD);
}

export function wordAt(words: Words, index: number): number {
  const word = words.at(index);
  if (word === undefined) throw new AssertionError(`no word ${index} of ${words.length}`);
  return word;
}

/** → the words or'ed together; 0 of none. */
export function orWords(code: Code, words: Words): Code {
  if (words.length === 0) return code.i64(0n);
  words.forEach((word, i) => {
    code.get(word);
    if (i > 0) code.op(Op.i64Or);
  });
  return code;
}

/** → 1 when the words, taken as a signed number, are below zero. */
export function isNegative(code: Code, words: Words): Code {
  return code.get(wordAt(words, -1)).i64(0n).op(Op.i64LtS);
}

/** → 1 when the words are the smallest signed number, which has no opposite. */
export function isSmallest(code: Code, words: Words): Code {
  orWords(code, words.slice(0, -1)).op(Op.i64Eqz);
  return code
    .get(wordAt(words, -1))
    .i64(-1n << 63n)
    .op(Op.i64Eq, Op.i32And);
}

/** If the i32 on the stack is not 0, the words become their opposite: all bits turned, and one added. */
export function negateIf(code: Code, words: Words): void {
  const carry = code.local(ValType.i64);
  code.if();
  code.i64(1n).set(carry);
  for (const word of words) {
    code.get(word).i64(-1n).op(Op.i64Xor).get(carry).op(Op.i64Add).tee(word);
    code.op(Op.i64Eqz, Op.i64ExtendI32U).get(carry).op(Op.i64And).set(carry);
  }
  code.end();
}
