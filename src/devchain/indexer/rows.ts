// The rows of the indexer's tables, written block by block: what Aptos's processors derive from transactions, as far as this chain has it.

import { sha3_256 } from '../../base/hash.ts';
import { type Address, addressFromBytes, addressToBytes, parseAddress } from '../../base/ids.ts';
import { encodeStateKey, type StateChange, type StateKey, type StateView } from '../../base/state.ts';
import { encodeStructTag, formatTypeTag, type StructTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import { APTOS_ASSET, FRAMEWORK } from '../accounts.ts';
import { feeStatementOf } from '../fee-statement.ts';
import type { Entry } from '../ledger.ts';
import { feePayerOf, signersOf } from '../prologue.ts';
import { formatAddress, formatBytes } from '../rest/format.ts';
import { renderSignature } from '../rest/render-signature.ts';
import { renderEvent } from '../rest/render-transaction.ts';
import { renderValue } from '../rest/values.ts';
import { accountRow, type KeyedRow, rowsOfSigners } from './key-rows.ts';
import type { Cell, Row, TableName } from './shape.ts';
import { TableTypeIndex } from './table-types.ts';

type Fields = Readonly<Record<string, Json>>;

/** Ends what the address of a primary store is the hash of. */
const PRIMARY_STORE_SCHEME = Uint8Array.of(0xfc);
/** Aptos's bound on the column that events are looked up by. */
const INDEXED_TYPE_LENGTH_MAX = 300;
/** What Aptos calls the payment of a fee among the activities, and its place before all events. */
const GAS_FEE_TYPE = '0x1::aptos_coin::GasFeeEvent';
const GAS_FEE_INDEX = -1n;
const EPOCH = 1n;
/** Gives an account a key whose holder has not shown that they have it. */
const UNPROVED_ROTATION = '0x1::account::rotate_authentication_key_from_public_key';

/** What the rows of one block share. */
interface Place {
  readonly entry: Entry;
  readonly state: StateView;
  readonly version: bigint;
  readonly timestamp: string;
}

export class IndexRows {
  readonly #lists = new Map<TableName, Row[]>();
  /** Tables that show the present: a row by what it is known by, the latest one. */
  readonly #current = new Map<TableName, Map<string, Row>>();
  readonly #tableTypes = new TableTypeIndex();

  /** In the order in which they came about; those of the present in the order in which they were first there. */
  of(table: TableName): readonly Row[] {
    if (table === 'table_metadatas') return this.#tableMetadatas();
    return this.#lists.get(table) ?? [...(this.#current.get(table)?.values() ?? [])];
  }

  /** `state` is the state after the block. */
  add(entry: Entry, state: StateView): void {
    const place = {
      entry,
      state,
      version: BigInt(entry.version),
      timestamp: formatTimestamp(entry.timestampMicros),
    };
    this.#addSigners(place);
    for (const change of entry.outcome.changes) this.#addChange(place, change);
    for (const [index, change] of entry.outcome.changes.entries()) this.#addItem(place, change, index);
    for (const index of entry.outcome.events.keys()) this.#addEvent(place, index);
    this.#addAccounts(place);
    this.#addTransaction(place);
  }

  #addChange(place: Place, { key, new: bytes }: StateChange): void {
    if (key.kind !== 'resource') return;
    const { address, type } = key;
    const data = bytes === undefined ? undefined : renderValue(place.state, type, bytes);
    if (data !== undefined) this.#tableTypes.learn(place.state, type, data);
    if (type.address !== FRAMEWORK) return;
    const fields = asFields(data);
    switch (`${type.module}::${type.name}`) {
      case 'object::ObjectCore':
        this.#addObject(place, key, address, fields);
        return;
      case 'fungible_asset::FungibleStore':
        this.#addStore(place, address, fields);
        return;
      case 'fungible_asset::Metadata':
      case 'fungible_asset::ConcurrentSupply':
      case 'fungible_asset::Supply':
        this.#addAsset(place, address);
        return;
      case 'coin::CoinStore':
        this.#addCoinStore(place, address, type, fields);
        return;
      case 'coin::CoinInfo':
        this.#addCoin(place, address, type, fields);
        return;
      case 'account::Account':
        this.#addAuthenticationKey(place, address, fields);
        return;
    }
  }

  #addObject(place: Place, key: StateKey, address: Address, fields: Fields | undefined): void {
    const before = this.#current.get('current_objects')?.get(address);
    this.#put('current_objects', address, {
      object_address: address,
      // Of a deleted object what it last was.
      owner_address: fields ? longAddress(fields.owner) : (before?.owner_address ?? null),
      allow_ungated_transfer: fields?.allow_ungated_transfer ?? before?.allow_ungated_transfer ?? null,
      last_guid_creation_num: fields ? integer(fields.guid_creation_num) : (before?.last_guid_creation_num ?? null),
      is_deleted: fields === undefined,
      state_key_hash: formatBytes(sha3_256(encodeStateKey(key))),
      last_transaction_version: place.version,
    });
    const store = this.#current.get('current_fungible_asset_balances')?.get(address);
    // A store follows its object to another owner, even if nothing in the store changes.
    if (store && fields) this.#addStore(place, address, this.#resource(place, address, 'FungibleStore'));
  }

  #addStore(place: Place, address: Address, fields: Fields | undefined): void {
    const table = this.#current.get('current_fungible_asset_balances');
    if (fields === undefined) {
      table?.delete(address);
      return;
    }
    const owner = longAddress(asFields(this.#objectCore(place, address))?.owner) ?? address;
    const metadata = longAddress(asFields(fields.metadata)?.inner) ?? address;
    this.#put('current_fungible_asset_balances', address, {
      storage_id: address,
      owner_address: owner,
      asset_type: metadata,
      amount: integer(fields.balance),
      is_primary: primaryStore(owner, metadata) === address,
      is_frozen: fields.frozen === true,
      token_standard: 'v2',
      last_transaction_version: place.version,
      last_transaction_timestamp: place.timestamp,
    });
  }

  #addAsset(place: Place, address: Address): void {
    const metadata = this.#resource(place, address, 'Metadata');
    if (metadata === undefined) return;
    const concurrent = asFields(this.#resource(place, address, 'ConcurrentSupply')?.current);
    const supply = this.#resource(place, address, 'Supply');
    this.#put('fungible_asset_metadata', address, {
      ...describedBy(metadata),
      asset_type: address,
      creator_address: longAddress(asFields(this.#objectCore(place, address))?.owner) ?? address,
      icon_uri: metadata.icon_uri ?? null,
      project_uri: metadata.project_uri ?? null,
      token_standard: 'v2',
      supply_v2: integer(concurrent?.value ?? supply?.current),
      maximum_v2: maximumOf(concurrent?.max_value ?? firstOf(supply?.maximum)),
      supply_aggregator_table_handle_v1: null,
      supply_aggregator_table_key_v1: null,
      last_transaction_version: place.version,
      last_transaction_timestamp: place.timestamp,
    });
  }

  #addCoinStore(place: Place, address: Address, type: StructTag, fields: Fields | undefined): void {
    const [coin] = type.typeArgs;
    if (coin === undefined) return;
    const id = formatBytes(sha3_256(addressToBytes(address), encodeStructTag(type)));
    if (fields === undefined) {
      this.#current.get('current_fungible_asset_balances')?.delete(id);
      return;
    }
    this.#put('current_fungible_asset_balances', id, {
      storage_id: id,
      owner_address: address,
      asset_type: formatTypeTag(coin),
      amount: integer(asFields(fields.coin)?.value),
      is_primary: true,
      is_frozen: fields.frozen === true,
      token_standard: 'v1',
      last_transaction_version: place.version,
      last_transaction_timestamp: place.timestamp,
    });
  }

  #addCoin(place: Place, address: Address, type: StructTag, fields: Fields | undefined): void {
    const [coin] = type.typeArgs;
    if (coin === undefined || fields === undefined) return;
    const name = formatTypeTag(coin);
    this.#put('fungible_asset_metadata', name, {
      ...describedBy(fields),
      asset_type: name,
      creator_address: address,
      icon_uri: null,
      project_uri: null,
      token_standard: 'v1',
      supply_v2: null,
      maximum_v2: null,
      supply_aggregator_table_handle_v1: null,
      supply_aggregator_table_key_v1: null,
      last_transaction_version: place.version,
      last_transaction_timestamp: place.timestamp,
    });
  }

  /** A key that an account was given in place of another. */
  #addAuthenticationKey({ entry }: Place, address: Address, fields: Fields | undefined): void {
    const { authentication_key: key } = fields ?? {};
    if (typeof key !== 'string') return;
    const before = this.#current.get('auth_key_account_addresses')?.get(address);
    if ((before?.auth_key ?? address) === key) return;
    const isUsed = entryFunctionOf(entry) !== UNPROVED_ROTATION;
    this.#putAll('auth_key_account_addresses', [accountRow(key, address, isUsed, entry.version)]);
  }

  #addSigners({ entry }: Place): void {
    if (!entry.transaction) return;
    const { accounts, keys } = rowsOfSigners(entry.transaction, entry.version);
    this.#putAll('auth_key_account_addresses', accounts);
    this.#putAll('public_key_auth_keys', keys);
  }

  #addItem(place: Place, { key, new: bytes }: StateChange, index: number): void {
    if (key.kind !== 'item') return;
    const types = this.#tableTypes.of(key.handle);
    const value = types && bytes ? renderValue(place.state, types.value, bytes) : null;
    // A table may hold tables, whose types are known only now.
    if (types && value !== null) this.#tableTypes.learn(place.state, types.value, value);
    this.#append('table_items', {
      table_handle: key.handle,
      key: formatBytes(key.key),
      decoded_key: types ? renderValue(place.state, types.key, key.key) : formatBytes(key.key),
      decoded_value: value ?? (bytes ? formatBytes(bytes) : null),
      transaction_version: place.version,
      write_set_change_index: BigInt(index),
    });
  }

  #addEvent(place: Place, index: number): void {
    const event = place.entry.outcome.events[index];
    if (event === undefined) return;
    const { guid, sequence_number: sequence, type, data } = renderEvent(event, place.state);
    const { creation_number: creationNumber, account_address: account } = asFields(guid) ?? {};
    const name = String(type);
    this.#append('events', {
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
    this.#addActivity(place, name, asFields(data) ?? {}, index);
  }

  /** Deposits, withdrawals and freezing of fungible assets. */
  #addActivity(place: Place, type: string, data: Fields, index: number): void {
    if (!/^0x1::fungible_asset::(Deposit|Withdraw|Frozen)$/.test(type)) return;
    const store = longAddress(data.store);
    if (store === null) return;
    const held = this.#current.get('current_fungible_asset_balances')?.get(store);
    this.#append('fungible_asset_activities', {
      ...this.#activity(place),
      amount: data.amount === undefined ? null : integer(data.amount),
      asset_type: held?.asset_type ?? null,
      event_index: BigInt(index),
      is_frozen: data.frozen ?? null,
      is_gas_fee: false,
      owner_address: held?.owner_address ?? null,
      storage_id: store,
      storage_refund_amount: 0n,
      type,
    });
  }

  #activity({ entry, version, timestamp }: Place): Record<string, Cell> {
    return {
      block_height: BigInt(entry.height),
      entry_function_id_str: entryFunctionOf(entry),
      gas_fee_payer_address: entry.transaction?.authenticator.feePayer?.address ?? null,
      is_transaction_success: entry.outcome.status.kind === 'executed',
      token_standard: 'v2',
      transaction_timestamp: timestamp,
      transaction_version: version,
    };
  }

  #addAccounts({ entry, version }: Place): void {
    const { transaction, outcome } = entry;
    const touched = new Set<Address>(transaction ? [...signersOf(transaction), feePayerOf(transaction)] : []);
    for (const { key } of outcome.changes) {
      if (key.kind !== 'resource') continue;
      touched.add(key.address);
      const owner = this.#current.get('current_objects')?.get(key.address)?.owner_address;
      if (typeof owner === 'string') touched.add(parseAddress(owner));
    }
    for (const address of touched) {
      this.#append('account_transactions', { account_address: address, transaction_version: version });
    }
  }

  #addTransaction(place: Place): void {
    const { entry, version, timestamp } = place;
    const { transaction, outcome } = entry;
    if (!transaction) return;
    const { raw, authenticator } = transaction;
    const called = entryFunctionOf(entry);
    const [contract, module, name] = called?.split('::') ?? [];
    this.#append('user_transactions', {
      version,
      block_height: BigInt(entry.height),
      epoch: EPOCH,
      sender: raw.sender,
      sequence_number: raw.payload.nonce === undefined ? raw.sequenceNumber : null,
      timestamp,
      expiration_timestamp_secs: formatTimestamp(clampSecs(raw.expirationTimestampSecs) * 1_000_000n),
      gas_unit_price: raw.gasUnitPrice,
      max_gas_amount: raw.maxGasAmount,
      entry_function_id_str: called,
      entry_function_contract_address: contract ? parseAddress(contract) : null,
      entry_function_module_name: module ?? null,
      entry_function_function_name: name ?? null,
      parent_signature_type: String(asFields(renderSignature(authenticator))?.type),
    });
    const payer = feePayerOf(transaction);
    this.#append('fungible_asset_activities', {
      ...this.#activity(place),
      amount: outcome.gasUsed * raw.gasUnitPrice,
      asset_type: APTOS_ASSET,
      event_index: GAS_FEE_INDEX,
      is_frozen: null,
      is_gas_fee: true,
      owner_address: payer,
      storage_id: primaryStore(payer, APTOS_ASSET),
      storage_refund_amount: feeStatementOf(outcome)?.storageFeeRefundOctas ?? 0n,
      type: GAS_FEE_TYPE,
    });
  }

  #tableMetadatas(): readonly Row[] {
    return [...this.#tableTypes.entries()].map(([handle, { key, value }]) => {
      return { handle, key_type: formatTypeTag(key), value_type: formatTypeTag(value) };
    });
  }

  #objectCore({ state }: Place, address: Address): Json {
    return readResource(state, address, 'object', 'ObjectCore') ?? null;
  }

  #resource({ state }: Place, address: Address, name: string): Fields | undefined {
    return asFields(readResource(state, address, 'fungible_asset', name));
  }

  #append(table: TableName, row: Row): void {
    const list = this.#lists.get(table);
    if (list) list.push(row);
    else this.#lists.set(table, [row]);
  }

  #put(table: TableName, id: string, row: Row): void {
    const rows = this.#current.get(table);
    if (rows) rows.set(id, row);
    else this.#current.set(table, new Map([[id, row]]));
  }

  #putAll(table: TableName, rows: readonly KeyedRow[]): void {
    for (const { id, row } of rows) this.#put(table, id, row);
  }
}

