// Scalars of 0x1::ristretto255: 32 bytes, lowest first, below the group order. What Move code holds is checked to be one; where it is not, the run ends
// as on Aptos, whose natives take that for a bug of the framework.

import { ristretto255 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { GasSchedule } from '../gas.ts';
import { readU128 } from './aggregator.ts';
import { host, type Native, type NativeHost, type NativeModule } from './native.ts';
import { fromLittleEndian, toLittleEndian } from './scalars.ts';

export const SCALAR_SIZE = 32;
export const WIDE_SIZE = 64;
const { Fn } = ristretto255.Point;
export const ORDER = Fn.ORDER;

type Ristretto = GasSchedule['natives']['ristretto255'];

export const SCALAR_NATIVES: NativeModule = {
  scalar_is_canonical_internal: host(
    ({ natives }) => natives.ristretto255.scalarIsCanonical,
    (native) => (bytes: number) => {
      const scalar = native.readVector(bytes);
      return scalar.length === SCALAR_SIZE && fromLittleEndian(scalar) < ORDER ? 1 : 0;
    },
  ),
  scalar_from_u64_internal: host(
    ({ natives }) => natives.ristretto255.scalarFromInteger,
    (native) => (value: bigint, result: number) => writeScalar(native, result, BigInt.asUintN(64, value)),
  ),
  scalar_from_u128_internal: host(
    ({ natives }) => natives.ristretto255.scalarFromInteger,
    (native) => (value: number, result: number) => writeScalar(native, result, readU128(native, value)),
  ),
  scalar_reduced_from_32_bytes_internal: reduced((gas) => gas.scalarReduce, SCALAR_SIZE),
  scalar_uniform_from_64_bytes_internal: reduced((gas) => gas.scalarFromUniformBytes, WIDE_SIZE),
  scalar_from_sha512_internal: host(
    ({ natives: { ristretto255 } }) => ristretto255.scalarFromUniformBytes + ristretto255.sha512,
    (native) => (data: number, result: number) => {
      const bytes = native.readVector(data);
      native.charge(native.gas.natives.ristretto255.sha512PerByte * bytes.length);
      writeScalar(native, result, fromLittleEndian(sha512(bytes)) % ORDER);
    },
  ),
  /** Zero has no inverse and stays zero. */
  scalar_invert_internal: unary(
    (gas) => gas.scalarInvert,
    (a) => (a === 0n ? 0n : Fn.inv(a)),
  ),
  scalar_neg_internal: unary(
    (gas) => gas.scalarNeg,
    (a) => Fn.neg(a),
  ),
  scalar_add_internal: binary(
    (gas) => gas.scalarAdd,
    (a, b) => Fn.add(a, b),
  ),
  scalar_sub_internal: binary(
    (gas) => gas.scalarSub,
    (a, b) => Fn.sub(a, b),
  ),
  scalar_mul_internal: binary(
    (gas) => gas.scalarMul,
    (a, b) => Fn.mul(a, b),
  ),
};

/** The scalar in a `vector<u8>`. The highest bit does not count. */
export function readScalar(native: NativeHost, vector: number): bigint {
  const value = BigInt.asUintN(255, fromLittleEndian(readExactly(native, vector, SCALAR_SIZE)));
  return value < ORDER ? value : native.fail('UNKNOWN_INVARIANT_VIOLATION_ERROR', 'no canonical scalar');
}

export function readExactly(native: NativeHost, vector: number, size: number): Uint8Array {
  const bytes = native.readVector(vector);
  return bytes.length === size ? bytes : native.fail('INTERNAL_TYPE_ERROR', `${bytes.length} bytes, not ${size}`);
}

function writeScalar(native: NativeHost, address: number, value: bigint): void {
  native.writeVector(address, toLittleEndian(value, SCALAR_SIZE));
}

function reduced(gas: (gas: Ristretto) => number, size: number): Native {
  return host(
    ({ natives }) => gas(natives.ristretto255),
    (native) => (bytes: number, result: number) =>
      writeScalar(native, result, fromLittleEndian(readExactly(native, bytes, size)) % ORDER),
  );
}

function unary(gas: (gas: Ristretto) => number, compute: (a: bigint) => bigint): Native {
  return host(
    ({ natives }) => gas(natives.ristretto255),
    (native) => (a: number, result: number) => writeScalar(native, result, compute(readScalar(native, a))),
  );
}

function binary(gas: (gas: Ristretto) => number, compute: (a: bigint, b: bigint) => bigint): Native {
  return host(
    ({ natives }) => gas(natives.ristretto255),
    (native) => (a: number, b: number, result: number) =>
      writeScalar(native, result, compute(readScalar(native, a), readScalar(native, b))),
  );
}
