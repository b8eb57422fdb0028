// Passkeys: a response of a real authenticator (aptos-core, types/src/transaction/webauthn.rs), and what must not pass for one.

import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, fromHex, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { PASSKEY_RESPONSE_SIZE_MAX, verifyPasskey } from './passkey.ts';
import { signingMessage } from './signature.ts';

const RAW_TRANSACTION = fromHex(
  '000000000000000000000000000000000000000000000000000000000000000100000000000000000200000000000000' +
    '000000000000000000000000000000000000000000000000010d6170746f735f6163636f756e740e7472616e73666572' +
    '5f636f696e73010700000000000000000000000000000000000000000000000000000000000000010a6170746f735f63' +
    '6f696e094170746f73436f696e0002200000000000000000000000000000000000000000000000000000000000000001' +
    '08e803000000000000e8030000000000006400000000000000807417bcbe00000059',
);
const KEY = fromHex(
  '04c5d2864ca7d52815f25f452b34dd0a14c38279fd1c1d93b971cb7f5180fd5b86' +
    '463f085b6c8ae8071e7ecadf6ccffa588a8ae424d5a6486d4fc58546f5007dc8',
);
const RESPONSE = {
  signature: fromHex(
    '71a8d884e7f00c27b810f6e6a68e46758302039b2c57ecc0c01c6e02218f11c8' +
      '3edd66e393187e600aa8c7b8550b03d418940c763c747b75e49f8beb8206723c',
  ),
  authenticatorData: fromHex('49960de5880e8c687434170f6476605b8fe4aeb9a28632c7995cf3ba831d97631d00000000'),
  clientData: utf8Encode(
    '{"type":"webauthn.get","challenge":"eUf1aXwdtHKnIYUXkTgHxmWtYQ_U0c3O8Ldmx3PTA_g","origin":"http://localhost:5173","crossOrigin":false}',
  ),
};

const MESSAGE = utf8Encode('a transaction');
const SECRET_KEY = sha3_256(utf8Encode('passkey'));
const PUBLIC_KEY = p256.getPublicKey(SECRET_KEY, false) as Bytes;

function clientDataFor(challenge: Bytes): Bytes {
  return utf8Encode(JSON.stringify({ type: 'webauthn.get', challenge: Buffer.from(challenge).toString('base64url') }));
}

function respond(clientData = clientDataFor(sha3_256(MESSAGE)), authenticatorData = new Uint8Array(37)) {
  const signed = concatBytes(authenticatorData, sha256(clientData));
  return { signature: p256.sign(signed, SECRET_KEY) as Bytes, authenticatorData, clientData };
}

describe('a passkey', () => {
  it('signs as a real one did', () => {
    expect(verifyPasskey(KEY, RESPONSE, signingMessage({ bytes: RAW_TRANSACTION }))).toBe(true);
  });

  it('signs one message with one key', () => {
    const response = respond();
    expect(verifyPasskey(PUBLIC_KEY, response, MESSAGE)).toBe(true);
    expect(verifyPasskey(PUBLIC_KEY, response, utf8Encode('another'))).toBe(false);
    const other = p256.getPublicKey(sha3_256(MESSAGE), false) as Bytes;
    expect(verifyPasskey(other, response, MESSAGE)).toBe(false);
    expect(verifyPasskey(new Uint8Array(65), response, MESSAGE)).toBe(false);
  });

  it('signs the authenticator data too', () => {
    const changed = { ...respond(), authenticatorData: new Uint8Array(37).fill(1) };
    expect(verifyPasskey(PUBLIC_KEY, changed, MESSAGE)).toBe(false);
  });

  it.each([
    ['no JSON', utf8Encode('challenge')],
    ['no object', utf8Encode('"challenge"')],
    ['no text', new Uint8Array([0xff, 0xfe])],
    ['without a challenge', utf8Encode('{}')],
    ['with a challenge that is no text', utf8Encode('{"challenge":7}')],
    ['with a challenge that is not base64', utf8Encode('{"challenge":"?"}')],
    ['with another challenge', clientDataFor(sha3_256(sha3_256(MESSAGE)))],
  ])('does not sign with client data that is %s', (_, clientData) => {
    expect(verifyPasskey(PUBLIC_KEY, respond(clientData), MESSAGE)).toBe(false);
  });

  it('signs with the lower of two signatures alone', () => {
    const response = respond();
    const { r, s } = p256.Signature.fromBytes(response.signature);
    const higher = new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes() as Bytes;
    const [low, high] = s > p256.Point.Fn.ORDER / 2n ? [higher, response.signature] : [response.signature, higher];
    expect(verifyPasskey(PUBLIC_KEY, { ...response, signature: low }, MESSAGE)).toBe(true);
    expect(verifyPasskey(PUBLIC_KEY, { ...response, signature: high }, MESSAGE)).toBe(false);
  });

  it('answers within Aptos’s bound', () => {
    const { clientData } = respond();
    const room = PASSKEY_RESPONSE_SIZE_MAX - 64 - clientData.length;
    expect(verifyPasskey(PUBLIC_KEY, respond(clientData, new Uint8Array(room)), MESSAGE)).toBe(true);
    expect(verifyPasskey(PUBLIC_KEY, respond(clientData, new Uint8Array(room + 1)), MESSAGE)).toBe(false);
  });
});
