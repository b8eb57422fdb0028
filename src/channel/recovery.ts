// A new leader's first steps ([L3]): asking the members what they have, taking over the newest of it, and only then opening the term. A
// leader that restarts within its term does the same, as its store may have lost what others hold; where it certainly has, [D4] holds.

import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import type { Height, NodeKey, Term } from '../base/ids.ts';
import type { SignedBatch } from './batch.ts';
import {
  type Facts,
  isLeaderByChain,
  leaderKey,
  linkedPeers,
  linkOf,
  type Recovery,
  type SigningPurpose,
} from './facts.ts';
import { sayHello } from './hello.ts';
import { type History, isGenesis } from './history.ts';
import { quorumOf } from './ledger.ts';
import { RECOVER_INTERVAL_MS, RECOVERY_FETCH_MS, RECOVERY_PATIENCE_MS } from './limits.ts';
import type { ChannelMessage, Position } from './messages.ts';
import { type ChannelScope, signingMessage } from './scope.ts';
import { lacksHistory } from './search.ts';
import type { Turn } from './turn.ts';

/** What a member without any history says it has: less than anyone. */
const NOTHING: Position = { height: 0n as Height, hash: new Uint8Array(HASH_SIZE), term: 0n as Term };

export function recoverySigningMessage(scope: ChannelScope, term: Term, tip: Position, isWhole: boolean): Bytes {
  const digest = sha3_256(encodeBcs((w) => w.u64(tip.height).fixed(tip.hash).u64(tip.term).bool(isWhole)));
  return signingMessage('recovery:1', scope, term, digest);
}

/** Asked by the new leader. Answering needs no promise of its own: this node follows the term already ([L1]). */
export function onRecover(turn: Turn, from: NodeKey, term: Term): void {
  const { facts } = turn;
  if (term > facts.term) {
    turn.refreshChain();
    return;
  }
  if (term < facts.term || from !== leaderKey(facts)) {
    turn.refuse(from, 'not the leader of the current term');
    return;
  }
  const tip = facts.history?.tip ?? NOTHING;
  const asked = [...facts.signing.values()].some((purpose) => purpose.kind === 'recovered');
  if (asked) return;
  const isWhole = !facts.cutShort;
  const message = recoverySigningMessage(facts.options.scope, term, tip, isWhole);
  turn.sign({ kind: 'recovered', to: from, term, tip, isWhole }, message);
}

export function onRecoveredSigned(
  turn: Turn,
  { to, term, tip, isWhole }: Extract<SigningPurpose, { kind: 'recovered' }>,
  signature: Bytes,
): void {
  const { facts } = turn;
  if (term !== facts.term || to !== leaderKey(facts)) return;
  // The tip may have been taken back since; the leader asks again.
  if (facts.history && facts.history.placeOf(tip.hash) === undefined) return;
  if (facts.history?.certificate) turn.send(to, { kind: 'certificate', certificate: facts.history.certificate });
  turn.send(to, { kind: 'recovered', term, tip, isWhole, signer: facts.options.self.nodeKey, signature });
}

export function onRecovered(turn: Turn, from: NodeKey, message: Extract<ChannelMessage, { kind: 'recovered' }>): void {
  const { facts } = turn;
  const { recovery } = facts;
  if (recovery === undefined || message.term !== recovery.term) return;
  if (message.signer !== from) {
    turn.refuse(from, 'an answer signed by another');
    return;
  }
  if (recovery.distrusted.has(from)) return;
  if (message.tip.term > recovery.term) {
    distrust(turn, from);
    return;
  }
  recovery.answers.set(from, message.tip);
  if (message.isWhole) recovery.partial.delete(from);
  else recovery.partial.add(from);
}

/** What a member claimed to have did not hold: its answer counts no more in this term. */
export function distrust(turn: Turn, peer: NodeKey): void {
  turn.refuse(peer, 'history that does not hold');
  turn.facts.recovery?.answers.delete(peer);
  turn.facts.recovery?.distrusted.add(peer);
}

