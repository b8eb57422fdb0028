// Natives of aptos_framework, called one by one: results, aborts and what they leave in storage, by the facts of Aptos's sources.

import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, toHex, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { NativeCalls, TRANSACTION_HASH, text, u64, u128, vector } from '../../testing/native-calls.ts';

const PAYLOAD =
  'struct EntryFunctionPayload has copy, drop { account_address: address, module_name: 0x1::string::String, function_name: 0x1::string::String, ty_args_names: vector<0x1::string::String>, args: vector<vector<u8>> }';

const natives = new NativeCalls({
  aggregator: [
    'struct Aggregator has store { handle: address, key: address, limit: u128 }',
    'native add(&mut Aggregator, u128)',
    'native sub(&mut Aggregator, u128)',
    'native read(&Aggregator): u128',
    'native destroy(Aggregator)',
  ],
  aggregator_factory: [
    'struct AggregatorFactory has key { phantom_table: address }',
    'native new_aggregator(&mut AggregatorFactory, u128): 0x1::aggregator::Aggregator',
  ],
  aggregator_v2: [
    'struct Aggregator<T> has drop, store { value: T, max_value: T }',
    'struct AggregatorSnapshot<T> has drop, store { value: T }',
    'struct DerivedStringSnapshot has drop, store { value: 0x1::string::String, padding: vector<u8> }',
    'native create_aggregator<T: copy + drop>(T): Aggregator<T>',
    'native create_unbounded_aggregator<T: copy + drop>(): Aggregator<T>',
    'native try_add<T>(&mut Aggregator<T>, T): bool',
    'native try_sub<T>(&mut Aggregator<T>, T): bool',
    'native is_at_least_impl<T>(&Aggregator<T>, T): bool',
    'native read<T>(&Aggregator<T>): T',
    'native snapshot<T>(&Aggregator<T>): AggregatorSnapshot<T>',
    'native create_snapshot<T: copy + drop>(T): AggregatorSnapshot<T>',
    'native read_snapshot<T>(&AggregatorSnapshot<T>): T',
    'native copy_snapshot<T: copy + drop>(&AggregatorSnapshot<T>): AggregatorSnapshot<T>',
    'native read_derived_string(&DerivedStringSnapshot): 0x1::string::String',
    'native create_derived_string(0x1::string::String): DerivedStringSnapshot',
    'native derive_string_concat<T>(0x1::string::String, &AggregatorSnapshot<T>, 0x1::string::String): DerivedStringSnapshot',
  ],
  code: [
    'struct AllowedDep has drop { account: address, module_name: 0x1::string::String }',
    'native request_publish(address, vector<0x1::string::String>, vector<vector<u8>>, u8)',
    'native request_publish_with_allowed_deps(address, vector<0x1::string::String>, vector<AllowedDep>, vector<vector<u8>>, u8)',
  ],
  event: [
    'struct Note has copy, drop, store { number: u64 }',
    'native write_to_event_store<T: drop + store>(vector<u8>, u64, T)',
  ],
  function_info: ['native is_identifier(&vector<u8>): bool'],
  permissioned_signer: [
    'native is_permissioned_signer_impl(&signer): bool',
    'native permission_address(&signer): address',
    'native signer_from_permissioned_handle_impl(address, address): signer',
  ],
  randomness: ['native fetch_and_increment_txn_counter(): vector<u8>', 'native is_unbiasable(): bool'],
  state_storage: [
    'struct Usage has copy, drop { items: u64, bytes: u64 }',
    'native get_state_storage_usage_only_at_epoch_beginning(): Usage',
  ],
  transaction_context: [
    PAYLOAD,
    'struct MultisigPayload has copy, drop { multisig_address: address, entry_function_payload: 0x1::option::Option<EntryFunctionPayload> }',
    'native get_script_hash(): vector<u8>',
    'native sender_internal(): address',
    'native secondary_signers_internal(): vector<address>',
    'native gas_payer_internal(): address',
    'native max_gas_amount_internal(): u64',
    'native gas_unit_price_internal(): u64',
    'native chain_id_internal(): u8',
    'native entry_function_payload_internal(): 0x1::option::Option<EntryFunctionPayload>',
    'native multisig_payload_internal(): 0x1::option::Option<MultisigPayload>',
  ],
});

