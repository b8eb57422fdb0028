// The store's twin in memory, for tests and for nodes that need not outlive their process. One `MemoryDisk` is what survives; stores
// opened on it come and go like tabs.

import type { Bytes } from '../base/bytes.ts';
import type { Store, StoreChange, StoredRecord } from '../ports/store.ts';
import { StoreError } from './store-error.ts';

/** What several stores share and what a restart finds again. */
export class MemoryDisk {
  readonly channels = new Map<string, Map<string, Bytes>>();
  /** Bytes of values that fit; a write that would pass it fails with `quota`. */
  quotaBytes: number;
  /** Set by tests: the next writes fail with this. */
  failWrites: StoreError | undefined;

  constructor(quotaBytes: number = Number.POSITIVE_INFINITY) {
    this.quotaBytes = quotaBytes;
  }

  get usedBytes(): number {
    let used = 0;
    for (const records of this.channels.values()) for (const value of records.values()) used += value.length;
    return used;
  }
}

export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  #closed = false;

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.#disk = disk;
  }

  async load(channel: string): Promise<readonly StoredRecord[]> {
    this.#open();
    const records = [...(this.#disk.channels.get(channel) ?? [])];
    records.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return records.map(([key, value]) => ({ key, value: value.slice() }));
  }

  async write(channel: string, change: StoreChange): Promise<void> {
    this.#open();
    if (this.#disk.failWrites) throw this.#disk.failWrites;
    const before = this.#disk.channels.get(channel);
    const records = new Map(before);
    for (const key of change.remove) records.delete(key);
    for (const { from, to } of change.removeRanges) {
      for (const key of [...records.keys()]) if (key >= from && key < to) records.delete(key);
    }
    for (const { key, value } of change.put) records.set(key, value.slice());
    this.#replace(channel, records);
    if (this.#disk.usedBytes > this.#disk.quotaBytes) {
      this.#replace(channel, before ?? new Map());
      throw new StoreError('quota', `no room for a write to channel ${channel}`);
    }
  }

  async channels(): Promise<readonly string[]> {
    this.#open();
    return [...this.#disk.channels.keys()].sort();
  }

  async forget(channel: string): Promise<void> {
    this.#open();
    this.#disk.channels.delete(channel);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #replace(channel: string, records: Map<string, Bytes>): void {
    if (records.size === 0) this.#disk.channels.delete(channel);
    else this.#disk.channels.set(channel, records);
  }

  #open(): void {
    if (this.#closed) throw new StoreError('closed', 'the store is closed');
  }
}
