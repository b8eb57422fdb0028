// Global storage during one run: resources and table items are decoded into the arena at first touch and encoded again at the end, if they
// may have changed. What the view holds is never written.

import { type Bytes, bytesEqual, compareBytes } from '../../base/bytes.ts';
import { ADDRESS_SIZE, type Address, addressFromBytes } from '../../base/ids.ts';
import { type ChangeSet, encodeStateKey, type StateChange, type StateKey, type StateView } from '../../base/state.ts';
import { encodeStructTag } from '../../base/type-tag.ts';
import { isNominal, structTagOf, type Type } from '../types/type.ts';

/** Upper halves of u64 that leave the whole an exact number: below 2^53. */
const EXACT_HIGH = 2 ** 21;

/** A resource or table item that the run has touched. */
export interface Slot {
  readonly key: StateKey;
  readonly type: Type;
  /** What the view holds. */
  readonly original: Bytes | undefined;
  /** Where the value lies; 0 when there is none. */
  address: number;
  /** The value was, or could have been, changed. */
  touched: boolean;
}

interface OpenTable {
  readonly handle: Address;
  readonly handleBytes: Bytes;
  /** By `itemId`. */
  readonly items: Map<string | number, Slot>;
}

/** What storage needs of the machine. */
export interface ValueMemory {
  /** For the first look at a slot: 0 bytes where there is nothing. */
  chargeRead(kind: StateKey['kind'], bytes: number): void;
  /** For a change: 0 bytes of value for what is deleted. */
  chargeWrite(keyBytes: number, valueBytes: number): void;
  /** Makes the value. */
  load(type: Type, bytes: Bytes): number;
  encode(type: Type, address: number): Bytes;
}

export class RunStorage {
  readonly #view: StateView;
  readonly #memory: ValueMemory;
  /** By type, then by the address's 32 bytes as text. */
  readonly #resources = new Map<Type, Map<string, Slot>>();
  /** By handle, its bytes as text. */
  readonly #tables = new Map<string, OpenTable>();
  /** The table last used, which is most often the one to be used next. */
  #lastTable: OpenTable | undefined;

  constructor(view: StateView, memory: ValueMemory) {
    this.#view = view;
    this.#memory = memory;
  }

  /** `account`: 32 bytes, read and not kept. */
  resource(type: Type, account: Uint8Array): Slot {
    let ofType = this.#resources.get(type);
    if (ofType === undefined) {
      ofType = new Map();
      this.#resources.set(type, ofType);
    }
    const id = latin1(account);
    let slot = ofType.get(id);
    if (slot === undefined) {
      slot = this.#open({ kind: 'resource', address: addressFromBytes(account), type: resourceTag(type) }, type);
      ofType.set(id, slot);
    }
    return slot;
  }

  /** `handle`: 32 bytes; `key`: the key's BCS. Read and not kept. */
  item(type: Type, handle: Uint8Array, key: Uint8Array): Slot {
    const table = this.#table(handle);
    const id = itemId(key);
    let slot = table.items.get(id);
    if (slot === undefined) {
      slot = this.#open({ kind: 'item', handle: table.handle, key: new Uint8Array(key) }, type);
      table.items.set(id, slot);
    }
    return slot;
  }

  changes(): ChangeSet {
    const found: StateChange[] = [];
    const collect = (slots: Iterable<Slot>): void => {
      for (const slot of slots) {
        const change = slot.touched ? this.#changeOf(slot) : undefined;
        if (change === undefined) continue;
        this.#memory.chargeWrite(keySize(change.key), change.new?.length ?? 0);
        found.push(change);
      }
    };
    for (const ofType of this.#resources.values()) collect(ofType.values());
    for (const { items } of this.#tables.values()) collect(items.values());
    return found.sort((a, b) => compareKeys(a.key, b.key));
  }

  #table(handle: Uint8Array): OpenTable {
    const last = this.#lastTable;
    if (last !== undefined && bytesEqual(last.handleBytes, handle)) return last;
    const id = latin1(handle);
    let table = this.#tables.get(id);
    if (table === undefined) {
      table = { handle: addressFromBytes(handle), handleBytes: new Uint8Array(handle), items: new Map() };
      this.#tables.set(id, table);
    }
    this.#lastTable = table;
    return table;
  }

  #open(key: StateKey, type: Type): Slot {
    const original = this.#view.get(key);
    this.#memory.chargeRead(key.kind, original?.length ?? 0);
    const address = original === undefined ? 0 : this.#memory.load(type, original);
    return { key, type, original, address, touched: false };
  }

  #changeOf({ key, type, original, address }: Slot): StateChange | undefined {
    if (address === 0) return original === undefined ? undefined : { key, old: original };
    const now = this.#memory.encode(type, address);
    if (original === undefined) return { key, new: now };
    return bytesEqual(original, now) ? undefined : { key, old: original, new: now };
  }
}

/** The order of the keys' encodings, without encoding them: variant, owner, then type, or the key behind its length. */
function compareKeys(a: StateKey, b: StateKey): number {
  if (a.kind === 'resource') {
    if (b.kind === 'item') return -1;
    return compareText(a.address, b.address) || compareBytes(encodeStructTag(a.type), encodeStructTag(b.type));
  }
  if (b.kind === 'resource') return 1;
  const byHandle = compareText(a.handle, b.handle);
  if (byHandle !== 0) return byHandle;
  if (a.key.length !== b.key.length) return compareBytes(encodeStateKey(a), encodeStateKey(b));
  return compareBytes(a.key, b.key);
}

/** Bytes of the key's encoding. */
function keySize(key: StateKey): number {
  if (key.kind === 'resource') return encodeStateKey(key).length;
  let size = 1 + ADDRESS_SIZE + 1 + key.key.length;
  for (let rest = key.key.length >> 7; rest > 0; rest >>= 7) size++;
  return size;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function resourceTag(type: Type): ReturnType<typeof structTagOf> {
  if (!isNominal(type)) throw new TypeError(`${type.name} is no resource`);
  return structTagOf(type);
}

/** A table key as a map key: eight bytes, which a u64 is, as the number that they are where that is exact, since maps find it faster. */
function itemId(key: Uint8Array): string | number {
  if (key.length === 8) {
    const high = u32At(key, 4);
    if (high < EXACT_HIGH) return high * 2 ** 32 + u32At(key, 0);
  }
  return latin1(key);
}

function u32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return (low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

/** Bytes as a map key. Chunked, as a call takes only so many arguments. */
function latin1(bytes: Uint8Array): string {
  if (bytes.length <= 1024) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let text = '';
  for (let at = 0; at < bytes.length; at += 1024) text += latin1(bytes.subarray(at, at + 1024));
  return text;
}
