// Leading: what the chain says of members, ticks and members' transactions, executed in order and signed batch by batch ([B1], [T2]).

import { type Bytes, bytesEqual } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import {
  type BatchHeader,
  batchSigningMessage,
  effectsHash,
  MEMBERS_MAX,
  type SignedBatch,
  transactionsHash,
} from './batch.ts';
import { isTickDue } from './batch-rules.ts';
import { advance, executeBatch, type Place } from './execution.ts';
import { type Facts, isLeaderByChain, isLeading, linkedPeers, type Proposal } from './facts.ts';
import { finalizeIfQuorum } from './finality.ts';
import type { History } from './history.ts';
import { append } from './intake.ts';
import type { Ledger } from './ledger.ts';
import { addToPool, drawFromPool } from './pool.ts';
import type { ChannelTransaction, MemberTransaction } from './transaction.ts';
import { refuseTransaction } from './transaction-rules.ts';
import type { Turn } from './turn.ts';

/** Views in a row that must lack a member before it is removed: one may have been on its way since before the member joined. */
const MISSING_VIEWS_MIN = 2;

export function onTransaction(turn: Turn, from: NodeKey, transaction: MemberTransaction): void {
  const { facts } = turn;
  if (!isLeaderByChain(facts) || facts.history === undefined) {
    turn.refuse(from, 'not the leader');
    return;
  }
  const refusal = addToPool(facts, facts.history.ledger, transaction);
  if (refusal !== undefined) turn.refuse(from, `transaction ${transaction.sequence}: ${refusal}`);
}

/** Starts the next batch if there is something for it and none is being signed. */
export function driveLeader(turn: Turn): void {
  const { facts } = turn;
  const { history } = facts;
  if (history === undefined || !isLeading(facts) || facts.proposal !== undefined || facts.dispute) return;
  const place: Place = {
    term: facts.term,
    firstHeight: (history.tip.height + 1n) as Place['firstHeight'],
    timestampMs: maxBigint(history.ledger.timestampMs, BigInt(Math.floor(turn.nowMs))),
  };
  const transactions = nextTransactions(facts, history, place);
  if (transactions.length === 0) return;

  const runner = { executor: facts.options.executor, creator: facts.options.creator };
  const execution = executeBatch(runner, history.world, place, transactions);
  const header: BatchHeader = {
    ...place,
    leader: facts.options.self.nodeKey,
    count: transactions.length,
    previousHash: history.tip.hash,
    transactionsHash: transactionsHash(transactions),
    effectsHash: effectsHash(execution.effects),
    rootAfter: execution.root,
  };
  const proposal: Proposal = { header, transactions, execution, after: history.tip };
  const asked = turn.sign({ kind: 'batch', proposal }, batchSigningMessage(facts.options.scope, header));
  if (asked) facts.proposal = proposal;
}

export function onBatchSigned(turn: Turn, proposal: Proposal, signature: Bytes): void {
  const { facts } = turn;
  const { history } = facts;
  if (facts.proposal !== proposal) return;
  facts.proposal = undefined;
  if (history === undefined || !isLeading(facts) || proposal.header.term !== facts.term) return;
  if (!bytesEqual(history.tip.hash, proposal.after.hash)) return;

  const { header, transactions, execution } = proposal;
  const batch: SignedBatch = { header, transactions, effects: execution.effects, signature };
  append(turn, history, batch, execution);
  for (const peer of linkedPeers(facts)) turn.send(peer, { kind: 'batch', batch });
  finalizeIfQuorum(turn, history, history.tip);
}

/** In the order that [G4] and [T2] ask for: opening, members, tick, members' transactions. */
function nextTransactions(facts: Facts, history: History, place: Place): ChannelTransaction[] {
  const transactions: ChannelTransaction[] = [];
  let { ledger } = history;
  const add = (transaction: ChannelTransaction): void => {
    transactions.push(transaction);
    ledger = advance(ledger, transaction);
  };
  if (history.tip.term < facts.term) add({ kind: 'opened' });
  for (const transaction of membershipChanges(facts, ledger)) {
    if (refuseTransaction(ledger, transaction) === undefined) add(transaction);
  }
  const tickDue = isTickDue(facts, history.ledger.timestampMs, place.timestampMs);
  if (tickDue && !ledger.closing && ledger.members.length > 0) add({ kind: 'tick' });
  transactions.push(...drawFromPool(facts, ledger, transactions.length, 0));
  return transactions;
}

function membershipChanges(facts: Facts, ledger: Ledger): ChannelTransaction[] {
  const { view } = facts;
  if (view === undefined) return [];
  const changes: ChannelTransaction[] = [];
  for (const member of ledger.members) {
    if ((facts.missing.get(member.joinSequence) ?? 0) < MISSING_VIEWS_MIN) continue;
    changes.push({ kind: 'removed', address: member.address, joinSequence: member.joinSequence });
  }
  const joining = view.members
    .filter((listed) => !ledger.members.some((member) => member.joinSequence === listed.joinSequence))
    .sort((a, b) => (a.joinSequence < b.joinSequence ? -1 : 1))
    .slice(0, MEMBERS_MAX);
  for (const { address, nodeKey, joinSequence, assets } of joining) {
    changes.push({ kind: 'joined', member: { address, nodeKey, joinSequence, ...(assets && { assets }) } });
  }
  return changes;
}

function maxBigint(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
