// A new leader before the contract would let one apply ([L7], [L8]): the members agree among themselves that theirs is gone and sign for the next one,
// or, where they are too few for that, two of them tell the contract.

import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, type NodeKey, type Term, writeAddress } from '../base/ids.ts';
import { type Facts, isLeaderByChain, leaderMember, type SigningPurpose } from './facts.ts';
import { quorumOf } from './ledger.ts';
import { APPLY_STAGGER_MS, ELECTION_SILENCE_MS, RESEND_MS } from './limits.ts';
import type { ChannelMessage } from './messages.ts';
import { isPresent } from './presence.ts';
import { type ChannelScope, signingMessage } from './scope.ts';
import type { Turn } from './turn.ts';
import type { ChainMember, ChainView } from './update.ts';

/** As the contract rebuilds it: over the SHA3-256 of the successor's address, of the term that it is to lead. */
export function electionSigningMessage(scope: ChannelScope, term: Term, successor: Address): Bytes {
  return signingMessage('election:1', scope, term, sha3_256(encodeBcs((w) => writeAddress(w, successor))));
}

export function driveSuccession(turn: Turn): void {
  const { facts } = turn;
  const { view } = facts;
  const own = view?.members.find(({ nodeKey }) => nodeKey === facts.options.self.nodeKey);
  if (view === undefined || view.closed || own === undefined || !isForsaken(facts, turn.nowMs)) {
    facts.election = undefined;
    return;
  }
  const present = view.members.filter((member) => member !== own && isPresent(facts, member, turn.nowMs));
  reportSilence(turn, view, present.length + 1);
  // The others can be asked only where they are enough.
  if (!own.valid || present.length + 1 < electorsNeeded(view)) return;
  const rank = present.filter((member) => member.valid && member.joinSequence < own.joinSequence).length;
  if (turn.nowMs - silentSinceMs(facts) < ELECTION_SILENCE_MS + rank * APPLY_STAGGER_MS) return;
  callElection(turn, view, own.address, present);
}

/** [L8] A peer asks for this node's signature. Not given while the leader is heard from. */
export function onElectionAsked(
  turn: Turn,
  from: NodeKey,
  { term, successor }: Extract<ChannelMessage, { kind: 'election' }>,
): void {
  const { facts } = turn;
  const { view, options } = facts;
  if (term > facts.term + 1n) turn.refreshChain();
  if (view === undefined || view.closed || term !== facts.term + 1n || view.term !== facts.term) return;
  const candidate = view.members.find(({ nodeKey }) => nodeKey === from);
  const isMember = view.members.some(({ nodeKey }) => nodeKey === options.self.nodeKey);
  if (!isMember || candidate?.address !== successor || !candidate.valid || !isForsaken(facts, turn.nowMs)) return;
  const isAsked = [...facts.signing.values()].some((purpose) => purpose.kind === 'election' && purpose.to === from);
  if (isAsked) return;
  turn.sign({ kind: 'election', to: from, term, successor }, electionSigningMessage(options.scope, term, successor));
}

export function onElectionSignedHere(
  turn: Turn,
  { to, term, successor }: Extract<SigningPurpose, { kind: 'election' }>,
  signature: Bytes,
): void {
  const { facts } = turn;
  const signer = facts.options.self.nodeKey;
  if (term !== facts.term + 1n) return;
  if (to === signer) addSignature(turn, signer, term, signature);
  else turn.send(to, { kind: 'electionSigned', term, successor, signer, signature });
}

export function onElectionSigned(
  turn: Turn,
  from: NodeKey,
  message: Extract<ChannelMessage, { kind: 'electionSigned' }>,
): void {
  if (message.signer !== from) {
    turn.refuse(from, '[L8] a vote signed by another');
    return;
  }
  if (message.successor === turn.facts.options.self.address) addSignature(turn, from, message.term, message.signature);
}

function callElection(turn: Turn, view: ChainView, successor: Address, present: readonly ChainMember[]): void {
  const { facts } = turn;
  const { options } = facts;
  const term = (facts.term + 1n) as Term;
  if (facts.election?.term !== term) {
    facts.election = { term, askedMs: undefined, signatures: new Map() };
    const message = electionSigningMessage(options.scope, term, successor);
    turn.sign({ kind: 'election', to: options.self.nodeKey, term, successor }, message);
  }
  const { election } = facts;
  submitIfElected(turn, view);
  if (election.askedMs !== undefined && turn.nowMs - election.askedMs < RESEND_MS) return;
  election.askedMs = turn.nowMs;
  for (const { nodeKey } of present) {
    if (!election.signatures.has(nodeKey)) turn.send(nodeKey, { kind: 'election', term, successor });
  }
}

function addSignature(turn: Turn, signer: NodeKey, term: Term, signature: Bytes): void {
  const { election, view } = turn.facts;
  if (election?.term !== term || view === undefined) return;
  election.signatures.set(signer, signature);
  submitIfElected(turn, view);
}

function submitIfElected(turn: Turn, view: ChainView): void {
  const { election, options } = turn.facts;
  if (election === undefined || view.term !== turn.facts.term) return;
  const signatures = view.members.flatMap(({ nodeKey, address }) => {
    const signature = election.signatures.get(nodeKey);
    return signature === undefined ? [] : [{ member: address, signature }];
  });
  if (signatures.length < electorsNeeded(view)) return;
  turn.chain({ kind: 'replaceLeader', successor: options.self.address, signatures });
}

/**
 * [L7] Two say so and the leader goes. Not where this node is linked to fewer than two thirds of the channel, as it is then rather cut off itself;
 * not among two, where it would close the channel; and once a term, as the contract takes a second time of the same member for a member left alone.
 */
function reportSilence(turn: Turn, view: ChainView, reachable: number): void {
  const { facts } = turn;
  const { heartbeatWindowMs } = facts.options.settings;
  const leader = leaderMember(facts);
  if (leader === undefined || !leader.valid || view.members.length < 3) return;
  if (reachable < quorumOf(view.members.length) || facts.silenceReportedTerm === facts.term) return;
  if (turn.nowMs - silentSinceMs(facts) < heartbeatWindowMs + ELECTION_SILENCE_MS) return;
  if (turn.chain({ kind: 'reportSilence' })) facts.silenceReportedTerm = facts.term;
}

/** There is a leader by the chain, and it is not heard from; or this node has caught it at something. */
function isForsaken(facts: Facts, nowMs: number): boolean {
  const leader = leaderMember(facts);
  if (leader === undefined || isLeaderByChain(facts)) return false;
  return facts.dispute?.accused === leader.nodeKey || nowMs - silentSinceMs(facts) >= ELECTION_SILENCE_MS;
}

/** A dispute counts as silence from the start: what a cheating leader says is worth nothing. */
function silentSinceMs(facts: Facts): number {
  return facts.dispute && facts.dispute.accused === leaderMember(facts)?.nodeKey
    ? facts.disputeSinceMs
    : facts.leaderHeardMs;
}

/** More than two thirds of all whom the chain lists. */
function electorsNeeded(view: ChainView): number {
  return Math.floor((2 * view.members.length) / 3) + 1;
}
