// Turns a channel's events into changes of the store, and a store's records back into what the channel restarts from (section D of
// docs/protocol.md). Holds no history itself.

import { bytesEqual } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import type { Term } from '../base/ids.ts';
import { batchHash, type Certificate, lastHeight, type SignedBatch } from '../channel/batch.ts';
import type { Snapshot } from '../channel/messages.ts';
import type { MemberTransaction } from '../channel/transaction.ts';
import type { Event } from '../channel/update.ts';
import type { ChannelModule } from '../ports/chain.ts';
import type { Store, StoreChange, StoredRecord } from '../ports/store.ts';
import {
  batchKeyAt,
  type ChannelBasis,
  decodeRecord,
  encodeRecord,
  queuedKey,
  type Record,
  recordKey,
} from './records.ts';

/** After every height: keys are 16 hex digits. */
const AFTER_BATCHES = 'batch/g';

/** What a restarted node finds ([D3]). */
export interface Restored {
  readonly basis?: ChannelBasis;
  /** What the channel is restored from, in an order in which it could have happened. */
  readonly events: readonly Event[];
  /** Keys of records that were not whole, or that nothing leads to any more. They are gone from the store. */
  readonly damaged: readonly string[];
}

/** Gathers events, in order, into one atomic change. */
export class StoreChangeBuilder {
  readonly #put = new Map<string, StoredRecord>();
  readonly #remove = new Set<string>();
  readonly #ranges: { from: string; to: string }[] = [];

  get isEmpty(): boolean {
    return this.#put.size === 0 && this.#remove.size === 0 && this.#ranges.length === 0;
  }

  add(event: Event): void {
    switch (event.kind) {
      case 'appended':
        this.put({ kind: 'batch', batch: event.batch });
        return;
      case 'truncated':
        this.#removeRange(batchKeyAt(event.height + 1n), AFTER_BATCHES);
        return;
      case 'promised':
        this.put({ kind: 'promised', term: event.term });
        return;
      case 'certified':
        this.put({ kind: 'certificate', certificate: event.certificate });
        return;
      case 'queued':
        this.put({ kind: 'queued', transaction: event.transaction });
        return;
      case 'dequeued':
        this.#removeKey(queuedKey(event.sequence));
        return;
      case 'cutShort':
        this.put({ kind: 'cutShort' });
        return;
      case 'mended':
        this.#removeKey('cutShort');
        return;
      case 'forgotten':
        this.#removeRange(batchKeyAt(0n), AFTER_BATCHES);
        for (const kind of ['snapshot', 'certificate', 'cutShort']) this.#removeKey(kind);
        return;
      case 'snapshot':
        this.#removeRange(batchKeyAt(0n), batchKeyAt(event.snapshot.position.height + 1n));
        this.put({ kind: 'snapshot', snapshot: event.snapshot });
        return;
      default:
        unreachable(event);
    }
  }

  put(record: Record): void {
    const stored = encodeRecord(record);
    this.#put.set(stored.key, stored);
  }

