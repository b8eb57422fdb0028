// What a request may call and what it must bring: access, type arguments, signers and arguments, decided once for a function and its type
// arguments. Statuses are those of Aptos's transaction checks.

import { hasAttribute, readMetadata } from '../bytecode/metadata.ts';
import { Ability, type AbilitySet } from '../bytecode/module.ts';
import { formatModuleId } from '../code/code-world.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import { LoadError } from '../errors.ts';
import type { RunRequest } from '../run.ts';
import { isNominal, type Type } from '../types/type.ts';

const ALL_ABILITIES: AbilitySet = Ability.copy | Ability.drop | Ability.store | Ability.key;
const PLAIN_ABILITIES: AbilitySet = Ability.copy | Ability.drop | Ability.store;

/** @throws LoadError when the function may not be called like this */
export function checkAccess(module: LoadedModule, name: string, access: RunRequest['access']): void {
  const definition = module.functions.get(name);
  const label = `${formatModuleId(module.id)}::${name}`;
  if (definition === undefined) throw new LoadError('FUNCTION_RESOLUTION_FAILURE', `no function ${label}`);
  if (access === 'entry' && !definition.isEntry) {
    throw new LoadError('EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION', `${label} is no entry function`);
  }
  if (access === 'view' && !hasAttribute(readMetadata(module.compiled).functions.get(name), 'view')) {
    throw new LoadError('INVALID_MAIN_FUNCTION_SIGNATURE', `${label} is no view function`);
  }
}

/** @throws LoadError when an argument lacks an ability that the function asks for */
export function checkTypeArguments(constraints: readonly AbilitySet[], typeArgs: readonly Type[]): void {
  if (constraints.length !== typeArgs.length) {
    throw new LoadError('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', `${constraints.length} type arguments needed`);
  }
  const index = lacking(constraints, typeArgs);
  if (index !== undefined) {
    const problem = `${typeArgs[index]?.name} lacks an ability that type argument ${index} needs`;
    throw new LoadError('CONSTRAINT_NOT_SATISFIED', problem);
  }
}

/** The first type argument that lacks an ability. */
export function lacking(constraints: readonly AbilitySet[], typeArgs: readonly Type[]): number | undefined {
  const index = typeArgs.findIndex((type, i) => ((constraints[i] ?? 0) & ~abilitiesOf(type)) !== 0);
  return index < 0 ? undefined : index;
}

/** How many leading parameters are signers. @throws LoadError when the others cannot be brought by a caller */
export function checkParameters(params: readonly Type[], access: RunRequest['access']): number {
  const first = params.findIndex((type) => !isSigner(type));
  const signers = first < 0 ? params.length : first;
  for (const type of params.slice(signers)) {
    const given = access === 'any' && type.kind === 'reference' ? type.inner : type;
    if (!canBring(given, access)) {
      throw new LoadError('INVALID_MAIN_FUNCTION_SIGNATURE', `no caller can bring a ${type.name}`);
    }
  }
  return signers;
}

export function abilitiesOf(type: Type): AbilitySet {
  if (type.kind === 'reference') return Ability.copy | Ability.drop;
  if (type.kind === 'signer') return Ability.drop;
  if (type.kind === 'function') return type.abilities;
  if (type.kind === 'vector') return PLAIN_ABILITIES & abilitiesOf(type.element);
  if (!isNominal(type)) return PLAIN_ABILITIES;
  let abilities = type.abilities;
  type.typeArgs.forEach((arg, index) => {
    if (type.phantoms[index]) return;
    const of = abilitiesOf(arg);
    // `key` asks for `store` in what the struct holds; the others ask for themselves.
    abilities &= (of & PLAIN_ABILITIES) | ((of & Ability.store) !== 0 ? Ability.key : 0);
  });
  return abilities & ALL_ABILITIES;
}

function isSigner(type: Type): boolean {
  return type.kind === 'signer' || (type.kind === 'reference' && type.inner.kind === 'signer');
}

function canBring(type: Type, access: RunRequest['access']): boolean {
  switch (type.kind) {
    case 'signer':
    case 'reference':
      return false;
    case 'function':
      return access === 'any';
    case 'vector':
      return canBring(type.element, access);
    case 'struct':
    case 'enum':
      // What a value needs besides is seen when there is one (`check-argument.ts`).
      return access === 'any' || (abilitiesOf(type) & Ability.key) === 0;
    default:
      return true;
  }
}
