// 0x1::multi_ed25519: t of n Ed25519 keys. A key is its sub-keys and the threshold (one byte), a signature is its sub-signatures and a bitmap (four
// bytes, the highest bit first) of whose they are.

import { decodePoint, hasCanonicalScalar, isSmallOrder, KEY_SIZE, SIGNATURE_SIZE, verifyStrict } from './ed25519.ts';
import { host, type NativeHost, type NativeModule } from './native.ts';

const KEYS_MAX = 32;
const THRESHOLD_SIZE = 1;
const BITMAP_SIZE = 4;

export const MULTI_ED25519: NativeModule = {
  /** Takes no threshold for one, and no keys at all: `v2` does not. */
  public_key_validate_internal: host(
    (gas) => gas.natives.ed25519.base,
    (native) => (key: number) => {
      const bytes = native.readVector(key);
      return bytes.length < (KEYS_MAX + 1) * KEY_SIZE && areValid(native, bytes) ? 1 : 0;
    },
  ),
  public_key_validate_v2_internal: host(
    (gas) => gas.natives.ed25519.base,
    (native) => (key: number) => {
      const bytes = native.readVector(key);
      return thresholdOf(bytes) !== undefined && areValid(native, bytes) ? 1 : 0;
    },
  ),
  signature_verify_strict_internal: host(
    (gas) => gas.natives.ed25519.base,
    (native) => (signature: number, key: number, message: number) => {
      const gas = native.gas.natives.ed25519;
      const [signatureBytes, keyBytes] = [native.readVector(signature), native.readVector(key)];
      const messageBytes = native.readVector(message);
      native.charge(gas.keyDeserialize * Math.floor(keyBytes.length / KEY_SIZE));
      const threshold = thresholdOf(keyBytes);
      const keys = pieces(keyBytes, KEY_SIZE);
      if (threshold === undefined || keys.some((bytes) => decodePoint(bytes) === undefined)) return 0;
      const count = Math.floor(signatureBytes.length / SIGNATURE_SIZE);
      native.charge(gas.signatureDeserialize * count);
      const signers = signersOf(signatureBytes);
      const signatures = pieces(signatureBytes, SIGNATURE_SIZE);
      if (signers === undefined || !signatures.every(hasCanonicalScalar)) return 0;
      native.charge((gas.signatureVerify + gas.messageHash + gas.messageHashPerByte * messageBytes.length) * count);
      if (signers.length < threshold) return 0;
      return signers.every((signer, index) => {
        const [subKey, subSignature] = [keys[signer], signatures[index]];
        return subKey !== undefined && subSignature !== undefined && verifyStrict(subSignature, subKey, messageBytes);
      })
        ? 1
        : 0;
    },
  ),
};

/** Charges for every key that it looks at. */
function areValid(native: NativeHost, keys: Uint8Array): boolean {
  const { keyDeserialize, keySmallOrderCheck } = native.gas.natives.ed25519;
  return pieces(keys, KEY_SIZE).every((bytes) => {
    native.charge(keyDeserialize + keySmallOrderCheck);
    const point = decodePoint(bytes);
    return point !== undefined && !isSmallOrder(point);
  });
}

/** The threshold of a key that has the form of one. */
function thresholdOf(key: Uint8Array): number | undefined {
  const count = Math.floor(key.length / KEY_SIZE);
  const threshold = key.at(-1) ?? 0;
  if (count === 0 || count > KEYS_MAX || key.length % KEY_SIZE !== THRESHOLD_SIZE) return undefined;
  return threshold === 0 || threshold > count ? undefined : threshold;
}

/** The numbers of the keys that a signature is by, one for each sub-signature. */
function signersOf(signature: Uint8Array): readonly number[] | undefined {
  const count = Math.floor(signature.length / SIGNATURE_SIZE);
  if (count === 0 || count > KEYS_MAX || signature.length % SIGNATURE_SIZE !== BITMAP_SIZE) return undefined;
  const bitmap = signature.subarray(-BITMAP_SIZE);
  const signers = Array.from({ length: KEYS_MAX }, (_, index) => index).filter(
    (index) => ((bitmap[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0,
  );
  return signers.length === count ? signers : undefined;
}

/** Whole pieces; what is left over is not one. */
function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
