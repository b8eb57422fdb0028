// Compares the framework's compiled modules with Aptos's own: whatever a contract can name in ours must be there, and be the same, in
// the real one, or the contract would not link when it is published.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { initSync, TransactionComposer, wasmModule } from '@aptos-labs/script-composer-pack';
import { describe, expect, it } from 'vitest';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import { Ability, type AbilitySet, type CompiledModule } from '../../src/vm/bytecode/module.ts';
import { FRAMEWORK_DIR } from './packages.ts';

interface StructFace {
  readonly abilities: readonly string[];
  /** `phantom copy + drop`, as far as each applies. */
  readonly typeParameters: readonly string[];
}
interface FunctionFace {
  readonly visibility: string;
  readonly entry: boolean;
  readonly view: boolean;
  readonly typeParameters: readonly string[];
  readonly parameters: readonly string[];
  readonly returns: readonly string[];
}
interface ModuleFace {
  readonly structs: Readonly<Record<string, StructFace>>;
  readonly functions: Readonly<Record<string, FunctionFace>>;
}
interface AptosAbi {
  readonly natives?: readonly string[];
  readonly modules: Readonly<Record<string, ModuleFace>>;
}
interface AbiFile {
  readonly exposed_functions: readonly {
    readonly name: string;
    readonly visibility: string;
    readonly is_entry: boolean;
    readonly is_view: boolean;
    readonly generic_type_params: readonly { readonly constraints: readonly string[] }[];
    readonly params: readonly string[];
    readonly return: readonly string[];
  }[];
}

/** The local chain's own; Aptos has a module of this name without public functions. */
const WITHOUT_COUNTERPART = ['genesis'];
/** `module::function` → why it cannot be the same. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'coin::freeze_coin_store': 'not entry: the compiler refuses a capability as argument of an entry function',
  'coin::unfreeze_coin_store': 'not entry: the compiler refuses a capability as argument of an entry function',
};
/** Module → functions that came, became public or lost a constraint between 1.33 and mainnet of August 2026. */
const YOUNGER_THAN_1_33: Readonly<Record<string, readonly string[]>> = {
  aptos_hash: ['sha2_512_value'],
  coin: ['get_paired_burn_copy_ref'],
  fungible_asset: ['generate_burn_copy_ref', 'is_asset_type_dispatchable'],
  mem: ['replace', 'swap'],
  ristretto255: ['basepoint_H', 'basepoint_H_compressed', 'compressed_point_equals', 'is_identity', 'points_to_bytes'],
  ordered_map: [
    'get',
    'internal_find',
    'internal_lower_bound',
    'internal_new_begin_iter',
    'internal_new_end_iter',
    'iter_add',
    'iter_borrow',
    'iter_borrow_key',
    'iter_borrow_mut',
    'iter_is_begin',
    'iter_is_begin_from_non_empty',
    'iter_is_end',
    'iter_next',
    'iter_prev',
    'iter_remove',
    'iter_replace',
    'remove_or_none',
  ],
  string: ['into_bytes'],
  transaction_fee: ['emit_fee_statement', 'storage_fee_refund_octas'],
  vector: ['last', 'last_mut'],
  big_ordered_map: [
    'back_key',
    'front_key',
    'internal_find',
    'internal_lower_bound',
    'internal_new_begin_iter',
    'internal_new_end_iter',
    'iter_borrow',
    'iter_borrow_key',
    'iter_borrow_mut',
    'iter_is_begin',
    'iter_is_end',
    'iter_next',
    'iter_prev',
    'keys',
    'remove_or_none',
  ],
};
/** Module → public functions of Aptos's that are not there, by reason. */
const MISSING: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'signers with limited permissions do not exist here': {
    account: ['grant_key_rotation_permission', 'grant_key_offering_permission'],
    code: ['grant_permission'],
    fungible_asset: ['grant_permission_by_store', 'revoke_permission'],
    object: ['grant_permission', 'grant_permission_with_transfer_ref'],
    primary_fungible_store: ['grant_permission', 'grant_apt_permission'],
  },
  'assets with functions of their own need a call that the VM does not have': {
    dispatchable_fungible_asset: ['register_derive_supply_dispatch_function', 'register_dispatch_functions'],
    fungible_asset: ['deposit_dispatch_function', 'withdraw_dispatch_function'],
    primary_fungible_store: ['transfer_assert_minimum_deposit'],
  },
  'the fees of a block are not shared out, and refs are made as they are needed': {
    transaction_fee: [
      'convert_to_aptos_fa_burn_ref',
      'initialize_fee_collection_and_distribution',
      'initialize_storage_refund',
      'upgrade_burn_percentage',
    ],
  },
  'balances are kept in one form': { fungible_asset: ['upgrade_store_to_concurrent'] },
  'function values: the compiler knows none': { big_ordered_map: ['iter_modify'] },
  'ways through the inside of a map that nothing but its own inline functions uses': {
    big_ordered_map: [
      'internal_find_with_path',
      'iter_with_path_get_iter',
      'iter_remove',
      'internal_leaf_new_begin_iter',
      'internal_leaf_iter_is_end',
      'internal_leaf_borrow_value',
      'internal_leaf_iter_borrow_entries_and_next_leaf_index',
    ],
  },
  'younger than 1.33, and only the signature is known': {
    account: ['get_encrypted_dk', 'encrypted_dk_exists'],
    multisig_account: ['create_with_owners_and_timelock', 'timelock_override_threshold', 'timelock_period'],
    object: ['create_unique_onchain_signer', 'create_named_unowned_onchain_signer', 'transfer_with_constructor_ref'],
    object_code_deployment: ['get_code_object_signer'],
    ristretto255: ['new_point_and_compressed_from_bytes'],
    transaction_context: ['is_encrypted_txn', 'monotonically_increasing_counter'],
  },
};
const BYTECODE_DIR = path.join(FRAMEWORK_DIR, 'bytecode');
const MODULES = readdirSync(BYTECODE_DIR)
  .filter((file) => file.endsWith('.mv'))
  .map((file) => path.basename(file, '.mv'))
  .filter((name) => !WITHOUT_COUNTERPART.includes(name));

