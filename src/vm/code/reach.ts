// What a function can come to call, read off the bytecode alone: nothing is verified or compiled for it. A function counts when a value is made
// of it, whether that is called or not; functions behind values from storage are not known before they are called. A generic function
// counts once whatever types it is used with.

import { at, operandTarget } from '../bytecode/access.ts';
import type { FunctionDefinition, Instruction, ModuleId } from '../bytecode/module.ts';
import type { FunctionName, LoadedModule } from './loaded-module.ts';

export interface Reach {
  /** Modules of the functions, the function's own first. */
  readonly modules: readonly ModuleId[];
  /** Of all functions together: what compiling costs goes with it. */
  readonly instructions: number;
  /** A function value may be called on the way. */
  readonly dispatches: boolean;
  /** A function on the way says what may be done with resources. */
  readonly restrictsAccess: boolean;
}

/** Instructions that name a function. */
const NAMING: ReadonlySet<Instruction['op']> = new Set<Instruction['op']>([
  'call',
  'callGeneric',
  'packClosure',
  'packClosureGeneric',
]);

/**
 * `find` gives decoded modules. What it does not find is left out: calling the function will tell. As soon as a module is reached that is
 * `enough`, the rest is left out too.
 */
export function reachOf(
  find: (id: ModuleId) => LoadedModule | undefined,
  start: FunctionName,
  enough?: (id: ModuleId) => boolean,
): Reach {
  const modules = new Map<string, ModuleId>();
  const found = new Map<ModuleId, LoadedModule | undefined>();
  const seen = new Set<FunctionDefinition>();
  const waiting: FunctionName[] = [start];
  let instructions = 0;
  let dispatches = false;
  let restrictsAccess = false;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!found.has(next.module)) found.set(next.module, find(next.module));
    const module = found.get(next.module);
    const definition = module?.functions.get(next.name);
    if (module === undefined || definition === undefined || seen.has(definition)) continue;
    seen.add(definition);
    modules.set(module.key, module.id);
    if (enough?.(module.id)) break;
    const own = ownReach(module, definition);
    instructions += own.instructions;
    if (own.dispatches) dispatches = true;
    if (own.restrictsAccess) restrictsAccess = true;
    waiting.push(...own.named);
  }
  return { modules: [...modules.values()], instructions, dispatches, restrictsAccess };
}

/** What one function does itself. */
interface OwnReach extends Omit<Reach, 'modules'> {
  readonly named: readonly FunctionName[];
}

/** Many functions reach the same ones, and each is asked about several times before it runs. */
const ownReaches = new WeakMap<FunctionDefinition, OwnReach>();

function ownReach(module: LoadedModule, definition: FunctionDefinition): OwnReach {
  let own = ownReaches.get(definition);
  if (own === undefined) {
    const code = definition.body?.code ?? [];
    const handles = new Set<number>();
    let dispatches = false;
    for (let offset = 0; offset < code.length; offset++) {
      const instruction = at(code, offset);
      if (instruction.op === 'callClosure') dispatches = true;
      if (!NAMING.has(instruction.op) || !('index' in instruction)) continue;
      const target = operandTarget(module.compiled, instruction);
      if (target.kind === 'function') handles.add(target.handle);
    }
    own = {
      named: [...handles].map((handle) => module.functionName(module.functionHandle(handle))),
      instructions: code.length,
      dispatches,
      restrictsAccess: module.functionHandle(definition.handle).accessSpecifiers !== undefined,
    };
    ownReaches.set(definition, own);
  }
  return own;
}
