// Where each local of a function lives: in a WebAssembly local, in several as the words of a wide integer, in the frame when it is borrowed or stays
// in memory, or (a parameter that is never written) where the caller has it.

import { assert } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { Type } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import type { Use } from './alias-plan.ts';
import { emitCopyCheck } from './closures.ts';
import type { FunctionContext } from './function-context.ts';
import { staysInMemory } from './function-instance.ts';
import { copyBytes, loadScalar, storeFrom, valType } from './values.ts';
import { isKept, loadInto, pushWords, wordCount } from './wide-operands.ts';
import { setWords, storeWordsAt, type Words } from './wide-words.ts';

type Home =
  | { readonly kind: 'local'; readonly local: number }
  /** With room in the frame for whoever wants its address. */
  | { readonly kind: 'words'; readonly words: Words; readonly offset: number }
  | { readonly kind: 'frame'; readonly offset: number }
  | { readonly kind: 'caller'; readonly local: number };

interface LocalFacts {
  borrowed: boolean;
  mutablyBorrowed: boolean;
  stored: boolean;
}

export class Locals {
  readonly #context: FunctionContext;
  readonly #types: readonly Type[];
  readonly #facts: readonly LocalFacts[];
  readonly #homes: readonly Home[];

  /** Decides the homes and writes the function's first instructions: parameters to where they live. */
  constructor(context: FunctionContext, types: readonly Type[], parameterCount: number, body: readonly Instruction[]) {
    this.#context = context;
    this.#types = types;
    this.#facts = factsOf(types.length, body);
    this.#homes = types.map((type, index) => this.#settle(type, index, index < parameterCount));
  }

