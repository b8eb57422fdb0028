// The Move VM's public face: runs Move functions over a view of state, checks modules before they are published. See docs/vm.md.
// What it does not do: keep state (a run returns a change set and writes nothing) or check signatures and balances.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { StateView } from '../base/state.ts';
import type { CompiledModule, ModuleId } from './bytecode/module.ts';
import { type UnitCache, UnitShelf } from './cache/unit-cache.ts';
import { CodeWorld } from './code/code-world.ts';
import { ModuleCache } from './code/module-cache.ts';
import type { Reach } from './code/reach.ts';
import { WorldCache } from './code/world-cache.ts';
import type { TracedRun, TraceOptions } from './debug/trace.ts';
import { type GasSchedule, STRAIT_1 } from './gas.ts';
import { DEFAULT_LIMITS, type VmLimits } from './limits.ts';
import type { NativeSet } from './natives/native.ts';
import { STANDARD_NATIVES } from './natives/table.ts';
import { decodeSteps, entryFunctions, type PrepareStep, prepareSteps, reach } from './prepare.ts';
import { checkPublish, type PublishRefusal } from './publish.ts';
import type { EntryRequest, RunRequest, RunResult, ScriptRequest } from './run.ts';
import { Machine } from './runtime/machine.ts';
import { Runner } from './runtime/runner.ts';

export type { ModuleId } from './bytecode/module.ts';
export type { UnitCache } from './cache/unit-cache.ts';
export type { Reach } from './code/reach.ts';
export { type AbortCategory, abortParts, explainStatus } from './debug/explain.ts';
export { SourceMaps, type SourcePosition } from './debug/source-maps.ts';
export {
  formatStack,
  formatStep,
  type StackFrame,
  type TracedRun,
  type TracedValue,
  type TraceOptions,
  type TraceStep,
} from './debug/trace.ts';
export { EngineError, LoadError, UnsupportedError, VmError } from './errors.ts';
export { GAS_SCALE, type GasSchedule, STRAIT_1 } from './gas.ts';
export { DEFAULT_LIMITS, type VmLimits } from './limits.ts';
export type { NativeSet } from './natives/native.ts';
export type { PrepareStep } from './prepare.ts';
export type { PublishRefusal } from './publish.ts';
export type {
  AllowedDependency,
  CodeLocation,
  EntryRequest,
  FunctionCall,
  GasSpent,
  MoveEvent,
  NamesMade,
  PublishAsked,
  RunRequest,
  RunResult,
  RunStatus,
  ScriptCall,
  ScriptRequest,
  TransactionContext,
} from './run.ts';

export interface MoveVmOptions {
  readonly gasSchedule?: GasSchedule;
  readonly limits?: VmLimits;
  /**
   * Natives beside the standard ones: `CRYPTO_NATIVES` of `natives/crypto.ts`, which is large. Whoever has to agree on results must have the same
   * natives: code that needs a missing one is `UNSUPPORTED`.
   */
  readonly natives?: NativeSet;
  /** Where `debug::print` goes; nowhere without it. */
  readonly print?: (text: string) => void;
  /** Holds compiled functions for VMs to come. No result or gas depends on it; what is in it is trusted (docs/adr/0007-cached-units.md). */
  readonly unitCache?: UnitCache;
}

export class MoveVm {
  readonly gasSchedule: GasSchedule;
  readonly limits: VmLimits;
  /** As given: for what the owner keeps beside the VM's units. */
  readonly unitCache: UnitCache | undefined;
  readonly #modules = new ModuleCache();
  readonly #worlds: WorldCache<Runner>;

  constructor(options: MoveVmOptions = {}) {
    this.gasSchedule = options.gasSchedule ?? STRAIT_1;
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.unitCache = options.unitCache;
    const { gasSchedule: gas, limits, unitCache } = this;
    const natives = { ...STANDARD_NATIVES, ...options.natives };
    const machine = new Machine({ gas, limits, natives, print: options.print ?? (() => undefined) });
    const shelf = unitCache && new UnitShelf(unitCache, gas, limits, natives);
    this.#worlds = new WorldCache((view) => new Runner(new CodeWorld(view, limits, this.#modules), machine, shelf));
  }

  /**
   * Runs one function. Everything that the request or the code may get wrong comes back as the status; `UNSUPPORTED` names what
   * this VM does not have. The first run of a function compiles it and all it can reach; code is compiled anew when the view
   * shows other modules (known at once by `StateView.codeVersion`, else by comparing bytes).
   *
   * @throws EngineError when the JavaScript engine itself fails (real memory or stack exhausted)
   */
  run(view: StateView, request: RunRequest): RunResult {
    return this.#worlds.get(view).run(view, request);
  }

  /**
   * Verifies and runs a script over the modules that the view shows. As `run` otherwise; the last scripts stay compiled.
   *
   * @throws EngineError when the JavaScript engine itself fails
   */
  runScript(view: StateView, request: ScriptRequest): RunResult {
    return this.#worlds.get(view).runScript(view, request);
  }

  /**
   * As `run`, with the same result, and tells what happens on the way: every instruction with the operand stack that it meets, and where the
   * run stopped through all its callers. For debugging: the function is compiled a second time, with hooks that `run` does not have.
   *
   * @throws EngineError
   */
  trace(view: StateView, request: RunRequest, options: TraceOptions = {}): TracedRun {
    return this.#worlds.get(view).trace(view, request, options);
  }

  /** As `runScript`, telling what happens on the way: see `trace`. @throws EngineError */
  traceScript(view: StateView, request: ScriptRequest, options: TraceOptions = {}): TracedRun {
    return this.#worlds.get(view).traceScript(view, request, options);
  }

  /**
   * Verifies and compiles a function ahead of its first run, whatever its arguments will be. Each `next` does one piece (a module's decoding, its
   * verification, the compilation), so that the caller can do other things in between or give it up. What was done before is not done
   * again. Runs nothing, costs no gas, and cannot be seen in any result.
   *
   * @throws EngineError from `next`, where a run would
   */
  prepare(view: StateView, request: EntryRequest): Generator<PrepareStep, void, void> {
    return prepareSteps(() => this.#worlds.get(view), request);
  }

  /** Decodes a module and all that it names, one a piece; without it `entryFunctions` and `reach` do so themselves. */
  load(view: StateView, module: ModuleId): Generator<PrepareStep, void, void> {
    return decodeSteps(() => this.#worlds.get(view), module);
  }

  /** Names of the module's entry functions without type parameters; none where there is no such module. */
  entryFunctions(view: StateView, module: ModuleId): readonly string[] {
    return entryFunctions(this.#worlds.get(view), module);
  }

  /** What a function can come to call, by its bytecode: all of it, or as far as a module that is `enough` to know of. */
  reach(view: StateView, module: ModuleId, name: string, enough?: (id: ModuleId) => boolean): Reach {
    return reach(this.#worlds.get(view), module, name, enough);
  }

  /**
   * Whether `sender` may publish these modules together over what the view holds: they decode, verify, link, and keep to the
   * upgrade rules. In the order to publish them in.
   */
  checkPublish(
    view: StateView,
    sender: Address,
    modules: readonly Bytes[],
  ): Result<readonly CompiledModule[], PublishRefusal> {
    return checkPublish(this.#modules, view, sender, modules);
  }

  /** Forgets all compiled code. Never needed for a right result. */
  invalidate(): void {
    this.#worlds.clear();
  }
}
