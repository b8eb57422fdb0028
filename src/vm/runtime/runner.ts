// One world's compiled units, and running them: arguments in, status, changes, events and results out.

import { type Bytes, toHex } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import type { StateView } from '../../base/state.ts';
import { encodeStructTag } from '../../base/type-tag.ts';
import type { CompiledModule } from '../bytecode/module.ts';
import type { UnitShelf } from '../cache/unit-cache.ts';
import { ClosureHost, type PlacedThunk } from '../closures/closure-host.ts';
import type { ClosureShape } from '../code/closure-shapes.ts';
import { type CodeWorld, formatModuleId } from '../code/code-world.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import { isScript, loadScript, SCRIPT_FUNCTION } from '../code/script-module.ts';
import { MODULES_COUNTED_MAX } from '../compile/layout.ts';
import { type CompiledUnit, compileClosureUnit, compileUnit, type UnitSource } from '../compile/unit.ts';
import type { Place } from '../compile/unit-start.ts';
import type { TracedRun, TraceOptions } from '../debug/trace.ts';
import { Tracer } from '../debug/tracer.ts';
import { LoadError } from '../errors.ts';
import { GAS_SCALE } from '../gas.ts';
import type { EntryRequest, RunRequest, RunResult, RunStatus, ScriptRequest } from '../run.ts';
import { AccessControl } from './access-control.ts';
import { ArgumentWriter, checkCounts, type Entry, findConstructors } from './arguments.ts';
import { checkAccess, checkParameters, checkTypeArguments } from './call-plan.ts';
import { holdsStructs } from './check-argument.ts';
import { needsCheck } from './check-value.ts';
import { GasBudget } from './gas-budget.ts';
import type { Machine, UnitInstance, UnitWorld } from './machine.ts';
import { refusal, spent, stopped } from './outcome.ts';
import type { RunState } from './run-state.ts';
import { RunStorage } from './run-storage.ts';
import { ScriptUnits } from './script-units.ts';

/** Compiled functions that a world keeps, and types: callers choose type arguments, so there is no end to either. */
const ENTRIES_MAX = 512;
const TYPES_MAX = 16_384;
/** Several times what one run may have; many are small. */
const CLOSURE_UNITS_MAX = 2048;
/** What compiled code counts down from, in internal units. */
const GAS_MAX = (1n << 63n) - 1n;

const EMPTY: Pick<RunResult, 'changes' | 'events' | 'returns'> = { changes: [], events: [], returns: [] };

const NOTHING_SPENT: Pick<RunResult, 'gasUsed' | 'gas'> = { gasUsed: 0n, gas: { execution: 0n, io: 0n } };

export class Runner {
  readonly code: CodeWorld;
  readonly #machine: Machine;
  readonly #arguments: ArgumentWriter;
  /** Units of earlier starts. */
  readonly #shelf: UnitShelf | undefined;
  readonly #entries = new Map<string, Entry>();
  /** Units of functions behind values from storage. */
  readonly #closureUnits = new Map<string, UnitInstance>();
  readonly #scripts: ScriptUnits<Entry>;
  readonly #tracedScripts: ScriptUnits<Entry>;
  readonly #world: UnitWorld;

