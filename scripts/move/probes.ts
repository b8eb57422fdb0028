// Puts probes into compiled Move: calls of natives of the host that note which code runs and that can make one place at a time do something else
// than it says. All mutants of a package are so in one build, and running another one costs no compilation.
//
// A probe takes what is on the operand stack and gives a value of the same type, so it can stand anywhere. Only a statement that is left out needs a
// jump; it begins and ends where the stack is empty.

import { parseAddress } from '../../src/base/ids.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { ModuleDraft } from '../../src/testing/module-draft.ts';
import { at, endsFlow, type IndexInstruction, operandTarget, returnsOf } from '../../src/vm/bytecode/access.ts';
import type {
  CompiledModule,
  FunctionDefinition,
  Instruction,
  LeafKind,
  SignatureToken,
} from '../../src/vm/bytecode/module.ts';
import type { NativeSet } from '../../src/vm/natives/native.ts';
import { host, type Native } from '../../src/vm/natives/native.ts';
import { type FunctionCode, functionCode } from '../../src/vm/verify/function-body.ts';
import { effectOf } from '../../src/vm/verify/stack-usage.ts';
import { verifyModuleAlone } from '../../src/vm/verify/verify.ts';

/** What a mutant does at its place. */
export const MUTATIONS = [
  'condition negated',
  'condition always true',
  'condition always false',
  'result negated',
  'boundary moved',
  '+ for -, - for +',
  '* for /, / for *',
  'constant one more',
  'constant one less',
  'bytes changed',
  'statement left out',
] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** An instruction of a module as it was before probes were put in. */
export interface Place {
  readonly functionName: string;
  readonly offset: number;
}

/** Of what a function asks the host: coverage of what follows, or a mutant at this place. */
export type Probe = Place & ({ readonly kind: 'reach' } | { readonly kind: 'mutant'; readonly mutation: Mutation });

/** A module with probes, which are numbered on from those of other modules. */
export interface ProbedModule {
  readonly module: CompiledModule;
  /** Its probes are those from this number up to, but not including, the other. */
  readonly firstProbe: number;
  readonly endProbe: number;
  /** By index of the instruction, the number of the probe before it that says whether it was reached; none: nothing leads there. Per function. */
  readonly reached: ReadonlyMap<string, readonly (number | undefined)[]>;
}

export interface ProbeOptions {
  readonly coverage: boolean;
  readonly mutants: boolean;
  /** Functions to leave as they are, and instructions whose code is another file's. */
  readonly isLeftOut: (functionName: string, offset: number) => boolean;
}

const PROBE_ADDRESS = parseAddress('0x1');
const PROBE_MODULE = 'probe';
/** Three ways to spoil a condition, numbered one after the other. */
const CONDITION_MUTATIONS: readonly Mutation[] = [
  'condition negated',
  'condition always true',
  'condition always false',
];
const CONSTANT_MUTATIONS: readonly Mutation[] = ['constant one more', 'constant one less'];

const U32: SignatureToken = { kind: 'u32' };
const BOOL: SignatureToken = { kind: 'bool' };
const BYTES: SignatureToken = { kind: 'vector', inner: { kind: 'u8' } };

type Operator = 'lt' | 'le' | 'gt' | 'ge' | 'add' | 'sub' | 'mul' | 'div';
type IntegerKind = 'u8' | 'u64';
const OPERATORS: readonly Operator[] = ['lt', 'le', 'gt', 'ge', 'add', 'sub', 'mul', 'div'];
const BOUNDARY_MOVED: Partial<Readonly<Record<Operator, Operator>>> = { lt: 'le', le: 'lt', gt: 'ge', ge: 'gt' };
const EXCHANGED: Partial<Readonly<Record<Operator, Operator>>> = { add: 'sub', sub: 'add', mul: 'div', div: 'mul' };
const INTEGER_KINDS: readonly IntegerKind[] = ['u8', 'u64'];

/** Name → parameters and result of each probe's function; the probe's number comes last. */
function declarations(): ReadonlyMap<string, readonly [readonly SignatureToken[], readonly SignatureToken[]]> {
  const functions = new Map<string, readonly [readonly SignatureToken[], readonly SignatureToken[]]>([
    ['reach', [[U32], []]],
    ['skips', [[U32], [BOOL]]],
    ['condition', [[BOOL, U32], [BOOL]]],
    ['negated', [[BOOL, U32], [BOOL]]],
    ['bytes', [[BYTES, U32], [BYTES]]],
  ]);
  for (const kind of INTEGER_KINDS) {
    const type: SignatureToken = { kind };
    functions.set(`constant_${kind}`, [[type, U32], [type]]);
    for (const operator of OPERATORS) {
      functions.set(`${operator}_${kind}`, [[type, type, U32], [operator in BOUNDARY_MOVED ? BOOL : type]]);
    }
  }
  return functions;
}

