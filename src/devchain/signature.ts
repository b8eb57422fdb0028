// What signers of a transaction sign, whether they did, and the authentication key that their public keys hash to. Formats: AIP-55,
// aptos-core types/src/transaction/authenticator.rs.

import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, utf8Encode } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, parseAddress, writeAddress } from '../base/ids.ts';
import {
  type AccountAuthenticator,
  type AnyPublicKey,
  type AnySignature,
  type CoSigner,
  KEY_KINDS,
  signerIndices,
} from './authenticator.ts';
import { verifyPasskey } from './passkey.ts';
import type { RawTransaction, SignedTransaction } from './transaction.ts';

const RAW_TRANSACTION = sha3_256(utf8Encode('APTOS::RawTransaction'));
const RAW_TRANSACTION_WITH_DATA = sha3_256(utf8Encode('APTOS::RawTransactionWithData'));
/** Last byte of what an authentication key hashes. */
const Scheme = { ed25519: 0, multiEd25519: 1, singleKey: 2, multiKey: 3 } as const;
/** Stands for the fee payer in what the others sign while they do not know yet who pays (AIP-39). */
const UNKNOWN_FEE_PAYER = parseAddress('0x0');

/** True when the sender, every co-signer and the fee payer signed this transaction. Does not look at authentication keys. */
export function isSigned(transaction: SignedTransaction): boolean {
  const { raw, authenticator } = transaction;
  const { sender, secondary, secondaryAddresses: addresses, feePayer } = authenticator;
  switch (authenticator.kind) {
    case 'single':
      return verify(sender, signingMessage(raw));
    case 'multiAgent': {
      const message = signingMessageWithData(raw, addresses);
      return [sender, ...secondary.map(authenticatorOf)].every((signer) => verify(signer, message));
    }
    case 'feePayer': {
      if (feePayer === undefined) return false;
      const message = signingMessageWithData(raw, addresses, feePayer.address);
      const early = signingMessageWithData(raw, addresses, UNKNOWN_FEE_PAYER);
      const signed = [sender, ...secondary.map(authenticatorOf)].every(
        (signer) => verify(signer, message) || verify(signer, early),
      );
      return signed && verify(feePayer.authenticator, message);
    }
    default:
      return unreachable(authenticator.kind);
  }
}

/** The key that an account holds for these public keys; undefined for an authenticator that names none. */
export function authenticationKey(authenticator: AccountAuthenticator): Bytes | undefined {
  switch (authenticator.kind) {
    case 'ed25519':
      return sha3_256(authenticator.publicKey, Uint8Array.of(Scheme.ed25519));
    case 'multiEd25519':
      return sha3_256(
        ...authenticator.publicKeys,
        Uint8Array.of(authenticator.threshold),
        Uint8Array.of(Scheme.multiEd25519),
      );
    case 'singleKey':
      return sha3_256(anyPublicKeyBytes(authenticator.publicKey), Uint8Array.of(Scheme.singleKey));
    case 'multiKey': {
      const keys = encodeBcs((writer) => {
        writer.vector(authenticator.publicKeys, (w, key) => w.fixed(anyPublicKeyBytes(key)));
        writer.u8(authenticator.threshold);
      });
      return sha3_256(keys, Uint8Array.of(Scheme.multiKey));
    }
    case 'none':
      return undefined;
    default:
      return unreachable(authenticator);
  }
}

/** What the only signer of a transaction signs. */
export function signingMessage(raw: Pick<RawTransaction, 'bytes'>): Bytes {
  return concatBytes(RAW_TRANSACTION, raw.bytes);
}

/** What every signer of a multi-agent transaction signs, or with `feePayer` of one whose fee somebody else pays. */
export function signingMessageWithData(
  raw: Pick<RawTransaction, 'bytes'>,
  secondary: readonly Address[],
  feePayer?: Address,
): Bytes {
  return encodeBcs((writer) => {
    writer.fixed(RAW_TRANSACTION_WITH_DATA).uleb128(feePayer === undefined ? 0 : 1);
    writer.fixed(raw.bytes).vector(secondary, writeAddress);
    if (feePayer !== undefined) writeAddress(writer, feePayer);
  });
}

function authenticatorOf(signer: CoSigner): AccountAuthenticator {
  return signer.authenticator;
}

function verify(authenticator: AccountAuthenticator, message: Bytes): boolean {
  switch (authenticator.kind) {
    case 'ed25519':
      return verifyEd25519(authenticator.publicKey, authenticator.signature, message);
    case 'multiEd25519':
      return verifyMany(authenticator, (key, signature) => verifyEd25519(key, signature, message));
    case 'singleKey':
      return verifyAny(authenticator.publicKey, authenticator.signature, message);
    case 'multiKey':
      return verifyMany(authenticator, (key, signature) => verifyAny(key, signature, message));
    case 'none':
      return false;
    default:
      return unreachable(authenticator);
  }
}

/** k of n: at least the threshold signed, every signature is good, and the bitmap names the key of each. */
function verifyMany<Key, Signature>(
  many: {
    readonly publicKeys: readonly Key[];
    readonly threshold: number;
    readonly signatures: readonly Signature[];
    readonly bitmap: Bytes;
  },
  check: (key: Key, signature: Signature) => boolean,
): boolean {
  const indices = signerIndices(many.bitmap);
  if (indices.length !== many.signatures.length || indices.length < many.threshold) return false;
  return indices.every((keyIndex, index) => {
    const key = many.publicKeys[keyIndex];
    const signature = many.signatures[index];
    return key !== undefined && signature !== undefined && check(key, signature);
  });
}

function verifyAny(key: AnyPublicKey, signature: AnySignature, message: Bytes): boolean {
  if (signature.kind === 'webAuthn') {
    return key.kind === 'secp256r1' && verifyPasskey(key.bytes, signature.response, message);
  }
  if (key.kind !== signature.kind) return false;
  return signature.kind === 'ed25519'
    ? verifyEd25519(key.bytes, signature.bytes, message)
    : verifySecp256k1(key.bytes, signature.bytes, message);
}

/** Strict: no small-order keys, canonical encodings only. noble throws on bytes that are no point, which is a bad signature too. */
function verifyEd25519(key: Bytes, signature: Bytes, message: Bytes): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/** ECDSA over SHA3-256 of the message, the lower of the two possible `s`. */
function verifySecp256k1(key: Bytes, signature: Bytes, message: Bytes): boolean {
  try {
    return secp256k1.verify(signature, sha3_256(message), key, { prehash: false, lowS: true });
  } catch {
    return false;
  }
}

export function anyPublicKeyBytes(key: AnyPublicKey): Bytes {
  return encodeBcs((writer) => writer.uleb128(KEY_KINDS.indexOf(key.kind)).bytes(key.bytes));
}
