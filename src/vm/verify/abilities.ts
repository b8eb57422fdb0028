// What may be done with values of a type: copy, drop, store, key.

import { at, type Unit } from '../bytecode/access.ts';
import { Ability, type AbilitySet, type FunctionAttribute, type SignatureToken } from '../bytecode/module.ts';

export const ALL_ABILITIES: AbilitySet = Ability.copy | Ability.drop | Ability.store | Ability.key;
export const PRIMITIVE_ABILITIES: AbilitySet = Ability.copy | Ability.drop | Ability.store;
/** Before its elements are looked at. */
export const VECTOR_ABILITIES: AbilitySet = Ability.copy | Ability.drop | Ability.store;
export const REFERENCE_ABILITIES: AbilitySet = Ability.copy | Ability.drop;
export const SIGNER_ABILITIES: AbilitySet = Ability.drop;
/** Of a function value before what it captures is looked at. One that may be stored needs a function that no upgrade takes away. */
export const FUNCTION_ABILITIES: AbilitySet = Ability.copy | Ability.drop;
export const PERSISTENT_FUNCTION_ABILITIES: AbilitySet = FUNCTION_ABILITIES | Ability.store;

/** Whether a function says that it stays as it is when its module is upgraded. */
export function isPersistent(attributes: readonly FunctionAttribute[]): boolean {
  return attributes.some(({ kind }) => kind === 'persistent');
}

export function hasAbility(set: AbilitySet, ability: AbilitySet): boolean {
  return (set & ability) !== 0;
}

export function isSubset(inner: AbilitySet, outer: AbilitySet): boolean {
  return (inner & ~outer) === 0;
}

/** What a value's parts need for the value to have `set`: each ability itself, and `store` for `key`. */
export function requiredOfParts(set: AbilitySet): AbilitySet {
  const needed = set & ~Ability.key;
  return hasAbility(set, Ability.key) ? needed | Ability.store : needed;
}

/** The abilities of a type whose parameters have those of `typeParameters`. */
export function abilitiesOf(unit: Unit, type: SignatureToken, typeParameters: readonly AbilitySet[]): AbilitySet {
  switch (type.kind) {
    case 'reference':
    case 'mutableReference':
      return REFERENCE_ABILITIES;
    case 'signer':
      return SIGNER_ABILITIES;
    case 'function':
      return type.abilities;
    case 'typeParameter':
      return at(typeParameters, type.index);
    case 'vector':
      return VECTOR_ABILITIES & allowedByPart(abilitiesOf(unit, type.inner, typeParameters));
    case 'struct': {
      const handle = at(unit.structHandles, type.handle);
      let abilities = handle.abilities;
      for (let i = 0; i < type.typeArgs.length; i++) {
        const arg = at(type.typeArgs, i);
        if (handle.typeParameters[i]?.isPhantom) continue;
        abilities &= allowedByPart(abilitiesOf(unit, arg, typeParameters));
      }
      return abilities;
    }
    default:
      return PRIMITIVE_ABILITIES;
  }
}

/** What a value can have at most when one of its parts has `set`: the inverse of `requiredOfParts`. */
function allowedByPart(set: AbilitySet): AbilitySet {
  const allowed = set & ~Ability.key;
  return hasAbility(set, Ability.store) ? allowed | Ability.key : allowed;
}
