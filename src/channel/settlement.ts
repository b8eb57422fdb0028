// Settlement (section X): proposing what has become final, judging what others propose, executing what has passed, and starting the
// history anew from what the chain has settled.

import { bytesEqual, toHex } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Address, Height } from '../base/ids.ts';
import { asksToBeginAnew, beginningAfter, keepPledge } from './beginning.ts';
import { type Facts, isLeaderByChain, isLeading, leaderKey } from './facts.ts';
import { finalizeIfQuorum } from './finality.ts';
import { sayHello } from './hello.ts';
import type { History } from './history.ts';
import { quorumOf } from './ledger.ts';
import { EXECUTE_PATIENCE_MS, PROPOSAL_PATIENCE_MS, REFUSED_LENGTHS, UNSETTLED_BATCHES_MAX } from './limits.ts';
import { noteFinal } from './outbox.ts';
import { lacksHistory, mayBeginAnew } from './search.ts';
import { settlementBetween } from './settlement-range.ts';
import { beginCollecting, driveAnswers, driveCollecting } from './signed-settlement.ts';
import type { Turn } from './turn.ts';
import type { ChainProposal, ChainView, Settlement } from './update.ts';

export function onSettleRequested(turn: Turn): void {
  turn.facts.settleRequested = true;
}

export function driveSettlement(turn: Turn): void {
  const { facts } = turn;
  const { view, history } = facts;
  if (view === undefined || view.closed) return;
  if (!view.members.some(({ address }) => address === facts.options.self.address)) return;
  facts.lastSettledMs ??= turn.nowMs;
  driveAnswers(turn);
  keepPledge(turn, view);
  for (const proposal of openProposals(view)) {
    if (asksToBeginAnew(facts, proposal)) {
      judgeBeginning(turn, view, proposal);
      // [N4] Somebody may have come with the history since.
      if (!mayBeginAnew(turn)) continue;
    } else if (history) judge(turn, view, history, proposal);
    execute(turn, view, proposal);
  }
  if (lacksHistory(facts)) proposeBeginning(turn, view);
  else if (history) propose(turn, view, history);
}

/** [X5] Once the history has got as far as the chain has settled. */
export function adoptSettled(turn: Turn): void {
  const { facts } = turn;
  const { view, history } = facts;
  if (view === undefined || history === undefined) return;
  if (view.settledHeight <= history.base.position.height) return;
  const place = history.placeOf(view.historyHash);
  if (place === undefined || history.positionAt(place).height !== view.settledHeight) {
    const leader = leaderKey(facts);
    if (leader !== undefined && history.tip.height >= view.settledHeight) sayHello(turn, leader);
    return;
  }
  turn.event({ kind: 'snapshot', snapshot: history.snapshotAt(place) });
  const finalBefore = history.finalPosition.height;
  history.trimTo(place);
  facts.lastSettledMs = turn.nowMs;
  // [X10] Where it was cut the rest comes next, and may be more.
  const most = facts.settledPlacesMax;
  facts.settledPlacesMax = most && placesMaxAfter(facts, most, place);
  facts.settleRequested = most !== undefined;
  noteFinal(turn, history);
  // What the chain has settled is final, whoever had not acknowledged it yet.
  if (finalBefore < view.settledHeight) turn.notify({ kind: 'final', height: view.settledHeight });
  turn.notify({ kind: 'settled', height: view.settledHeight });
  // Those whose signatures were missing may be in none of the batches that are left: where this node is alone nobody else will make it look again.
  if (isLeading(facts)) finalizeIfQuorum(turn, history, history.tip);
  turn.statusChanged();
}

