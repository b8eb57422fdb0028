// All that a channel knows between two inputs. Handlers read and change these facts in place; phases (leading, following, recovering)
// are derived from them, never stored. Only `update.ts`'s events survive a restart; everything else here is rebuilt.

import type { Bytes } from '../base/bytes.ts';
import type { Address, Height, NodeKey, Term } from '../base/ids.ts';
import type { Acknowledgement, BatchHeader, SignedBatch } from './batch.ts';
import type { Accusation, ReplayBasis } from './evidence.ts';
import type { Execution } from './execution.ts';
import type { Executor } from './executor.ts';
import type { History } from './history.ts';
import type { MemberRecord, Position, RefusalCode } from './messages.ts';
import type { ChannelScope } from './scope.ts';
import type { StateEntry, StateTree } from './state-tree.ts';
import type { ChannelTransaction, MemberAction, MemberTransaction } from './transaction.ts';
import type {
  ChainMember,
  ChainView,
  ChannelSettings,
  Dispute,
  Grade,
  RequestId,
  Settlement,
  SignedHeader,
  TransactionStatus,
} from './update.ts';

export interface ChannelOptions {
  readonly scope: ChannelScope;
  readonly self: { readonly nodeKey: NodeKey; readonly address: Address };
  /** Creator of the channel: the signer of ticks. */
  readonly creator: Address;
  readonly settings: ChannelSettings;
  readonly executor: Executor;
  /**
   * [G1] The application's state as loaded from the chain. Only while the contract's settled height is 0 and the store has nothing:
   * afterwards the chain no longer holds the state at height 0, and a snapshot takes its place.
   */
  readonly genesis?: { readonly entries: readonly StateEntry[] };
  readonly offers: ApplicationOffers;
  /** [G5] Name of the schedule that the executor meters by. */
  readonly gasSchedule: string;
  /** The contract's form of a settlement, as the chain adapter encodes it: to compare proposals by ([X3]). */
  readonly encodeSettlement: (settlement: Settlement) => Bytes;
}

/** What the channel's application takes besides votes. */
export interface ApplicationOffers {
  /** [E5] Running a transaction again, to prove a wrong result without votes. */
  readonly replays: boolean;
  /** [X8] Settlements with the members' signatures. */
  readonly signedSettlements: boolean;
}

/** What a `sign` effect was for. */
export type SigningPurpose =
  | {
      readonly kind: 'transaction';
      readonly item: OutboxItem;
      readonly transaction: Omit<MemberTransaction, 'signature'>;
    }
  | { readonly kind: 'batch'; readonly proposal: Proposal }
  | { readonly kind: 'acknowledgement'; readonly acknowledgement: Omit<Acknowledgement, 'signature'> }
  | { readonly kind: 'ownSettlement'; readonly dataHash: Bytes }
  | { readonly kind: 'settlement'; readonly to: NodeKey; readonly dataHash: Bytes }
  | { readonly kind: 'election'; readonly to: NodeKey; readonly term: Term; readonly successor: Address }
  | {
      readonly kind: 'recovered';
      readonly to: NodeKey;
      readonly term: Term;
      readonly tip: Position;
      readonly isWhole: boolean;
    };

/** A batch that the leader has executed and not yet signed. */
export interface Proposal {
  readonly header: BatchHeader;
  readonly transactions: readonly ChannelTransaction[];
  readonly execution: Execution;
  /** Tip that it follows; if that is no longer the tip, the proposal is void. */
  readonly after: Position;
}

/** One transaction of this node's own, from request to final. */
export interface OutboxItem {
  /** Absent after a restart: the client that asked is gone. */
  readonly request: RequestId | undefined;
  readonly action: MemberAction;
  sequence: bigint;
  /** Once signed and queued. */
  transaction: MemberTransaction | undefined;
  grade: Grade | undefined;
  status: TransactionStatus | undefined;
  /** The history holds this sequence: with this very transaction, or with another (signed before a loss of the store). */
  inHistory: 'no' | 'this' | 'another';
  sentMs: number | undefined;
}

