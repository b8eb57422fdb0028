// A growing byte buffer with the number encodings of the WebAssembly binary format (LEB128).

import type { Bytes } from '../../base/bytes.ts';
import { utf8Encode } from '../../base/bytes.ts';

export class ByteSink {
  #buffer: Bytes;
  #length = 0;

  constructor(capacity = 64) {
    this.#buffer = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#buffer.length) this.#grow(1);
    this.#buffer[this.#length++] = value;
  }

  bytes(values: Uint8Array): void {
    if (this.#length + values.length > this.#buffer.length) this.#grow(values.length);
    this.#buffer.set(values, this.#length);
    this.#length += values.length;
  }

  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A number in `width` bytes whatever its value, to be overwritten with `patch`. Five bytes hold any u32. */
  placeholder(width = 5): number {
    const at = this.#length;
    for (let i = 1; i < width; i++) this.byte(0x80);
    this.byte(0);
    return at;
  }

  /** `value` is a whole number below 2^(7 * width), and below half of that where it is read as signed. */
  patch(at: number, value: number, width = 5): void {
    let rest = value;
    for (let i = 0; i < width; i++) {
      this.#buffer[at + i] = (rest % 0x80) | (i < width - 1 ? 0x80 : 0);
      rest = Math.floor(rest / 0x80);
    }
  }

  /** `value` as a signed 32-bit number. */
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  /** `value` as a signed 64-bit number. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  name(text: string): void {
    const encoded = utf8Encode(text);
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  /** What has been written, not copied: valid until the next write. */
  view(): Bytes {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(size: number): void {
    const larger = new Uint8Array(Math.max(this.#length + size, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
