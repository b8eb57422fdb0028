// The host's side of a traced run: keeps the call stack, reads the operands of each instruction, and tells them.

import type { Bytes } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import type { StateView } from '../../base/state.ts';
import { moduleKey } from '../bytecode/access.ts';
import type { CompiledModule, Instruction, ModuleId } from '../bytecode/module.ts';
import { isScript, SCRIPT_ID } from '../code/script-module.ts';
import { CALL_STATE, type FunctionInstance } from '../compile/function-instance.ts';
import { type Json, valueToJson } from '../json.ts';
import type { CodeLocation } from '../run.ts';
import { type Type, tagOf } from '../types/type.ts';
import { formatInstruction } from './instruction-text.ts';
import {
  type StackFrame,
  TRACE_STEPS_MAX,
  TRACE_VALUE_BYTES_MAX,
  type TracedValue,
  type TraceOptions,
  type TraceStep,
} from './trace.ts';
import { isShown, type TraceTable } from './trace-hooks.ts';

/** What the tracer needs of the machine, while a traced unit runs. */
export interface TracedMachine {
  /** What the operand at this height is, as WebAssembly has it. */
  operand(height: number, isWide: boolean): number | bigint;
  /** BCS of the value at an address, if it is no longer than `sizeMax`. Leaves gas and memory as they were. */
  inspect(type: Type, address: number, sizeMax: number): Bytes | undefined;
}

interface Frame {
  readonly instance: FunctionInstance;
  offset: number;
}

export class Tracer {
  steps = 0;
  readonly #view: StateView;
  readonly #options: TraceOptions;
  readonly #moduleOf: (id: ModuleId) => CompiledModule;
  readonly #frames: Frame[] = [];
  readonly #bodies = new Map<string, readonly Instruction[]>();

  constructor(view: StateView, options: TraceOptions, moduleOf: (id: ModuleId) => CompiledModule) {
    this.#view = view;
    this.#options = options;
    this.#moduleOf = moduleOf;
  }

  enter(instance: FunctionInstance, callState: number): void {
    this.#frames.length = callState >>> CALL_STATE.depthShift;
    this.#frames.push({ instance, offset: 0 });
  }

  step({ points }: TraceTable, index: number, callState: number, machine: TracedMachine): void {
    const point = points[index];
    if (point === undefined) return;
    const depth = callState >>> CALL_STATE.depthShift;
    this.#frames.length = depth + 1;
    const frame = this.#frames[depth];
    if (frame) frame.offset = point.offset;
    this.steps++;
    const { onStep, stepsMax = TRACE_STEPS_MAX } = this.#options;
    if (onStep === undefined || this.steps > stepsMax) return;
    const { instance, offset, operands } = point;
    const step: TraceStep = {
      module: placeOf(instance.module),
      function: instance.name,
      typeArgs: instance.typeArgs.map(({ name }) => name),
      depth,
      offset,
      instruction: this.#instruction(instance, offset),
      operands: operands.map((type, height) => this.#value(type, height, machine)),
      ...this.#source(instance, offset),
    };
    onStep(step);
  }

  /** The functions under way, innermost first, when the run stopped at `location`. */
  stack(location: CodeLocation | undefined): readonly StackFrame[] {
    const frames: StackFrame[] = this.#frames.map(({ instance, offset }) => this.#frame(instance, offset));
    const last = this.#frames.at(-1);
    if (location && last) {
      const { name, typeArgs } = last.instance;
      const module = location.module === 'script' ? SCRIPT_ID : location.module;
      if (moduleKey(module) === moduleKey(last.instance.module) && name === location.function) {
        frames[frames.length - 1] = this.#frame({ module, name, typeArgs }, location.offset);
      } else {
        frames.push(this.#frame({ module, name: location.function, typeArgs: [] }, location.offset));
      }
    }
    return frames.reverse();
  }

  #frame(
    { module, name, typeArgs }: Pick<FunctionInstance, 'module' | 'name' | 'typeArgs'>,
    offset: number,
  ): StackFrame {
    const source = this.#source({ module, name }, offset);
    return { module: placeOf(module), function: name, typeArgs: typeArgs.map((type) => type.name), offset, ...source };
  }

  #source({ module, name }: Pick<FunctionInstance, 'module' | 'name'>, offset: number): Pick<StackFrame, 'source'> {
    const source = this.#options.sources?.locate(module, this.#moduleOf(module), name, offset);
    return source ? { source } : {};
  }

  #instruction({ module, name }: FunctionInstance, offset: number): string {
    const key = `${moduleKey(module)}::${name}`;
    let body = this.#bodies.get(key);
    if (body === undefined) {
      body = bodyOf(this.#moduleOf(module), name);
      this.#bodies.set(key, body);
    }
    const instruction = body[offset];
    if (instruction === undefined) return '?';
    const compiled = this.#moduleOf(module);
    return formatInstruction(compiled, instruction, (index) =>
      this.#options.sources?.local(module, compiled, name, index),
    );
  }

  #value(type: Type, height: number, machine: TracedMachine): TracedValue {
    const told = { type: type.name };
    if (!isShown(type)) return told;
    const operand = machine.operand(height, type.representation === 'i64');
    const target = type.kind === 'reference' ? type.inner : type;
    const sizeMax = this.#options.valueBytesMax ?? TRACE_VALUE_BYTES_MAX;
    const isPlace = type.kind === 'reference' || type.representation === 'memory';
    const bytes = isPlace ? machine.inspect(target, Number(operand), sizeMax) : scalarBytes(type, operand);
    if (bytes === undefined) return told;
    const value = this.#json(target, bytes);
    return value === undefined ? told : { ...told, value };
  }

  /** Nothing for what is no value of its kind although its bytes are: a String being made of bytes that are not UTF-8. */
  #json(type: Type, bytes: Bytes): Json | undefined {
    try {
      return valueToJson(this.#view, tagOf(type), bytes);
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }
}

function placeOf(module: ModuleId): CodeLocation['module'] {
  return isScript(module) ? 'script' : module;
}

function scalarBytes(type: Type, value: number | bigint): Bytes {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  if (typeof value === 'bigint') view.setBigUint64(0, BigInt.asUintN(64, value), true);
  else view.setUint32(0, value >>> 0, true);
  return bytes.slice(0, type.size);
}

function bodyOf(module: CompiledModule, name: string): readonly Instruction[] {
  const found = module.functions.find(({ handle }) => {
    const { name: index } = module.functionHandles[handle] ?? { name: -1 };
    return module.identifiers[index] === name;
  });
  return found?.body?.code ?? [];
}
