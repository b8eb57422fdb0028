// A settlement's data as the chain in memory reads it: what the contract reads, as far as this twin acts on it.

import { BcsReader, decodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { HASH_SIZE } from '../base/hash.ts';
import { type Address, type Height, readAddress } from '../base/ids.ts';
import { MEMBERS_MAX } from '../channel/batch.ts';
import type { StateItem } from '../ports/chain.ts';
import { refused } from './memory-channel.ts';

export interface SettlementRead {
  readonly toHeight: bigint;
  readonly changes: readonly {
    readonly address: Address;
    readonly type: string;
    readonly modified?: { readonly oldHash: Bytes; readonly value: Bytes };
  }[];
  /** Without a value: gone. */
  readonly items: readonly { readonly key: StateItem['key']; readonly value: Bytes | undefined }[];
  readonly leaving: readonly Address[];
  readonly closing: boolean;
  readonly stateRoot: Bytes;
  readonly historyHash: Bytes;
}

export function settlementHeights(data: Bytes): { readonly from: Height; readonly to: Height } {
  const reader = new BcsReader(data);
  return { from: reader.u64('from height') as Height, to: reader.u64('to height') as Height };
}

/** [C64] */
export function isBeginning({ stateRoot, historyHash }: SettlementRead): boolean {
  return stateRoot.length === 0 && historyHash.length === 0;
}

export function assertWellFormed(data: Bytes): void {
  const { from, to } = settlementHeights(data);
  if (to <= from) throw refused('E_HEIGHTS');
  const settlement = readSettlement(data);
  const { changes, items, leaving, closing, stateRoot, historyHash } = settlement;
  if (isBeginning(settlement)) {
    const changesNothing = changes.length + items.length + leaving.length === 0 && !closing;
    if (!changesNothing || to - from !== 1n) throw refused('E_BEGINNING');
    return;
  }
  if (stateRoot.length !== HASH_SIZE) throw refused('E_STATE_ROOT_LENGTH');
  if (historyHash.length !== HASH_SIZE) throw refused('E_HISTORY_HASH_LENGTH');
}

/** The contract's reading of the data, as far as this twin acts on it. */
export function readSettlement(data: Bytes): SettlementRead {
  const SIZE_MAX = 1 << 20;
  return decodeBcs(data, 'settlement', (r) => {
    r.u64('from height');
    const toHeight = r.u64('to height');
    const changes = r.vector('accounts', 64, (account) => {
      const address = readAddress(account, 'account');
      return account.vector('types', 64, (change) => {
        const type = change.string('type', 1_000);
        const values = (what: string) => change.vector(what, 2, (value) => value.bytes(what, SIZE_MAX));
        values('new');
        const [oldHash, value] = values('modify');
        change.vector('delete', 1, (mark) => mark.bool('delete'));
        return { address, type, ...(oldHash && value && { modified: { oldHash, value } }) };
      });
    });
    const items = r.vector('tables', 16, (table) => {
      const handle = readAddress(table, 'handle');
      return table.vector('items', 1_536, (item) => {
        const key: StateItem['key'] = { kind: 'item', handle, key: item.bytes('key', SIZE_MAX) };
        const values = (what: string) => item.vector(what, 2, (each) => each.bytes(what, SIZE_MAX));
        const [added] = values('new');
        const [, modified] = values('modify');
        item.vector('delete', 1, (mark) => mark.bool('delete'));
        return { key, value: added ?? modified };
      });
    });
    return {
      toHeight,
      items: items.flat(),
      changes: changes.flat(),
      leaving: r.vector('leaving', MEMBERS_MAX, (member) => readAddress(member, 'leaving')),
      closing: r.bool('closing'),
      stateRoot: r.bytes('state root', HASH_SIZE),
      historyHash: r.bytes('history hash', HASH_SIZE),
    };
  });
}
