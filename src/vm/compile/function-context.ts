// What the parts of the translator share while one function is written: its code, the types on the operand stack, its frame, its traps.

import { AssertionError } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { Instruction, SignatureToken } from '../bytecode/module.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import type { Type } from '../types/type.ts';
import type { Code, Label } from '../wasm/code.ts';
import { Op } from '../wasm/code.ts';
import { ValType } from '../wasm/opcodes.ts';
import { ENGINE_SLOT_WEIGHT, type FunctionInstance } from './function-instance.ts';
import type { UnitContext } from './unit-context.ts';
import { pushAddress, Scratch } from './values.ts';
import type { AddLocals } from './wide-integers.ts';
import type { KnownWords } from './wide-operands.ts';
import { storeWordsAt, type Words } from './wide-words.ts';

/**
 * The engine keeps a compiled function's locals, what it has on the operand stack and what it passes to a call on its own stack: those above
 * this count weigh on the frame's size, `ENGINE_SLOT_WEIGHT` each.
 */
const UNWEIGHED_SLOTS = 16;
/** Bounds how much longer than by calls wide products and quotients make a function's code. */
const PRODUCTS_IN_PLACE_MAX = 8;
const QUOTIENTS_IN_PLACE_MAX = 4;
/** Of a u128 on the operand stack. */
const WEIGHED_WORDS = 2;

/** A call whose callee is written in its place: the locals with what would be the callee's parameters. */
export interface InlinedCall {
  readonly caller: FunctionContext;
  readonly parameters: readonly number[];
  readonly frame: number;
  readonly callState: number;
}

export class FunctionContext {
  readonly unit: UnitContext;
  readonly instance: FunctionInstance;
  readonly module: LoadedModule;
  readonly code: Code;
  readonly scratch: Scratch;
  /** Local that holds where the frame begins, and the one with the call state. */
  readonly frame: number;
  readonly callState: number;
  /** Types on Move's operand stack. */
  readonly stack: Type[] = [];
  /** Instruction being translated. */
  offset = 0;
  frameSize = 0;
  /** Most values on the operand stack, and most that a call takes and gives: both are on the engine's own stack. */
  operandsMost = 0;
  passedMost = 0;
  /** Where the final size of the frame has to be filled in. */
  readonly frameSizes: number[] = [];
  /** Of the block: see `division-pairs.ts`. */
  divisionPairs: ReadonlyMap<number, number> = new Map();
  /** Where in the frame the result of an instruction lies that an earlier division worked out. */
  readonly divided = new Map<number, number>();
  /** Of the block, the same for results that are in locals. */
  readonly dividedWords = new Map<number, KnownWords>();
  /** Unsigned wide integers are in locals as long as nothing asks for their address (`wide-operands.ts`). */
  keepsWords = false;
  /** Multiplications and divisions that may still be written in place. */
  productsLeft = PRODUCTS_IN_PLACE_MAX;
  quotientsLeft = QUOTIENTS_IN_PLACE_MAX;
  /** The instruction before, in the same block. */
  previous: Instruction | undefined;
  /** In the block so far, values have been in locals alone. */
  holdsWords = false;
  /** Where in the frame the local is that the next instruction stores to, if it does. */
  storedTo: number | undefined;
  #isStored = false;
  /** Local with what is left. */
  readonly #gas: number;
  /** By height of the stack. */
  readonly #words: (KnownWords | undefined)[] = [];
  readonly #wordLocals: (Words | undefined)[] = [];
  readonly #extraWords = new Map<string, number[]>();
  /** Heights whose locals weigh on the frame. */
  readonly #weighed = new Set<number>();
  #entered: number | undefined;
  #blockBase = 0;
  #blockTop = 0;
  #trap: Label | undefined;
  readonly #inlined: InlinedCall | undefined;
  /** Calls that may still be replaced by the code of what they call (`inlining.ts`). */
  inlinesLeft = 0;
  /** So few locals and operands that some more, which do not weigh on the frame, do not matter to the engine's stack. */
  isLight = false;
  #addLocals: AddLocals | undefined;
  #extraAddress: number | undefined;

  constructor(unit: UnitContext, instance: FunctionInstance, module: LoadedModule, code: Code, inlined?: InlinedCall) {
    this.unit = unit;
    this.instance = instance;
    this.module = module;
    this.code = code;
    this.scratch = new Scratch(code);
    this.callState = inlined?.callState ?? code.parameterCount - 1;
    this.frame = inlined?.frame ?? code.parameterCount - 2;
    this.#inlined = inlined;
    this.#gas = inlined ? inlined.caller.#gas : code.local(ValType.i64);
    this.#trap = inlined ? inlined.caller.#trap : undefined;
    // Only light functions have others inside them.
    this.isLight = inlined !== undefined;
  }

  /** The function's code stands in its caller's, and gas and failing are the caller's affair. */
  get isInlined(): boolean {
    return this.#inlined !== undefined;
  }

  /** The local that holds a parameter of the calling convention. */
  parameter(index: number): number {
    return this.#inlined ? at(this.#inlined.parameters, index) : index;
  }

