// 0x1::ristretto255_bulletproofs: proofs that committed numbers lie in [0, 2^bits), verified as dalek's `bulletproofs` 4 does. Where that draws a random
// factor to check two equations at once, here each is checked by itself, so that nothing is left to chance.

import { pippenger } from '@noble/curves/abstract/curve.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { shake256 } from '@noble/hashes/sha3.js';
import { concatBytes, utf8Encode } from '../../base/bytes.ts';
import { Transcript } from './merlin.ts';
import { host, type NativeHost, type NativeModule } from './native.ts';
import { decompress, fromUniformBytes, pointOf, type RistrettoPoint } from './ristretto255.ts';
import { ORDER, SCALAR_SIZE, WIDE_SIZE } from './ristretto255-scalars.ts';
import { fromLittleEndian, toLittleEndian } from './scalars.ts';
import { readVectors } from './vectors.ts';

/** `error::invalid_argument(1)`, `(3)` and `(4)` */
const NFE_DESERIALIZE_RANGE_PROOF = 0x10001n;
const NFE_RANGE_NOT_SUPPORTED = 0x10003n;
const NFE_BATCH_SIZE_NOT_SUPPORTED = 0x10004n;
/** `error::internal(1)` to `(4)`: handles that the run did not make. */
const INVALID_BASES = {
  single: { blinding: 0xa0001n, value: 0xa0002n },
  batch: { blinding: 0xa0003n, value: 0xa0004n },
};

const POINT_SIZE = 32;
const { Point } = ristretto255;
const { Fn } = Point;

type Bits = 8 | 16 | 32 | 64;
type BatchSize = 1 | 2 | 4 | 8 | 16;

export const BULLETPROOFS: NativeModule = {
  /** (commitment, base of values, base of blinding factors, proof, bits, domain separation tag) */
  verify_range_proof_internal: host(
    () => 0,
    (native) => (commitment: number, value: number, blinding: number, proof: number, bits: bigint, tag: number) => {
      const count = bitsOf(native, bits);
      const bases = readBases(native, value, blinding, INVALID_BASES.single);
      const encoded = native.readVector(proof);
      const { base, perProofByte, perBit } = native.gas.natives.bulletproofs;
      native.charge(base + perProofByte * encoded.length);
      const read = decodeProof(encoded) ?? native.abort(NFE_DESERIALIZE_RANGE_PROOF);
      native.charge(perBit * count);
      const transcript = new Transcript(native.readVector(tag));
      return verify(read, transcript, [native.readVector(commitment)], bases, count) ? 1 : 0;
    },
  ),
  verify_batch_range_proof_internal: host(
    () => 0,
    (native) => (commitments: number, value: number, blinding: number, proof: number, bits: bigint, tag: number) => {
      const count = bitsOf(native, bits);
      const points = readVectors(native, commitments);
      if (!isBatchSize(points.length)) return native.abort(NFE_BATCH_SIZE_NOT_SUPPORTED);
      const bases = readBases(native, value, blinding, INVALID_BASES.batch);
      native.charge(native.gas.natives.bulletproofs.batch[points.length][count]);
      const read = decodeProof(native.readVector(proof)) ?? native.abort(NFE_DESERIALIZE_RANGE_PROOF);
      const transcript = new Transcript(native.readVector(tag));
      return verify(read, transcript, points, bases, count) ? 1 : 0;
    },
  ),
};

interface Bases {
  readonly value: RistrettoPoint;
  readonly blinding: RistrettoPoint;
}

/** As it is sent: points compressed, scalars reduced. */
interface Proof {
  readonly a: Uint8Array;
  readonly s: Uint8Array;
  readonly t1: Uint8Array;
  readonly t2: Uint8Array;
  readonly tx: bigint;
  readonly txBlinding: bigint;
  readonly eBlinding: bigint;
  /** Of the argument about an inner product: a pair of points for each halving, then what is left. */
  readonly left: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
  readonly innerA: bigint;
  readonly innerB: bigint;
}

/** Points before the inner product, its two scalars, and halvings at most. */
const HEAD = 7;
const TAIL = 2;
const HALVINGS_MAX = 31;

