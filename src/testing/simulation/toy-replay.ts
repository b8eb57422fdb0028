// An application that runs a transaction of its channel again on the chain ([C53] of the contract), for the toy's calls: what it is shown must be
// proved, and what it is not shown it does not have.

import { BcsReader } from '../../base/bcs.ts';
import { type Bytes, bytesEqual, toHex } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import type { Address } from '../../base/ids.ts';
import { encodeStateKey, readStateKey, type StateKey } from '../../base/state.ts';
import { batchHash, decodeHeader } from '../../channel/batch.ts';
import { effectsDigest } from '../../channel/effects.ts';
import { type Accusation, decodeAccusation } from '../../channel/evidence.ts';
import { genesisHash } from '../../channel/history.ts';
import { type StateProof, verifyStateProof } from '../../channel/state-tree.ts';
import { ToyExecutor } from './toy-executor.ts';

const SIZE_MAX = 1 << 20;
const COUNT_MAX = 1 << 10;
/** Status and result; the chain does not know the trace. */
const JUDGED_SIZE = 33;

/** What came of it, or the abort. `isWrong`: the accused has signed another result. */
export function replayToy(
  evidence: Bytes,
  addressOf: (nodeKey: string) => Address | undefined,
): { readonly accusation: Accusation; readonly isWrong: boolean } | string {
  const r = new BcsReader(evidence);
  const strings = (what: string) => r.vector(what, COUNT_MAX, (each) => each.bytes(what, SIZE_MAX));
  const accusation = decodeAccusation(r.bytes('accusation', SIZE_MAX));
  if (accusation === undefined) return 'E_EVIDENCE_NOT_CANONICAL';
  const { header, transactions, effects } = accusation.batch;
  const [stateRoot, ledgerHash, previous] = [r.bytes('root', 32), r.bytes('ledger', 32), r.bytes('header', SIZE_MAX)];
  const rootBefore = sha3_256(Uint8Array.of(2), stateRoot, ledgerHash);
  const builtOn = previous.length === 0 ? genesisHash(rootBefore) : batchHash(decodeHeader(previous));
  const isRootBefore = previous.length === 0 || bytesEqual(decodeHeader(previous).rootAfter, rootBefore);
  if (!isRootBefore || !bytesEqual(builtOn, header.previousHash)) return 'E_NOT_THE_ROOT_BEFORE';

  const values = new Map<string, Bytes | undefined>();
  const count = r.uleb128('shown');
  for (let i = 0; i < count; i++) {
    const keyBytes = r.bytes('key', SIZE_MAX);
    const [value] = strings('value');
    const [keyHash, valueHash] = strings('other');
    const siblings = strings('siblings');
    const proof: StateProof = { siblings, ...(keyHash && valueHash && { other: { keyHash, valueHash } }) };
    const key = readStateKey(new BcsReader(keyBytes), 'key');
    if (!verifyStateProof(stateRoot, key, value, proof)) return 'E_PROOF';
    values.set(toHex(keyBytes), value);
  }
  const index = Number(accusation.height - header.firstHeight);
  const earlier = strings('earlier');
  r.end('evidence');
  if (earlier.length !== index) return 'E_EARLIER_RESULTS';
  for (const [at, result] of earlier.entries()) {
    if (!bytesEqual(sha3_256(result), effects[at]?.subarray(1, JUDGED_SIZE) ?? result)) return 'E_EARLIER_RESULTS';
    noteChanges(values, result);
  }

  const transaction = transactions[index];
  const isTick = transaction?.kind === 'tick';
  if (!isTick && (transaction?.kind !== 'member' || transaction.action.kind !== 'call')) return 'E_NOT_REPLAYABLE';
  const sender = isTick ? accusation.accused : addressOf(transaction.sender);
  if (sender === undefined) return 'E_CALLER_UNKNOWN';
  const read = (key: StateKey): Bytes | undefined => {
    const id = toHex(encodeStateKey(key));
    if (!values.has(id)) throw new NotShown();
    return values.get(id);
  };
  try {
    const outcome = new ToyExecutor().execute(read, {
      call: isTick || transaction.action.kind !== 'call' ? 'tick' : transaction.action.call,
      sender,
      timestampMs: header.timestampMs,
      transactionHash: new Uint8Array(32),
    });
    const expected = effectsDigest(outcome).subarray(0, JUDGED_SIZE);
    return { accusation, isWrong: !bytesEqual(expected, effects[index]?.subarray(0, JUDGED_SIZE) ?? expected) };
  } catch (error) {
    if (error instanceof NotShown) return 'E_VALUE_NOT_SHOWN';
    throw error;
  }
}

class NotShown extends Error {}

/** The changes of a result take the place of what was before the batch. */
function noteChanges(values: Map<string, Bytes | undefined>, result: Bytes): void {
  const r = new BcsReader(result);
  r.u64('abort code');
  r.vector('changes', COUNT_MAX, (each) => {
    const key = encodeStateKey(readStateKey(each, 'key'));
    each.bool('was there');
    values.set(
      toHex(key),
      each.option('value', (inner) => inner.bytes('value', SIZE_MAX)),
    );
  });
}