export interface PeerFacts {
  link: 'direct' | 'relayed' | 'lost';
  lastHeardMs: number;
  lastHelloMs: number | undefined;
  /** Stamp of our heartbeat that has not been echoed yet, and when it left. */
  stamp: bigint | undefined;
  latencyMs: number | undefined;
  leaderLatencyMs: number | undefined;
  /** [G2] [G5] Why it will not go on with this node at all, if it has said so. */
  refusal: Exclude<RefusalCode, 'other'> | undefined;
  /** [N2] When it was last handed the history. */
  lastGivenMs: number | undefined;
  height: bigint | undefined;
  finalHeight: bigint | undefined;
}

/** [L3] A leader that has not opened its term yet. */
export interface Recovery {
  readonly term: Term;
  readonly sinceMs: number;
  readonly answers: Map<NodeKey, Position>;
  /** [D4] Of those, who may have forgotten what they signed. */
  readonly partial: Set<NodeKey>;
  /** [D4] Since when everyone who can answer has. */
  heardAllSinceMs: number | undefined;
  /** Members whose history did not hold what they said; they are not asked again in this term. */
  readonly distrusted: Set<NodeKey>;
  /** Whose history is being fetched, and from which tip of ours it has not moved since when. */
  fetching: { readonly from: NodeKey; readonly tip: Bytes; readonly sinceMs: number } | undefined;
  lastAskedMs: number | undefined;
}

/** [N1] For the history that the chain has settled, while this node lacks it. */
export interface Search {
  /** The settled height. */
  readonly height: Height;
  sinceMs: number;
  askedMs: number | undefined;
  /** Whether it has it, of each that has said. */
  readonly answers: Map<NodeKey, boolean>;
  /** [N3] Since when nobody is left that might still tell. */
  noneSinceMs: number | undefined;
  /** [N3] Members that may have it, why, and since when. */
  readonly possible: Map<NodeKey, { readonly why: 'absent' | 'withheld'; readonly sinceMs: number }>;
  giving: { readonly from: NodeKey; readonly sinceMs: number } | undefined;
}

/** A batch that waits for the chain, or for this node's clock, to show what it says. */
export interface WaitingBatch {
  readonly batch: SignedBatch;
  readonly from: NodeKey;
  readonly sinceMs: number;
}

/** [X8] A settlement of this node's that others are to sign. */
export interface Collection {
  readonly settlement: Settlement;
  readonly dataHash: Bytes;
  /** When it began; once the chain has taken it, since then. */
  sinceMs: number;
  askedMs: number;
  readonly signatures: Map<NodeKey, Bytes>;
  stage: 'collecting' | 'submitted' | 'givenUp';
}

/** [X8] A settlement that a peer has asked this node to sign. */
export interface AskedSettlement {
  readonly request: { readonly fromHeight: Height; readonly toHeight: Height; readonly dataHash: Bytes };
  judgedMs: number | undefined;
  stage: 'open' | 'signing' | 'signed' | 'refused';
  signature: Bytes | undefined;
}

/** [E1] [E4] What this node has against a member. */
export type Charge = {
  readonly accused: NodeKey;
  readonly sinceMs: number;
  triedMs: number | undefined;
} & (
  | { readonly kind: 'twins'; readonly a: SignedHeader; readonly b: SignedHeader }
  | {
      readonly kind: 'wrong';
      readonly batch: SignedBatch;
      readonly height: Height;
      /** Until the contract could make nothing of it. */
      basis: ReplayBasis | undefined;
    }
);

/** [E3] A report on the chain, as far as this node has got with it. */
export interface ReportFacts {
  accusation: Accusation | undefined;
  isUnreadable: boolean;
  readMs: number | undefined;
  /** Where the history was when it could not tell; not judged again before it moves. */
  judgedAt: string | undefined;
  passedSinceMs: number | undefined;
}

export interface Facts {
  readonly options: ChannelOptions;

