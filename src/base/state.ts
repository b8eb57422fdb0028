// Global state as Move sees it: resources by address and type, table items by handle and key. What the VM reads and writes, the
// channel hashes, the store keeps and a settlement carries.

import { type BcsReader, type BcsWriter, encodeBcs } from './bcs.ts';
import { type Bytes, toHex } from './bytes.ts';
import { type Address, readAddress, writeAddress } from './ids.ts';
import { encodeStructTag, formatTypeTag, readStructTag, type StructTag, writeStructTag } from './type-tag.ts';

export type StateKey =
  | { readonly kind: 'resource'; readonly address: Address; readonly type: StructTag }
  | { readonly kind: 'item'; readonly handle: Address; readonly key: Bytes };

/** One value that a run created (`old` absent), changed (both) or deleted (`new` absent). Never both absent, never both equal. */
export interface StateChange {
  readonly key: StateKey;
  readonly old?: Bytes;
  readonly new?: Bytes;
}

/** Sorted by the key's encoding, each key once. */
export type ChangeSet = readonly StateChange[];

/** What a run may read. Synchronous: whatever a run can touch is in memory before it starts. */
export interface StateView {
  get(key: StateKey): Bytes | undefined;
  /** A module's bytecode. */
  module(address: Address, name: string): Bytes | undefined;
  /**
   * Stands for all the code the view can show: while two views give the same value (by `===`), they give the same modules. Lets
   * the VM go without comparing code at every run; an object is the safest value, as no two chains can share it by accident.
   */
  readonly codeVersion?: unknown;
}

/** Longest table key, as Aptos bounds it through the size of a write. */
export const ITEM_KEY_SIZE_MAX = 65_536;

export function writeStateKey(writer: BcsWriter, key: StateKey): void {
  if (key.kind === 'resource') {
    writer.uleb128(0);
    writeAddress(writer, key.address);
    writeStructTag(writer, key.type);
  } else {
    writer.uleb128(1);
    writeAddress(writer, key.handle);
    writer.bytes(key.key);
  }
}

export function readStateKey(reader: BcsReader, what = 'state key'): StateKey {
  if (reader.variant(what, 2) === 0) {
    return { kind: 'resource', address: readAddress(reader, what), type: readStructTag(reader, what) };
  }
  return { kind: 'item', handle: readAddress(reader, what), key: reader.bytes(what, ITEM_KEY_SIZE_MAX) };
}

export function encodeStateKey(key: StateKey): Bytes {
  return encodeBcs((writer) => writeStateKey(writer, key));
}

/** The key as map key: equal text if and only if equal key. */
export function stateKeyId(key: StateKey): string {
  return key.kind === 'resource'
    ? `r${key.address}${toHex(encodeStructTag(key.type))}`
    : `i${key.handle}${toHex(key.key)}`;
}

/** For people: `0x1::coin::CoinStore<…> at 0x…`. */
export function formatStateKey(key: StateKey): string {
  return key.kind === 'resource'
    ? `${formatTypeTag(key.type)} at ${key.address}`
    : `item 0x${toHex(key.key)} of table ${key.handle}`;
}
