// Points of BN254 as bytes, in the form of arkworks: numbers lowest byte first, two flags in the last byte. A point decodes if it is on its curve
// and in the group of prime order.

import { bn254 } from '@noble/curves/bn254.js';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { fromLittleEndian, toLittleEndian } from './scalars.ts';

const { Fp, Fp2 } = bn254.fields;
export const G1 = bn254.G1.Point;
export const G2 = bn254.G2.Point;
export type G1Point = InstanceType<typeof G1>;
export type G2Point = InstanceType<typeof G2>;
type Fp2Element = Parameters<typeof Fp2.neg>[0];

const INFINITY = 0x40;
/** Of the two points with this x, that with the larger y. */
const LARGER = 0x80;
const FP_SIZE = 32;

interface Coordinates<T> {
  readonly size: number;
  readonly decode: (bytes: Uint8Array) => T | undefined;
  readonly encode: (value: T) => Bytes;
  readonly isLarger: (y: T) => boolean;
  readonly field: {
    add(a: T, b: T): T;
    mul(a: T, b: T): T;
    sqr(a: T): T;
    neg(a: T): T;
    eql(a: T, b: T): boolean;
    sqrt(a: T): T;
  };
  readonly b: T;
}
interface Affine<T> {
  readonly x: T;
  readonly y: T;
}

const ON_G1: Coordinates<bigint> = {
  size: FP_SIZE,
  decode: decodeFp,
  encode: (value) => toLittleEndian(value, FP_SIZE),
  isLarger: isUpperHalf,
  field: Fp,
  b: G1.CURVE().b,
};

const ON_G2: Coordinates<Fp2Element> = {
  size: 2 * FP_SIZE,
  decode(bytes) {
    const [c0, c1] = [decodeFp(bytes.subarray(0, FP_SIZE)), decodeFp(bytes.subarray(FP_SIZE))];
    return c0 === undefined || c1 === undefined ? undefined : Fp2.create({ c0, c1 });
  },
  encode: ({ c0, c1 }) => concatBytes(toLittleEndian(c0, FP_SIZE), toLittleEndian(c1, FP_SIZE)),
  isLarger: ({ c0, c1 }) => (c1 === 0n ? isUpperHalf(c0) : isUpperHalf(c1)),
  field: Fp2,
  b: G2.CURVE().b,
};

export function decodeG1(bytes: Uint8Array, isCompressed: boolean): G1Point | undefined {
  const found = decode(ON_G1, bytes, isCompressed);
  return found === 'infinity' ? G1.ZERO : found && G1.fromAffine(found);
}

export function decodeG2(bytes: Uint8Array, isCompressed: boolean): G2Point | undefined {
  const found = decode(ON_G2, bytes, isCompressed);
  if (found === 'infinity' || found === undefined) return found && G2.ZERO;
  const point = G2.fromAffine(found);
  return point.isTorsionFree() ? point : undefined;
}

export function encodeG1(point: G1Point, isCompressed: boolean): Bytes {
  return encode(ON_G1, point.is0() ? 'infinity' : point.toAffine(), isCompressed);
}

export function encodeG2(point: G2Point, isCompressed: boolean): Bytes {
  return encode(ON_G2, point.is0() ? 'infinity' : point.toAffine(), isCompressed);
}

function decode<T>(on: Coordinates<T>, bytes: Uint8Array, isCompressed: boolean): Affine<T> | 'infinity' | undefined {
  const { field } = on;
  if (bytes.length !== (isCompressed ? on.size : 2 * on.size)) return undefined;
  const last = bytes.length - 1;
  const flags = (bytes[last] ?? 0) & (INFINITY | LARGER);
  if (flags === (INFINITY | LARGER)) return undefined;
  const rest = bytes.slice();
  rest[last] = (bytes[last] ?? 0) ^ flags;
  const x = on.decode(rest.subarray(0, on.size));
  const y = isCompressed ? x : on.decode(rest.subarray(on.size));
  if (x === undefined || y === undefined) return undefined;
  if (flags === INFINITY) return 'infinity';
  const right = field.add(field.mul(field.sqr(x), x), on.b);
  if (!isCompressed) return field.eql(field.sqr(y), right) ? { x, y } : undefined;
  try {
    const root = field.sqrt(right);
    return { x, y: on.isLarger(root) === (flags === LARGER) ? root : field.neg(root) };
  } catch {
    return undefined;
  }
}

function encode<T>(on: Coordinates<T>, point: Affine<T> | 'infinity', isCompressed: boolean): Bytes {
  let bytes: Bytes;
  let flags = INFINITY;
  if (point === 'infinity') {
    bytes = new Uint8Array(isCompressed ? on.size : 2 * on.size);
  } else {
    flags = on.isLarger(point.y) ? LARGER : 0;
    bytes = isCompressed ? on.encode(point.x) : concatBytes(on.encode(point.x), on.encode(point.y));
  }
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) | flags;
  return bytes;
}

function decodeFp(bytes: Uint8Array): bigint | undefined {
  const value = fromLittleEndian(bytes);
  return value < Fp.ORDER ? value : undefined;
}

function isUpperHalf(value: bigint): boolean {
  return 2n * value > Fp.ORDER;
}