/** [X10] One up to this height, which may have been more than a transaction can do: the next goes half as far. */
export function onSettlementRefused(turn: Turn, toHeight: Height | undefined): void {
  const { facts } = turn;
  const place = toHeight === undefined ? undefined : facts.history?.placeAt(toHeight);
  // What is settled by now was refused because somebody was faster.
  if (place === undefined || place === 0) return;
  const half = Math.max(1, Math.floor(place / 2));
  facts.settledPlacesMax = Math.min(facts.settledPlacesMax ?? half, half);
  const isLeast = place <= (facts.refusedPlaces?.count ?? place);
  if (isLeast) facts.refusedPlaces = { count: place, left: REFUSED_LENGTHS * place };
  // [X9] One that cannot be cut goes by votes. A shorter one is another one: nothing has been refused of it.
  if (half === place) return;
  if (facts.collection?.settlement.toHeight === toHeight) facts.collection = undefined;
  facts.chainActions.delete('settleSigned');
}

/** [X10] After so many were settled: twice as many, unless that has been refused and little has been settled since. */
function placesMaxAfter(facts: Facts, most: number, settled: number): number {
  const longest = Math.max(most, settled);
  const { refusedPlaces: refused } = facts;
  if (refused === undefined) return 2 * longest;
  refused.left -= settled;
  const isOver = refused.left <= 0 || settled >= refused.count;
  if (isOver) facts.refusedPlaces = undefined;
  // One more: half of what was refused was rounded.
  return !isOver && 2 * longest + 1 >= refused.count ? longest : 2 * longest;
}

/** [X1] By signatures where the application takes them ([X8]), else by votes. */
function propose(turn: Turn, view: ChainView, history: History): void {
  const { facts } = turn;
  if (driveCollecting(turn, view)) return;
  const from = history.placeAt(view.settledHeight);
  if (from === undefined || from !== 0) return;
  const last = settleablePlace(facts, view, history);
  if (last <= from || !isTimeToSettle(turn, history, last)) return;
  if (last <= (facts.settledPlacesMax ?? 0)) {
    facts.settledPlacesMax = undefined;
    facts.refusedPlaces = undefined;
  }
  const to = facts.settledPlacesMax ?? last;
  const own = openProposals(view).filter(({ proposer }) => proposer === facts.options.self.address);
  const open = own.filter((proposal) => !isLost(view, proposal));
  // [X10] One that the chain does not execute is in the way of the next proposal, not of signatures.
  if (open.some((proposal) => proposal.toHeight <= history.positionAt(to).height)) return;
  if (turn.isChainBusy('propose')) return;
  const settlement = settlementBetween(history, from, to);
  // The contract takes a closing settlement only when it knows that the channel closes.
  if (settlement.closing && !view.closing) {
    turn.chain({ kind: 'close' });
    return;
  }
  bring(turn, view, settlement, settlement.toHeight <= history.finalPosition.height, open.length > 0);
}

/** [N4] The leader's to do, as nothing else is while it has no history. */
function proposeBeginning(turn: Turn, view: ChainView): void {
  const { facts } = turn;
  if (driveCollecting(turn, view) || !isLeaderByChain(facts) || !mayBeginAnew(turn)) return;
  const isOpen = openProposals(view).some(
    (proposal) => proposal.proposer === facts.options.self.address && !isLost(view, proposal),
  );
  if (isOpen || turn.isChainBusy('propose')) return;
  facts.pledgedHeight = view.settledHeight;
  bring(turn, view, beginningAfter(view.settledHeight), true, false);
}

/** By signatures where all may come to the same, else by votes. What is not final here nobody would sign. */
function bring(turn: Turn, view: ChainView, settlement: Settlement, mayBeSigned: boolean, isInTheWay: boolean): void {
  if ((mayBeSigned && beginCollecting(turn, view, settlement)) || isInTheWay) return;
  const isBlocked = openProposals(view).some(
    (proposal) => !isLost(view, proposal) && turn.nowMs - Number(proposal.createdMs) < PROPOSAL_PATIENCE_MS,
  );
  if (isBlocked) return;
  turn.chain({ kind: 'propose', settlement });
}

