// The digest of what a transaction did ([B7]): the one value that leader and followers compare.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { writeStateKey } from '../base/state.ts';
import { writeTypeTag } from '../base/type-tag.ts';
import type { ExecutionOutcome } from './executor.ts';

/**
 * SHA3-256 of the BCS of status, change set, events and gas. Of a change it holds whether there was a value before, and the value after: the
 * value before is bound by the root before the batch and the digests before this one, and hashing it again would cost as much as the rest.
 * What a status says for people (`reason`, `message`) is left out: VMs may word it differently.
 */
export function effectsDigest(outcome: ExecutionOutcome): Bytes {
  return sha3_256(encodeBcs((w) => writeOutcome(w, outcome)));
}

function writeOutcome(w: BcsWriter, outcome: ExecutionOutcome): void {
  const { status } = outcome;
  switch (status.kind) {
    case 'executed':
      w.uleb128(0);
      break;
    case 'aborted':
      w.uleb128(1).u64(status.code).string(status.location);
      break;
    case 'failed':
      w.uleb128(2).string(status.code);
      break;
    default:
      unreachable(status);
  }
  w.vector(outcome.changes, (writer, change) => {
    writeStateKey(writer, change.key);
    writer.bool(change.old !== undefined);
    writer.option(change.new, (inner, value) => inner.bytes(value));
  });
  w.vector(outcome.events, (writer, event) => {
    writeTypeTag(writer, event.type);
    writer.bytes(event.data);
  });
  w.u64(outcome.gasUsed);
}
