// A Move function with its type arguments filled in, as one WebAssembly function. Calling convention, in this order: a parameter for each
// of the function's (an i32 address where the value stays in memory), an i32 address for each returned value that stays in memory (the
// caller's, to be filled), where the callee's frame begins, and the call state. Values that do not stay in memory are returned as
// WebAssembly results. Natives take no frame and no call state. How function values are called is in `closures.ts`.

import type { ModuleId } from '../bytecode/module.ts';
import type { Type } from '../types/type.ts';
import type { Code } from '../wasm/code.ts';
import { ValType } from '../wasm/opcodes.ts';
import type { AccessRule } from './access-rules.ts';
import type { Scratch } from './values.ts';
import { valType } from './values.ts';

export interface FunctionInstance {
  /** Dense in a unit. */
  readonly id: number;
  readonly module: ModuleId;
  readonly name: string;
  readonly typeArgs: readonly Type[];
  readonly params: readonly Type[];
  readonly returns: readonly Type[];
  readonly isNative: boolean;
  /** While it runs, no module may be entered again (`dispatch.ts`). */
  readonly hasModuleLock: boolean;
  /** Stays as it is when its module is upgraded: public, or said to be. */
  readonly isPersistent: boolean;
  /** What it and all that it calls may do with resources, if it says so. */
  readonly accessRule: AccessRule | undefined;
  /** Gas beyond that of the call instruction. */
  readonly gas: number;
  /** Writes the call; everything that the convention asks for is on the stack. */
  readonly emitCall: (code: Code, scratch: Scratch) => void;
}

/** Nested calls in the upper half, values on the operand stacks of the callers in the lower. */
export const CALL_STATE = { depthShift: 16, heightMask: 0xffff } as const;
/** As many values as the Rust VM's operand stack holds, over all frames. */
export const OPERAND_STACK_MAX = 1024;

/**
 * Bytes of frame that stand for a local, an operand, or a value passed to a call or given back by it. On the engine's own stack each takes 8 at
 * most, while no function is optimised; that stack is about twice as large as all frames may be, and part of it is others'.
 */
export const ENGINE_SLOT_WEIGHT = 6;

export function staysInMemory(type: Type): boolean {
  return type.representation === 'memory';
}

export function wasmSignature(
  params: readonly Type[],
  returns: readonly Type[],
  isNative: boolean,
): { readonly params: readonly ValType[]; readonly results: readonly ValType[] } {
  return {
    params: [
      ...params.map(valType),
      ...returns.filter(staysInMemory).map(() => ValType.i32),
      ...(isNative ? [] : [ValType.i32, ValType.i32]),
    ],
    results: returns.filter((type) => !staysInMemory(type)).map(valType),
  };
}