const [ALICE, BOB, CAROL] = [parseAddress('0xa11ce'), parseAddress('0xb0b'), parseAddress('0xca401')];
const list = (...items: readonly Bytes[]) => concatBytes(Uint8Array.of(items.length), ...items);

describe('transaction_context', () => {
  const ask = (name: string, options: Parameters<NativeCalls['call']>[2] = {}) =>
    natives.call(`transaction_context::${name}`, [], { senders: [ALICE, BOB], ...options });

  it('tells of the run of a transaction', () => {
    const transaction = { chainId: 2, gasPayer: CAROL, gasUnitPrice: 100n };
    expect(ask('sender_internal')).toEqual([ALICE.slice(2)]);
    expect(ask('secondary_signers_internal')).toEqual([`01${BOB.slice(2)}`]);
    expect(ask('gas_payer_internal')).toEqual([ALICE.slice(2)]);
    expect(ask('gas_payer_internal', { transaction })).toEqual([CAROL.slice(2)]);
    expect(ask('max_gas_amount_internal', { gasLimit: 12_345n })).toEqual([toHex(u64(12_345))]);
    expect(ask('gas_unit_price_internal', { transaction })).toEqual([toHex(u64(100))]);
    expect(ask('chain_id_internal', { transaction })).toEqual(['02']);
    expect(ask('get_script_hash')).toEqual(['00']);
  });

  it('aborts as Aptos does without a transaction', () => {
    for (const name of [
      'sender_internal',
      'secondary_signers_internal',
      'gas_payer_internal',
      'max_gas_amount_internal',
      'gas_unit_price_internal',
      'chain_id_internal',
      'entry_function_payload_internal',
      'multisig_payload_internal',
    ]) {
      expect(ask(name, { senders: [] }), name).toBe(`abort ${0x30001}`);
    }
    expect(ask('chain_id_internal')).toBe(`abort ${0x30001}`);
  });

  it('gives no payload where nothing is called by an entry function', () => {
    expect(ask('entry_function_payload_internal')).toEqual(['00']);
    expect(ask('multisig_payload_internal')).toEqual(['00']);
  });

  it('gives the call that a multisig transaction carries', () => {
    const multisig = { account: CAROL, carriesCall: true };
    const payload = concatBytes(
      addressToBytes(parseAddress('0x1')),
      text('transaction_context'),
      text('call_multisig_payload_internal'),
      list(),
      list(),
    );
    const { account } = multisig;
    expect(ask('multisig_payload_internal', { transaction: { chainId: 2, multisig } })).toEqual([
      toHex(concatBytes(list(concatBytes(addressToBytes(account), list(payload))))),
    ]);
    expect(
      ask('multisig_payload_internal', { transaction: { chainId: 2, multisig: { account, carriesCall: false } } }),
    ).toEqual([toHex(list(concatBytes(addressToBytes(account), list())))]);
    expect(ask('entry_function_payload_internal', { transaction: { chainId: 2, multisig } })).toEqual(['00']);
  });
});

describe('aggregator', () => {
  const handle = addressToBytes(parseAddress('0xfac'));
  // Made as table handles are: of the transaction's hash and a number, highest byte first.
  const key = sha3_256(TRANSACTION_HASH, new Uint8Array(4));
  const aggregator = concatBytes(handle, key, u128(10));

  it('keeps its value as a table item and stays in its limits', () => {
    expect(natives.apply('aggregator_factory::new_aggregator', [handle, u128(10)]).returns).toEqual([aggregator]);
    const item = { kind: 'item', handle: parseAddress('0xfac'), key } as const;
    expect(natives.state.get(item)).toEqual(u128(0));
    expect(natives.apply('aggregator::add', [aggregator, u128(10)]).changes).toEqual([
      { key: item, old: u128(0), new: u128(10) },
    ]);
    expect(natives.call('aggregator::read', [aggregator])).toEqual([toHex(u128(10))]);
    expect(natives.call('aggregator::add', [aggregator, u128(1)])).toBe(`abort ${0x20001}`);
    expect(natives.call('aggregator::sub', [aggregator, u128(11)])).toBe(`abort ${0x20002}`);
    natives.apply('aggregator::sub', [aggregator, u128(3)]);
    expect(natives.state.get(item)).toEqual(u128(7));
    expect(natives.apply('aggregator::destroy', [aggregator]).changes).toEqual([{ key: item, old: u128(7) }]);
    expect(natives.call('aggregator::read', [aggregator])).toBe('VM_EXTENSION_ERROR');
  });
});

