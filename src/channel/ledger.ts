// What the history knows besides the application's state: who is a member, whose turn it is by sequence number, whether the channel
// is closing. Immutable; a batch makes a new one. The channel root binds it together with the state.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, type Height, type NodeKey, nodeKeyToBytes, type Term, writeAddress } from '../base/ids.ts';
import type { MemberRecord } from './messages.ts';

const ROOT_TAG = new Uint8Array([2]);

export interface Ledger {
  /** Of the batch that this is the outcome of; 0 at genesis. */
  readonly term: Term;
  readonly height: Height;
  readonly timestampMs: bigint;
  readonly closing: boolean;
  /** How often the channel has begun anew ([N6]). Not in the root: the height of the beginning is, and the chain says which it was. */
  readonly restarts: bigint;
  /** In order of join sequence. */
  readonly members: readonly MemberRecord[];
}

/** Where a history begins: at height 0, or where the contract lets it begin anew ([N6]). */
export interface Beginning {
  readonly height: Height;
  readonly restarts: bigint;
}

export const FIRST_BEGINNING: Beginning = { height: 0n as Height, restarts: 0n };

/** Before the first batch: nobody is in it, and no term has begun. */
export function genesisLedger({ height, restarts }: Beginning): Ledger {
  return { term: 0n as Term, height, timestampMs: 0n, closing: false, restarts, members: [] };
}

export const GENESIS_LEDGER = genesisLedger(FIRST_BEGINNING);

/** [F2] How many of `n` members make a quorum: ceil(2n/3). */
export function quorumOf(n: number): number {
  return Math.ceil((2 * n) / 3);
}

/** Members that count in a quorum after this ledger's batch. */
export function countedMembers(ledger: Ledger): readonly NodeKey[] {
  return ledger.members.filter((member) => !member.leaving).map((member) => member.nodeKey);
}

export function memberByKey(ledger: Ledger, nodeKey: NodeKey): MemberRecord | undefined {
  return ledger.members.find((member) => member.nodeKey === nodeKey);
}

export function memberByAddress(ledger: Ledger, address: Address): MemberRecord | undefined {
  return ledger.members.find((member) => member.address === address);
}

export function withMember(ledger: Ledger, record: MemberRecord): Ledger {
  const members = [...ledger.members.filter((member) => member.address !== record.address), record];
  members.sort((a, b) => (a.joinSequence < b.joinSequence ? -1 : 1));
  return { ...ledger, members };
}

export function withoutMember(ledger: Ledger, address: Address): Ledger {
  return { ...ledger, members: ledger.members.filter((member) => member.address !== address) };
}

/**
 * [B2] The channel root: `sha3-256(0x02 ‖ state root ‖ sha3-256(BCS(ledger)))`. A snapshot is checked by it alone, so it binds
 * everything that the next batch is checked against.
 */
export function channelRoot(stateRoot: Bytes, ledger: Ledger): Bytes {
  return sha3_256(ROOT_TAG, stateRoot, ledgerHash(ledger));
}

export function ledgerHash(ledger: Ledger): Bytes {
  return sha3_256(encodeBcs((w) => writeLedger(w, ledger)));
}

function writeLedger(w: BcsWriter, ledger: Ledger): void {
  w.u64(ledger.term).u64(ledger.height).u64(ledger.timestampMs).bool(ledger.closing);
  w.vector(ledger.members, (writer, member) => {
    writeAddress(writer, member.address);
    writer.fixed(nodeKeyToBytes(member.nodeKey)).u64(member.joinSequence).u64(member.lastSequence).bool(member.leaving);
  });
}
