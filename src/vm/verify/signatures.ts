// Pass 4: types are well formed where they stand: references only outermost, type arguments and fields with the abilities asked of them,
// phantom parameters only in phantom positions.
//
// What a type asks of the type parameters in it does not depend on where the type is used. So each signature is looked at once for each set
// of abilities, which gives *demands*, and a use only compares the demands with the parameters in scope there.

import { assert } from '../../base/errors.ts';
import {
  allFieldsOf,
  at,
  isForModules,
  operandTarget,
  structHandleOf,
  typeArgsAt,
  type Unit,
} from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import { TYPE_PARAMETER_COUNT_MAX } from '../bytecode/format.ts';
import {
  Ability,
  type AbilitySet,
  type CodeUnit,
  type CompiledModule,
  type SignatureToken,
  type StructTypeParameter,
} from '../bytecode/module.ts';
import {
  ALL_ABILITIES,
  isSubset,
  PRIMITIVE_ABILITIES,
  REFERENCE_ABILITIES,
  requiredOfParts,
  SIGNER_ABILITIES,
  VECTOR_ABILITIES,
} from './abilities.ts';
import { refuse, type VerificationStatus } from './error.ts';
import { refuseInScript } from './script-rules.ts';

/** Abilities that each type parameter must have, four bits for each. */
type Demands = bigint;

const NOTHING: Demands = 0n;
const ABILITY_BITS = 4;

/** @throws VerificationError */
export function checkSignatures(unit: Unit): void {
  new SignaturePass(unit).run();
}

class SignaturePass {
  readonly #unit: Unit;
  readonly #typeDemands = new Map<string, Demands>();
  readonly #signatureDemands = new Map<number, Demands>();
  readonly #callDemands = new Map<number, Demands>();
  readonly #instantiationDemands = new Map<string, Demands>();

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  run(): void {
    const unit = this.#unit;
    for (const index of unit.signatures.keys()) this.#signature(index);
    for (let index = 0; index < unit.functionInstantiations.length; index++) {
      const entry = at(unit.functionInstantiations, index);
      this.#functionInstantiation(entry.handle, entry.typeArgs, { table: 'functionInstantiations', index });
    }
    if (unit.kind === 'module') this.#structInstantiations(unit);
    for (let index = 0; index < unit.functionHandles.length; index++) {
      const handle = at(unit.functionHandles, index);
      const place: Place = { table: 'functionHandles', index };
      this.#inScope(this.#signature(handle.parameters), handle.typeParameters, place);
      this.#inScope(this.#signature(handle.returns), handle.typeParameters, place);
    }
    if (unit.kind === 'script') {
      this.#inScope(this.#signature(unit.parameters), unit.typeParameters, {});
      this.#code(unit.body, unit.typeParameters, {});
      return;
    }
    for (let index = 0; index < unit.functions.length; index++) {
      const definition = at(unit.functions, index);
      const { typeParameters } = at(unit.functionHandles, definition.handle);
      if (definition.body) this.#code(definition.body, typeParameters, { function: index });
    }
    for (const index of unit.structs.keys()) this.#structDefinition(unit, index);
  }

