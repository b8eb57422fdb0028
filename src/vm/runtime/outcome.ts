// How a run ended: statuses with their places, and what was spent.

import { AssertionError, StraitError } from '../../base/errors.ts';
import { describeAbort, readMetadata } from '../bytecode/metadata.ts';
import type { CodeWorld } from '../code/code-world.ts';
import { isScript } from '../code/script-module.ts';
import type { Site } from '../compile/unit.ts';
import { EngineError, LoadError, Trap, type TrapPlace, UnsupportedError } from '../errors.ts';
import { GAS_SCALE } from '../gas.ts';
import type { CodeLocation, RunResult, RunStatus } from '../run.ts';
import type { GasBudget } from './gas-budget.ts';
import type { Machine } from './machine.ts';

/** What left compiled code, or the host on its behalf. `nativeSite` is the place that called the host last. @throws EngineError */
export function stopped(error: unknown, nativeSite: number, machine: Machine, code: CodeWorld): RunStatus {
  if (!(error instanceof Trap)) throw engineFailure(error);
  const location = locate(error.place ?? machine.siteAt(error.site ?? nativeSite));
  if (error.abortCode !== undefined && location) {
    const module = location.module === 'script' ? undefined : code.module(location.module).compiled;
    const reason = module && describeAbort(readMetadata(module), error.abortCode);
    const message = error.abortMessage;
    return {
      kind: 'abort',
      code: error.abortCode,
      location,
      ...(reason && { reason }),
      ...(message !== undefined && { message }),
    };
  }
  const message = error.message === error.code ? undefined : error.message;
  return { kind: 'failure', code: error.code, ...(location && { location }), ...(message && { message }) };
}

function locate(site: Site | TrapPlace | undefined): CodeLocation | undefined {
  if (site?.instance === undefined) return undefined;
  const { module, name } = site.instance;
  return { module: isScript(module) ? 'script' : module, function: name, offset: site.offset };
}

/** In gas units, a begun one counting as whole, and in parts. `left`: what compiled code's count is at. */
export function spent(budget: GasBudget, left: bigint): Pick<RunResult, 'gasUsed' | 'gas'> {
  const gas = budget.spent(left);
  return { gasUsed: (gas.execution + gas.io + GAS_SCALE - 1n) / GAS_SCALE, gas };
}

/** The status of a request that did not get as far as running. */
export function refusal(error: unknown): RunStatus {
  if (error instanceof LoadError) return { kind: 'failure', code: error.code, message: error.message };
  if (error instanceof UnsupportedError) return { kind: 'failure', code: 'UNSUPPORTED', message: error.message };
  throw error;
}

/** Anything but a trap: the engine's own limits, or a bug of ours. */
function engineFailure(error: unknown): unknown {
  if (error instanceof StraitError) return error;
  if (error instanceof RangeError) return new EngineError('the engine is out of stack or memory', { cause: error });
  if (error instanceof WebAssembly.RuntimeError) return new AssertionError('compiled code failed', { cause: error });
  return error;
}