  // From the chain.
  view: ChainView | undefined;
  /** Counts views, to tell a newer one from the one before. */
  viewCount: number;
  lastRefreshMs: number | undefined;
  refreshWanted: boolean;
  /** Leaders by term, as the chain showed them. */
  readonly knownLeaders: Map<Term, NodeKey>;
  /** Peers that the network was asked to hold links to. */
  readonly connected: Set<NodeKey>;
  /** In which of the views in a row a member of the ledger was missing, by join sequence. */
  readonly missing: Map<bigint, number>;
  wasMember: boolean;

  // Persisted.
  /** [L1] */
  term: Term;
  /** Undefined until genesis or a snapshot is there. */
  history: History | undefined;
  /** Root at height 0, while this node knows it. */
  genesisRoot: Bytes | undefined;
  outbox: OutboxItem[];
  /** The store holds batches that this node could not take up again. */
  storeGoesBeyond: boolean;
  /** [D4] Damage has cut the history short, and nobody has made up for it yet. */
  cutShort: boolean;

  /** [N6] The state at the tip of a history that was given up; the store has it until another takes its place. */
  givenUp: StateTree | undefined;

  // Of this run.
  readonly peers: Map<NodeKey, PeerFacts>;
  readonly signing: Map<number, SigningPurpose>;
  nextToken: number;
  waitingRequests: { readonly id: RequestId; readonly action: MemberAction }[];
  dispute: Dispute | undefined;
  disputeSinceMs: number;
  refusedMessages: number;
  /** [D4] In this run the node went on without what the damage took. */
  lostGivenUp: boolean;
  lastInputMs: number;
  lastHeartbeatMs: number | undefined;

  // As leader.
  /** Term whose leadership this node has taken up (recovered, if need be opened). */
  leadingTerm: Term | undefined;
  recovery: Recovery | undefined;
  readonly pool: Map<NodeKey, Pool>;
  proposal: Proposal | undefined;
  /** By hash of the batch. */
  readonly acknowledgements: Map<string, Map<NodeKey, Bytes>>;

  // As follower.
  waiting: WaitingBatch | undefined;
  /** Batches came that could not be kept while one waited. */
  missedBatches: boolean;
  readonly toAcknowledge: Position[];
  acknowledging: boolean;
  lastAcknowledgement: { readonly acknowledgement: Acknowledgement; sentMs: number } | undefined;

  search: Search | undefined;
  /** [N6] When the chain was last asked for the state to begin from. */
  stateReadMs: number | undefined;
  /** [N5] At which settled height this node has agreed to begin anew. */
  pledgedHeight: Height | undefined;

  /** [H1] Listed members that are not heard in the mesh. */
  readonly missed: Map<NodeKey, { readonly sinceMs: number; askedMs: number | undefined }>;

  // Election and settlement.
  /** When the leader was last heard, or the chance to hear it began. */
  leaderHeardMs: number;
  /** [L8] This node's own, while it misses its leader. */
  election: { readonly term: Term; askedMs: number | undefined; readonly signatures: Map<NodeKey, Bytes> } | undefined;
  /** [L7] */
  silenceReportedTerm: Term | undefined;
  lastAppliedMs: number | undefined;
  applying: boolean;
  settleRequested: boolean;
  /** [X10] Batches that the next settlement has at most, where the chain has refused one. */
  settledPlacesMax: number | undefined;
  /** [X10] The fewest batches that the chain has refused together, and how many are to be settled before so many are tried again. */
  refusedPlaces: { readonly count: number; left: number } | undefined;
  lastSettledMs: number | undefined;
  collection: Collection | undefined;
  /** By who asked, one each. */
  readonly asked: Map<NodeKey, AskedSettlement>;
  /** [X4] Chain actions under way or answered lately, by what they are. */
  readonly chainActions: Map<string, { readonly sinceMs: number; readonly isAnswered: boolean }>;
  /** Proposals that differed from this node's own history, by id, and where that history was: not judged again before it moves. */
  readonly differing: Map<bigint, string>;
  /** When a proposal was first seen with enough votes, by id. */
  readonly passedSinceMs: Map<bigint, number>;
  closeRequested: boolean;

  // Evidence.
  charges: Charge[];
  /** By the proposal's id. */
  readonly reports: Map<bigint, ReportFacts>;
}

