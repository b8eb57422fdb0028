// The IndexedDB store on a database in memory: the common suite, and what only IndexedDB can get wrong.

import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, expect, it, vi } from 'vitest';
import { openIndexedDbStore } from './indexed-db.ts';
import { expectStoreError, storeSuite } from './store.suite.ts';

let count = 0;
const nextName = () => `strait-test-${count++}`;

afterEach(() => vi.restoreAllMocks());

storeSuite('IndexedDB', async () => {
  const name = nextName();
  return {
    open: () => openIndexedDbStore(name),
    fillUp: () => {
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
        throw new DOMException('no room', 'QuotaExceededError');
      });
    },
    dispose: async () => {},
  };
});

it('asks for strict durability on every write', async () => {
  const store = await openIndexedDbStore(nextName());
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  await store.write('c', { put: [{ key: 'k', value: new Uint8Array(1) }], remove: [], removeRanges: [] });
  await store.forget('c');
  expect(transaction.mock.calls.map(([, mode, options]) => [mode, options])).toEqual([
    ['readwrite', { durability: 'strict' }],
    ['readwrite', { durability: 'strict' }],
  ]);
  await store.close();
});

it('gives way to a newer version in another tab and is closed from then on', async () => {
  const name = nextName();
  const lost: string[] = [];
  const old = await openIndexedDbStore(name, { onLost: (reason) => lost.push(reason) });
  const newer = await openIndexedDbStore(name, { version: 2 });
  expect(lost).toHaveLength(1);
  await expectStoreError(old.load('c'), 'closed');
  await newer.close();
  expect(lost).toHaveLength(1);
});

it('reports an older tab that does not give way, and does not hold the database afterwards', async () => {
  const name = nextName();
  const stubborn = await openDB(name, 1, { upgrade: (database) => void database.createObjectStore('records') });
  await expectStoreError(openIndexedDbStore(name, { version: 2, blockedMsMax: 20 }), 'blocked');
  stubborn.close();
  const store = await openIndexedDbStore(name, { version: 3, blockedMsMax: 1_000 });
  await store.close();
});

it('says that a newer version made the database', async () => {
  const name = nextName();
  await (await openIndexedDbStore(name, { version: 5 })).close();
  await expectStoreError(openIndexedDbStore(name), 'blocked');
});

it('surfaces a record that is no bytes', async () => {
  const name = nextName();
  const store = await openIndexedDbStore(name);
  const raw = await openDB(name, 1);
  await raw.put('records', { not: 'bytes' }, ['c', 'k']);
  raw.close();
  await expectStoreError(store.load('c'), 'corrupt');
  await store.close();
});

it('reports a platform without storage', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('not here', 'SecurityError');
  });
  await expectStoreError(openIndexedDbStore(nextName()), 'unavailable');
});