  copy(index: number, use: Use | undefined): void {
    const { code, unit } = this.#context;
    const type = at(this.#types, index);
    const home = at(this.#homes, index);
    if (home.kind === 'words') {
      this.#pushWords(home, type, this.#mayAliasCopy(index, type, use));
      return;
    }
    if (!staysInMemory(type)) {
      this.#pushScalar(index, type);
    } else if (this.#mayAliasCopy(index, type, use)) {
      this.#pushAddress(index);
    } else {
      const target = this.#context.temporary(type.size);
      if (type.deep) {
        this.#context.pushFrameAddress(target);
        this.#pushAddress(index);
        code.call(unit.typeFunctions.copy(type));
      } else {
        this.#copyOut(index, type, target);
      }
      this.#context.pushFrameAddress(target);
    }
    emitCopyCheck(this.#context, type);
    this.#context.push(type);
  }

  move(index: number, use: Use | undefined): void {
    const type = at(this.#types, index);
    const home = at(this.#homes, index);
    if (home.kind === 'words') {
      this.#pushWords(home, type, use !== undefined && !use.localStored);
      return;
    }
    if (!staysInMemory(type)) {
      this.#pushScalar(index, type);
    } else if (use && !use.localStored) {
      this.#pushAddress(index);
    } else {
      const target = this.#context.temporary(type.size);
      this.#copyOut(index, type, target);
      this.#context.pushFrameAddress(target);
    }
    this.#context.push(type);
  }

  store(index: number): void {
    const { code, scratch, frame, wordsOfTop } = this.#context;
    const type = this.#context.pop();
    const home = at(this.#homes, index);
    // An address weighs on the frame, but for what already does.
    if ((wordsOfTop || home.kind === 'words') && !wordsOfTop?.weighs) scratch.i32(0);
    if (wordsOfTop && home.kind === 'frame') {
      code.op(Op.drop);
      storeWordsAt(code, frame, home.offset, wordsOfTop.words);
      return;
    }
    if (home.kind === 'words') {
      if (wordsOfTop) setWords(code.op(Op.drop), home.words, wordsOfTop.words);
      else loadInto(code, home.words, scratch.i32(0));
      return;
    }
    if (home.kind !== 'frame') {
      code.set(home.local);
      return;
    }
    const value = scratch.of(type);
    if (this.#context.takeStored()) {
      code.op(Op.drop);
      return;
    }
    code.set(value);
    storeFrom(code, type, frame, home.offset, value);
  }

  /** Where in the frame it lives, if it does. */
  frameOffset(index: number): number | undefined {
    const home = at(this.#homes, index);
    return home.kind === 'frame' ? home.offset : undefined;
  }

  isMutablyBorrowed(index: number): boolean {
    return at(this.#facts, index).mutablyBorrowed;
  }

  borrow(index: number, mutable: boolean): void {
    this.#pushAddress(index);
    this.#context.push(this.#context.unit.types.reference(at(this.#types, index), mutable));
  }

  #settle(type: Type, index: number, isParameter: boolean): Home {
    const { code, frame } = this.#context;
    const facts = at(this.#facts, index);
    if (!staysInMemory(type)) {
      if (!facts.borrowed) {
        return { kind: 'local', local: isParameter ? this.#context.parameter(index) : code.local(valType(type)) };
      }
      const offset = this.#context.reserve(type.size);
      if (isParameter) storeFrom(code, type, frame, offset, this.#context.parameter(index));
      return { kind: 'frame', offset };
    }
    if (isParameter && !facts.stored && !facts.mutablyBorrowed) {
      return { kind: 'caller', local: this.#context.parameter(index) };
    }
    const offset = this.#context.reserve(type.size);
    if (this.#context.keepsWords && isKept(type.kind) && !facts.borrowed) {
      const words = this.#context.extraWords(`local ${index}`, wordCount(type.kind));
      if (isParameter) loadInto(code.get(this.#context.parameter(index)), words, this.#context.extraAddress);
      return { kind: 'words', words, offset };
    }
    if (isParameter) copyBytes(code, frame, offset, this.#context.parameter(index), 0, type.size);
    return { kind: 'frame', offset };
  }

  #pushWords(home: Home & { readonly kind: 'words' }, type: Type, mayAlias: boolean): void {
    const context = this.#context;
    if (mayAlias) {
      pushWords(context, type, { words: home.words, place: home.offset, isWritten: false, weighs: false });
      return;
    }
    const place = context.temporary(type.size);
    const words = context.extraWords(`${context.stack.length}`, home.words.length);
    setWords(context.code, words, home.words);
    pushWords(context, type, { words, place, isWritten: false, weighs: false });
  }

  #pushScalar(index: number, type: Type): void {
    const { code, frame } = this.#context;
    const home = this.#oneOf(index);
    if (home.kind === 'frame') {
      code.get(frame);
      loadScalar(code, type, home.offset);
    } else {
      code.get(home.local);
    }
  }

  #pushAddress(index: number): void {
    const home = this.#oneOf(index);
    if (home.kind === 'frame') this.#context.pushFrameAddress(home.offset);
    else this.#context.code.get(home.local);
  }

  #copyOut(index: number, type: Type, target: number): void {
    const { code, frame } = this.#context;
    const home = this.#oneOf(index);
    if (home.kind === 'frame') copyBytes(code, frame, target, frame, home.offset, type.size);
    else copyBytes(code, frame, target, home.local, 0, type.size);
  }

  /** The home of a local whose words are not in locals. */
  #oneOf(index: number): Exclude<Home, { readonly kind: 'words' }> {
    const home = at(this.#homes, index);
    assert(home.kind !== 'words', 'in one place');
    return home;
  }

  /** A flat value may be used where it is while nothing changes it; a deep one only to be looked at. */
  #mayAliasCopy(index: number, type: Type, use: Use | undefined): boolean {
    if (use === undefined || use.localStored) return false;
    if (type.deep) return use.quiet && onlyLookedAt(use);
    return !at(this.#facts, index).mutablyBorrowed;
  }
}

/** Whether what a `readRef` or `vecPopBack` found may be used where it lies. */
export function mayAliasMemory(use: Use | undefined): boolean {
  if (use === undefined || !use.quiet) return false;
  return !use.consumers.has('call') && !use.consumers.has('callGeneric') && !use.consumers.has('callClosure');
}

export function onlyLookedAt(use: Use): boolean {
  for (const op of use.consumers) if (op !== 'eq' && op !== 'neq' && op !== 'pop') return false;
  return true;
}

function factsOf(count: number, body: readonly Instruction[]): readonly LocalFacts[] {
  const facts = Array.from({ length: count }, () => ({ borrowed: false, mutablyBorrowed: false, stored: false }));
  for (const instruction of body) {
    if (!('local' in instruction)) continue;
    const fact = at(facts, instruction.local);
    if (instruction.op === 'stLoc') fact.stored = true;
    if (instruction.op === 'mutBorrowLoc') fact.mutablyBorrowed = true;
    if (instruction.op === 'mutBorrowLoc' || instruction.op === 'immBorrowLoc') fact.borrowed = true;
  }
  return facts;
}
