// BCS of a settlement as `rooch::settlement` reads it (docs/contract.md): the change set by account and type and by table and key, old
// values as hashes, then who leaves, whether the channel closes, and the root and hash that later snapshots are checked against.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, writeAddress } from '../base/ids.ts';
import type { StateChange } from '../base/state.ts';
import { formatTypeTag, type StructTag } from '../base/type-tag.ts';
import type { Settlement } from '../channel/update.ts';

interface TypeChange {
  readonly type: StructTag;
  readonly change: StateChange;
}

interface ItemChange {
  readonly key: Bytes;
  readonly change: StateChange;
}

export function encodeSettlementData(settlement: Settlement): Bytes {
  return encodeBcs((w) => {
    w.u64(settlement.fromHeight).u64(settlement.toHeight);
    w.vector([...byAccount(settlement.changes)], (writer, [account, changes]) => {
      writeAddress(writer, account);
      writer.vector(changes, writeTypeChange);
    });
    w.vector([...byTable(settlement.changes)], (writer, [handle, items]) => {
      writeAddress(writer, handle);
      writer.vector(items, writeItemChange);
    });
    w.vector(settlement.leaving, writeAddress);
    w.bool(settlement.closing).bytes(settlement.stateRoot).bytes(settlement.historyHash);
  });
}

/** In the order of the change set, which is sorted by address and then by type. */
function byAccount(changes: readonly StateChange[]): Map<Address, TypeChange[]> {
  const accounts = new Map<Address, TypeChange[]>();
  for (const change of changes) {
    const { key } = change;
    if (key.kind !== 'resource') continue;
    const list = accounts.get(key.address) ?? [];
    list.push({ type: key.type, change });
    accounts.set(key.address, list);
  }
  return accounts;
}

/** In the order of the change set, which is sorted by handle and then by key. */
function byTable(changes: readonly StateChange[]): Map<Address, ItemChange[]> {
  const tables = new Map<Address, ItemChange[]>();
  for (const change of changes) {
    const { key } = change;
    if (key.kind !== 'item') continue;
    const list = tables.get(key.handle) ?? [];
    list.push({ key: key.key, change });
    tables.set(key.handle, list);
  }
  return tables;
}

function writeTypeChange(w: BcsWriter, { type, change }: TypeChange): void {
  w.string(formatTypeTag(type));
  writeOp(w, change);
}

function writeItemChange(w: BcsWriter, { key, change }: ItemChange): void {
  w.bytes(key);
  writeOp(w, change);
}

function writeOp(w: BcsWriter, change: StateChange): void {
  const { old, new: value } = change;
  const bytes = (writer: BcsWriter, each: Bytes): void => {
    writer.bytes(each);
  };
  w.vector(old === undefined && value !== undefined ? [value] : [], bytes);
  w.vector(old !== undefined && value !== undefined ? [sha3_256(old), value] : [], bytes);
  w.vector(value === undefined ? [true] : [], (writer, mark) => writer.bool(mark));
}
