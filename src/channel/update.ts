// The channel's doors: what comes in (Input), what must be kept (Event), what goes out (Effect). The channel itself never acts, waits or
// reads a clock; whoever runs it persists the events of an update first and then carries out its effects, in order ([B5]).

import type { Bytes } from '../base/bytes.ts';
import type { Address, Height, NodeKey, Term } from '../base/ids.ts';
import type { StateChange } from '../base/state.ts';
import type { TypeTag } from '../base/type-tag.ts';
import type { BatchHeader, Certificate, SignedBatch } from './batch.ts';
import type { Beginning } from './ledger.ts';
import type { ChannelMessage, Snapshot } from './messages.ts';
import type { StateEntry } from './state-tree.ts';
import type { JoiningMember, MemberAction, MemberTransaction } from './transaction.ts';

/** One member as the contract lists it. */
export interface ChainMember extends JoiningMember {
  /** Has a heartbeat within the window. */
  readonly valid: boolean;
  readonly leaving: boolean;
  /** [H1] Somebody has asked for a sign of life that it has not given yet. */
  readonly isChallenged?: boolean;
}

export interface ChainProposal {
  readonly id: bigint;
  readonly proposer: Address;
  readonly fromHeight: Height;
  readonly toHeight: Height;
  /** SHA3-256 of the proposal's data. */
  readonly dataHash: Bytes;
  readonly votesFor: readonly Address[];
  readonly votesAgainst: readonly Address[];
  readonly createdMs: bigint;
  /** When a settlement that not two thirds of all members voted for can be executed; 0: its time to be contested has not begun. */
  readonly contestUntilMs: bigint;
  /** Somebody brought a state that two thirds of all members have signed, and that it does not know of. */
  readonly contested: boolean;
  readonly executed: boolean;
}

/** [E2] An accusation that the members vote on. */
export interface ChainReport {
  readonly id: bigint;
  readonly proposer: Address;
  /** SHA3-256 of its data. */
  readonly dataHash: Bytes;
  readonly votesFor: readonly Address[];
  readonly votesAgainst: readonly Address[];
  readonly executed: boolean;
}

/** A batch's header with its leader's signature. */
export interface SignedHeader {
  readonly header: BatchHeader;
  readonly signature: Bytes;
}

/** What the chain says, as far as the channel's rules need it. */
export interface ChainView {
  /** By the chain's clock, in milliseconds: of two views the newer one holds. */
  readonly atMs: bigint;
  readonly leader?: Address;
  readonly term: Term;
  readonly members: readonly ChainMember[];
  readonly settledHeight: Height;
  readonly settledRoot: Bytes;
  /** Empty, as the root: nothing has been settled since the channel was opened, or has begun anew ([N6]). */
  readonly historyHash: Bytes;
  /** How often the members have begun anew. */
  readonly restarts: bigint;
  readonly proposals: readonly ChainProposal[];
  /** As long as they can be voted on, and a while longer. */
  readonly reports: readonly ChainReport[];
  readonly closing: boolean;
  readonly closed: boolean;
}

/** Chosen by the client for one request; comes back with everything that concerns it. */
export type RequestId = string;

export type Input =
  | { readonly kind: 'clock' }
  /** Link to a member's node came up (`direct`: not through a relay) or changed, or went away. */
  | { readonly kind: 'link'; readonly peer: NodeKey; readonly state: 'direct' | 'relayed' | 'lost' }
  /** Signatures in it are already checked ([S3]). */
  | { readonly kind: 'message'; readonly from: NodeKey; readonly message: ChannelMessage }
  | { readonly kind: 'chain'; readonly view: ChainView }
  /** The answer to a `sign` effect. */
  | { readonly kind: 'signed'; readonly token: number; readonly signature: Bytes }
  | { readonly kind: 'request'; readonly id: RequestId; readonly action: MemberAction }
  | { readonly kind: 'settle' }
  /** The answer to a `readReport` effect; without data the chain did not give it. */
  | { readonly kind: 'report'; readonly proposal: bigint; readonly data?: Bytes }
  /** [N6] The answer to a `readState` effect: the application's state at that beginning; without entries the chain did not give it. */
  | { readonly kind: 'state'; readonly beginning: Beginning; readonly entries?: readonly StateEntry[] }
  /** The answer to a `chain` effect. */
  | {
      readonly kind: 'submitted';
      readonly action: ChainAction;
      readonly result: 'done' | { readonly refused: string };
    };

