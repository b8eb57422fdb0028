// This node's own transactions from request to final ([T1], [T5]): numbered, signed, persisted, sent, followed through the history,
// sent again where that may have been in vain, and put back when a history that held them is taken back.

import { type Bytes, bytesEqual } from '../base/bytes.ts';
import type { SignedBatch } from './batch.ts';
import type { Execution } from './execution.ts';
import { type Facts, isLeaderByChain, isLeading, leaderKey, linkOf, type OutboxItem, ownRecord } from './facts.ts';
import type { Entry, History } from './history.ts';
import { type Ledger, memberByKey } from './ledger.ts';
import { OUTBOX_MAX, OUTBOX_WINDOW, RESEND_MS, WAITING_REQUESTS_MAX } from './limits.ts';
import { addToPool } from './pool.ts';
import {
  firstSequenceBefore,
  type MemberAction,
  type MemberTransaction,
  transactionDigest,
  transactionSigningMessage,
} from './transaction.ts';
import type { Turn } from './turn.ts';
import type { Grade, RequestId, TransactionStatus } from './update.ts';

const GIVEN_UP = 'the history was given up: nobody can say whether this was settled before';

export function onRequest(turn: Turn, id: RequestId, action: MemberAction): void {
  const { facts } = turn;
  const reason = refusalOf(facts);
  if (reason !== undefined) {
    turn.notify({ kind: 'requestRefused', request: id, reason });
    return;
  }
  facts.waitingRequests.push({ id, action });
}

function refusalOf(facts: Facts): string | undefined {
  if (facts.view?.closed) return 'the channel is closed';
  if (facts.view?.closing || facts.history?.ledger.closing) return 'the channel is closing';
  const { view, wasMember, options } = facts;
  // After a restart the chain may not have been seen yet: the request waits until it has.
  if (view && wasMember && !view.members.some(({ address }) => address === options.self.address))
    return 'no longer a member';
  if (ownRecord(facts)?.leaving) return 'leaving the channel';
  if (facts.outbox.length >= OUTBOX_MAX || facts.waitingRequests.length >= WAITING_REQUESTS_MAX) {
    return 'too many transactions are not final yet';
  }
  return undefined;
}

/** Numbers and signs what waits, and sends what is signed, to the leader or into this node's own pool. */
export function driveOutbox(turn: Turn): void {
  const { facts } = turn;
  const { history } = facts;
  const record = ownRecord(facts);
  if (history === undefined) return;
  if (record) dropOutdated(turn);
  // [D4] A number that was used and forgotten must not be used again.
  if (record && !facts.cutShort) numberWaiting(turn, record.lastSequence);
  if (facts.outbox.length === 0) return;
  if (isLeaderByChain(facts)) {
    poolOwn(facts, history.ledger);
    return;
  }
  const leader = leaderKey(facts);
  if (leader === undefined || record === undefined || facts.dispute || linkOf(facts, leader) === 'lost') return;
  let sent = 0;
  for (const item of facts.outbox) {
    if (item.inHistory !== 'no') continue;
    if (item.transaction === undefined || item.grade === undefined || sent >= OUTBOX_WINDOW) return;
    sent += 1;
    if (item.sentMs !== undefined && turn.nowMs - item.sentMs < RESEND_MS) continue;
    item.sentMs = turn.nowMs;
    turn.send(leader, { kind: 'transaction', transaction: item.transaction });
  }
}

/** [T5] A new leader, or a new link to it: everything may have been sent in vain. */
export function sendAllAgain(facts: Facts): void {
  for (const item of facts.outbox) item.sentMs = undefined;
}

/** The lowest number that is free; after a damaged store that may be one before others, which wait for it. */
function numberWaiting(turn: Turn, lastInHistory: bigint): void {
  const { facts } = turn;
  while (facts.waitingRequests.length > 0) {
    const next = facts.waitingRequests[0];
    if (next === undefined) return;
    let sequence = lastInHistory + 1n;
    let index = 0;
    for (const item of facts.outbox) {
      if (item.sequence > sequence) break;
      if (item.sequence === sequence) sequence += 1n;
      index += 1;
    }
    const item = newItem(next.id, next.action, sequence);
    if (!askSignature(turn, item)) return;
    facts.outbox.splice(index, 0, item);
    facts.waitingRequests.shift();
  }
}

function askSignature(turn: Turn, item: OutboxItem): boolean {
  const { options } = turn.facts;
  const { sequence, action } = item;
  const transaction = { kind: 'member' as const, sender: options.self.nodeKey, sequence, action };
  return turn.sign({ kind: 'transaction', item, transaction }, transactionSigningMessage(options.scope, transaction));
}

