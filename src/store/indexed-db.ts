// The store on IndexedDB: one database, one object store, records under `[channel, key]`. Every write is one transaction with strict
// durability, and nothing foreign is awaited inside it.

import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import type { Bytes } from '../base/bytes.ts';
import type { Store, StoreChange, StoredRecord } from '../ports/store.ts';
import { StoreError } from './store-error.ts';

/** Raised when the object stores change; what the records hold has versions of its own. */
const DATABASE_VERSION = 1;
/** How long a tab with an older version may take to give way before opening fails as `blocked`. */
const BLOCKED_MS_MAX = 3_000;

interface Schema extends DBSchema {
  readonly records: { readonly key: [channel: string, key: string]; readonly value: Bytes };
}

export interface IndexedDbOptions {
  /** Called at most once, when another tab's newer version or the platform took the database away; every later call throws `closed`. */
  readonly onLost?: (reason: string) => void;
  /** For tests of upgrades. */
  readonly version?: number;
  readonly blockedMsMax?: number;
}

/**
 * Opens the database or creates it.
 *
 * @throws StoreError (`blocked`, `unavailable`)
 */
export async function openIndexedDbStore(name: string, options: IndexedDbOptions = {}): Promise<Store> {
  const store = new IndexedDbStore(options.onLost);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gaveUp = false;
  let onBlocked = (): void => {};
  const blocked = new Promise<never>((_, reject) => {
    onBlocked = () => {
      timer ??= setTimeout(() => {
        gaveUp = true;
        reject(new StoreError('blocked', 'another tab holds an older version of the database open: close that tab'));
      }, options.blockedMsMax ?? BLOCKED_MS_MAX);
    };
  });
  const opening = open(name, options, store, () => onBlocked());
  // An open that comes through after we gave up must not hold the database.
  opening.then(
    (database) => {
      if (gaveUp) database.close();
    },
    () => {},
  );
  try {
    store.attach(await Promise.race([opening, blocked]));
    return store;
  } catch (cause) {
    throw asStoreError(cause, 'opening the database');
  } finally {
    clearTimeout(timer);
  }
}

/** Async, so that what the platform throws at once is a rejection too. */
async function open(
  name: string,
  options: IndexedDbOptions,
  store: IndexedDbStore,
  onBlocked: () => void,
): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(name, options.version ?? DATABASE_VERSION, {
    upgrade: (database) => {
      if (!database.objectStoreNames.contains('records')) database.createObjectStore('records');
    },
    blocked: onBlocked,
    blocking: () => store.lose('a newer version of this page in another tab needs the database'),
    terminated: () => store.lose('the browser closed the database'),
  });
}

class IndexedDbStore implements Store {
  #database: IDBPDatabase<Schema> | undefined;
  #lost: string | undefined;
  readonly #onLost: ((reason: string) => void) | undefined;

  constructor(onLost: ((reason: string) => void) | undefined) {
    this.#onLost = onLost;
  }

  attach(database: IDBPDatabase<Schema>): void {
    this.#database = database;
  }

  lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#database?.close();
    this.#onLost?.(reason);
  }

  async load(channel: string): Promise<readonly StoredRecord[]> {
    return this.#run(`reading channel ${channel}`, async (database) => {
      const store = database.transaction('records', 'readonly').store;
      const [keys, values] = await Promise.all([store.getAllKeys(all(channel)), store.getAll(all(channel))]);
      return keys.map(([, key], index) => {
        const value: unknown = values[index];
        if (!(value instanceof Uint8Array)) throw new StoreError('corrupt', `record ${key} of ${channel} is no bytes`);
        return { key, value: new Uint8Array(value) };
      });
    });
  }

  async write(channel: string, change: StoreChange): Promise<void> {
    await this.#run(`writing channel ${channel}`, async (database) => {
      await inTransaction(database, (records) => {
        for (const key of change.remove) quiet(records.delete([channel, key]));
        for (const { from, to } of change.removeRanges) {
          if (from < to) quiet(records.delete(IDBKeyRange.bound([channel, from], [channel, to], false, true)));
        }
        for (const { key, value } of change.put) quiet(records.put(value, [channel, key]));
      });
    });
  }

  async channels(): Promise<readonly string[]> {
    return this.#run('listing channels', async (database) => {
      const names: string[] = [];
      let cursor = await database.transaction('records', 'readonly').store.openKeyCursor();
      while (cursor) {
        const [channel] = cursor.primaryKey;
        names.push(channel);
        cursor = await cursor.continue([channel, AFTER_ALL_KEYS] as unknown as [string, string]);
      }
      return names;
    });
  }

  async forget(channel: string): Promise<void> {
    await this.#run(`forgetting channel ${channel}`, async (database) => {
      await inTransaction(database, (records) => quiet(records.delete(all(channel))));
    });
  }

  async close(): Promise<void> {
    this.#lost ??= 'the store is closed';
    this.#database?.close();
  }

  async #run<T>(what: string, run: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    if (this.#lost !== undefined || this.#database === undefined) {
      throw new StoreError('closed', this.#lost ?? 'the store is not open');
    }
    try {
      return await run(this.#database);
    } catch (cause) {
      throw asStoreError(cause, what);
    }
  }
}

type Records = IDBPObjectStore<Schema, ['records'], 'records', 'readwrite'>;

/** Requests of one transaction run in the order they are made; one that fails undoes them all. Resolves when they are on disk. */
async function inTransaction(database: IDBPDatabase<Schema>, request: (records: Records) => void): Promise<void> {
  const transaction = database.transaction('records', 'readwrite', { durability: 'strict' });
  const { done } = transaction;
  try {
    request(transaction.store);
  } catch (cause) {
    // A request that cannot even be made does not undo the ones before it.
    transaction.abort();
    await done.catch(() => {});
    throw cause;
  }
  await done;
}

/** What befalls a request the transaction's `done` tells too; it must not count as unhandled besides. */
function quiet(request: Promise<unknown>): void {
  request.catch(() => {});
}

/** Arrays sort after strings, so this ends every channel's records. */
const AFTER_ALL_KEYS: readonly never[] = [];

function all(channel: string): IDBKeyRange {
  return IDBKeyRange.bound([channel], [channel, AFTER_ALL_KEYS]);
}

function asStoreError(cause: unknown, what: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  const detail = cause instanceof Error || cause instanceof DOMException ? cause.message : String(cause);
  switch (name) {
    case 'QuotaExceededError':
      return new StoreError('quota', `${what}: the browser gives no more room`, { cause });
    case 'InvalidStateError':
      return new StoreError('closed', `${what}: the database is closed`, { cause });
    case 'VersionError':
      return new StoreError('blocked', `${what}: a newer version of this page made the database; reload`, { cause });
    default:
      return new StoreError('unavailable', `${what}: ${detail}`, { cause });
  }
}