/** What a node must find again after a restart ([D3]). */
export type Event =
  | { readonly kind: 'appended'; readonly batch: SignedBatch }
  /** Batches above this height are taken back ([L4]). */
  | { readonly kind: 'truncated'; readonly height: Height }
  | { readonly kind: 'promised'; readonly term: Term }
  | { readonly kind: 'certified'; readonly certificate: Certificate }
  | { readonly kind: 'queued'; readonly transaction: MemberTransaction }
  | { readonly kind: 'dequeued'; readonly sequence: bigint }
  /** [D4] Damage has cut the stored history short: what this node signed after its tip may be forgotten. */
  | { readonly kind: 'cutShort' }
  /** [D4] That is made up for. */
  | { readonly kind: 'mended' }
  /** [N6] What is kept of the history (snapshot, batches, certificate, damage) is of one that was given up. A snapshot follows. */
  | { readonly kind: 'forgotten' }
  /** Replaces every batch up to its height ([X5]). */
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot };

/** The change sets and flags of a settlement, before the chain adapter encodes them as the contract's `SettlementData`. */
export interface Settlement {
  readonly fromHeight: Height;
  readonly toHeight: Height;
  readonly changes: readonly StateChange[];
  readonly leaving: readonly Address[];
  readonly closing: boolean;
  readonly stateRoot: Bytes;
  readonly historyHash: Bytes;
}

export type ChainAction =
  | { readonly kind: 'applyLeader' }
  /** Tells the contract that the channel closes, which it must know before it takes the closing settlement. */
  | { readonly kind: 'close' }
  | { readonly kind: 'propose'; readonly settlement: Settlement }
  | { readonly kind: 'vote'; readonly proposal: bigint; readonly option: 'for' | 'against' | 'abstain' }
  /** Begins the time to contest a settlement that passes among the valid members only. */
  | { readonly kind: 'beginContest'; readonly proposal: bigint }
  /** Stops a settlement by a certified batch that it contradicts. `signatures` are the certificate's, of members that the chain lists. */
  | {
      readonly kind: 'contest';
      readonly proposal: bigint;
      readonly header: BatchHeader;
      readonly leaderSignature: Bytes;
      readonly signatures: readonly { readonly member: Address; readonly signature: Bytes }[];
    }
  | { readonly kind: 'execute'; readonly proposal: bigint }
  /** [X8] A settlement with the signatures of enough members, in one transaction. */
  | {
      readonly kind: 'settleSigned';
      readonly settlement: Settlement;
      readonly signatures: readonly { readonly member: Address; readonly signature: Bytes }[];
    }
  /** [L8] With the signatures of more than two thirds of the members. */
  | {
      readonly kind: 'replaceLeader';
      readonly successor: Address;
      readonly signatures: readonly { readonly member: Address; readonly signature: Bytes }[];
    }
  /** [L7] */
  | { readonly kind: 'reportSilence' }
  /** [H1] Asks a member of a quiet channel for a sign of life. */
  | { readonly kind: 'challenge'; readonly member: Address }
  /** [E1] Before the other members: `data` is the contract's `Punishment`. Among two it decides by itself. */
  | { readonly kind: 'accuse'; readonly member: Address; readonly data: Bytes }
  /** [E5] Before the application, which runs the transaction again: `evidence` is the contract's `Evidence`. */
  | { readonly kind: 'prove'; readonly member: Address; readonly evidence: Bytes }
  /** [E4] */
  | { readonly kind: 'punishTwins'; readonly member: Address; readonly a: SignedHeader; readonly b: SignedHeader }
  /** [E3] Carries out what the votes on a report came to. */
  | { readonly kind: 'punish'; readonly proposal: bigint };

export type Grade = 'queued' | 'executed' | 'verified' | 'final';

export type TransactionStatus =
  | { readonly kind: 'executed' }
  | { readonly kind: 'aborted'; readonly code: bigint; readonly location: string; readonly reason?: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message?: string };

/** Why this node follows the leader no further ([B4], [F3], [G2], [G5]). */
export interface Dispute {
  readonly kind: 'effects' | 'root' | 'transaction' | 'conflict' | 'genesis' | 'gasSchedule';
  readonly term: Term;
  readonly height: Height;
  readonly accused: NodeKey;
  /** For people. */
  readonly message: string;
  /** The leader's signed statement, where there is one: evidence. */
  readonly batch?: SignedBatch;
  readonly claimed?: Bytes;
  readonly computed?: Bytes;
}

