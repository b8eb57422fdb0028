// Which calls are replaced by the code of the function that they call: those of small functions that have one block and call nobody. A call costs
// some nanoseconds, most of them for gas, which goes through memory; such a function often takes less. What is counted is counted
// all the same, in the same order: depth, the callee's frame, its operands and its gas, each with the place where it would run out.

import type { FunctionDefinition, Instruction } from '../bytecode/module.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import type { Code } from '../wasm/code.ts';
import type { FunctionInstance } from './function-instance.ts';
import type { Operands } from './operands.ts';

/** Of a function that is written in the place of its calls: instructions; parameters, results and locals together. */
const INSTRUCTIONS_MAX = 12;
const SLOTS_MAX = 12;
/** Calls that are replaced in one function: bounds how much longer its code can get. */
export const INLINED_CALLS_MAX = 64;
/**
 * The locals of what is inlined are on the engine's stack with the caller's own, and do not weigh on its frame, which is to stay as it is. So
 * it is done only in callers of so few locals, operands and passed values that both together are less than what the heaviest frames have, when
 * as many of them as may nest are there.
 */
const CALLER_SLOTS_MAX = 56;
/** Locals that instructions use within themselves: none uses as many. */
const SCRATCH_SLOTS = 16;
/** A u128 on the operand stack may have two locals besides. */
const SLOTS_PER_OPERAND = 3;

/** What calls, or may be called back, or asks the host for more than memory. */
const EXCLUDED: ReadonlySet<Instruction['op']> = new Set<Instruction['op']>([
  'abort',
  'abortMsg',
  'branch',
  'brTrue',
  'brFalse',
  'call',
  'callGeneric',
  'callClosure',
  'packClosure',
  'packClosureGeneric',
  'exists',
  'existsGeneric',
  'moveTo',
  'moveToGeneric',
  'moveFrom',
  'moveFromGeneric',
  'mutBorrowGlobal',
  'mutBorrowGlobalGeneric',
  'immBorrowGlobal',
  'immBorrowGlobalGeneric',
]);

/** Whether its code may stand in the place of calls. */
export function isSmall(instance: FunctionInstance, module: LoadedModule, { body }: FunctionDefinition): boolean {
  if (body === undefined || instance.accessRule !== undefined || instance.hasModuleLock) return false;
  const { code } = body;
  const slots = instance.params.length + instance.returns.length + module.signature(body.locals).length;
  if (code.length > INSTRUCTIONS_MAX || slots > SLOTS_MAX) return false;
  return code.every(({ op }, offset) => !EXCLUDED.has(op) && (op === 'ret') === (offset === code.length - 1));
}

/** Whether calls in a function may be replaced: see `CALLER_SLOTS_MAX`. `code` has the parameters and fixed locals so far. */
export function isLightFunction(code: Code, body: readonly Instruction[], facts: Operands): boolean {
  let [height, highest, passed] = [0, 0, 0];
  for (const instruction of body) {
    const { pops, pushes } = facts.effect(instruction);
    // Blocks begin and end with an empty stack.
    height += pushes - pops;
    highest = Math.max(highest, height);
    passed = Math.max(passed, pops + pushes);
  }
  const slots = code.ownLocalCount + SLOTS_PER_OPERAND * highest + passed + SCRATCH_SLOTS;
  return slots <= CALLER_SLOTS_MAX;
}