/** The probes of some modules, and which of them act. */
export class Probes {
  readonly all: Probe[] = [];
  /** Number of the mutant that acts; none does: -1. */
  active = -1;
  /** By number, whether the probe was met since `forget`. */
  met = new Uint8Array(0);
  /** Mutants that the verifier would not let pass: leaving the statement out breaks a rule of Move. */
  impossible = 0;
  readonly #declared = declarations();

  /** The module that probes call. */
  probeModule(): Uint8Array<ArrayBuffer> {
    const draft = new ModuleDraft(PROBE_MODULE, 7, PROBE_ADDRESS);
    for (const [name, [parameters, returns]] of this.#declared) {
      draft.function(name, { parameters, returns, visibility: 'public' });
    }
    return assembleModule(draft.build());
  }

  /** Forgets what was met. To be called before the first run, too. */
  forget(): void {
    if (this.met.length < this.all.length) this.met = new Uint8Array(this.all.length);
    else this.met.fill(0);
  }

  /** The module with probes. */
  insert(module: CompiledModule, options: ProbeOptions): ProbedModule {
    const linked = new Linked(module, this.#declared);
    const firstProbe = this.all.length;
    const reached = new Map<string, readonly (number | undefined)[]>();
    for (const [index, definition] of module.functions.entries()) {
      const code = functionCode(module, index, definition);
      const name = functionName(module, definition);
      if (code === undefined || options.isLeftOut(name, 0)) continue;
      const probed = new ProbedFunction(this, linked, code, name, options);
      linked.replaceCode(index, probed.code());
      if (options.coverage) reached.set(name, probed.reachedBy);
      if (options.mutants) this.#insertSkips(linked, index, probed);
    }
    return { module: linked.module, firstProbe, endProbe: this.all.length, reached };
  }

  add(probe: Probe): number {
    this.all.push(probe);
    return this.all.length - 1;
  }

  /** The number under which the mutant's place is met: mutants of one place follow each other, and the first speaks for all. */
  base(probe: number): number {
    const { functionName, offset } = at(this.all, probe);
    let first = probe;
    for (;;) {
      const before = this.all[first - 1];
      const isSame = before?.kind === 'mutant' && before.functionName === functionName && before.offset === offset;
      if (!isSame || isOnlyOne(before) || isOnlyOne(at(this.all, first))) return first;
      first -= 1;
    }
  }

  /** What probes do. */
  natives(): NativeSet {
    const meet = (probe: number): void => {
      this.met[probe] = 1;
    };
    const functions: Record<string, Native> = {
      reach: free(() => meet),
      skips: free(() => (probe: number) => {
        meet(probe);
        return this.active === probe ? 1 : 0;
      }),
      condition: free(() => (value: number, probe: number) => {
        meet(probe);
        const way = this.active - probe;
        return way === 0 ? 1 - value : way === 1 ? 1 : way === 2 ? 0 : value;
      }),
      negated: free(() => (value: number, probe: number) => {
        meet(probe);
        return this.active === probe ? 1 - value : value;
      }),
      bytes: free((native) => (place: number, probe: number, result: number) => {
        meet(probe);
        const bytes = native.readVector(place);
        native.writeVector(result, this.active === probe ? changed(bytes) : bytes);
      }),
    };
    for (const kind of INTEGER_KINDS) {
      const from = (value: number | bigint): bigint => BigInt.asUintN(64, BigInt(value));
      const to = (value: bigint): number | bigint => (kind === 'u64' ? BigInt.asIntN(64, value) : Number(value));
      const max = kind === 'u64' ? (1n << 64n) - 1n : 255n;
      functions[`constant_${kind}`] = free((native) => (value: number | bigint, probe: number) => {
        meet(probe);
        const way = this.active - probe;
        const result = from(value) + (way === 0 ? 1n : way === 1 ? -1n : 0n);
        return result < 0n || result > max ? native.fail('ARITHMETIC_ERROR') : to(result);
      });
      for (const operator of OPERATORS) {
        functions[`${operator}_${kind}`] = free((native) => (x: number | bigint, y: number | bigint, probe: number) => {
          meet(probe);
          const acting = this.active === probe ? (BOUNDARY_MOVED[operator] ?? EXCHANGED[operator]) : operator;
          const result = compute(acting ?? operator, from(x), from(y));
          if (typeof result === 'boolean') return result ? 1 : 0;
          return result === undefined || result < 0n || result > max ? native.fail('ARITHMETIC_ERROR') : to(result);
        });
      }
    }
    return { [PROBE_MODULE]: functions };
  }

  /** Leaves out statements one by one, as far as the verifier lets them. */
  #insertSkips(linked: Linked, index: number, probed: ProbedFunction): void {
    for (const statement of probed.statements()) {
      const probe = this.add({
        kind: 'mutant',
        mutation: 'statement left out',
        functionName: probed.name,
        offset: statement.last,
      });
      const before = linked.module;
      probed.skips.set(statement.first, { end: statement.last + 1, probe });
      linked.replaceCode(index, probed.code());
      if (isVerified(linked.module)) continue;
      linked.module = before;
      probed.skips.delete(statement.first);
      this.all.pop();
      this.impossible += 1;
    }
  }
}

