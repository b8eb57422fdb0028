// An instruction in words: its name and what it works on by name, as far as the module tells.

import { shortAddress } from '../../base/ids.ts';
import { at, fieldsOf, moduleIdOf, moduleKey, operandTarget, structHandleOf } from '../bytecode/access.ts';
import type { CompiledModule, FunctionHandle, Instruction, StructDefinition } from '../bytecode/module.ts';

/** `call 0xcafe::shop::find`, `immBorrowField Article.name`, `ldU64 5`, `copyLoc paid`. `module` passed the verifier. */
export function formatInstruction(
  module: CompiledModule,
  instruction: Instruction,
  localName: (index: number) => string | undefined,
): string {
  const { op, ...operands } = instruction;
  if ('local' in instruction) return `${op} ${localName(instruction.local) ?? instruction.local}`;
  if (!('index' in instruction) || instruction.op === 'ldConst') {
    return [op, ...Object.values(operands as Record<string, number | bigint>)].join(' ');
  }
  const mask = 'mask' in instruction ? ` ${instruction.mask.toString(2)}` : '';
  const target = operandTarget(module, instruction);
  switch (target.kind) {
    case 'constant':
      return `${op} ${target.constant}`;
    case 'function':
      return `${op} ${functionName(module, at(module.functionHandles, target.handle))}${mask}`;
    default: {
      const definition = at(module.structs, target.struct);
      const struct = at(module.identifiers, structHandleOf(module, definition).name);
      switch (target.kind) {
        case 'struct':
          return `${op} ${struct}`;
        case 'variant':
          return `${op} ${struct}::${variantName(module, definition, target.variant)}`;
        case 'field':
          return `${op} ${struct}.${fieldName(module, definition, undefined, target.field)}`;
        case 'variantField':
          return `${op} ${struct}.${fieldName(module, definition, target.variants[0], target.field)}`;
      }
    }
  }
}

function functionName(module: CompiledModule, handle: FunctionHandle): string {
  const id = moduleIdOf(module, at(module.moduleHandles, handle.module));
  const name = at(module.identifiers, handle.name);
  const self = moduleIdOf(module, at(module.moduleHandles, module.self));
  return moduleKey(id) === moduleKey(self) ? name : `${shortAddress(id.address)}::${id.name}::${name}`;
}

function variantName(module: CompiledModule, { layout }: StructDefinition, index: number): string {
  return layout.kind === 'enum' ? at(module.identifiers, at(layout.variants, index).name) : '';
}

function fieldName(
  module: CompiledModule,
  definition: StructDefinition,
  variant: number | undefined,
  index: number,
): string {
  return at(module.identifiers, at(fieldsOf(definition, variant), index).name);
}
