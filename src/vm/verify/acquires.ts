// Pass 15: a function's `acquires` lists exactly the module's resources that it, or a function of the module that it calls, takes or borrows from
// global storage. Reference safety relies on it.

import { at, type IndexInstruction, operandTarget, structHandleOf } from '../bytecode/access.ts';
import { Ability, type CompiledModule, type Instruction } from '../bytecode/module.ts';
import { hasAbility } from './abilities.ts';
import { refuse } from './error.ts';

const ACQUIRING: ReadonlySet<Instruction['op']> = new Set([
  'moveFrom',
  'moveFromGeneric',
  'mutBorrowGlobal',
  'mutBorrowGlobalGeneric',
  'immBorrowGlobal',
  'immBorrowGlobalGeneric',
]);

/** Function handle → the struct definitions that the function of this module acquires. */
export type AcquiredBy = ReadonlyMap<number, readonly number[]>;

export function acquiredBy(module: CompiledModule): AcquiredBy {
  return new Map(module.functions.map((definition) => [definition.handle, definition.acquires]));
}

/** @throws VerificationError */
export function checkAcquires(module: CompiledModule, index: number, byFunction: AcquiredBy): void {
  const definition = at(module.functions, index);
  const declared = new Set(definition.acquires);
  const used = new Set<number>();
  const code = definition.body?.code ?? [];
  for (let offset = 0; offset < code.length; offset++) {
    const instruction = at(code, offset);
    if (!('index' in instruction)) continue;
    for (const struct of acquiredAt(module, instruction, byFunction)) {
      if (!declared.has(struct)) {
        const problem = `struct ${struct} is not listed`;
        refuse(module, 'MISSING_ACQUIRES_ANNOTATION', problem, { function: index, offset });
      }
      used.add(struct);
    }
  }
  for (const struct of [...declared].sort((a, b) => a - b)) {
    if (!used.has(struct)) {
      refuse(module, 'EXTRANEOUS_ACQUIRES_ANNOTATION', `struct ${struct} is not used`, { function: index });
    }
    if (!hasAbility(structHandleOf(module, at(module.structs, struct)).abilities, Ability.key)) {
      refuse(module, 'INVALID_ACQUIRES_ANNOTATION', `struct ${struct} is no resource`, { function: index });
    }
  }
}

function acquiredAt(module: CompiledModule, instruction: IndexInstruction, byFunction: AcquiredBy): readonly number[] {
  const target = operandTarget(module, instruction);
  if (target.kind === 'function') {
    // A closure acquires nothing by being made; when it is called is seen at run time.
    return 'mask' in instruction ? [] : (byFunction.get(target.handle) ?? []);
  }
  return target.kind === 'struct' && ACQUIRING.has(instruction.op) ? [target.struct] : [];
}
