import { describe, expect, it } from 'vitest';
import type { Height, Term } from '../base/ids.ts';
import type { Event } from '../channel/update.ts';
import { MemoryDisk, MemoryStore } from '../store/memory.ts';
import { batchAt, DESCRIPTION, RECORDS, snapshotAt, TRANSACTION } from './fixtures/records.ts';
import { basisChange, restore, StoreChangeBuilder } from './journal.ts';

const CHANNEL = 'channel';

async function written(...updates: (readonly Event[])[]): Promise<{ disk: MemoryDisk; store: MemoryStore }> {
  const disk = new MemoryDisk();
  const store = new MemoryStore(disk);
  for (const events of updates) {
    const builder = new StoreChangeBuilder();
    for (const event of events) builder.add(event);
    await store.write(CHANNEL, builder.build());
  }
  return { disk, store };
}

const appended = (firstHeight: bigint, count = 1): Event => ({ kind: 'appended', batch: batchAt(firstHeight, count) });
const truncated = (height: bigint): Event => ({ kind: 'truncated', height: height as Height });
const heights = (batches: readonly { header: { firstHeight: bigint } }[]) =>
  batches.map((batch) => Number(batch.header.firstHeight));

describe('the journal', () => {
  it('[D3] gives back what was kept, in order', async () => {
    const { store } = await written(
      [{ kind: 'promised', term: 3n as Term }, appended(1n, 2), appended(3n)],
      [appended(4n, 256), { kind: 'queued', transaction: TRANSACTION }],
      [
        { kind: 'queued', transaction: { ...TRANSACTION, sequence: 300n } },
        { kind: 'dequeued', sequence: 7n },
      ],
      [{ kind: 'certified', certificate: RECORDS.certificate.certificate }],
      [appended(260n)],
    );
    const restored = await restore(store, CHANNEL);
    expect(heights(restored.batches)).toEqual([1, 3, 4, 260]);
    expect(restored.promised).toBe(3n);
    expect(restored.queued.map(({ sequence }) => sequence)).toEqual([300n]);
    expect(restored.certificate).toEqual(RECORDS.certificate.certificate);
    expect(restored.damaged).toEqual([]);
  });

  it('[D3] keeps the basis, to start from while the chain is down', async () => {
    const store = new MemoryStore();
    const basis = { description: DESCRIPTION, genesisState: new Uint8Array([1]), modules: [RECORDS.module.module] };
    await store.write(CHANNEL, basisChange(basis));
    const restored = await restore(store, CHANNEL);
    expect(restored.basis).toMatchObject(basis);
  });

  it('[L4] takes back and appends again in one write', async () => {
    const { store } = await written(
      [appended(1n), appended(2n), appended(3n)],
      [truncated(1n), appended(2n, 5), appended(7n), truncated(6n)],
    );
    const restored = await restore(store, CHANNEL);
    expect(restored.batches.map(({ header }) => [Number(header.firstHeight), header.count])).toEqual([
      [1, 1],
      [2, 5],
    ]);
  });

  it('[X5] replaces the batches up to a snapshot by it', async () => {
    const { store } = await written(
      [appended(1n), appended(2n, 3), appended(5n)],
      [{ kind: 'snapshot', snapshot: snapshotAt(4n) }],
    );
    const restored = await restore(store, CHANNEL);
    expect(restored.snapshot?.position.height).toBe(4n);
    expect(heights(restored.batches)).toEqual([5]);
  });

  it('[D1] ends the history before a damaged batch, for good', async () => {
    const { disk, store } = await written([appended(1n), appended(2n), appended(3n), appended(4n)]);
    const records = disk.channels.get(CHANNEL);
    const damaged = [...(records?.keys() ?? [])].find((key) => key.endsWith('03')) ?? '';
    records?.get(damaged)?.fill(0);
    const restored = await restore(store, CHANNEL);
    expect(heights(restored.batches)).toEqual([1, 2]);
    expect(restored.damaged).toHaveLength(2);
    expect((await restore(store, CHANNEL)).damaged).toEqual([]);
  });

  it('[D1] loses the whole history with a damaged snapshot, but no promise and nothing queued', async () => {
    const { disk, store } = await written([
      { kind: 'snapshot', snapshot: snapshotAt(4n) },
      { kind: 'promised', term: 9n as Term },
      { kind: 'queued', transaction: TRANSACTION },
      appended(5n),
    ]);
    disk.channels.get(CHANNEL)?.get('snapshot')?.fill(1, 2, 3);
    const restored = await restore(store, CHANNEL);
    expect(restored.snapshot).toBeUndefined();
    expect(restored.batches).toEqual([]);
    expect(restored.promised).toBe(9n);
    expect(restored.queued).toHaveLength(1);
  });

  it('[D1] does not use a basis of which a module is damaged', async () => {
    const disk = new MemoryDisk();
    const store = new MemoryStore(disk);
    await store.write(
      CHANNEL,
      basisChange({ description: DESCRIPTION, genesisState: new Uint8Array(), modules: [RECORDS.module.module] }),
    );
    const records = disk.channels.get(CHANNEL);
    for (const [key, value] of records ?? []) if (key.startsWith('module/')) value.fill(0);
    expect((await restore(store, CHANNEL)).basis).toBeUndefined();
  });
});
