// When to ask the contract for leadership ([L2], [L6]). The contract decides; applying in vain costs a transaction.

import { isLeaderByChain, leaderKey, leaderMember } from './facts.ts';
import { APPLY_RETRY_MS, APPLY_STAGGER_MS } from './limits.ts';
import type { Turn } from './turn.ts';

export function driveElection(turn: Turn): void {
  const { facts } = turn;
  const { view } = facts;
  const { self, settings } = facts.options;
  if (view === undefined || view.closed || facts.applying || isLeaderByChain(facts)) return;
  const own = view.members.find(({ nodeKey }) => nodeKey === self.nodeKey);
  // The leader is someone that the chain does list, or there is none.
  if (own === undefined || (view.term !== facts.term && view.leader !== undefined)) return;

  const leader = leaderMember(facts);
  // [H1] In a quiet channel silence counts only once it has been asked about.
  if (settings.isQuiet === true && leader?.valid === true) return;
  const patience = leader === undefined ? 0 : settings.heartbeatWindowMs;
  const rank = view.members.filter(
    (member) => member.valid && member.joinSequence < own.joinSequence && member.address !== leader?.address,
  ).length;
  if (turn.nowMs - facts.leaderHeardMs < patience + rank * APPLY_STAGGER_MS) return;
  if (facts.lastAppliedMs !== undefined && turn.nowMs - facts.lastAppliedMs < APPLY_RETRY_MS) return;
  if (!turn.chain({ kind: 'applyLeader' })) return;
  facts.lastAppliedMs = turn.nowMs;
  facts.applying = true;
}

export function onApplied(turn: Turn): void {
  turn.facts.applying = false;
  turn.refreshChain();
}

/** Anything from the leader is a sign of life. */
export function noteHeard(turn: Turn, from: string): void {
  if (from === leaderKey(turn.facts)) turn.facts.leaderHeardMs = turn.nowMs;
}