/** What clients are told. */
export type Notice =
  | {
      readonly kind: 'grade';
      readonly request: RequestId;
      readonly sequence: bigint;
      readonly grade: Grade;
      readonly height?: Height;
      readonly status?: TransactionStatus;
    }
  | { readonly kind: 'requestRefused'; readonly request: RequestId; readonly reason: string }
  /** Applied to this node's state; `grade` is the least that holds for all of it. */
  | {
      readonly kind: 'changes';
      readonly fromHeight: Height;
      readonly toHeight: Height;
      readonly changes: readonly StateChange[];
      readonly transactions: readonly {
        readonly height: Height;
        readonly sender?: Address;
        readonly sequence?: bigint;
        readonly status: TransactionStatus;
        readonly events: readonly { readonly type: TypeTag; readonly data: Bytes }[];
      }[];
    }
  /** Heights above `height` were taken back; `changes` undo them. */
  | { readonly kind: 'tookBack'; readonly height: Height; readonly changes: readonly StateChange[] }
  | { readonly kind: 'final'; readonly height: Height }
  | { readonly kind: 'status' }
  | { readonly kind: 'dispute'; readonly dispute: Dispute }
  | { readonly kind: 'settled'; readonly height: Height };

export type Effect =
  | { readonly kind: 'send'; readonly to: NodeKey; readonly message: ChannelMessage }
  /** Sign with the node key; the answer is a `signed` input with the token. */
  | { readonly kind: 'sign'; readonly token: number; readonly message: Bytes }
  | { readonly kind: 'chain'; readonly action: ChainAction }
  | { readonly kind: 'notify'; readonly notice: Notice }
  /** Read the data of a report; the answer is a `report` input. */
  | { readonly kind: 'readReport'; readonly proposal: bigint }
  /** [N6] Read the application's state, if the channel still stands at that beginning; the answer is a `state` input. */
  | { readonly kind: 'readState'; readonly beginning: Beginning }
  /** Look at the chain now, rather than at the next poll. */
  | { readonly kind: 'refreshChain' }
  /** Hold a link to this member. */
  | { readonly kind: 'connect'; readonly peer: NodeKey }
  | { readonly kind: 'disconnect'; readonly peer: NodeKey };

export interface Update {
  readonly events: readonly Event[];
  readonly effects: readonly Effect[];
}

export type Role =
  | 'loading'
  | 'joining'
  | 'recovering'
  | 'leader'
  | 'follower'
  | 'leaderless'
  | 'disputed'
  | 'left'
  | 'closed';

export interface MemberStatus {
  readonly address: Address;
  readonly nodeKey: NodeKey;
  readonly joinSequence: bigint;
  readonly isLeader: boolean;
  readonly isSelf: boolean;
  readonly leaving: boolean;
  readonly valid: boolean;
  readonly link: 'self' | 'direct' | 'relayed' | 'lost';
  readonly latencyMs?: number;
  /** [G2] [G5] Why that node will not go on with this one. */
  readonly refusal?: 'genesis' | 'gasSchedule';
  readonly height?: Height;
}

/** [N1] What a member sees of a channel whose history nobody seems to have any more. */
export interface Desertion {
  /** `searching`: the members are asked for it. `agreeing`: they are to agree that the channel begins anew. `reading`: they have, and the chain's state is read. */
  readonly stage: 'searching' | 'agreeing' | 'reading';
  /** Who may have the history and does not answer, or does not hand it over. */
  readonly missed: readonly Address[];
  /** When this node agrees to begin anew if nothing changes, in milliseconds by its own clock; absent while a member that is there has not answered. */
  readonly agreesAtMs?: number;
}

/** The channel at a glance, derived from the facts at the time of asking. */
export interface ChannelStatus {
  readonly role: Role;
  readonly term: Term;
  readonly leader?: Address;
  readonly height: Height;
  readonly finalHeight: Height;
  readonly settledHeight: Height;
  readonly root: Bytes;
  readonly members: readonly MemberStatus[];
  readonly queued: number;
  readonly closing: boolean;
  /** [X7] A settlement that some did not vote for waits until then, in milliseconds by the chain's clock, to be contested. */
  readonly settlesAtMs?: number;
  /** [N1] This node has no history to go on from, for longer than it takes to be handed one. */
  readonly deserted?: Desertion;
  readonly dispute?: Dispute;
  readonly refusedMessages: number;
  /** [D4] What was lost by damage to the store is being made up for; or nobody was there to make up for it, and it may be gone. */
  readonly storeDamage?: 'mending' | 'givenUp';
}

/** What the rules need to know of the channel's configuration. */
export interface ChannelSettings {
  readonly heartbeatWindowMs: number;
  readonly settleIntervalMs: number;
  readonly tick?: { readonly intervalMs: number };
  /** [H1] Heartbeats are owed only to who asks for them. */
  readonly isQuiet?: boolean;
}
