// What a traced run tells: every instruction with the operand stack that it meets, and where a run stopped, through all its callers. See docs/vm.md.

import { formatModuleId } from '../code/code-world.ts';
import type { Json } from '../json.ts';
import type { CodeLocation, RunResult } from '../run.ts';
import type { SourceMaps, SourcePosition } from './source-maps.ts';

/** A value on the operand stack. */
export interface TracedValue {
  /** As in Move's error messages; references with `&`. */
  readonly type: string;
  /** As Aptos's REST API shows it; for a reference what it points at. Absent where it is too large, or a function value. */
  readonly value?: Json;
}

/** An instruction that is about to run. */
export interface TraceStep {
  readonly module: CodeLocation['module'];
  readonly function: string;
  /** Type arguments of the function. */
  readonly typeArgs: readonly string[];
  /** 0 for the function that was asked for. */
  readonly depth: number;
  readonly offset: number;
  readonly instruction: string;
  /** Bottom first. */
  readonly operands: readonly TracedValue[];
  readonly source?: SourcePosition;
}

/** A function under way when the run stopped. */
export interface StackFrame extends CodeLocation {
  readonly typeArgs: readonly string[];
  readonly source?: SourcePosition;
}

export interface TraceOptions {
  /** Called before every instruction, up to `stepsMax` of them. Without it only the call stack is followed. */
  readonly onStep?: (step: TraceStep) => void;
  readonly sources?: SourceMaps;
  /** The run goes on beyond them, untold. */
  readonly stepsMax?: number;
  /** A larger value is told by its type alone. Bytes of BCS. */
  readonly valueBytesMax?: number;
}

export interface TracedRun {
  /** What `run` gives. */
  readonly result: RunResult;
  /** Where the run stopped, innermost first; empty if it came to its end, or never began. */
  readonly stack: readonly StackFrame[];
  /** Instructions that were run. */
  readonly steps: number;
}

/** A trace that somebody reads is shorter; a loop by mistake ends here and not in memory. */
export const TRACE_STEPS_MAX = 100_000;
export const TRACE_VALUE_BYTES_MAX = 1024;

/** One line: `  0xcafe::basic::sum_to+4 add [3, 5]`, indented by depth. */
export function formatStep({
  module,
  function: name,
  depth,
  offset,
  instruction,
  operands,
  source,
}: TraceStep): string {
  const values = operands.map(({ type, value }) => (value === undefined ? `<${type}>` : formatValue(type, value)));
  const where = source ? `  // ${formatPosition(source)}` : '';
  return `${'  '.repeat(depth)}${label(module, name)}+${offset} ${instruction} [${values.join(', ')}]${where}`;
}

/** One line a frame: `at 0xcafe::basic::fail+3 (sources/basic.move:12:5)`. */
export function formatStack(stack: readonly StackFrame[]): string {
  return stack
    .map(({ module, function: name, offset, source }) => {
      return `at ${label(module, name)}+${offset}${source ? ` (${formatPosition(source)})` : ''}`;
    })
    .join('\n');
}

export function formatPosition({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}

function label(module: CodeLocation['module'], name: string): string {
  return module === 'script' ? module : `${formatModuleId(module)}::${name}`;
}

function formatValue(type: string, value: Json): string {
  const text = typeof value === 'string' && /^[\w:.-]*$/.test(value) ? value : JSON.stringify(value);
  return type.startsWith('&') ? `&${text}` : text;
}
