// Where each local of a function lives: in a WebAssembly local, in the frame when it is borrowed or stays in memory, or (a parameter that is
// never written) where the caller has it.

import { at } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { Type } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import type { Use } from './alias-plan.ts';
import { emitCopyCheck } from './closures.ts';
import type { FunctionContext } from './function-context.ts';
import { staysInMemory } from './function-instance.ts';
import { storePair } from './u128.ts';
import { copyBytes, loadScalar, storeFrom, valType } from './values.ts';

type Home =
  | { readonly kind: 'local'; readonly local: number }
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
    if (wordsOfTop && home.kind === 'frame') {
      code.op(Op.drop);
      storePair(code, wordsOfTop, frame, home.offset);
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
    if (isParameter) copyBytes(code, frame, offset, this.#context.parameter(index), 0, type.size);
    return { kind: 'frame', offset };
  }

  #pushScalar(index: number, type: Type): void {
    const { code, frame } = this.#context;
    const home = at(this.#homes, index);
    if (home.kind === 'frame') {
      code.get(frame);
      loadScalar(code, type, home.offset);
    } else {
      code.get(home.local);
    }
  }

  #pushAddress(index: number): void {
    const home = at(this.#homes, index);
    if (home.kind === 'frame') this.#context.pushFrameAddress(home.offset);
    else this.#context.code.get(home.local);
  }

  #copyOut(index: number, type: Type, target: number): void {
    const { code, frame } = this.#context;
    const home = at(this.#homes, index);
    if (home.kind === 'frame') copyBytes(code, frame, target, frame, home.offset, type.size);
    else copyBytes(code, frame, target, home.local, 0, type.size);
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
