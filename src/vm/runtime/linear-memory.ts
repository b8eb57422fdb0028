// Reading and writing the memory that compiled code works on. It grows while code runs, so nothing may hold on to its bytes.

import type { Bytes } from '../../base/bytes.ts';
import { PAGE_SIZE } from '../compile/layout.ts';
import { EngineError } from '../errors.ts';
import { VECTOR } from '../types/type.ts';

export abstract class LinearMemory {
  readonly memory: WebAssembly.Memory;
  #bytes: Bytes;
  #view: DataView;

  constructor(bytes: number) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_SIZE) });
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
  }

  abstract allocate(size: number): number;

  read(address: number, size: number): Bytes {
    return this.#fresh().slice(address, address + size);
  }

  /** Not copied: good until memory grows. */
  peek(address: number, size: number): Bytes {
    return this.#fresh().subarray(address, address + size);
  }

  write(address: number, bytes: Uint8Array): void {
    this.#fresh().set(bytes, address);
  }

  readU32(address: number): number {
    this.#fresh();
    return this.#view.getUint32(address, true);
  }

  readU64(address: number): bigint {
    this.#fresh();
    return this.#view.getBigUint64(address, true);
  }

  writeU32(address: number, value: number): void {
    this.#fresh();
    this.#view.setUint32(address, value, true);
  }

  writeU64(address: number, value: bigint): void {
    this.#fresh();
    this.#view.setBigUint64(address, value, true);
  }

  readVector(address: number): Bytes {
    return this.read(this.readU32(address + VECTOR.elements), this.readU32(address + VECTOR.length));
  }

  writeVector(address: number, bytes: Uint8Array): void {
    const elements = this.allocate(bytes.length);
    this.write(elements, bytes);
    this.writeU32(address + VECTOR.elements, elements);
    this.writeU32(address + VECTOR.length, bytes.length);
    this.writeU32(address + VECTOR.capacity, bytes.length);
  }

  fill(value: number, start: number, end: number): void {
    this.#fresh().fill(value, start, end);
  }

  copyWithin(target: number, start: number, end: number): void {
    this.#fresh().copyWithin(target, start, end);
  }

  /** So that `end` lies in memory: twice as much as there was, so that growing stays rare, but no more than `most`. @throws EngineError */
  grow(end: number, most: number): void {
    const current = this.memory.buffer.byteLength;
    const pages = Math.ceil((Math.max(end, Math.min(2 * current, most)) - current) / PAGE_SIZE);
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new EngineError('the engine has no memory left', { cause });
    }
  }

  /** The bytes of memory, wherever they are after growth. */
  #fresh(): Bytes {
    if (this.#bytes.buffer !== this.memory.buffer) {
      this.#bytes = new Uint8Array(this.memory.buffer);
      this.#view = new DataView(this.memory.buffer);
    }
    return this.#bytes;
  }
}
