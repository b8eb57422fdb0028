// Running transactions: the one function that leader and followers share, so that they can only differ where the virtual machine,
// the code or somebody's honesty does. It takes lawful transactions (transaction-rules.ts) and changes nothing but what it returns.

import { BcsWriter } from '../base/bcs.ts';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { assert, unreachable } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Address, Height, Term } from '../base/ids.ts';
import { type ChangeSet, type StateKey, stateKeyId } from '../base/state.ts';
import { ChangeFold } from './change-log.ts';
import { effectsDigest } from './effects.ts';
import type { ExecutionOutcome, Executor } from './executor.ts';
import { channelRoot, type Ledger, memberByKey, withMember, withoutMember } from './ledger.ts';
import type { StateTree } from './state-tree.ts';
import {
  type ChannelTransaction,
  firstSequenceBefore,
  type JoiningMember,
  transactionDigest,
  writeTransaction,
} from './transaction.ts';

/** State and ledger after some batch. */
export interface World {
  readonly state: StateTree;
  readonly ledger: Ledger;
}

/** What the batch's header says about its circumstances. */
export interface Place {
  readonly term: Term;
  readonly firstHeight: Height;
  readonly timestampMs: bigint;
}

/** Changes of one kind in a row. `chain`: the chain holds these values already ([X2]). */
export interface Step {
  readonly source: 'run' | 'chain';
  readonly changes: ChangeSet;
}

export interface Execution {
  readonly after: World;
  readonly root: Bytes;
  readonly outcomes: readonly ExecutionOutcome[];
  readonly effects: readonly Bytes[];
  /** Net, for the whole batch. */
  readonly changes: ChangeSet;
  readonly steps: readonly Step[];
}

/** The first transaction whose effects are not the ones claimed. */
export interface EffectsMismatch {
  readonly index: number;
  readonly claimed: Bytes;
  readonly computed: Bytes;
  /** Of the transactions before it. */
  readonly earlier: readonly ExecutionOutcome[];
  /** What it reads and what it changes, each once. */
  readonly touched: readonly StateKey[];
}

export interface Runner {
  readonly executor: Executor;
  /** Signer of ticks. */
  readonly creator: Address;
}

export function executeBatch(
  runner: Runner,
  before: World,
  place: Place,
  transactions: readonly ChannelTransaction[],
): Execution {
  const execution = run(runner, before, place, transactions, undefined);
  assert('after' in execution, 'nothing was claimed, so nothing can differ');
  return execution;
}

/** [B4] Stops at the first difference. */
export function executeAndCompare(
  runner: Runner,
  before: World,
  place: Place,
  transactions: readonly ChannelTransaction[],
  claimed: readonly Bytes[],
): Execution | EffectsMismatch {
  return run(runner, before, place, transactions, claimed);
}

function run(
  runner: Runner,
  before: World,
  place: Place,
  transactions: readonly ChannelTransaction[],
  claimed: readonly Bytes[] | undefined,
): Execution | EffectsMismatch {
  const net = new ChangeFold();
  const steps: Step[] = [];
  const outcomes: ExecutionOutcome[] = [];
  const effects: Bytes[] = [];
  let ledger: Ledger = { ...before.ledger, term: place.term, timestampMs: place.timestampMs };

  const read = (key: StateKey): Bytes | undefined => {
    const changed = net.get(stateKeyId(key));
    return changed ? changed.value : before.state.get(key);
  };

  for (const [index, transaction] of transactions.entries()) {
    const height = place.firstHeight + BigInt(index);
    const outcome = runOne(runner, before.state, read, ledger, transaction, height, place.timestampMs);
    assert(
      outcome.status.kind === 'executed' || outcome.changes.length === 0,
      '[T3] an aborted call changed something',
    );
    const digest = effectsDigest(outcome);
    const claim = claimed?.[index];
    if (claimed !== undefined && (claim === undefined || !bytesEqual(claim, digest))) {
      const keys = new Map(outcome.changes.map(({ key }) => [stateKeyId(key), key]));
      const noting = (key: StateKey): Bytes | undefined => {
        keys.set(stateKeyId(key), key);
        return read(key);
      };
      runOne(runner, before.state, noting, ledger, transaction, height, place.timestampMs);
      const touched = [...keys.values()];
      return { index, claimed: claim ?? new Uint8Array(), computed: digest, earlier: outcomes, touched };
    }
    ledger = advance(ledger, transaction);
    net.add(outcome.changes);
    if (outcome.changes.length > 0) {
      steps.push({
        source: transaction.kind === 'joined' || transaction.kind === 'removed' ? 'chain' : 'run',
        changes: outcome.changes,
      });
    }
    outcomes.push(outcome);
    effects.push(digest);
  }

  ledger = { ...ledger, height: (place.firstHeight + BigInt(transactions.length) - 1n) as Height };
  const changes = net.changes();
  const state = before.state.apply(changes);
  const after = { state, ledger };
  return { after, root: channelRoot(state.root(), ledger), outcomes, effects, changes, steps };
}

