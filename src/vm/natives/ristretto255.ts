// 0x1::ristretto255: points. A `RistrettoPoint` of Move is the number of a point that the run keeps: made in order, changed in place, gone when the run
// ends.

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { AssertionError } from '../../base/errors.ts';
import type { GasSchedule } from '../gas.ts';
import { VECTOR } from '../types/type.ts';
import { type HostFunction, host, type Native, type NativeHost, type NativeModule, perRun } from './native.ts';
import { readExactly, readScalar, SCALAR_NATIVES, WIDE_SIZE } from './ristretto255-scalars.ts';
import { lengthOf } from './vectors.ts';

/** What a run may keep, as on Aptos. */
const POINTS_MAX = 10_000;
/** `error::resource_exhausted(4)` */
const E_TOO_MANY_POINTS_CREATED = 0x90004n;
/** `error::internal(1)` and `(3)` */
const E_INVALID_POINT_HANDLE = 0xa0001n;
const E_DUPLICATE_HANDLE = 0xa0003n;
const POINT_SIZE = 32;
const HANDLE_SIZE = 8;
/** What stands for a handle where there is no point. */
const NO_HANDLE = (1n << 64n) - 1n;

const { Point } = ristretto255;
export type RistrettoPoint = InstanceType<typeof Point>;

const kept = perRun((): RistrettoPoint[] => []);

export const RISTRETTO255: NativeModule = {
  ...SCALAR_NATIVES,
  point_identity_internal: point(
    (gas) => gas.pointIdentity,
    (native) => () => keep(native, Point.ZERO),
  ),
  point_is_canonical_internal: point(
    (gas) => gas.pointDecompress,
    (native) => (bytes: number) => (decompress(native.readVector(bytes)) ? 1 : 0),
  ),
  point_decompress_internal: point(
    (gas) => gas.pointDecompress,
    (native) => (bytes: number) => {
      const found = decompress(native.readVector(bytes));
      return found === undefined ? [NO_HANDLE, 0] : [keep(native, found), 1];
    },
  ),
  point_clone_internal: point(
    (gas) => gas.pointClone,
    (native) => (handle: bigint) => keep(native, byHandle(native, handle)),
  ),
  point_compress_internal: point(
    (gas) => gas.pointCompress,
    (native) => (a: number, result: number) => native.writeVector(result, readPoint(native, a).toBytes()),
  ),
  point_equals: point(
    (gas) => gas.pointEquals,
    (native) => (a: number, b: number) => (readPoint(native, a).equals(readPoint(native, b)) ? 1 : 0),
  ),
  point_mul_internal: point(
    (gas) => gas.pointMul,
    (native) => (a: number, scalar: number, inPlace: number) =>
      put(native, a, inPlace, times(readPoint(native, a), readScalar(native, scalar))),
  ),
  point_neg_internal: point(
    (gas) => gas.pointNeg,
    (native) => (a: number, inPlace: number) => put(native, a, inPlace, readPoint(native, a).negate()),
  ),
  point_add_internal: point(
    (gas) => gas.pointAdd,
    (native) => ofTwo(native, (a, b) => a.add(b)),
  ),
  point_sub_internal: point(
    (gas) => gas.pointSub,
    (native) => ofTwo(native, (a, b) => a.subtract(b)),
  ),
  basepoint_mul_internal: point(
    (gas) => gas.basepointMul,
    (native) => (scalar: number) => keep(native, times(Point.BASE, readScalar(native, scalar))),
  ),
  /** a * A + b * BASE */
  basepoint_double_mul_internal: point(
    (gas) => gas.basepointDoubleMul,
    (native) => (a: number, pointA: number, b: number) => {
      const scalar = readScalar(native, b);
      const product = times(readPoint(native, pointA), readScalar(native, a));
      return keep(native, product.add(times(Point.BASE, scalar)));
    },
  ),
  new_point_from_sha512_internal: point(
    (gas) => gas.pointFromUniformBytes + gas.sha512,
    (native) => (data: number) => {
      const bytes = native.readVector(data);
      native.charge(native.gas.natives.ristretto255.sha512PerByte * bytes.length);
      return keep(native, fromUniformBytes(sha512(bytes)));
    },
  ),
  new_point_from_64_uniform_bytes_internal: point(
    (gas) => gas.pointFromUniformBytes,
    (native) => (bytes: number) => keep(native, fromUniformBytes(readExactly(native, bytes, WIDE_SIZE))),
  ),
  double_scalar_mul_internal: point(
    (gas) => gas.pointDoubleMul,
    (native) => (a: bigint, b: bigint, scalarA: number, scalarB: number) => {
      const [second, first] = [readScalar(native, scalarB), readScalar(native, scalarA)];
      return keep(native, times(byHandle(native, a), first).add(times(byHandle(native, b), second)));
    },
  ),
  /** (points, scalars): charged as n / log2(n) products, as the algorithm that Aptos uses takes. */
  multi_scalar_mul_internal: host(
    () => 0,
    (native) => (points: number, scalars: number) => {
      const count = lengthOf(native, scalars);
      // The framework asks for some of both, and as many of one as of the other.
      if (count === 0 || lengthOf(native, points) < count) native.fail('VECTOR_OPERATION_ERROR');
      const { pointParse, scalarParse, pointMul } = native.gas.natives.ristretto255;
      const log2 = 31 - Math.clz32(count + 1);
      native.charge((pointParse + scalarParse) * count + pointMul * Math.floor(count / log2));
      const [firstPoint, firstScalar] = [
        native.readU32(points + VECTOR.elements),
        native.readU32(scalars + VECTOR.elements),
      ];
      const factors = Array.from({ length: count }, (_, i) => readScalar(native, firstScalar + i * VECTOR.size));
      const sum = factors.reduce(
        (total, factor, i) => total.add(times(readPoint(native, firstPoint + i * HANDLE_SIZE), factor)),
        Point.ZERO,
      );
      return keep(native, sum);
    },
  ),
};

