// Following: taking in the leader's batches one after another ([B3], [B4]), waiting where the chain must show something first, and
// acknowledging what was executed and persisted ([F1]).

import type { Bytes } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import { type Acknowledgement, acknowledgementSigningMessage, type SignedBatch } from './batch.ts';
import { disputed } from './batch-rules.ts';
import { raiseDispute } from './dispute.ts';
import { type Facts, isLeaderByChain, leaderKey, linkOf, ownRecord } from './facts.ts';
import { sayHello } from './hello.ts';
import { disputeOf, type Intake, takeIn } from './intake.ts';
import { ACKNOWLEDGEMENT_BACKLOG_MAX, BATCH_PATIENCE_MS, RESEND_MS } from './limits.ts';
import { noteClaimed } from './outbox.ts';
import { distrust, noteMended } from './recovery.ts';
import type { Turn } from './turn.ts';

export function onBatch(turn: Turn, from: NodeKey, batch: SignedBatch): void {
  const { facts } = turn;
  const { history } = facts;
  if (history === undefined || facts.dispute) return;
  if (batch.header.term > facts.term) {
    turn.refreshChain();
    return;
  }
  if (from !== leaderKey(facts) || batch.header.leader !== from || batch.header.term !== facts.term) {
    turn.refuse(from, '[B3] not of the current term and its leader');
    return;
  }
  if (facts.waiting) {
    facts.missedBatches = true;
    return;
  }
  noteClaimed(turn, batch);
  const intake = takeIn(turn, history, batch);
  // A leader sends its batches in order: this one stands on all that it has.
  if (intake.kind === 'taken') noteMended(turn);
  afterIntake(turn, from, batch, intake);
}

/** What follows from an intake, for live batches and for history alike. */
export function afterIntake(turn: Turn, from: NodeKey, batch: SignedBatch, intake: Intake): void {
  const { facts } = turn;
  switch (intake.kind) {
    case 'taken':
      noteTaken(facts);
      return;
    case 'apart':
      sayHello(turn, from);
      return;
    case 'wait':
      facts.waiting ??= { batch, from, sinceMs: turn.nowMs };
      turn.refreshChain();
      return;
    case 'refused':
      turn.refuse(from, intake.reason);
      return;
    case 'disputed':
      disputeOf(turn, intake);
      return;
    case 'known':
    case 'superseded':
      return;
  }
}

/** Tries a waiting batch again: the chain has been read, or time has passed. */
export function retryWaiting(turn: Turn): void {
  const { facts } = turn;
  const { waiting, history } = facts;
  if (waiting === undefined || history === undefined) return;
  const intake = takeIn(turn, history, waiting.batch);
  if (intake.kind === 'wait') {
    const overdue = turn.nowMs - waiting.sinceMs > BATCH_PATIENCE_MS;
    if (!overdue) {
      turn.refreshChain();
      return;
    }
    facts.waiting = undefined;
    // While recovering this node leads itself; whoever sent such a batch is merely not taken at its word.
    if (isLeaderByChain(facts)) distrust(turn, waiting.from);
    else raiseDispute(turn, disputed('transaction', waiting.batch, intake.reason).dispute);
    return;
  }
  facts.waiting = undefined;
  if (isLeaderByChain(facts) && (intake.kind === 'disputed' || intake.kind === 'refused')) {
    distrust(turn, waiting.from);
    return;
  }
  afterIntake(turn, waiting.from, waiting.batch, intake);
  if (intake.kind === 'disputed') return;
  facts.missedBatches = false;
  sayHello(turn, waiting.from);
}

/** Queues the tip for acknowledgement. */
function noteTaken(facts: Facts): void {
  const { history, toAcknowledge } = facts;
  if (history === undefined || history.tip.term !== facts.term) return;
  toAcknowledge.push(history.tip);
  if (toAcknowledge.length > ACKNOWLEDGEMENT_BACKLOG_MAX) toAcknowledge.splice(0, toAcknowledge.length - 1);
}

/** Signs the next acknowledgement that is due, and repeats the last one while it has not led to a certificate. */
export function driveAcknowledgements(turn: Turn): void {
  const { facts } = turn;
  const { history } = facts;
  const leader = leaderKey(facts);
  if (history === undefined || leader === undefined || isLeaderByChain(facts) || facts.dispute) return;
  if (ownRecord(facts) === undefined) return;
  repeatLast(turn, leader);
  if (facts.acknowledging) return;

  const { tip } = history;
  const isCovered = facts.lastAcknowledgement?.acknowledgement.height === tip.height || tip.term !== facts.term;
  if (facts.toAcknowledge.length === 0 && !isCovered && tip.height > history.finalPosition.height) {
    facts.toAcknowledge.push(tip);
  }
  for (let next = facts.toAcknowledge.shift(); next; next = facts.toAcknowledge.shift()) {
    if (next.term !== facts.term || history.placeOf(next.hash) === undefined) continue;
    const acknowledgement = {
      term: next.term,
      height: next.height,
      batchHash: next.hash,
      signer: facts.options.self.nodeKey,
    };
    const message = acknowledgementSigningMessage(facts.options.scope, acknowledgement);
    facts.acknowledging = turn.sign({ kind: 'acknowledgement', acknowledgement }, message);
    return;
  }
}

/** [F1] Not if the term has changed meanwhile, or the batch was taken back. */
export function onAcknowledgementSigned(
  turn: Turn,
  unsigned: Omit<Acknowledgement, 'signature'>,
  signature: Bytes,
): void {
  const { facts } = turn;
  facts.acknowledging = false;
  const leader = leaderKey(facts);
  if (unsigned.term !== facts.term || facts.dispute || leader === undefined) return;
  if (facts.history?.placeOf(unsigned.batchHash) === undefined) return;
  const acknowledgement: Acknowledgement = { ...unsigned, signature };
  facts.lastAcknowledgement = { acknowledgement, sentMs: turn.nowMs };
  turn.send(leader, { kind: 'acknowledgement', acknowledgement });
}

function repeatLast(turn: Turn, leader: NodeKey): void {
  const { history, lastAcknowledgement: last, term } = turn.facts;
  if (last === undefined || last.acknowledgement.term !== term || history === undefined) return;
  if (turn.nowMs - last.sentMs < RESEND_MS || linkOf(turn.facts, leader) === 'lost') return;
  const place = history.placeOf(last.acknowledgement.batchHash);
  if (place === undefined || place <= history.finalCount) return;
  last.sentMs = turn.nowMs;
  turn.send(leader, { kind: 'acknowledgement', acknowledgement: last.acknowledgement });
}