  #structInstantiations(module: CompiledModule): void {
    for (let index = 0; index < module.structInstantiations.length; index++) {
      const { handle, typeArgs } = at(module.structInstantiations, index);
      this.#structInstantiation(handle, typeArgs, 0, { table: 'structInstantiations', index });
    }
    for (let index = 0; index < module.fieldInstantiations.length; index++) {
      const { handle, typeArgs } = at(module.fieldInstantiations, index);
      const { owner } = at(module.fieldHandles, handle);
      this.#structInstantiation(owner, typeArgs, 0, { table: 'fieldInstantiations', index });
    }
    for (let index = 0; index < module.structVariantInstantiations.length; index++) {
      const { handle, typeArgs } = at(module.structVariantInstantiations, index);
      const { struct } = at(module.structVariantHandles, handle);
      this.#structInstantiation(struct, typeArgs, 0, { table: 'structVariantInstantiations', index });
    }
    for (let index = 0; index < module.variantFieldInstantiations.length; index++) {
      const { handle, typeArgs } = at(module.variantFieldInstantiations, index);
      const { struct } = at(module.variantFieldHandles, handle);
      this.#structInstantiation(struct, typeArgs, 0, { table: 'variantFieldInstantiations', index });
    }
  }

  #code(body: CodeUnit, typeParameters: readonly AbilitySet[], place: Place): void {
    this.#inScope(this.#signature(body.locals), typeParameters, place);
    const checked = new Set<Demands>();
    for (let offset = 0; offset < body.code.length; offset++) {
      const instruction = at(body.code, offset);
      if (!('index' in instruction || 'type' in instruction)) continue;
      const here: Place = { ...place, offset };
      let demands: Demands | undefined;
      if ('index' in instruction) {
        if (this.#unit.kind === 'script' && isForModules(instruction)) {
          if (instruction.op.endsWith('Generic')) refuseInScript(this.#unit, instruction, here);
          continue;
        }
        const target = operandTarget(this.#unit, instruction);
        if (target.kind === 'constant' || target.typeArgs === undefined) continue;
        const required = GLOBAL_OPERATIONS.has(instruction.op) ? Ability.key : 0;
        demands =
          target.kind === 'function'
            ? this.#functionInstantiation(target.handle, target.typeArgs, here)
            : this.#structInstantiation(target.struct, target.typeArgs, required, here);
      } else if (instruction.op === 'callClosure') {
        this.#closureType(instruction.type, here);
      } else {
        demands = this.#elementType(instruction.type, here);
      }
      if (demands === undefined || demands === NOTHING || checked.has(demands)) continue;
      this.#inScope(demands, typeParameters, here);
      checked.add(demands);
    }
  }

  /** What the type asks of type parameters is asked where the value comes from. */
  #closureType(signature: number, place: Place): void {
    const types = at(this.#unit.signatures, signature);
    if (types.length === 1 && types[0]?.kind === 'function') return;
    refuse(this.#unit, 'CLOSURE_CALL_REQUIRES_FUNCTION', 'what is called has no function type', place);
  }

  #elementType(signature: number, place: Place): Demands {
    const [element, ...more] = at(this.#unit.signatures, signature);
    if (element === undefined || more.length > 0) {
      refuse(this.#unit, 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', 'a vector has one element type', place);
    }
    if (isReference(element)) refuse(this.#unit, 'INVALID_SIGNATURE_TOKEN', 'a vector of references', place);
    return this.#signature(signature);
  }

  #structDefinition(module: CompiledModule, index: number): void {
    const place: Place = { table: 'structs', index };
    const definition = at(module.structs, index);
    const handle = structHandleOf(module, definition);
    const scope = handle.typeParameters.map((parameter) => parameter.constraints);
    const anything = handle.typeParameters.map(() => ALL_ABILITIES);
    const required = requiredOfParts(handle.abilities);
    for (const field of allFieldsOf(definition)) {
      this.#inScope(this.#demandsOf(field.type, false, 0, place), scope, place);
      // A struct has its abilities only when its type arguments have them, so the parameters may be taken to have every one.
      const status = 'FIELD_MISSING_TYPE_ABILITY';
      this.#inScope(this.#demandsOf(field.type, false, required, place, status), anything, place, status);
      this.#phantoms(field.type, handle.typeParameters, false, place);
    }
  }

  #phantoms(
    type: SignatureToken,
    parameters: readonly StructTypeParameter[],
    mayBePhantom: boolean,
    place: Place,
  ): void {
    if (type.kind === 'vector') this.#phantoms(type.inner, parameters, false, place);
    else if (type.kind === 'function') {
      for (const part of type.parameters) this.#phantoms(part, parameters, false, place);
      for (const part of type.returns) this.#phantoms(part, parameters, false, place);
    } else if (type.kind === 'struct') {
      const handle = at(this.#unit.structHandles, type.handle);
      for (let i = 0; i < type.typeArgs.length; i++) {
        const arg = at(type.typeArgs, i);
        this.#phantoms(arg, parameters, at(handle.typeParameters, i).isPhantom, place);
      }
    } else if (type.kind === 'typeParameter' && at(parameters, type.index).isPhantom && !mayBePhantom) {
      refuse(this.#unit, 'INVALID_PHANTOM_TYPE_PARAM_POSITION', 'a phantom parameter is used', place);
    }
  }

  #signature(index: number): Demands {
    let demands = this.#signatureDemands.get(index);
    if (demands === undefined) {
      demands = NOTHING;
      for (const i of at(this.#unit.signatures, index).keys()) demands |= this.#typeInSignature(index, i, 0);
      this.#signatureDemands.set(index, demands);
    }
    return demands;
  }

  #typeInSignature(signature: number, index: number, required: AbilitySet): Demands {
    const key = `${signature} ${index} ${required}`;
    let demands = this.#typeDemands.get(key);
    if (demands === undefined) {
      const place: Place = { table: 'signatures', index: signature };
      demands = this.#demandsOf(at(at(this.#unit.signatures, signature), index), true, required, place);
      this.#typeDemands.set(key, demands);
    }
    return demands;
  }

  #functionInstantiation(handleIndex: number, typeArgs: number, place: Place): Demands {
    // Of two indices below 2^16, as many calls ask for the same.
    const key = handleIndex * 0x1_0000 + typeArgs;
    let demands = this.#callDemands.get(key);
    if (demands === undefined) {
      const { typeParameters } = at(this.#unit.functionHandles, handleIndex);
      demands = this.#arguments(typeArgs, typeParameters, place);
      this.#callDemands.set(key, demands);
    }
    return demands;
  }

  #structInstantiation(struct: number, typeArgs: number, required: AbilitySet, place: Place): Demands {
    const key = `struct ${struct} ${typeArgs} ${required}`;
    let demands = this.#instantiationDemands.get(key);
    if (demands === undefined) {
      const module = this.#unit;
      assert(module.kind === 'module', 'a struct in a script');
      const handle = structHandleOf(module, at(module.structs, struct));
      this.#sameNumber(handle.typeParameters.length, typeArgs, place);
      if (!isSubset(required, handle.abilities)) this.#missing(place);
      const needs = handle.typeParameters.map((parameter) => neededOfArgument(parameter, required));
      demands = this.#arguments(typeArgs, needs, place);
      this.#instantiationDemands.set(key, demands);
    }
    return demands;
  }

  /** Type arguments of an instruction: no references, and each with what it needs. */
  #arguments(typeArgs: number, needs: readonly AbilitySet[], place: Place): Demands {
    this.#sameNumber(needs.length, typeArgs, place);
    let demands = NOTHING;
    for (const [i, arg] of typeArgsAt(this.#unit, typeArgs).entries()) {
      if (isReference(arg)) refuse(this.#unit, 'INVALID_SIGNATURE_TOKEN', 'a reference as type argument', place);
      demands |= this.#typeInSignature(typeArgs, i, at(needs, i));
    }
    return demands;
  }

  /** Checks `type` but for its type parameters, whose demands are returned. */
  #demandsOf(
    type: SignatureToken,
    mayBeReference: boolean,
    required: AbilitySet,
    place: Place,
    status: VerificationStatus = 'CONSTRAINT_NOT_SATISFIED',
  ): Demands {
    const expect = (abilities: AbilitySet): void => {
      if (!isSubset(required, abilities)) this.#missing(place, status);
    };
    switch (type.kind) {
      case 'typeParameter':
        return demand(type.index, required);
      case 'reference':
      case 'mutableReference':
        if (!mayBeReference) refuse(this.#unit, 'INVALID_SIGNATURE_TOKEN', 'a reference inside a type', place);
        expect(REFERENCE_ABILITIES);
        return this.#demandsOf(type.inner, false, 0, place, status);
      case 'vector':
        expect(VECTOR_ABILITIES);
        return this.#demandsOf(type.inner, false, requiredOfParts(required), place, status);
      case 'struct': {
        const handle = at(this.#unit.structHandles, type.handle);
        expect(handle.abilities);
        let demands = NOTHING;
        for (let i = 0; i < type.typeArgs.length; i++) {
          const arg = at(type.typeArgs, i);
          const needed = neededOfArgument(at(handle.typeParameters, i), required);
          demands |= this.#demandsOf(arg, false, needed, place, status);
        }
        return demands;
      }
      case 'function': {
        expect(type.abilities);
        // What a function takes and gives may be a reference, and says nothing of the value that the function is.
        let demands = NOTHING;
        for (const part of type.parameters) demands |= this.#demandsOf(part, true, 0, place, status);
        for (const part of type.returns) demands |= this.#demandsOf(part, true, 0, place, status);
        return demands;
      }
      case 'signer':
        expect(SIGNER_ABILITIES);
        return NOTHING;
      default:
        expect(PRIMITIVE_ABILITIES);
        return NOTHING;
    }
  }

  #inScope(demands: Demands, scope: readonly AbilitySet[], place: Place, status?: VerificationStatus): void {
    if (demands === NOTHING) return;
    let granted = NOTHING;
    for (const [index, abilities] of scope.entries()) granted |= demand(index, abilities);
    if ((demands & granted) !== demands) this.#missing(place, status);
  }

  #sameNumber(expected: number, typeArgs: number, place: Place): void {
    const given = typeArgsAt(this.#unit, typeArgs).length;
    if (given === expected) return;
    const problem = `${expected} type arguments expected, ${given} given`;
    refuse(this.#unit, 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', problem, place);
  }

  #missing(place: Place, status: VerificationStatus = 'CONSTRAINT_NOT_SATISFIED'): never {
    refuse(this.#unit, status, 'a type lacks an ability', place);
  }
}

/** Instructions whose struct must have `key`. */
const GLOBAL_OPERATIONS: ReadonlySet<string> = new Set([
  'existsGeneric',
  'moveFromGeneric',
  'moveToGeneric',
  'immBorrowGlobalGeneric',
  'mutBorrowGlobalGeneric',
]);

/** What a struct's type argument needs when the struct shall have `required`. */
function neededOfArgument(parameter: StructTypeParameter, required: AbilitySet): AbilitySet {
  return parameter.isPhantom ? parameter.constraints : parameter.constraints | requiredOfParts(required);
}

function isReference(type: SignatureToken): boolean {
  return type.kind === 'reference' || type.kind === 'mutableReference';
}

/** Nothing is asked of a parameter that no function can have: where one is in scope, the indices in use are known to be of it. */
function demand(index: number, abilities: AbilitySet): Demands {
  if (abilities === 0 || index >= TYPE_PARAMETER_COUNT_MAX) return NOTHING;
  return BigInt(abilities) << BigInt(ABILITY_BITS * index);
}
