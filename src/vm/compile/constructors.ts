// Types of the framework that a transaction brings as what a function of the framework makes them of: the function runs first, and may abort
// (an object that does not exist, an option of two values).

import type { FunctionName } from '../code/loaded-module.ts';
import { FRAMEWORK_ADDRESS, isFrameworkStruct, isNominal, type NominalType, type Type } from '../types/type.ts';

const FUNCTIONS: readonly (readonly [module: string, struct: string, name: string])[] = [
  ['option', 'Option', 'from_vec'],
  ['object', 'Object', 'address_to_object'],
];

export interface Constructor extends FunctionName {
  readonly type: NominalType;
  readonly typeArgs: readonly Type[];
}

/** Those of all types that values of these types can hold. */
export function constructorsOf(types: readonly Type[]): readonly Constructor[] {
  const found = new Map<Type, Constructor>();
  const seen = new Set<Type>();
  const visit = (type: Type): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (type.kind === 'vector') visit(type.element);
    if (!isNominal(type)) return;
    const named = FUNCTIONS.find(([module, struct]) => isFrameworkStruct(type, module, struct));
    if (named) {
      const [module, , name] = named;
      found.set(type, { type, typeArgs: type.typeArgs, module: { address: FRAMEWORK_ADDRESS, name: module }, name });
    }
    const fields = type.kind === 'struct' ? type.fields : type.variants.flatMap((variant) => variant.fields);
    for (const field of fields) visit(field.type);
  };
  for (const type of types) visit(type);
  return [...found.values()];
}
