// Evidence against a leader, as the contract reads it (docs/contract.md): what it signed, and what it takes to run one of its transactions again.

import { type BcsWriter, decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, type Height, readAddress, SIGNATURE_SIZE, writeAddress } from '../base/ids.ts';
import { encodeStateKey, type StateKey } from '../base/state.ts';
import {
  BATCH_TRANSACTIONS_MAX,
  type BatchHeader,
  decodeHeader,
  effectsHash,
  encodeHeader,
  lastHeight,
  type SignedBatch,
  transactionsHash,
} from './batch.ts';
import { EFFECTS_DIGEST_SIZE, encodeResult } from './effects.ts';
import type { ExecutionOutcome } from './executor.ts';
import { type Ledger, ledgerHash } from './ledger.ts';
import type { StateTree } from './state-tree.ts';
import { readTransaction, writeTransaction } from './transaction.ts';

/** As the contract bounds it. */
const ACCUSATION_SIZE_MAX = 1_048_576;
const HEADER_SIZE = 188;

/** That what the accused has signed of the transaction at `height` is wrong. */
export interface Accusation {
  readonly accused: Address;
  readonly height: Height;
  readonly batch: SignedBatch;
}

/** What shows a contract that can run the transaction again what it started from. */
export interface ReplayBasis {
  readonly before: {
    readonly state: StateTree;
    readonly ledger: Ledger;
    /** Of the batch that the accused's builds on; none: it builds on the genesis. */
    readonly header?: BatchHeader;
  };
  /** All that the transaction reads or writes. */
  readonly touched: readonly StateKey[];
  /** Of the batch's transactions before it. */
  readonly earlier: readonly ExecutionOutcome[];
}

/** `Punishment` of the contract. */
export function encodeAccusation({ accused, height, batch }: Accusation): Bytes {
  const { header, transactions, effects, signature } = batch;
  return encodeBcs((w) => {
    writeAddress(w, accused);
    w.u64(height).bytes(encodeHeader(header));
    w.bytes(encodeBcs((inner) => inner.vector(transactions, writeTransaction)));
    w.bytes(encodeBcs((inner) => inner.vector(effects, (writer, digest) => writer.fixed(digest))));
    w.bytes(signature);
  });
}

/** Undefined where it is none: whoever proposed it can have written anything that the contract does not look at. */
export function decodeAccusation(data: Bytes): Accusation | undefined {
  try {
    return readAccusation(data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** `Evidence` of the contract. */
export function encodeReplayEvidence(accusation: Bytes, { before, touched, earlier }: ReplayBasis): Bytes {
  const strings = (w: BcsWriter, values: readonly Bytes[]) => w.vector(values, (writer, value) => writer.bytes(value));
  return encodeBcs((w) => {
    w.bytes(accusation).bytes(before.state.root()).bytes(ledgerHash(before.ledger));
    w.bytes(before.header ? encodeHeader(before.header) : new Uint8Array());
    w.vector(touched, (writer, key) => {
      const value = before.state.get(key);
      const { siblings, other } = before.state.proof(key);
      writer.bytes(encodeStateKey(key));
      strings(writer, value ? [value] : []);
      strings(writer, other ? [other.keyHash, other.valueHash] : []);
      strings(writer, siblings);
    });
    strings(w, earlier.map(encodeResult));
  });
}

function readAccusation(data: Bytes): Accusation | undefined {
  const parts = decodeBcs(data, 'accusation', (r) => ({
    accused: readAddress(r, 'accused'),
    height: r.u64('height') as Height,
    header: r.bytes('header', HEADER_SIZE),
    transactions: r.bytes('transactions', ACCUSATION_SIZE_MAX),
    effects: r.bytes('effects', ACCUSATION_SIZE_MAX),
    signature: r.bytes('signature', SIGNATURE_SIZE),
  }));
  const header = decodeHeader(parts.header);
  const transactions = decodeBcs(parts.transactions, 'transactions', (r) =>
    r.vector('transactions', BATCH_TRANSACTIONS_MAX, readTransaction),
  );
  const effects = decodeBcs(parts.effects, 'effects', (r) =>
    r.vector('effects', BATCH_TRANSACTIONS_MAX, (reader) => reader.fixed('effects digest', EFFECTS_DIGEST_SIZE)),
  );
  const isSigned =
    bytesEqual(transactionsHash(transactions), header.transactionsHash) &&
    bytesEqual(effectsHash(effects), header.effectsHash);
  const isWithin = parts.height >= header.firstHeight && parts.height <= lastHeight(header);
  if (!isSigned || !isWithin || transactions.length !== header.count || effects.length !== header.count)
    return undefined;
  const batch: SignedBatch = { header, transactions, effects, signature: parts.signature };
  return { accused: parts.accused, height: parts.height, batch };
}
