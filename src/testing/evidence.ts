// Evidence against a leader as the contract reads it (docs/contract.md): an accusation, and what it takes to run a transaction again on the chain.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, writeAddress } from '../base/ids.ts';
import { encodeStateKey, type StateKey } from '../base/state.ts';
import { type BatchHeader, encodeHeader } from '../channel/batch.ts';
import { effectsDigest, encodeResult } from '../channel/effects.ts';
import type { ExecutionOutcome } from '../channel/executor.ts';
import type { Ledger } from '../channel/ledger.ts';
import type { StateTree } from '../channel/state-tree.ts';
import { type ChannelTransaction, writeTransaction } from '../channel/transaction.ts';

/** A batch that a leader has signed, and what it claims that its transactions did. */
export interface SignedOutcomes {
  readonly header: BatchHeader;
  readonly signature: Bytes;
  readonly transactions: readonly ChannelTransaction[];
  readonly outcomes: readonly ExecutionOutcome[];
}

/** What `rooch::punishment` reads. */
export function punishmentData(
  accused: Address,
  height: bigint,
  { header, signature, transactions, outcomes }: SignedOutcomes,
): Bytes {
  return encodeBcs((w) => {
    writeAddress(w, accused);
    w.u64(height).bytes(encodeHeader(header));
    w.bytes(encodeBcs((inner) => inner.vector(transactions, writeTransaction)));
    w.bytes(encodeBcs((inner) => inner.vector(outcomes.map(effectsDigest), (writer, digest) => writer.fixed(digest))));
    w.bytes(signature);
  });
}

/** What `rooch::replay` reads. The state before it is the genesis where there is no header; `earlier` are the outcomes before it in its batch. */
export function replayEvidence(
  accusation: Bytes,
  before: { readonly state: StateTree; readonly ledger: Ledger; readonly header?: BatchHeader },
  shown: readonly StateKey[],
  earlier: readonly ExecutionOutcome[],
): Bytes {
  const strings = (w: BcsWriter, values: readonly Bytes[]) => w.vector(values, (writer, value) => writer.bytes(value));
  return encodeBcs((w) => {
    w.bytes(accusation).bytes(before.state.root()).bytes(ledgerHash(before.ledger));
    w.bytes(before.header ? encodeHeader(before.header) : new Uint8Array());
    w.vector(shown, (writer, each) => {
      const value = before.state.get(each);
      const { siblings, other } = before.state.proof(each);
      writer.bytes(encodeStateKey(each));
      strings(writer, value ? [value] : []);
      strings(writer, other ? [other.keyHash, other.valueHash] : []);
      strings(writer, siblings);
    });
    strings(w, earlier.map(encodeResult));
  });
}

/** The hash of a ledger without members, which the channel root binds beside the state's root. */
function ledgerHash(ledger: Ledger): Bytes {
  return sha3_256(
    encodeBcs((w) => {
      w.u64(ledger.term).u64(ledger.height).u64(ledger.timestampMs).bool(ledger.closing);
      w.vector(ledger.members, () => undefined);
    }),
  );
}
