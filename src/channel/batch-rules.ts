// Whether a batch may follow a place of the history ([B3], [B4] and section T): the form first, then what needs the chain or this
// node's clock, last the execution. Decides only; what follows from a verdict is for whoever asked.

import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { HASH_SIZE } from '../base/hash.ts';
import type { Height, NodeKey } from '../base/ids.ts';
import { encodeStructTag } from '../base/type-tag.ts';
import { type BatchHeader, batchHash, effectsHash, lastHeight, type SignedBatch, transactionsHash } from './batch.ts';
import type { ReplayBasis } from './evidence.ts';
import { advance, type Execution, executeAndCompare, type World } from './execution.ts';
import { type Facts, leaderKey } from './facts.ts';
import { type Ledger, memberByKey } from './ledger.ts';
import { CLOCK_AHEAD_MS_MAX } from './limits.ts';
import type { Position } from './messages.ts';
import type { ChannelTransaction, JoiningMember } from './transaction.ts';
import { describeRefusal, refuseTransaction } from './transaction-rules.ts';
import type { ChainView, Dispute } from './update.ts';

/** Status and digest of the result, at the beginning of an effects digest. */
const JUDGED_SIZE = 1 + HASH_SIZE;
/** Executed or aborted. */
const JUDGED_STATUS_MAX = 1;

export type BatchVerdict =
  | { readonly kind: 'accepted'; readonly execution: Execution }
  /** Not what it claims to be; says nothing about the leader, whose signature covers only the header. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Right as far as this node can tell, but the chain (or the clock) does not show yet what it says. */
  | { readonly kind: 'wait'; readonly reason: string }
  /** The leader signed what is against the rules. */
  | { readonly kind: 'disputed'; readonly dispute: Dispute; readonly wrong?: WrongTransaction };

/** [E1] What shows others that the leader is wrong. Not where only time or this node's view of the chain tells. */
export interface WrongTransaction {
  readonly height: Height;
  /** Where a contract that can run the transaction again would come to another result than the leader signed. */
  readonly replay?: Pick<ReplayBasis, 'touched' | 'earlier'>;
}

type Problem = Exclude<BatchVerdict, { kind: 'accepted' }>;

export function judgeBatch(
  facts: Facts,
  nowMs: number,
  batch: SignedBatch,
  previous: Position,
  before: World,
): BatchVerdict {
  const { header, transactions } = batch;
  const problem =
    judgeForm(batch, previous, before.ledger) ??
    judgeLeader(facts, header, before.ledger, transactions) ??
    judgeTransactions(facts, batch, before.ledger) ??
    judgeSettledHash(facts, batch) ??
    judgeClock(header, nowMs);
  if (problem) return problem;

  const { executor } = facts.options;
  const runner = { executor, creator: facts.options.creator };
  const execution = executeAndCompare(runner, before, header, transactions, batch.effects);
  if ('index' in execution) {
    const { index, claimed, computed } = execution;
    const height = (header.firstHeight + BigInt(index)) as Height;
    const message = `transaction ${height} has other effects here than the leader signed`;
    const isJudged = isReplayable(transactions[index]) && isResultJudged(claimed, computed);
    const wrong = { height, ...(isJudged && { replay: execution }) };
    return { ...disputed('effects', batch, message, { claimed, computed }), wrong };
  }
  if (!bytesEqual(execution.root, header.rootAfter)) {
    const roots = { claimed: header.rootAfter, computed: execution.root };
    const verdict = disputed('root', batch, 'the state after the batch is another here than the leader signed', roots);
    return { ...verdict, wrong: { height: lastHeight(header) } };
  }
  return { kind: 'accepted', execution };
}

/** [B2] [B3] What the batch and the one before it tell by themselves. */
function judgeForm(batch: SignedBatch, previous: Position, before: Ledger): Problem | undefined {
  const { header, transactions, effects } = batch;
  if (header.firstHeight !== previous.height + 1n) return refused('not next in height');
  if (!bytesEqual(header.previousHash, previous.hash)) return refused('not chained to the batch before');
  if (header.count < 1 || header.count !== transactions.length || header.count !== effects.length) {
    return refused('count of transactions');
  }
  if (!bytesEqual(header.transactionsHash, transactionsHash(transactions))) return refused('hash of transactions');
  if (!bytesEqual(header.effectsHash, effectsHash(effects))) return refused('hash of effects');
  if (header.term < previous.term) return refused('of an older term than the batch before');
  if (header.timestampMs < before.timestampMs) return broken(batch, 'its timestamp runs back');
  const opens = transactions[0]?.kind === 'opened';
  if (opens !== header.term > previous.term) return broken(batch, 'a term must be opened, once');
  if (transactions.slice(1).some(({ kind }) => kind === 'opened')) return broken(batch, 'a term is opened twice');
  return undefined;
}

/** That the signer led the term, as far as this node saw the chain in that term. */
function judgeLeader(
  facts: Facts,
  header: BatchHeader,
  before: Ledger,
  transactions: readonly ChannelTransaction[],
): Problem | undefined {
  if (header.term > facts.term) return { kind: 'wait', reason: `term ${header.term} is not on the chain yet` };
  const known = header.term === facts.term ? leaderKey(facts) : facts.knownLeaders.get(header.term);
  if (known !== undefined) {
    return known === header.leader ? undefined : refused(`signed by another than the leader of term ${header.term}`);
  }
  const isMember = memberByKey(before, header.leader) !== undefined || joins(transactions, header.leader);
  return isMember ? undefined : refused('signed by someone who is not a member');
}

function joins(transactions: readonly ChannelTransaction[], key: NodeKey): boolean {
  return transactions.some((transaction) => transaction.kind === 'joined' && transaction.member.nodeKey === key);
}

