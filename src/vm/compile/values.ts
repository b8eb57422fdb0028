// Moving values between WebAssembly's stack and memory: loads, stores, copies of known size. The scratch locals used here and in the
// translator live no longer than one Move instruction.

import { AssertionError } from '../../base/errors.ts';
import { isSigned } from '../types/integer-kind.ts';
import type { Type } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';

/** Up to this many bytes are copied by loads and stores, more by `memory.copy` (which costs a call into the engine). */
const INLINE_COPY_BYTES_MAX = 64;

export function valType(type: Type): ValType {
  return type.representation === 'i64' ? ValType.i64 : ValType.i32;
}

/** Locals to be used within one instruction, by number. */
export class Scratch {
  readonly #code: Code;
  readonly #i32: number[] = [];
  readonly #i64: number[] = [];

  constructor(code: Code) {
    this.#code = code;
  }

  i32(index = 0): number {
    return this.#take(this.#i32, index, ValType.i32);
  }

  i64(index = 0): number {
    return this.#take(this.#i64, index, ValType.i64);
  }

  of(type: Type, index = 0): number {
    return type.representation === 'i64' ? this.i64(index) : this.i32(index);
  }

  #take(pool: number[], index: number, type: ValType): number {
    while (pool.length <= index) pool.push(this.#code.local(type));
    const local = pool[index];
    if (local === undefined) throw new AssertionError('no scratch local');
    return local;
  }
}

/** Address on the stack → value on the stack. Not for values that stay in memory. */
export function loadScalar(code: Code, type: Type, offset: number): void {
  code.mem(loadOperator(type), offset);
}

/** (address, value) on the stack → nothing. */
export function storeScalar(code: Code, type: Type, offset: number): void {
  code.mem(storeOperator(type), offset);
}

/** Address in `base` → the value at `offset` from it: loaded, or its address. */
export function pushFrom(code: Code, type: Type, base: number, offset: number): void {
  code.get(base);
  if (type.representation !== 'memory') loadScalar(code, type, offset);
  else if (offset !== 0) code.i32(offset).op(Op.i32Add);
}

/** The value in local `value` (or at the address in it) → memory at `base` + `offset`. */
export function storeFrom(code: Code, type: Type, base: number, offset: number, value: number): void {
  if (type.representation === 'memory') {
    copyBytes(code, base, offset, value, 0, type.size);
  } else {
    code.get(base, value);
    storeScalar(code, type, offset);
  }
}

/** `size` bytes from `source` to `target`: whole or not at all the same place. */
export function copyBytes(
  code: Code,
  target: number,
  targetOffset: number,
  source: number,
  sourceOffset: number,
  size: number,
): void {
  if (size > INLINE_COPY_BYTES_MAX) {
    pushAddress(code, target, targetOffset);
    pushAddress(code, source, sourceOffset);
    code.i32(size).memoryCopy();
    return;
  }
  for (let done = 0; done < size; ) {
    const chunk = chunkOf(size - done);
    code
      .get(target, source)
      .mem(chunk.load, sourceOffset + done)
      .mem(chunk.store, targetOffset + done);
    done += chunk.bytes;
  }
}

export function pushAddress(code: Code, base: number, offset: number): void {
  code.get(base);
  if (offset !== 0) code.i32(offset).op(Op.i32Add);
}

const CHUNKS = [
  { bytes: 8, load: MemOp.i64Load, store: MemOp.i64Store },
  { bytes: 4, load: MemOp.i32Load, store: MemOp.i32Store },
  { bytes: 2, load: MemOp.i32Load16U, store: MemOp.i32Store16 },
  { bytes: 1, load: MemOp.i32Load8U, store: MemOp.i32Store8 },
] as const;

function chunkOf(left: number): (typeof CHUNKS)[number] {
  const chunk = CHUNKS.find(({ bytes }) => bytes <= left);
  if (chunk === undefined) throw new AssertionError('nothing left to copy');
  return chunk;
}

function loadOperator(type: Type): MemOp {
  switch (type.size) {
    case 1:
      return isSigned(type.kind) ? MemOp.i32Load8S : MemOp.i32Load8U;
    case 2:
      return isSigned(type.kind) ? MemOp.i32Load16S : MemOp.i32Load16U;
    case 4:
      return MemOp.i32Load;
    case 8:
      return MemOp.i64Load;
    default:
      throw new AssertionError(`${type.name} is no scalar`);
  }
}

function storeOperator(type: Type): MemOp {
  switch (type.size) {
    case 1:
      return MemOp.i32Store8;
    case 2:
      return MemOp.i32Store16;
    case 4:
      return MemOp.i32Store;
    case 8:
      return MemOp.i64Store;
    default:
      throw new AssertionError(`${type.name} is no scalar`);
  }
}