/** The final place, or the tip where a member that final would need has lapsed or is gone. */
function settleablePlace(facts: Facts, view: ChainView, history: History): number {
  if (facts.dispute) return history.finalCount;
  const valid = new Set(view.members.filter((member) => member.valid).map(({ nodeKey }) => nodeKey));
  return history.isQuorum(history.length, valid) ? history.finalCount : history.length;
}

function isTimeToSettle(turn: Turn, history: History, to: number): boolean {
  const { facts } = turn;
  if (facts.settleRequested) return true;
  if (!isLeading(facts)) return false;
  const ledger = history.ledgerAt(to);
  const base = history.ledgerAt(0);
  const wasLeaving = new Set(base.members.filter(({ leaving }) => leaving).map(({ joinSequence }) => joinSequence));
  if (ledger.members.some(({ leaving, joinSequence }) => leaving && !wasLeaving.has(joinSequence))) return true;
  if (ledger.closing && !base.closing) return true;
  // Who was put out, or has left by itself, will never acknowledge what only its quorum can make final: the chain must.
  const listed = new Set(facts.view?.members.map(({ nodeKey }) => nodeKey));
  if (!history.isQuorum(to, listed)) return true;
  if (history.length > UNSETTLED_BATCHES_MAX) return true;
  const { settleIntervalMs } = facts.options.settings;
  const sinceMs = facts.lastSettledMs ?? turn.nowMs;
  return settleIntervalMs > 0 && turn.nowMs - sinceMs >= settleIntervalMs && hasMemberTransactions(history, to);
}

/** Terms that open and members that join are nothing to settle for by themselves. */
function hasMemberTransactions(history: History, to: number): boolean {
  for (let place = to; place > 0; place--) {
    const transactions = history.entryAt(place)?.batch.transactions ?? [];
    if (transactions.some(({ kind }) => kind === 'member' || kind === 'tick')) return true;
  }
  return false;
}

/** [X3] Against only what is final here: below that, this node's own history may be the wrong one. */
function judge(turn: Turn, view: ChainView, history: History, proposal: ChainProposal): void {
  const { facts } = turn;
  const { self, encodeSettlement } = facts.options;
  if (facts.dispute) return;
  const hasVoted = isVoter(proposal, self.address);
  // A vote is given once; what remains then is to contest, while there is time.
  if (hasVoted && proposal.contestUntilMs === 0n) return;
  if (turn.isChainBusy(`vote ${proposal.id}`)) return;
  const at = `${toHex(history.tip.hash)} ${history.finalCount}`;
  if (facts.differing.get(proposal.id) === at) return;
  const from = history.placeAt(proposal.fromHeight);
  const to = history.placeAt(proposal.toHeight);
  const isSame =
    from !== undefined &&
    to !== undefined &&
    from < to &&
    bytesEqual(sha3_256(encodeSettlement(settlementBetween(history, from, to))), proposal.dataHash);
  if (isSame) {
    if (hasVoted) facts.differing.set(proposal.id, at);
    else turn.chain({ kind: 'vote', proposal: proposal.id, option: 'for' });
  } else if (proposal.toHeight <= history.finalPosition.height) {
    if (!hasVoted) turn.chain({ kind: 'vote', proposal: proposal.id, option: 'against' });
    if (proposal.contestUntilMs > 0n) contest(turn, view, history, proposal);
  } else {
    facts.differing.set(proposal.id, at);
  }
}

/** [N4] Against it whoever has the history, for it who has none and knows of none; who still looks waits. */
function judgeBeginning(turn: Turn, view: ChainView, proposal: ChainProposal): void {
  const { facts } = turn;
  const { history } = facts;
  const hasVoted = isVoter(proposal, facts.options.self.address);
  if (turn.isChainBusy(`vote ${proposal.id}`)) return;
  if (history && !lacksHistory(facts)) {
    if (!hasVoted) turn.chain({ kind: 'vote', proposal: proposal.id, option: 'against' });
    const isBeyond = proposal.toHeight <= history.finalPosition.height;
    if (isBeyond && proposal.contestUntilMs > 0n) contest(turn, view, history, proposal);
  } else if (!hasVoted && mayBeginAnew(turn)) {
    facts.pledgedHeight = proposal.fromHeight;
    turn.chain({ kind: 'vote', proposal: proposal.id, option: 'for' });
  }
}