describe('aggregator_v2', () => {
  const call = (name: string, type: string, ...args: readonly Bytes[]) =>
    natives.call(`aggregator_v2::${name}`, args, { typeArgs: [type] });
  const pair = (value: number, max: number) => concatBytes(u64(value), u64(max));

  it('counts within its limit', () => {
    expect(call('create_aggregator', 'u64', u64(5))).toEqual([toHex(pair(0, 5))]);
    expect(call('create_unbounded_aggregator', 'u128')).toEqual([toHex(concatBytes(u128(0), u128((1n << 128n) - 1n)))]);
    expect(call('try_add', 'u64', pair(3, 5), u64(2))).toEqual(['01']);
    expect(call('try_add', 'u64', pair(3, 5), u64(3))).toEqual(['00']);
    expect(call('try_add', 'u64', pair(3, 5), u64((1n << 64n) - 1n))).toEqual(['00']);
    expect(call('try_sub', 'u64', pair(3, 5), u64(3))).toEqual(['01']);
    expect(call('try_sub', 'u64', pair(3, 5), u64(4))).toEqual(['00']);
    expect(call('is_at_least_impl', 'u64', pair(3, 5), u64(3))).toEqual(['01']);
    expect(call('is_at_least_impl', 'u64', pair(3, 5), u64(4))).toEqual(['00']);
    expect(call('read', 'u64', pair(3, 5))).toEqual([toHex(u64(3))]);
    expect(call('read', 'u128', concatBytes(u128(1n << 100n), u128(1n << 101n)))).toEqual([toHex(u128(1n << 100n))]);
    expect(call('snapshot', 'u64', pair(3, 5))).toEqual([toHex(u64(3))]);
  });

  it('pads derived texts as Aptos does, so that their size tells nothing of the number', () => {
    const derived = (value: string, padding: number) => [
      toHex(concatBytes(text(value), vector(new Uint8Array(padding)))),
    ];
    // Room for the largest u64 and both texts.
    expect(call('derive_string_concat', 'u64', text('a'), u64(42), text('bc'))).toEqual(derived('a42bc', 18));
    expect(call('derive_string_concat', 'u128', text(''), u128(7), text(''))).toEqual(derived('7', 38));
    // At least as long as the id that stands for it on Aptos.
    expect(natives.call('aggregator_v2::create_derived_string', [text('ab')])).toEqual(derived('ab', 18));
    const long = 'x'.repeat(130);
    expect(natives.call('aggregator_v2::create_derived_string', [text(long)])).toEqual(derived(long, 0));
    expect(
      natives.call('aggregator_v2::read_derived_string', [concatBytes(text('ab'), vector(new Uint8Array(18)))]),
    ).toEqual([toHex(text('ab'))]);
  });

  it('refuses other types, long texts and what Aptos does not have yet', () => {
    expect(call('create_aggregator', 'u8', Uint8Array.of(1))).toBe(`abort ${0x30007}`);
    expect(call('create_snapshot', 'u8', Uint8Array.of(1))).toBe(`abort ${0x30005}`);
    expect(call('create_snapshot', 'u64', u64(1))).toEqual([toHex(u64(1))]);
    expect(call('read_snapshot', 'u64', u64(1))).toEqual([toHex(u64(1))]);
    expect(call('copy_snapshot', 'u64', u64(1))).toBe(`abort ${0x30009}`);
    expect(natives.call('aggregator_v2::create_derived_string', [text('x'.repeat(1025))])).toBe(`abort ${0x30008}`);
    expect(call('derive_string_concat', 'u64', text('x'.repeat(1000)), u64(1), text('x'.repeat(25)))).toBe(
      `abort ${0x30008}`,
    );
  });
});

