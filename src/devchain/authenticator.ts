// Who signed a transaction and how: decoding of authenticators (aptos-core, types/src/transaction/authenticator.rs), each key's
// bytes in the form that authentication keys hash. Verification is in signature.ts.

import { type BcsReader, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, readAddress } from '../base/ids.ts';
import { IDENTIFIER_LENGTH_MAX } from '../base/type-tag.ts';
import { UnsupportedFeatureError } from './errors.ts';

/** In the order of Aptos's variants. */
export const KEY_KINDS = ['ed25519', 'secp256k1', 'secp256r1'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** `AnyPublicKey`: a key that says its own kind. */
export interface AnyPublicKey {
  readonly kind: KeyKind;
  readonly bytes: Bytes;
}

/** What a passkey answers, as far as it is needed (AIP-66): it signs a challenge, with data of its own. */
export interface PasskeyResponse {
  /** By secp256r1, over both of what follows. */
  readonly signature: Bytes;
  readonly authenticatorData: Bytes;
  /** JSON as the browser wrote it; holds the challenge. */
  readonly clientData: Bytes;
}

/** `AnySignature`: a signature that says its own kind. With `webAuthn`, `bytes` is BCS of the response. */
export type AnySignature =
  | { readonly kind: 'ed25519' | 'secp256k1'; readonly bytes: Bytes }
  | { readonly kind: 'webAuthn'; readonly bytes: Bytes; readonly response: PasskeyResponse };

export type AccountAuthenticator =
  | { readonly kind: 'ed25519'; readonly publicKey: Bytes; readonly signature: Bytes }
  | {
      readonly kind: 'multiEd25519';
      readonly publicKeys: readonly Bytes[];
      readonly threshold: number;
      readonly signatures: readonly Bytes[];
      readonly bitmap: Bytes;
    }
  | { readonly kind: 'singleKey'; readonly publicKey: AnyPublicKey; readonly signature: AnySignature }
  | {
      readonly kind: 'multiKey';
      readonly publicKeys: readonly AnyPublicKey[];
      readonly threshold: number;
      readonly signatures: readonly AnySignature[];
      readonly bitmap: Bytes;
    }
  /** Only in simulations. */
  | { readonly kind: 'none' };

export interface CoSigner {
  readonly address: Address;
  readonly authenticator: AccountAuthenticator;
}

export interface TransactionAuthenticator {
  /** What the message is that everybody signs. */
  readonly kind: 'single' | 'multiAgent' | 'feePayer';
  readonly sender: AccountAuthenticator;
  readonly secondary: readonly CoSigner[];
  /** As everybody signs them: all of `secondary` and, in a transaction that is not taken, those without an authenticator. */
  readonly secondaryAddresses: readonly Address[];
  /** There are more addresses than authenticators, or fewer. */
  readonly hasUnpairedSigners?: true;
  /** With kind `feePayer` and no other. */
  readonly feePayer?: CoSigner;
}

/** Aptos's limit on the signatures of one transaction. */
export const SIGNATURES_MAX = 32;
const ED25519_KEY_SIZE = 32;
/** Uncompressed, of both curves. */
const SECP256_KEY_SIZE = 65;
/** All kinds. */
const SIGNATURE_SIZE = 64;
/** Longest part of a passkey's answer; together they are bounded when it is verified. */
const PASSKEY_DATA_SIZE_MAX = 4096;
const BITMAP_SIZE = 4;

/** @throws DecodeError; UnsupportedFeatureError for keyless and abstracted accounts. */
export function readTransactionAuthenticator(reader: BcsReader): TransactionAuthenticator {
  switch (reader.variant('transaction authenticator', 5)) {
    case 0:
      return { kind: 'single', sender: readEd25519(reader), secondary: [], secondaryAddresses: [] };
    case 1:
      return { kind: 'single', sender: readMultiEd25519(reader), secondary: [], secondaryAddresses: [] };
    case 2: {
      const sender = readAccountAuthenticator(reader);
      return { kind: 'multiAgent', sender, ...readSecondary(reader) };
    }
    case 3: {
      const sender = readAccountAuthenticator(reader);
      const cosigners = readSecondary(reader);
      const address = readAddress(reader, 'fee payer');
      return {
        kind: 'feePayer',
        sender,
        ...cosigners,
        feePayer: { address, authenticator: readAccountAuthenticator(reader) },
      };
    }
    default:
      return { kind: 'single', sender: readAccountAuthenticator(reader), secondary: [], secondaryAddresses: [] };
  }
}

/** Numbers of the keys whose bit is set; the first key is the highest bit of the first byte. */
export function signerIndices(bitmap: Uint8Array): number[] {
  const indices: number[] = [];
  for (const [byteIndex, byte] of bitmap.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) indices.push(8 * byteIndex + bit);
  }
  return indices;
}

function readSecondary(reader: BcsReader): Omit<TransactionAuthenticator, 'kind' | 'sender' | 'feePayer'> {
  const addresses = reader.vector('secondary signers', SIGNATURES_MAX, (r) => readAddress(r, 'secondary signer'));
  const authenticators = reader.vector('secondary authenticators', SIGNATURES_MAX, readAccountAuthenticator);
  const secondary = addresses.flatMap((address, index): CoSigner[] => {
    const authenticator = authenticators[index];
    return authenticator === undefined ? [] : [{ address, authenticator }];
  });
  const isUnpaired = addresses.length !== authenticators.length;
  return { secondary, secondaryAddresses: addresses, ...(isUnpaired && { hasUnpairedSigners: true }) };
}

