// Copies packages for their unit tests. The compiler's built-in test VM has natives of another chain: most have Aptos's names and
// meaning, some lack or differ. In the copy, and only there, the framework declares those in the way that the test VM knows; the
// packages under test are copied as they are.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FRAMEWORK_DIR, PackageError, withDependencies } from './packages.ts';

interface Edit {
  /** In the framework's sources. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** What needs a native that is missing: `framework-on-vm.test.ts` runs it. */
function withoutTest(file: string, name: string): Edit {
  return { file, from: `fun ${name}() {`, to: `fun ${name}() { if (true) return;` };
}

/** A native that is missing and not replaced here ends a test with MISSING_DEPENDENCY when it calls it. */
const EDITS: readonly Edit[] = [
  {
    file: 'std/vector.move',
    from: `native public fun move_range<T>(
        from: &mut vector<T>, removal_position: u64, length: u64, to: &mut vector<T>, insert_position: u64
    );`,
    to: `public fun move_range<T>(
        from: &mut vector<T>, removal_position: u64, length: u64, to: &mut vector<T>, insert_position: u64
    ) {
        let all = length(from);
        assert!(removal_position + length <= all && insert_position <= length(to), EINVALID_RANGE);
        reverse_slice(from, removal_position, all);
        let behind = length(to) - insert_position;
        while (length > 0) {
            push_back(to, pop_back(from));
            length -= 1;
        };
        let end = length(from);
        reverse_slice(from, removal_position, end);
        let end = length(to);
        rotate_slice(to, insert_position, insert_position + behind, end);
    }`,
  },
  // Nothing in Move swaps values that cannot be copied.
  withoutTest('std/mem.move', 'swaps_and_replaces'),
  // Of encodings, which is the order of one-byte numbers and of vectors of them; numbers are turned round first. See below.
  {
    file: 'std/cmp.move',
    from: 'native public fun compare<T>(first: &T, second: &T): Ordering;',
    to: `public fun compare<T>(first: &T, second: &T): Ordering {
        let a = std::bcs::to_bytes(first);
        let b = std::bcs::to_bytes(second);
        if (*std::string::bytes(&aptos_std::type_info::type_name<T>()) == b"u64") {
            std::vector::reverse(&mut a);
            std::vector::reverse(&mut b);
        };
        let order = aptos_std::comparator::compare_u8_vector(a, b);
        if (aptos_std::comparator::is_equal(&order)) Ordering::Equal
        else if (aptos_std::comparator::is_smaller_than(&order)) Ordering::Less
        else Ordering::Greater
    }`,
  },
  withoutTest('std/cmp.move', 'orders'),
  // create_signer is a native of the module account there.
  {
    file: 'aptos_framework/create_signer.move',
    from: 'native public(friend) fun create_signer(addr: address): signer;',
    to: 'public(friend) fun unused() {}',
  },
  ...['aptos_account', 'coin', 'genesis', 'multisig_account', 'object'].map((module) => ({
    file: `aptos_framework/${module}.move`,
    from: 'use aptos_framework::create_signer::create_signer;',
    to: 'use aptos_framework::account::create_signer;',
  })),
  {
    file: 'aptos_framework/account.move',
    from: 'use aptos_framework::create_signer::create_signer;',
    to: 'native public(friend) fun create_signer(addr: address): signer;',
  },
  // Any function of the bytes does where only the spread matters.
  {
    file: 'aptos_std/aptos_hash.move',
    from: 'native public fun sip_hash(bytes: vector<u8>): u64;',
    to: `public fun sip_hash(bytes: vector<u8>): u64 {
        let digest = std::hash::sha3_256(bytes);
        let result = 0;
        for (i in 0..8) result = result * 256 + (digest[i] as u64);
        result
    }`,
  },
  ...(
    [
      ['aptos_hash', 'hashes_the_published_vectors'],
      ['bls12381_algebra', 'has_a_group_and_its_field'],
      ['bls12381_algebra', 'pairs'],
      ['bls12381_algebra', 'hashes_the_published_vector'],
      ['ristretto255', 'has_a_group'],
      ['ristretto255', 'has_scalars'],
      ['ristretto255_elgamal', 'adds_what_it_hides'],
      ['ristretto255_pedersen', 'adds_what_it_hides'],
    ] as const
  ).map(([module, test]) => withoutTest(`aptos_std/${module}.move`, test)),
  {
    file: 'aptos_std/ristretto255.move',
    from: 'multi_scalar_mul(&vector[basepoint()], &vector[scalar_one(), scalar_one()]);',
    to: 'multi_scalar_mul(&vector[RistrettoPoint { handle: 0 }], &vector[scalar_one(), scalar_one()]);',
  },
  // Whether encodings have one size is told of u64 and of vectors, which is what the tests use.
  {
    file: 'aptos_std/big_ordered_map.move',
    from: 'use std::bcs::{Self, constant_serialized_size};',
    to: 'use std::bcs;\n    use aptos_std::type_info::constant_serialized_size;',
  },
  {
    file: 'aptos_std/type_info.move',
    from: 'native fun chain_id_internal(): u8;',
    to: `native fun chain_id_internal(): u8;
    public fun constant_serialized_size<T>(): std::option::Option<u64> {
        let name = type_name<T>();
        if (*std::string::bytes(&name) == b"u64") std::option::some(8)
        else std::option::none()
    }`,
  },
  {
    file: 'aptos_framework/account.move',
    from: 'friend aptos_framework::genesis;',
    to: 'friend aptos_framework::genesis;\n    friend aptos_framework::object;',
  },
  {
    file: 'aptos_framework/object.move',
    from: 'native fun create_user_derived_object_address_impl(source: address, derive_from: address): address;',
    to: `fun create_user_derived_object_address_impl(source: address, derive_from: address): address {
        let bytes = bcs::to_bytes(&source);
        bytes.append(bcs::to_bytes(&derive_from));
        hash_to_address(bytes, 0xFC)
    }`,
  },
  // An asset's supply is counted in the older resource: the natives of aggregators are those of all number types, which Move cannot write.
  {
    file: 'aptos_framework/fungible_asset.move',
    from: `let current =
            if (maximum_supply.is_some()) aggregator_v2::create_aggregator(maximum_supply.destroy_some())
            else aggregator_v2::create_unbounded_aggregator();
        move_to(metadata_signer, ConcurrentSupply { current });`,
    to: 'move_to(metadata_signer, Supply { current: 0, maximum: maximum_supply });',
  },
  withoutTest('aptos_framework/aggregator_v2.move', 'counts_within_limits'),
  {
    file: 'aptos_framework/randomness.move',
    from: 'native fun is_unbiasable(): bool;',
    to: 'fun is_unbiasable(): bool { false }',
  },
  {
    file: 'aptos_framework/aggregator_v2.move',
    from: 'create_aggregator<u64>(10).add(11);',
    to: 'abort 0x20001;',
  },
  // Events: emit_event is the native that takes a reference to a module event, and so cannot be the function on handles.
  { file: 'aptos_framework/event.move', from: 'public fun emit_event<', to: 'public fun emit_by_handle<' },
  { file: 'aptos_framework/block.move', from: 'event::emit_event(', to: 'event::emit_by_handle(' },
  {
    file: 'aptos_framework/event.move',
    from: 'native fun write_module_event_to_store<T: drop + store>(msg: T);',
    to: 'native fun emit_event<T: drop + store>(msg: &T);',
  },
  { file: 'aptos_framework/event.move', from: 'write_module_event_to_store<T>(msg);', to: 'emit_event<T>(&msg);' },
  // There are no handles' events; nothing that is tested there reads them.
  {
    file: 'aptos_framework/event.move',
    from: 'native fun write_to_event_store<T: drop + store>(guid: vector<u8>, count: u64, msg: T);',
    to: 'fun write_to_event_store<T: drop + store>(_guid: vector<u8>, _count: u64, _msg: T) {}',
  },
  // Ed25519: one native with its arguments in another order, less strict about keys of small order.
  {
    file: 'aptos_std/ed25519.move',
    from: `native fun signature_verify_strict_internal(
        signature: vector<u8>, public_key: vector<u8>, message: vector<u8>
    ): bool;`,
    to: `fun signature_verify_strict_internal(
        signature: vector<u8>, public_key: vector<u8>, message: vector<u8>
    ): bool { verify_internal(message, public_key, signature) }
    native fun verify_internal(message: vector<u8>, public_key: vector<u8>, signature: vector<u8>): bool;`,
  },
  // There is no validation of keys either. This one knows only the neutral element, a key of small order; the VM's tests check the native.
  {
    file: 'aptos_std/ed25519.move',
    from: 'native fun public_key_validate_internal(bytes: vector<u8>): bool;',
    to: `fun public_key_validate_internal(bytes: vector<u8>): bool {
        bytes != x"0100000000000000000000000000000000000000000000000000000000000000"
    }`,
  },
  // The transaction's hash is read by a native of the public name.
  {
    file: 'aptos_framework/transaction_context.move',
    from: `public fun get_transaction_hash(): vector<u8> {
        get_txn_hash()
    }`,
    to: 'native public fun get_transaction_hash(): vector<u8>;',
  },
  {
    file: 'aptos_framework/transaction_context.move',
    from: 'native fun get_txn_hash(): vector<u8>;',
    to: '',
  },
  // Decoding is a native of from_bcs alone.
  {
    file: 'aptos_framework/util.move',
    from: 'native public(friend) fun from_bytes<T>(bytes: vector<u8>): T;',
    to: 'public(friend) fun from_bytes<T>(bytes: vector<u8>): T { aptos_std::from_bcs::from_bytes<T>(bytes) }',
  },
  {
    file: 'aptos_std/from_bcs.move',
    from: 'friend aptos_std::any;',
    to: 'friend aptos_std::any;\n    friend aptos_framework::util;',
  },
  // Publishing takes effect after the transaction, which a unit test never reaches.
  {
    file: 'aptos_framework/code.move',
    from: `native fun request_publish_with_allowed_deps(
        owner: address,
        expected_modules: vector<String>,
        allowed_deps: vector<AllowedDep>,
        bundle: vector<vector<u8>>,
        policy: u8
    );`,
    to: `fun request_publish_with_allowed_deps(
        _owner: address,
        _expected_modules: vector<String>,
        _allowed_deps: vector<AllowedDep>,
        _bundle: vector<vector<u8>>,
        _policy: u8
    ) {}`,
  },
];

/** What a native that the Rust VM cannot do at all aborts with, outside of unit tests. */
export const MISSING_NATIVE_ABORT_CODE = 0xfa11n;

/** After `EDITS`, for comparisons with another VM: no stand-in may answer there. */
const EDITS_WITHOUT_STAND_INS: readonly Edit[] = [
  {
    file: 'aptos_std/aptos_hash.move',
    from: 'let digest = std::hash::sha3_256(bytes);',
    to: `if (true) abort ${MISSING_NATIVE_ABORT_CODE};
        let digest = std::hash::sha3_256(bytes);`,
  },
  {
    file: 'std/cmp.move',
    from: 'let a = std::bcs::to_bytes(first);',
    to: `if (true) abort ${MISSING_NATIVE_ABORT_CODE};
        let a = std::bcs::to_bytes(first);`,
  },
  {
    file: 'aptos_std/type_info.move',
    from: 'let name = type_name<T>();',
    to: `if (true) abort ${MISSING_NATIVE_ABORT_CODE};
        let name = type_name<T>();`,
  },
  {
    file: 'aptos_std/ed25519.move',
    from: 'bytes != x"0100000000000000000000000000000000000000000000000000000000000000"',
    to: `abort ${MISSING_NATIVE_ABORT_CODE}`,
  },
];

/** Copies the framework as `copyForTests` does, but where the Rust VM lacks a native, calling it aborts. */
export async function copyFrameworkForComparison(target: string): Promise<string> {
  const copy = await copyForTests(FRAMEWORK_DIR, target);
  await editFramework(path.join(copy, 'sources'), EDITS_WITHOUT_STAND_INS);
  return copy;
}

/**
 * Copies the package in `dir` and what it needs to directories of the same names under `target`; the copy's directory.
 * @throws PackageError when the framework no longer has a declaration that the test VM needs changed
 */
export async function copyForTests(dir: string, target: string): Promise<string> {
  for (const { dir: source } of await withDependencies([dir])) {
    const copy = path.join(target, path.basename(source));
    await mkdir(copy, { recursive: true });
    for (const part of ['Move.toml', 'sources', 'tests']) {
      await cp(path.join(source, part), path.join(copy, part), { recursive: true }).catch((error: unknown) => {
        if (part !== 'tests') throw new PackageError(`${source} has no ${part}`, { cause: error });
      });
    }
    if (source === FRAMEWORK_DIR) await editFramework(path.join(copy, 'sources'), EDITS);
  }
  return path.join(target, path.basename(dir));
}

async function editFramework(sources: string, edits: readonly Edit[]): Promise<void> {
  for (const { file, from, to } of edits) {
    const text = await readFile(path.join(sources, file), 'utf8');
    const parts = text.split(from);
    if (parts.length !== 2) throw new PackageError(`${file}: expected once for the test VM: ${from}`);
    await writeFile(path.join(sources, file), parts.join(to));
  }
}
