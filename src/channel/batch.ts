// Batches: the leader's signed statement that these transactions ran in this order with these results (section B of
// docs/protocol.md), and the members' acknowledgements that make a batch final (section F).

import { type BcsReader, type BcsWriter, decodeBcs, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import { type Height, type NodeKey, nodeKeyToBytes, SIGNATURE_SIZE, type Term } from '../base/ids.ts';
import { EFFECTS_DIGEST_SIZE } from './effects.ts';
import { type ChannelScope, signingMessage } from './scope.ts';
import { type ChannelTransaction, readNodeKey, readTransaction, writeTransaction } from './transaction.ts';

/** Bounds the time between a leader's execution and its followers', and the size of one message. */
export const BATCH_TRANSACTIONS_MAX = 256;
/** As many members as the contract admits; no certificate can hold more signatures. */
export const MEMBERS_MAX = 50;

export interface BatchHeader {
  readonly term: Term;
  /** The term's leader, who signs; so that the signature can be checked before anything else is known. */
  readonly leader: NodeKey;
  /** Height of the first transaction; the batch before it ends at `firstHeight - 1`. */
  readonly firstHeight: Height;
  /** Transactions; at least 1, so that no two batches of one history end at the same height. */
  readonly count: number;
  /** The leader's wall clock in ms; never less than the batch before it. What Move code in the channel reads as the time. */
  readonly timestampMs: bigint;
  readonly previousHash: Bytes;
  readonly transactionsHash: Bytes;
  readonly effectsHash: Bytes;
  /** Channel root (root.ts) after the last transaction. */
  readonly rootAfter: Bytes;
}

export interface SignedBatch {
  readonly header: BatchHeader;
  readonly transactions: readonly ChannelTransaction[];
  /** Digest of each transaction's effects, so that the first wrong one can be named. */
  readonly effects: readonly Bytes[];
  /** The leader's. */
  readonly signature: Bytes;
}

/** [F1] "I executed the history up to this batch and got the same." */
export interface Acknowledgement {
  readonly term: Term;
  /** Last height of the batch. */
  readonly height: Height;
  readonly batchHash: Bytes;
  readonly signer: NodeKey;
  readonly signature: Bytes;
}

/** [F2] Acknowledgements of one batch by enough members; everything up to `height` is final. The leader's own is its signature on the batch and not in the list. */
export interface Certificate {
  readonly term: Term;
  readonly height: Height;
  readonly batchHash: Bytes;
  readonly signatures: readonly { readonly signer: NodeKey; readonly signature: Bytes }[];
}

export function lastHeight(header: BatchHeader): Height {
  return (header.firstHeight + BigInt(header.count) - 1n) as Height;
}

/** A batch's hash is asked for at every step of its way; headers never change. */
const batchHashes = new WeakMap<BatchHeader, Bytes>();

export function batchHash(header: BatchHeader): Bytes {
  let hash = batchHashes.get(header);
  if (hash === undefined) {
    hash = sha3_256(encodeHeader(header));
    batchHashes.set(header, hash);
  }
  return hash;
}

/** 188 bytes, of which the batch's hash is taken. */
export function encodeHeader(header: BatchHeader): Bytes {
  return encodeBcs((w) => writeHeader(w, header));
}

/** @throws DecodeError */
export function decodeHeader(bytes: Bytes): BatchHeader {
  return decodeBcs(bytes, 'batch header', readHeader);
}

export function transactionsHash(transactions: readonly ChannelTransaction[]): Bytes {
  return sha3_256(encodeBcs((w) => w.vector(transactions, writeTransaction)));
}

export function effectsHash(effects: readonly Bytes[]): Bytes {
  return sha3_256(encodeBcs((w) => w.vector(effects, (writer, digest) => writer.fixed(digest))));
}

export function batchSigningMessage(scope: ChannelScope, header: BatchHeader): Bytes {
  return signingMessage('batch:1', scope, header.term, batchHash(header));
}

export function acknowledgementSigningMessage(
  scope: ChannelScope,
  ack: Pick<Acknowledgement, 'term' | 'height' | 'batchHash'>,
): Bytes {
  const digest = sha3_256(encodeBcs((w) => w.u64(ack.height).fixed(ack.batchHash)));
  return signingMessage('acknowledgement:1', scope, ack.term, digest);
}

export function writeHeader(w: BcsWriter, header: BatchHeader): void {
  w.u64(header.term)
    .fixed(nodeKeyToBytes(header.leader))
    .u64(header.firstHeight)
    .u32(header.count)
    .u64(header.timestampMs);
  w.fixed(header.previousHash).fixed(header.transactionsHash).fixed(header.effectsHash).fixed(header.rootAfter);
}

export function readHeader(r: BcsReader): BatchHeader {
  return {
    term: r.u64('batch term') as Term,
    leader: readNodeKey(r, 'batch leader'),
    firstHeight: r.u64('first height') as Height,
    count: r.u32('transaction count'),
    timestampMs: r.u64('batch timestamp'),
    previousHash: r.fixed('previous hash', HASH_SIZE),
    transactionsHash: r.fixed('transactions hash', HASH_SIZE),
    effectsHash: r.fixed('effects hash', HASH_SIZE),
    rootAfter: r.fixed('state root', HASH_SIZE),
  };
}

export function writeBatch(w: BcsWriter, batch: SignedBatch): void {
  writeHeader(w, batch.header);
  w.vector(batch.transactions, writeTransaction);
  w.vector(batch.effects, (writer, digest) => writer.fixed(digest));
  w.fixed(batch.signature);
}

/** Reads the form; that the header matches the bodies is checked by [B3] in the channel. @throws DecodeError */
export function readBatch(r: BcsReader): SignedBatch {
  return {
    header: readHeader(r),
    transactions: r.vector('transactions', BATCH_TRANSACTIONS_MAX, (reader) => readTransaction(reader)),
    effects: r.vector('effects', BATCH_TRANSACTIONS_MAX, (reader) =>
      reader.fixed('effects digest', EFFECTS_DIGEST_SIZE),
    ),
    signature: r.fixed('batch signature', SIGNATURE_SIZE),
  };
}

export function writeAcknowledgement(w: BcsWriter, ack: Acknowledgement): void {
  w.u64(ack.term).u64(ack.height).fixed(ack.batchHash).fixed(nodeKeyToBytes(ack.signer)).fixed(ack.signature);
}

export function readAcknowledgement(r: BcsReader): Acknowledgement {
  return {
    term: r.u64('acknowledged term') as Term,
    height: r.u64('acknowledged height') as Height,
    batchHash: r.fixed('acknowledged hash', HASH_SIZE),
    signer: readNodeKey(r, 'acknowledging member'),
    signature: r.fixed('acknowledgement signature', SIGNATURE_SIZE),
  };
}

export function writeCertificate(w: BcsWriter, certificate: Certificate): void {
  w.u64(certificate.term).u64(certificate.height).fixed(certificate.batchHash);
  w.vector(certificate.signatures, (writer, { signer, signature }) => {
    writer.fixed(nodeKeyToBytes(signer)).fixed(signature);
  });
}

export function readCertificate(r: BcsReader): Certificate {
  return {
    term: r.u64('certificate term') as Term,
    height: r.u64('certificate height') as Height,
    batchHash: r.fixed('certificate hash', HASH_SIZE),
    signatures: r.vector('certificate signatures', MEMBERS_MAX, (reader) => ({
      signer: readNodeKey(reader, 'certificate signer'),
      signature: reader.fixed('certificate signature', SIGNATURE_SIZE),
    })),
  };
}
