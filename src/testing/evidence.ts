// Evidence against a leader from what a virtual machine says of its transactions, for vectors that a contract reads.

import type { Bytes } from '../base/bytes.ts';
import type { Address, Height } from '../base/ids.ts';
import type { StateKey } from '../base/state.ts';
import type { BatchHeader } from '../channel/batch.ts';
import { effectsDigest } from '../channel/effects.ts';
import { encodeAccusation, encodeReplayEvidence } from '../channel/evidence.ts';
import type { ExecutionOutcome } from '../channel/executor.ts';
import type { Ledger } from '../channel/ledger.ts';
import type { StateTree } from '../channel/state-tree.ts';
import type { ChannelTransaction } from '../channel/transaction.ts';

/** A batch that a leader has signed, and what it claims that its transactions did. */
export interface SignedOutcomes {
  readonly header: BatchHeader;
  readonly signature: Bytes;
  readonly transactions: readonly ChannelTransaction[];
  readonly outcomes: readonly ExecutionOutcome[];
}

/** What `rooch::punishment` reads. */
export function punishmentData(accused: Address, height: bigint, signed: SignedOutcomes): Bytes {
  const { outcomes, ...batch } = signed;
  return encodeAccusation({
    accused,
    height: height as Height,
    batch: { ...batch, effects: outcomes.map(effectsDigest) },
  });
}

/** What `rooch::replay` reads. The state before it is the genesis where there is no header; `earlier` are the outcomes before it in its batch. */
export function replayEvidence(
  accusation: Bytes,
  before: { readonly state: StateTree; readonly ledger: Ledger; readonly header?: BatchHeader },
  shown: readonly StateKey[],
  earlier: readonly ExecutionOutcome[],
): Bytes {
  return encodeReplayEvidence(accusation, { before, touched: shown, earlier });
}
