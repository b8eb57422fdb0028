// What the chain says, taken in: terms and leaders ([L1]), members to hold links to ([P3]), what has been settled.

import type { NodeKey } from '../base/ids.ts';
import { noteBeginning } from './beginning.ts';
import { type Facts, forgetTerm, leaderKey } from './facts.ts';
import { sayHello } from './hello.ts';
import { KNOWN_LEADERS_MAX } from './limits.ts';
import { dropOutdated, sendAllAgain } from './outbox.ts';
import { adoptSettled } from './settlement.ts';
import type { Turn } from './turn.ts';
import type { ChainView } from './update.ts';

export function onChainView(turn: Turn, view: ChainView): void {
  const { facts } = turn;
  // Two looks may overtake each other; an older one knows nothing that counts.
  if (view.term < facts.term || (facts.view && view.atMs < facts.view.atMs)) return;
  const leaderBefore = leaderKey(facts);
  facts.view = view;
  facts.viewCount += 1;
  if (view.term > facts.term) enterTerm(turn, view);
  noteLeader(turn, leaderBefore);
  noteBeginning(turn, view);
  noteMembers(turn, view);
  noteMissing(facts, view);
  forgetOldActions(facts, view);
  adoptSettled(turn);
  turn.statusChanged();
}

/** [L1] Persisted before anything of the new term leaves this node. */
function enterTerm(turn: Turn, view: ChainView): void {
  const { facts } = turn;
  facts.term = view.term;
  turn.event({ kind: 'promised', term: view.term });
  forgetTerm(facts);
  sendAllAgain(facts);
}

function noteLeader(turn: Turn, before: NodeKey | undefined): void {
  const { facts } = turn;
  const leader = leaderKey(facts);
  if (leader !== undefined) facts.knownLeaders.set(facts.term, leader);
  const [oldest] = facts.knownLeaders.keys();
  if (facts.knownLeaders.size > KNOWN_LEADERS_MAX && oldest !== undefined) facts.knownLeaders.delete(oldest);
  if (leader === before) return;
  facts.leaderHeardMs = turn.nowMs;
  facts.dispute = undefined;
  sendAllAgain(facts);
  if (leader !== undefined && leader !== facts.options.self.nodeKey) sayHello(turn, leader, { atOnce: true });
}

/** Links to every other member that the chain lists, and to nobody else. */
function noteMembers(turn: Turn, view: ChainView): void {
  const { facts } = turn;
  const { self } = facts.options;
  const listed = view.members.some(({ nodeKey }) => nodeKey === self.nodeKey);
  if (listed) facts.wasMember = true;
  const wanted = new Set(listed && !view.closed ? view.members.map(({ nodeKey }) => nodeKey) : []);
  wanted.delete(self.nodeKey);
  for (const key of wanted) {
    if (facts.connected.has(key)) continue;
    facts.connected.add(key);
    turn.effect({ kind: 'connect', peer: key });
  }
  for (const key of [...facts.connected]) {
    if (wanted.has(key)) continue;
    facts.connected.delete(key);
    facts.peers.delete(key);
    turn.effect({ kind: 'disconnect', peer: key });
  }
  dropOutdated(turn);
}

function noteMissing(facts: Facts, view: ChainView): void {
  const listed = new Set(view.members.map(({ joinSequence }) => joinSequence));
  const recorded = facts.history?.ledger.members ?? [];
  const before = new Map(facts.missing);
  facts.missing.clear();
  for (const { joinSequence } of recorded) {
    if (!listed.has(joinSequence)) facts.missing.set(joinSequence, (before.get(joinSequence) ?? 0) + 1);
  }
}

/** Votes and executions of proposals that the chain has forgotten need no memory here. */
function forgetOldActions(facts: Facts, view: ChainView): void {
  const open = new Set([...view.proposals, ...view.reports].filter(({ executed }) => !executed).map(({ id }) => id));
  for (const key of facts.chainActions.keys()) {
    const id = /^(?:vote|beginContest|contest|execute|punish) (\d+)$/.exec(key)?.[1];
    if (id !== undefined && !open.has(BigInt(id))) facts.chainActions.delete(key);
  }
  for (const map of [facts.passedSinceMs, facts.differing]) {
    for (const id of map.keys()) if (!open.has(id)) map.delete(id);
  }
}
