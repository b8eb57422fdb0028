// Merlin transcripts (merlin.cool, over STROBE-128): what a prover and a verifier have said so far, from which challenges are drawn. Only what a
// verifier needs.

import { keccakP } from '@noble/hashes/sha3.js';
import { utf8Encode } from '../../base/bytes.ts';

const STATE_SIZE = 200;
/** Bytes of the state that take input, at 128 bits of security. */
const RATE = 166;
const FLAG = { input: 1, application: 2, cipher: 4, meta: 16, key: 32 } as const;

export class Transcript {
  readonly #words = new Uint32Array(STATE_SIZE / 4);
  readonly #state = new Uint8Array(this.#words.buffer);
  #position = 0;
  #begin = 0;

  constructor(label: Uint8Array) {
    this.#state.set([1, RATE + 2, 1, 0, 1, 96]);
    this.#state.set(utf8Encode('STROBEv1.0.2'), 6);
    this.#permute();
    this.#operate(FLAG.meta | FLAG.application);
    this.#absorb(utf8Encode('Merlin v1.0'));
    this.append('dom-sep', label);
  }

  append(label: string, message: Uint8Array): void {
    this.#frame(label, message.length);
    this.#operate(FLAG.application);
    this.#absorb(message);
  }

  appendU64(label: string, value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    this.append(label, bytes);
  }

  challenge(label: string, size: number): Uint8Array {
    this.#frame(label, size);
    this.#operate(FLAG.input | FLAG.application | FLAG.cipher);
    return Uint8Array.from({ length: size }, () => {
      const byte = this.#state[this.#position] ?? 0;
      this.#state[this.#position] = 0;
      this.#advance();
      return byte;
    });
  }

  #frame(label: string, size: number): void {
    this.#operate(FLAG.meta | FLAG.application);
    this.#absorb(utf8Encode(label));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, size, true);
    this.#absorb(length);
  }

  #operate(flags: number): void {
    const before = this.#begin;
    this.#begin = this.#position + 1;
    this.#absorb(Uint8Array.of(before, flags));
    if ((flags & (FLAG.cipher | FLAG.key)) !== 0 && this.#position !== 0) this.#turn();
  }

  #absorb(data: Uint8Array): void {
    for (const byte of data) {
      this.#mix(this.#position, byte);
      this.#advance();
    }
  }

  #advance(): void {
    this.#position++;
    if (this.#position === RATE) this.#turn();
  }

  #turn(): void {
    this.#mix(this.#position, this.#begin);
    this.#mix(this.#position + 1, 0x04);
    this.#mix(RATE + 1, 0x80);
    this.#permute();
    this.#position = 0;
    this.#begin = 0;
  }

  #mix(at: number, byte: number): void {
    this.#state[at] = (this.#state[at] ?? 0) ^ byte;
  }

  /** Words lie lowest byte first, whatever the machine does: the permutation works on words. */
  #permute(): void {
    const view = new DataView(this.#words.buffer);
    const words = Uint32Array.from({ length: this.#words.length }, (_, i) => view.getUint32(4 * i, true));
    keccakP(words);
    words.forEach((word, i) => {
      view.setUint32(4 * i, word, true);
    });
  }
}
