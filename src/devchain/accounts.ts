// What the chain itself looks into around every transaction: the account (authentication key, sequence number) and the balance that pays the
// fee. Layouts: aptos-framework, account.move, coin.move and fungible_asset.move.

import { BcsReader, BcsWriter } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, addressFromBytes, addressToBytes, parseAddress, readAddress } from '../base/ids.ts';
import type { StateKey, StateView } from '../base/state.ts';
import { type StructTag, structTag, type TypeTag } from '../base/type-tag.ts';

export const FRAMEWORK: Address = parseAddress('0x1');
export const APTOS_COIN: StructTag = structTag(FRAMEWORK, 'aptos_coin', 'AptosCoin');

/** The metadata of APT as a fungible asset. */
export const APTOS_ASSET: Address = parseAddress('0xa');
/** Ends what the address of a primary store is the hash of. */
const PRIMARY_STORE_SCHEME = Uint8Array.of(0xfc);

/** Authentication keys are 32 bytes; anything longer in the resource is not ours. */
const AUTHENTICATION_KEY_SIZE = 32;

export interface Account {
  readonly authenticationKey: Bytes;
  readonly sequenceNumber: bigint;
}

export function accountKey(address: Address): StateKey {
  return { kind: 'resource', address, type: structTag(FRAMEWORK, 'account', 'Account') };
}

export function coinStoreKey(address: Address, coin: TypeTag = APTOS_COIN): StateKey {
  return { kind: 'resource', address, type: structTag(FRAMEWORK, 'coin', 'CoinStore', [coin]) };
}

/** An account that is not there is one that nobody has used: its address is its key (AIP-115). */
export function readAccount(state: StateView, address: Address): Account {
  const bytes = state.get(accountKey(address));
  if (bytes === undefined) return { authenticationKey: addressToBytes(address), sequenceNumber: 0n };
  const reader = new BcsReader(bytes);
  return {
    authenticationKey: reader.bytes('authentication_key', AUTHENTICATION_KEY_SIZE),
    sequenceNumber: reader.u64('sequence_number'),
  };
}

/** The account resource with another sequence number. */
export function withSequenceNumber(account: Bytes, sequenceNumber: bigint): Bytes {
  const reader = new BcsReader(account);
  reader.bytes('authentication_key', AUTHENTICATION_KEY_SIZE);
  return patch(account, reader.offset, new BcsWriter(8).u64(sequenceNumber).finish());
}

/** The account resource with another authentication key of the same length, which is its first field. */
export function withAuthenticationKey(account: Bytes, key: Bytes): Bytes {
  assert(key.length === AUTHENTICATION_KEY_SIZE, 'an authentication key has 32 bytes');
  return patch(account, 1, key);
}

/** Octas: APT that is held as coin and as fungible asset. */
export function readBalance(state: StateView, address: Address): bigint {
  return readCoins(state, address) + readAsset(state, address);
}

/** What the account holds of APT in the form of coins; 0 without a coin store. */
function readCoins(state: StateView, address: Address): bigint {
  const bytes = state.get(coinStoreKey(address));
  return bytes === undefined ? 0n : new BcsReader(bytes).u64('coin value');
}

/** What the account's primary store of APT holds; 0 if it has none. */
function readAsset(state: StateView, owner: Address): bigint {
  const store = sha3_256(addressToBytes(owner), addressToBytes(APTOS_ASSET), PRIMARY_STORE_SCHEME);
  const type = structTag(FRAMEWORK, 'fungible_asset', 'FungibleStore');
  const bytes = state.get({ kind: 'resource', address: addressFromBytes(store), type });
  if (bytes === undefined) return 0n;
  const reader = new BcsReader(bytes);
  readAddress(reader, 'metadata');
  return reader.u64('balance');
}

function patch(bytes: Bytes, offset: number, value: Bytes): Bytes {
  const patched = bytes.slice();
  patched.set(value, offset);
  return patched;
}
