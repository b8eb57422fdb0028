// A module's ABI: what it offers to callers and readers, in names instead of indices. The fields are those of the REST API's `abi`
// (aptos-core, api/types), in the types of this code base; rendering it as JSON is the API's matter.

import { shortAddress } from '../../base/ids.ts';
import { at, moduleIdAt, moduleIdOf, parametersOf, returnsOf, selfId, structHandleOf } from './access.ts';
import { hasAttribute, type ModuleMetadata, readMetadata } from './metadata.ts';
import {
  Ability,
  type AbilitySet,
  type CompiledModule,
  type FieldDefinition,
  type FunctionDefinition,
  type ModuleId,
  type SignatureToken,
  type StructDefinition,
  type Visibility,
} from './module.ts';

export type AbilityName = keyof typeof Ability;

export interface FunctionAbi {
  readonly name: string;
  readonly visibility: Visibility;
  readonly isEntry: boolean;
  readonly isView: boolean;
  /** Constraints of each type parameter. */
  readonly typeParameters: readonly (readonly AbilityName[])[];
  readonly parameters: readonly string[];
  readonly returns: readonly string[];
}

export interface FieldAbi {
  readonly name: string;
  readonly type: string;
}

export interface StructAbi {
  readonly name: string;
  readonly isNative: boolean;
  readonly isEvent: boolean;
  readonly abilities: readonly AbilityName[];
  readonly typeParameters: readonly { readonly constraints: readonly AbilityName[]; readonly isPhantom: boolean }[];
  /** Empty for enums and natives. */
  readonly fields: readonly FieldAbi[];
  /** Present for enums alone. */
  readonly variants?: readonly { readonly name: string; readonly fields: readonly FieldAbi[] }[];
}

export interface ModuleAbi {
  readonly id: ModuleId;
  readonly friends: readonly ModuleId[];
  /** All functions that somebody outside can call: public, friend, entry and view ones. */
  readonly functions: readonly FunctionAbi[];
  readonly structs: readonly StructAbi[];
  readonly metadata: ModuleMetadata;
}

/** Of a decoded module; it need not be verified. */
export function moduleAbi(module: CompiledModule): ModuleAbi {
  const metadata = readMetadata(module);
  return {
    id: selfId(module),
    friends: module.friends.map((friend) => moduleIdOf(module, friend)),
    functions: module.functions
      .map((definition) => functionAbi(module, definition, metadata))
      .filter(({ visibility, isEntry, isView }) => visibility !== 'private' || isEntry || isView),
    structs: module.structs.map((definition) => structAbi(module, definition, metadata)),
    metadata,
  };
}

/** As Move writes types, but for type parameters, which have no names in bytecode: `T0`, `T1`. */
export function formatSignatureToken(module: CompiledModule, type: SignatureToken): string {
  switch (type.kind) {
    case 'vector':
      return `vector<${formatSignatureToken(module, type.inner)}>`;
    case 'reference':
      return `&${formatSignatureToken(module, type.inner)}`;
    case 'mutableReference':
      return `&mut ${formatSignatureToken(module, type.inner)}`;
    case 'typeParameter':
      return `T${type.index}`;
    case 'struct': {
      const handle = at(module.structHandles, type.handle);
      const { address, name } = moduleIdAt(module, handle.module);
      const args = type.typeArgs.map((arg) => formatSignatureToken(module, arg)).join(', ');
      return `${shortAddress(address)}::${name}::${at(module.identifiers, handle.name)}${args && `<${args}>`}`;
    }
    case 'function': {
      const list = (types: readonly SignatureToken[]) =>
        types.map((part) => formatSignatureToken(module, part)).join(', ');
      const abilities = abilityNames(type.abilities).join(' + ');
      return `|${list(type.parameters)}|(${list(type.returns)})${abilities && ` has ${abilities}`}`;
    }
    default:
      return type.kind;
  }
}

function functionAbi(module: CompiledModule, definition: FunctionDefinition, metadata: ModuleMetadata): FunctionAbi {
  const handle = at(module.functionHandles, definition.handle);
  const name = at(module.identifiers, handle.name);
  const format = (type: SignatureToken) => formatSignatureToken(module, type);
  return {
    name,
    visibility: definition.visibility,
    isEntry: definition.isEntry,
    isView: hasAttribute(metadata.functions.get(name), 'view'),
    typeParameters: handle.typeParameters.map(abilityNames),
    parameters: parametersOf(module, handle).map(format),
    returns: returnsOf(module, handle).map(format),
  };
}

function structAbi(module: CompiledModule, definition: StructDefinition, metadata: ModuleMetadata): StructAbi {
  const handle = structHandleOf(module, definition);
  const name = at(module.identifiers, handle.name);
  const { layout } = definition;
  return {
    name,
    isNative: layout.kind === 'native',
    isEvent: hasAttribute(metadata.structs.get(name), 'event'),
    abilities: abilityNames(handle.abilities),
    typeParameters: handle.typeParameters.map(({ constraints, isPhantom }) => ({
      constraints: abilityNames(constraints),
      isPhantom,
    })),
    fields: layout.kind === 'struct' ? fieldAbis(module, layout.fields) : [],
    ...(layout.kind === 'enum' && {
      variants: layout.variants.map((variant) => ({
        name: at(module.identifiers, variant.name),
        fields: fieldAbis(module, variant.fields),
      })),
    }),
  };
}

function fieldAbis(module: CompiledModule, fields: readonly FieldDefinition[]): readonly FieldAbi[] {
  return fields.map((field) => ({
    name: at(module.identifiers, field.name),
    type: formatSignatureToken(module, field.type),
  }));
}

function abilityNames(set: AbilitySet): readonly AbilityName[] {
  const names: readonly AbilityName[] = ['copy', 'drop', 'store', 'key'];
  return names.filter((name) => (set & Ability[name]) !== 0);
}
