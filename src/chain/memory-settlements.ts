// Settlements on the chain in memory: proposed, contested, executed, or brought with signatures, by the contract's rules.

import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Address } from '../base/ids.ts';
import { stateKeyId } from '../base/state.ts';
import { formatTypeTag } from '../base/type-tag.ts';
import { batchHash, lastHeight } from '../channel/batch.ts';
import { settlementSigningMessage } from '../channel/signed-settlement.ts';
import type { ChainAction } from '../channel/update.ts';
import { SETTLE_SIGNED_FUNCTION_LABEL } from '../ports/chain.ts';
import { ChainError } from './chain-error.ts';
import {
  allMembers,
  assertSigned,
  type ChannelRecord,
  type MemoryProposal,
  PROPOSAL_AGE_MS_MAX,
  quorum,
  refused,
  type Seat,
  validMembers,
} from './memory-channel.ts';
import { assertWellFormed, isBeginning, readSettlement, settlementHeights } from './memory-settlement-data.ts';
import { encodeSettlementData } from './settlement-data.ts';

/** The contract's own, where an application chooses none. */
const CONTEST_WINDOW_MS = 60_000;

export function propose(channel: ChannelRecord, seat: Seat, data: Bytes, nowMs: number): void {
  assertLawful(channel, data);
  channel.proposals = channel.proposals.filter((proposal) => isAlive(channel, proposal, nowMs));
  const own = channel.proposals.find((proposal) => proposal.proposer === seat.address);
  if (own) {
    const valid = validMembers(channel, nowMs);
    const lost = valid.filter((member) => (own.votes.get(member) ?? 'for') !== 'for').length;
    if (valid.length - lost >= quorum(valid.length)) throw refused('E_PROPOSAL_OPEN');
    channel.proposals = channel.proposals.filter((proposal) => proposal !== own);
  }
  const proposal: MemoryProposal = {
    id: channel.proposalId++,
    proposer: seat.address,
    data,
    createdMs: nowMs,
    votes: new Map([[seat.address, 'for']]),
    contestUntilMs: 0,
    contested: false,
    executed: false,
  };
  channel.proposals.push(proposal);
  beginContest(channel, proposal, nowMs);
}

/** Where it passes among the valid members only. */
export function beginContest(channel: ChannelRecord, proposal: MemoryProposal, nowMs: number): boolean {
  const isDue =
    proposal.contestUntilMs === 0 &&
    passes(proposal, validMembers(channel, nowMs)) &&
    !passes(proposal, allMembers(channel));
  if (isDue) proposal.contestUntilMs = nowMs + CONTEST_WINDOW_MS;
  return isDue;
}

/** As the contract does, but for the signatures, which this twin takes as checked. */
export function contest(
  channel: ChannelRecord,
  proposal: MemoryProposal,
  action: Extract<ChainAction, { kind: 'contest' }>,
): void {
  const { header, signatures } = action;
  const settlement = readSettlement(proposal.data);
  if (header.term <= channel.givenUpTerm) throw refused('E_GIVEN_UP');
  const height = lastHeight(header);
  const isNewer = height > settlement.toHeight;
  const isOther = height === settlement.toHeight && !bytesEqual(batchHash(header), settlement.historyHash);
  if (!isNewer && !isOther) throw refused('E_NOT_NEWER');
  const signers = new Set(signatures.map(({ member }) => member));
  const leader = channel.seats.find((seat) => seat.nodeKey === header.leader);
  if (leader) signers.add(leader.address);
  const count = allMembers(channel).filter((member) => signers.has(member)).length;
  if (count < quorum(channel.seats.length)) throw refused('E_TOO_FEW_SIGNERS');
  proposal.contested = true;
}

export function execute(channel: ChannelRecord, proposal: MemoryProposal, nowMs: number): void {
  if (!passes(proposal, validMembers(channel, nowMs))) throw refused('E_PROPOSAL_NOT_PASSED');
  const isUncontested = proposal.contestUntilMs > 0 && nowMs >= proposal.contestUntilMs;
  if (!passes(proposal, allMembers(channel)) && !isUncontested) throw refused('E_CONTEST_OPEN');
  proposal.executed = true;
  settle(channel, proposal.data);
}