const RELEASES = ['1.33', 'mainnet-2026-08'].map((release) => ({ release, abi: readAptosAbi(release) }));

initSync({ module: wasmModule });

describe.each(RELEASES)('the framework against Aptos $release', ({ release, abi }) => {
  it.each(MODULES)('%s has the same structs and functions as far as it has them', (name) => {
    const theirs = abi.modules[name];
    if (theirs === undefined) throw new Error(`Aptos has no module ${name}`);
    const ours = readFace(name);
    const excepted = exceptions(release, name);
    const functions = Object.fromEntries(Object.entries(ours.functions).filter(([key]) => !excepted.includes(key)));
    expect(functions).toEqual(pick(theirs.functions, functions));
    expect(ours.structs).toEqual(pick(theirs.structs, ours.structs));
    const same = excepted.filter((key) => isDeepStrictEqual(ours.functions[key], theirs.functions[key]));
    expect(same, 'listed as different and is not').toEqual([]);
  });
});

it.each(MODULES)('%s lacks no public function of Aptos but those listed', (name) => {
  const listed = Object.values(MISSING).flatMap((modules) => modules[name] ?? []);
  const present = readFace(name).functions;
  const missing = RELEASES.flatMap(({ abi }) => Object.entries(abi.modules[name]?.functions ?? {}))
    .filter(([key, { visibility }]) => visibility === 'public' && !(key in present))
    .map(([key]) => key);
  expect([...new Set(missing)].sort()).toEqual([...listed].sort());
});

it.each(MODULES)("%s passes the bounds checks of Aptos's own deserializer", (name) => {
  const composer = TransactionComposer.single_signer();
  expect(() => composer.store_module(readBytecode(name))).not.toThrow();
});

it('has no native that Aptos has not', () => {
  const known = RELEASES.flatMap(({ abi }) => abi.natives ?? []);
  const natives = MODULES.flatMap((name) => {
    const module = readModule(name);
    return module.functions
      .filter((definition) => definition.body === undefined)
      .map((definition) => `0x1::${name}::${identifier(module, module.functionHandles[definition.handle]?.name)}`);
  });
  // The instructions of std::vector are declared like natives and are none.
  const instructions = ['empty', 'length', 'borrow', 'push_back', 'borrow_mut', 'pop_back', 'destroy_empty', 'swap'];
  const unknown = natives.filter((native) => !known.includes(native));
  expect(unknown.sort()).toEqual(instructions.map((instruction) => `0x1::vector::${instruction}`).sort());
});

/** Functions of the module that differ from the release's and are known to. */
function exceptions(release: string, module: string): readonly string[] {
  const prefix = `${module}::`;
  const different = Object.keys(DIFFERENCES).filter((key) => key.startsWith(prefix));
  const younger = release === '1.33' ? (YOUNGER_THAN_1_33[module] ?? []) : [];
  return [...different.map((key) => key.slice(prefix.length)), ...younger];
}

function readFace(name: string): ModuleFace {
  const module = readModule(name);
  const structs = module.structs.map((definition) => {
    const handle = module.structHandles[definition.handle];
    if (handle === undefined) throw new Error('a struct without a handle');
    const face: StructFace = {
      abilities: abilityNames(handle.abilities),
      typeParameters: handle.typeParameters.map(({ constraints, isPhantom }) =>
        `${isPhantom ? 'phantom ' : ''}${abilityNames(constraints).join(' + ')}`.trim(),
      ),
    };
    return [identifier(module, handle.name), face] as const;
  });
  const abi = JSON.parse(readFileSync(path.join(BYTECODE_DIR, `${name}.abi.json`), 'utf8')) as AbiFile;
  const functions = abi.exposed_functions.map((exposed) => {
    const face: FunctionFace = {
      visibility: exposed.visibility,
      entry: exposed.is_entry,
      view: exposed.is_view,
      typeParameters: exposed.generic_type_params.map(({ constraints }) => constraints.join(' + ')),
      parameters: exposed.params,
      returns: exposed.return,
    };
    return [exposed.name, face] as const;
  });
  return { structs: Object.fromEntries(structs), functions: Object.fromEntries(functions) };
}

function readModule(name: string): CompiledModule {
  return decodeModule(readBytecode(name));
}

function readBytecode(name: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(BYTECODE_DIR, `${name}.mv`)));
}

function readAptosAbi(release: string): AptosAbi {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'aptos', `abi-${release}.json`), 'utf8')) as AptosAbi;
}

/** The entries of `record` that `like` has too. */
function pick<T>(record: Readonly<Record<string, T>>, like: Readonly<Record<string, unknown>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key in like));
}

function abilityNames(set: AbilitySet): string[] {
  return Object.entries(Ability)
    .filter(([, bit]) => (set & bit) !== 0)
    .map(([name]) => name);
}

function identifier(module: CompiledModule, index: number | undefined): string {
  const name = index === undefined ? undefined : module.identifiers[index];
  if (name === undefined) throw new Error('an index that leads nowhere');
  return name;
}