function judgeTransactions(facts: Facts, batch: SignedBatch, before: Ledger): Problem | undefined {
  const settled = facts.view !== undefined && lastHeight(batch.header) <= facts.view.settledHeight;
  let ledger = before;
  let ticks = 0;
  for (const [index, transaction] of batch.transactions.entries()) {
    const refusal = refuseTransaction(ledger, transaction);
    const name = `${transaction.kind} at height ${batch.header.firstHeight + BigInt(index)}`;
    if (refusal) return broken(batch, `${name}: ${describeRefusal(refusal)}`);
    if (transaction.kind === 'tick') {
      ticks += 1;
      const due = ticks === 1 && isTickDue(facts, before.timestampMs, batch.header.timestampMs);
      if (!due) return broken(batch, `${name}: [T2] no tick is due`);
    }
    // What is settled the chain has accepted; its members of then may be gone from the list since.
    if (!settled) {
      const problem = judgeByChain(facts.view, transaction);
      if (problem?.certain) return broken(batch, `${name}: ${problem.reason}`);
      if (problem) return { kind: 'wait', reason: `${name}: ${problem.reason}` };
    }
    ledger = advance(ledger, transaction);
  }
  return undefined;
}

/**
 * [T2] Ticks are due at the multiples of the interval: at most one in a batch, and only in one whose timestamp has reached a
 * multiple that the batch before had not. So the headers alone tell whether a tick is lawful.
 */
export function isTickDue(facts: Facts, previousMs: bigint, timestampMs: bigint): boolean {
  const { tick } = facts.options.settings;
  if (tick === undefined || tick.intervalMs <= 0) return false;
  const interval = BigInt(tick.intervalMs);
  return timestampMs / interval > previousMs / interval;
}

interface ChainProblem {
  readonly reason: string;
  /** A newer view cannot mend it. */
  readonly certain: boolean;
}

/** [T2] */
function judgeByChain(view: ChainView | undefined, transaction: ChannelTransaction): ChainProblem | undefined {
  if (transaction.kind !== 'joined' && transaction.kind !== 'removed') return undefined;
  if (view === undefined) return { reason: 'the chain has not been read yet', certain: false };
  if (transaction.kind === 'removed') {
    const listed = view.members.some(({ joinSequence }) => joinSequence === transaction.joinSequence);
    return listed ? { reason: 'the chain lists the member still', certain: false } : undefined;
  }
  const listed = view.members.find(({ joinSequence }) => joinSequence === transaction.member.joinSequence);
  if (listed === undefined) return { reason: 'the chain does not list the member', certain: false };
  return isSameMember(listed, transaction.member)
    ? undefined
    : { reason: 'the chain lists the member with another key or other assets', certain: true };
}

function isSameMember(a: JoiningMember, b: JoiningMember): boolean {
  if (a.address !== b.address || a.nodeKey !== b.nodeKey) return false;
  if (a.assets === undefined || b.assets === undefined) return a.assets === b.assets;
  return (
    bytesEqual(encodeStructTag(a.assets.type), encodeStructTag(b.assets.type)) &&
    bytesEqual(a.assets.value, b.assets.value)
  );
}

/** [X5] The contract holds the hash at the settled height. */
function judgeSettledHash(facts: Facts, batch: SignedBatch): Problem | undefined {
  const { view } = facts;
  if (view === undefined || lastHeight(batch.header) !== view.settledHeight) return undefined;
  if (bytesEqual(batchHash(batch.header), view.historyHash)) return undefined;
  return refused('not the history that was settled');
}

function judgeClock(header: BatchHeader, nowMs: number): Problem | undefined {
  const aheadMs = Number(header.timestampMs) - nowMs;
  if (aheadMs <= CLOCK_AHEAD_MS_MAX) return undefined;
  return { kind: 'wait', reason: `its timestamp is ${Math.round(aheadMs / 1000)} s ahead of this node's clock` };
}

function refused(reason: string): Problem {
  return { kind: 'refused', reason };
}

function broken(batch: SignedBatch, reason: string): Problem {
  return { ...disputed('transaction', batch, reason), wrong: { height: lastHeight(batch.header) } };
}

/** Calls of the application's own, and ticks; what depends on the contract's side only the members can judge. */
function isReplayable(transaction: ChannelTransaction | undefined): boolean {
  if (transaction?.kind === 'tick') return true;
  if (transaction?.kind !== 'member' || transaction.action.kind !== 'call') return false;
  return transaction.action.call.typeArgs.length === 0;
}

/**
 * [E5] The contract compares the status and the result ([B7]), and knows no other ends than executed and aborted. A leader that is wrong in
 * nothing but the trace would be found right, and this node fined.
 */
function isResultJudged(claimed: Bytes, computed: Bytes): boolean {
  const [claimedStatus, computedStatus] = [claimed[0] ?? Number.NaN, computed[0] ?? Number.NaN];
  if (!(claimedStatus <= JUDGED_STATUS_MAX && computedStatus <= JUDGED_STATUS_MAX)) return false;
  return !bytesEqual(claimed.subarray(0, JUDGED_SIZE), computed.subarray(0, JUDGED_SIZE));
}

export function disputed(
  kind: Dispute['kind'],
  batch: SignedBatch,
  message: string,
  digests?: Pick<Dispute, 'claimed' | 'computed'>,
): { readonly kind: 'disputed'; readonly dispute: Dispute } {
  const { term, leader } = batch.header;
  const height = lastHeight(batch.header);
  return { kind: 'disputed', dispute: { kind, term, height, accused: leader, message, batch, ...digests } };
}
