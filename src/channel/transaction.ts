// Transactions: what the channel's history is made of (section T of docs/protocol.md). A member's own are signed by its node key;
// the leader's are covered by the signature on their batch.

import { type BcsReader, type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import {
  type Address,
  NODE_KEY_SIZE,
  type NodeKey,
  nodeKeyFromBytes,
  nodeKeyToBytes,
  readAddress,
  SIGNATURE_SIZE,
  type Term,
  writeAddress,
} from '../base/ids.ts';
import {
  readIdentifier,
  readStructTag,
  readTypeTag,
  type StructTag,
  TYPE_ARGS_MAX,
  type TypeTag,
  writeStructTag,
  writeTypeTag,
} from '../base/type-tag.ts';
import { type ChannelScope, signingMessage } from './scope.ts';

/** Arguments of one call together; what Aptos lets a whole transaction be, so that a call could be replayed on chain. */
export const CALL_ARGS_SIZE_MAX = 60_000;
export const CALL_ARGS_MAX = 32;
/** Assets that a member brings in; they travel in one chain transaction too. */
export const ASSETS_SIZE_MAX = 60_000;

/** A call of an entry function of the application, in the channel. */
export interface Call {
  readonly address: Address;
  readonly module: string;
  readonly function: string;
  readonly typeArgs: readonly TypeTag[];
  /** BCS, one for each argument after the signer. */
  readonly args: readonly Bytes[];
}

/** What a member may ask for. */
export type MemberAction =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'leave' }
  | { readonly kind: 'close' };

/** [T1] Signed by the sender's node key. */
export interface MemberTransaction {
  readonly kind: 'member';
  readonly sender: NodeKey;
  /** Counts the sender's transactions; the first after a join, or a new beginning, has `firstSequenceBefore(…) + 1`. u64. */
  readonly sequence: bigint;
  readonly action: MemberAction;
  readonly signature: Bytes;
}

export interface JoiningMember {
  readonly address: Address;
  readonly nodeKey: NodeKey;
  /** u64, from the contract. */
  readonly joinSequence: bigint;
  /** What the member brings in; absent where the channel's asset type holds nothing. */
  readonly assets?: { readonly type: StructTag; readonly value: Bytes };
}

/** [T2] Made by the leader, checked by every follower against the chain or its own clock. */
export type LeaderTransaction =
  | { readonly kind: 'joined'; readonly member: JoiningMember }
  /** The chain no longer lists the member. */
  | { readonly kind: 'removed'; readonly address: Address; readonly joinSequence: bigint }
  | { readonly kind: 'tick' }
  /** First in the first batch of every term, and nowhere else. */
  | { readonly kind: 'opened' };

export type ChannelTransaction = MemberTransaction | LeaderTransaction;

/** So that sequences stay in u64; a channel would have to see two billion joins. */
export const JOIN_SEQUENCE_MAX = 0x7fff_ffffn;

/**
 * [T1] Sequences of one membership lie between this and that of the next join: who leaves and comes back with the same key starts
 * above everything it signed before, so nothing old can be played again, and the ledger can forget who has gone. So it is where the
 * channel has begun anew, each time 2^24 further on.
 */
export function firstSequenceBefore(joinSequence: bigint, restarts: bigint): bigint {
  return (joinSequence << 32n) + (restarts << 24n);
}

/** A digest is asked for at the door, in execution and by the sender's outbox; transactions never change. */
const digests = new WeakMap<Omit<MemberTransaction, 'signature'>, Bytes>();

/** What the sender signs: everything but the signature. */
export function transactionDigest(transaction: Omit<MemberTransaction, 'signature'>): Bytes {
  let digest = digests.get(transaction);
  if (digest === undefined) {
    digest = sha3_256(encodeBcs((w) => writeUnsigned(w, transaction)));
    digests.set(transaction, digest);
  }
  return digest;
}

