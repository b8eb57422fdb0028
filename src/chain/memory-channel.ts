// One channel as the chain in memory keeps it, and who counts in it.

import { ed25519 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../base/bytes.ts';
import { type Address, type NodeKey, nodeKeyToBytes } from '../base/ids.ts';
import type { StructTag } from '../base/type-tag.ts';
import type { ChannelDescription, ChannelModule, StateItem } from '../ports/chain.ts';
import { ChainError } from './chain-error.ts';

/** For how long a proposal takes votes and can be executed. */
export const PROPOSAL_AGE_MS_MAX = 600_000n;

export interface Seat {
  readonly address: Address;
  readonly nodeKey: NodeKey;
  readonly joinSequence: bigint;
  assets?: { readonly type: StructTag; readonly value: Bytes };
  aliveMs: number;
  /** When somebody last asked for a sign of life; 0: never. */
  challengedMs: number;
  leaving: boolean;
}

export interface MemoryProposal {
  readonly id: bigint;
  readonly proposer: Address;
  readonly data: Bytes;
  readonly createdMs: number;
  readonly votes: Map<Address, 'for' | 'against' | 'abstain'>;
  contestUntilMs: number;
  contested: boolean;
  executed: boolean;
}

export interface MemoryReport {
  readonly id: bigint;
  readonly proposer: Address;
  readonly accused: Address;
  readonly data: Bytes;
  readonly votes: Map<Address, 'for' | 'against' | 'abstain'>;
  readonly createdMs: number;
  executed: boolean;
}

export interface ChannelRecord {
  readonly description: ChannelDescription;
  readonly modules: readonly ChannelModule[];
  state: Bytes;
  /** Of the state's tables, by key. */
  items: Map<string, StateItem>;
  leader: Address | undefined;
  term: bigint;
  seats: Seat[];
  departed: Seat[];
  joinSequence: bigint;
  settledHeight: bigint;
  settledRoot: Bytes;
  historyHash: Bytes;
  /** [C64] */
  restarts: bigint;
  /** Batches of the terms up to then are of a history that was given up. */
  givenUpTerm: bigint;
  proposals: MemoryProposal[];
  reports: MemoryReport[];
  proposalId: bigint;
  closing: boolean;
  closed: boolean;
  /** Who said first that the leader of a term does not answer. */
  silence?: { readonly term: bigint; readonly reporter: Address; readonly atMs: number };
}

/** [C11] [C35] */
export function isValid(channel: ChannelRecord, seat: Seat, nowMs: number): boolean {
  const { heartbeatWindowMs, isQuiet } = channel.description.settings;
  if (isQuiet !== true) return nowMs <= seat.aliveMs + heartbeatWindowMs;
  return seat.challengedMs <= seat.aliveMs || nowMs <= seat.challengedMs + heartbeatWindowMs;
}

export function validMembers(channel: ChannelRecord, nowMs: number): Address[] {
  return channel.seats.filter((seat) => isValid(channel, seat, nowMs)).map(({ address }) => address);
}

export function allMembers(channel: ChannelRecord): Address[] {
  return channel.seats.map(({ address }) => address);
}

/** Two thirds. */
export function quorum(members: number): number {
  return Math.ceil((2 * members) / 3);
}

/** By different members, each with its node key. */
export function assertSigned(
  channel: ChannelRecord,
  signatures: readonly { readonly member: Address; readonly signature: Bytes }[],
  message: Bytes,
): void {
  if (new Set(signatures.map(({ member }) => member)).size !== signatures.length) throw refused('E_SIGNERS');
  for (const { member, signature } of signatures) {
    const seat = channel.seats.find(({ address }) => address === member);
    if (!seat) throw refused('E_SIGNERS');
    if (!ed25519.verify(signature, message, nodeKeyToBytes(seat.nodeKey))) throw refused('E_SIGNATURE');
  }
}

/** As an abort of the contract's. */
export function refused(name: string): ChainError {
  return new ChainError('refused', `Move abort in ${name}`, {
    abort: { module: 'rooch::channel', code: 0n, name },
  });
}
