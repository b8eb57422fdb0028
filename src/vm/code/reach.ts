// What a function can come to call, read off the bytecode alone: nothing is verified or compiled for it. A function counts when a value is made
// of it, whether that is called or not; functions behind values from storage are not known before they are called. A generic function
// counts once whatever types it is used with.

import { moduleKey, operandTarget } from '../bytecode/access.ts';
import type { Instruction, ModuleId } from '../bytecode/module.ts';
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

/** `find` gives decoded modules. What it does not find is left out: calling the function will tell. */
export function reachOf(find: (id: ModuleId) => LoadedModule | undefined, start: FunctionName): Reach {
  const modules = new Map<string, ModuleId>();
  const seen = new Set<string>();
  const waiting: FunctionName[] = [start];
  let instructions = 0;
  let dispatches = false;
  let restrictsAccess = false;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = `${moduleKey(next.module)}::${next.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const module = find(next.module);
    const definition = module?.functions.get(next.name);
    if (module === undefined || definition === undefined) continue;
    modules.set(moduleKey(module.id), module.id);
    if (module.functionHandle(definition.handle).accessSpecifiers !== undefined) restrictsAccess = true;
    for (const instruction of definition.body?.code ?? []) {
      instructions++;
      if (instruction.op === 'callClosure') dispatches = true;
      if (!NAMING.has(instruction.op) || !('index' in instruction)) continue;
      const target = operandTarget(module.compiled, instruction);
      if (target.kind === 'function') waiting.push(module.functionName(module.functionHandle(target.handle)));
    }
  }
  return { modules: [...modules.values()], instructions, dispatches, restrictsAccess };
}
