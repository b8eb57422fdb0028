// Signatures of transactions in JSON, written as the authenticators of BCS: the way back of render-signature.ts.

import type { BcsWriter } from '../../base/bcs.ts';
import { concatBytes, fromHex } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { type Address, parseAddress, writeAddress } from '../../base/ids.ts';
import type { Json } from '../../vm/json.ts';
import { SIGNATURES_MAX } from '../authenticator.ts';
import { asObject, type JsonObject, listField, textField } from './parameters.ts';

const MULTI_KEY_BITMAP_SIZE = 4;

/** @throws DecodeError */
export function writeJsonSignature(writer: BcsWriter, signature: JsonObject): void {
  const type = textField(signature, 'type');
  switch (type) {
    case 'ed25519_signature':
    case 'multi_ed25519_signature':
      // As the authenticator of a whole transaction these two have the same numbers as for one account.
      writeAccountSignature(writer, signature);
      return;
    case 'multi_agent_signature':
      writer.uleb128(2);
      writeAccountSignature(writer, asObject(signature.sender, 'sender'));
      writeCosigners(writer, signature);
      return;
    case 'fee_payer_signature':
      writer.uleb128(3);
      writeAccountSignature(writer, asObject(signature.sender, 'sender'));
      writeCosigners(writer, signature);
      writeAddress(writer, parseAddress(textField(signature, 'fee_payer_address'), 'fee_payer_address'));
      writeAccountSignature(writer, asObject(signature.fee_payer_signer, 'fee_payer_signer'));
      return;
    default:
      writer.uleb128(4);
      writeAccountSignature(writer, signature);
  }
}

function writeCosigners(writer: BcsWriter, signature: JsonObject): void {
  const name = 'secondary_signer_addresses';
  const addresses: Address[] = texts(signature, name).map((text) => parseAddress(text, name));
  writer.vector(addresses, writeAddress);
  writer.vector(listField(signature, 'secondary_signers'), (w, signer) => {
    writeAccountSignature(w, asObject(signer, 'secondary_signers'));
  });
}

function writeAccountSignature(writer: BcsWriter, signature: JsonObject): void {
  switch (accountType(signature)) {
    case 'ed25519_signature':
      writer.uleb128(0).bytes(hexField(signature, 'public_key')).bytes(hexField(signature, 'signature'));
      return;
    case 'multi_ed25519_signature': {
      const keys = texts(signature, 'public_keys').map((text) => fromHex(text, 'public_keys'));
      const signatures = texts(signature, 'signatures').map((text) => fromHex(text, 'signatures'));
      const threshold = Uint8Array.of(byteField(signature, 'threshold'));
      writer.uleb128(1).bytes(concatBytes(...keys, threshold));
      writer.bytes(concatBytes(...signatures, hexField(signature, 'bitmap')));
      return;
    }
    case 'single_key_signature':
      writer.uleb128(2);
      writeAny(writer, asObject(signature.public_key, 'public_key'));
      writeAny(writer, asObject(signature.signature, 'signature'));
      return;
    case 'multi_key_signature':
      writeMultiKey(writer, signature);
      return;
    case 'no_account_signature':
      writer.uleb128(4);
      return;
    default:
      throw new DecodeError('signature', `of no known type: "${textField(signature, 'type')}"`, 0);
  }
}

/** `single_sender` is written over the type of what it holds, which its fields tell. */
function accountType(signature: JsonObject): string {
  const type = textField(signature, 'type');
  if (type !== 'single_sender') return type;
  if (signature.signatures_required !== undefined) return 'multi_key_signature';
  return signature.public_key === undefined ? 'no_account_signature' : 'single_key_signature';
}

function writeMultiKey(writer: BcsWriter, signature: JsonObject): void {
  const bitmap = new Uint8Array(MULTI_KEY_BITMAP_SIZE);
  const signatures = listField(signature, 'signatures').map((item) => asObject(item, 'signatures'));
  for (const item of signatures) {
    const index = byteField(item, 'index');
    if (index >= SIGNATURES_MAX) throw new DecodeError('index', `${index} of ${SIGNATURES_MAX}`, 0);
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  writer.uleb128(3);
  writer.vector(listField(signature, 'public_keys'), (w, key) => writeAny(w, asObject(key, 'public_keys')));
  writer.u8(byteField(signature, 'signatures_required'));
  writer.vector(signatures, (w, item) => writeAny(w, asObject(item.signature, 'signature')));
  writer.bytes(bitmap);
}

/** A key or a signature that says its own kind. A passkey's response is BCS already. */
function writeAny(writer: BcsWriter, any: JsonObject): void {
  const type = textField(any, 'type');
  const value = hexField(any, 'value');
  if (type === 'web_authn') {
    writer.uleb128(2).fixed(value);
    return;
  }
  const variant = ['ed25519', 'secp256k1_ecdsa', 'secp256r1_ecdsa'].indexOf(type);
  if (variant < 0) throw new DecodeError('type', `the local chain knows no ${type}`, 0);
  writer.uleb128(variant).bytes(value);
}

function hexField(object: JsonObject, name: string) {
  return fromHex(textField(object, name), name);
}

function byteField(object: JsonObject, name: string): number {
  const value: Json | undefined = object[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 255) {
    throw new DecodeError(name, 'not a byte', 0);
  }
  return value;
}

function texts(object: JsonObject, name: string): string[] {
  return listField(object, name).map((item) => {
    if (typeof item !== 'string') throw new DecodeError(name, 'not a string', 0);
    return item;
  });
}
