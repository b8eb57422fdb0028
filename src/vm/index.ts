// The Move VM's public face: runs Move functions over a view of state, checks modules before they are published. See docs/vm.md.
// What it does not do: keep state (a run returns a change set and writes nothing) or check signatures and balances.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { StateView } from '../base/state.ts';
import type { CompiledModule } from './bytecode/module.ts';
import { UnsupportedError } from './errors.ts';
import { DEFAULT_GAS_SCHEDULE, type GasSchedule } from './gas.ts';
import { DEFAULT_LIMITS, type VmLimits } from './limits.ts';
import type { RunRequest, RunResult } from './run.ts';

export { EngineError, LoadError, UnsupportedError, VmError } from './errors.ts';
export { DEFAULT_GAS_SCHEDULE, GAS_SCALE, type GasSchedule } from './gas.ts';
export { DEFAULT_LIMITS, type VmLimits } from './limits.ts';
export type { CodeLocation, FunctionCall, MoveEvent, RunRequest, RunResult, RunStatus } from './run.ts';

export interface MoveVmOptions {
  readonly gasSchedule?: GasSchedule;
  readonly limits?: VmLimits;
}

/** Why a module cannot be published. `code` is the Rust VM's status name. */
export interface PublishRefusal {
  readonly code: string;
  /** `0x…::name` as far as it could be read. */
  readonly module?: string;
  readonly message: string;
}

export class MoveVm {
  readonly gasSchedule: GasSchedule;
  readonly limits: VmLimits;

  constructor(options: MoveVmOptions = {}) {
    this.gasSchedule = options.gasSchedule ?? DEFAULT_GAS_SCHEDULE;
    this.limits = options.limits ?? DEFAULT_LIMITS;
  }

  /**
   * Runs one function. Everything that the request or the code may get wrong comes back as the status; the first run of a
   * function compiles it and all it can reach.
   *
   * @throws EngineError when the JavaScript engine itself fails (real memory or stack exhausted)
   */
  run(_view: StateView, _request: RunRequest): RunResult {
    throw new UnsupportedError('running');
  }

  /**
   * Whether `sender` may publish these modules together over what the view holds: they decode, verify, link, and keep to the
   * upgrade rules. In the order to publish them in.
   */
  checkPublish(_view: StateView, _sender: Address, _modules: readonly Bytes[]): Result<readonly CompiledModule[], PublishRefusal> {
    throw new UnsupportedError('publishing');
  }
}
