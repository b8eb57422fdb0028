// Writes the body of one WebAssembly function: instructions, structured control with labels, locals, and calls whose function index
// is filled in once all functions are known.

import { assert } from '../../base/errors.ts';
import { ByteSink } from './byte-sink.ts';
import type { FunctionRef, Signature } from './module-builder.ts';
import { type MemOp, Op, type ValType } from './opcodes.ts';

/** Names an enclosing `block`, `loop` or `if`, to branch to. */
export interface Label {
  readonly depth: number;
}

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const BR = 0x0c;
const BR_IF = 0x0d;
const BR_TABLE = 0x0e;
const CALL = 0x10;
const CALL_INDIRECT = 0x11;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const MEMORY_SIZE = 0x3f;
const MEMORY_GROW = 0x40;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const BULK = 0xfc;
const NO_RESULT = 0x40;
/** Bytes of a constant that `i64Later` leaves room for. */
export const I64_LATER_WIDTH = 6;

export class Code {
  readonly sink = new ByteSink(256);
  /** Types of all locals, parameters first. */
  readonly locals: ValType[];
  readonly parameterCount: number;
  readonly calls: { readonly at: number; readonly target: FunctionRef }[] = [];
  readonly indirectCalls: { readonly at: number; readonly signature: Signature }[] = [];
  /** Written before and after every call of a function that is not pure; what is on the stack has to stay there. */
  around: { readonly before: () => void; readonly after: () => void } | undefined;
  #depth = 0;
  /** Locals that are lent, and while they are, those that were taken. */
  readonly #pool: { readonly type: ValType; readonly local: number }[] = [];
  #taken: Set<number> | undefined;
  #extraCount = 0;

  constructor(parameters: readonly ValType[]) {
    this.locals = [...parameters];
    this.parameterCount = parameters.length;
  }

  /** A new local; zero at first, unless it is lent. */
  local(type: ValType): number {
    const taken = this.#taken;
    const free = taken && this.#pool.find((one) => one.type === type && !taken.has(one.local));
    const local = free?.local ?? this.locals.push(type) - 1;
    if (taken && !free) this.#pool.push({ type, local });
    taken?.add(local);
    return local;
  }

  /** A new local that counts neither as the function's own nor as taken. */
  extraLocal(type: ValType): number {
    this.#extraCount++;
    return this.locals.push(type) - 1;
  }

  /** Until `endLending`, `local` gives out locals that it gives out again the next time. What they hold at first is unspecified. */
  lend(): void {
    assert(this.#taken === undefined, 'locals are lent already');
    this.#taken = new Set();
  }

  /** Returns how many were taken. */
  endLending(): number {
    const count = this.#taken?.size ?? 0;
    this.#taken = undefined;
    return count;
  }

  /** Locals but for those that were lent, or extra. */
  get ownLocalCount(): number {
    return this.locals.length - this.#pool.length - this.#extraCount;
  }

  op(...operators: readonly Op[]): this {
    operators.forEach((operator) => void this.sink.byte(operator));
    return this;
  }

  i32(value: number): this {
    this.sink.byte(I32_CONST);
    this.sink.s32(value);
    return this;
  }

  /** An i32 constant below 2^31 that is known only when the function is done: give it to `patch`. */
  i32Later(): number {
    this.sink.byte(I32_CONST);
    return this.sink.placeholder();
  }

  /** An i64 constant below 2^41 that is known later: give it to `patch`, as wide as `I64_LATER_WIDTH`. */
  i64Later(): number {
    this.sink.byte(I64_CONST);
    return this.sink.placeholder(I64_LATER_WIDTH);
  }

  i64(value: bigint): this {
    this.sink.byte(I64_CONST);
    this.sink.s64(value);
    return this;
  }

  get(...locals: readonly number[]): this {
    locals.forEach((local) => void this.#indexed(LOCAL_GET, local));
    return this;
  }

  set(local: number): this {
    return this.#indexed(LOCAL_SET, local);
  }

  tee(local: number): this {
    return this.#indexed(LOCAL_TEE, local);
  }

  globalGet(global: number): this {
    return this.#indexed(GLOBAL_GET, global);
  }

  globalSet(global: number): this {
    return this.#indexed(GLOBAL_SET, global);
  }

  /** Load or store at the address on the stack plus `offset`. Alignment is never promised: layout is packed. */
  mem(operator: MemOp, offset: number): this {
    this.sink.byte(operator);
    this.sink.u32(0);
    this.sink.u32(offset);
    return this;
  }

  /** (destination, source, size) */
  memoryCopy(): this {
    this.sink.byte(BULK);
    this.sink.u32(10);
    this.sink.byte(0);
    this.sink.byte(0);
    return this;
  }

  /** (destination, offset in segment, size) */
  memoryInit(segment: number): this {
    this.sink.byte(BULK);
    this.sink.u32(8);
    this.sink.u32(segment);
    this.sink.byte(0);
    return this;
  }

  memorySize(): this {
    this.sink.byte(MEMORY_SIZE);
    this.sink.byte(0);
    return this;
  }

  memoryGrow(): this {
    this.sink.byte(MEMORY_GROW);
    this.sink.byte(0);
    return this;
  }

  block(result?: ValType): Label {
    return this.#open(BLOCK, result);
  }

  loop(): Label {
    return this.#open(LOOP);
  }

  if(result?: ValType): Label {
    return this.#open(IF, result);
  }

  else(): this {
    this.sink.byte(ELSE);
    return this;
  }

  end(): this {
    assert(this.#depth > 0, 'no block to end');
    this.#depth--;
    this.sink.byte(END);
    return this;
  }

  br(label: Label): this {
    return this.#indexed(BR, this.#relative(label));
  }

  brIf(label: Label): this {
    return this.#indexed(BR_IF, this.#relative(label));
  }

  brTable(labels: readonly Label[], otherwise: Label): this {
    this.#indexed(BR_TABLE, labels.length);
    for (const label of labels) this.sink.u32(this.#relative(label));
    this.sink.u32(this.#relative(otherwise));
    return this;
  }

  call(target: FunctionRef): this {
    const around = target.isPure ? undefined : this.around;
    around?.before();
    this.sink.byte(CALL);
    this.calls.push({ at: this.sink.placeholder(), target });
    around?.after();
    return this;
  }

  /** (arguments, place in the table): calls what stands there, which has to have this signature. */
  callIndirect(signature: Signature): this {
    this.around?.before();
    this.sink.byte(CALL_INDIRECT);
    this.indirectCalls.push({ at: this.sink.placeholder(), signature });
    this.sink.u32(0);
    this.around?.after();
    return this;
  }

  /** Ends the function. */
  finish(): void {
    assert(this.#depth === 0, 'unended block');
    this.sink.byte(END);
  }

  #open(operator: number, result?: ValType): Label {
    this.sink.byte(operator);
    this.sink.byte(result ?? NO_RESULT);
    return { depth: this.#depth++ };
  }

  #relative(label: Label): number {
    const distance = this.#depth - label.depth - 1;
    assert(distance >= 0, 'branch to a closed block');
    return distance;
  }

  #indexed(operator: number, index: number): this {
    this.sink.byte(operator);
    this.sink.u32(index);
    return this;
  }
}

export { Op };
