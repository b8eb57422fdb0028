// Hashing to the groups of BLS12-381 (RFC 9380, suites BLS12381G1_XMD:SHA-256_SSWU_RO_ and …G2…), with any domain separation tag: an empty one, which
// the RFC forbids and arkworks takes, too.

import { bls12_381 } from '@noble/curves/bls12-381.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../../base/bytes.ts';
import type { G1Point, G2Point } from './bls12381-points.ts';
import { fromBigEndian } from './scalars.ts';

const { Fp } = bls12_381.fields;
/** Both give points, whatever the library's types say. */
const mapToG1 = bls12_381.G1.mapToCurve as unknown as (number: bigint) => G1Point;
const mapToG2 = bls12_381.G2.mapToCurve as unknown as (numbers: readonly bigint[]) => G2Point;
const DIGEST_SIZE = 32;
const BLOCK_SIZE = 64;
/** Bytes that are reduced to one number of the field. */
const NUMBER_SIZE = 64;

export function hashToG1(message: Uint8Array, tag: Uint8Array): G1Point {
  if (tag.length > 0) return bls12_381.G1.hashToCurve(message, { DST: tag });
  const [a = 0n, b = 0n] = numbersWithoutTag(message, 2);
  return mapToG1(a).add(mapToG1(b));
}

export function hashToG2(message: Uint8Array, tag: Uint8Array): G2Point {
  if (tag.length > 0) return bls12_381.G2.hashToCurve(message, { DST: tag });
  const [a = 0n, b = 0n, c = 0n, d = 0n] = numbersWithoutTag(message, 4);
  return mapToG2([a, b]).add(mapToG2([c, d]));
}

/** `hash_to_field` over `expand_message_xmd`, where the tag is nothing but its length, zero. */
function numbersWithoutTag(message: Uint8Array, count: number): bigint[] {
  const size = count * NUMBER_SIZE;
  const length = Uint8Array.of(size >> 8, size & 0xff);
  const first = sha256(concatBytes(new Uint8Array(BLOCK_SIZE), message, length, Uint8Array.of(0), Uint8Array.of(0)));
  const blocks: Uint8Array[] = [];
  let last: Uint8Array = new Uint8Array(DIGEST_SIZE);
  for (let i = 1; i <= size / DIGEST_SIZE; i++) {
    const mixed = first.map((byte, at) => byte ^ (last[at] ?? 0));
    last = sha256(concatBytes(mixed, Uint8Array.of(i), Uint8Array.of(0)));
    blocks.push(last);
  }
  const bytes = concatBytes(...blocks);
  return Array.from(
    { length: count },
    (_, i) => fromBigEndian(bytes.subarray(i * NUMBER_SIZE, (i + 1) * NUMBER_SIZE)) % Fp.ORDER,
  );
}
