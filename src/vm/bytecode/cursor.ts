// Reads the Move binary format's numbers from a slice of a binary: little-endian integers, canonical ULEB128 under a cap, byte strings.

import { U64_MAX } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { BytecodeError, type BytecodeStatus } from './error.ts';

const INTEGER_STATUS = { 2: 'BAD_U16', 4: 'BAD_U32', 8: 'BAD_U64', 16: 'BAD_U128', 32: 'BAD_U256' } as const;
/** ULEB128 in this format is of at most 64 bits; every cap here is below 2^32, so five bytes decide. */
const ULEB_SHIFT_MAX = 63;

export type SignedSize = 1 | 2 | 4 | 8 | 16 | 32;

/** Every method throws `BytecodeError` where the slice ends or the number is not as it must be. */
export class Cursor {
  readonly #data: Uint8Array;
  readonly #end: number;
  #offset: number;
  readonly version: number;

  /** Reads `data` from `start` to `end`, both inside it. */
  constructor(data: Uint8Array, start: number, end: number, version: number) {
    this.#data = data;
    this.#offset = start;
    this.#end = end;
    this.version = version;
  }

  get offset(): number {
    return this.#offset;
  }

  get done(): boolean {
    return this.#offset >= this.#end;
  }

  /** @throws BytecodeError always, at `offset` (by default where the cursor stands). */
  fail(status: BytecodeStatus, problem: string, offset = this.#offset): never {
    throw new BytecodeError(status, problem, offset);
  }

  u8(what: string): number {
    const byte = this.#offset < this.#end ? this.#data[this.#offset] : undefined;
    if (byte === undefined) this.fail('MALFORMED', `${what}: the data ends`);
    this.#offset++;
    return byte;
  }

  u16(): number {
    return Number(this.#integer(2));
  }

  u32(): number {
    return Number(this.#integer(4));
  }

  u64(): bigint {
    return this.#integer(8);
  }

  u128(): bigint {
    return this.#integer(16);
  }

  u256(): bigint {
    return this.#integer(32);
  }

  /** Two's complement of `size` bytes. */
  signed(size: SignedSize): bigint {
    // Aptos has no status of its own for these.
    if (size > this.#end - this.#offset) this.fail('MALFORMED', `${size} bytes needed, the data ends`);
    return BigInt.asIntN(8 * size, this.#littleEndian(size));
  }

  /** A canonical ULEB128 of at most 64 bits. */
  ulebU64(what: string): bigint {
    const start = this.#offset;
    let value = 0n;
    for (let shift = 0n; shift <= ULEB_SHIFT_MAX; shift += 7n) {
      const byte = this.u8(what);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (byte === 0 && shift > 0n) this.fail('MALFORMED', `${what}: number not canonical`, start);
      if (value > U64_MAX) break;
      return value;
    }
    this.fail('MALFORMED', `${what}: number over 64 bits`, start);
  }

  /** A canonical ULEB128 of at most `max`, which is below 2^53. */
  uleb(what: string, max: number): number {
    const start = this.#offset;
    // Nearly all are one byte.
    const first = start < this.#end ? this.#data[start] : undefined;
    if (first !== undefined && first < 0x80 && first <= max) {
      this.#offset++;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift <= ULEB_SHIFT_MAX; shift += 7) {
      const byte = this.u8(what);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) this.fail('MALFORMED', `${what}: number not canonical`, start);
        if (value > max) this.fail('MALFORMED', `${what}: ${value} over the limit of ${max}`, start);
        return value;
      }
    }
    this.fail('MALFORMED', `${what}: number over 64 bits`, start);
  }

  /** `size` bytes, copied. */
  bytes(what: string, size: number): Bytes {
    if (size > this.#end - this.#offset) this.fail('MALFORMED', `${what}: ${size} bytes needed, the data ends`);
    const bytes = new Uint8Array(this.#data.subarray(this.#offset, this.#offset + size));
    this.#offset += size;
    return bytes;
  }

  /** A length of at most `max` and as many bytes. */
  blob(what: string, max: number): Bytes {
    return this.bytes(what, this.uleb(`length of ${what}`, max));
  }

  /** A count of at most `max` and as many items; memory grows with what is read. */
  list<T>(what: string, max: number, read: (cursor: this) => T): T[] {
    const count = this.uleb(`number of ${what}`, max);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read(this));
    return items;
  }

  #integer(size: keyof typeof INTEGER_STATUS): bigint {
    if (size > this.#end - this.#offset) this.fail(INTEGER_STATUS[size], `${size} bytes needed, the data ends`);
    return this.#littleEndian(size);
  }

  #littleEndian(size: number): bigint {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#data[this.#offset + i] ?? 0);
    this.#offset += size;
    return value;
  }
}