export function driveRecovery(turn: Turn): void {
  const { facts } = turn;
  const { history } = facts;
  if (!isLeaderByChain(facts) || facts.leadingTerm === facts.term) {
    facts.recovery = undefined;
    return;
  }
  facts.recovery ??= {
    term: facts.term,
    sinceMs: turn.nowMs,
    answers: new Map(),
    partial: new Set(),
    heardAllSinceMs: undefined,
    distrusted: new Set(),
    fetching: undefined,
    lastAskedMs: undefined,
  };
  const { recovery } = facts;
  ask(turn, recovery);
  if (history === undefined) {
    // Whoever joined and never got a history cannot open a term: any member's will do to begin with. What it sends may come before this
    // node has seen what the chain settled, and is then refused ([G3]), so it is asked for again.
    for (const peer of linkedPeers(facts)) sayHello(turn, peer);
    return;
  }
  if (facts.waiting) return;

  const ahead = bestAhead(history, recovery);
  if (ahead) {
    fetchFrom(turn, history, recovery, ahead);
    return;
  }
  if (lacksHistory(facts)) {
    // What the chain has settled is further on, or another: nothing can follow what is here.
    for (const peer of linkedPeers(facts)) sayHello(turn, peer);
    return;
  }
  if (!mayOpen(turn, history, recovery)) return;
  if (facts.cutShort) {
    facts.lostGivenUp = !meetsEveryQuorum(facts, history, recovery);
    noteMended(turn);
  }
  facts.leadingTerm = facts.term;
  facts.recovery = undefined;
  facts.dispute = undefined;
  turn.statusChanged();
}

function ask(turn: Turn, recovery: Recovery): void {
  const { facts } = turn;
  if (recovery.lastAskedMs !== undefined && turn.nowMs - recovery.lastAskedMs < RECOVER_INTERVAL_MS) return;
  recovery.lastAskedMs = turn.nowMs;
  for (const peer of linkedPeers(facts)) {
    if (!recovery.answers.has(peer)) turn.send(peer, { kind: 'recover', term: recovery.term });
  }
}

/** The member with the newest tip, if this node lacks it. Without a link to it the answer is void: it may be the only one that has it. */
function bestAhead(history: History, recovery: Recovery): NodeKey | undefined {
  let best: { readonly peer: NodeKey; readonly tip: Position } | undefined;
  for (const [peer, tip] of recovery.answers) {
    if (isNewer(tip, best?.tip ?? history.tip)) best = { peer, tip };
  }
  return best?.peer;
}

/** A member that says it has more must hand it over; one that does not gets on without being believed. */
function fetchFrom(turn: Turn, history: History, recovery: Recovery, peer: NodeKey): void {
  const { fetching } = recovery;
  if (fetching?.from !== peer || !bytesEqual(fetching.tip, history.tip.hash)) {
    recovery.fetching = { from: peer, tip: history.tip.hash, sinceMs: turn.nowMs };
  } else if (turn.nowMs - fetching.sinceMs > RECOVERY_FETCH_MS) {
    recovery.fetching = undefined;
    distrust(turn, peer);
    return;
  }
  sayHello(turn, peer);
}

/**
 * [B6] Between two batches that the leader of an earlier term signed for one place: the one that more of those who answered have. A
 * final one has the greater part of the honest members behind it, so all that can be heard must be.
 */
export function chooseTwin(turn: Turn, history: History, batch: SignedBatch): 'own' | 'other' | 'wait' {
  const { recovery } = turn.facts;
  if (recovery === undefined) return 'own';
  if (!hasHeardAll(turn, recovery)) return 'wait';
  const { term, leader } = batch.header;
  let own = 1;
  let other = 0;
  for (const [peer, tip] of recovery.answers) {
    if (peer === leader || tip.term !== term) continue;
    if (history.placeOf(tip.hash) === undefined) other += 1;
    else own += 1;
  }
  return other > own ? 'other' : 'own';
}

/** Whether the member says that it has a newer tip than this node: then what it hands over takes the place of what is here. */
export function isAhead(facts: Facts, peer: NodeKey): boolean {
  const tip = facts.recovery?.answers.get(peer);
  return tip !== undefined && facts.history !== undefined && isNewer(tip, facts.history.tip);
}

