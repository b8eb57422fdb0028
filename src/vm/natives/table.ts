// Which native stands for which function of the framework.

import { shortAddress } from '../../base/ids.ts';
import type { FunctionName } from '../code/loaded-module.ts';
import { BCS, FROM_BCS, UTIL } from './bcs.ts';
import { CODE } from './code.ts';
import { ED25519 } from './ed25519.ts';
import { EVENT } from './event.ts';
import { APTOS_HASH, HASH } from './hash.ts';
import { MEM } from './mem.ts';
import { TABLE } from './move-table.ts';
import type { Native, NativeModule } from './native.ts';
import { OBJECT } from './object.ts';
import { CREATE_SIGNER, SIGNER } from './signer.ts';
import { STRING } from './string.ts';
import { TRANSACTION_CONTEXT } from './transaction-context.ts';
import { TYPE_INFO } from './type-info.ts';
import { VECTOR_NATIVES } from './vector.ts';

const FRAMEWORK = '0x1';

const MODULES: Readonly<Record<string, NativeModule>> = {
  aptos_hash: APTOS_HASH,
  bcs: BCS,
  code: CODE,
  create_signer: CREATE_SIGNER,
  ed25519: ED25519,
  event: EVENT,
  from_bcs: FROM_BCS,
  hash: HASH,
  mem: MEM,
  object: OBJECT,
  signer: SIGNER,
  string: STRING,
  table: TABLE,
  transaction_context: TRANSACTION_CONTEXT,
  type_info: TYPE_INFO,
  util: UTIL,
  vector: VECTOR_NATIVES,
};

export function findNative({ module, name }: FunctionName): Native | undefined {
  if (shortAddress(module.address) !== FRAMEWORK || !Object.hasOwn(MODULES, module.name)) return undefined;
  const natives = MODULES[module.name];
  return natives && Object.hasOwn(natives, name) ? natives[name] : undefined;
}

/** `0x1::module::function` of every native that this VM has. */
export function nativeNames(): readonly string[] {
  return Object.entries(MODULES).flatMap(([module, natives]) =>
    Object.keys(natives).map((name) => `${FRAMEWORK}::${module}::${name}`),
  );
}
