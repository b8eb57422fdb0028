// 0x1::bls12381: BLS signatures with keys in G1 and signatures in G2, as Aptos has them over blst: the ciphersuite with proofs of possession. Keys and
// signatures may come compressed or not; what does not decode does not verify. Each step is charged before it is done.

import { bls12_381 } from '@noble/curves/bls12-381.js';
import { utf8Encode } from '../../base/bytes.ts';
import { decodeG1, decodeG2, encodeG1, encodeG2, G1, type G1Point, G2, type G2Point } from './bls12381-points.ts';
import { host, type Native, type NativeHost, type NativeModule } from './native.ts';
import { readVectors } from './vectors.ts';

const { Fp12 } = bls12_381.fields;
const SIGNATURE_DST = utf8Encode('BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_');
const POSSESSION_DST = utf8Encode('BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_');

export const BLS12381: NativeModule = {
  aggregate_pubkeys_internal: verifying((native) => (keys: number, result: number) => {
    const encoded = readVectors(native, keys);
    const points = decodeAll(encoded, (bytes) => readKey(native, bytes));
    if (points === undefined) return none(native, result);
    native.charge(native.gas.natives.bls12381.keyAggregate * points.length);
    native.writeVector(
      result,
      encodeG1(
        points.reduce((sum, point) => sum.add(point), G1.ZERO),
        true,
      ),
    );
    return 1;
  }),
  aggregate_signatures_internal: verifying((native) => (signatures: number, result: number) => {
    const encoded = readVectors(native, signatures);
    const points = decodeAll(encoded, (bytes) => readSignature(native, bytes));
    if (points === undefined) return none(native, result);
    native.charge(native.gas.natives.bls12381.signatureAggregate * points.length);
    native.writeVector(
      result,
      encodeG2(
        points.reduce((sum, point) => sum.add(point), G2.ZERO),
        true,
      ),
    );
    return 1;
  }),
  signature_subgroup_check_internal: verifying((native) => (signature: number) => {
    const point = readSignature(native, native.readVector(signature));
    if (point === undefined) return 0;
    native.charge(native.gas.natives.bls12381.signatureSubgroupCheck);
    return isInGroup(point) ? 1 : 0;
  }),
  validate_pubkey_internal: verifying((native) => (key: number) => {
    const point = readKey(native, native.readVector(key));
    return point !== undefined && checkKey(native, point) ? 1 : 0;
  }),
  verify_aggregate_signature_internal: verifying((native) => (signature: number, keys: number, messages: number) => {
    const [encoded, texts] = [readVectors(native, keys), readVectors(native, messages)];
    if (encoded.length !== texts.length) return 0;
    const points = encoded.length === 0 ? [] : decodeAll(encoded, (bytes) => readKey(native, bytes));
    if (points === undefined) return 0;
    const point = readSignature(native, native.readVector(signature));
    if (point === undefined) return 0;
    const { pairing, messageHash, hashPerByte } = native.gas.natives.bls12381;
    const bytes = texts.reduce((sum, { length }) => sum + length, 0);
    native.charge(pairing * (texts.length + 1) + messageHash * texts.length + hashPerByte * bytes);
    const signed = points.map((key, index) => [key, texts[index] ?? new Uint8Array(0)] as const);
    return verify(point, signed, SIGNATURE_DST) ? 1 : 0;
  }),
  verify_multisignature_internal: verification(false),
  verify_normal_signature_internal: verification(true),
  verify_signature_share_internal: verification(false),
  /** A signature of the key itself. */
  verify_proof_of_possession_internal: verifying((native) => (key: number, possession: number) => {
    const keyPoint = readKey(native, native.readVector(key));
    if (keyPoint === undefined) return 0;
    const point = readSignature(native, native.readVector(possession));
    if (point === undefined) return 0;
    native.charge(native.gas.natives.bls12381.possessionVerify);
    return isInGroup(keyPoint) && verify(point, [[keyPoint, encodeG1(keyPoint, true)]], POSSESSION_DST) ? 1 : 0;
  }),
};

function verifying(bind: (native: NativeHost) => (...args: number[]) => number): Native {
  return host(({ natives }) => natives.bls12381.base, bind);
}

/** Keys without a proof of possession are checked to be in their group. */
function verification(checksKey: boolean): Native {
  return verifying((native) => (signature: number, key: number, message: number) => {
    const text = native.readVector(message);
    const keyPoint = readKey(native, native.readVector(key));
    if (keyPoint === undefined || (checksKey && !checkKey(native, keyPoint))) return 0;
    const point = readSignature(native, native.readVector(signature));
    if (point === undefined) return 0;
    const { signatureVerify, messageHash, hashPerByte } = native.gas.natives.bls12381;
    native.charge(signatureVerify + messageHash + hashPerByte * text.length);
    return verify(point, [[keyPoint, text]], SIGNATURE_DST) ? 1 : 0;
  });
}

/** Whether e(key, H(message)) over all keys is e(generator, signature). No key may be infinity, and the signature must be in its group. */
function verify(
  signature: G2Point,
  signed: readonly (readonly [key: G1Point, message: Uint8Array])[],
  DST: Uint8Array,
): boolean {
  if (signed.length === 0 || signed.some(([key]) => key.is0()) || !signature.isTorsionFree()) return false;
  const pairs = signed.map(([key, message]) => pair(key, bls12_381.G2.hashToCurve(message, { DST })));
  if (!signature.is0()) pairs.push(pair(G1.BASE.negate(), signature));
  return Fp12.eql(Fp12.finalExponentiate(bls12_381.millerLoopBatch(pairs)), Fp12.ONE);
}

/** For `millerLoopBatch`, which takes keys outside of their group too. Neither may be infinity. */
function pair(key: G1Point, point: G2Point): Parameters<typeof bls12_381.millerLoopBatch>[0][number] {
  const { x, y } = key.toAffine();
  return [bls12_381.utils.calcPairingPrecomputes(point), x, y];
}

function readKey(native: NativeHost, bytes: Uint8Array): G1Point | undefined {
  native.charge(native.gas.natives.bls12381.keyDeserialize);
  return decodeG1(bytes, 'either');
}

function readSignature(native: NativeHost, bytes: Uint8Array): G2Point | undefined {
  native.charge(native.gas.natives.bls12381.signatureDeserialize);
  return decodeG2(bytes, 'either');
}

/** Aptos charges for this what decoding costs. */
function checkKey(native: NativeHost, key: G1Point): boolean {
  native.charge(native.gas.natives.bls12381.keyDeserialize);
  return isInGroup(key);
}

function isInGroup(point: G1Point | G2Point): boolean {
  return !point.is0() && point.isTorsionFree();
}

/** Up to the first that does not decode. Nothing for an empty list. */
function decodeAll<T>(encoded: readonly Uint8Array[], read: (bytes: Uint8Array) => T | undefined): T[] | undefined {
  const points: T[] = [];
  for (const bytes of encoded) {
    const found = read(bytes);
    if (found === undefined) return undefined;
    points.push(found);
  }
  return points.length === 0 ? undefined : points;
}

function none(native: NativeHost, result: number): number {
  native.writeVector(result, new Uint8Array(0));
  return 0;
}
