// Code that a traced unit has beside what it does: before each instruction it puts the operand stack into exported globals, calls the host, and
// puts it back. It uses no local, no frame and no gas, so a traced run ends as any other. Units that are not traced have none of it.

import type { FunctionContext } from '../compile/function-context.ts';
import type { FunctionInstance } from '../compile/function-instance.ts';
import type { RuntimeFunctions } from '../compile/runtime-functions.ts';
import { valType } from '../compile/values.ts';
import type { Type } from '../types/type.ts';
import { ValType } from '../wasm/opcodes.ts';

/** An instruction that is about to run, and the types of what is on its function's operand stack, bottom first. */
export interface TracePoint {
  readonly instance: FunctionInstance;
  readonly offset: number;
  readonly operands: readonly Type[];
}

/** What the host needs to follow a traced unit. */
export interface TraceTable {
  readonly functions: readonly FunctionInstance[];
  readonly points: readonly TracePoint[];
}

/** Host functions of a traced unit: (function, call state) and (point, call state). */
export const TRACE_ENTER = 'traceEnter';
export const TRACE_STEP = 'traceStep';

const { i32, i64 } = ValType;

export class TraceHooks implements TraceTable {
  readonly functions: FunctionInstance[] = [];
  readonly points: TracePoint[] = [];
  readonly #runtime: RuntimeFunctions;
  readonly #globals = new Map<string, number>();
  readonly #hasCodec: (type: Type) => void;

  /** `hasCodec` makes the host able to encode values of a type. */
  constructor(runtime: RuntimeFunctions, hasCodec: (type: Type) => void) {
    this.#runtime = runtime;
    this.#hasCodec = hasCodec;
  }

  /** At the start of a function, before anything can end the run. */
  enter({ code, instance, callState }: FunctionContext): void {
    this.functions.push(instance);
    code
      .i32(this.functions.length - 1)
      .get(callState)
      .call(this.#runtime.host(TRACE_ENTER, [i32, i32], []));
  }

  /** Before the instruction at `context.offset`. */
  before({ code, instance, offset, stack, callState }: FunctionContext): void {
    const operands = [...stack];
    for (const type of operands) if (isShown(type)) this.#hasCodec(type.kind === 'reference' ? type.inner : type);
    this.points.push({ instance, offset, operands });
    const held = operands.map((type, height) => this.#global(height, valType(type)));
    for (const global of [...held].reverse()) code.globalSet(global);
    code
      .i32(this.points.length - 1)
      .get(callState)
      .call(this.#runtime.host(TRACE_STEP, [i32, i32], []));
    for (const global of held) code.globalGet(global);
  }

  #global(height: number, type: ValType): number {
    const name = operandGlobal(height, type === i64);
    let global = this.#globals.get(name);
    if (global === undefined) {
      global = this.#runtime.builder.global(type, name);
      this.#globals.set(name, global);
    }
    return global;
  }
}

/** Name of the exported global that an operand waits in. */
export function operandGlobal(height: number, isWide: boolean): string {
  return `operand${height}${isWide ? 'l' : 'i'}`;
}

const shownTypes = new WeakMap<Type, boolean>();

/** Function values, and what holds one, are told by their type alone. */
export function isShown(type: Type): boolean {
  let shown = shownTypes.get(type);
  if (shown === undefined) {
    shown = partsOf(type).every(isShown) && type.kind !== 'function';
    shownTypes.set(type, shown);
  }
  return shown;
}

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'reference':
      return [type.inner];
    case 'vector':
      return [type.element];
    case 'struct':
      return type.fields.map((field) => field.type);
    case 'enum':
      return type.variants.flatMap(({ fields }) => fields.map((field) => field.type));
    default:
      return [];
  }
}