function isNewer(a: Position, b: Position): boolean {
  return a.term > b.term || (a.term === b.term && a.height > b.height);
}

/**
 * [L3] Enough answers that everything final is among them. A batch is final when every quorum from the final one before it on has
 * signed ([F2]), so it is enough to meet all quorums from what is known to be final up to the tip. Else, after a while, the answers
 * of every member that the chain calls valid or that is linked: what only lapsed members hold is given up, or nobody could ever go on.
 */
function mayOpen(turn: Turn, history: History, recovery: Recovery): boolean {
  const { facts } = turn;
  if (facts.cutShort) return mayOpenCutShort(turn, history, recovery);
  // Nobody led before: nothing can be anywhere.
  if (facts.term === 1n && history.tip.height === 0n) return true;
  if (meetsEveryQuorum(facts, history, recovery)) return true;
  return turn.nowMs - recovery.sinceMs >= RECOVERY_PATIENCE_MS && hasHeardAll(turn, recovery);
}

/**
 * [D4] What this node has signed and forgotten, final or not, is with others or nowhere: all that can be heard must be, or it might sign
 * another batch for the same place. Where they are too few to meet every quorum, the rest gets the heartbeat window to come back.
 */
function mayOpenCutShort(turn: Turn, history: History, recovery: Recovery): boolean {
  const { facts, nowMs } = turn;
  if (!hasHeardAll(turn, recovery)) {
    recovery.heardAllSinceMs = undefined;
    return false;
  }
  recovery.heardAllSinceMs ??= nowMs;
  if (meetsEveryQuorum(facts, history, recovery)) return true;
  return nowMs - recovery.heardAllSinceMs > facts.options.settings.heartbeatWindowMs;
}

/** An answer whose sender may have forgotten what it signed, this node's own too, stands for nothing ([D4]). */
function meetsEveryQuorum(facts: Facts, history: History, recovery: Recovery): boolean {
  const answered = new Set(recovery.answers.keys());
  for (const peer of recovery.partial) answered.delete(peer);
  if (!facts.cutShort) answered.add(facts.options.self.nodeKey);
  if (isGenesis(history.finalPosition)) return false;
  return history.quorumsFor(history.length).every((members) => {
    const heard = members.filter((member) => answered.has(member)).length;
    return members.length > 0 && heard >= members.length - quorumOf(members.length) + 1;
  });
}

/** [D4] Asks the leader for what is missing until it is known that nothing is. */
export function driveMending(turn: Turn): void {
  const { facts } = turn;
  const leader = leaderKey(facts);
  if (facts.cutShort && leader !== undefined && !isLeaderByChain(facts)) sayHello(turn, leader);
}

/**
 * [D4] The history is as whole again as it can be: the leader of the term, which had to carry on from everything final, has handed over all
 * that it has; or this node has heard everyone and leads on itself.
 */
export function noteMended(turn: Turn): void {
  if (!turn.facts.cutShort) return;
  turn.facts.cutShort = false;
  turn.event({ kind: 'mended' });
  turn.statusChanged();
}

/** Every member that the chain calls valid, or that is linked, has answered (or is not believed). */
function hasHeardAll({ facts }: Turn, recovery: Recovery): boolean {
  const { self } = facts.options;
  return (facts.view?.members ?? []).every(({ nodeKey, valid }) => {
    if (nodeKey === self.nodeKey || recovery.answers.has(nodeKey) || recovery.distrusted.has(nodeKey)) return true;
    return !valid && linkOf(facts, nodeKey) === 'lost';
  });
}

/** A lost link makes an answer void that this node still needs the history of. */
export function forgetAnswerOf(facts: Facts, peer: NodeKey): void {
  const { recovery, history } = facts;
  const tip = recovery?.answers.get(peer);
  if (recovery === undefined || tip === undefined) return;
  const isHere = history?.placeOf(tip.hash) !== undefined || bytesEqual(tip.hash, NOTHING.hash);
  if (isHere) return;
  recovery.answers.delete(peer);
  // Time without a link is not the peer's: it begins anew with its next answer.
  if (recovery.fetching?.from === peer) recovery.fetching = undefined;
}
