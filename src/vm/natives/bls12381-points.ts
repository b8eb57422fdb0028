// Points of BLS12-381 as bytes, in the form that Zcash defined and all use: numbers highest byte first, three flags in the first byte. A point decodes
// if it is on its curve; whether it is in the subgroup of prime order is another question (`isTorsionFree`).

import { bls12_381 } from '@noble/curves/bls12-381.js';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { fromBigEndian, toBigEndian } from './scalars.ts';

const { Fp, Fp2 } = bls12_381.fields;
export const G1 = bls12_381.G1.Point;
export const G2 = bls12_381.G2.Point;
export type G1Point = InstanceType<typeof G1>;
export type G2Point = InstanceType<typeof G2>;
type Fp2Element = Parameters<typeof Fp2.neg>[0];

const COMPRESSED = 0x80;
const INFINITY = 0x40;
/** Of the two points with this x, that with the larger y. */
const LARGER = 0x20;
const FLAGS = COMPRESSED | INFINITY | LARGER;
const FP_SIZE = 48;

/** Coordinates of one of the curves, and the curve's equation. */
interface Coordinates<T> {
  readonly size: number;
  readonly decode: (bytes: Uint8Array) => T | undefined;
  readonly encode: (value: T) => Bytes;
  readonly isLarger: (y: T) => boolean;
  readonly negate: (y: T) => T;
  /** x³ + b */
  readonly right: (x: T) => T;
  readonly square: (y: T) => T;
  readonly equal: (a: T, b: T) => boolean;
  /** @throws when there is none */
  readonly root: (value: T) => T;
}
interface Affine<T> {
  readonly x: T;
  readonly y: T;
}
/** `either` is as blst reads; the others as arkworks does, which looks at no more of infinity than its flag. */
type Form = 'compressed' | 'uncompressed' | 'either';

const ON_G1: Coordinates<bigint> = {
  size: FP_SIZE,
  decode: decodeFp,
  encode: (value) => toBigEndian(value, FP_SIZE),
  isLarger: isUpperHalf,
  negate: (y) => Fp.neg(y),
  right: (x) => Fp.add(Fp.mul(Fp.sqr(x), x), 4n),
  square: (y) => Fp.sqr(y),
  equal: (a, b) => a === b,
  root: (value) => Fp.sqrt(value),
};

/** The second part of a coordinate comes first. */
const ON_G2: Coordinates<Fp2Element> = {
  size: 2 * FP_SIZE,
  decode(bytes) {
    const [c1, c0] = [decodeFp(bytes.subarray(0, FP_SIZE)), decodeFp(bytes.subarray(FP_SIZE))];
    return c0 === undefined || c1 === undefined ? undefined : Fp2.create({ c0, c1 });
  },
  encode: ({ c0, c1 }) => concatBytes(toBigEndian(c1, FP_SIZE), toBigEndian(c0, FP_SIZE)),
  isLarger: ({ c0, c1 }) => (c1 === 0n ? isUpperHalf(c0) : isUpperHalf(c1)),
  negate: (y) => Fp2.neg(y),
  right: (x) => Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.create({ c0: 4n, c1: 4n })),
  square: (y) => Fp2.sqr(y),
  equal: (a, b) => Fp2.eql(a, b),
  root: (value) => Fp2.sqrt(value),
};

export function decodeG1(bytes: Uint8Array, form: Form): G1Point | undefined {
  const found = decode(ON_G1, bytes, form);
  return found === 'infinity' ? G1.ZERO : found && G1.fromAffine(found);
}

export function decodeG2(bytes: Uint8Array, form: Form): G2Point | undefined {
  const found = decode(ON_G2, bytes, form);
  return found === 'infinity' ? G2.ZERO : found && G2.fromAffine(found);
}

export function encodeG1(point: G1Point, isCompressed: boolean): Bytes {
  return encode(ON_G1, point.is0() ? 'infinity' : point.toAffine(), isCompressed);
}

export function encodeG2(point: G2Point, isCompressed: boolean): Bytes {
  return encode(ON_G2, point.is0() ? 'infinity' : point.toAffine(), isCompressed);
}

function decode<T>(on: Coordinates<T>, bytes: Uint8Array, form: Form): Affine<T> | 'infinity' | undefined {
  const flags = (bytes[0] ?? 0) & FLAGS;
  const isCompressed = (flags & COMPRESSED) !== 0;
  if (form !== 'either' && isCompressed !== (form === 'compressed')) return undefined;
  if (bytes.length !== (isCompressed ? on.size : 2 * on.size)) return undefined;
  const rest = bytes.slice();
  rest[0] = (bytes[0] ?? 0) & ~FLAGS;
  const isStrict = form === 'either';
  if ((flags & INFINITY) !== 0) {
    const isBare = (flags & LARGER) === 0 && rest.every((byte) => byte === 0);
    return isBare || !isStrict ? 'infinity' : undefined;
  }
  const x = on.decode(rest.subarray(0, on.size));
  if (x === undefined) return undefined;
  if (isCompressed) return withRoot(on, x, (flags & LARGER) !== 0);
  const y = on.decode(rest.subarray(on.size));
  if (y === undefined || !on.equal(on.square(y), on.right(x))) return undefined;
  return isStrict && (flags & LARGER) !== 0 ? undefined : { x, y };
}

function withRoot<T>(on: Coordinates<T>, x: T, isLarger: boolean): Affine<T> | undefined {
  try {
    const y = on.root(on.right(x));
    return { x, y: on.isLarger(y) === isLarger ? y : on.negate(y) };
  } catch {
    return undefined;
  }
}

function encode<T>(on: Coordinates<T>, point: Affine<T> | 'infinity', isCompressed: boolean): Bytes {
  if (point === 'infinity') {
    const bytes = new Uint8Array(isCompressed ? on.size : 2 * on.size);
    bytes[0] = INFINITY | (isCompressed ? COMPRESSED : 0);
    return bytes;
  }
  if (!isCompressed) return concatBytes(on.encode(point.x), on.encode(point.y));
  const bytes = on.encode(point.x);
  bytes[0] = (bytes[0] ?? 0) | COMPRESSED | (on.isLarger(point.y) ? LARGER : 0);
  return bytes;
}

function decodeFp(bytes: Uint8Array): bigint | undefined {
  const value = fromBigEndian(bytes);
  return value < Fp.ORDER ? value : undefined;
}

function isUpperHalf(value: bigint): boolean {
  return 2n * value > Fp.ORDER;
}
