// A question for every route of node, faucet and indexer that is answered as it stands, and ways to spoil one part of it.

import {
  Account,
  AccountAddress,
  Aptos,
  AptosConfig,
  generateSignedTransaction,
  generateSignedTransactionForSimulation,
  Network,
  Serializer,
} from '@aptos-labs/ts-sdk';
import { encodeBcs } from '../../base/bcs.ts';
import { toHex } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import type { Json } from '../../vm/json.ts';
import type { Devchain } from '../server.ts';

export interface Question {
  /** As the router has it; parameters are filled in from `params`. */
  readonly route: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON, or bytes. A question without either is a GET. */
  readonly body?: Json;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** JSON's without it. */
  readonly contentType?: string;
  readonly accept?: string;
}

/** The way to a value in JSON. */
export type Place = readonly (string | number)[];

/** Put in the place of a value, undefined for nothing. Where one is a right value too, there is an answer. */
export const ODD_VALUES: readonly (Json | undefined)[] = [
  undefined,
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  '-1',
  'ÿ\u0000',
  '0x',
  '0xzz',
  '0x1::a',
  '0x1::a::b<',
  '18446744073709551616',
  'a'.repeat(5_000),
  [],
  [[]],
  {},
  { type: 'x' },
];
export const ODD_TEXTS = ODD_VALUES.filter((value) => typeof value === 'string' && value !== '') as readonly string[];

const SIGNED_TRANSACTION = 'application/x.aptos.signed_transaction+bcs';
const TABLE = parseAddress('0x7ab1e');
const ZERO_SIGNATURE = `0x${'00'.repeat(64)}`;

/** Funds an account, and makes up a block that writes a table item: the framework's own genesis has no table. */
export async function writeQuestions(devchain: Devchain): Promise<readonly Question[]> {
  const { nodeUrl: fullnode, faucetUrl: faucet, indexerUrl: indexer, chain } = devchain;
  const aptos = new Aptos(new AptosConfig({ network: Network.LOCAL, fullnode, faucet, indexer }));
  const alice = Account.generate();
  await aptos.fundAccount({ accountAddress: alice.accountAddress, amount: 100_000_000 });
  const { transaction: _none, ...tip } = chain.ledger.tip;
  const item = {
    key: { kind: 'item', handle: TABLE, key: encodeBcs((writer) => writer.u64(1n)) },
    new: Uint8Array.of(7),
  } as const;
  chain.restore({ ...tip, outcome: { ...tip.outcome, changes: [item], modules: [], events: [], deposits: [] } });
  return [...readings(alice, `0x${toHex(tip.hash)}`), ...calls(alice), ...(await submissions(aptos, alice))];
}

/** Every way to a value in JSON, but for the whole. */
export function placesOf(value: Json, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const place = [...at, Array.isArray(value) ? Number(name) : name];
    return [place, ...placesOf(inner as Json, place)];
  });
}

/** With something else at a place, or nothing for undefined. */
export function withValueAt(value: Json, [name, ...rest]: Place, odd: Json | undefined): Json {
  if (name === undefined) return odd ?? null;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const kept = rest.length === 0 && odd === undefined ? items.filter((_, index) => index !== name) : items;
    return kept === items
      ? items.map((inner, index) => (index === name ? withValueAt(inner, rest, odd) : inner))
      : kept;
  }
  const fields = value as Readonly<Record<string, Json>>;
  if (rest.length > 0) return { ...fields, [name]: withValueAt(fields[name] ?? null, rest, odd) };
  return Object.fromEntries(
    Object.entries({ ...fields, [name]: odd }).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, inner]])),
  );
}

function readings(alice: Account, txn_hash: string): Question[] {
  const address = alice.accountAddress.toString();
  const page = { limit: '2', start: '0' };
  const ledger_version = '0';
  return [
    { route: '/' },
    { route: '/v1' },
    { route: '/v1/info' },
    { route: '/v1/spec' },
    { route: '/v1/spec.json' },
    { route: '/v1/estimate_gas_price' },
    { route: '/v1/-/healthy', query: { duration_secs: '10' } },
    { route: '/v1/-/clock' },
    {
      route: '/v1/blocks/by_height/:block_height',
      params: { block_height: '0' },
      query: { with_transactions: 'true' },
    },
    { route: '/v1/blocks/by_version/:version', params: { version: '0' }, query: { with_transactions: 'true' } },
    { route: '/v1/accounts/:address', params: { address }, query: { ledger_version } },
    { route: '/v1/accounts/:address/resources', params: { address: '0x1' }, query: { ledger_version, limit: '2' } },
    {
      route: '/v1/accounts/:address/resource/:resource_type',
      params: { address: '0x1', resource_type: '0x1::chain_id::ChainId' },
      query: { ledger_version },
    },
    { route: '/v1/accounts/:address/modules', params: { address: '0x1' }, query: { ledger_version, limit: '1' } },
    {
      route: '/v1/accounts/:address/module/:module_name',
      params: { address: '0x1', module_name: 'coin' },
      query: { ledger_version },
    },
    {
      route: '/v1/accounts/:address/balance/:asset_type',
      params: { address, asset_type: '0x1::aptos_coin::AptosCoin' },
      query: { ledger_version },
    },
    { route: '/v1/accounts/:address/balance/:asset_type', params: { address, asset_type: '0xa' } },
    { route: '/v1/accounts/:address/transactions', params: { address }, query: page },
    { route: '/v1/accounts/:address/events/:creation_number', params: { address, creation_number: '0' }, query: page },
    {
      route: '/v1/accounts/:address/events/:event_handle/:field_name',
      params: { address: '0x1', event_handle: '0x1::account::Account', field_name: 'coin_register_events' },
      query: page,
    },
    { route: '/v1/transactions', query: page },
    { route: '/v1/transactions/by_hash/:txn_hash', params: { txn_hash } },
    { route: '/v1/transactions/wait_by_hash/:txn_hash', params: { txn_hash } },
    { route: '/v1/transactions/by_version/:txn_version', params: { txn_version: '0' } },
  ];
}

