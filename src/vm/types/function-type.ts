// The types of function values: which types hold one somewhere, and their names.

import { formatAbilities } from '../../base/type-tag.ts';
import type { AbilitySet } from '../bytecode/module.ts';
import type { Type } from './type.ts';

const known = new WeakMap<Type, boolean>();

/** Whether a value of the type may hold a function value: what it captured cannot be told from the type. */
export function holdsFunctions(type: Type): boolean {
  let holds = known.get(type);
  if (holds === undefined) {
    holds = look(type);
    known.set(type, holds);
  }
  return holds;
}

/** The text form of a type tag, but that types without a tag may stand in it. */
export function functionTypeName(params: readonly Type[], returns: readonly Type[], abilities: AbilitySet): string {
  const list = (types: readonly Type[]): string => types.map(({ name }) => name).join(', ');
  return `|${list(params)}|(${list(returns)})${formatAbilities(abilities)}`;
}

function look(type: Type): boolean {
  switch (type.kind) {
    case 'function':
      return true;
    case 'vector':
      return holdsFunctions(type.element);
    case 'struct':
      return type.fields.some((field) => holdsFunctions(field.type));
    case 'enum':
      return type.variants.some(({ fields }) => fields.some((field) => holdsFunctions(field.type)));
    case 'reference':
      return holdsFunctions(type.inner);
    default:
      return false;
  }
}
