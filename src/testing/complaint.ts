// A member's call that a leader has put into the first batch of a channel, with what the leader says came of it: what a replay on the chain judges
// (docs/contract.md, C53). For the vectors of Move tests, which cannot sign, and for tests that accuse on the local chain.

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes, toHex, utf8Encode } from '../base/bytes.ts';
import { type Address, type Height, type NodeKey, nodeKeyFromBytes, type Term } from '../base/ids.ts';
import type { StateKey } from '../base/state.ts';
import { type BatchHeader, batchSigningMessage, effectsHash, transactionsHash } from '../channel/batch.ts';
import { effectsDigest } from '../channel/effects.ts';
import type { ExecutionOutcome } from '../channel/executor.ts';
import { genesisHash } from '../channel/history.ts';
import { channelRoot, GENESIS_LEDGER } from '../channel/ledger.ts';
import type { ChannelScope } from '../channel/scope.ts';
import { type StateEntry, StateTree } from '../channel/state-tree.ts';
import { type Call, type ChannelTransaction, transactionSigningMessage } from '../channel/transaction.ts';
import { punishmentData, replayEvidence } from './evidence.ts';

/** What `opened` does, and what a leader says that leaves a call out. */
export const NOTHING_DONE: ExecutionOutcome = { status: { kind: 'executed' }, changes: [], events: [], gasUsed: 0n };

export interface Complaint {
  readonly scope: ChannelScope;
  readonly accused: Address;
  /** Of the accused's node key. */
  readonly leaderSeed: Uint8Array;
  /** Of the node key that signs the call; nobody's where it is the tick. */
  readonly callerSeed: Uint8Array;
  readonly call: Call | 'tick';
  readonly timestampMs: bigint;
  /** Before the batch. */
  readonly state: Iterable<StateEntry>;
  /** What the leader says came of it. */
  readonly outcome: ExecutionOutcome;
  /** Keys that the evidence shows, present or not. */
  readonly shown: readonly StateKey[];
}

/** The evidence in BCS: the call is at height 2, behind the opening of term 1. */
export function complaintEvidence(complaint: Complaint): Bytes {
  const { scope, leaderSeed, callerSeed, call } = complaint;
  const unsigned = { kind: 'member', sender: keyOf(callerSeed), sequence: 1n } as const;
  const judged = call === 'tick' ? { kind: 'tick' as const } : { ...unsigned, action: { kind: 'call' as const, call } };
  const transaction: ChannelTransaction =
    judged.kind === 'tick'
      ? judged
      : { ...judged, signature: sign(callerSeed, transactionSigningMessage(scope, judged)) };
  const transactions = [{ kind: 'opened' } as const, transaction];
  const outcomes = [NOTHING_DONE, complaint.outcome];
  const state = StateTree.from(complaint.state);
  const root = channelRoot(state.root(), GENESIS_LEDGER);
  const header: BatchHeader = {
    term: 1n as Term,
    leader: keyOf(leaderSeed),
    firstHeight: 1n as Height,
    count: 2,
    timestampMs: complaint.timestampMs,
    previousHash: genesisHash(root),
    transactionsHash: transactionsHash(transactions),
    effectsHash: effectsHash(outcomes.map(effectsDigest)),
    rootAfter: root,
  };
  const signature = sign(leaderSeed, batchSigningMessage(scope, header));
  const accusation = punishmentData(complaint.accused, 2n, { header, signature, transactions, outcomes });
  return replayEvidence(accusation, { state, ledger: GENESIS_LEDGER }, complaint.shown, [NOTHING_DONE]);
}

/** Of the node keys that the Move tests know by number. */
export function testKeySeed(n: number): Bytes {
  return sha256(utf8Encode(`strait test key ${n}`)) as Bytes;
}

export interface Vector {
  readonly name: string;
  readonly what: string;
  readonly value: Bytes;
}

/** A Move module with one function a vector. */
export function vectorModule(packageName: string, script: string, vectors: readonly Vector[]): string {
  const functions = vectors.map(
    ({ name, what, value }) =>
      `    /// ${what}\n    public fun ${name}(): vector<u8> {\n        x"${toHex(value)}"\n    }\n`,
  );
  const what = 'evidence against Alice, who led channel 1 of chain 4, in tests, which cannot sign.';
  return `#[test_only]\n/// Written by ${script}: ${what}\nmodule ${packageName}::vectors {\n${functions.join('\n')}}\n`;
}

function keyOf(seed: Uint8Array): NodeKey {
  return nodeKeyFromBytes(ed25519.getPublicKey(seed) as Bytes);
}

function sign(seed: Uint8Array, message: Bytes): Bytes {
  return ed25519.sign(message, seed) as Bytes;
}
