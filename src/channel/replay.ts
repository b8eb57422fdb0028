// Coming back after a restart ([D3]): the persisted events, replayed. Nothing here asks the chain or the clock: what was persisted was
// judged when it came in; only the execution is done again, and must come to the same.

import { bytesEqual } from '../base/bytes.ts';
import type { Certificate, SignedBatch } from './batch.ts';
import { executeAndCompare } from './execution.ts';
import { type Facts, ownRecord } from './facts.ts';
import { baseOf, History, isGenesis, rootOf } from './history.ts';
import { restoreOutbox } from './outbox.ts';
import type { MemberTransaction } from './transaction.ts';
import type { Event } from './update.ts';

export function replay(facts: Facts, events: readonly Event[]): void {
  const queued = new Map<bigint, MemberTransaction>();
  let certificate: Certificate | undefined;
  for (const event of events) {
    switch (event.kind) {
      case 'snapshot': {
        const base = baseOf(event.snapshot);
        if (isGenesis(base.position)) facts.genesisRoot = rootOf(base.world);
        replaceBase(facts, new History(base));
        break;
      }
      case 'forgotten':
        facts.history = undefined;
        certificate = undefined;
        facts.storeGoesBeyond = false;
        facts.cutShort = false;
        break;
      case 'appended':
        appendAgain(facts, event.batch);
        break;
      case 'truncated': {
        const place = facts.history?.placeAt(event.height);
        if (place !== undefined && place >= (facts.history?.finalCount ?? 0)) facts.history?.takeBackTo(place);
        break;
      }
      case 'promised':
        if (event.term > facts.term) facts.term = event.term;
        break;
      case 'certified':
        if (certificate === undefined || event.certificate.height >= certificate.height)
          certificate = event.certificate;
        break;
      case 'queued':
        queued.set(event.transaction.sequence, event.transaction);
        break;
      case 'dequeued':
        queued.delete(event.sequence);
        break;
      case 'cutShort':
      case 'mended':
        facts.cutShort = event.kind === 'cutShort';
        break;
    }
  }
  if (certificate) finalizeAgain(facts, certificate);
  if (facts.storeGoesBeyond) facts.cutShort = true;
  restoreOutbox(facts, [...queued.values()]);
  facts.wasMember = ownRecord(facts) !== undefined;
}

/** A snapshot below the tip ([X5]) keeps what follows it; one that came from a peer starts anew. */
function replaceBase(facts: Facts, replacement: History): void {
  const { history } = facts;
  const place = history?.placeOf(replacement.base.position.hash);
  if (history && place !== undefined) history.trimTo(place);
  else facts.history = replacement;
}

/** A batch that does not fit or does not come to the same ends the history there ([D1]); the store is told at the first update. */
function appendAgain(facts: Facts, batch: SignedBatch): void {
  const { history, options } = facts;
  if (history === undefined) return;
  const { header } = batch;
  if (!bytesEqual(header.previousHash, history.tip.hash) || header.firstHeight !== history.tip.height + 1n) {
    facts.storeGoesBeyond = true;
    return;
  }
  const runner = { executor: options.executor, creator: options.creator };
  const execution = executeAndCompare(runner, history.world, header, batch.transactions, batch.effects);
  if ('index' in execution || !bytesEqual(execution.root, header.rootAfter)) {
    facts.storeGoesBeyond = true;
    return;
  }
  history.append(batch, execution);
}

function finalizeAgain(facts: Facts, certificate: Certificate): void {
  const { history } = facts;
  const place = history?.placeOf(certificate.batchHash);
  // [D4] What was final here is gone, even if no record was seen to be damaged.
  if (history && certificate.height > history.tip.height) facts.storeGoesBeyond = true;
  if (history === undefined || place === undefined || place <= history.finalCount) return;
  history.finalize(certificate);
}
