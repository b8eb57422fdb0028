// The channel: a synchronous state machine. Inputs go in; events (to be persisted first) and effects (to be carried out after) come
// out. It reads no clock, waits for nothing and never throws on what others sent; what it throws is a bug of its own.
//
// Life: `new Channel` for a channel that this node's store does not know, `Channel.restore` for one that it does; then any number of
// `update`s. `status`, `read`, `entries` and `settlement` may be called between any two.

import type { Bytes } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import type { NodeKey } from '../base/ids.ts';
import type { StateKey } from '../base/state.ts';
import { driveAccusations, onAccusationSubmitted } from './accusations.ts';
import { driveReading, onStateRead } from './beginning.ts';
import { onChainView } from './chain-view.ts';
import { driveElection, noteHeard, onApplied } from './election.ts';
import { type ChannelOptions, type Facts, isKnownMember, newFacts } from './facts.ts';
import { onAcknowledgement, onCertificate } from './finality.ts';
import { driveAcknowledgements, onAcknowledgementSigned, onBatch, retryWaiting } from './follower.ts';
import { driveHeartbeats, forgiveStall, onHeartbeat, onLink } from './heartbeat.ts';
import { genesisBase, History, rootOf, snapshotOf } from './history.ts';
import { driveLeader, onBatchSigned, onTransaction } from './leader.ts';
import type { ChannelMessage, RefusalCode } from './messages.ts';
import { driveOutbox, onRequest, onTransactionSigned } from './outbox.ts';
import { driveChallenges } from './presence.ts';
import { driveMending, driveRecovery, onRecover, onRecovered, onRecoveredSigned } from './recovery.ts';
import { replay } from './replay.ts';
import { driveReports, onReport } from './reports.ts';
import { driveSearch, onSeek, onSought } from './search.ts';
import { driveSettlement, onSettlementRefused, onSettleRequested } from './settlement.ts';
import {
  onOwnSettlementSigned,
  onSettlementAsked,
  onSettlementSigned,
  onSettlementSignedHere,
  onSignedSettlementSubmitted,
} from './signed-settlement.ts';
import { type StateEntry, sortEntries } from './state-tree.ts';
import { statusOf } from './status.ts';
import { driveSuccession, onElectionAsked, onElectionSigned, onElectionSignedHere } from './succession.ts';
import { onHello, onHistory, onSnapshot } from './sync.ts';
import { chainActionKey, Turn } from './turn.ts';
import type { ChainAction, ChannelStatus, Event, Input, Update } from './update.ts';

export type { ChannelOptions } from './facts.ts';

export class Channel {
  readonly #facts: Facts;
  /** Genesis is not persisted yet. */
  #isNew = false;

  constructor(options: ChannelOptions) {
    this.#facts = newFacts(options);
    if (options.genesis) {
      const base = genesisBase(options.genesis.entries);
      this.#facts.history = new History(base);
      this.#facts.genesisRoot = rootOf(base.world);
      this.#isNew = true;
    }
  }

