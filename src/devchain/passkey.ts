// Signatures of passkeys (AIP-66; W3C Web Authentication, section 7.2): the key signs the authenticator's data and the hash of what the browser
// wrote, and in that stands the challenge, which is the transaction.

import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, bytesEqual, concatBytes, utf8Decode } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import type { PasskeyResponse } from './authenticator.ts';

/** Aptos's bound on signature, authenticator's data and client's data together. */
export const PASSKEY_RESPONSE_SIZE_MAX = 1024;

/** `publicKey`: uncompressed, on secp256r1. Neither origin nor counter is looked at: on a chain nobody could say what they must be. */
export function verifyPasskey(publicKey: Bytes, response: PasskeyResponse, message: Bytes): boolean {
  const { signature, authenticatorData, clientData } = response;
  if (signature.length + authenticatorData.length + clientData.length > PASSKEY_RESPONSE_SIZE_MAX) return false;
  const challenge = challengeIn(clientData);
  if (challenge === undefined || !bytesEqual(challenge, sha3_256(message))) return false;
  try {
    const signed = concatBytes(authenticatorData, sha256(clientData));
    return p256.verify(signature, signed, publicKey, { prehash: true, lowS: true });
  } catch {
    // Bytes that are no point or no signature.
    return false;
  }
}

/** The `challenge` of the client's data, which is JSON; undefined where there is none. */
function challengeIn(clientData: Bytes): Bytes | undefined {
  try {
    const parsed: unknown = JSON.parse(utf8Decode(clientData));
    if (typeof parsed !== 'object' || parsed === null || !('challenge' in parsed)) return undefined;
    return typeof parsed.challenge === 'string' ? fromBase64Url(parsed.challenge) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DecodeError) return undefined;
    throw error;
  }
}

function fromBase64Url(text: string): Bytes | undefined {
  if (!/^[\w+/-]*={0,2}$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
