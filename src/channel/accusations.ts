// What this node has against a leader, brought before the contract (section E): two batches signed for one place, or a batch that does not come to
// what its signature says. The members that could bring it do so in turn; whoever is first spares the others the transaction.

import { bytesEqual } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Height, NodeKey } from '../base/ids.ts';
import { batchHash, type SignedBatch } from './batch.ts';
import { encodeAccusation, encodeReplayEvidence, type ReplayBasis } from './evidence.ts';
import type { Charge } from './facts.ts';
import { ACCUSE_STAGGER_MS, CHAIN_SHOWS_MS_MAX, CHARGES_MAX } from './limits.ts';
import type { Turn } from './turn.ts';
import type { ChainAction, ChainMember, ChainView } from './update.ts';

/** [E4] */
export function noteTwins(turn: Turn, a: SignedBatch, b: SignedBatch): void {
  const signed = ({ header, signature }: SignedBatch) => ({ header, signature });
  addCharge(turn, { kind: 'twins', accused: a.header.leader, sinceMs: turn.nowMs, a: signed(a), b: signed(b) });
}

/** [E1] `height`: of the transaction that is wrong. With `basis` the contract can find so by itself. */
export function noteWrong(turn: Turn, batch: SignedBatch, height: Height, basis?: ReplayBasis): void {
  addCharge(turn, {
    kind: 'wrong',
    accused: batch.header.leader,
    sinceMs: turn.nowMs,
    batch,
    height,
    basis: turn.facts.options.offers.replays ? basis : undefined,
  });
}

export function driveAccusations(turn: Turn): void {
  const { facts } = turn;
  const { view } = facts;
  const { self } = facts.options;
  if (view === undefined || view.closed || facts.charges.length === 0) return;
  if (!view.members.some(({ nodeKey }) => nodeKey === self.nodeKey)) return;
  // Who is no member any more has nothing here that this node could take.
  facts.charges = facts.charges.filter(({ accused }) => memberOf(view, accused) !== undefined);
  for (const charge of facts.charges) {
    const accused = memberOf(view, charge.accused);
    if (
      accused === undefined ||
      turn.nowMs - charge.sinceMs < rankAmong(view, self.nodeKey, accused) * ACCUSE_STAGGER_MS
    )
      continue;
    if (charge.triedMs !== undefined && turn.nowMs - charge.triedMs < CHAIN_SHOWS_MS_MAX) continue;
    const action = actionFor(view, charge, accused);
    if (action && turn.chain(action)) charge.triedMs = turn.nowMs;
  }
}

/** A replay that the contract could not follow goes before the members instead. */
export function onAccusationSubmitted(turn: Turn, action: ChainAction, refused: boolean): void {
  if (action.kind !== 'prove' || !refused) return;
  for (const charge of turn.facts.charges) {
    if (charge.kind !== 'wrong' || memberOf(turn.facts.view, charge.accused)?.address !== action.member) continue;
    charge.basis = undefined;
    charge.triedMs = undefined;
  }
}

function addCharge(
  turn: Turn,
  charge: Omit<Charge & { kind: 'twins' }, 'triedMs'> | Omit<Charge & { kind: 'wrong' }, 'triedMs'>,
): void {
  const { facts } = turn;
  if (charge.accused === facts.options.self.nodeKey || facts.charges.length >= CHARGES_MAX) return;
  // One is enough to put a member out; twins before anything that others would have to vote on.
  const known = facts.charges.findIndex(({ accused }) => accused === charge.accused);
  const before = facts.charges[known];
  if (before && (before.kind === 'twins' || charge.kind === 'wrong')) return;
  if (before) facts.charges.splice(known, 1);
  facts.charges.push({ ...charge, triedMs: undefined });
}

function actionFor(view: ChainView, charge: Charge, { address: member }: ChainMember): ChainAction | undefined {
  if (charge.kind === 'twins') {
    const { a, b } = charge;
    return { kind: 'punishTwins', member, a, b };
  }
  const data = encodeAccusation({ accused: member, height: charge.height, batch: charge.batch });
  if (charge.basis) return { kind: 'prove', member, evidence: encodeReplayEvidence(data, charge.basis) };
  // Another was quicker: what remains is to vote.
  const hash = sha3_256(data);
  const isReported = view.reports.some((report) => !report.executed && bytesEqual(report.dataHash, hash));
  return isReported ? undefined : { kind: 'accuse', member, data };
}

/** How many come before this node: valid ones that joined earlier. */
function rankAmong(view: ChainView, self: NodeKey, accused: ChainMember): number {
  const own = memberOf(view, self);
  return view.members.filter(
    (member) => member.valid && member !== accused && own !== undefined && member.joinSequence < own.joinSequence,
  ).length;
}

function memberOf(view: ChainView | undefined, key: NodeKey): ChainMember | undefined {
  return view?.members.find(({ nodeKey }) => nodeKey === key);
}

/** Whether they are two batches of one leader for one place, which no honest one signs ([B6]). */
export function areTwins({ header: a }: SignedBatch, { header: b }: SignedBatch): boolean {
  const isSamePlace = a.term === b.term && a.leader === b.leader && a.firstHeight === b.firstHeight;
  return isSamePlace && !bytesEqual(batchHash(a), batchHash(b));
}