  constructor(code: CodeWorld, machine: Machine, shelf?: UnitShelf) {
    this.code = code;
    this.#machine = machine;
    this.#arguments = new ArgumentWriter(code, machine);
    this.#shelf = shelf;
    const linker = {
      running: (key: string) => machine.placed(key),
      link: (shape: ClosureShape, key: string) => this.#link(shape, key),
    };
    this.#world = {
      table: new WebAssembly.Table({ element: 'anyfunc', initial: 1 }),
      closures: new ClosureHost(machine, code.types, code.closures, linker),
    };
    const scripts = (isTraced: boolean): ScriptUnits<Entry> =>
      new ScriptUnits(code, (script, typeArgs) => {
        const source = this.#source(isTraced, script);
        const name = { module: script.id, name: SCRIPT_FUNCTION };
        const unit = compileUnit(source, name, typeArgs, findConstructors(code, script, SCRIPT_FUNCTION, typeArgs));
        return this.#ready(unit, 'entry');
      });
    this.#scripts = scripts(false);
    this.#tracedScripts = scripts(true);
  }

  /** Holds so much that it is better begun anew. Nothing in a result may depend on it. */
  get isFull(): boolean {
    const { types, closures } = this.code;
    const compiledScripts = this.#scripts.compiled + this.#tracedScripts.compiled;
    return (
      this.#closureUnits.size > CLOSURE_UNITS_MAX ||
      this.#entries.size + compiledScripts > ENTRIES_MAX ||
      types.count > TYPES_MAX ||
      closures.count > TYPES_MAX ||
      closures.moduleCount > MODULES_COUNTED_MAX / 2
    );
  }

  /** @throws EngineError */
  run(view: StateView, request: RunRequest): RunResult {
    let entry: Entry;
    try {
      entry = this.#entry(request);
      checkCounts(entry, request.senders, request.call.args);
    } catch (error) {
      return { ...EMPTY, status: refusal(error), ...NOTHING_SPENT };
    }
    return this.#execute(entry, view, request);
  }

  /** @throws EngineError */
  runScript(view: StateView, request: ScriptRequest): RunResult {
    let entry: Entry;
    try {
      entry = this.#scripts.get(request.script);
      checkCounts(entry, request.senders, request.script.args);
    } catch (error) {
      return { ...EMPTY, status: refusal(error), ...NOTHING_SPENT };
    }
    return this.#execute(entry, view, request);
  }

  /** As `run`, on a unit of its own that tells what it does. @throws EngineError */
  trace(view: StateView, request: RunRequest, options: TraceOptions): TracedRun {
    const tracer = new Tracer(view, options, (id) => this.code.module(id).compiled);
    return this.#traced(view, request, request.call.args, tracer, () => this.#entry(request, true));
  }

  /** As `runScript`, telling what it does. @throws EngineError */
  traceScript(view: StateView, request: ScriptRequest, options: TraceOptions): TracedRun {
    const { script } = request;
    let compiled: CompiledModule | undefined;
    const tracer = new Tracer(view, options, (id) => {
      if (!isScript(id)) return this.code.module(id).compiled;
      compiled ??= loadScript(script.code).module.compiled;
      return compiled;
    });
    return this.#traced(view, request, script.args, tracer, () => this.#tracedScripts.get(script));
  }

  #traced(
    view: StateView,
    request: RunRequest | ScriptRequest,
    args: readonly Bytes[],
    tracer: Tracer,
    find: () => Entry,
  ): TracedRun {
    let entry: Entry;
    try {
      entry = find();
      checkCounts(entry, request.senders, args);
    } catch (error) {
      return { result: { ...EMPTY, status: refusal(error), ...NOTHING_SPENT }, stack: [], steps: 0 };
    }
    const result = this.#execute(entry, view, request, tracer);
    const { status } = result;
    return { result, stack: status.kind === 'executed' ? [] : tracer.stack(status.location), steps: tracer.steps };
  }

  /**
   * Makes a later run find the function compiled. Runs nothing; the status is that which such a run would end with before it began.
   * @throws EngineError
   */
  prepare(request: EntryRequest): RunStatus | undefined {
    try {
      this.#entry(request);
      return undefined;
    } catch (error) {
      return refusal(error);
    }
  }

  /** Whether a run would find the function compiled. */
  hasPrepared(request: EntryRequest): boolean {
    return this.#entries.has(entryKey(request));
  }

  /** Makes a later run find the function compiled if an earlier start left it. Whether it did, or it is compiled already. */
  restore(request: EntryRequest): boolean {
    const key = entryKey(request);
    const entry = this.#entries.get(key) ?? this.#restored(key, request);
    if (entry) this.#entries.set(key, entry);
    return entry !== undefined;
  }

  /** Compiled already, left by an earlier start, or compiled now. @throws LoadError, UnsupportedError, or what the verifier throws */
  #entry(request: EntryRequest, isTraced = false): Entry {
    const key = isTraced ? `traced ${entryKey(request)}` : entryKey(request);
    let entry = this.#entries.get(key) ?? (isTraced ? undefined : this.#restored(key, request));
    if (entry === undefined) {
      const unit = this.#compile(request, isTraced);
      entry = this.#ready(unit, request.access);
      if (!isTraced && unit.closures === undefined) this.#shelf?.keep(key, { unit, rests: this.code.read() });
    }
    this.#entries.set(key, entry);
    return entry;
  }

  #restored(key: string, request: EntryRequest): Entry | undefined {
    const kept = this.#shelf?.find(key, this.code.view);
    if (kept === undefined) return undefined;
    try {
      const entry = this.#ready(kept.unit, request.access);
      this.code.restOn(kept.rests);
      return entry;
    } catch {
      // What the engine does not take is compiled anew; if it takes that no more, the error is told then.
      return undefined;
    }
  }

  #compile(request: EntryRequest, isTraced: boolean): CompiledUnit {
    const { call, access } = request;
    const module = this.code.module(call.module);
    checkAccess(module, call.function, access);
    const typeArgs = call.typeArgs.map((tag) => this.code.types.fromTag(tag));
    const definition = module.functions.get(call.function);
    if (definition === undefined) throw new AssertionError('a function lost');
    checkTypeArguments(module.functionHandle(definition.handle).typeParameters, typeArgs);
    const constructors = access === 'any' ? [] : findConstructors(this.code, module, call.function, typeArgs);
    return compileUnit(this.#source(isTraced), { module: call.module, name: call.function }, typeArgs, constructors);
  }

  /** A script is known to its own unit alone. */
  #source(isTraced: boolean, script?: LoadedModule): UnitSource {
    const { code } = this;
    const { gas, limits, natives } = this.#machine;
    return {
      types: code.types,
      closures: code.closures,
      module: (id) => (script && isScript(id) ? script : code.module(id)),
      find: (id) => (script && isScript(id) ? script : code.look(id)),
      gas,
      limits,
      natives,
      isTraced,
    };
  }

  /** What a function value from storage calls, as part of the run under way. @throws LoadError, UnsupportedError, Trap */
  #link(shape: ClosureShape, key: string): PlacedThunk {
    this.#machine.expectUnit();
    const isTraced = this.#machine.run.tracer !== undefined;
    const unitKey = isTraced ? `traced ${key}` : key;
    let instance = this.#closureUnits.get(unitKey);
    if (instance === undefined) {
      const module = this.code.module(shape.module);
      const definition = module.functions.get(shape.function);
      if (definition === undefined) {
        throw new LoadError(
          'FUNCTION_RESOLUTION_FAILURE',
          `no function ${formatModuleId(shape.module)}::${shape.function}`,
        );
      }
      const typeArgs = shape.typeArgs.map((tag) => this.code.types.fromTag(tag));
      checkTypeArguments(module.functionHandle(definition.handle).typeParameters, typeArgs);
      const name = { module: shape.module, name: shape.function };
      const unit = compileClosureUnit(this.#source(isTraced), name, typeArgs, shape.mask);
      instance = this.#machine.instantiate(unit, this.#world);
      this.#closureUnits.set(unitKey, instance);
    }
    this.#machine.link(instance);
    const placed = this.#machine.placed(key);
    if (placed === undefined) throw new AssertionError(`${key} is not in its unit`);
    return placed;
  }

  #ready(unit: CompiledUnit, access: EntryRequest['access']): Entry {
    const params = unit.params.map(({ type }) => type);
    const signers = checkParameters(params, access);
    if (access === 'entry' && unit.returns.length > 0) {
      throw new LoadError('INVALID_MAIN_FUNCTION_SIGNATURE', `${unit.entry.name} returns values`);
    }
    if (access === 'view' && unit.returns.length === 0) {
      throw new LoadError('INVALID_MAIN_FUNCTION_SIGNATURE', `${unit.entry.name} returns nothing`);
    }
    return {
      instance: this.#machine.instantiate(unit, this.#world),
      signers,
      access,
      checked: params.slice(signers).map(access === 'any' ? needsCheck : holdsStructs),
    };
  }

  #execute(entry: Entry, view: StateView, request: RunRequest | ScriptRequest, tracer?: Tracer): RunResult {
    const { instance } = entry;
    const machine = this.#machine;
    const run: RunState = {
      request,
      storage: new RunStorage(view, machine),
      access: new AccessControl(),
      events: [],
      tablesMade: request.made?.tables ?? 0,
      addressesMade: request.made?.addresses ?? 0,
      ...(tracer && { tracer }),
    };
    const asked = request.gasLimit * GAS_SCALE;
    const budget = new GasBudget(asked > GAS_MAX ? GAS_MAX : asked, request.partLimits);
    const { gas } = instance.exports;
    return machine.execute(instance, run, budget, () => {
      try {
        machine.charge(instance.unit.codeGas);
        const base = machine.allocate(instance.unit.entryBytes);
        this.#arguments.write(
          entry,
          request.senders,
          'call' in request ? request.call.args : request.script.args,
          base,
        );
        instance.exports.main(base);
        const returns = instance.unit.returns.map((place) => this.#readResult(place, base));
        // What is too large to be written has no place in the code.
        instance.exports.site.value = 0;
        const changes = run.storage.changes();
        return {
          status: { kind: 'executed' },
          changes,
          events: run.events,
          returns,
          ...spent(budget, gas.value),
          ...(run.publish && { publish: run.publish }),
          ...((run.publish || request.made) && { made: { tables: run.tablesMade, addresses: run.addressesMade } }),
        };
      } catch (error) {
        const site = instance.exports.site.value;
        const status = stopped(error, site, machine, this.code);
        const isOut = status.kind === 'failure' && status.code === 'OUT_OF_GAS';
        return {
          ...EMPTY,
          status: isOut ? { ...status, code: budget.stop(gas.value) } : status,
          ...spent(budget, gas.value),
        };
      }
    });
  }

  #readResult({ type, offset }: Place, base: number): Bytes {
    if (type.kind !== 'reference') return this.#machine.encode(type, base + offset);
    return this.#machine.encode(type.inner, this.#machine.readU32(base + offset));
  }
}

function entryKey({ call, access }: EntryRequest): string {
  const args = call.typeArgs.map((tag) => (tag.kind === 'struct' ? toHex(encodeStructTag(tag)) : JSON.stringify(tag)));
  return `${access} ${call.module.address}::${call.module.name}::${call.function}<${args.join()}>`;
}