  /**
   * [D3] From what earlier runs had persisted, in the order it was persisted. Batches are executed again; the history ends before the
   * first that does not come to the same root. With no snapshot among the events it is as new. [D4] A `cutShort` among them, with no
   * `mended` after it, says that damage took the end of the history.
   */
  static restore(options: ChannelOptions, events: readonly Event[]): Channel {
    const hasBase = events.some(({ kind }) => kind === 'snapshot');
    const { genesis, ...rest } = options;
    const channel = new Channel(hasBase ? rest : options);
    replay(channel.#facts, events);
    return channel;
  }

  update(input: Input, nowMs: number): Update {
    const facts = this.#facts;
    // The wall clock may be set back; for timers it then stands still.
    const turn = new Turn(facts, Math.max(nowMs, facts.lastInputMs));
    if (facts.lastInputMs === 0) facts.leaderHeardMs = turn.nowMs;
    else forgiveStall(facts, turn.nowMs);
    facts.lastInputMs = turn.nowMs;
    if (this.#isNew && facts.history) {
      this.#isNew = false;
      turn.event({ kind: 'snapshot', snapshot: snapshotOf(facts.history.base) });
    }
    if (facts.storeGoesBeyond && facts.history) {
      facts.storeGoesBeyond = false;
      turn.event({ kind: 'truncated', height: facts.history.tip.height });
      turn.event({ kind: 'cutShort' });
    }
    accept(turn, input);
    drive(turn, input);
    return turn.finish();
  }

  status(): ChannelStatus {
    return statusOf(this.#facts);
  }

  /** The state at the tip. */
  read(key: StateKey): Bytes | undefined {
    return this.#facts.history?.state.get(key);
  }

  /** The state at the tip, in order of the keys' encodings. */
  entries(): readonly StateEntry[] {
    return sortEntries(this.#facts.history?.state.entries() ?? []);
  }
}

function accept(turn: Turn, input: Input): void {
  switch (input.kind) {
    case 'clock':
      if (turn.facts.refreshWanted) turn.refreshChain();
      return;
    case 'link':
      onLink(turn, input);
      return;
    case 'message':
      onMessage(turn, input.from, input.message);
      return;
    case 'chain':
      onChainView(turn, input.view);
      return;
    case 'signed':
      onSigned(turn, input.token, input.signature);
      return;
    case 'request':
      onRequest(turn, input.id, input.action);
      return;
    case 'report':
      onReport(turn, input.proposal, input.data);
      return;
    case 'state':
      onStateRead(turn, input);
      return;
    case 'settle':
      onSettleRequested(turn);
      return;
    case 'submitted':
      onSubmitted(turn, input.action, input.result !== 'done');
      return;
    default:
      unreachable(input);
      return;
  }
}

/** What follows from the facts, whatever the input was. The order matters: a term is taken up before a batch is made for it. */
function drive(turn: Turn, input: Input): void {
  driveRecovery(turn);
  if (input.kind === 'clock' || input.kind === 'chain') retryWaiting(turn);
  driveOutbox(turn);
  driveLeader(turn);
  driveAcknowledgements(turn);
  if (input.kind !== 'clock' && input.kind !== 'chain' && input.kind !== 'settle') return;
  driveHeartbeats(turn);
  driveSearch(turn);
  driveReading(turn);
  driveMending(turn);
  driveAccusations(turn);
  driveReports(turn);
  driveChallenges(turn);
  driveSuccession(turn);
  driveElection(turn);
  driveSettlement(turn);
}

function onMessage(turn: Turn, from: NodeKey, message: ChannelMessage): void {
  const { facts } = turn;
  const peer = facts.peers.get(from);
  if (peer) peer.lastHeardMs = turn.nowMs;
  if (!isKnownMember(facts, from)) {
    // [P3] It may have joined since the last look.
    turn.refreshChain();
    turn.refuse(from, '[P3] not a member');
    return;
  }
  noteHeard(turn, from);
  switch (message.kind) {
    case 'hello':
      onHello(turn, from, message);
      return;
    case 'history':
      onHistory(turn, from, message);
      return;
    case 'snapshot':
      onSnapshot(turn, from, message.snapshot);
      return;
    case 'transaction':
      onTransaction(turn, from, message.transaction);
      return;
    case 'batch':
      onBatch(turn, from, message.batch);
      return;
    case 'acknowledgement':
      onAcknowledgement(turn, from, message.acknowledgement);
      return;
    case 'certificate':
      onCertificate(turn, from, message.certificate);
      return;
    case 'recover':
      onRecover(turn, from, message.term);
      return;
    case 'recovered':
      onRecovered(turn, from, message);
      return;
    case 'settlement':
      onSettlementAsked(turn, from, message);
      return;
    case 'settlementSigned':
      onSettlementSigned(turn, from, message);
      return;
    case 'election':
      onElectionAsked(turn, from, message);
      return;
    case 'electionSigned':
      onElectionSigned(turn, from, message);
      return;
    case 'seek':
      onSeek(turn, from, message);
      return;
    case 'sought':
      onSought(turn, from, message);
      return;
    case 'heartbeat':
      onHeartbeat(turn, from, message);
      return;
    case 'refused':
      onRefused(turn, from, message.code);
      return;
    default:
      unreachable(message);
      return;
  }
}

/** [G2] [G5] Shown with the member; what follows from it this node finds out itself. */
function onRefused(turn: Turn, from: NodeKey, code: RefusalCode): void {
  const peer = turn.facts.peers.get(from);
  if (peer === undefined || code === 'other' || peer.refusal === code) return;
  peer.refusal = code;
  turn.statusChanged();
}

function onSigned(turn: Turn, token: number, signature: Bytes): void {
  const { signing } = turn.facts;
  const purpose = signing.get(token);
  if (purpose === undefined) return;
  signing.delete(token);
  switch (purpose.kind) {
    case 'transaction':
      onTransactionSigned(turn, purpose.item, purpose.transaction, signature);
      return;
    case 'batch':
      onBatchSigned(turn, purpose.proposal, signature);
      return;
    case 'acknowledgement':
      onAcknowledgementSigned(turn, purpose.acknowledgement, signature);
      return;
    case 'ownSettlement':
      onOwnSettlementSigned(turn, purpose.dataHash, signature);
      return;
    case 'settlement':
      onSettlementSignedHere(turn, purpose, signature);
      return;
    case 'election':
      onElectionSignedHere(turn, purpose, signature);
      return;
    case 'recovered':
      onRecoveredSigned(turn, purpose, signature);
      return;
    default:
      unreachable(purpose);
      return;
  }
}

function onSubmitted(turn: Turn, action: ChainAction, refused: boolean): void {
  const { facts } = turn;
  const key = chainActionKey(action);
  // [X4] What the next view of the chain need not show yet is not done again meanwhile.
  const isShownLater = action.kind === 'propose' || action.kind === 'vote' || action.kind === 'execute';
  if (refused || isShownLater) facts.chainActions.set(key, { sinceMs: turn.nowMs, isAnswered: true });
  else facts.chainActions.delete(key);
  onAccusationSubmitted(turn, action, refused);
  if (action.kind === 'settleSigned') onSignedSettlementSubmitted(turn, refused);
  if (refused && (action.kind === 'settleSigned' || action.kind === 'propose')) {
    onSettlementRefused(turn, action.settlement.toHeight);
  }
  if (refused && action.kind === 'execute') {
    const proposal = facts.view?.proposals.find(({ id }) => id === action.proposal);
    // Of others' they see to it themselves; or somebody else was faster.
    if (proposal?.proposer === facts.options.self.address) onSettlementRefused(turn, proposal.toHeight);
  }
  if (action.kind === 'applyLeader') onApplied(turn);
  else turn.refreshChain();
}
