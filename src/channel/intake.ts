// Taking a batch into the history, and taking batches back out: the two places where the history changes, with everything that hangs
// on them (events first, then the outbox, the pool and what clients are told).

import { bytesEqual } from '../base/bytes.ts';
import { areTwins, noteTwins, noteWrong } from './accusations.ts';
import { batchHash, lastHeight, type SignedBatch } from './batch.ts';
import { disputed, judgeBatch } from './batch-rules.ts';
import { raiseDispute } from './dispute.ts';
import type { Execution } from './execution.ts';
import type { Facts } from './facts.ts';
import { type Entry, type History, isGenesis } from './history.ts';
import { memberByKey } from './ledger.ts';
import { noteAppended, noteTakenBack } from './outbox.ts';
import { forgetPooled } from './pool.ts';
import type { Turn } from './turn.ts';
import type { Dispute, Notice } from './update.ts';

const TWINS = '[B6] two batches signed for one height and term';

export type Intake =
  | { readonly kind: 'taken' }
  /** In the history already, or before its base. */
  | { readonly kind: 'known' }
  /** What it follows is not in this history: ask for what is between. */
  | { readonly kind: 'apart' }
  /** A newer term has put another batch in its place. */
  | { readonly kind: 'superseded' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'disputed'; readonly dispute: Dispute };

/**
 * Judges a batch and, if all is well, appends it; where it forks off below the tip it takes the place of batches of older terms
 * ([L4]): whoever was leader of the newer term had to carry on from everything that could be final. `overNewer`: of any others, as it
 * is part of a history that a still newer term has opened on. `overTwin`: even of one of the same term, where a later leader has chosen
 * between two that a dishonest one signed.
 */
export function takeIn(
  turn: Turn,
  history: History,
  batch: SignedBatch,
  options: { readonly overNewer?: boolean; readonly overTwin?: boolean } = {},
): Intake {
  const hash = batchHash(batch.header);
  if (history.placeOf(hash) !== undefined) return { kind: 'known' };
  if (lastHeight(batch.header) <= history.base.position.height) return { kind: 'known' };
  const parent = history.placeOf(batch.header.previousHash);
  if (parent === undefined) return { kind: 'apart' };
  const rival = history.entryAt(parent + 1);
  if (rival) {
    const rivalTerm = rival.batch.header.term;
    if (rivalTerm > batch.header.term && options.overNewer !== true) return { kind: 'superseded' };
    if (parent < history.finalCount) return disputed('conflict', batch, '[F3] it contradicts what is final here');
    if (rivalTerm === batch.header.term) {
      const twins = disputed('conflict', batch, TWINS);
      if (areTwins(rival.batch, batch)) noteTwins(turn, rival.batch, batch);
      if (options.overTwin !== true) return twins;
      // Which of the two holds is decided; that there are two is evidence all the same.
      turn.notify({ kind: 'dispute', dispute: twins.dispute });
    }
  }
  const before = history.worldAt(parent);
  const verdict = judgeBatch(turn.facts, turn.nowMs, batch, history.positionAt(parent), before);
  if (verdict.kind === 'disputed' && verdict.wrong) {
    const { height, replay } = verdict.wrong;
    const header = history.headerAt(parent);
    // Without the header of the batch before nothing shows the contract what this one builds on.
    const isShown = header !== undefined || isGenesis(history.positionAt(parent));
    const basis = replay && isShown ? { ...replay, before: { ...before, ...(header && { header }) } } : undefined;
    noteWrong(turn, batch, height, basis);
  }
  if (verdict.kind !== 'accepted') return verdict;
  if (rival) takeBack(turn, history, parent);
  append(turn, history, batch, verdict.execution);
  return { kind: 'taken' };
}

/** Whether the intake found that one leader has signed two batches for one place ([B6]), neither of them known to be final. */
export function isTwin(intake: Intake): boolean {
  if (intake.kind !== 'disputed') return false;
  const { kind, message } = intake.dispute;
  return kind === 'conflict' && message === TWINS;
}

export function append(turn: Turn, history: History, batch: SignedBatch, execution: Execution): void {
  const before = history.ledger;
  const entry = history.append(batch, execution);
  turn.event({ kind: 'appended', batch });
  // The changes first: whoever hears that its call was executed finds it in the state.
  turn.notify(changesNotice(entry, execution, before));
  noteAppended(turn, entry, execution);
  forgetPooled(turn.facts, entry.ledger);
  turn.statusChanged();
}

export function takeBack(turn: Turn, history: History, place: number): void {
  const { facts } = turn;
  const { height } = history.positionAt(place);
  const { dropped, changes } = history.takeBackTo(place);
  turn.event({ kind: 'truncated', height });
  facts.toAcknowledge.length = 0;
  facts.proposal = undefined;
  forgetLastAcknowledgement(facts, dropped);
  noteTakenBack(turn, dropped);
  turn.notify({ kind: 'tookBack', height, changes });
  turn.statusChanged();
}

/** Records the dispute that an intake ended with. */
export function disputeOf(turn: Turn, intake: Intake): void {
  if (intake.kind === 'disputed') raiseDispute(turn, intake.dispute);
}

function forgetLastAcknowledgement(facts: Facts, dropped: readonly Entry[]): void {
  const last = facts.lastAcknowledgement?.acknowledgement;
  if (last && dropped.some((entry) => bytesEqual(entry.position.hash, last.batchHash))) {
    facts.lastAcknowledgement = undefined;
  }
}

function changesNotice(entry: Entry, execution: Execution, before: Entry['ledger']): Notice {
  const { header, transactions } = entry.batch;
  return {
    kind: 'changes',
    fromHeight: header.firstHeight,
    toHeight: entry.position.height,
    changes: entry.changes,
    transactions: execution.outcomes.map((outcome, index) => {
      const transaction = transactions[index];
      const member = transaction?.kind === 'member' ? transaction : undefined;
      // The sender may have joined in this very batch.
      const record = member && (memberByKey(entry.ledger, member.sender) ?? memberByKey(before, member.sender));
      return {
        height: (header.firstHeight + BigInt(index)) as typeof header.firstHeight,
        ...(record && { sender: record.address }),
        ...(member && { sequence: member.sequence }),
        status: outcome.status,
        events: outcome.events,
      };
    }),
  };
}
