// Branded identifiers. An id is text or a bigint in its one canonical form, so that it can be compared with === and be a map key.

import { type BcsReader, type BcsWriter, U64_MAX } from './bcs.ts';
import { type Bytes, fromHex, toHex } from './bytes.ts';
import { DecodeError } from './errors.ts';

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A 32-byte account address: `0x` and 64 lower-case hex digits. */
export type Address = Brand<string, 'Address'>;
/** An Ed25519 public key that a node signs with: 64 lower-case hex digits. */
export type NodeKey = Brand<string, 'NodeKey'>;
/** A channel's number in the contract, u64. */
export type ChannelId = Brand<bigint, 'ChannelId'>;
/** How many transactions the channel has executed; u64. */
export type Height = Brand<bigint, 'Height'>;
/** Counts the leaders that the contract has accepted; u64. */
export type Term = Brand<bigint, 'Term'>;

export const ADDRESS_SIZE = 32;
export const NODE_KEY_SIZE = 32;
export const SIGNATURE_SIZE = 64;

/** Reads `0x1`, `1` or the full form. @throws DecodeError */
export function parseAddress(text: string, what = 'address'): Address {
  const digits = (text.startsWith('0x') ? text.slice(2) : text).toLowerCase();
  if (digits.length === 0 || digits.length > 2 * ADDRESS_SIZE) {
    throw new DecodeError(what, `not an address: "${text.slice(0, 80)}"`, 0);
  }
  if (/[^0-9a-f]/.test(digits)) throw new DecodeError(what, `not an address: "${text.slice(0, 80)}"`, 0);
  return `0x${digits.padStart(2 * ADDRESS_SIZE, '0')}` as Address;
}

export function addressFromBytes(bytes: Uint8Array, what = 'address'): Address {
  if (bytes.length !== ADDRESS_SIZE) throw new DecodeError(what, `${bytes.length} bytes, not ${ADDRESS_SIZE}`, 0);
  return `0x${toHex(bytes)}` as Address;
}

export function addressToBytes(address: Address): Bytes {
  return fromHex(address);
}

/** Without leading zeros (`0x1`), as Move writes addresses in type names. */
export function shortAddress(address: Address): string {
  return `0x${address.slice(2).replace(/^0+(?=.)/, '')}`;
}

export function writeAddress(writer: BcsWriter, address: Address): void {
  writer.fixed(addressToBytes(address));
}

export function readAddress(reader: BcsReader, what: string): Address {
  return addressFromBytes(reader.fixed(what, ADDRESS_SIZE), what);
}

export function nodeKeyFromBytes(bytes: Uint8Array, what = 'node key'): NodeKey {
  if (bytes.length !== NODE_KEY_SIZE) throw new DecodeError(what, `${bytes.length} bytes, not ${NODE_KEY_SIZE}`, 0);
  return toHex(bytes) as NodeKey;
}

export function nodeKeyToBytes(key: NodeKey): Bytes {
  return fromHex(key);
}

/** Reads a decimal u64. @throws DecodeError */
export function parseU64(text: string, what: string): bigint {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) throw new DecodeError(what, `not a u64: "${text.slice(0, 80)}"`, 0);
  const value = BigInt(text);
  if (value > U64_MAX) throw new DecodeError(what, `over u64: ${text}`, 0);
  return value;
}

export function parseChannelId(text: string): ChannelId {
  return parseU64(text, 'channel id') as ChannelId;
}