export function transactionSigningMessage(
  scope: ChannelScope,
  transaction: Omit<MemberTransaction, 'signature'>,
): Bytes {
  return signingMessage('transaction:1', scope, 0n as Term, transactionDigest(transaction));
}

function writeUnsigned(w: BcsWriter, transaction: Omit<MemberTransaction, 'signature'>): void {
  w.fixed(nodeKeyToBytes(transaction.sender)).u64(transaction.sequence);
  const { action } = transaction;
  switch (action.kind) {
    case 'call':
      w.uleb128(0);
      writeCall(w, action.call);
      return;
    case 'leave':
      w.uleb128(1);
      return;
    case 'close':
      w.uleb128(2);
      return;
    default:
      unreachable(action);
  }
}

function writeCall(w: BcsWriter, call: Call): void {
  writeAddress(w, call.address);
  w.string(call.module).string(call.function).vector(call.typeArgs, writeTypeTag);
  w.vector(call.args, (writer, arg) => writer.bytes(arg));
}

function readCall(r: BcsReader): Call {
  return {
    address: readAddress(r, 'call address'),
    module: readIdentifier(r, 'call module'),
    function: readIdentifier(r, 'call function'),
    typeArgs: r.vector('call type arguments', TYPE_ARGS_MAX, (reader) => readTypeTag(reader, 'call type argument')),
    args: r.vector('call arguments', CALL_ARGS_MAX, (reader) => reader.bytes('call argument', CALL_ARGS_SIZE_MAX)),
  };
}

export function writeTransaction(w: BcsWriter, transaction: ChannelTransaction): void {
  switch (transaction.kind) {
    case 'member':
      w.uleb128(0);
      writeUnsigned(w, transaction);
      w.fixed(transaction.signature);
      return;
    case 'joined': {
      const { member } = transaction;
      w.uleb128(1);
      writeAddress(w, member.address);
      w.fixed(nodeKeyToBytes(member.nodeKey)).u64(member.joinSequence);
      w.option(member.assets, (writer, assets) => {
        writeStructTag(writer, assets.type);
        writer.bytes(assets.value);
      });
      return;
    }
    case 'removed':
      w.uleb128(2);
      writeAddress(w, transaction.address);
      w.u64(transaction.joinSequence);
      return;
    case 'tick':
      w.uleb128(3);
      return;
    case 'opened':
      w.uleb128(4);
      return;
    default:
      unreachable(transaction);
  }
}

export function readTransaction(r: BcsReader): ChannelTransaction {
  switch (r.variant('transaction', 5)) {
    case 0:
      return readMemberTransaction(r);
    case 1: {
      const address = readAddress(r, 'joining member');
      const nodeKey = readNodeKey(r, 'joining node key');
      const joinSequence = r.u64('join sequence');
      const assets = r.option('assets', (reader) => ({
        type: readStructTag(reader, 'asset type'),
        value: reader.bytes('assets', ASSETS_SIZE_MAX),
      }));
      return { kind: 'joined', member: { address, nodeKey, joinSequence, ...(assets && { assets }) } };
    }
    case 2:
      return { kind: 'removed', address: readAddress(r, 'removed member'), joinSequence: r.u64('join sequence') };
    case 3:
      return { kind: 'tick' };
    default:
      return { kind: 'opened' };
  }
}

function readMemberTransaction(r: BcsReader): MemberTransaction {
  const sender = readNodeKey(r, 'sender');
  const sequence = r.u64('sequence');
  const variant = r.variant('action', 3);
  const action: MemberAction =
    variant === 0 ? { kind: 'call', call: readCall(r) } : variant === 1 ? { kind: 'leave' } : { kind: 'close' };
  return { kind: 'member', sender, sequence, action, signature: r.fixed('transaction signature', SIGNATURE_SIZE) };
}

export function readNodeKey(r: BcsReader, what: string): NodeKey {
  return nodeKeyFromBytes(r.fixed(what, NODE_KEY_SIZE), what);
}