  build(): StoreChange {
    // The store removes first: what was put after a removal of the same key stays.
    return { put: [...this.#put.values()], remove: [...this.#remove], removeRanges: this.#ranges };
  }

  #removeKey(key: string): void {
    this.#put.delete(key);
    this.#remove.add(key);
  }

  #removeRange(from: string, to: string): void {
    for (const key of [...this.#put.keys()]) if (key >= from && key < to) this.#put.delete(key);
    this.#ranges.push({ from, to });
  }
}

/**
 * Reads a channel's records and throws out, from the store too, whatever is damaged: a batch and all after it, or a snapshot and the whole
 * history, which then comes from the peers again ([D1]). That the history was cut short is kept until the channel has made up for it ([D4]).
 *
 * @throws StoreError
 */
export async function restore(store: Store, channel: string): Promise<Restored> {
  const damaged: string[] = [];
  const byKind = new RecordsByKind();
  for (const stored of await store.load(channel)) {
    const record = decodeRecord(stored);
    if (record) byKind.add(record);
    else damaged.push(stored.key);
  }
  const isSnapshotDamaged = damaged.includes('snapshot');
  const { kept, dropped } = unbroken(
    byKind.batches,
    isSnapshotDamaged ? undefined : byKind.snapshot,
    isSnapshotDamaged,
  );
  damaged.push(...dropped.map((batch) => recordKey({ kind: 'batch', batch })));
  const isBasisWhole =
    byKind.basis !== undefined && !damaged.some((key) => key === 'basis' || key.startsWith('module/'));
  const isCutNow = damaged.some(isOfHistory);
  const isCutShort = isCutNow || byKind.isCutShort;
  if (damaged.length > 0) {
    const put = isCutNow ? [encodeRecord({ kind: 'cutShort' })] : [];
    await store.write(channel, { put, remove: damaged, removeRanges: [] });
  }
  const { basis, modules, snapshot, promised, certificate, queued } = byKind;
  const events: Event[] = [];
  if (promised !== undefined) events.push({ kind: 'promised', term: promised });
  if (snapshot) events.push({ kind: 'snapshot', snapshot });
  for (const batch of kept) events.push({ kind: 'appended', batch });
  if (certificate) events.push({ kind: 'certified', certificate });
  for (const transaction of queued) events.push({ kind: 'queued', transaction });
  if (isCutShort) events.push({ kind: 'cutShort' });
  return { ...(isBasisWhole && basis && { basis: { ...basis, modules } }), events, damaged };
}

export function basisChange(basis: ChannelBasis): StoreChange {
  const builder = new StoreChangeBuilder();
  const { description, genesis } = basis;
  builder.put({ kind: 'basis', description, ...(genesis && { genesis }) });
  for (const module of basis.modules) builder.put({ kind: 'module', module });
  return builder.build();
}

class RecordsByKind {
  basis: Extract<Record, { kind: 'basis' }> | undefined;
  readonly modules: ChannelModule[] = [];
  snapshot: Snapshot | undefined;
  readonly batches: SignedBatch[] = [];
  promised: Term | undefined;
  certificate: Certificate | undefined;
  readonly queued: MemberTransaction[] = [];
  isCutShort = false;

  add(record: Record): void {
    switch (record.kind) {
      case 'basis':
        this.basis = record;
        return;
      case 'module':
        this.modules.push(record.module);
        return;
      case 'snapshot':
        this.snapshot = record.snapshot;
        return;
      case 'batch':
        this.batches.push(record.batch);
        return;
      case 'promised':
        this.promised = record.term;
        return;
      case 'certificate':
        this.certificate = record.certificate;
        return;
      case 'queued':
        this.queued.push(record.transaction);
        return;
      case 'cutShort':
        this.isCutShort = true;
        return;
      default:
        unreachable(record);
    }
  }
}

/** Not what the chain or the members' transactions bring back by themselves. */
function isOfHistory(key: string): boolean {
  return key !== 'basis' && !key.startsWith('module/') && !key.startsWith('queued/');
}

/** The batches that follow one another from the snapshot (or from height 0) on; the rest has lost its beginning, or its place. */
function unbroken(
  batches: readonly SignedBatch[],
  snapshot: Snapshot | undefined,
  isBeginningLost: boolean,
): { readonly kept: SignedBatch[]; readonly dropped: SignedBatch[] } {
  const kept: SignedBatch[] = [];
  const dropped: SignedBatch[] = [];
  let next = (snapshot?.position.height ?? 0n) + 1n;
  let hash = snapshot?.position.hash;
  for (const batch of batches) {
    const { firstHeight, previousHash } = batch.header;
    const isNext = firstHeight === next && (hash === undefined || bytesEqual(previousHash, hash));
    if (isBeginningLost || !isNext) {
      dropped.push(batch);
      continue;
    }
    kept.push(batch);
    next = lastHeight(batch.header) + 1n;
    hash = batchHash(batch.header);
  }
  return { kept, dropped };
}