/** The point of a `RistrettoPoint` in memory, if the run made it. */
export function pointOf(native: NativeHost, struct: number): RistrettoPoint | undefined {
  return find(native, native.readU64(struct));
}

function readPoint(native: NativeHost, struct: number): RistrettoPoint {
  return byHandle(native, native.readU64(struct));
}

/** Of the canonical encoding of a point, and of nothing else. */
export function decompress(bytes: Uint8Array): RistrettoPoint | undefined {
  if (bytes.length !== POINT_SIZE) return undefined;
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

export function fromUniformBytes(bytes: Uint8Array): RistrettoPoint {
  const found = ristretto255_hasher.deriveToCurve?.(bytes);
  if (found === undefined) throw new AssertionError('no map to Ristretto points');
  return found;
}

function times(a: RistrettoPoint, scalar: bigint): RistrettoPoint {
  return scalar === 0n ? Point.ZERO : a.multiplyUnsafe(scalar);
}

function point(
  gas: (gas: GasSchedule['natives']['ristretto255']) => number,
  bind: (native: NativeHost) => HostFunction,
): Native {
  return host(({ natives }) => gas(natives.ristretto255), bind);
}

function ofTwo(native: NativeHost, compute: (a: RistrettoPoint, b: RistrettoPoint) => RistrettoPoint): HostFunction {
  return (a: number, b: number, inPlace: number) => {
    if (inPlace !== 0 && native.readU64(a) === native.readU64(b)) native.abort(E_DUPLICATE_HANDLE);
    return put(native, a, inPlace, compute(readPoint(native, a), readPoint(native, b)));
  };
}

/** Makes the value a new point, or that of the struct `a`. Gives its handle. */
function put(native: NativeHost, a: number, inPlace: number, value: RistrettoPoint): bigint {
  if (inPlace === 0) return keep(native, value);
  const handle = native.readU64(a);
  kept(native)[Number(handle)] = value;
  return handle;
}

function keep(native: NativeHost, value: RistrettoPoint): bigint {
  const points = kept(native);
  if (points.length >= POINTS_MAX) native.abort(E_TOO_MANY_POINTS_CREATED);
  return BigInt(points.push(value) - 1);
}

function byHandle(native: NativeHost, handle: bigint): RistrettoPoint {
  return find(native, handle) ?? native.abort(E_INVALID_POINT_HANDLE);
}

function find(native: NativeHost, handle: bigint): RistrettoPoint | undefined {
  const number = BigInt.asUintN(64, handle);
  const points = kept(native);
  return number < BigInt(points.length) ? points[Number(number)] : undefined;
}
