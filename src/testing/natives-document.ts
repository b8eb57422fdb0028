// What docs/natives.md says: every native of Aptos's framework, what it costs here and what it is tried against, or why it is not there. The figures
// come from the code; the words are kept here, and a test holds both to each other.

import { STRAIT_1 } from '../vm/gas.ts';
import { CRYPTO_NATIVES } from '../vm/natives/crypto.ts';
import type { NativeModule, NativeSet } from '../vm/natives/native.ts';
import { STANDARD_NATIVES } from '../vm/natives/table.ts';

/** Natives that Aptos's framework declares (release 1.33), by module. */
export const APTOS_NATIVES: Readonly<Record<string, string>> = {
  account_abstraction: 'dispatchable_authenticate',
  aggregator: 'add sub read destroy',
  aggregator_factory: 'new_aggregator',
  aggregator_v2:
    'create_aggregator create_unbounded_aggregator try_add try_sub is_at_least_impl read snapshot create_snapshot read_snapshot read_derived_string create_derived_string derive_string_concat copy_snapshot string_concat',
  aptos_hash: 'sip_hash keccak256 sha2_512_internal sha3_512_internal ripemd160_internal blake2b_256_internal',
  bcs: 'to_bytes serialized_size constant_serialized_size',
  bls12381:
    'aggregate_pubkeys_internal aggregate_signatures_internal validate_pubkey_internal signature_subgroup_check_internal verify_aggregate_signature_internal verify_multisignature_internal verify_normal_signature_internal verify_proof_of_possession_internal verify_signature_share_internal',
  cmp: 'compare',
  code: 'request_publish request_publish_with_allowed_deps',
  consensus_config: 'validator_txn_enabled_internal',
  create_signer: 'create_signer',
  crypto_algebra:
    'add_internal deserialize_internal div_internal double_internal downcast_internal from_u64_internal eq_internal hash_to_internal inv_internal mul_internal multi_pairing_internal multi_scalar_mul_internal neg_internal one_internal order_internal pairing_internal scalar_mul_internal serialize_internal sqr_internal sub_internal upcast_internal zero_internal',
  debug: 'native_print native_stack_trace',
  dispatchable_fungible_asset:
    'dispatchable_withdraw dispatchable_deposit dispatchable_derived_balance dispatchable_derived_supply',
  ed25519: 'public_key_validate_internal signature_verify_strict_internal',
  event: 'write_module_event_to_store write_to_event_store',
  from_bcs: 'from_bytes',
  function_info: 'check_dispatch_type_compatibility_impl is_identifier load_function_impl',
  hash: 'sha2_256 sha3_256',
  mem: 'swap',
  multi_ed25519: 'public_key_validate_internal public_key_validate_v2_internal signature_verify_strict_internal',
  object: 'create_user_derived_object_address_impl exists_at',
  permissioned_signer: 'is_permissioned_signer_impl permission_address signer_from_permissioned_handle_impl',
  randomness: 'fetch_and_increment_txn_counter is_unbiasable',
  ristretto255:
    'point_equals new_point_from_sha512_internal new_point_from_64_uniform_bytes_internal point_is_canonical_internal point_identity_internal point_decompress_internal point_clone_internal point_compress_internal point_mul_internal basepoint_mul_internal basepoint_double_mul_internal point_add_internal point_sub_internal point_neg_internal double_scalar_mul_internal multi_scalar_mul_internal scalar_is_canonical_internal scalar_from_u64_internal scalar_from_u128_internal scalar_reduced_from_32_bytes_internal scalar_uniform_from_64_bytes_internal scalar_invert_internal scalar_from_sha512_internal scalar_mul_internal scalar_add_internal scalar_sub_internal scalar_neg_internal',
  ristretto255_bulletproofs: 'verify_range_proof_internal verify_batch_range_proof_internal',
  secp256k1: 'ecdsa_recover_internal',
  signer: 'borrow_address',
  state_storage: 'get_state_storage_usage_only_at_epoch_beginning',
  string: 'internal_check_utf8 internal_is_char_boundary internal_sub_string internal_index_of',
  string_utils: 'native_format native_format_list',
  table:
    'new_table_handle add_box borrow_box borrow_box_mut contains_box remove_box destroy_empty_box drop_unchecked_box',
  transaction_context:
    'get_txn_hash generate_unique_address get_script_hash sender_internal secondary_signers_internal gas_payer_internal max_gas_amount_internal gas_unit_price_internal chain_id_internal entry_function_payload_internal multisig_payload_internal',
  type_info: 'type_of type_name chain_id_internal',
  util: 'from_bytes',
  vector: 'move_range',
};

