// 0x1::ed25519, as Aptos has it over dalek: keys and R may be any encoding that decompresses, but no point of small order; the equation is
// checked without cofactor; S is below the group order.

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../../base/bytes.ts';
import { host, type NativeModule } from './native.ts';

const KEY_SIZE = 32;
const SIGNATURE_SIZE = 64;
/** `error::invalid_argument(1)` and `(2)`: key and signature of the wrong size. */
const EWRONG_PUBKEY_SIZE = 0x10001n;
const EWRONG_SIGNATURE_SIZE = 0x10002n;

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const ORDER = Point.Fn.ORDER;

export const ED25519: NativeModule = {
  public_key_validate_internal: host(
    (gas) => gas.natives.ed25519.base + gas.natives.ed25519.keyDeserialize + gas.natives.ed25519.keySmallOrderCheck,
    (native) => (key: number) => {
      const bytes = native.readVector(key);
      return bytes.length === KEY_SIZE && decodePoint(bytes) !== undefined ? 1 : 0;
    },
  ),
  signature_verify_strict_internal: host(
    ({ natives: { ed25519 } }) =>
      ed25519.base +
      ed25519.keyDeserialize +
      ed25519.keySmallOrderCheck +
      ed25519.signatureDeserialize +
      ed25519.signatureVerify +
      ed25519.messageHash,
    (native) => (signature: number, key: number, message: number) => {
      const signatureBytes = native.readVector(signature);
      const keyBytes = native.readVector(key);
      const messageBytes = native.readVector(message);
      native.charge(native.gas.natives.ed25519.messageHashPerByte * messageBytes.length);
      if (keyBytes.length !== KEY_SIZE) native.abort(EWRONG_PUBKEY_SIZE);
      if (signatureBytes.length !== SIGNATURE_SIZE) native.abort(EWRONG_SIGNATURE_SIZE);
      return verifyStrict(signatureBytes, keyBytes, messageBytes) ? 1 : 0;
    },
  ),
};

export function verifyStrict(signature: Uint8Array, key: Uint8Array, message: Uint8Array): boolean {
  const r = signature.subarray(0, KEY_SIZE);
  const s = littleEndian(signature.subarray(KEY_SIZE));
  if (s >= ORDER) return false;
  const publicKey = decodePoint(key);
  const commitment = decodePoint(r);
  if (publicKey === undefined || commitment === undefined) return false;
  const challenge = littleEndian(sha512(concatBytes(r, key, message))) % ORDER;
  const left = multiply(Point.BASE, s);
  const right = commitment.add(multiply(publicKey, challenge));
  return left.equals(right);
}

/** Nothing when the bytes are no point, or one of small order. */
function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    const point = Point.fromBytes(bytes, true);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}

function multiply(point: Point, scalar: bigint): Point {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
