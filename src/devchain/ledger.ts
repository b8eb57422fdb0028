// The chain's past: every committed transaction with its outcome, found by version, hash or account. One transaction is one block, so
// that version and block height are the same number. Only appended to.

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

/** A block before it has its place in the ledger. */
export interface NewBlock {
  readonly timestampMicros: bigint;
  /** Absent in the genesis block. */
  readonly transaction?: SignedTransaction;
  readonly outcome: Outcome;
}

export interface Block extends NewBlock {
  readonly version: number;
  readonly hash: Bytes;
  readonly stateChangeHash: Bytes;
  readonly eventRootHash: Bytes;
  /** Chains every block to the one before it. */
  readonly accumulatorRootHash: Bytes;
}

const GENESIS_HASH = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Genesis'));
const BLOCK_PREFIX = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Block'));

export class Ledger {
  readonly #blocks: Block[] = [];
  readonly #byHash = new Map<string, Block>();
  readonly #bySender = new Map<Address, Block[]>();

  /** The last block. There is none before genesis. */
  get tip(): Block {
    const block = this.#blocks.at(-1);
    assert(block !== undefined, 'the ledger has no genesis block');
    return block;
  }

  get length(): number {
    return this.#blocks.length;
  }

  append(block: NewBlock): Block {
    const previous = this.#blocks.at(-1)?.accumulatorRootHash ?? new Uint8Array(HASH_SIZE);
    const hash = block.transaction?.hash ?? GENESIS_HASH;
    const stateChangeHash = hashChanges(block.outcome);
    const eventRootHash = hashEvents(block.outcome.events);
    const accumulatorRootHash = sha3_256(BLOCK_PREFIX, previous, hash, stateChangeHash, eventRootHash);
    const placed = {
      ...block,
      version: this.#blocks.length,
      hash,
      stateChangeHash,
      eventRootHash,
      accumulatorRootHash,
    };
    this.#blocks.push(placed);
    this.#byHash.set(toHex(hash), placed);
    if (block.transaction) {
      const { sender } = block.transaction.raw;
      const sent = this.#bySender.get(sender);
      if (sent) sent.push(placed);
      else this.#bySender.set(sender, [placed]);
    }
    return placed;
  }

  byVersion(version: number): Block | undefined {
    return this.#blocks[version];
  }

  byHash(hash: string): Block | undefined {
    return this.#byHash.get(hash);
  }

  range(start: number, limit: number): readonly Block[] {
    return this.#blocks.slice(start, start + limit);
  }

  /** What an account sent, oldest first. */
  sentBy(sender: Address): readonly Block[] {
    return this.#bySender.get(sender) ?? [];
  }
}

/** Hash of a block's changes: keys with new values, then modules, in the order of the outcome. */
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
