// Verifying and compiling a function ahead of its first run, in pieces that are short enough to do other things between them. Runs nothing.
// That it was done can be seen in no result: it fills caches that a run would fill, with what a run would put there.

import { moduleKey } from './bytecode/access.ts';
import type { ModuleId } from './bytecode/module.ts';
import type { LoadedModule } from './code/loaded-module.ts';
import { type Reach, reachOf } from './code/reach.ts';
import { LoadError } from './errors.ts';
import type { EntryRequest, RunStatus } from './run.ts';
import type { Runner } from './runtime/runner.ts';

/** One piece of work, done. What was done before is no piece. */
export type PrepareStep =
  | { readonly kind: 'decoded' | 'verified'; readonly module: ModuleId }
  /** Found compiled by an earlier start: nothing is left to do. */
  | { readonly kind: 'restored' }
  /** `refusal`: the function cannot be prepared; a call of it ends with this before it begins. */
  | { readonly kind: 'compiled'; readonly refusal?: RunStatus };

/** The runner of the view's code as it is now: between two pieces other views may have come and gone. */
type FindRunner = () => Runner;

/** The module and all that it names, directly or not. */
export function* decodeSteps(find: FindRunner, start: ModuleId): Generator<PrepareStep, void, void> {
  const seen = new Set([moduleKey(start)]);
  const found = [start];
  for (const id of found) {
    const isNew = !find().code.hasDecoded(id);
    const module = decoded(find(), id);
    for (const named of module?.moduleIds ?? []) {
      if (seen.has(moduleKey(named))) continue;
      seen.add(moduleKey(named));
      found.push(named);
    }
    if (isNew) yield { kind: 'decoded', module: id };
  }
}

/** @throws EngineError */
export function* prepareSteps(find: FindRunner, request: EntryRequest): Generator<PrepareStep, void, void> {
  const { module, function: name } = request.call;
  if (find().hasPrepared(request)) return;
  if (find().restore(request)) {
    yield { kind: 'restored' };
    return;
  }
  yield* decodeSteps(find, module);
  for (const id of reach(find(), module, name).modules) {
    const { code } = find();
    if (code.hasVerified(id)) continue;
    verify(find(), id);
    yield { kind: 'verified', module: id };
  }
  const runner = find();
  if (runner.hasPrepared(request)) return;
  const refusal = runner.prepare(request);
  yield { kind: 'compiled', ...(refusal && { refusal }) };
}

export function reach(runner: Runner, module: ModuleId, name: string, enough?: (id: ModuleId) => boolean): Reach {
  return reachOf((id) => decoded(runner, id), { module, name }, enough);
}

/** Names of the entry functions without type parameters; none where there is no such module. */
export function entryFunctions(runner: Runner, id: ModuleId): readonly string[] {
  const module = decoded(runner, id);
  if (module === undefined) return [];
  return [...module.functions]
    .filter(([, { isEntry, handle }]) => isEntry && module.functionHandle(handle).typeParameters.length === 0)
    .map(([name]) => name);
}

/** What is wrong with the code is told once, when the function is compiled. */
function verify({ code }: Runner, id: ModuleId): void {
  try {
    code.module(id);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
  }
}

function decoded({ code }: Runner, id: ModuleId): LoadedModule | undefined {
  try {
    return code.decoded(id);
  } catch (error) {
    if (error instanceof LoadError) return undefined;
    throw error;
  }
}
