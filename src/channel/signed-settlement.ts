// Settlements by signatures ([X8], [X9]): the proposer says what it means to settle, every member that comes to the same signs, and all of it goes on
// the chain in one transaction. Nobody signs what is not final to it, so a signature that is kept back and used late settles nothing but the one history.

import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { NodeKey, Term } from '../base/ids.ts';
import { asksToBeginAnew, isBeginning } from './beginning.ts';
import { type AskedSettlement, type Facts, isKnownMember, linkedPeers, type SigningPurpose } from './facts.ts';
import { quorumOf } from './ledger.ts';
import {
  CHAIN_SHOWS_MS_MAX,
  RESEND_MS,
  SETTLEMENT_JUDGE_INTERVAL_MS,
  SETTLEMENT_SIGN_RETRY_MS,
  SETTLEMENT_SIGNATURES_MS_MAX,
} from './limits.ts';
import type { ChannelMessage } from './messages.ts';
import { type ChannelScope, signingMessage } from './scope.ts';
import { lacksHistory, mayBeginAnew } from './search.ts';
import { settlementBetween } from './settlement-range.ts';
import type { Turn } from './turn.ts';
import type { ChainView, Settlement } from './update.ts';

type SettlementAsked = Extract<ChannelMessage, { kind: 'settlement' }>;

/** As the contract rebuilds it: of no term, over the SHA3-256 of the settlement's data. */
export function settlementSigningMessage(scope: ChannelScope, dataHash: Bytes): Bytes {
  return signingMessage('settlement:1', scope, 0n as Term, dataHash);
}

// ---- The proposer

/** Whether to go by signatures; if not, by votes. */
export function beginCollecting(turn: Turn, view: ChainView, settlement: Settlement): boolean {
  const { facts } = turn;
  const { options } = facts;
  if (!options.offers.signedSettlements || facts.dispute || facts.collection !== undefined) return false;
  const reachable = view.members.filter(({ nodeKey }) => isHere(facts, nodeKey)).length;
  if (reachable < quorumOf(view.members.length)) return false;
  const dataHash = sha3_256(options.encodeSettlement(settlement));
  const signed = turn.sign({ kind: 'ownSettlement', dataHash }, settlementSigningMessage(options.scope, dataHash));
  if (!signed) return false;
  facts.collection = {
    settlement,
    dataHash,
    sinceMs: turn.nowMs,
    askedMs: turn.nowMs,
    signatures: new Map(),
    stage: 'collecting',
  };
  ask(turn, view);
  return true;
}

/** True while signatures are on their way, or the transaction that carries them. */
export function driveCollecting(turn: Turn, view: ChainView): boolean {
  const { facts } = turn;
  const { collection } = facts;
  if (collection === undefined) return false;
  const sinceMs = turn.nowMs - collection.sinceMs;
  if (collection.settlement.fromHeight !== view.settledHeight || view.closed) {
    facts.collection = undefined;
    return false;
  }
  switch (collection.stage) {
    case 'givenUp':
      // Whoever was missing may be back; a proposal that has not passed by then will not.
      if (sinceMs > SETTLEMENT_SIGN_RETRY_MS) facts.collection = undefined;
      return false;
    case 'submitted':
      if (!turn.isChainBusy('settleSigned') && sinceMs > CHAIN_SHOWS_MS_MAX) facts.collection = undefined;
      return true;
    case 'collecting':
      if (submitIfQuorum(turn, view)) return true;
      if (sinceMs > SETTLEMENT_SIGNATURES_MS_MAX || facts.dispute) {
        collection.stage = 'givenUp';
        return false;
      }
      if (turn.nowMs - collection.askedMs >= RESEND_MS) ask(turn, view);
      return true;
  }
}

export function onOwnSettlementSigned(turn: Turn, dataHash: Bytes, signature: Bytes): void {
  const { facts } = turn;
  addSignature(turn, facts.options.self.nodeKey, dataHash, signature);
}

/** Late ones, and those of others than were asked, are nothing wrong and nothing of use. */
export function onSettlementSigned(
  turn: Turn,
  from: NodeKey,
  message: Extract<ChannelMessage, { kind: 'settlementSigned' }>,
): void {
  if (message.signer !== from) {
    turn.refuse(from, '[X8] a settlement signed by another');
    return;
  }
  addSignature(turn, from, message.dataHash, message.signature);
}

/** The chain did not take it: by votes then, unless the view shows that it was settled otherwise. */
export function onSignedSettlementSubmitted(turn: Turn, refused: boolean): void {
  const { collection } = turn.facts;
  if (collection?.stage !== 'submitted') return;
  if (refused) collection.stage = 'givenUp';
  else collection.sinceMs = turn.nowMs;
}

function addSignature(turn: Turn, signer: NodeKey, dataHash: Bytes, signature: Bytes): void {
  const { collection, view } = turn.facts;
  if (collection?.stage !== 'collecting' || view === undefined) return;
  if (!bytesEqual(collection.dataHash, dataHash)) return;
  collection.signatures.set(signer, signature);
  submitIfQuorum(turn, view);
}

