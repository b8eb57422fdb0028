// What every store has to do, whatever it is made of.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import type { Store, StoreChange } from '../ports/store.ts';
import type { StoreErrorKind } from './store-error.ts';

export interface StoreFixture {
  /** A further connection to the same memory. */
  open(): Promise<Store>;
  /** From now on writes fail for want of room. Absent where that cannot be brought about. */
  fillUp?(): void;
  dispose(): Promise<void>;
}

function bytes(...values: number[]): Bytes {
  return new Uint8Array(values);
}

function change(parts: Partial<StoreChange>): StoreChange {
  return { put: [], remove: [], removeRanges: [], ...parts };
}

export function storeSuite(name: string, create: () => Promise<StoreFixture>): void {
  describe(`store: ${name}`, () => {
    let fixture: StoreFixture;
    let store: Store;

    beforeEach(async () => {
      fixture = await create();
      store = await fixture.open();
    });
    afterEach(async () => {
      await store.close();
      await fixture.dispose();
    });

    const keys = async (channel = 'c') => (await store.load(channel)).map(({ key }) => key);

    it('gives back what was written, in order of key', async () => {
      await store.write('c', change({ put: ['b/2', 'a', 'b/10', 'b/1'].map((key) => ({ key, value: bytes(7) })) }));
      expect(await keys()).toEqual(['a', 'b/1', 'b/10', 'b/2']);
    });

    it('keeps channels apart, also when one name begins with the other', async () => {
      await store.write('c', change({ put: [{ key: 'x', value: bytes(1) }] }));
      await store.write('c2', change({ put: [{ key: 'x', value: bytes(2) }] }));
      expect(await store.load('c')).toEqual([{ key: 'x', value: bytes(1) }]);
      expect(await store.channels()).toEqual(['c', 'c2']);
      await store.forget('c');
      expect(await keys('c')).toEqual([]);
      expect(await store.load('c2')).toEqual([{ key: 'x', value: bytes(2) }]);
      expect(await store.channels()).toEqual(['c2']);
    });

    it('removes before it puts, and ranges are half open', async () => {
      await store.write('c', change({ put: ['a', 'b', 'c', 'd'].map((key) => ({ key, value: bytes(1) })) }));
      await store.write(
        'c',
        change({
          put: [{ key: 'b', value: bytes(2) }],
          remove: ['a'],
          removeRanges: [
            { from: 'b', to: 'd' },
            { from: 'z', to: 'z' },
          ],
        }),
      );
      expect(await store.load('c')).toEqual([
        { key: 'b', value: bytes(2) },
        { key: 'd', value: bytes(1) },
      ]);
    });

    it('keeps its own copy of what it is given and gives out copies', async () => {
      const value = bytes(1, 2, 3);
      await store.write('c', change({ put: [{ key: 'k', value }] }));
      value[0] = 9;
      const [first] = await store.load('c');
      if (first) first.value[1] = 9;
      expect(await store.load('c')).toEqual([{ key: 'k', value: bytes(1, 2, 3) }]);
    });

    it('keeps empty and large values whole', async () => {
      const large = new Uint8Array(3_000_000).fill(0xab);
      await store.write(
        'c',
        change({
          put: [
            { key: 'empty', value: bytes() },
            { key: 'large', value: large },
          ],
        }),
      );
      const records = await store.load('c');
      expect(records[0]?.value.length).toBe(0);
      expect(Buffer.compare(records[1]?.value ?? bytes(), large)).toBe(0);
    });

    it('shows a write to another connection once it has resolved', async () => {
      const other = await fixture.open();
      await store.write('c', change({ put: [{ key: 'k', value: bytes(1) }] }));
      expect(await other.load('c')).toEqual([{ key: 'k', value: bytes(1) }]);
      await other.write('c', change({ put: [{ key: 'k', value: bytes(2) }] }));
      await other.close();
      expect(await store.load('c')).toEqual([{ key: 'k', value: bytes(2) }]);
    });

    it('carries out writes in the order they were made', async () => {
      const writes: Promise<void>[] = [];
      for (let i = 0; i < 50; i++) writes.push(store.write('c', change({ put: [{ key: 'k', value: bytes(i) }] })));
      await Promise.all(writes);
      expect(await store.load('c')).toEqual([{ key: 'k', value: bytes(49) }]);
    });

    it('refuses everything after close', async () => {
      await store.close();
      await expectStoreError(store.load('c'), 'closed');
      await expectStoreError(store.write('c', change({})), 'closed');
      await expectStoreError(store.channels(), 'closed');
    });

    it('changes nothing when there is no room, and says so', async ({ skip }) => {
      if (!fixture.fillUp) return skip();
      await store.write('c', change({ put: [{ key: 'a', value: bytes(1) }] }));
      fixture.fillUp();
      const write = store.write('c', change({ put: [{ key: 'b', value: new Uint8Array(1_000) }], remove: ['a'] }));
      await expectStoreError(write, 'quota');
      expect(await store.load('c')).toEqual([{ key: 'a', value: bytes(1) }]);
    });
  });
}

export async function expectStoreError(promise: Promise<unknown>, kind: StoreErrorKind): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'StoreError', kind });
}
