// 0x1::secp256k1: the public key that an ECDSA signature is by.

import { secp256k1 } from '@noble/curves/secp256k1.js';
import { concatBytes } from '../../base/bytes.ts';
import { host, type NativeModule } from './native.ts';
import { fromBigEndian, toBigEndian } from './scalars.ts';

/** `error::invalid_argument(1)` */
const NFE_DESERIALIZE = 0x10001n;
const MESSAGE_SIZE = 32;
const SIGNATURE_SIZE = 64;
const SCALAR_SIZE = 32;
/** Which of up to four points has the signature's x: bit 0 for the parity of y, bit 1 when x is above the group order. */
const RECOVERY_IDS = 4;

const { Point } = secp256k1;
const ORDER = Point.Fn.ORDER;
const FIELD = Point.Fp.ORDER;

export const SECP256K1: NativeModule = {
  /** (message hash, recovery id, signature) → (x and y, whether there is such a key) */
  ecdsa_recover_internal: host(
    (gas) => gas.natives.secp256k1.base,
    (native) => (message: number, recoveryId: number, signature: number, result: number) => {
      const [hash, rs] = [native.readVector(message), native.readVector(signature)];
      const isWhole = hash.length === MESSAGE_SIZE && rs.length === SIGNATURE_SIZE && recoveryId < RECOVERY_IDS;
      const [r, s] = [fromBigEndian(rs.subarray(0, SCALAR_SIZE)), fromBigEndian(rs.subarray(SCALAR_SIZE))];
      if (!isWhole || r >= ORDER || s >= ORDER) native.abort(NFE_DESERIALIZE);
      native.charge(native.gas.natives.secp256k1.recover);
      const key = recover(fromBigEndian(hash) % ORDER, r, s, recoveryId);
      native.writeVector(result, key ?? new Uint8Array(0));
      return key === undefined ? 0 : 1;
    },
  ),
};

/** `hash`, `r` and `s` below the order. */
function recover(hash: bigint, r: bigint, s: bigint, recoveryId: number): Uint8Array | undefined {
  if (r === 0n || s === 0n) return undefined;
  const x = (recoveryId & 2) === 0 ? r : r + ORDER;
  if (x >= FIELD) return undefined;
  let commitment: InstanceType<typeof Point>;
  try {
    commitment = Point.fromBytes(concatBytes(Uint8Array.of(2 + (recoveryId & 1)), toBigEndian(x, SCALAR_SIZE)));
  } catch {
    return undefined;
  }
  const inverse = Point.Fn.inv(r);
  const [u1, u2] = [Point.Fn.mul(Point.Fn.neg(hash), inverse), Point.Fn.mul(s, inverse)];
  const key = times(Point.BASE, u1).add(times(commitment, u2));
  return key.is0() ? undefined : key.toBytes(false).subarray(1);
}

function times(point: InstanceType<typeof Point>, scalar: bigint): InstanceType<typeof Point> {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);
}
