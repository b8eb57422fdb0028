// Finality (section F): acknowledgements collected by the leader, certificates made of them and checked by everyone.

import { type Bytes, bytesEqual, fromHex, toHex } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import type { Acknowledgement, Certificate } from './batch.ts';
import { raiseDispute } from './dispute.ts';
import { isLeading, leaderKey, linkedPeers } from './facts.ts';
import { type History, isGenesis } from './history.ts';
import { countedMembers, memberByKey, quorumOf } from './ledger.ts';
import { ACKNOWLEDGED_BATCHES_MAX } from './limits.ts';
import type { Position } from './messages.ts';
import { noteFinal } from './outbox.ts';
import type { Turn } from './turn.ts';

/** What the leader makes of an acknowledgement. Late ones and those of another term are nothing wrong and nothing of use. */
export function onAcknowledgement(turn: Turn, from: NodeKey, acknowledgement: Acknowledgement): void {
  const { facts } = turn;
  const { history } = facts;
  const { term, height, signer, signature } = acknowledgement;
  if (history === undefined || !isLeading(facts) || term !== facts.term) return;
  if (memberByKey(history.ledger, signer) === undefined) {
    turn.refuse(from, 'an acknowledgement of no member');
    return;
  }
  const place = history.placeOf(acknowledgement.batchHash);
  if (place === undefined) {
    turn.refuse(from, 'an acknowledgement of an unknown batch');
    return;
  }
  const position = history.positionAt(place);
  if (position.height !== height || position.term !== term) {
    turn.refuse(from, 'an acknowledgement out of place');
    return;
  }
  if (place <= history.finalCount) return;

  const key = toHex(position.hash);
  let signatures = facts.acknowledgements.get(key);
  if (signatures === undefined) {
    signatures = new Map();
    facts.acknowledgements.set(key, signatures);
    const [oldest] = facts.acknowledgements.keys();
    if (facts.acknowledgements.size > ACKNOWLEDGED_BATCHES_MAX && oldest) facts.acknowledgements.delete(oldest);
  }
  signatures.set(signer, signature);
  finalizeIfQuorum(turn, history, position);
}

/** [F2] As leader, for a batch of the term: makes the certificate once every quorum that it needs has signed. */
export function finalizeIfQuorum(turn: Turn, history: History, position: Position): void {
  const { facts } = turn;
  const place = history.placeOf(position.hash);
  if (place === undefined || place <= history.finalCount || position.term !== facts.term) return;
  const signatures = facts.acknowledgements.get(toHex(position.hash)) ?? new Map<NodeKey, Bytes>();
  if (!history.isQuorum(place, new Set([...signatures.keys(), facts.options.self.nodeKey]))) return;
  const certificate: Certificate = {
    term: position.term,
    height: position.height,
    batchHash: position.hash,
    signatures: [...signatures].map(([signer, signature]) => ({ signer, signature })),
  };
  makeFinal(turn, history, certificate);
  for (const peer of linkedPeers(facts)) turn.send(peer, { kind: 'certificate', certificate });
}

/** A certificate speaks for itself, whoever hands it on; its signatures are checked at the door. */
export function onCertificate(turn: Turn, from: NodeKey, certificate: Certificate): void {
  const { facts } = turn;
  const { history } = facts;
  if (history === undefined) return;
  const place = history.placeOf(certificate.batchHash);
  if (place === undefined) {
    noteUnknown(turn, history, certificate);
    return;
  }
  if (place <= history.finalCount) return;
  const entry = history.entryAt(place);
  if (entry === undefined || entry.position.height !== certificate.height || entry.position.term !== certificate.term) {
    turn.refuse(from, 'a certificate out of place');
    return;
  }
  const signers = new Set([entry.batch.header.leader, ...certificate.signatures.map(({ signer }) => signer)]);
  const counted = countedMembers(entry.ledger);
  if (counted.filter((member) => signers.has(member)).length < quorumOf(counted.length)) {
    turn.refuse(from, 'a certificate without a quorum');
    return;
  }
  makeFinal(turn, history, certificate);
}

function makeFinal(turn: Turn, history: History, certificate: Certificate): void {
  history.finalize(certificate);
  for (const key of turn.facts.acknowledgements.keys()) {
    const place = history.placeOf(fromHex(key));
    if (place === undefined || place <= history.finalCount) turn.facts.acknowledgements.delete(key);
  }
  turn.event({ kind: 'certified', certificate });
  noteFinal(turn, history);
  turn.notify({ kind: 'final', height: certificate.height });
  turn.statusChanged();
}

/** [N6] Heights come again where a channel has begun anew; terms do not. */
function isOfGivenUp(history: History, { term }: Certificate): boolean {
  const { position, world } = history.base;
  const first = isGenesis(position) ? history.entryAt(1)?.position : position;
  return world.ledger.restarts > 0n && first !== undefined && term < first.term;
}

/** [F3] Members that this node counts as a quorum called something final that contradicts what is final here. */
function noteUnknown(turn: Turn, history: History, certificate: Certificate): void {
  const place = history.placeAt(certificate.height);
  if (place === undefined || place === 0 || place > history.finalCount) return;
  if (isOfGivenUp(history, certificate)) return;
  const entry = history.entryAt(place);
  const accused = leaderKey(turn.facts);
  if (entry === undefined || accused === undefined || bytesEqual(entry.position.hash, certificate.batchHash)) return;
  const signers = new Set(certificate.signatures.map(({ signer }) => signer));
  const counted = countedMembers(entry.ledger);
  // The leader's own signature is not in a certificate.
  const signed = counted.filter((member) => signers.has(member)).length;
  if (signed === 0 || signed + 1 < quorumOf(counted.length)) return;
  raiseDispute(turn, {
    kind: 'conflict',
    term: turn.facts.term,
    height: certificate.height,
    accused,
    message: '[F3] others call final what contradicts what is final here',
    claimed: certificate.batchHash,
    computed: entry.position.hash,
  });
}