function decodeProof(bytes: Uint8Array): Proof | undefined {
  const count = bytes.length / POINT_SIZE;
  const halvings = (count - HEAD - TAIL) / 2;
  if (!Number.isInteger(halvings) || halvings < 0 || halvings > HALVINGS_MAX) return undefined;
  const piece = (index: number) => bytes.subarray(index * POINT_SIZE, (index + 1) * POINT_SIZE);
  const scalars = [4, 5, 6, count - 2, count - 1].map((index) => fromLittleEndian(piece(index)));
  if (scalars.some((scalar) => scalar >= ORDER)) return undefined;
  const [tx = 0n, txBlinding = 0n, eBlinding = 0n, innerA = 0n, innerB = 0n] = scalars;
  const pairs = Array.from({ length: halvings }, (_, i) => HEAD + 2 * i);
  return {
    a: piece(0),
    s: piece(1),
    t1: piece(2),
    t2: piece(3),
    tx,
    txBlinding,
    eBlinding,
    left: pairs.map((index) => piece(index)),
    right: pairs.map((index) => piece(index + 1)),
    innerA,
    innerB,
  };
}

function verify(
  proof: Proof,
  transcript: Transcript,
  commitments: readonly Uint8Array[],
  bases: Bases,
  bits: number,
): boolean {
  const parties = commitments.length;
  const size = bits * parties;
  if (size !== 2 ** proof.left.length) return false;
  const challenge = (label: string) => fromLittleEndian(transcript.challenge(label, WIDE_SIZE)) % ORDER;
  const appendScalar = (label: string, value: bigint) => transcript.append(label, toLittleEndian(value, SCALAR_SIZE));
  transcript.append('dom-sep', utf8Encode('rangeproof v1'));
  transcript.appendU64('n', bits);
  transcript.appendU64('m', parties);
  for (const commitment of commitments) transcript.append('V', commitment);
  if (
    !appendPoints(transcript, [
      ['A', proof.a],
      ['S', proof.s],
    ])
  )
    return false;
  const [y, z] = [challenge('y'), challenge('z')];
  if (
    !appendPoints(transcript, [
      ['T_1', proof.t1],
      ['T_2', proof.t2],
    ])
  )
    return false;
  const x = challenge('x');
  appendScalar('t_x', proof.tx);
  appendScalar('t_x_blinding', proof.txBlinding);
  appendScalar('e_blinding', proof.eBlinding);
  const w = challenge('w');
  transcript.append('dom-sep', utf8Encode('ipp v1'));
  transcript.appendU64('n', size);
  const challenges: bigint[] = [];
  for (const [index, left] of proof.left.entries()) {
    if (
      !appendPoints(transcript, [
        ['L', left],
        ['R', proof.right[index] ?? new Uint8Array(0)],
      ])
    )
      return false;
    challenges.push(challenge('u'));
  }
  if ([y, ...challenges].includes(0n)) return false;

  const zz = Fn.sqr(z);
  const squares = challenges.map((u) => Fn.sqr(u));
  const inverseSquares = squares.map((square) => Fn.inv(square));
  const s = foldedScalars(challenges, squares, size);
  const [inverseY, twos] = [powers(Fn.inv(y), size), powers(2n, bits)];
  const weights = powers(z, parties).flatMap((power) => twos.map((two) => Fn.mul(two, power)));
  const g = s.map((value) => Fn.neg(Fn.add(z, Fn.mul(proof.innerA, value))));
  const h = s.map((_, i) => {
    const inner = Fn.sub(Fn.mul(zz, weights[i] ?? 0n), Fn.mul(proof.innerB, s[size - 1 - i] ?? 0n));
    return Fn.add(z, Fn.mul(inverseY[i] ?? 0n, inner));
  });
  const generators = generatorsOf(bits, parties);
  const product = Fn.mul(proof.innerA, proof.innerB);
  const isInnerProduct = isIdentity(
    [proof.a, proof.s, ...proof.left, ...proof.right].map(decompress),
    [1n, x, ...squares, ...inverseSquares],
    [bases.blinding, bases.value, ...generators.g, ...generators.h],
    [Fn.neg(proof.eBlinding), Fn.mul(w, Fn.sub(proof.tx, product)), ...g, ...h],
  );
  const isPolynomial = isIdentity(
    [proof.t1, proof.t2, ...commitments].map(decompress),
    [x, Fn.sqr(x), ...powers(z, parties).map((power) => Fn.mul(zz, power))],
    [bases.blinding, bases.value],
    [Fn.neg(proof.txBlinding), Fn.sub(delta(bits, parties, y, z), proof.tx)],
  );
  return isInnerProduct && isPolynomial;
}