/** [C44] */
export function settleSigned(channel: ChannelRecord, action: Extract<ChainAction, { kind: 'settleSigned' }>): void {
  if (!channel.description.labels.has(SETTLE_SIGNED_FUNCTION_LABEL)) {
    throw new ChainError('not-found', `the channel has no label "${SETTLE_SIGNED_FUNCTION_LABEL}"`);
  }
  const { settlement, signatures } = action;
  const data = encodeSettlementData(settlement);
  assertLawful(channel, data);
  const message = settlementSigningMessage(channel.description.scope, sha3_256(data));
  assertSigned(channel, signatures, message);
  if (signatures.length < quorum(channel.seats.length)) throw refused('E_TOO_FEW_SIGNERS');
  settle(channel, data);
}

export function openProposal(channel: ChannelRecord, id: bigint, nowMs: number): MemoryProposal {
  const proposal = channel.proposals.find((each) => each.id === id);
  if (!proposal) throw refused('E_NO_PROPOSAL');
  if (proposal.executed) throw refused('E_PROPOSAL_EXECUTED');
  if (proposal.contested) throw refused('E_PROPOSAL_CONTESTED');
  if (!isAlive(channel, proposal, nowMs)) throw refused('E_PROPOSAL_STALE');
  return proposal;
}

function settle(channel: ChannelRecord, data: Bytes): void {
  const settlement = readSettlement(data);
  const change = settlement.changes.find(
    ({ address, type }) =>
      address === channel.description.stateType.address && type === formatTypeTag(channel.description.stateType),
  );
  if (change?.modified) {
    if (!bytesEqual(change.modified.oldHash, sha3_256(channel.state))) throw refused('E_STATE_CHANGED');
    channel.state = change.modified.value;
  }
  for (const { address, type, modified } of settlement.changes) {
    const seat = channel.seats.find((each) => each.address === address);
    if (seat?.assets && modified && type === formatTypeTag(seat.assets.type)) {
      seat.assets = { type: seat.assets.type, value: modified.value };
    }
  }
  for (const { key, value } of settlement.items) {
    if (value === undefined) channel.items.delete(stateKeyId(key));
    else channel.items.set(stateKeyId(key), { key, value });
  }
  channel.settledHeight = settlement.toHeight;
  channel.settledRoot = settlement.stateRoot;
  channel.historyHash = settlement.historyHash;
  if (isBeginning(settlement)) {
    channel.restarts += 1n;
    channel.givenUpTerm = channel.term;
    channel.leader = undefined;
  }
  for (const leaving of settlement.leaving) {
    const seat = channel.seats.find((each) => each.address === leaving);
    if (seat) channel.departed.push(seat);
    channel.seats = channel.seats.filter((each) => each !== seat);
    if (channel.leader === leaving) channel.leader = undefined;
  }
  if (settlement.closing) {
    channel.closed = true;
    channel.leader = undefined;
  }
}

function isAlive(channel: ChannelRecord, proposal: MemoryProposal, nowMs: number): boolean {
  const beginsMs = proposal.contestUntilMs > 0 ? proposal.contestUntilMs : proposal.createdMs;
  const isFresh = BigInt(nowMs - beginsMs) <= PROPOSAL_AGE_MS_MAX;
  return (
    !proposal.executed &&
    !proposal.contested &&
    isFresh &&
    settlementHeights(proposal.data).from === channel.settledHeight
  );
}

/** Well formed, and to be proposed here, as the contract looks at it, in its order. */
function assertLawful(channel: ChannelRecord, data: Bytes): void {
  assertWellFormed(data);
  const { leaving, closing } = readSettlement(data);
  if (settlementHeights(data).from !== channel.settledHeight) throw refused('E_FROM_HEIGHT');
  if (leaving.some((member) => !allMembers(channel).includes(member)))
    throw refused('E_LEAVING_NOT_: MemoryProposalBER');
  if (closing && !channel.closing) throw refused('E_NOT_CLOSING');
}

/** One voter at least, and two thirds of them, are for it. */
function passes(proposal: MemoryProposal, members: readonly Address[]): boolean {
  const inFavour = members.filter((member) => proposal.votes.get(member) === 'for').length;
  return inFavour > 0 && inFavour >= quorum(members.length);
}