function runOne(
  runner: Runner,
  state: StateTree,
  read: (key: StateKey) => Bytes | undefined,
  ledger: Ledger,
  transaction: ChannelTransaction,
  height: bigint,
  timestampMs: bigint,
): ExecutionOutcome {
  switch (transaction.kind) {
    case 'member': {
      if (transaction.action.kind !== 'call') return done([]);
      const sender = memberByKey(ledger, transaction.sender);
      assert(sender !== undefined, 'a transaction of nobody passed the rules');
      return runner.executor.execute(read, {
        call: transaction.action.call,
        sender: sender.address,
        timestampMs,
        transactionHash: sha3_256(placed(transactionDigest(transaction), height)),
      });
    }
    case 'tick':
      return runner.executor.execute(read, {
        call: 'tick',
        sender: runner.creator,
        timestampMs,
        transactionHash: sha3_256(placed(digestOf(transaction), height)),
      });
    case 'joined':
      return done(assetsBroughtIn(read, transaction.member));
    case 'removed':
      return done(everythingOf(state, read, transaction.address));
    case 'opened':
      return done([]);
    default:
      return unreachable(transaction);
  }
}

function done(changes: ChangeSet): ExecutionOutcome {
  return { status: { kind: 'executed' }, changes, events: [], gasUsed: 0n };
}

function digestOf(transaction: ChannelTransaction): Bytes {
  const writer = new BcsWriter();
  writeTransaction(writer, transaction);
  return sha3_256(writer.finish());
}

function placed(digest: Bytes, height: bigint): Bytes {
  return new BcsWriter(40).fixed(digest).u64(height).finish();
}

function assetsBroughtIn(read: (key: StateKey) => Bytes | undefined, member: JoiningMember): ChangeSet {
  if (member.assets === undefined) return [];
  const key: StateKey = { kind: 'resource', address: member.address, type: member.assets.type };
  const old = read(key);
  if (old !== undefined && bytesEqual(old, member.assets.value)) return [];
  return [{ key, ...(old !== undefined && { old }), new: member.assets.value }];
}

/** A removed member has taken its resources out through the contract; what is left here is a copy. */
function everythingOf(state: StateTree, read: (key: StateKey) => Bytes | undefined, address: Address): ChangeSet {
  const fold = new ChangeFold();
  for (const { key } of state.entries()) {
    if (key.kind !== 'resource' || key.address !== address) continue;
    const old = read(key);
    if (old !== undefined) fold.add([{ key, old }]);
  }
  return fold.changes();
}

/** What a transaction does to the ledger, whether its call aborted or not ([T3]). */
export function advance(ledger: Ledger, transaction: ChannelTransaction): Ledger {
  switch (transaction.kind) {
    case 'member': {
      const record = memberByKey(ledger, transaction.sender);
      assert(record !== undefined, 'a transaction of nobody passed the rules');
      const leaving = record.leaving || transaction.action.kind === 'leave';
      const closing = ledger.closing || transaction.action.kind === 'close';
      return { ...withMember(ledger, { ...record, lastSequence: transaction.sequence, leaving }), closing };
    }
    case 'joined': {
      const { address, nodeKey, joinSequence } = transaction.member;
      const lastSequence = firstSequenceBefore(joinSequence, ledger.restarts);
      return withMember(ledger, { address, nodeKey, joinSequence, lastSequence, leaving: false });
    }
    case 'removed':
      return withoutMember(ledger, transaction.address);
    case 'tick':
    case 'opened':
      return ledger;
    default:
      return unreachable(transaction);
  }
}