/** A prover may not send the identity, whose encoding is all zeros. */
function appendPoints(
  transcript: Transcript,
  points: readonly (readonly [label: string, point: Uint8Array])[],
): boolean {
  for (const [label, point] of points) {
    if (point.every((byte) => byte === 0)) return false;
    transcript.append(label, point);
  }
  return true;
}

/** Whether the sum of products is the identity; never when something sent is no point. */
function isIdentity(
  sent: readonly (RistrettoPoint | undefined)[],
  factors: readonly bigint[],
  own: readonly RistrettoPoint[],
  ownFactors: readonly bigint[],
): boolean {
  const points: RistrettoPoint[] = [];
  for (const point of sent) {
    if (point === undefined) return false;
    points.push(point);
  }
  return pippenger(Point, [...points, ...own], [...factors, ...ownFactors]).equals(Point.ZERO);
}

/** Each generator's scalar in the argument: products of the challenges or their inverses, by the bits of its number. */
function foldedScalars(challenges: readonly bigint[], squares: readonly bigint[], size: number): bigint[] {
  const s = [Fn.inv(challenges.reduce((product, u) => Fn.mul(product, u), 1n))];
  for (let i = 1; i < size; i++) {
    const highest = 31 - Math.clz32(i);
    s.push(Fn.mul(s[i - 2 ** highest] ?? 0n, squares[squares.length - 1 - highest] ?? 0n));
  }
  return s;
}

function delta(bits: number, parties: number, y: bigint, z: bigint): bigint {
  const sum = (base: bigint, count: number) => powers(base, count).reduce((total, power) => Fn.add(total, power), 0n);
  const zz = Fn.sqr(z);
  const first = Fn.mul(Fn.sub(z, zz), sum(y, bits * parties));
  return Fn.sub(first, Fn.mul(Fn.mul(zz, z), Fn.mul(sum(2n, bits), sum(z, parties))));
}

function powers(base: bigint, count: number): bigint[] {
  const all: bigint[] = [];
  for (let [i, power] = [0, 1n]; i < count; i++, power = Fn.mul(power, base)) all.push(power);
  return all;
}

const RANGE_BITS_MAX = 64;
/** Of each party, by its letter and number: the same for all proofs. */
const chains = new Map<string, readonly RistrettoPoint[]>();

function generatorsOf(bits: number, parties: number): { readonly g: RistrettoPoint[]; readonly h: RistrettoPoint[] } {
  const all = (letter: string) =>
    Array.from({ length: parties }, (_, party) => chain(letter, party).slice(0, bits)).flat();
  return { g: all('G'), h: all('H') };
}

function chain(letter: string, party: number): readonly RistrettoPoint[] {
  const key = `${letter}${party}`;
  let points = chains.get(key);
  if (points === undefined) {
    const seed = concatBytes(utf8Encode(`GeneratorsChain${letter}`), Uint8Array.of(party, 0, 0, 0));
    const bytes = shake256(seed, { dkLen: RANGE_BITS_MAX * WIDE_SIZE });
    points = Array.from({ length: RANGE_BITS_MAX }, (_, i) =>
      fromUniformBytes(bytes.subarray(i * WIDE_SIZE, (i + 1) * WIDE_SIZE)),
    );
    chains.set(key, points);
  }
  return points;
}

function bitsOf(native: NativeHost, bits: bigint): Bits {
  const found = ([8, 16, 32, 64] as const).find((count) => BigInt(count) === BigInt.asUintN(64, bits));
  return found ?? native.abort(NFE_RANGE_NOT_SUPPORTED);
}

function isBatchSize(count: number): count is BatchSize {
  return [1, 2, 4, 8, 16].includes(count);
}

function readBases(
  native: NativeHost,
  value: number,
  blinding: number,
  codes: { blinding: bigint; value: bigint },
): Bases {
  const blindingBase = pointOf(native, blinding) ?? native.abort(codes.blinding);
  return { blinding: blindingBase, value: pointOf(native, value) ?? native.abort(codes.value) };
}
