// 0x1::ed25519, as Aptos has it over dalek: keys and R may be any encoding that decompresses, but no point of small order; the equation is
// checked without cofactor; S is below the group order. What is malformed does not verify.

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../../base/bytes.ts';
import { host, type NativeModule } from './native.ts';
import { fromLittleEndian } from './scalars.ts';

export const KEY_SIZE = 32;
export const SIGNATURE_SIZE = 64;

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const ORDER = Point.Fn.ORDER;

export const ED25519: NativeModule = {
  public_key_validate_internal: host(
    ({ natives: { ed25519 } }) => ed25519.base + ed25519.keyDeserialize,
    (native) => (key: number) => {
      const point = decodePoint(native.readVector(key));
      if (point === undefined) return 0;
      native.charge(native.gas.natives.ed25519.keySmallOrderCheck);
      return isSmallOrder(point) ? 0 : 1;
    },
  ),
  signature_verify_strict_internal: host(
    ({ natives: { ed25519 } }) => ed25519.base + ed25519.keyDeserialize,
    (native) => (signature: number, key: number, message: number) => {
      const gas = native.gas.natives.ed25519;
      const signatureBytes = native.readVector(signature);
      const keyBytes = native.readVector(key);
      const messageBytes = native.readVector(message);
      if (decodePoint(keyBytes) === undefined) return 0;
      native.charge(gas.signatureDeserialize);
      if (!hasCanonicalScalar(signatureBytes)) return 0;
      native.charge(gas.signatureVerify + gas.messageHash + gas.messageHashPerByte * messageBytes.length);
      return verifyStrict(signatureBytes, keyBytes, messageBytes) ? 1 : 0;
    },
  ),
};

export function verifyStrict(signature: Uint8Array, key: Uint8Array, message: Uint8Array): boolean {
  if (!hasCanonicalScalar(signature)) return false;
  const r = signature.subarray(0, KEY_SIZE);
  const s = fromLittleEndian(signature.subarray(KEY_SIZE));
  const publicKey = decodePoint(key);
  const commitment = decodePoint(r);
  if (publicKey === undefined || commitment === undefined) return false;
  if (isSmallOrder(publicKey) || isSmallOrder(commitment)) return false;
  const challenge = fromLittleEndian(sha512(concatBytes(r, key, message))) % ORDER;
  const left = multiply(Point.BASE, s);
  const right = commitment.add(multiply(publicKey, challenge));
  return left.equals(right);
}

/** A signature of the right size whose S is below the group order. */
export function hasCanonicalScalar(signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_SIZE && fromLittleEndian(signature.subarray(KEY_SIZE)) < ORDER;
}

export function isSmallOrder(point: Point): boolean {
  return point.isSmallOrder();
}

/** Nothing when the bytes are no point. */
export function decodePoint(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== KEY_SIZE) return undefined;
  try {
    return Point.fromBytes(bytes, true);
  } catch {
    return undefined;
  }
}

function multiply(point: Point, scalar: bigint): Point {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);
}