function readAccountAuthenticator(reader: BcsReader): AccountAuthenticator {
  switch (reader.variant('account authenticator', 6)) {
    case 0:
      return readEd25519(reader);
    case 1:
      return readMultiEd25519(reader);
    case 2:
      return { kind: 'singleKey', publicKey: readAnyPublicKey(reader), signature: readAnySignature(reader) };
    case 3: {
      const publicKeys = reader.vector('public keys', SIGNATURES_MAX, readAnyPublicKey);
      const threshold = readThreshold(reader, publicKeys.length);
      const signatures = reader.vector('signatures', SIGNATURES_MAX, readAnySignature);
      return { kind: 'multiKey', publicKeys, threshold, signatures, bitmap: reader.bytes('bitmap', BITMAP_SIZE) };
    }
    case 4:
      return { kind: 'none' };
    default:
      throw new UnsupportedFeatureError(readAbstraction(reader));
  }
}

function readEd25519(reader: BcsReader): AccountAuthenticator {
  return {
    kind: 'ed25519',
    publicKey: readSized(reader, 'ed25519 public key', ED25519_KEY_SIZE),
    signature: readSized(reader, 'ed25519 signature', SIGNATURE_SIZE),
  };
}

/** Keys and threshold in one byte string, signatures and bitmap in another. */
function readMultiEd25519(reader: BcsReader): AccountAuthenticator {
  const start = reader.offset;
  const keys = reader.bytes('multi-ed25519 public key', SIGNATURES_MAX * ED25519_KEY_SIZE + 1);
  const threshold = keys[keys.length - 1] ?? 0;
  const keyCount = (keys.length - 1) / ED25519_KEY_SIZE;
  if (!Number.isInteger(keyCount) || keyCount < 2 || threshold < 1 || threshold > keyCount) {
    throw new DecodeError('multi-ed25519 public key', 'not keys and a threshold', start);
  }
  const offset = reader.offset;
  const signatures = reader.bytes('multi-ed25519 signature', SIGNATURES_MAX * SIGNATURE_SIZE + BITMAP_SIZE);
  if (signatures.length % SIGNATURE_SIZE !== BITMAP_SIZE) {
    throw new DecodeError('multi-ed25519 signature', 'not signatures and a bitmap', offset);
  }
  return {
    kind: 'multiEd25519',
    publicKeys: split(keys.slice(0, -1), ED25519_KEY_SIZE),
    threshold,
    signatures: split(signatures.slice(0, -BITMAP_SIZE), SIGNATURE_SIZE),
    bitmap: signatures.slice(-BITMAP_SIZE),
  };
}

function readThreshold(reader: BcsReader, keyCount: number): number {
  const start = reader.offset;
  const threshold = reader.u8('signatures required');
  if (threshold < 1 || threshold > keyCount) {
    throw new DecodeError('signatures required', `${threshold} of ${keyCount} keys`, start);
  }
  return threshold;
}

function readAnyPublicKey(reader: BcsReader): AnyPublicKey {
  switch (reader.variant('public key', 5)) {
    case 0:
      return { kind: 'ed25519', bytes: readSized(reader, 'ed25519 public key', ED25519_KEY_SIZE) };
    case 1:
      return { kind: 'secp256k1', bytes: readSized(reader, 'secp256k1 public key', SECP256_KEY_SIZE) };
    case 2:
      return { kind: 'secp256r1', bytes: readSized(reader, 'secp256r1 public key', SECP256_KEY_SIZE) };
    case 3:
      throw new UnsupportedFeatureError('keyless accounts');
    default:
      throw new UnsupportedFeatureError('federated keyless accounts');
  }
}

function readAnySignature(reader: BcsReader): AnySignature {
  switch (reader.variant('signature', 4)) {
    case 0:
      return { kind: 'ed25519', bytes: readSized(reader, 'ed25519 signature', SIGNATURE_SIZE) };
    case 1:
      return { kind: 'secp256k1', bytes: readSized(reader, 'secp256k1 signature', SIGNATURE_SIZE) };
    case 2:
      return readPasskeySignature(reader);
    default:
      throw new UnsupportedFeatureError('keyless accounts');
  }
}

function readPasskeySignature(reader: BcsReader): AnySignature {
  reader.variant('assertion signature', 1);
  const response = {
    signature: readSized(reader, 'secp256r1 signature', SIGNATURE_SIZE),
    authenticatorData: reader.bytes('authenticator data', PASSKEY_DATA_SIZE_MAX),
    clientData: reader.bytes('client data', PASSKEY_DATA_SIZE_MAX),
  };
  const bytes = encodeBcs((writer) => {
    writer.uleb128(0).bytes(response.signature).bytes(response.authenticatorData).bytes(response.clientData);
  });
  return { kind: 'webAuthn', bytes, response };
}

/** What kind of account it is whose own function says who signed; nothing that follows is read. */
function readAbstraction(reader: BcsReader): string {
  readAddress(reader, 'module address');
  reader.string('module name', IDENTIFIER_LENGTH_MAX);
  reader.string('function name', IDENTIFIER_LENGTH_MAX);
  const kinds = ['account abstraction', 'derivable account abstraction'] as const;
  return kinds[reader.variant('abstract signature', kinds.length)] ?? kinds[0];
}

/** A byte string that must have exactly `size` bytes. */
function readSized(reader: BcsReader, what: string, size: number): Bytes {
  const start = reader.offset;
  const bytes = reader.bytes(what, size);
  if (bytes.length !== size) throw new DecodeError(what, `${bytes.length} bytes, not ${size}`, start);
  return bytes;
}

function split(bytes: Bytes, size: number): Bytes[] {
  const parts: Bytes[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) parts.push(bytes.slice(offset, offset + size));
  return parts;
}
