// Durable memory of one node. A write is on disk when its promise resolves, whole or not at all.

import type { Bytes } from '../base/bytes.ts';

/** Records of one channel, by a key that sorts: what they hold is `node/`'s affair. */
export interface Store {
  /** Every record of the channel, in order of key. @throws StoreError */
  load(channel: string): Promise<readonly StoredRecord[]>;
  /** All or nothing, durable when resolved. `remove` before `put`. @throws StoreError (`quota`, `closed`, `blocked`, `corrupt`, `unavailable`) */
  write(channel: string, change: StoreChange): Promise<void>;
  /** Channels with records. */
  channels(): Promise<readonly string[]>;
  forget(channel: string): Promise<void>;
  close(): Promise<void>;
}

export interface StoredRecord {
  readonly key: string;
  readonly value: Bytes;
}

export interface StoreChange {
  readonly put: readonly StoredRecord[];
  readonly remove: readonly string[];
  /** Half-open ranges `[from, to)` of keys. */
  readonly removeRanges: readonly { readonly from: string; readonly to: string }[];
}
