// What translating a function needs from the unit it is part of.

import type { ClosureShapes } from '../code/closure-shapes.ts';
import type { FunctionName, LoadedModule } from '../code/loaded-module.ts';
import type { TraceHooks } from '../debug/trace-hooks.ts';
import type { GasSchedule } from '../gas.ts';
import type { VmLimits } from '../limits.ts';
import type { FunctionType, Type } from '../types/type.ts';
import type { TypeTable } from '../types/type-table.ts';
import type { ModuleBuilder } from '../wasm/module-builder.ts';
import type { AccessRule } from './access-rules.ts';
import type { Thunk } from './closures.ts';
import type { FunctionContext } from './function-context.ts';
import type { FunctionInstance } from './function-instance.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import type { TypeFunctions } from './type-functions.ts';
import type { WideIntegers } from './wide-integers.ts';

export interface UnitContext {
  readonly builder: ModuleBuilder;
  readonly types: TypeTable;
  readonly gas: GasSchedule;
  readonly limits: VmLimits;
  readonly runtime: RuntimeFunctions;
  readonly typeFunctions: TypeFunctions;
  readonly wide: WideIntegers;
  readonly module: (name: FunctionName['module']) => LoadedModule;
  readonly closures: ClosureShapes;
  /** Whether a function value may be called while the unit runs: then the modules entered are counted (`dispatch.ts`). */
  readonly dispatches: boolean;
  /** Whether an access rule may be in force while the unit runs. */
  readonly checksAccess: boolean;
  /** Of a unit that is traced. */
  readonly trace: TraceHooks | undefined;
  /** A function to call; it is compiled later if it was not yet. */
  function(name: FunctionName, typeArgs: readonly Type[]): FunctionInstance;
  /** Writes a small function's code in the place of a call, with all on the stack that a call takes. Whether it did: it may not be done. */
  inline(caller: FunctionContext, callee: FunctionInstance): boolean;
  /** What calls the function when the parameters in `mask` come out of a function value. */
  thunk(name: FunctionName, typeArgs: readonly Type[], mask: bigint): Thunk;
  /** A number for a place that can end the run with `status`. */
  site(instance: FunctionInstance, offset: number, status: string): number;
  /** A number for what a block does to the operand stack: `offsets[n]` is the instruction that first leaves n + 1 values. */
  heights(instance: FunctionInstance, offsets: readonly number[]): number;
  /** The type's number among the resource types that the unit works on. */
  resource(type: Type): number;
  /** The type's number among the types of function values that the unit calls. */
  functionType(type: FunctionType): number;
  /** The rule's number in the unit. */
  accessRule(rule: AccessRule): number;
  /** Makes the host able to encode and decode values of the type. Gives the type's id. */
  codec(type: Type): number;
}