/** Two thirds of all whom the chain lists. */
function submitIfQuorum(turn: Turn, view: ChainView): boolean {
  const { collection } = turn.facts;
  if (collection === undefined) return false;
  // [N4] Somebody may have come with the history since.
  if (isBeginning(collection.settlement) && !mayBeginAnew(turn)) return false;
  const signatures = view.members.flatMap(({ nodeKey, address }) => {
    const signature = collection.signatures.get(nodeKey);
    return signature === undefined ? [] : [{ member: address, signature }];
  });
  if (signatures.length < quorumOf(view.members.length)) return false;
  const { settlement } = collection;
  if (!turn.chain({ kind: 'settleSigned', settlement, signatures })) return false;
  collection.stage = 'submitted';
  return true;
}

function ask(turn: Turn, view: ChainView): void {
  const { collection } = turn.facts;
  if (collection === undefined) return;
  collection.askedMs = turn.nowMs;
  const { settlement, dataHash, signatures } = collection;
  const { fromHeight, toHeight } = settlement;
  const listed = new Set(view.members.map(({ nodeKey }) => nodeKey));
  for (const peer of linkedPeers(turn.facts)) {
    if (!listed.has(peer) || signatures.has(peer)) continue;
    turn.send(peer, { kind: 'settlement', fromHeight, toHeight, dataHash });
  }
}

function isHere(facts: Facts, nodeKey: NodeKey): boolean {
  return nodeKey === facts.options.self.nodeKey || linkedPeers(facts).includes(nodeKey);
}

// ---- Who is asked

export function onSettlementAsked(turn: Turn, from: NodeKey, request: SettlementAsked): void {
  const { asked } = turn.facts;
  const known = asked.get(from);
  if (known && bytesEqual(known.request.dataHash, request.dataHash) && known.request.toHeight === request.toHeight) {
    if (known.signature) sendSignature(turn, from, request.dataHash, known.signature);
    return;
  }
  asked.set(from, { request, judgedMs: known?.judgedMs, stage: 'open', signature: undefined });
  answer(turn, from);
}

/** What could not be answered yet. */
export function driveAnswers(turn: Turn): void {
  const { facts } = turn;
  for (const peer of [...facts.asked.keys()]) {
    if (isKnownMember(facts, peer)) answer(turn, peer);
    else facts.asked.delete(peer);
  }
}

export function onSettlementSignedHere(
  turn: Turn,
  { to, dataHash }: Extract<SigningPurpose, { kind: 'settlement' }>,
  signature: Bytes,
): void {
  const entry = turn.facts.asked.get(to);
  if (entry === undefined || !bytesEqual(entry.request.dataHash, dataHash)) return;
  entry.stage = 'signed';
  entry.signature = signature;
  sendSignature(turn, to, dataHash, signature);
}

/** Signs what is equal and final here, refuses what differs from it, and waits where this node has not got that far. */
function answer(turn: Turn, peer: NodeKey): void {
  const { facts } = turn;
  const { history, asked } = facts;
  const entry = asked.get(peer);
  if (entry?.stage !== 'open' || facts.dispute) return;
  if (asksToBeginAnew(facts, entry.request)) {
    answerBeginning(turn, peer, entry);
    return;
  }
  if (history === undefined) return;
  const { fromHeight, toHeight, dataHash } = entry.request;
  const base = history.base.position.height;
  if (fromHeight < base || toHeight <= fromHeight) {
    asked.delete(peer);
    return;
  }
  if (fromHeight > base || toHeight > history.finalPosition.height) return;
  // Computing the change set costs: one that asks for many gets few answers.
  if (entry.judgedMs !== undefined && turn.nowMs - entry.judgedMs < SETTLEMENT_JUDGE_INTERVAL_MS) return;
  entry.judgedMs = turn.nowMs;
  const to = history.placeAt(toHeight);
  const { scope, encodeSettlement } = facts.options;
  const own = to === undefined ? undefined : sha3_256(encodeSettlement(settlementBetween(history, 0, to)));
  if (own === undefined || !bytesEqual(own, dataHash)) {
    entry.stage = 'refused';
    turn.refuse(peer, '[X8] a settlement that differs from what is final here');
    return;
  }
  const isAsked = turn.sign({ kind: 'settlement', to: peer, dataHash }, settlementSigningMessage(scope, dataHash));
  if (isAsked) entry.stage = 'signing';
}

/** [N4] Signs where this node has none either and knows of none, refuses where it has, and waits while it looks. */
function answerBeginning(turn: Turn, peer: NodeKey, entry: AskedSettlement): void {
  const { facts } = turn;
  const { fromHeight, dataHash } = entry.request;
  if (facts.history && !lacksHistory(facts)) {
    entry.stage = 'refused';
    turn.refuse(peer, '[N4] the history is not lost: this node has it');
    return;
  }
  if (!mayBeginAnew(turn)) return;
  const message = settlementSigningMessage(facts.options.scope, dataHash);
  if (!turn.sign({ kind: 'settlement', to: peer, dataHash }, message)) return;
  facts.pledgedHeight = fromHeight;
  entry.stage = 'signing';
}

function sendSignature(turn: Turn, to: NodeKey, dataHash: Bytes, signature: Bytes): void {
  const signer = turn.facts.options.self.nodeKey;
  turn.send(to, { kind: 'settlementSigned', dataHash, signer, signature });
}