/** Why a native is not there. By module, or module and function. */
const REFUSED: Readonly<Record<string, string>> = {
  account_abstraction: 'calls a function by its name at run time',
  consensus_config: 'there is no consensus of validators in a channel',
  dispatchable_fungible_asset: 'calls a function by its name at run time',
  'function_info::check_dispatch_type_compatibility_impl': 'prepares what calls functions by name',
  'function_info::load_function_impl': 'prepares what calls functions by name',
};

interface Note {
  /** What is charged beside the base: the names of figures of `natives.<module>` unless said otherwise. */
  readonly gas?: string;
  readonly tried: string;
}

const FACTS = "facts of Aptos's sources";

/** By module, or module and function. */
const NOTES: Readonly<Record<string, Note>> = {
  aggregator: { tried: FACTS },
  aggregator_factory: { tried: FACTS },
  aggregator_v2: { tried: FACTS },
  'aggregator_v2::create_derived_string': { gas: 'createSnapshotPerByte', tried: FACTS },
  'aggregator_v2::derive_string_concat': { gas: 'concatPerByte', tried: FACTS },
  aptos_hash: { gas: 'hash: …PerByte', tried: 'published digests of "abc" and of nothing' },
  'bcs::to_bytes': { gas: 'toBytesPerByte', tried: 'the Rust VM' },
  'bcs::serialized_size': { gas: 'serializedSizePerByte', tried: 'the Rust VM' },
  'bcs::constant_serialized_size': { gas: 'constantSizePerTypeNode', tried: FACTS },
  bls12381: {
    gas: 'each step as it is made',
    tried: "aptos-core's vectors; points outside the group, infinity, flags",
  },
  cmp: { gas: 'data.copyPerByte of both vectors, data.perUnit of the fixed part', tried: FACTS },
  code: { gas: 'requestPublishPerByte', tried: FACTS },
  create_signer: { tried: 'the Rust VM' },
  crypto_algebra: {
    gas: 'cryptoAlgebra, by structure and operation',
    tried: "aptos-core's vectors, RFC 9380, EIP-196 and EIP-197, laws between operations",
  },
  debug: { tried: FACTS },
  ed25519: { gas: 'each step as it is made', tried: 'RFC 8032; keys of small order, scalars out of range, sizes' },
  event: { gas: 'writePerByte, storage.eventPerByte', tried: 'the Rust VM' },
  from_bcs: { gas: 'perByte', tried: 'the Rust VM' },
  function_info: { gas: 'isIdentifierPerByte', tried: FACTS },
  hash: { gas: '…PerByte', tried: 'the Rust VM' },
  mem: { tried: 'values of several shapes' },
  multi_ed25519: {
    gas: 'ed25519: each step as it is made',
    tried: 'signatures of RFC 8032 keys; thresholds, bitmaps, sizes',
  },
  object: { tried: FACTS },
  'object::exists_at': { gas: 'storage, at the first touch', tried: 'storage' },
  permissioned_signer: { tried: FACTS },
  randomness: { tried: FACTS },
  ristretto255: { tried: "RFC 9496 and aptos-core's vectors; encodings that are none, scalars out of range, handles" },
  'ristretto255::multi_scalar_mul_internal': {
    gas: 'n (pointParse + scalarParse) + n / log2(n) pointMul',
    tried: "aptos-core's vector",
  },
  'ristretto255::new_point_from_sha512_internal': { gas: 'sha512PerByte', tried: 'RFC 9496' },
  'ristretto255::scalar_from_sha512_internal': { gas: 'sha512PerByte', tried: "aptos-core's vector" },
  ristretto255_bulletproofs: {
    gas: 'bulletproofs, by proof bytes, bits and commitments',
    tried: "aptos-core's vectors; proofs and commitments changed",
  },
  secp256k1: { gas: 'recover', tried: "aptos-core's vector; zero, r and s out of range, the point at infinity" },
  signer: { tried: 'the Rust VM' },
  state_storage: { tried: FACTS },
  string: { tried: 'the Rust VM' },
  'string::internal_check_utf8': { gas: 'checkUtf8PerByte', tried: 'the platform, on every beginning of three bytes' },
  'string::internal_sub_string': { gas: 'subStringPerByte', tried: 'the Rust VM' },
  'string::internal_index_of': { gas: 'indexOfPerPatternByte, indexOfPerByte up to the find', tried: 'the Rust VM' },
  string_utils: { gas: 'format for each node, formatPerByte of texts', tried: FACTS },
  table: { gas: 'boxPerKeyByte; storage, at the first touch', tried: 'the Rust VM (but handles and abort codes)' },
  'table::new_table_handle': { tried: FACTS },
  'table::destroy_empty_box': { tried: 'the Rust VM' },
  'table::drop_unchecked_box': { tried: 'the Rust VM' },
  transaction_context: { tried: FACTS },
  'transaction_context::secondary_signers_internal': { gas: 'perSigner', tried: FACTS },
  'transaction_context::entry_function_payload_internal': { gas: 'perByte', tried: FACTS },
  'transaction_context::multisig_payload_internal': { gas: 'perByte', tried: FACTS },
  type_info: { gas: 'perByte of the name', tried: 'the Rust VM' },
  'type_info::chain_id_internal': { tried: FACTS },
  util: { gas: 'fromBcs.perByte', tried: 'the Rust VM' },
  vector: { gas: 'moveRangePerIndex of what moves', tried: FACTS },
};

