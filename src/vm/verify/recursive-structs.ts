// Pass 8: no struct contains itself, directly or through others of the module, not even in a vector. (Modules cannot depend on one
// another in a circle, so other modules' structs cannot close one.)

import { allFieldsOf, visitTypes } from '../bytecode/access.ts';
import type { CompiledModule } from '../bytecode/module.ts';
import { refuse } from './error.ts';
import { strongComponents } from './strong-components.ts';

/** @throws VerificationError */
export function checkRecursiveStructs(module: CompiledModule): void {
  const definitionOf = new Map(module.structs.map((definition, index) => [definition.handle, index]));
  const contained = module.structs.map((definition) => {
    const parts = new Set<number>();
    for (const field of allFieldsOf(definition)) {
      visitTypes(field.type, (type) => {
        const part = type.kind === 'struct' ? definitionOf.get(type.handle) : undefined;
        if (part !== undefined) parts.add(part);
      });
    }
    return [...parts];
  });
  for (const component of strongComponents(contained)) {
    const [index = 0] = component;
    if (component.length === 1 && !contained[index]?.includes(index)) continue;
    refuse(module, 'RECURSIVE_STRUCT_DEFINITION', 'a struct contains itself', { table: 'structs', index });
  }
}
