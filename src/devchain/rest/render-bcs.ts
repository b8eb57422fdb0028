// Committed transactions as a node gives them in BCS: `TransactionOnChainData` of aptos-core (api/types/src/transaction.rs, types/src/
// transaction, contract_event.rs, write_set.rs). Writes carry no metadata, which this chain does not keep.

import { type BcsWriter, encodeBcs } from '../../base/bcs.ts';
import { type Bytes, compareBytes, concatBytes } from '../../base/bytes.ts';
import { unreachable } from '../../base/errors.ts';
import { type Address, writeAddress } from '../../base/ids.ts';
import { encodeStructTag, writeTypeTag } from '../../base/type-tag.ts';
import type { CodeLocation, MoveEvent, RunStatus } from '../../vm/run.ts';
import { EPOCH, PROPOSER } from '../block-prologue.ts';
import type { Entry, Outcome } from '../ledger.ts';
import { failurePlace, statusCode } from '../vm-status.ts';

export function writeOnChainData(writer: BcsWriter, entry: Entry): void {
  const { transaction, metadata, outcome } = entry;
  writer.u64(BigInt(entry.version));
  if (transaction) writer.uleb128(0).fixed(transaction.bytes);
  else if (metadata) {
    writer.uleb128(2).bytes(metadata.id).u64(EPOCH).u64(BigInt(entry.height));
    writeAddress(writer, PROPOSER);
    // Nobody votes and nobody fails.
    writer.uleb128(0).uleb128(0).u64(entry.timestampMicros);
  } else {
    // A genesis transaction holds its own changes and events: `WriteSetPayload::Direct(ChangeSet)`.
    writer.uleb128(1).uleb128(0);
    writeWrites(writer, outcome);
    writer.vector(outcome.events, writeContractEvent);
  }
  writer.uleb128(0).u64(outcome.gasUsed);
  writeStatus(writer, outcome.status);
  writer.bytes(entry.hash).bytes(entry.eventRootHash).bytes(entry.stateChangeHash).uleb128(0).uleb128(0);
  writer.vector(outcome.events, writeContractEvent);
  writer.bytes(entry.accumulatorRootHash);
  writeWrites(writer, outcome);
}

export function writeContractEvent(writer: BcsWriter, { handle, type, data }: MoveEvent): void {
  if (handle) writer.uleb128(0).fixed(handle.guid).u64(handle.sequence);
  else writer.uleb128(1);
  writeTypeTag(writer, type);
  writer.bytes(data);
}

/** `ExecutionStatus` */
function writeStatus(writer: BcsWriter, status: RunStatus): void {
  switch (status.kind) {
    case 'executed':
      writer.uleb128(0);
      return;
    case 'abort':
      writer.uleb128(2);
      writeLocation(writer, status.location);
      writer.u64(status.code).option(status.reason, (w, { name, doc }) => w.string(name).string(doc));
      return;
    case 'failure':
      if (status.code === 'OUT_OF_GAS') writer.uleb128(1);
      else writeFailure(writer, status, failurePlace(status));
      return;
    default:
      unreachable(status);
  }
}

function writeFailure(writer: BcsWriter, status: RunStatus, place: CodeLocation | undefined): void {
  if (place === undefined) {
    writer.uleb128(4).option(statusCode(status), (w, code) => w.u64(BigInt(code)));
    return;
  }
  writer.uleb128(3);
  writeLocation(writer, place);
  // Which function it is by number only its module could tell.
  writer.u16(0).u16(Math.min(place.offset, 0xffff));
}

function writeLocation(writer: BcsWriter, { module }: CodeLocation): void {
  if (module === 'script') {
    writer.uleb128(1);
    return;
  }
  writer.uleb128(0);
  writeAddress(writer, module.address);
  writer.string(module.name);
}

/** `WriteSet::V0`: a map from state keys to what becomes of them, sorted by key. */
function writeWrites(writer: BcsWriter, { changes, modules }: Outcome): void {
  const values = changes.map(({ key, old, new: value }) => {
    const stateKey = key.kind === 'resource' ? resourceKey(key.address, 1, encodeStructTag(key.type)) : tableKey(key);
    return { stateKey, isNew: old === undefined, value };
  });
  const code = modules.map(({ address, name, code, old }) => {
    const id = encodeBcs((w) => {
      writeAddress(w, address);
      w.string(name);
    });
    return { stateKey: resourceKey(address, 0, id), isNew: old === undefined, value: code };
  });
  const sorted = [...values, ...code].sort((a, b) => compareBytes(a.stateKey, b.stateKey));
  writer.uleb128(0).vector(sorted, (w, { stateKey, isNew, value }) => {
    w.fixed(stateKey);
    if (value === undefined) w.uleb128(2);
    else w.uleb128(isNew ? 0 : 1).bytes(value);
  });
}

/** `StateKey::AccessPath`: the path says whether it is a module's (0) or a resource's (1). */
function resourceKey(address: Address, kind: 0 | 1, path: Bytes): Bytes {
  return encodeBcs((writer) => {
    writer.uleb128(0);
    writeAddress(writer, address);
    writer.bytes(concatBytes(Uint8Array.of(kind), path));
  });
}

function tableKey({ handle, key }: { readonly handle: Address; readonly key: Bytes }): Bytes {
  return encodeBcs((writer) => {
    writer.uleb128(1);
    writeAddress(writer, handle);
    writer.bytes(key);
  });
}
