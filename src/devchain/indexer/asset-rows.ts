// Rows of objects, coins and fungible assets: who owns what and how much, what is known of each asset, and every movement.

import { sha3_256 } from '../../base/hash.ts';
import { type Address, addressToBytes } from '../../base/ids.ts';
import { encodeStateKey, type StateKey } from '../../base/state.ts';
import { encodeStructTag, formatTypeTag, type StructTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import { APTOS_ASSET } from '../accounts.ts';
import { feeStatementOf } from '../fee-statement.ts';
import { formatBytes } from '../format.ts';
import { feePayerOf } from '../prologue.ts';
import {
  asFields,
  entryFunctionOf,
  type Fields,
  firstOf,
  integer,
  longAddress,
  primaryStore,
  readResource,
} from './fields.ts';
import type { Place, RowStore } from './row-store.ts';
import type { Cell } from './shape.ts';

type ResourceKey = Extract<StateKey, { kind: 'resource' }>;

const OBJECTS = 'current_objects';
const BALANCES = 'current_fungible_asset_balances';
const ACTIVITIES = 'fungible_asset_activities';
const METADATA = 'fungible_asset_metadata';
/** What Aptos calls the payment of a fee among the activities, and its place before all events. */
const GAS_FEE_TYPE = '0x1::aptos_coin::GasFeeEvent';
const GAS_FEE_INDEX = -1n;
const U128_MAX = (1n << 128n) - 1n;

export class AssetRows {
  readonly #store: RowStore;

  constructor(store: RowStore) {
    this.#store = store;
  }

  /** A resource of the framework's that was written, or deleted where `fields` is undefined. */
  addResource(place: Place, key: ResourceKey, fields: Fields | undefined): void {
    const { address, type } = key;
    switch (`${type.module}::${type.name}`) {
      case 'object::ObjectCore':
        this.#addObject(place, key, fields);
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
    }
  }

  /** Deposits, withdrawals and freezing of fungible assets; other events are passed over. */
  addEvent(place: Place, type: string, data: Fields, index: number): void {
    if (!/^0x1::fungible_asset::(Deposit|Withdraw|Frozen)$/.test(type)) return;
    const store = longAddress(data.store);
    if (store === null) return;
    const held = this.#store.find(BALANCES, store);
    this.#store.append(ACTIVITIES, {
      ...sharedByActivities(place),
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

  /** What the transaction cost; nothing for one that no user sent. */
  addFee(place: Place): void {
    const { transaction, outcome } = place.entry;
    if (!transaction) return;
    const payer = feePayerOf(transaction);
    this.#store.append(ACTIVITIES, {
      ...sharedByActivities(place),
      amount: outcome.gasUsed * transaction.raw.gasUnitPrice,
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

  #addObject(place: Place, key: ResourceKey, fields: Fields | undefined): void {
    const { address } = key;
    const before = this.#store.find(OBJECTS, address);
    const row = {
      object_address: address,
      // Of a deleted object what it last was.
      owner_address: fields ? longAddress(fields.owner) : (before?.owner_address ?? null),
      allow_ungated_transfer: fields?.allow_ungated_transfer ?? before?.allow_ungated_transfer ?? null,
      last_guid_creation_num: fields ? integer(fields.guid_creation_num) : (before?.last_guid_creation_num ?? null),
      is_deleted: fields === undefined,
      state_key_hash: formatBytes(sha3_256(encodeStateKey(key))),
      last_transaction_version: place.version,
    };
    this.#store.put(OBJECTS, { id: address, row });
    // A store follows its object to another owner, even if nothing in the store changes.
    if (fields && this.#store.find(BALANCES, address)) {
      this.#addStore(place, address, readResource(place.state, address, 'fungible_asset', 'FungibleStore'));
    }
  }

  #addStore(place: Place, address: Address, fields: Fields | undefined): void {
    if (fields === undefined) {
      this.#store.remove(BALANCES, address);
      return;
    }
    const owner = ownerOf(place, address);
    const metadata = longAddress(asFields(fields.metadata)?.inner) ?? address;
    const row = {
      storage_id: address,
      owner_address: owner,
      asset_type: metadata,
      amount: integer(fields.balance),
      is_primary: primaryStore(owner, metadata) === address,
      is_frozen: fields.frozen === true,
      token_standard: 'v2',
      ...writtenAt(place),
    };
    this.#store.put(BALANCES, { id: address, row });
  }

  #addAsset(place: Place, address: Address): void {
    const read = (name: string) => readResource(place.state, address, 'fungible_asset', name);
    const metadata = read('Metadata');
    if (metadata === undefined) return;
    const concurrent = asFields(read('ConcurrentSupply')?.current);
    const supply = read('Supply');
    const row = {
      ...describedBy(metadata),
      asset_type: address,
      creator_address: ownerOf(place, address),
      icon_uri: metadata.icon_uri ?? null,
      project_uri: metadata.project_uri ?? null,
      token_standard: 'v2',
      supply_v2: integer(concurrent?.value ?? supply?.current),
      maximum_v2: maximumOf(concurrent?.max_value ?? firstOf(supply?.maximum)),
      ...writtenAt(place),
    };
    this.#store.put(METADATA, { id: address, row });
  }

  #addCoinStore(place: Place, address: Address, type: StructTag, fields: Fields | undefined): void {
    const [coin] = type.typeArgs;
    if (coin === undefined) return;
    const id = formatBytes(sha3_256(addressToBytes(address), encodeStructTag(type)));
    if (fields === undefined) {
      this.#store.remove(BALANCES, id);
      return;
    }
    const row = {
      storage_id: id,
      owner_address: address,
      asset_type: formatTypeTag(coin),
      amount: integer(asFields(fields.coin)?.value),
      is_primary: true,
      is_frozen: fields.frozen === true,
      token_standard: 'v1',
      ...writtenAt(place),
    };
    this.#store.put(BALANCES, { id, row });
  }

  #addCoin(place: Place, address: Address, type: StructTag, fields: Fields | undefined): void {
    const [coin] = type.typeArgs;
    if (coin === undefined || fields === undefined) return;
    const name = formatTypeTag(coin);
    const row = {
      ...describedBy(fields),
      asset_type: name,
      creator_address: address,
      icon_uri: null,
      project_uri: null,
      token_standard: 'v1',
      supply_v2: null,
      maximum_v2: null,
      ...writtenAt(place),
    };
    this.#store.put(METADATA, { id: name, row });
  }
}

function sharedByActivities({ entry, version, timestamp }: Place): Record<string, Cell> {
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

function writtenAt({ version, timestamp }: Place): Record<string, Cell> {
  return { last_transaction_version: version, last_transaction_timestamp: timestamp };
}

function ownerOf({ state }: Place, object: Address): Address {
  return longAddress(readResource(state, object, 'object', 'ObjectCore')?.owner) ?? object;
}

/** Supplies of the first standard were in a table of their own, which this chain never had. */
function describedBy({ name, symbol, decimals }: Fields): Record<string, Json> {
  const aggregator = { supply_aggregator_table_handle_v1: null, supply_aggregator_table_key_v1: null };
  return { name: name ?? '', symbol: symbol ?? '', decimals: decimals ?? 0, ...aggregator };
}

/** An aggregator without a bound has the largest u128, which no supply reaches: as no maximum at all. */
function maximumOf(value: Json | undefined): bigint | null {
  const maximum = integer(value);
  return maximum === U128_MAX ? null : maximum;
}