describe('event', () => {
  it('belongs to a handle whose id has its size', () => {
    const emit = (guid: Uint8Array) =>
      natives.run('event::write_to_event_store', [vector(guid), u64(3), u64(7)], { typeArgs: ['0x1::event::Note'] });
    const guid = concatBytes(u64(2), addressToBytes(ALICE));
    expect(emit(guid).events).toMatchObject([{ data: u64(7), handle: { guid, sequence: 3n } }]);
    expect(emit(guid.subarray(1)).status).toMatchObject({ kind: 'failure', code: 'EVENT_KEY_MISMATCH' });
  });
});

describe('code', () => {
  it('charges for the code, the names and the accounts that it may depend on', () => {
    const owner = addressToBytes(ALICE);
    const gasOf = (size: number, names: readonly string[], deps: readonly string[]) => {
      const dep = (name: string) => concatBytes(addressToBytes(BOB), text(name));
      return natives.run('code::request_publish_with_allowed_deps', [
        owner,
        list(...names.map(text)),
        list(...deps.map(dep)),
        list(vector(new Uint8Array(size))),
        Uint8Array.of(1),
      ]).gasUsed;
    };
    expect(gasOf(300_000, ['m'], [])).toBeGreaterThan(gasOf(1, ['m'], []));
    expect(
      natives.call('code::request_publish', [
        owner,
        list(text('m')),
        list(vector(utf8Encode('code'))),
        Uint8Array.of(1),
      ]),
    ).toEqual([]);
  });
});

describe('what is given up, off, or vouched for', () => {
  it('has no permissioned signers', () => {
    for (const name of ['is_permissioned_signer_impl', 'permission_address']) {
      expect(natives.call(`permissioned_signer::${name}`, [], { senders: [ALICE] })).toBe('abort 9');
    }
  });

  it('draws randomness only where the runner vouches for it', () => {
    expect(natives.call('randomness::is_unbiasable')).toEqual(['00']);
    expect(natives.call('randomness::fetch_and_increment_txn_counter')).toBe('abort 1');
    const transaction = { chainId: 2, isUnbiasable: true };
    expect(natives.call('randomness::is_unbiasable', [], { transaction })).toEqual(['01']);
    expect(natives.call('randomness::fetch_and_increment_txn_counter', [], { transaction })).toEqual([
      `08${'00'.repeat(8)}`,
    ]);
  });

  it('does not know how much state there is', () => {
    expect(natives.call('state_storage::get_state_storage_usage_only_at_epoch_beginning')).toBe('VM_EXTENSION_ERROR');
  });

  it('knows identifiers', () => {
    const isIdentifier = (name: string) => natives.call('function_info::is_identifier', [vector(utf8Encode(name))]);
    for (const name of ['a', '_a', 'withdraw_2', 'A']) expect(isIdentifier(name), name).toEqual(['01']);
    for (const name of ['', '_', '2a', 'a-b', 'é', 'a b']) expect(isIdentifier(name), name).toEqual(['00']);
    expect(natives.call('function_info::is_identifier', [vector(Uint8Array.of(0xff))])).toEqual(['00']);
  });
});

it('says by name what it does not have', () => {
  const without = new NativeCalls({ account_abstraction: ['native dispatchable_authenticate(u64): u64'] });
  const { status } = without.run('account_abstraction::dispatchable_authenticate', [u64(1)]);
  expect(status).toMatchObject({ kind: 'failure', code: 'UNSUPPORTED' });
  expect(status).toHaveProperty(
    'message',
    expect.stringContaining('0x1::account_abstraction::dispatchable_authenticate'),
  );
});
