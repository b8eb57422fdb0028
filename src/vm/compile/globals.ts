// Global storage: compiled code looks into the cache of resources (`layout.ts`), then asks the host, which is told where it is called from.

import type { NominalType } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { ValType } from '../wasm/opcodes.ts';
import { type Access, emitAccessCheck } from './access-rules.ts';
import { emitResourceCheck } from './dispatch.ts';
import type { FunctionContext } from './function-context.ts';

const { i32 } = ValType;
const MISSING_DATA = 'MISSING_DATA';
/** Scratch local for the account of the instruction. */
const ACCOUNT = 0;

export function emitBorrowGlobal(context: FunctionContext, type: NominalType, mutable: boolean): void {
  context.pop();
  emitResourceCheck(context, type.module);
  context.enterHost(context.site(MISSING_DATA));
  checkAccount(context, mutable ? 'writes' : 'reads', type);
  callResource(context, mutable ? 'borrowGlobalMut' : 'borrowGlobal', type);
  context.push(context.unit.types.reference(type, mutable));
}

export function emitExists(context: FunctionContext, type: NominalType): void {
  context.pop();
  emitResourceCheck(context, type.module);
  context.enterHost(context.site(MISSING_DATA));
  checkAccount(context, 'reads', type);
  callResource(context, 'exists', type);
  context.code.i32(0).op(Op.i32Ne);
  context.push(context.unit.types.primitive('bool'));
}

export function emitMoveFrom(context: FunctionContext, type: NominalType): void {
  context.pop();
  context.enterHost(context.site(MISSING_DATA));
  pushEntry(context, type);
  context.code.i32(type.id).call(context.unit.runtime.host('moveFrom', [i32, i32, i32], [i32]));
  emitResourceCheck(context, type.module);
  emitAccessCheck(context, 'writes', type, context.scratch.i32(ACCOUNT));
  context.push(type);
}

/** (signer, value) */
export function emitMoveTo(context: FunctionContext, type: NominalType): void {
  const { code, scratch, unit } = context;
  context.pop();
  context.pop();
  context.enterHost(context.site('RESOURCE_ALREADY_EXISTS'));
  const value = scratch.i32(1);
  code.set(value);
  pushEntry(context, type);
  code
    .get(value)
    .i32(type.id)
    .call(unit.runtime.host('moveTo', [i32, i32, i32, i32], []));
  emitResourceCheck(context, type.module);
  emitAccessCheck(context, 'writes', type, scratch.i32(ACCOUNT));
}

function callResource(
  { code, unit }: FunctionContext,
  operation: 'exists' | 'borrowGlobal' | 'borrowGlobalMut',
  type: NominalType,
): void {
  code.call(unit.runtime.resource(operation, type.id, unit.resource(type)));
}

/** (account) → (account) */
function checkAccount(context: FunctionContext, access: Access, type: NominalType): void {
  if (!context.unit.checksAccess) return;
  const account = context.scratch.i32(ACCOUNT);
  context.code.tee(account);
  emitAccessCheck(context, access, type, account);
}

/** (account) → (account, its cache entry) */
function pushEntry({ code, scratch, unit }: FunctionContext, type: NominalType): void {
  const account = scratch.i32(ACCOUNT);
  code.tee(account);
  unit.runtime.resourceEntry(code, account, unit.resource(type));
}