export function onTransactionSigned(
  turn: Turn,
  item: OutboxItem,
  unsigned: Omit<MemberTransaction, 'signature'>,
  signature: Bytes,
): void {
  if (!turn.facts.outbox.includes(item) || item.sequence !== unsigned.sequence) return;
  item.transaction = { ...unsigned, signature };
  // Queued in the order of their numbers, so that a crash never leaves a gap in the store.
  for (const next of turn.facts.outbox) {
    if (next.transaction === undefined) break;
    if (next.grade !== undefined) continue;
    turn.event({ kind: 'queued', transaction: next.transaction });
    grade(turn, next, 'queued');
  }
  turn.statusChanged();
}

function poolOwn(facts: Facts, ledger: Ledger): void {
  for (const item of facts.outbox) {
    if (item.inHistory !== 'no') continue;
    // A full pool takes the rest when it has room again.
    if (item.transaction === undefined || item.grade === undefined) return;
    if (addToPool(facts, ledger, item.transaction) !== undefined) return;
  }
}

/** The leader has put own transactions into a batch; it is not verified yet. */
export function noteClaimed(turn: Turn, batch: SignedBatch): void {
  if (isLeading(turn.facts) || turn.facts.outbox.length === 0) return;
  for (const transaction of batch.transactions) {
    const item = itemOf(turn.facts, transaction);
    if (item && item.grade === 'queued') grade(turn, item, 'executed');
  }
}

export function noteAppended(turn: Turn, entry: Entry, execution: Execution): void {
  const { facts } = turn;
  if (facts.outbox.length === 0) return;
  for (const [index, transaction] of entry.batch.transactions.entries()) {
    const item = itemOf(facts, transaction);
    if (item === undefined || transaction.kind !== 'member') continue;
    if (item.transaction && !bytesEqual(transactionDigest(item.transaction), transactionDigest(transaction))) {
      item.inHistory = 'another';
      continue;
    }
    item.inHistory = 'this';
    item.status = execution.outcomes[index]?.status;
    const height = entry.batch.header.firstHeight + BigInt(index);
    if (item.grade === 'queued') grade(turn, item, 'executed', height);
    grade(turn, item, 'verified', height);
  }
}

/** [L4] */
export function noteTakenBack(turn: Turn, dropped: readonly Entry[]): void {
  for (const entry of dropped) {
    for (const transaction of entry.batch.transactions) {
      const item = itemOf(turn.facts, transaction);
      if (item === undefined) continue;
      item.inHistory = 'no';
      item.status = undefined;
      item.sentMs = undefined;
      grade(turn, item, 'queued');
    }
  }
}

/** Final ones are done with. One whose number turned out to be taken is numbered anew, now that nothing can bring it back. */
export function noteFinal(turn: Turn, history: History): void {
  const { facts } = turn;
  dropOutdated(turn);
  const final = memberByKey(history.finalLedger, facts.options.self.nodeKey);
  if (final) {
    const displaced: OutboxItem[] = [];
    for (const item of [...facts.outbox]) {
      if (item.sequence > final.lastSequence) break;
      remove(turn, item);
      if (item.inHistory === 'another') displaced.push(item);
      else grade(turn, item, 'final');
    }
    for (const { request, action } of displaced) {
      facts.waitingRequests.push({ id: request ?? '', action });
    }
  }
  dropUnwanted(turn, history.finalLedger);
}

/** A snapshot took the history's place: what it covers is final, the rest has to be sent again. */
export function noteReplaced(turn: Turn, history: History): void {
  for (const item of turn.facts.outbox) {
    item.inHistory = 'no';
    item.sentMs = undefined;
  }
  noteFinal(turn, history);
}

/** [T4] Nothing of this node's can follow its leaving, or the channel's closing. */
function dropUnwanted(turn: Turn, ledger: Ledger): void {
  const { facts } = turn;
  const record = memberByKey(ledger, facts.options.self.nodeKey);
  const own = record?.joinSequence === ownRecord(facts)?.joinSequence ? record : undefined;
  const reason = ledger.closing ? 'the channel is closing' : own?.leaving ? 'leaving the channel' : undefined;
  if (reason === undefined) return;
  for (const item of facts.outbox.filter(({ inHistory }) => inHistory === 'no')) {
    remove(turn, item);
    if (item.request !== undefined) turn.notify({ kind: 'requestRefused', request: item.request, reason });
  }
  for (const { id } of facts.waitingRequests) turn.notify({ kind: 'requestRefused', request: id, reason });
  facts.waitingRequests = [];
}