function calls(alice: Account): Question[] {
  const address = alice.accountAddress.toString();
  const params = { table_handle: TABLE };
  const query = `query Mine($w: events_bool_exp, $o: [events_order_by!], $l: Int) {
    events(where: $w, order_by: $o, limit: $l, offset: 0) { type data }
    events_aggregate(where: $w, limit: $l) { aggregate { count } }
  }`;
  const w = {
    _or: [{ account_address: { _eq: address } }, { _not: { type: { _like: '0x1::%', _in: ['u8'] } } }],
    sequence_number: { _gte: 0 },
    data: { _contains: { amount: '5' }, _has_key: 'amount' },
  };
  return [
    { route: '/v1/-/clock', body: { advance_secs: 1 } },
    {
      route: '/v1/view',
      body: { function: '0x1::coin::balance', type_arguments: ['0x1::aptos_coin::AptosCoin'], arguments: [address] },
    },
    { route: '/v1/view', bytes: viewCall(), contentType: 'application/x.aptos.view_function+bcs' },
    { route: '/v1/tables/:table_handle/item', params, body: { key_type: 'u64', value_type: 'u8', key: '1' } },
    {
      route: '/v1/tables/:table_handle/raw_item',
      params,
      body: { key: '0x0100000000000000' },
      accept: 'application/x-bcs',
    },
    { route: '/v1/graphql', body: { query, variables: { w, o: [{ type: 'asc' }], l: 2 }, operationName: 'Mine' } },
    { route: '/fund', body: { address, amount: 5 } },
    // The older form, all of it in the query.
    { route: '/mint', query: { address, amount: '5' }, bytes: new Uint8Array() },
  ];
}

async function submissions(aptos: Aptos, alice: Account): Promise<Question[]> {
  const sender = alice.accountAddress.toString();
  const payload = {
    type: 'entry_function_payload',
    function: '0x1::aptos_account::transfer',
    type_arguments: [],
    arguments: ['0x1', '5'],
  };
  const draft = {
    sender,
    sequence_number: '9',
    max_gas_amount: '20000',
    gas_unit_price: '100',
    expiration_timestamp_secs: '4000000000',
    payload,
  };
  const { sequence_number: _number, ...numberless } = draft;
  const orderless = { ...numberless, replay_protection_nonce: '5' };
  const simple = { type: 'ed25519_signature', public_key: String(alice.publicKey), signature: ZERO_SIGNATURE };
  const none = { type: 'no_account_signature' };
  const sponsored = {
    type: 'fee_payer_signature',
    sender: simple,
    secondary_signer_addresses: ['0x2'],
    secondary_signers: [none],
    fee_payer_address: '0x3',
    fee_payer_signer: none,
  };
  const data = { function: '0x1::aptos_account::transfer', functionArguments: [AccountAddress.ONE, 5] } as const;
  const build = (accountSequenceNumber: number) =>
    aptos.transaction.build.simple({
      sender,
      data: { ...data, functionArguments: [...data.functionArguments] },
      options: { accountSequenceNumber },
    });
  const signed = async (number: number): Promise<Uint8Array<ArrayBuffer>> => {
    const transaction = await build(number);
    const senderAuthenticator = alice.signTransactionWithAuthenticator(transaction);
    return new Uint8Array(generateSignedTransaction({ transaction, senderAuthenticator }));
  };
  const first = await signed(0);
  const second = await signed(1);
  const simulated = new Uint8Array(
    generateSignedTransactionForSimulation({ transaction: await build(2), signerPublicKey: alice.publicKey }),
  );
  const contentType = SIGNED_TRANSACTION;
  return [
    { route: '/v1/transactions', bytes: first, contentType },
    {
      route: '/v1/transactions/batch',
      bytes: encodeBcs((writer) => writer.vector([second], (w, bytes) => w.fixed(bytes))),
      contentType,
    },
    { route: '/v1/transactions/simulate', bytes: simulated, contentType },
    { route: '/v1/transactions/simulate', body: { ...draft, signature: simple } },
    { route: '/v1/transactions/simulate', body: { ...draft, signature: sponsored } },
    { route: '/v1/transactions/encode_submission', body: { ...draft, secondary_signers: ['0x2'] } },
    { route: '/v1/transactions/encode_submission', body: orderless },
  ];
}

/** `0x1::chain_id::get()` in BCS. */
function viewCall(): Uint8Array<ArrayBuffer> {
  const call = new Serializer();
  call.serializeFixedBytes(AccountAddress.ONE.toUint8Array());
  for (const name of ['chain_id', 'get']) call.serializeStr(name);
  for (const count of [0, 0]) call.serializeU32AsUleb128(count);
  return new Uint8Array(call.toUint8Array());
}
