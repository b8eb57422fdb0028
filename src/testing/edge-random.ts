// Random choices that a seed fixes, for programs and values: numbers near a boundary come often. A hash of the seed and a counter, so that
// equal seeds give equal programs everywhere.

import { BcsReader, BcsWriter } from '../base/bcs.ts';
import { utf8Encode } from '../base/bytes.ts';
import { AssertionError, assert } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';

export class EdgeRandom {
  readonly #seed: Uint8Array;
  #counter = 0n;
  #pool = new BcsReader(new Uint8Array());

  constructor(seed: string) {
    this.#seed = utf8Encode(seed);
  }

  /** A whole number in `[0, count)`. The bias of the remainder is far below what a test could notice. */
  below(count: number): number {
    assert(Number.isInteger(count) && count > 0 && count <= 2 ** 24, `a choice of ${count}`);
    return this.#word() % count;
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new AssertionError('a choice from nothing');
    return item;
  }

  /** A number of `bits` bits; often one near a boundary, where arithmetic goes wrong. */
  integer(bits: number): bigint {
    const max = (1n << BigInt(bits)) - 1n;
    switch (this.below(6)) {
      case 0:
        return 0n;
      case 1:
        return max - BigInt(this.below(3));
      case 2:
        return (1n << BigInt(this.below(bits))) & max;
      case 3:
        return BigInt(this.below(12));
      case 4:
        return BigInt(this.below(256));
      default: {
        let value = 0n;
        for (let have = 0; have < bits; have += 32) value = (value << 32n) | BigInt(this.#word());
        return value & max;
      }
    }
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  #word(): number {
    if (this.#pool.remaining === 0) {
      const counter = new BcsWriter().u64(this.#counter++).finish();
      this.#pool = new BcsReader(sha3_256(this.#seed, counter));
    }
    return this.#pool.u32('random word');
  }
}
