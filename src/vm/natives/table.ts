// Which native stands for which function of the framework, of those that the VM always has.

import { shortAddress } from '../../base/ids.ts';
import type { FunctionName } from '../code/loaded-module.ts';
import { AGGREGATOR, AGGREGATOR_FACTORY } from './aggregator.ts';
import { AGGREGATOR_V2 } from './aggregator-v2.ts';
import { BCS, FROM_BCS, UTIL } from './bcs.ts';
import { CODE } from './code.ts';
import { CMP } from './compare.ts';
import { DEBUG } from './debug.ts';
import { ED25519 } from './ed25519.ts';
import { EVENT } from './event.ts';
import { FUNCTION_INFO } from './function-info.ts';
import { APTOS_HASH, HASH } from './hash.ts';
import { MEM } from './mem.ts';
import { TABLE } from './move-table.ts';
import { MULTI_ED25519 } from './multi-ed25519.ts';
import type { Native, NativeSet } from './native.ts';
import { OBJECT } from './object.ts';
import { PERMISSIONED_SIGNER } from './permissioned-signer.ts';
import { RANDOMNESS } from './randomness.ts';
import { CREATE_SIGNER, SIGNER } from './signer.ts';
import { STATE_STORAGE } from './state-storage.ts';
import { STRING } from './string.ts';
import { STRING_UTILS } from './string-utils.ts';
import { TRANSACTION_CONTEXT } from './transaction-context.ts';
import { TYPE_INFO } from './type-info.ts';
import { VECTOR_NATIVES } from './vector.ts';

const FRAMEWORK = '0x1';

export const STANDARD_NATIVES: NativeSet = {
  aggregator: AGGREGATOR,
  aggregator_factory: AGGREGATOR_FACTORY,
  aggregator_v2: AGGREGATOR_V2,
  aptos_hash: APTOS_HASH,
  bcs: BCS,
  cmp: CMP,
  code: CODE,
  create_signer: CREATE_SIGNER,
  debug: DEBUG,
  ed25519: ED25519,
  event: EVENT,
  from_bcs: FROM_BCS,
  function_info: FUNCTION_INFO,
  hash: HASH,
  mem: MEM,
  multi_ed25519: MULTI_ED25519,
  object: OBJECT,
  permissioned_signer: PERMISSIONED_SIGNER,
  randomness: RANDOMNESS,
  signer: SIGNER,
  state_storage: STATE_STORAGE,
  string: STRING,
  string_utils: STRING_UTILS,
  table: TABLE,
  transaction_context: TRANSACTION_CONTEXT,
  type_info: TYPE_INFO,
  util: UTIL,
  vector: VECTOR_NATIVES,
};

export function findNative(natives: NativeSet, { module, name }: FunctionName): Native | undefined {
  if (shortAddress(module.address) !== FRAMEWORK || !Object.hasOwn(natives, module.name)) return undefined;
  const found = natives[module.name];
  return found && Object.hasOwn(found, name) ? found[name] : undefined;
}

/** `0x1::module::function` of every native of the set. */
export function nativeNames(natives: NativeSet): readonly string[] {
  return Object.entries(natives).flatMap(([module, found]) =>
    Object.keys(found).map((name) => `${FRAMEWORK}::${module}::${name}`),
  );
}