/** As the indexer shows times: without a zone, which is UTC. */
export function formatTimestamp(micros: bigint): string {
  const text = new Date(Number(micros / 1000n)).toISOString().slice(0, -1);
  const rest = micros % 1000n;
  return rest === 0n ? text : `${text}${String(rest).padStart(3, '0')}`;
}

/** Some transactions never expire; dates end in the year 275760, and text that compares in 9999. */
function clampSecs(secs: bigint): bigint {
  const last = 253_402_300_799n;
  return secs > last ? last : secs;
}

function readResource(state: StateView, address: Address, module: string, name: string): Json | undefined {
  const type: StructTag = { kind: 'struct', address: FRAMEWORK, module, name, typeArgs: [] };
  const bytes = state.get({ kind: 'resource', address, type });
  return bytes === undefined ? undefined : renderValue(state, type, bytes);
}

function entryFunctionOf({ transaction }: Entry): string | null {
  const executable = transaction?.raw.payload.executable;
  if (executable?.kind !== 'entryFunction') return null;
  const { module, function: name } = executable.call;
  return `${formatAddress(module.address)}::${module.name}::${name}`;
}

function primaryStore(owner: Address, metadata: Address): Address {
  return addressFromBytes(sha3_256(addressToBytes(owner), addressToBytes(metadata), PRIMARY_STORE_SCHEME));
}

function describedBy({ name, symbol, decimals }: Fields): Record<string, Json> {
  return { name: name ?? '', symbol: symbol ?? '', decimals: decimals ?? 0 };
}

/** An aggregator without a bound has the largest u128, which no supply reaches: as no maximum at all. */
function maximumOf(value: Json | undefined): bigint | null {
  const maximum = integer(value);
  return maximum === (1n << 128n) - 1n ? null : maximum;
}

/** The value in an `Option`. */
function firstOf(option: Json | undefined): Json | undefined {
  const items = asFields(option)?.vec;
  return Array.isArray(items) ? (items as readonly Json[])[0] : undefined;
}

function asFields(value: Json | undefined): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function longAddress(value: Json | undefined): Address | null {
  return typeof value === 'string' ? parseAddress(value) : null;
}

function integer(value: Json | undefined): bigint | null {
  return typeof value === 'string' || typeof value === 'number' ? BigInt(value) : null;
}
