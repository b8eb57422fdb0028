// The chain's past: every committed transaction with its outcome, found by version, hash, account or block. A block is the chain's own transaction
// that begins it, and at most one of a user. Only appended to.

import { BcsWriter } from '../base/bcs.ts';
import { type Bytes, toHex, utf8Encode } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import type { Address } from '../base/ids.ts';
import { type ChangeSet, writeStateKey } from '../base/state.ts';
import { writeTypeTag } from '../base/type-tag.ts';
import type { MoveEvent, RunStatus } from '../vm/run.ts';
import type { DepositChange } from './slots.ts';
import type { SignedTransaction } from './transaction.ts';
import type { ModuleWrite } from './world.ts';

/** What running a transaction brought about, fee and sequence number included. */
export interface Outcome {
  readonly status: RunStatus;
  readonly gasUsed: bigint;
  readonly changes: ChangeSet;
  readonly modules: readonly ModuleWrite[];
  readonly events: readonly MoveEvent[];
  /** What was paid for slots that it made or let grow, and whose are gone. */
  readonly deposits: readonly DepositChange[];
}

/** The transaction with which the chain begins a block. */
export interface BlockMetadata {
  /** The block's hash; no hash of a Merkle tree. */
  readonly id: Bytes;
}

/** A committed transaction before it has its place in the ledger. */
export interface NewEntry {
  readonly timestampMicros: bigint;
  /** Begins a block. */
  readonly metadata?: BlockMetadata;
  /** A user's. Without it and `metadata` it is genesis. */
  readonly transaction?: SignedTransaction;
  readonly outcome: Outcome;
}

export interface Entry extends NewEntry {
  readonly version: number;
  /** Of its block. */
  readonly height: number;
  readonly hash: Bytes;
  readonly stateChangeHash: Bytes;
  readonly eventRootHash: Bytes;
  /** Chains every transaction to the one before it. */
  readonly accumulatorRootHash: Bytes;
}

/** The transactions of one height, in order. */
export interface Block {
  readonly height: number;
  readonly hash: Bytes;
  readonly timestampMicros: bigint;
  readonly entries: readonly Entry[];
}

const GENESIS_HASH = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Genesis'));
const METADATA_PREFIX = sha3_256(utf8Encode('STRAIT_DEVCHAIN::BlockMetadata'));
const ENTRY_PREFIX = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Entry'));

export class Ledger {
  readonly #entries: Entry[] = [];
  readonly #byHash = new Map<string, Entry>();
  readonly #bySender = new Map<Address, Entry[]>();
  /** By height, the version with which the block begins. */
  readonly #blockStarts: number[] = [];

  /** The last transaction. There is none before genesis. */
  get tip(): Entry {
    const entry = this.#entries.at(-1);
    assert(entry !== undefined, 'the ledger has no genesis block');
    return entry;
  }

  get length(): number {
    return this.#entries.length;
  }

  append(added: NewEntry): Entry {
    const previous = this.#entries.at(-1)?.accumulatorRootHash ?? new Uint8Array(HASH_SIZE);
    const { transaction, metadata, outcome } = added;
    const version = this.#entries.length;
    if (transaction === undefined) this.#blockStarts.push(version);
    const hash = transaction?.hash ?? (metadata ? sha3_256(METADATA_PREFIX, metadata.id) : GENESIS_HASH);
    const stateChangeHash = hashChanges(outcome);
    const eventRootHash = hashEvents(outcome.events);
    const accumulatorRootHash = sha3_256(ENTRY_PREFIX, previous, hash, stateChangeHash, eventRootHash);
    const height = this.#blockStarts.length - 1;
    const placed = { ...added, version, height, hash, stateChangeHash, eventRootHash, accumulatorRootHash };
    this.#entries.push(placed);
    this.#byHash.set(toHex(hash), placed);
    if (transaction) {
      const { sender } = transaction.raw;
      const sent = this.#bySender.get(sender);
      if (sent) sent.push(placed);
      else this.#bySender.set(sender, [placed]);
    }
    return placed;
  }

  byVersion(version: number): Entry | undefined {
    return this.#entries[version];
  }

  byHash(hash: string): Entry | undefined {
    return this.#byHash.get(hash);
  }

  /** Undefined where there is no such block yet. */
  block(height: number): Block | undefined {
    const start = this.#blockStarts[height];
    const entries = start === undefined ? [] : this.#entries.slice(start, this.#blockStarts[height + 1]);
    const [first] = entries;
    if (first === undefined) return undefined;
    const { timestampMicros } = first;
    return { height, hash: first.metadata?.id ?? first.hash, timestampMicros, entries };
  }

  range(start: number, limit: number): readonly Entry[] {
    return this.#entries.slice(start, start + limit);
  }

  /** What an account sent, oldest first. */
  sentBy(sender: Address): readonly Entry[] {
    return this.#bySender.get(sender) ?? [];
  }
}

/** Hash of a transaction's changes: keys with new values, then modules, in the order of the outcome. */
function hashChanges(outcome: Outcome): Bytes {
  const writer = new BcsWriter();
  writer.vector(outcome.changes, (w, change) => {
    writeStateKey(w, change.key);
    w.option(change.new, (v, bytes) => v.bytes(bytes));
  });
  writer.vector(outcome.modules, (w, module) => w.string(module.name).bytes(module.code));
  return sha3_256(writer.finish());
}

function hashEvents(events: readonly MoveEvent[]): Bytes {
  const writer = new BcsWriter();
  writer.vector(events, (w, event) => {
    writeTypeTag(w, event.type);
    w.bytes(event.data).option(event.handle, (v, handle) => v.bytes(handle.guid).u64(handle.sequence));
  });
  return sha3_256(writer.finish());
}
