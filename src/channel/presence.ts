// Quiet channels ([H1], [H2]): nobody tells the contract that it lives until somebody misses it in the mesh and asks.

import { type Facts, isLeaderByChain, leaderMember } from './facts.ts';
import { isSilent } from './heartbeat.ts';
import { APPLY_STAGGER_MS, CHALLENGE_AGAIN_MS, CHALLENGE_ANSWER_MS, CHALLENGE_PATIENCE_MS } from './limits.ts';
import type { Turn } from './turn.ts';
import type { ChainMember } from './update.ts';

export function driveChallenges(turn: Turn): void {
  const { facts } = turn;
  const { view } = facts;
  if (view === undefined || view.closed || facts.options.settings.isQuiet !== true) return;
  const own = view.members.find(({ nodeKey }) => nodeKey === facts.options.self.nodeKey);
  const listed = new Set(view.members.map(({ nodeKey }) => nodeKey));
  for (const key of facts.missed.keys()) if (!listed.has(key)) facts.missed.delete(key);
  if (own === undefined) return;
  for (const member of view.members) {
    if (member === own) continue;
    if (isPresent(facts, member, turn.nowMs)) {
      facts.missed.delete(member.nodeKey);
      continue;
    }
    const heardMs = facts.peers.get(member.nodeKey)?.lastHeardMs ?? turn.nowMs;
    const missed = facts.missed.get(member.nodeKey) ?? { sinceMs: heardMs, askedMs: undefined };
    facts.missed.set(member.nodeKey, missed);
    const patienceMs = patienceWith(facts, member, own, turn.nowMs);
    if (patienceMs === undefined || !member.valid || member.isChallenged === true) continue;
    if (turn.nowMs - missed.sinceMs < patienceMs) continue;
    if (missed.askedMs !== undefined && turn.nowMs - missed.askedMs < CHALLENGE_AGAIN_MS) continue;
    if (turn.chain({ kind: 'challenge', member: member.address })) missed.askedMs = turn.nowMs;
  }
}

/** Heard from over a link of the mesh, lately. */
export function isPresent(facts: Facts, { nodeKey }: Pick<ChainMember, 'nodeKey'>, nowMs: number): boolean {
  const peer = facts.peers.get(nodeKey);
  return peer !== undefined && peer.link !== 'lost' && !isSilent(peer, nowMs);
}

/** The leader asks for its followers; for the leader the others ask, in turn. If it does not answer they ask for each other, as whoever leads next needs to know. */
function patienceWith(facts: Facts, member: ChainMember, own: ChainMember, nowMs: number): number | undefined {
  if (isLeaderByChain(facts)) return CHALLENGE_PATIENCE_MS;
  const leader = leaderMember(facts);
  if (leader !== undefined && leader !== member && !isOverdue(facts, leader, nowMs)) return undefined;
  const rank = (facts.view?.members ?? []).filter(
    (other) => other !== member && other.valid && other.joinSequence < own.joinSequence,
  ).length;
  return CHALLENGE_PATIENCE_MS + rank * APPLY_STAGGER_MS;
}

/** It has lapsed, or this node has asked for it and could have had an answer. */
function isOverdue(facts: Facts, { nodeKey, valid, isChallenged }: ChainMember, nowMs: number): boolean {
  const askedMs = facts.missed.get(nodeKey)?.askedMs;
  return !valid || (isChallenged === true && askedMs !== undefined && nowMs - askedMs >= CHALLENGE_ANSWER_MS);
}