/** The whole document. @throws Error when a native of the code has no note, or one of Aptos's is neither there nor refused */
export function nativesDocument(): string {
  const sets: readonly (readonly [string, NativeSet])[] = [
    ['Always there', STANDARD_NATIVES],
    ['In `CRYPTO_NATIVES` (`src/vm/natives/crypto.ts`)', CRYPTO_NATIVES],
  ];
  return [
    '# Natives',
    '',
    'Functions of `0x1` that the VM itself provides. Written by `npx tsx scripts/vm/write-natives-document.ts` from the code and from',
    '`src/testing/natives-document.ts`; a test fails when it is not up to date.',
    '',
    `Gas is in internal units (a million make one gas unit), by the schedule \`${STRAIT_1.name}\` (\`src/vm/gas.ts\`, section \`natives\`): what any call costs`,
    'beside the call itself, and the figures of the schedule that come on top.',
    ...sets.flatMap(([title, set]) => ['', `## ${title}`, '', ...table(set)]),
    '',
    '## Not there',
    '',
    'Code that can reach one of these is `UNSUPPORTED`, and the message names it; code that cannot, runs.',
    '',
    '| native | why |',
    '|---|---|',
    ...missing().map(([name, why]) => `| \`${name}\` | ${why} |`),
    '',
  ].join('\n');
}

function table(set: NativeSet): string[] {
  const rows = Object.keys(set)
    .sort()
    .flatMap((module) => rowsOf(module, set[module] ?? {}));
  return ['| native | gas of any call | on top | tried against |', '|---|---:|---|---|', ...rows];
}

function rowsOf(module: string, natives: NativeModule): string[] {
  return Object.keys(natives)
    .sort()
    .map((name) => {
      const note = NOTES[`${module}::${name}`] ?? NOTES[module];
      if (note === undefined) throw new Error(`nothing is said of 0x1::${module}::${name}`);
      const base = natives[name]?.gas(STRAIT_1) ?? 0;
      return `| \`${module}::${name}\` | ${base} | ${note.gas ?? ''} | ${note.tried} |`;
    });
}

function missing(): [string, string][] {
  const there = { ...STANDARD_NATIVES, ...CRYPTO_NATIVES };
  return Object.entries(APTOS_NATIVES).flatMap(([module, names]) =>
    names
      .split(' ')
      .filter((name) => !there[module]?.[name])
      .map((name): [string, string] => {
        const why = REFUSED[`${module}::${name}`] ?? REFUSED[module];
        if (why === undefined) throw new Error(`0x1::${module}::${name} is neither there nor refused`);
        return [`${module}::${name}`, why];
      }),
  );
}
