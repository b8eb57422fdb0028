// What others accuse a leader of ([E2], [E3]): read from the chain, run here, voted on, and executed once the votes are enough, either way.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import { batchHash } from './batch.ts';
import { judgeBatch } from './batch-rules.ts';
import { type Accusation, decodeAccusation } from './evidence.ts';
import type { ReportFacts } from './facts.ts';
import { EXECUTE_PATIENCE_MS, REPORT_READ_INTERVAL_MS } from './limits.ts';
import type { Turn } from './turn.ts';
import type { ChainReport, ChainView } from './update.ts';

/** Fewer never punish. */
const PUNISHING_VOTES_MIN = 2;

export function driveReports(turn: Turn): void {
  const { facts } = turn;
  const { view } = facts;
  if (view === undefined || view.closed) return;
  for (const id of facts.reports.keys()) {
    if (!view.reports.some((report) => report.id === id && !report.executed)) facts.reports.delete(id);
  }
  if (!view.members.some(({ nodeKey }) => nodeKey === facts.options.self.nodeKey)) return;
  for (const report of view.reports) {
    if (report.executed) continue;
    const known = facts.reports.get(report.id) ?? newReport();
    facts.reports.set(report.id, known);
    if (known.accusation === undefined) read(turn, report, known);
    else {
      vote(turn, report, known, known.accusation);
      execute(turn, view, report, known, known.accusation);
    }
  }
}

/** The answer to a `readReport` effect; without data the chain did not answer. */
export function onReport(turn: Turn, id: bigint, data: Bytes | undefined): void {
  const known = turn.facts.reports.get(id);
  if (known === undefined || known.accusation || data === undefined) return;
  known.accusation = decodeAccusation(data);
  // What the contract took and this node cannot read is left to the others.
  known.isUnreadable = known.accusation === undefined;
  driveReports(turn);
}

function newReport(): ReportFacts {
  return {
    accusation: undefined,
    isUnreadable: false,
    readMs: undefined,
    judgedAt: undefined,
    passedSinceMs: undefined,
  };
}

function read(turn: Turn, { id }: ChainReport, known: ReportFacts): void {
  if (known.isUnreadable) return;
  if (known.readMs !== undefined && turn.nowMs - known.readMs < REPORT_READ_INTERVAL_MS) return;
  known.readMs = turn.nowMs;
  turn.effect({ kind: 'readReport', proposal: id });
}

/** [E3] What this node has not got to, or has only the chain's word for, it does not vote on. */
function vote(turn: Turn, report: ChainReport, known: ReportFacts, { batch }: Accusation): void {
  const { facts } = turn;
  const { history, options } = facts;
  const own = options.self.address;
  if (history === undefined || own === report.proposer) return;
  if (report.votesFor.includes(own) || report.votesAgainst.includes(own)) return;
  const at = `${history.tip.height} ${history.base.position.height}`;
  if (known.judgedAt === at || turn.isChainBusy(`vote ${report.id}`)) return;
  known.judgedAt = at;
  const isGuilty = judge(turn, batch);
  if (isGuilty === undefined) return;
  const sent = turn.chain({ kind: 'vote', proposal: report.id, option: isGuilty ? 'for' : 'against' });
  if (sent) known.judgedAt = undefined;
}

/** Whether the batch is against the rules by what this node has itself; undefined: it cannot tell. */
function judge({ facts, nowMs }: Turn, batch: Accusation['batch']): boolean | undefined {
  const { history } = facts;
  if (history === undefined) return undefined;
  if (history.placeOf(batchHash(batch.header)) !== undefined) return false;
  const parent = history.placeOf(batch.header.previousHash);
  if (parent === undefined) return undefined;
  const verdict = judgeBatch(facts, nowMs, batch, history.positionAt(parent), history.worldAt(parent));
  if (verdict.kind === 'accepted') return false;
  return verdict.kind === 'disputed' ? true : undefined;
}

/** The reporter first where the accused is guilty, and the accused where it is not; then those who voted so, in turn. */
function execute(turn: Turn, view: ChainView, report: ChainReport, known: ReportFacts, { accused }: Accusation): void {
  const own = turn.facts.options.self.address;
  const valid = view.members.filter((member) => member.valid).map(({ address }) => address);
  const isGuilty = punishes(report.votesFor, without(valid, accused));
  const isFalse = punishes(report.votesAgainst, without(valid, report.proposer));
  if (!isGuilty && !isFalse) {
    known.passedSinceMs = undefined;
    return;
  }
  known.passedSinceMs ??= turn.nowMs;
  const first = isGuilty ? report.proposer : accused;
  const voters = (isGuilty ? report.votesFor : report.votesAgainst).filter((address) => address !== first);
  const rank = own === first ? 0 : 1 + voters.indexOf(own);
  if (own !== first && rank === 0) return;
  if (turn.nowMs - known.passedSinceMs >= rank * EXECUTE_PATIENCE_MS)
    turn.chain({ kind: 'punish', proposal: report.id });
}

function without(members: readonly Address[], one: Address): Address[] {
  return members.filter((address) => address !== one);
}

/** As the contract counts: more than two thirds, and at least two. */
function punishes(votes: readonly Address[], voters: readonly Address[]): boolean {
  const count = voters.filter((address) => votes.includes(address)).length;
  return count >= PUNISHING_VOTES_MIN && count >= Math.floor((2 * voters.length) / 3) + 1;
}
