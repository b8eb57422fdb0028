// One node's durable memory: what a real store keeps of the events, as records under keys, and the events that it gives back.

import { bytesEqual } from '../../base/bytes.ts';
import type { Height } from '../../base/ids.ts';
import { type Certificate, lastHeight, type SignedBatch } from '../../channel/batch.ts';
import type { Snapshot } from '../../channel/messages.ts';
import type { MemberTransaction } from '../../channel/transaction.ts';
import type { Event } from '../../channel/update.ts';

export class SimStore {
  snapshot: Snapshot | undefined;
  readonly batches = new Map<bigint, SignedBatch>();
  term = 0n;
  certificate: Certificate | undefined;
  readonly queue = new Map<bigint, MemberTransaction>();
  cutShort = false;

  write(events: readonly Event[]): void {
    for (const event of events) this.#write(event);
  }

  /** The events that bring a channel back to where the store is. */
  load(): Event[] {
    const events: Event[] = [];
    if (this.snapshot) events.push({ kind: 'snapshot', snapshot: this.snapshot });
    for (const batch of this.history()) events.push({ kind: 'appended', batch });
    if (this.term > 0n) events.push({ kind: 'promised', term: this.term as SignedBatch['header']['term'] });
    if (this.certificate) events.push({ kind: 'certified', certificate: this.certificate });
    for (const transaction of this.queue.values()) events.push({ kind: 'queued', transaction });
    if (this.cutShort) events.push({ kind: 'cutShort' });
    return events;
  }

  /** [D1] Loses the last so many batches, and knows that it did. Returns how many there were to lose. */
  tear(count: number): number {
    const lost = this.history().slice(-count);
    for (const { header } of lost) this.batches.delete(header.firstHeight);
    if (lost.length > 0) this.cutShort = true;
    return lost.length;
  }

  /** Batches after the snapshot, in order. */
  history(): SignedBatch[] {
    return [...this.batches.values()].sort((a, b) => (a.header.firstHeight < b.header.firstHeight ? -1 : 1));
  }

  #write(event: Event): void {
    switch (event.kind) {
      case 'snapshot':
        this.snapshot = event.snapshot;
        this.#remove((height) => height <= event.snapshot.position.height);
        // A snapshot from elsewhere does not continue what was here.
        if (!this.#continues()) this.#remove(() => true);
        break;
      case 'forgotten':
        this.snapshot = undefined;
        this.certificate = undefined;
        this.cutShort = false;
        this.batches.clear();
        break;
      case 'appended':
        this.batches.set(event.batch.header.firstHeight, event.batch);
        break;
      case 'truncated':
        this.#remove((height) => height > event.height);
        break;
      case 'promised':
        this.term = event.term;
        break;
      case 'certified':
        this.certificate = event.certificate;
        break;
      case 'queued':
        this.queue.set(event.transaction.sequence, event.transaction);
        break;
      case 'dequeued':
        this.queue.delete(event.sequence);
        break;
      case 'cutShort':
      case 'mended':
        this.cutShort = event.kind === 'cutShort';
        break;
    }
  }

  #continues(): boolean {
    const [first] = this.history();
    return this.snapshot !== undefined && first !== undefined
      ? bytesEqual(first.header.previousHash, this.snapshot.position.hash)
      : false;
  }

  #remove(isGone: (last: Height) => boolean): void {
    for (const [key, batch] of this.batches) if (isGone(lastHeight(batch.header))) this.batches.delete(key);
  }
}