  /** From here on gas is counted in a local, which the engine keeps in a register; whatever is called finds it in its global, and leaves it there. */
  openGas(): void {
    const load = (): void => void this.code.globalGet(this.unit.runtime.gas).set(this.#gas);
    this.code.around = { before: () => this.closeGas(), after: load };
    load();
  }

  /** Before the function is left. */
  closeGas(): void {
    this.code.get(this.#gas).globalSet(this.unit.runtime.gas);
  }

  /** Takes as much as is filled in at the place that it gives, and ends the run if there is not so much. */
  takeGas(): number {
    const { code } = this;
    const place = code.get(this.#gas).i64Later();
    code.op(Op.i64Sub).set(this.#gas);
    this.trapIf('OUT_OF_GAS', () => code.get(this.#gas).i64(0n).op(Op.i64LtS));
    return place;
  }

  /** `words`: the locals that a wide integer is in. */
  push(type: Type, words?: KnownWords): void {
    this.#words[this.stack.length] = words;
    if (words) this.holdsWords = true;
    this.stack.push(type);
  }

  /** The locals that the wide integer on top of the stack is in, if it is known to be in some. */
  get wordsOfTop(): KnownWords | undefined {
    return this.#words[this.stack.length - 1];
  }

  /** Writes as many values from the top of the stack to where their addresses point, those that are in locals alone. */
  settle(count: number): void {
    for (let height = this.stack.length - count; height < this.stack.length; height++) {
      const known = this.#words[height];
      if (known === undefined || known.isWritten) continue;
      storeWordsAt(this.code, this.frame, known.place, known.words);
      known.isWritten = true;
    }
  }

  /** Locals for the words of a u128 at this height of the stack. They weigh on the frame. */
  wordsAt(height: number): Words {
    if (this.keepsWords) {
      this.#weighed.add(height);
      return this.extraWords(`${height}`, WEIGHED_WORDS);
    }
    let pair = this.#wordLocals[height];
    if (pair === undefined) {
      pair = [this.code.local(ValType.i64), this.code.local(ValType.i64)];
      this.#wordLocals[height] = pair;
    }
    return pair;
  }

  /** Locals that do not weigh on the frame, always the same by this name; only where the function keeps words. */
  extraWords(name: string, count: number): Words {
    let words = this.#extraWords.get(name);
    if (words === undefined) {
      words = [];
      this.#extraWords.set(name, words);
    }
    while (words.length < count) words.push(this.code.extraLocal(ValType.i64));
    return words.slice(0, count);
  }

  pop(): Type {
    const type = this.stack.pop();
    if (type === undefined) throw new AssertionError('operand stack empty');
    return type;
  }

  type(token: SignatureToken): Type {
    return this.unit.types.fromToken(this.module, token, this.instance.typeArgs);
  }

  typesOf(signature: number): readonly Type[] {
    return this.module.signature(signature).map((token) => this.type(token));
  }

  /** Room in the frame for the whole function. */
  reserve(size: number): number {
    const offset = align(this.frameSize);
    this.frameSize = offset + size;
    this.#blockBase = this.frameSize;
    return offset;
  }

  /** Values made in a block live in the frame until the block ends. */
  beginBlock(): void {
    this.#blockTop = this.#blockBase;
    this.dividedWords.clear();
    this.holdsWords = false;
  }

  temporary(size: number): number {
    const offset = align(this.#blockTop);
    this.#blockTop = offset + size;
    this.frameSize = Math.max(this.frameSize, this.#blockTop);
    return offset;
  }

  /**
   * Room in the frame for what the instruction leaves: with the local that the next one stores it to, if that is in the frame, as no value that
   * is still looked at is in that memory (`alias-plan.ts`). What is given has its words written only after those of its operands are read, or
   * each after the same word.
   */
  result(size: number): number {
    const own = this.temporary(size);
    if (this.storedTo === undefined) return own;
    this.#isStored = true;
    return this.storedTo;
  }

  /** Whether what the instruction before left is where it is to be stored. */
  takeStored(): boolean {
    const isStored = this.#isStored;
    this.#isStored = false;
    return isStored;
  }

  /** Locals to add wide integers in; only in light functions. */
  get addLocals(): AddLocals {
    if (this.#inlined) return this.#inlined.caller.addLocals;
    const { code } = this;
    const { i64 } = ValType;
    this.#addLocals ??= [code.extraLocal(i64), code.extraLocal(i64), code.extraLocal(i64), code.extraLocal(i64)];
    return this.#addLocals;
  }

  /** A local for the address of a value whose words are read; it does not weigh on the frame. */
  get extraAddress(): number {
    this.#extraAddress ??= this.code.extraLocal(ValType.i32);
    return this.#extraAddress;
  }

  /** A local for how often a module was entered before a call, from before the call until after it. */
  get entered(): number {
    this.#entered ??= this.code.local(ValType.i32);
    return this.#entered;
  }

  pushFrameAddress(offset: number): void {
    pushAddress(this.code, this.frame, offset);
  }

  /** Opens the block that a failing instruction leaves with the number of its place. */
  openTrap(label: Label): void {
    this.#trap = label;
  }

  /** `condition` leaves 1 on the stack when the run has to end with this status. */
  trapIf(status: string, condition: () => void): void {
    if (this.#trap === undefined) throw new AssertionError('no trap open');
    this.code.i32(this.site(status));
    condition();
    this.code.brIf(this.#trap).op(Op.drop);
  }

  /** The function is written, with so many locals: now it is known how large its frame is. */
  settleFrame(locals: number): void {
    const slots = locals + WEIGHED_WORDS * this.#weighed.size + this.operandsMost + this.passedMost;
    const weighed = Math.max(0, slots - UNWEIGHED_SLOTS) * ENGINE_SLOT_WEIGHT;
    const size = align(this.frameSize) + weighed;
    for (const place of this.frameSizes) this.code.sink.patch(place, size);
  }

  /** Where a callee's frame begins, behind this function's. */
  pushNextFrame(): void {
    this.code.get(this.frame);
    this.frameSizes.push(this.code.i32Later());
    this.code.op(Op.i32Add);
  }

  /** Tells the host where it is called from, should it end the run. */
  enterHost(site: number): void {
    this.unit.runtime.enterHost(this.code, site);
  }

  site(status: string): number {
    return this.unit.site(this.instance, this.offset, status);
  }
}

function align(offset: number): number {
  return (offset + 7) & ~7;
}