/** A module whose tables name the probes' functions. */
class Linked {
  module: CompiledModule;
  readonly #handles = new Map<string, number>();

  constructor(module: CompiledModule, declared: ReturnType<typeof declarations>) {
    const draft = new ModuleDraft();
    for (const table of TABLES) {
      draft[table].length = 0;
      (draft[table] as unknown[]).push(...module[table]);
    }
    const probe = draft.module(PROBE_MODULE, PROBE_ADDRESS);
    for (const [name, [parameters, returns]] of declared) {
      this.#handles.set(name, draft.functionHandle(probe, name, { parameters, returns }));
    }
    this.module = { ...module, ...Object.fromEntries(TABLES.map((table) => [table, draft[table]])) };
  }

  call(name: string, probe: number): readonly Instruction[] {
    return [
      { op: 'ldU32', value: probe },
      { op: 'call', index: this.#handles.get(name) ?? -1 },
    ];
  }

  replaceCode(index: number, code: readonly Instruction[]): void {
    const functions = this.module.functions.map((definition, i) =>
      i === index && definition.body ? { ...definition, body: { ...definition.body, code } } : definition,
    );
    this.module = { ...this.module, functions };
  }
}
const TABLES = [
  'moduleHandles',
  'structHandles',
  'functionHandles',
  'signatures',
  'identifiers',
  'addresses',
] as const satisfies readonly (keyof CompiledModule & keyof ModuleDraft)[];

interface Statement {
  readonly first: number;
  readonly last: number;
}

/** One function's code, and what stands before, in place of and after each of its instructions. */
class ProbedFunction {
  readonly name: string;
  readonly reachedBy: (number | undefined)[] = [];
  /** By first instruction of a statement, where it ends. */
  readonly skips = new Map<number, { readonly end: number; readonly probe: number }>();
  readonly #linked: Linked;
  readonly #old: FunctionCode;
  readonly #before = new Map<number, readonly Instruction[]>();
  readonly #instead = new Map<number, readonly Instruction[]>();
  readonly #blockStarts: ReadonlySet<number>;
  readonly #reachable: ReadonlySet<number>;

  constructor(probes: Probes, linked: Linked, old: FunctionCode, name: string, options: ProbeOptions) {
    this.name = name;
    this.#linked = linked;
    this.#old = old;
    this.#blockStarts = blockStarts(old.code);
    this.#reachable = reachable(old.code);
    if (options.coverage) this.#addReach(probes);
    if (options.mutants) this.#addMutants(probes, options);
  }

