// Makes batches as the leader could sign them, right or bent in one place, to hold the rules against. Tests only.

import { type Bytes, bytesEqual } from '../../base/bytes.ts';
import type { Height, Term } from '../../base/ids.ts';
import {
  type BatchHeader,
  batchHash,
  batchSigningMessage,
  effectsHash,
  lastHeight,
  type SignedBatch,
  transactionsHash,
} from '../../channel/batch.ts';
import { type World as ChannelWorld, type Execution, executeBatch } from '../../channel/execution.ts';
import { baseOf } from '../../channel/history.ts';
import {
  type ChannelTransaction,
  type MemberAction,
  type MemberTransaction,
  transactionSigningMessage,
} from '../../channel/transaction.ts';
import type { SimNode } from './sim-node.ts';
import { ToyExecutor } from './toy-executor.ts';
import { toySign } from './toy-signatures.ts';
import type { World } from './world.ts';

export class Forge {
  readonly #world: World;
  readonly #leader: SimNode;
  #at: ChannelWorld;
  #hash: Bytes;

  /** Starts where `node` is on its disk. */
  constructor(world: World, leader: SimNode, node: SimNode) {
    this.#world = world;
    this.#leader = leader;
    const { snapshot } = node.store;
    if (snapshot === undefined) throw new Error(`${node.name} has nothing on its disk`);
    this.#at = baseOf(snapshot).world;
    this.#hash = snapshot.position.hash;
    for (const batch of node.store.history()) this.#advance(batch);
  }

  get state(): ChannelWorld {
    return this.#at;
  }

  get nextHeight(): bigint {
    return this.#at.ledger.height + 1n;
  }

  /** Signed by the sender itself. */
  transaction(sender: SimNode, sequence: bigint, action: MemberAction): MemberTransaction {
    const unsigned = { kind: 'member' as const, sender: sender.nodeKey, sequence, action };
    return { ...unsigned, signature: toySign(sender.nodeKey, transactionSigningMessage(this.#world.scope, unsigned)) };
  }

  nextSequence(sender: SimNode): bigint {
    return (this.#at.ledger.members.find(({ nodeKey }) => nodeKey === sender.nodeKey)?.lastSequence ?? 0n) + 1n;
  }

  /** The next batch, as an honest leader would make it. Does not move the forge. */
  batch(transactions: readonly ChannelTransaction[], header: Partial<BatchHeader> = {}): SignedBatch {
    const place = {
      term: header.term ?? (this.#world.chain.term as Term),
      firstHeight: (header.firstHeight ?? this.nextHeight) as Height,
      timestampMs: header.timestampMs ?? maximum(BigInt(Math.floor(this.#world.nowMs)), this.#at.ledger.timestampMs),
    };
    const execution = executeBatch(this.#runner(), this.#at, place, transactions);
    return this.sign({
      transactions,
      effects: execution.effects,
      header: this.#header(place, transactions, execution, header),
    });
  }

  sign(batch: Omit<SignedBatch, 'signature'>, signer: SimNode = this.#leader): SignedBatch {
    const signature = toySign(signer.nodeKey, batchSigningMessage(this.#world.scope, batch.header));
    return { ...batch, signature };
  }

  /** Goes on from this batch. */
  take(batch: SignedBatch): SignedBatch {
    this.#advance(batch);
    return batch;
  }

  #header(
    place: Pick<BatchHeader, 'term' | 'firstHeight' | 'timestampMs'>,
    transactions: readonly ChannelTransaction[],
    execution: Execution,
    bent: Partial<BatchHeader>,
  ): BatchHeader {
    return {
      ...place,
      leader: this.#leader.nodeKey,
      count: transactions.length,
      previousHash: this.#hash,
      transactionsHash: transactionsHash(transactions),
      effectsHash: effectsHash(execution.effects),
      rootAfter: execution.root,
      ...bent,
    };
  }

  #advance(batch: SignedBatch): void {
    const execution = executeBatch(this.#runner(), this.#at, batch.header, batch.transactions);
    if (!bytesEqual(execution.root, batch.header.rootAfter))
      throw new Error(`false root at ${lastHeight(batch.header)}`);
    this.#at = execution.after;
    this.#hash = batchHash(batch.header);
  }

  #runner() {
    return { executor: new ToyExecutor(), creator: this.#world.creator };
  }
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
