// Damages a byte string at random, the ways that find faults in decoders: bits, bytes, lengths, pieces left out or put in twice.

import type { Bytes } from '../base/bytes.ts';
import { concatBytes } from '../base/bytes.ts';
import { EdgeRandom } from './edge-random.ts';

/** Bytes that formats give a meaning: ends of ranges, and continued ULEB128. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff] as const;
const PIECE_MAX = 32;

export function mutateBytes(bytes: Uint8Array, seed: string): Bytes {
  const random = new EdgeRandom(seed);
  let damaged: Bytes = new Uint8Array(bytes);
  const times = 1 + random.below(3);
  for (let i = 0; i < times && damaged.length > 0; i++) damaged = damage(damaged, random);
  return damaged;
}

function damage(bytes: Bytes, random: EdgeRandom): Bytes {
  const place = random.below(bytes.length);
  const piece = bytes.slice(place, place + 1 + random.below(PIECE_MAX));
  const set = (value: number): Bytes => {
    bytes[place] = value;
    return bytes;
  };
  const byte = bytes[place] ?? 0;
  return random.pick([
    () => set(byte ^ (1 << random.below(8))),
    () => set(random.below(256)),
    () => set(random.pick(TELLING)),
    () => set((byte + random.pick([1, 255])) & 0xff),
    () => bytes.slice(0, place),
    () => concatBytes(bytes.subarray(0, place), bytes.subarray(place + piece.length)),
    () => concatBytes(bytes.subarray(0, place), piece, bytes.subarray(place)),
    () => concatBytes(bytes.subarray(0, place), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), bytes.subarray(place)),
  ])();
}
