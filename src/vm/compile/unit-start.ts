// Where the host enters a unit: a function that takes arguments out of memory, calls, and puts results into memory.

import { assert } from '../../base/errors.ts';
import { LoadError } from '../errors.ts';
import type { Type } from '../types/type.ts';
import type { Code } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import { emitEnter, emitLeave } from './dispatch.ts';
import { type FunctionInstance, staysInMemory } from './function-instance.ts';
import { FRAMES_START } from './layout.ts';
import type { UnitContext } from './unit-context.ts';
import { pushAddress, pushFrom, Scratch, valType } from './values.ts';

/** Arguments and results of the entry point lie in memory one after the other, each at a multiple of 8. */
export interface Place {
  readonly type: Type;
  readonly offset: number;
}

export function place(
  types: readonly Type[],
  start: number,
): { readonly places: readonly Place[]; readonly end: number } {
  let end = start;
  const places = types.map((type) => {
    const offset = end;
    end += ((type.kind === 'reference' ? Math.max(type.inner.size, type.size) : type.size) + 7) & ~7;
    return { type, offset };
  });
  return { places, end };
}

/** `main(address of arguments and results)`, and what is like it: what the host calls. */
export function defineStart(
  unit: UnitContext,
  name: string,
  entry: FunctionInstance,
  params: readonly Place[],
  returns: readonly Place[],
): void {
  if (entry.isNative) throw new LoadError('FUNCTION_RESOLUTION_FAILURE', `${entry.name} is native`);
  const start: FunctionRef = unit.builder.declare(name, [ValType.i32], []);
  unit.builder.define(start, (code) => {
    const base = 0;
    for (const { type, offset } of params) {
      if (type.kind === 'reference') pushAddress(code, base, offset);
      else pushFrom(code, type, base, offset);
    }
    for (const { type, offset } of returns) if (staysInMemory(type)) pushAddress(code, base, offset);
    const entered = code.local(ValType.i32);
    if (unit.dispatches) emitEnter(unit, code, entry, 'outside', entered, () => undefined);
    code.i32(FRAMES_START).i32(0);
    entry.emitCall(code, new Scratch(code));
    const scalars = returns.filter(({ type }) => !staysInMemory(type));
    for (const { type, offset } of [...scalars].reverse()) storeResult(code, type, base, offset);
    if (unit.dispatches) emitLeave(unit, code, entry, entered);
  });
  unit.builder.export(name, start);
}

function storeResult(code: Code, type: Type, base: number, offset: number): void {
  const value = code.local(valType(type));
  code.set(value).get(base, value);
  if (type.representation === 'i64') code.mem(MemOp.i64Store, offset);
  else code.mem(MemOp.i32Store, offset);
  assert(type.size <= 8, `${type.name} is no scalar`);
}
