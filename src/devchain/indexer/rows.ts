// The rows of the indexer's tables, written transaction by transaction: what Aptos's processors derive, as far as this chain has it.

import { type Address, parseAddress } from '../../base/ids.ts';
import type { StateChange, StateView } from '../../base/state.ts';
import { formatTypeTag } from '../../base/type-tag.ts';
import { FRAMEWORK } from '../accounts.ts';
import { formatBytes } from '../format.ts';
import type { Entry } from '../ledger.ts';
import { feePayerOf, signersOf } from '../prologue.ts';
import { renderSignature } from '../rest/render-signature.ts';
import { renderEvent } from '../rest/render-transaction.ts';
import type { TableTypeIndex } from '../table-types.ts';
import { renderValue } from '../values.ts';
import { AssetRows } from './asset-rows.ts';
import { asFields, entryFunctionOf, type Fields, formatTimestamp, integer, longAddress } from './fields.ts';
import { accountRow, rowsOfSigners } from './key-rows.ts';
import { type Place, RowStore } from './row-store.ts';
import type { Row, TableName } from './shape.ts';

/** Aptos's bound on the column that events are looked up by. */
const INDEXED_TYPE_LENGTH_MAX = 300;
const EPOCH = 1n;
/** Gives an account a key whose holder has not shown that they have it. */
const UNPROVED_ROTATION = '0x1::account::rotate_authentication_key_from_public_key';
/** The end of the year 9999: later times are longer texts, which compare as earlier ones. */
const SECS_MAX = 253_402_300_799n;

export class IndexRows {
  readonly #store = new RowStore();
  readonly #assets = new AssetRows(this.#store);
  readonly #tableTypes: TableTypeIndex;

  constructor(tableTypes: TableTypeIndex) {
    this.#tableTypes = tableTypes;
  }

  of(table: TableName): readonly Row[] {
    return table === 'table_metadatas' ? this.#tableMetadatas() : this.#store.rows(table);
  }

  /** `state` is the state after the transaction. */
  add(entry: Entry, state: StateView): void {
    const version = BigInt(entry.version);
    const place = { entry, state, version, timestamp: formatTimestamp(entry.timestampMicros) };
    this.#addSigners(place);
    for (const [index, change] of entry.outcome.changes.entries()) this.#addChange(place, change, index);
    for (const index of entry.outcome.events.keys()) this.#addEvent(place, index);
    this.#addAccounts(place);
    this.#addTransaction(place);
    this.#assets.addFee(place);
  }

  #addChange(place: Place, change: StateChange, index: number): void {
    const { key, new: bytes } = change;
    if (key.kind === 'item') {
      this.#addItem(place, change, index);
    } else if (key.type.address === FRAMEWORK) {
      const fields = bytes === undefined ? undefined : asFields(renderValue(place.state, key.type, bytes));
      this.#assets.addResource(place, key, fields);
      if (formatTypeTag(key.type) === '0x1::account::Account') this.#addKey(place, key.address, fields);
    }
  }

  /** A key that an account was given in place of another. */
  #addKey({ entry }: Place, address: Address, fields: Fields | undefined): void {
    const { authentication_key: key } = fields ?? {};
    if (typeof key !== 'string') return;
    const before = this.#store.find('auth_key_account_addresses', address);
    if ((before?.auth_key ?? address) === key) return;
    const isUsed = entryFunctionOf(entry) !== UNPROVED_ROTATION;
    this.#store.put('auth_key_account_addresses', accountRow(key, address, isUsed, entry.version));
  }

  #addSigners({ entry }: Place): void {
    if (!entry.transaction) return;
    const { accounts, keys } = rowsOfSigners(entry.transaction, entry.version);
    for (const row of accounts) this.#store.put('auth_key_account_addresses', row);
    for (const row of keys) this.#store.put('public_key_auth_keys', row);
  }

  #addItem({ state, version }: Place, { key, new: bytes }: StateChange, index: number): void {
    if (key.kind !== 'item') return;
    const types = this.#tableTypes.of(key.handle);
    const value = types && bytes ? renderValue(state, types.value, bytes) : null;
    this.#store.append('table_items', {
      table_handle: key.handle,
      key: formatBytes(key.key),
      decoded_key: types ? renderValue(state, types.key, key.key) : formatBytes(key.key),
      decoded_value: value ?? (bytes ? formatBytes(bytes) : null),
      transaction_version: version,
      write_set_change_index: BigInt(index),
    });
  }

  #addEvent(place: Place, index: number): void {
    const event = place.entry.outcome.events[index];
    if (event === undefined) return;
    const { guid, sequence_number: sequence, type, data } = renderEvent(event, place.state);
    const { creation_number: creationNumber, account_address: account } = asFields(guid) ?? {};
    const name = String(type);
    this.#store.append('events', {
      account_address: longAddress(account),
      creation_number: integer(creationNumber),
      sequence_number: integer(sequence),
      type: name,
      indexed_type: name.slice(0, INDEXED_TYPE_LENGTH_MAX),
      data: data ?? null,
      event_index: BigInt(index),
      transaction_block_height: BigInt(place.entry.height),
      transaction_version: place.version,
    });
    this.#assets.addEvent(place, name, asFields(data) ?? {}, index);
  }

  /** Whom the transaction concerns: its signers, and whoever owns what it wrote. */
  #addAccounts({ entry, version }: Place): void {
    const { transaction, outcome } = entry;
    const touched = new Set<Address>(transaction ? [...signersOf(transaction), feePayerOf(transaction)] : []);
    for (const { key } of outcome.changes) {
      if (key.kind !== 'resource') continue;
      touched.add(key.address);
      const owner = this.#store.find('current_objects', key.address)?.owner_address;
      if (typeof owner === 'string') touched.add(parseAddress(owner));
    }
    for (const address of touched) {
      this.#store.append('account_transactions', { account_address: address, transaction_version: version });
    }
  }

  #addTransaction({ entry, version, timestamp }: Place): void {
    const { transaction } = entry;
    if (!transaction) return;
    const { raw, authenticator } = transaction;
    const called = entryFunctionOf(entry);
    const [contract, module, name] = called?.split('::') ?? [];
    const expirySecs = raw.expirationTimestampSecs < SECS_MAX ? raw.expirationTimestampSecs : SECS_MAX;
    this.#store.append('user_transactions', {
      version,
      block_height: BigInt(entry.height),
      epoch: EPOCH,
      sender: raw.sender,
      sequence_number: raw.payload.nonce === undefined ? raw.sequenceNumber : null,
      timestamp,
      expiration_timestamp_secs: formatTimestamp(expirySecs * 1_000_000n),
      gas_unit_price: raw.gasUnitPrice,
      max_gas_amount: raw.maxGasAmount,
      entry_function_id_str: called,
      entry_function_contract_address: contract ? parseAddress(contract) : null,
      entry_function_module_name: module ?? null,
      entry_function_function_name: name ?? null,
      parent_signature_type: String(asFields(renderSignature(authenticator))?.type),
    });
  }

  #tableMetadatas(): readonly Row[] {
    return [...this.#tableTypes.entries()].map(([handle, { key, value }]) => {
      return { handle, key_type: formatTypeTag(key), value_type: formatTypeTag(value) };
    });
  }
}