/** After a restart: what the store had queued, against the history that it had. */
export function restoreOutbox(facts: Facts, transactions: readonly MemberTransaction[]): void {
  const own = ownRecord(facts);
  const inHistory = new Map<bigint, MemberTransaction>();
  const { history } = facts;
  if (history) {
    for (let place = 1; place <= history.length; place++) {
      for (const transaction of history.entryAt(place)?.batch.transactions ?? []) {
        if (transaction.kind !== 'member' || transaction.sender !== facts.options.self.nodeKey) continue;
        inHistory.set(transaction.sequence, transaction);
      }
    }
  }
  for (const transaction of [...transactions].sort((a, b) => (a.sequence < b.sequence ? -1 : 1))) {
    const item = newItem(undefined, transaction.action, transaction.sequence);
    item.transaction = transaction;
    item.grade = 'queued';
    const rival = inHistory.get(transaction.sequence);
    if (rival) {
      const same = bytesEqual(transactionDigest(rival), transactionDigest(transaction));
      item.inHistory = same ? 'this' : 'another';
      if (same) item.grade = 'verified';
    } else if (own && transaction.sequence <= own.lastSequence) {
      item.inHistory = 'this';
    }
    facts.outbox.push(item);
  }
}

/**
 * [N7] The history was given up. What is not in the chain's state for certain (`isKnown`: this node's history told all that is) keeps its
 * place until it can be numbered anew; of the rest nobody can say any more whether it was settled, and done twice it must not be.
 */
export function noteGivenUp(turn: Turn, isKnown: boolean): void {
  const { facts } = turn;
  for (const item of [...facts.outbox]) {
    if (item.transaction === undefined) {
      // Not signed yet: it has never left this node.
      remove(turn, item);
      facts.waitingRequests.push({ id: item.request ?? '', action: item.action });
    } else if (isKnown) {
      item.inHistory = 'no';
      item.status = undefined;
      item.sentMs = undefined;
      grade(turn, item, 'queued');
    } else {
      remove(turn, item);
      if (item.request !== undefined) turn.notify({ kind: 'requestRefused', request: item.request, reason: GIVEN_UP });
    }
  }
}

/** Forgets what was queued in an earlier membership: its numbers can never be in turn again. [N7] Of a history given up it is numbered anew. */
export function dropOutdated(turn: Turn): void {
  const { facts } = turn;
  const own = ownRecord(facts);
  const restarts = facts.history?.ledger.restarts;
  if (own === undefined || restarts === undefined) return;
  const before = firstSequenceBefore(own.joinSequence, restarts);
  // In order of their numbers: as a rule there is none.
  for (let item = facts.outbox[0]; item && item.sequence <= before; item = facts.outbox[0]) {
    remove(turn, item);
    const isOfMembership = item.sequence > firstSequenceBefore(own.joinSequence, 0n);
    if (isOfMembership) facts.waitingRequests.push({ id: item.request ?? '', action: item.action });
  }
}

function newItem(request: RequestId | undefined, action: MemberAction, sequence: bigint): OutboxItem {
  return {
    request: request === '' ? undefined : request,
    action,
    sequence,
    transaction: undefined,
    grade: undefined,
    status: undefined,
    inHistory: 'no',
    sentMs: undefined,
  };
}

function itemOf(facts: Facts, transaction: Entry['batch']['transactions'][number]): OutboxItem | undefined {
  if (transaction.kind !== 'member' || transaction.sender !== facts.options.self.nodeKey) return undefined;
  return facts.outbox.find((item) => item.sequence === transaction.sequence);
}

function remove(turn: Turn, item: OutboxItem): void {
  const { facts } = turn;
  facts.outbox = facts.outbox.filter((other) => other !== item);
  if (item.transaction) turn.event({ kind: 'dequeued', sequence: item.sequence });
}

function grade(turn: Turn, item: OutboxItem, to: Grade, height?: bigint): void {
  if (item.grade === to) return;
  item.grade = to;
  if (item.request === undefined) return;
  const status: TransactionStatus | undefined = item.status;
  turn.notify({
    kind: 'grade',
    request: item.request,
    sequence: item.sequence,
    grade: to,
    ...(height !== undefined && { height: height as Entry['position']['height'] }),
    ...(status && { status }),
  });
}
