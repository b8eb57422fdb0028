// Transactions and blocks as the REST API shows them (aptos-core, api/types/src/transaction.rs). Values are decoded with the types of the
// state that the transaction left behind.

import { decodeBcs } from '../../base/bcs.ts';
import { type Bytes, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { readAddress } from '../../base/ids.ts';
import { encodeStateKey, type StateChange, type StateView } from '../../base/state.ts';
import { formatTypeTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import type { MoveEvent } from '../../vm/run.ts';
import { EPOCH, PROPOSER } from '../block-prologue.ts';
import { formatAddress, formatBytes } from '../format.ts';
import type { Block, Entry, Outcome } from '../ledger.ts';
import type { TableTypeIndex } from '../table-types.ts';
import type { SignedTransaction } from '../transaction.ts';
import { renderValue } from '../values.ts';
import { explainSimulated, explainStatus } from '../vm-status.ts';
import type { ModuleWrite } from '../world.ts';
import { moduleBody } from './module-abi.ts';
import { renderPayload } from './render-payload.ts';
import { renderSignature } from './render-signature.ts';

type JsonObject = { readonly [key: string]: Json };

export function renderPending(transaction: SignedTransaction, state: StateView): Json {
  return { ...request(transaction, state), type: 'pending_transaction' };
}

/** `state` is the state after the transaction, `tables` what is known of the types in tables. */
export function renderCommitted(entry: Entry, state: StateView, tables: TableTypeIndex): Json {
  const info = {
    version: String(entry.version),
    hash: formatBytes(entry.hash),
    state_change_hash: formatBytes(entry.stateChangeHash),
    event_root_hash: formatBytes(entry.eventRootHash),
    state_checkpoint_hash: null,
    accumulator_root_hash: formatBytes(entry.accumulatorRootHash),
    ...renderOutcome(entry.outcome, state, tables),
  };
  if (entry.metadata) {
    return {
      ...info,
      id: formatBytes(entry.metadata.id),
      epoch: String(EPOCH),
      round: String(entry.height),
      previous_block_votes_bitvec: [],
      proposer: formatAddress(PROPOSER),
      failed_proposer_indices: [],
      timestamp: String(entry.timestampMicros),
      type: 'block_metadata_transaction',
    };
  }
  if (!entry.transaction) {
    const changes = info.changes;
    const writeSet = { type: 'direct_write_set', changes, events: info.events };
    return { ...info, payload: { type: 'write_set_payload', write_set: writeSet }, type: 'genesis_transaction' };
  }
  return {
    ...info,
    ...request(entry.transaction, state),
    timestamp: String(entry.timestampMicros),
    type: 'user_transaction',
  };
}

export interface SimulatedEntry {
  readonly transaction: SignedTransaction;
  readonly timestampMicros: bigint;
  /** The version that it would have had. */
  readonly version: number;
  readonly outcome: Outcome;
}

export function renderSimulated(block: SimulatedEntry, state: StateView, tables: TableTypeIndex): Json {
  const unknown = formatBytes(new Uint8Array(32));
  return {
    version: String(block.version),
    state_change_hash: unknown,
    event_root_hash: unknown,
    state_checkpoint_hash: null,
    accumulator_root_hash: unknown,
    ...renderOutcome(block.outcome, state, tables),
    vm_status: explainSimulated(block.outcome.status),
    ...request(block.transaction, state),
    timestamp: String(block.timestampMicros),
    type: 'user_transaction',
  };
}

export function renderBlock(block: Block, transactions: readonly Json[] | null): Json {
  const first = block.entries[0]?.version ?? 0;
  return {
    block_height: String(block.height),
    block_hash: formatBytes(block.hash),
    block_timestamp: String(block.timestampMicros),
    first_version: String(first),
    last_version: String(first + block.entries.length - 1),
    transactions,
  };
}

function renderOutcome(
  outcome: Outcome,
  state: StateView,
  tables: TableTypeIndex,
): JsonObject & { readonly changes: Json; readonly events: Json } {
  return {
    gas_used: String(outcome.gasUsed),
    success: outcome.status.kind === 'executed',
    vm_status: explainStatus(outcome.status),
    changes: [
      ...outcome.changes.map((change) => renderChange(change, state, tables)),
      ...outcome.modules.map((module) => renderModuleWrite(module)),
    ],
    events: outcome.events.map((event) => renderEvent(event, state)),
  };
}

/** What the client sent. */
function request(transaction: SignedTransaction, state: StateView): JsonObject {
  const { raw, authenticator, hash } = transaction;
  const { nonce } = raw.payload;
  return {
    hash: formatBytes(hash),
    sender: formatAddress(raw.sender),
    sequence_number: String(raw.sequenceNumber),
    replay_protection_nonce: nonce === undefined ? null : String(nonce),
    max_gas_amount: String(raw.maxGasAmount),
    gas_unit_price: String(raw.gasUnitPrice),
    expiration_timestamp_secs: String(raw.expirationTimestampSecs),
    payload: renderPayload(raw.payload, state),
    signature: renderSignature(authenticator),
  };
}

function renderChange(change: StateChange, state: StateView, tables: TableTypeIndex): Json {
  const { key, new: value } = change;
  const stateKeyHash = formatBytes(sha3_256(encodeStateKey(key)));
  if (key.kind === 'resource') {
    const place = { address: formatAddress(key.address), state_key_hash: stateKeyHash };
    const type = formatTypeTag(key.type);
    if (value === undefined) return { ...place, resource: type, type: 'delete_resource' };
    return { ...place, data: { type, data: renderValue(state, key.type, value) }, type: 'write_resource' };
  }
  const place = { state_key_hash: stateKeyHash, handle: formatAddress(key.handle), key: formatBytes(key.key) };
  const types = tables.of(key.handle);
  const decoded = types && { key: renderValue(state, types.key, key.key), key_type: formatTypeTag(types.key) };
  if (value === undefined) return { ...place, data: decoded ?? null, type: 'delete_table_item' };
  const data = types && {
    ...decoded,
    value: renderValue(state, types.value, value),
    value_type: formatTypeTag(types.value),
  };
  return { ...place, value: formatBytes(value), data: data ?? null, type: 'write_table_item' };
}

function renderModuleWrite({ address, name, code }: ModuleWrite): Json {
  return {
    address: formatAddress(address),
    state_key_hash: formatBytes(sha3_256(utf8Encode(`${address}::${name}`))),
    data: moduleBody(code),
    type: 'write_module',
  };
}

/** Module events have no handle, hence no guid and no number of their own. */
export function renderEvent(event: MoveEvent, state: StateView): JsonObject {
  const { handle } = event;
  return {
    guid: handle ? renderGuid(handle.guid) : { creation_number: '0', account_address: '0x0' },
    sequence_number: handle ? String(handle.sequence) : '0',
    type: formatTypeTag(event.type),
    data: renderValue(state, event.type, event.data),
  };
}

/** `guid::ID { creation_num, addr }`. */
function renderGuid(bytes: Bytes): Json {
  return decodeBcs(bytes, 'event guid', (reader) => {
    const creationNumber = String(reader.u64('creation_num'));
    return { creation_number: creationNumber, account_address: formatAddress(readAddress(reader, 'addr')) };
  });
}
