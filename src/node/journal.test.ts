// What a node keeps and finds again, damage included.

import { describe, expect, it } from 'vitest';
import type { Height, Term } from '../base/ids.ts';
import { batchHash, type SignedBatch } from '../channel/batch.ts';
import type { Event } from '../channel/update.ts';
import { MemoryDisk, MemoryStore } from '../store/memory.ts';
import { batchesFrom, DESCRIPTION, RECORDS, snapshotAt, TRANSACTION } from './fixtures/records.ts';
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

const appended = (batch: SignedBatch | undefined): Event => {
  if (!batch) throw new Error('no such batch');
  return { kind: 'appended', batch };
};
const fail = (): never => {
  throw new Error('no such batch');
};
const truncated = (height: bigint): Event => ({ kind: 'truncated', height: height as Height });
const kept = <Kind extends Event['kind']>(events: readonly Event[], kind: Kind) =>
  events.filter((event): event is Extract<Event, { kind: Kind }> => event.kind === kind);
const batchesOf = (restored: { readonly events: readonly Event[] }) =>
  kept(restored.events, 'appended').map(({ batch }) => batch);
const heights = (batches: readonly { header: { firstHeight: bigint } }[]) =>
  batches.map((batch) => Number(batch.header.firstHeight));

describe('the journal', () => {
  it('[D3] gives back what was kept, in order', async () => {
    const [first, second, third, fourth] = batchesFrom(1n, 2, 1, 256, 1);
    const { store } = await written(
      [{ kind: 'promised', term: 3n as Term }, appended(first), appended(second)],
      [appended(third), { kind: 'queued', transaction: TRANSACTION }],
      [
        { kind: 'queued', transaction: { ...TRANSACTION, sequence: 300n } },
        { kind: 'dequeued', sequence: 7n },
      ],
      [{ kind: 'certified', certificate: RECORDS.certificate.certificate }],
      [appended(fourth)],
    );
    const restored = await restore(store, CHANNEL);
    expect(heights(batchesOf(restored))).toEqual([1, 3, 4, 260]);
    expect(kept(restored.events, 'promised')[0]?.term).toBe(3n);
    expect(kept(restored.events, 'queued').map(({ transaction }) => transaction.sequence)).toEqual([300n]);
    expect(kept(restored.events, 'certified')[0]?.certificate).toEqual(RECORDS.certificate.certificate);
    expect(restored.damaged).toEqual([]);
  });

  it('[N6] keeps nothing of a history that was given up, and what was queued', async () => {
    const genesis = { ...snapshotAt(5n), restarts: 1n };
    const { disk, store } = await written(
      batchesFrom(1n, 2, 8).map(appended),
      [{ kind: 'certified', certificate: RECORDS.certificate.certificate }, { kind: 'cutShort' }],
      [{ kind: 'queued', transaction: TRANSACTION }, { kind: 'forgotten' }, { kind: 'snapshot', snapshot: genesis }],
    );
    const { events, damaged } = await restore(store, CHANNEL);
    expect(events.map(({ kind }) => kind).sort()).toEqual(['queued', 'snapshot']);
    expect(kept(events, 'snapshot')[0]?.snapshot).toEqual(genesis);
    expect([damaged, disk.channels.get(CHANNEL)?.size]).toEqual([[], 2]);
  });

  it('[D3] keeps the basis, to start from while the chain is down', async () => {
    const store = new MemoryStore();
    const basis = { description: DESCRIPTION, genesis: [], modules: [RECORDS.module.module] };
    await store.write(CHANNEL, basisChange(basis));
    const restored = await restore(store, CHANNEL);
    expect(restored.basis).toMatchObject(basis);
  });

  it('[L4] takes back and appends again in one write', async () => {
    const old = batchesFrom(1n, 1, 1, 1);
    const [, second, third] = batchesFrom(1n, 1, 5, 1);
    const { store } = await written(old.map(appended), [
      truncated(1n),
      appended(second),
      appended(third),
      truncated(6n),
    ]);
    const restored = await restore(store, CHANNEL);
    expect(batchesOf(restored).map(({ header }) => [Number(header.firstHeight), header.count])).toEqual([
      [1, 1],
      [2, 5],
    ]);
  });

  it('[X5] replaces the batches up to a snapshot by it', async () => {
    const batches = batchesFrom(1n, 1, 3, 1);
    const snapshot = snapshotAt(4n);
    const position = { ...snapshot.position, hash: batchHash(batchesFrom(1n, 1, 3)[1]?.header ?? fail()) };
    const { store } = await written(batches.map(appended), [{ kind: 'snapshot', snapshot: { ...snapshot, position } }]);
    const restored = await restore(store, CHANNEL);
    expect(kept(restored.events, 'snapshot')[0]?.snapshot.position.height).toBe(4n);
    expect(heights(batchesOf(restored))).toEqual([5]);
  });

  it('[X5] leaves nothing of a history that a snapshot from a peer has replaced', async () => {
    const stale = batchesFrom(1n, 1, 1, 1, 1, 1, 1);
    const next = batchesFrom(3n, 3, 1);
    const { store } = await written(stale.map(appended), [
      { kind: 'snapshot', snapshot: snapshotAt(2n) },
      ...next.map(appended),
    ]);
    const restored = await restore(store, CHANNEL);
    expect(batchesOf(restored)).toEqual(next);
  });

  it('[D1] ends the history before a damaged batch, for good', async () => {
    const { disk, store } = await written(batchesFrom(1n, 1, 1, 1, 1).map(appended));
    const records = disk.channels.get(CHANNEL);
    const damaged = [...(records?.keys() ?? [])].find((key) => key.endsWith('03')) ?? '';
    records?.get(damaged)?.fill(0);
    const restored = await restore(store, CHANNEL);
    expect(heights(batchesOf(restored))).toEqual([1, 2]);
    expect(restored.damaged).toHaveLength(2);
    expect((await restore(store, CHANNEL)).damaged).toEqual([]);
  });

  it('[D4] remembers that damage has cut the history short until the channel is mended', async () => {
    const { disk, store } = await written(batchesFrom(1n, 1, 1).map(appended));
    expect(kept((await restore(store, CHANNEL)).events, 'cutShort')).toHaveLength(0);
    const records = disk.channels.get(CHANNEL);
    records?.get([...records.keys()].at(-1) ?? '')?.fill(0);
    for (let start = 0; start < 3; start++) {
      expect(kept((await restore(store, CHANNEL)).events, 'cutShort')).toHaveLength(1);
    }
    const builder = new StoreChangeBuilder();
    builder.add({ kind: 'mended' });
    await store.write(CHANNEL, builder.build());
    expect(kept((await restore(store, CHANNEL)).events, 'cutShort')).toHaveLength(0);
  });

  it('[D4] does not take a damaged queue or module for a damaged history', async () => {
    const { disk, store } = await written([
      appended(batchesFrom(1n, 1)[0]),
      { kind: 'queued', transaction: TRANSACTION },
    ]);
    const records = disk.channels.get(CHANNEL);
    for (const [key, value] of records ?? []) if (key.startsWith('queued/')) value.fill(0);
    const restored = await restore(store, CHANNEL);
    expect(restored.damaged).toHaveLength(1);
    expect(kept(restored.events, 'cutShort')).toHaveLength(0);
  });

  it('[D1] loses the whole history with a damaged snapshot, but no promise and nothing queued', async () => {
    const { disk, store } = await written([
      { kind: 'snapshot', snapshot: snapshotAt(4n) },
      { kind: 'promised', term: 9n as Term },
      { kind: 'queued', transaction: TRANSACTION },
      ...batchesFrom(5n, 1).map(appended),
    ]);
    disk.channels.get(CHANNEL)?.get('snapshot')?.fill(1, 2, 3);
    const restored = await restore(store, CHANNEL);
    expect(kept(restored.events, 'snapshot')).toEqual([]);
    expect(batchesOf(restored)).toEqual([]);
    expect(kept(restored.events, 'promised')[0]?.term).toBe(9n);
    expect(kept(restored.events, 'queued')).toHaveLength(1);
  });

  it('[D1] does not use a basis of which a module is damaged', async () => {
    const disk = new MemoryDisk();
    const store = new MemoryStore(disk);
    await store.write(
      CHANNEL,
      basisChange({ description: DESCRIPTION, genesis: [], modules: [RECORDS.module.module] }),
    );
    const records = disk.channels.get(CHANNEL);
    for (const [key, value] of records ?? []) if (key.startsWith('module/')) value.fill(0);
    expect((await restore(store, CHANNEL)).basis).toBeUndefined();
  });
});
