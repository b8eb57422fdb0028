// What nodes of a channel say to each other, as values. How they are encoded, capped and versioned is in `wire/`; which signatures
// they carry, so that whoever feeds them to the channel can check them first, is told by `signaturesOf` (signatures.ts).

import type { Bytes } from '../base/bytes.ts';
import type { Address, Height, NodeKey, Term } from '../base/ids.ts';
import type { StateKey } from '../base/state.ts';
import type { Acknowledgement, BatchHeader, Certificate, SignedBatch } from './batch.ts';
import type { MemberTransaction } from './transaction.ts';

/** A place in the history: the batch that ends at `height`. */
export interface Position {
  readonly height: Height;
  readonly hash: Bytes;
  /** Term of that batch. */
  readonly term: Term;
}

/** A member as the history has it at some height. */
export interface MemberRecord {
  readonly address: Address;
  readonly nodeKey: NodeKey;
  readonly joinSequence: bigint;
  /** Sequence of the member's last transaction in the history; 0 before the first. */
  readonly lastSequence: bigint;
  readonly leaving: boolean;
}

/** The whole state at a settled height: enough to go on from without the history before it. */
export interface Snapshot {
  readonly position: Position;
  /** Of the batch that ends there: evidence about the next one needs it. Its hash is the position's. */
  readonly header?: BatchHeader;
  readonly timestampMs: bigint;
  readonly members: readonly MemberRecord[];
  readonly closing: boolean;
  /** How often the channel had begun anew by then ([N6]). */
  readonly restarts: bigint;
  readonly entries: readonly { readonly key: StateKey; readonly value: Bytes }[];
}

export type ChannelMessage =
  /** First on every new link, and whenever the sender has fallen behind: what I have; send what follows. `known` goes back from the tip in growing steps. */
  | {
      readonly kind: 'hello';
      readonly term: Term;
      /** How often the channel has begun anew, as far as the sender knows ([N6]): which genesis it means. */
      readonly restarts: bigint;
      readonly genesisRoot: Bytes;
      /** [G5] Name of the gas schedule that the sender meters by. */
      readonly gasSchedule: string;
      readonly known: readonly Position[];
    }
  /**
   * Batches that follow `hello.known`, oldest first, with the newest certificate. `term`: the one that the sender follows; from its
   * leader this is the history of that term. `more`: ask again from the end of these.
   */
  | {
      readonly kind: 'history';
      readonly term: Term;
      readonly batches: readonly SignedBatch[];
      readonly certificate?: Certificate;
      readonly more: boolean;
    }
  /** To one whose history ends before the sender's begins. Its root is checked against the chain's settled root. */
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'transaction'; readonly transaction: MemberTransaction }
  | { readonly kind: 'batch'; readonly batch: SignedBatch }
  | { readonly kind: 'acknowledgement'; readonly acknowledgement: Acknowledgement }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** A new leader asks what everyone has before it opens its term. */
  | { readonly kind: 'recover'; readonly term: Term }
  /** "I follow no older term from now on, this is my tip, and I have (or, [D4], have not) all that I ever signed." */
  | {
      readonly kind: 'recovered';
      readonly term: Term;
      readonly tip: Position;
      readonly isWhole: boolean;
      readonly signer: NodeKey;
      readonly signature: Bytes;
    }
  /** [X8] "This is what I mean to settle: sign it if it is what you come to." `dataHash`: SHA3-256 of the settlement's data. */
  | { readonly kind: 'settlement'; readonly fromHeight: Height; readonly toHeight: Height; readonly dataHash: Bytes }
  /** [X8] "It is." The signature is the contract's to check. */
  | {
      readonly kind: 'settlementSigned';
      readonly dataHash: Bytes;
      readonly signer: NodeKey;
      readonly signature: Bytes;
    }
  /** [N1] "I have no history at this settled height: have you?" `give`: hand it over. */
  | { readonly kind: 'seek'; readonly height: Height; readonly give: boolean }
  /** [N2] "I have", or "I have not". */
  | { readonly kind: 'sought'; readonly height: Height; readonly isHeld: boolean }
  /** [L8] "The leader is gone. Sign that `successor`, which is me, leads the next term." */
  | { readonly kind: 'election'; readonly term: Term; readonly successor: Address }
  /** [L8] "I miss it too." The signature is the contract's to check. */
  | {
      readonly kind: 'electionSigned';
      readonly term: Term;
      readonly successor: Address;
      readonly signer: NodeKey;
      readonly signature: Bytes;
    }
  /** Every 2 s on every link. `echo` returns the peer's last `stamp`, so that each side measures the round trip. */
  | {
      readonly kind: 'heartbeat';
      readonly stamp: bigint;
      readonly echo: bigint;
      readonly term: Term;
      readonly height: Height;
      readonly finalHeight: Height;
      /** The sender's best known latency to the leader in ms; absent while it knows none. */
      readonly leaderLatencyMs?: number;
    }
  /** The receiver's last message could not be accepted, and why; for the log and the page, never for the protocol. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string };

/** `genesis`, `gasSchedule`: the two can never agree on anything. `other`: this message only. */
export type RefusalCode = 'other' | 'genesis' | 'gasSchedule';
