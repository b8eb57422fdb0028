// Compiled Move code that outlives the page: in memory while the node runs, written to the store a while after something new came. Only ever a
// shortcut: what is lost or damaged is compiled again, and a store that does not take it is left alone (docs/adr/0007-cached-units.md).

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store, StoredRecord } from '../ports/store.ts';
import type { UnitCache } from '../vm/index.ts';

/** Records of the store that belong to no channel: channels of one application share its code. */
const CODE_CHANNEL = 'code';
/** Not the name of any code, which has a space in it. */
const INDEX_KEY = 'index';
const INDEX_VERSION = 1;
/** Some hundred functions of a large application; loaded at every start, so not more. */
export const CODE_BYTES_MAX = 8 * 1024 * 1024;
/** One function with all it reaches; the largest that is prepared ahead takes a tenth. */
const ENTRY_BYTES_MAX = 1024 * 1024;
const ENTRIES_MAX = 1024;
const KEY_SIZE_MAX = 8192;
/** Long enough for a channel's preparation, so that it makes one write. */
const WRITE_DELAY_MS = 3_000;

interface Entry {
  readonly value: Bytes;
  /** The start of the node, counted, that last used it. */
  usedAt: number;
}

interface Index {
  readonly starts: number;
  readonly usedAt: ReadonlyMap<string, number>;
}

/** Life: `load` once, any use, `stop` once. */
export class CodeCache implements UnitCache {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #start: number;
  readonly #entries: Map<string, Entry>;
  /** Not even made yet: that takes time, which a start has not. */
  readonly #unmade = new Map<string, () => Bytes | undefined>();
  /** Made, and not written yet. */
  readonly #fresh = new Set<string>();
  #isIndexOld = false;
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #ended = false;

  private constructor(store: Store, clock: Clock, start: number, entries: Map<string, Entry>) {
    this.#store = store;
    this.#clock = clock;
    this.#start = start;
    this.#entries = entries;
  }

  /** What the store has; nothing when it cannot be read. */
  static async load(store: Store, clock: Clock): Promise<CodeCache> {
    let records: readonly StoredRecord[] = [];
    try {
      records = await store.load(CODE_CHANNEL);
    } catch {
      // The journal will meet the same trouble and say so.
    }
    const index = readIndex(records.find(({ key }) => key === INDEX_KEY)?.value);
    const entries = new Map<string, Entry>();
    for (const { key, value } of records) {
      if (key !== INDEX_KEY) entries.set(key, { value, usedAt: index.usedAt.get(key) ?? 0 });
    }
    return new CodeCache(store, clock, index.starts + 1, entries);
  }

  get(key: string): Bytes | undefined {
    this.#make(key);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.usedAt !== this.#start) {
      entry.usedAt = this.#start;
      this.#isIndexOld = true;
      this.#writeSoon();
    }
    return entry?.value;
  }

  put(key: string, make: () => Bytes | undefined): void {
    if (key.length > KEY_SIZE_MAX) return;
    this.#unmade.set(key, make);
    this.#writeSoon();
  }

  /** Writes what is not written yet. Resolves when the store is no longer used. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    for (const key of this.#ended ? [] : this.#unmade.keys()) this.#make(key);
    if (!this.#ended) this.#write();
    this.#ended = true;
    await this.#writing;
  }

  #writeSoon(): void {
    if (this.#ended || this.#cancelTimer) return;
    this.#cancelTimer = this.#clock.after(WRITE_DELAY_MS, () => this.#writeInPieces());
  }

  /** Makes what is not made, one at a time, so that calls get their turn in between; then writes. */
  #writeInPieces(): void {
    const [next] = this.#unmade.keys();
    if (next === undefined) {
      this.#write();
      return;
    }
    this.#make(next);
    this.#cancelTimer = this.#clock.after(0, () => this.#writeInPieces());
  }

  #make(key: string): void {
    const make = this.#unmade.get(key);
    if (make === undefined) return;
    this.#unmade.delete(key);
    const value = make();
    if (value === undefined || value.length > ENTRY_BYTES_MAX) return;
    this.#entries.set(key, { value, usedAt: this.#start });
    this.#fresh.add(key);
  }

  #write(): void {
    this.#cancelTimer = undefined;
    if (this.#fresh.size === 0 && !this.#isIndexOld) return;
    const remove = this.#evict();
    const put = [...this.#fresh].flatMap((key): StoredRecord[] => {
      const entry = this.#entries.get(key);
      return entry ? [{ key, value: entry.value }] : [];
    });
    this.#fresh.clear();
    this.#isIndexOld = false;
    const index = { key: INDEX_KEY, value: writeIndex(this.#start, this.#entries) };
    const change = { put: [...put, index], remove, removeRanges: [] };
    this.#writing = this.#writing
      .then(() => this.#store.write(CODE_CHANNEL, change))
      .catch(() => {
        // No room, or closed: what is in memory serves on, and nothing more is written.
        this.#ended = true;
      });
  }

  /** Forgets what was not used for longest, until the rest fits. */
  #evict(): string[] {
    let bytes = 0;
    for (const { value } of this.#entries.values()) bytes += value.length;
    const oldestFirst = [...this.#entries].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    const removed: string[] = [];
    for (const [key, { value }] of oldestFirst) {
      if (bytes <= CODE_BYTES_MAX && this.#entries.size <= ENTRIES_MAX) break;
      bytes -= value.length;
      this.#entries.delete(key);
      removed.push(key);
    }
    return removed;
  }
}

function writeIndex(starts: number, entries: ReadonlyMap<string, Entry>): Bytes {
  return encodeBcs((w) => {
    w.u8(INDEX_VERSION).u32(starts);
    w.vector([...entries], (writer, [key, { usedAt }]) => writer.string(key).u32(usedAt));
  });
}

/** A damaged one only loses what was used when. */
function readIndex(value: Bytes | undefined): Index {
  if (value !== undefined && value[0] === INDEX_VERSION) {
    try {
      return decodeBcs(value, 'index of code', (r) => {
        r.u8('version');
        const starts = r.u32('starts');
        const used = r.vector('used', ENTRIES_MAX, (item): [string, number] => [
          item.string('key', KEY_SIZE_MAX),
          item.u32('start'),
        ]);
        return { starts: Math.min(starts, 0xffff_fffe), usedAt: new Map(used) };
      });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return { starts: 0, usedAt: new Map() };
}
