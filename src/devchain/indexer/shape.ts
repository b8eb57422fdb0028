// What the indexer's tables look like: columns, their types, and how a row finds the row of another table. Names and types are those of
// Aptos's indexer, so that the queries of ts-sdk are valid; of its tables these are the ones that this chain can fill.

import type { Json } from '../../vm/json.ts';

export type ColumnType = 'String' | 'Int' | 'Boolean' | 'bigint' | 'numeric' | 'timestamp' | 'jsonb';

/** `bigint` and `numeric` are bigint, `timestamp` is ISO 8601 with microseconds and without a zone, anything may be null. */
export type Cell = Json | bigint;
export type Row = Readonly<Record<string, Cell>>;

export interface Relation {
  readonly table: TableName;
  /** The row of `table` whose column `there` is this row's `here`. */
  readonly here: string;
  readonly there: string;
}

export interface TableShape {
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly relations?: Readonly<Record<string, Relation>>;
}

export const SHAPES = {
  account_transactions: {
    columns: { account_address: 'String', transaction_version: 'bigint' },
    relations: { user_transaction: { table: 'user_transactions', here: 'transaction_version', there: 'version' } },
  },
  auth_key_account_addresses: {
    columns: {
      auth_key: 'String',
      account_address: 'String',
      is_auth_key_used: 'Boolean',
      last_transaction_version: 'bigint',
    },
  },
  current_fungible_asset_balances: {
    columns: {
      storage_id: 'String',
      owner_address: 'String',
      asset_type: 'String',
      amount: 'numeric',
      is_primary: 'Boolean',
      is_frozen: 'Boolean',
      token_standard: 'String',
      last_transaction_version: 'bigint',
      last_transaction_timestamp: 'timestamp',
    },
    relations: { metadata: { table: 'fungible_asset_metadata', here: 'asset_type', there: 'asset_type' } },
  },
  current_objects: {
    columns: {
      object_address: 'String',
      owner_address: 'String',
      allow_ungated_transfer: 'Boolean',
      is_deleted: 'Boolean',
      last_guid_creation_num: 'numeric',
      state_key_hash: 'String',
      last_transaction_version: 'bigint',
    },
  },
  events: {
    columns: {
      account_address: 'String',
      creation_number: 'bigint',
      sequence_number: 'bigint',
      type: 'String',
      indexed_type: 'String',
      data: 'jsonb',
      event_index: 'bigint',
      transaction_block_height: 'bigint',
      transaction_version: 'bigint',
    },
  },
  fungible_asset_activities: {
    columns: {
      amount: 'numeric',
      asset_type: 'String',
      block_height: 'bigint',
      entry_function_id_str: 'String',
      event_index: 'bigint',
      gas_fee_payer_address: 'String',
      is_frozen: 'Boolean',
      is_gas_fee: 'Boolean',
      is_transaction_success: 'Boolean',
      owner_address: 'String',
      storage_id: 'String',
      storage_refund_amount: 'numeric',
      token_standard: 'String',
      transaction_timestamp: 'timestamp',
      transaction_version: 'bigint',
      type: 'String',
    },
    relations: { metadata: { table: 'fungible_asset_metadata', here: 'asset_type', there: 'asset_type' } },
  },
  fungible_asset_metadata: {
    columns: {
      asset_type: 'String',
      creator_address: 'String',
      name: 'String',
      symbol: 'String',
      decimals: 'Int',
      icon_uri: 'String',
      project_uri: 'String',
      token_standard: 'String',
      supply_v2: 'numeric',
      maximum_v2: 'numeric',
      supply_aggregator_table_handle_v1: 'String',
      supply_aggregator_table_key_v1: 'String',
      last_transaction_version: 'bigint',
      last_transaction_timestamp: 'timestamp',
    },
  },
  ledger_infos: { columns: { chain_id: 'bigint' } },
  processor_status: {
    columns: {
      processor: 'String',
      last_success_version: 'bigint',
      last_updated: 'timestamp',
      last_transaction_timestamp: 'timestamp',
    },
  },
  public_key_auth_keys: {
    columns: {
      public_key: 'String',
      public_key_type: 'String',
      auth_key: 'String',
      account_public_key: 'String',
      is_public_key_used: 'Boolean',
      signature_type: 'String',
      last_transaction_version: 'bigint',
    },
  },
  table_items: {
    columns: {
      table_handle: 'String',
      key: 'String',
      decoded_key: 'jsonb',
      decoded_value: 'jsonb',
      transaction_version: 'bigint',
      write_set_change_index: 'bigint',
    },
  },
  table_metadatas: { columns: { handle: 'String', key_type: 'String', value_type: 'String' } },
  user_transactions: {
    columns: {
      version: 'bigint',
      block_height: 'bigint',
      epoch: 'bigint',
      sender: 'String',
      sequence_number: 'bigint',
      timestamp: 'timestamp',
      expiration_timestamp_secs: 'timestamp',
      gas_unit_price: 'numeric',
      max_gas_amount: 'numeric',
      entry_function_id_str: 'String',
      entry_function_contract_address: 'String',
      entry_function_module_name: 'String',
      entry_function_function_name: 'String',
      parent_signature_type: 'String',
    },
  },
} as const satisfies Readonly<Record<string, Omit<TableShape, 'relations'> & { readonly relations?: object }>>;

export type TableName = keyof typeof SHAPES;
export const TABLE_NAMES = Object.keys(SHAPES) as readonly TableName[];

export function shapeOf(table: TableName): TableShape {
  return SHAPES[table];
}