/** Transactions of one sender beyond the history, at the leader. */
export interface Pool {
  readonly transactions: Map<bigint, { readonly transaction: MemberTransaction; readonly size: number }>;
  size: number;
}

export function newFacts(options: ChannelOptions): Facts {
  return {
    options,
    view: undefined,
    viewCount: 0,
    lastRefreshMs: undefined,
    refreshWanted: false,
    knownLeaders: new Map(),
    connected: new Set(),
    missing: new Map(),
    wasMember: false,
    term: 0n as Term,
    history: undefined,
    genesisRoot: undefined,
    outbox: [],
    storeGoesBeyond: false,
    cutShort: false,
    givenUp: undefined,
    peers: new Map(),
    signing: new Map(),
    nextToken: 1,
    waitingRequests: [],
    dispute: undefined,
    disputeSinceMs: 0,
    refusedMessages: 0,
    lostGivenUp: false,
    lastInputMs: 0,
    lastHeartbeatMs: undefined,
    leadingTerm: undefined,
    recovery: undefined,
    pool: new Map(),
    proposal: undefined,
    acknowledgements: new Map(),
    waiting: undefined,
    missedBatches: false,
    toAcknowledge: [],
    acknowledging: false,
    lastAcknowledgement: undefined,
    search: undefined,
    stateReadMs: undefined,
    pledgedHeight: undefined,
    missed: new Map(),
    leaderHeardMs: 0,
    election: undefined,
    silenceReportedTerm: undefined,
    lastAppliedMs: undefined,
    applying: false,
    settleRequested: false,
    settledPlacesMax: undefined,
    refusedPlaces: undefined,
    lastSettledMs: undefined,
    collection: undefined,
    asked: new Map(),
    chainActions: new Map(),
    differing: new Map(),
    passedSinceMs: new Map(),
    closeRequested: false,
    charges: [],
    reports: new Map(),
  };
}

/** What belonged to a leader's term, and is void when another begins or its history is given up. */
export function forgetTerm(facts: Facts): void {
  facts.recovery = undefined;
  facts.proposal = undefined;
  facts.waiting = undefined;
  facts.dispute = undefined;
  facts.toAcknowledge.length = 0;
  facts.lastAcknowledgement = undefined;
  facts.acknowledgements.clear();
}

/** The member that leads by the newest view, if that view is of the term this node follows. */
export function leaderMember(facts: Facts): ChainMember | undefined {
  const { view } = facts;
  if (view?.leader === undefined || view.term !== facts.term) return undefined;
  return view.members.find((member) => member.address === view.leader);
}

export function leaderKey(facts: Facts): NodeKey | undefined {
  return leaderMember(facts)?.nodeKey;
}

/** The chain says that this node leads. */
export function isLeaderByChain(facts: Facts): boolean {
  return leaderKey(facts) === facts.options.self.nodeKey;
}

/** This node leads and has taken up its term. */
export function isLeading(facts: Facts): boolean {
  return isLeaderByChain(facts) && facts.leadingTerm === facts.term;
}

/** Lost if there never was one. */
export function linkOf(facts: Facts, peer: NodeKey): PeerFacts['link'] {
  return facts.peers.get(peer)?.link ?? 'lost';
}

export function linkedPeers(facts: Facts): NodeKey[] {
  return [...facts.peers].filter(([, peer]) => peer.link !== 'lost').map(([key]) => key);
}

/** On the chain's list or in the history. */
export function isKnownMember(facts: Facts, key: NodeKey): boolean {
  return (
    facts.view?.members.some((member) => member.nodeKey === key) === true ||
    facts.history?.ledger.members.some((member) => member.nodeKey === key) === true
  );
}

/** This node's place in the history. One from an earlier membership, which the history still holds after the member came back, is none. */
export function ownRecord(facts: Facts): MemberRecord | undefined {
  const { nodeKey } = facts.options.self;
  const record = facts.history?.ledger.members.find((member) => member.nodeKey === nodeKey);
  const listed = facts.view?.members.find((member) => member.nodeKey === nodeKey);
  return record && listed && listed.joinSequence > record.joinSequence ? undefined : record;
}