  /** With all probes. */
  code(): readonly Instruction[] {
    const code: Instruction[] = [];
    const starts: number[] = [];
    const skips: { readonly at: number; readonly end: number }[] = [];
    for (const [offset, instruction] of this.#old.code.entries()) {
      starts.push(code.length);
      code.push(...(this.#before.get(offset) ?? []));
      const skip = this.skips.get(offset);
      if (skip) {
        code.push(...this.#linked.call('skips', skip.probe));
        skips.push({ at: code.length, end: skip.end });
        code.push({ op: 'brTrue', target: 0 });
      }
      code.push(...(this.#instead.get(offset) ?? [instruction]));
    }
    const isSkip = new Map(skips.map(({ at: offset, end }) => [offset, end]));
    return code.map((instruction, offset) => {
      if (!('target' in instruction)) return instruction;
      return { ...instruction, target: at(starts, isSkip.get(offset) ?? instruction.target) };
    });
  }

  /** From an empty stack to an empty stack, within a block, ending in something done rather than in a local. */
  statements(): readonly Statement[] {
    const found: Statement[] = [];
    let height = 0;
    let first = 0;
    for (const [offset, instruction] of this.#old.code.entries()) {
      if (height === 0 || this.#blockStarts.has(offset)) first = offset;
      const [pops, pushes] = effectOf(this.#old, instruction);
      height += pushes - pops;
      if (height === 0 && this.#reachable.has(offset) && this.#isDone(instruction) && !this.#isCleaning(first, offset))
        found.push({ first, last: offset });
    }
    return found;
  }

  /** A local that is taken and thrown away: the compiler does so when a reference has been used for the last time. */
  #isCleaning(first: number, last: number): boolean {
    return last === first + 1 && this.#old.code[first]?.op === 'moveLoc' && this.#old.code[last]?.op === 'pop';
  }

  #isDone(instruction: Instruction): boolean {
    if (instruction.op === 'call' || instruction.op === 'callGeneric') return this.#returns(instruction).length === 0;
    return ['writeRef', 'pop', 'vecPushBack', 'vecSwap', 'moveTo', 'moveToGeneric'].includes(instruction.op);
  }

  /** Of a call. */
  #returns(instruction: IndexInstruction): readonly SignatureToken[] {
    const target = operandTarget(this.#old.unit, instruction);
    if (target.kind !== 'function') return [];
    return returnsOf(this.#old.unit, at(this.#old.unit.functionHandles, target.handle));
  }

  /** At the start of every block and after every call: a call may abort. */
  #addReach(probes: Probes): void {
    let probe: number | undefined;
    let isDue = true;
    for (const [offset, { op }] of this.#old.code.entries()) {
      if (!this.#reachable.has(offset)) {
        this.reachedBy.push(undefined);
        isDue = true;
        continue;
      }
      if (isDue || this.#blockStarts.has(offset)) {
        probe = probes.add({ kind: 'reach', functionName: this.name, offset });
        this.#before.set(offset, this.#linked.call('reach', probe));
      }
      this.reachedBy.push(probe);
      isDue = op === 'call' || op === 'callGeneric';
    }
  }

  #addMutants(probes: Probes, options: ProbeOptions): void {
    for (const [offset, instruction] of this.#old.code.entries()) {
      if (!this.#reachable.has(offset) || options.isLeftOut(this.name, offset)) continue;
      const mutants = (...mutations: readonly Mutation[]): number => {
        const numbers = mutations.map((mutation) =>
          probes.add({ kind: 'mutant', mutation, functionName: this.name, offset }),
        );
        return numbers[0] ?? -1;
      };
      const replaced = this.#mutated(offset, instruction, mutants);
      if (replaced) this.#instead.set(offset, replaced);
    }
  }

  #mutated(
    offset: number,
    instruction: Instruction,
    mutants: (...mutations: readonly Mutation[]) => number,
  ): readonly Instruction[] | undefined {
    const call = (name: string, ...mutations: readonly Mutation[]): readonly Instruction[] =>
      this.#linked.call(name, mutants(...mutations));
    switch (instruction.op) {
      case 'brTrue':
      case 'brFalse':
        if (isEndless(this.#old.code, offset)) return undefined;
        return [...call('condition', ...CONDITION_MUTATIONS), instruction];
      case 'eq':
      case 'neq':
      case 'not': {
        // As a condition it is mutated where the branch is.
        const next = this.#old.code[offset + 1]?.op;
        if (next === 'brTrue' || next === 'brFalse' || next === 'not') return undefined;
        return [instruction, ...call('negated', 'result negated')];
      }
      case 'ldTrue':
      case 'ldFalse':
        if (isEndless(this.#old.code, offset + 1)) return undefined;
        return [instruction, ...call('negated', 'result negated')];
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge': {
        const kind = this.#integerKind(offset - 1);
        return kind && call(`${instruction.op}_${kind}`, 'boundary moved');
      }
      case 'add':
      case 'sub': {
        const kind = this.#integerKind(offset - 1);
        return kind && call(`${instruction.op}_${kind}`, '+ for -, - for +');
      }
      case 'mul':
      case 'div': {
        const kind = this.#integerKind(offset - 1);
        return kind && call(`${instruction.op}_${kind}`, '* for /, / for *');
      }
      case 'ldU8':
      case 'ldU64': {
        const kind = instruction.op === 'ldU8' ? 'u8' : 'u64';
        const mutations = BigInt(instruction.value) === 0n ? CONSTANT_MUTATIONS.slice(0, 1) : CONSTANT_MUTATIONS;
        return [instruction, ...call(`constant_${kind}`, ...mutations)];
      }
      case 'ldConst': {
        const { type } = at(this.#old.unit.constants, instruction.index);
        if (type.kind !== 'vector' || type.inner.kind !== 'u8') return undefined;
        return [instruction, ...call('bytes', 'bytes changed')];
      }
      default:
        return undefined;
    }
  }

  /** The type of what the instruction leaves on the stack, if it is one that probes know. */
  #integerKind(offset: number): IntegerKind | undefined {
    const type = this.#typeAfter(offset);
    return type === 'u8' || type === 'u64' ? type : undefined;
  }

  #typeAfter(offset: number): LeafKind | undefined {
    const instruction = this.#old.code[offset];
    if (instruction === undefined) return undefined;
    switch (instruction.op) {
      case 'ldU8':
      case 'castU8':
        return 'u8';
      case 'ldU64':
      case 'castU64':
      case 'vecLen':
        return 'u64';
      case 'copyLoc':
      case 'moveLoc':
        return leaf(at(this.#old.locals, instruction.local));
      case 'call':
      case 'callGeneric':
        return leaf(this.#returns(instruction).at(-1));
      case 'readRef':
        return leaf(this.#typeBehind(offset - 1));
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
      case 'mod':
        return this.#typeAfter(offset - 1);
      default:
        return undefined;
    }
  }

  /** What the reference points at that the instruction leaves on the stack. */
  #typeBehind(offset: number): SignatureToken | undefined {
    const instruction = this.#old.code[offset];
    const { unit } = this.#old;
    if (instruction === undefined || unit.kind === 'script') return undefined;
    let reference: SignatureToken | undefined;
    if (instruction.op === 'copyLoc' || instruction.op === 'moveLoc') {
      reference = this.#old.locals[instruction.local];
    } else if (instruction.op === 'call' || instruction.op === 'callGeneric') {
      reference = this.#returns(instruction).at(-1);
    } else if (instruction.op === 'immBorrowField' || instruction.op === 'mutBorrowField') {
      const { owner, field } = at(unit.fieldHandles, instruction.index);
      const { layout } = at(unit.structs, owner);
      return layout.kind === 'struct' ? at(layout.fields, field).type : undefined;
    } else if (instruction.op === 'vecImmBorrow' || instruction.op === 'vecMutBorrow') {
      return at(at(unit.signatures, instruction.type), 0);
    }
    return reference && 'inner' in reference ? reference.inner : undefined;
  }
}

function leaf(type: SignatureToken | undefined): LeafKind | undefined {
  return type === undefined || 'inner' in type || !INTEGER_KINDS.includes(type.kind as IntegerKind)
    ? undefined
    : (type.kind as LeafKind);
}

function functionName(module: CompiledModule, { handle }: FunctionDefinition): string {
  return at(module.identifiers, at(module.functionHandles, handle).name);
}

function blockStarts(code: readonly Instruction[]): ReadonlySet<number> {
  const starts = new Set([0]);
  for (const [offset, instruction] of code.entries()) {
    if ('target' in instruction) starts.add(instruction.target);
    if ('target' in instruction || endsFlow(instruction)) starts.add(offset + 1);
  }
  return starts;
}

/** The compiler begins every loop with a condition that is always true; what the other way leads to is never run. */
function isEndless(code: readonly Instruction[], offset: number): boolean {
  const op = code[offset]?.op;
  return (op === 'brFalse' || op === 'brTrue') && code[offset - 1]?.op === 'ldTrue';
}

/** The instructions that something leads to. */
function reachable(code: readonly Instruction[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [0];
  for (let offset = open.pop(); offset !== undefined; offset = open.pop()) {
    const instruction = code[offset];
    if (instruction === undefined || found.has(offset)) continue;
    found.add(offset);
    const endless = isEndless(code, offset) ? instruction.op : undefined;
    if ('target' in instruction && endless !== 'brFalse') open.push(instruction.target);
    if (!endsFlow(instruction) && endless !== 'brTrue') open.push(offset + 1);
  }
  return found;
}

function isOnlyOne(probe: Probe): boolean {
  if (probe.kind === 'reach') return true;
  return !CONDITION_MUTATIONS.includes(probe.mutation) && !CONSTANT_MUTATIONS.includes(probe.mutation);
}

function isVerified(module: CompiledModule): boolean {
  try {
    verifyModuleAlone(module);
    return true;
  } catch {
    return false;
  }
}

function free(bind: Extract<Native, { kind: 'host' }>['bind']): Native {
  return host(() => 0, bind);
}

function changed(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return new Uint8Array([0]);
  const copy = bytes.slice();
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
}

/** Undefined where Move has no result. */
function compute(operator: Operator, a: bigint, b: bigint): boolean | bigint | undefined {
  switch (operator) {
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0n ? undefined : a / b;
  }
}
