// BCS of a settlement as `rooch::settlement` reads it (move/state_channel/docs/contract.md): the change set by account and type, old values as
// hashes, then who leaves, whether the channel closes, and the root and hash that later snapshots are checked against.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, writeAddress } from '../base/ids.ts';
import { formatStateKey, type StateChange } from '../base/state.ts';
import { formatTypeTag, type StructTag } from '../base/type-tag.ts';
import type { Settlement } from '../channel/update.ts';
import { ChainError } from './chain-error.ts';

interface TypeChange {
  readonly type: StructTag;
  readonly change: StateChange;
}

/** @throws ChainError (`malformed`) when a table item changed: a settlement names resources by account and type, and has no place for it */
export function encodeSettlementData(settlement: Settlement): Bytes {
  return encodeBcs((w) => {
    w.u64(settlement.fromHeight).u64(settlement.toHeight);
    w.vector([...byAccount(settlement.changes)], (writer, [account, changes]) => {
      writeAddress(writer, account);
      writer.vector(changes, writeTypeChange);
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
    if (key.kind !== 'resource') {
      throw new ChainError('malformed', `a settlement cannot carry ${formatStateKey(key)}`);
    }
    const list = accounts.get(key.address) ?? [];
    list.push({ type: key.type, change });
    accounts.set(key.address, list);
  }
  return accounts;
}

function writeTypeChange(w: BcsWriter, { type, change }: TypeChange): void {
  w.string(formatTypeTag(type));
  const { old, new: value } = change;
  const bytes = (writer: BcsWriter, each: Bytes): void => {
    writer.bytes(each);
  };
  w.vector(old === undefined && value !== undefined ? [value] : [], bytes);
  w.vector(old !== undefined && value !== undefined ? [sha3_256(old), value] : [], bytes);
  w.vector(value === undefined ? [true] : [], (writer, mark) => writer.bool(mark));
}
