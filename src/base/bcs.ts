// Binary Canonical Serialization (BCS, as Diem specified it and Move uses it): a writer, and a reader that trusts nothing. Unlike
// general BCS libraries the reader takes a cap with every length, refuses what is not canonical, and never allocates by a claim.

import { type Bytes, utf8Decode, utf8Encode } from './bytes.ts';
import { AssertionError, assert, DecodeError } from './errors.ts';

export const U64_MAX = (1n << 64n) - 1n;
export const U128_MAX = (1n << 128n) - 1n;
export const U256_MAX = (1n << 256n) - 1n;

/** BCS lengths are ULEB128 of at most 32 bits. */
const ULEB_MAX = 0xffff_ffff;

export class BcsWriter {
  #buffer: Bytes;
  #length = 0;

  constructor(capacity = 128) {
    this.#buffer = new Uint8Array(capacity);
  }

  u8(value: number): this {
    return this.#number(value, 1);
  }

  u16(value: number): this {
    return this.#number(value, 2);
  }

  u32(value: number): this {
    return this.#number(value, 4);
  }

  u64(value: bigint): this {
    return this.#bigint(value, 8);
  }

  u128(value: bigint): this {
    return this.#bigint(value, 16);
  }

  u256(value: bigint): this {
    return this.#bigint(value, 32);
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  uleb128(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= ULEB_MAX, `uleb128 out of range: ${value}`);
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  /** Bytes as they are, without a length. */
  fixed(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** `vector<u8>`: length, then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.uleb128(bytes.length).fixed(bytes);
  }

  /** `0x1::string::String`. */
  string(text: string): this {
    return this.bytes(utf8Encode(text));
  }

  vector<T>(items: readonly T[], write: (writer: this, item: T) => void): this {
    this.uleb128(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  /** `0x1::option::Option<T>`: a vector of at most one item. */
  option<T>(item: T | undefined, write: (writer: this, item: T) => void): this {
    if (item === undefined) return this.u8(0);
    this.u8(1);
    write(this, item);
    return this;
  }

  finish(): Bytes {
    return this.#buffer.slice(0, this.#length);
  }

  #number(value: number, size: 1 | 2 | 4): this {
    assert(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * size), `u${8 * size} out of range: ${value}`);
    this.#reserve(size);
    for (let i = 0, rest = value; i < size; i++) {
      this.#buffer[this.#length++] = rest & 0xff;
      rest = Math.floor(rest / 0x100);
    }
    return this;
  }

  #bigint(value: bigint, size: 8 | 16 | 32): this {
    assert(value >= 0n && value < 1n << BigInt(8 * size), `u${8 * size} out of range: ${value}`);
    this.#reserve(size);
    for (let i = 0, rest = value; i < size; i++) {
      this.#buffer[this.#length++] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    return this;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Reads BCS from outside. Every method throws `DecodeError` with the field's name; the caller turns that into a refusal. */
export class BcsReader {
  readonly #data: Uint8Array;
  #offset = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#data.length - this.#offset;
  }

  u8(what: string): number {
    return this.#number(what, 1);
  }

  u16(what: string): number {
    return this.#number(what, 2);
  }

  u32(what: string): number {
    return this.#number(what, 4);
  }

  u64(what: string): bigint {
    return this.#bigint(what, 8);
  }

  u128(what: string): bigint {
    return this.#bigint(what, 16);
  }

  u256(what: string): bigint {
    return this.#bigint(what, 32);
  }

  bool(what: string): boolean {
    const byte = this.u8(what);
    if (byte > 1) throw new DecodeError(what, `not a bool: ${byte}`, this.#offset - 1);
    return byte === 1;
  }

  /** A canonical ULEB128 of at most 32 bits. */
  uleb128(what: string): number {
    const start = this.#offset;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8(what);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw new DecodeError(what, 'length not canonical', start);
        if (value > ULEB_MAX) throw new DecodeError(what, 'length over 32 bits', start);
        return value;
      }
    }
    throw new DecodeError(what, 'length over 32 bits', start);
  }

  /** A length that is at most `max`. */
  length(what: string, max: number): number {
    const start = this.#offset;
    const length = this.uleb128(what);
    if (length > max) throw new DecodeError(what, `length ${length} over the limit of ${max}`, start);
    return length;
  }

  /** `size` bytes, copied. */
  fixed(what: string, size: number): Bytes {
    this.#need(what, size);
    const bytes = new Uint8Array(this.#data.subarray(this.#offset, this.#offset + size));
    this.#offset += size;
    return bytes;
  }

  /** `vector<u8>` of at most `max` bytes, copied. */
  bytes(what: string, max: number): Bytes {
    return this.fixed(what, this.length(what, max));
  }

  /** `0x1::string::String` of at most `max` bytes. */
  string(what: string, max: number): string {
    const start = this.#offset;
    return utf8Decode(this.bytes(what, max), what, start);
  }

  /** At most `max` items. Memory grows with the items read, not with the length claimed. */
  vector<T>(what: string, max: number, read: (reader: this, index: number) => T): T[] {
    const length = this.length(what, max);
    const items: T[] = [];
    for (let index = 0; index < length; index++) items.push(read(this, index));
    return items;
  }

  option<T>(what: string, read: (reader: this) => T): T | undefined {
    return this.bool(what) ? read(this) : undefined;
  }

  /** An enum's variant index, below `count`. */
  variant(what: string, count: number): number {
    const start = this.#offset;
    const index = this.uleb128(what);
    if (index >= count) throw new DecodeError(what, `no variant ${index}`, start);
    return index;
  }

  /** Nothing may follow. */
  end(what: string): void {
    if (this.remaining !== 0) throw new DecodeError(what, `${this.remaining} bytes too many`, this.#offset);
  }

  #number(what: string, size: 1 | 2 | 4): number {
    this.#need(what, size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 0x100 + this.#at(i);
    this.#offset += size;
    return value;
  }

  #bigint(what: string, size: 8 | 16 | 32): bigint {
    this.#need(what, size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#at(i));
    this.#offset += size;
    return value;
  }

  #at(index: number): number {
    const byte = this.#data[this.#offset + index];
    if (byte === undefined) throw new AssertionError('read past a checked bound');
    return byte;
  }

  #need(what: string, size: number): void {
    if (size > this.remaining) {
      throw new DecodeError(what, `${size} bytes needed, ${this.remaining} left`, this.#offset);
    }
  }
}

/** Decodes a whole byte string: `read`, then nothing may be left. @throws DecodeError */
export function decodeBcs<T>(data: Uint8Array, what: string, read: (reader: BcsReader) => T): T {
  const reader = new BcsReader(data);
  const value = read(reader);
  reader.end(what);
  return value;
}

export function encodeBcs(write: (writer: BcsWriter) => void): Bytes {
  const writer = new BcsWriter();
  write(writer);
  return writer.finish();
}
