// What a transaction did, in the 65 bytes that leader and followers compare ([B7]): what its leader signs, and what a contract that runs the
// transaction again can hold against it.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes } from '../base/bytes.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import { writeStateKey } from '../base/state.ts';
import { writeTypeTag } from '../base/type-tag.ts';
import type { ExecutionOutcome } from './executor.ts';

/** Status, digest of the result, digest of the trace. */
export const EFFECTS_DIGEST_SIZE = 1 + 2 * HASH_SIZE;

const STATUS = { executed: 0, aborted: 1, failed: 2 } as const;

/**
 * `status (0 executed, 1 aborted, 2 failed) ‖ sha3-256(result) ‖ sha3-256(trace)`. The result is what a replay on chain can know, the trace what only
 * members can. Of a change the result holds whether there was a value before, and the value after: the value before is bound by the root before the
 * batch and the results before this one, and hashing it again would cost as much as the rest. What a status says for people (`reason`, `message`) is
 * left out: VMs may word it differently.
 */
export function effectsDigest(outcome: ExecutionOutcome): Bytes {
  const status = Uint8Array.of(STATUS[outcome.status.kind]);
  return concatBytes(status, sha3_256(encodeResult(outcome)), sha3_256(encodeBcs((w) => writeTrace(w, outcome))));
}

/** BCS of the abort code (0 where there is none) and the changes. */
export function encodeResult({ status, changes }: ExecutionOutcome): Bytes {
  return encodeBcs((w) => {
    w.u64(status.kind === 'aborted' ? status.code : 0n);
    w.vector(changes, (writer, change) => {
      writeStateKey(writer, change.key);
      writer.bool(change.old !== undefined);
      writer.option(change.new, (inner, value) => inner.bytes(value));
    });
  });
}

/** Where it aborted or why it failed, the events, the gas. */
function writeTrace(w: BcsWriter, { status, events, gasUsed }: ExecutionOutcome): void {
  if (status.kind === 'executed') w.string('');
  else w.string(status.kind === 'aborted' ? status.location : status.code);
  w.vector(events, (writer, event) => {
    writeTypeTag(writer, event.type);
    writer.bytes(event.data);
  });
  w.u64(gasUsed);
}