/** [X7] With the certificate for what is final here. The leader's signature is on the batch itself. */
function contest(turn: Turn, view: ChainView, history: History, proposal: ChainProposal): void {
  const { certificate } = history;
  const entry = history.entryAt(history.finalCount);
  if (certificate === undefined || entry === undefined) return;
  const memberOf = new Map(view.members.map(({ nodeKey, address }) => [nodeKey, address]));
  const signatures = certificate.signatures.flatMap(({ signer, signature }) => {
    const member = memberOf.get(signer);
    return member === undefined ? [] : [{ member, signature }];
  });
  const { header, signature: leaderSignature } = entry.batch;
  const signers = signatures.length + (memberOf.has(header.leader) ? 1 : 0);
  if (signers < quorumOf(view.members.length)) return;
  turn.chain({ kind: 'contest', proposal: proposal.id, header, leaderSignature, signatures });
}

/** [X4] */
function execute(turn: Turn, view: ChainView, proposal: ChainProposal): void {
  const { facts } = turn;
  const { self } = facts.options;
  if (!hasPassed(view, proposal)) {
    facts.passedSinceMs.delete(proposal.id);
    return;
  }
  const since = facts.passedSinceMs.get(proposal.id) ?? turn.nowMs;
  facts.passedSinceMs.set(proposal.id, since);
  const isOwn = proposal.proposer === self.address;
  if (!isOwn && !proposal.votesFor.includes(self.address)) return;
  const voters = proposal.votesFor.filter((address) => address !== proposal.proposer);
  const rank = isOwn ? 0 : 1 + voters.indexOf(self.address);
  if (turn.nowMs - since < rank * EXECUTE_PATIENCE_MS) return;
  // [X7] Where some have lapsed, those who are left let them have their say first.
  if (!hasPassedAmongAll(view, proposal)) {
    if (proposal.contestUntilMs === 0n) {
      turn.chain({ kind: 'beginContest', proposal: proposal.id });
      return;
    }
    if (turn.nowMs < Number(proposal.contestUntilMs)) return;
  }
  turn.chain({ kind: 'execute', proposal: proposal.id });
}

function openProposals(view: ChainView): ChainProposal[] {
  return view.proposals.filter(
    (proposal) => !proposal.executed && !proposal.contested && proposal.fromHeight === view.settledHeight,
  );
}

function isVoter(proposal: ChainProposal, address: Address): boolean {
  return proposal.votesFor.includes(address) || proposal.votesAgainst.includes(address);
}

/** As the contract counts: two thirds of the valid members. */
function hasPassed(view: ChainView, proposal: ChainProposal): boolean {
  const valid = view.members.filter((member) => member.valid).map(({ address }) => address);
  const votes = valid.filter((address) => proposal.votesFor.includes(address)).length;
  return votes > 0 && votes >= quorumOf(valid.length);
}

/** Those that have lapsed included. */
function hasPassedAmongAll(view: ChainView, proposal: ChainProposal): boolean {
  const votes = view.members.filter(({ address }) => proposal.votesFor.includes(address)).length;
  return votes >= quorumOf(view.members.length);
}

function isLost(view: ChainView, proposal: ChainProposal): boolean {
  return proposal.votesAgainst.length > 0 && !mayPass(view, proposal);
}

function mayPass(view: ChainView, proposal: ChainProposal): boolean {
  const valid = view.members.filter((member) => member.valid).map(({ address }) => address);
  return valid.filter((address) => !proposal.votesAgainst.includes(address)).length >= quorumOf(valid.length);
}
