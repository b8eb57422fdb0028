// A module's ABI as the REST API gives it (aptos-core, api/types/src/bytecode.rs): what ts-sdk reads before it encodes a call. Addresses
// are whole, but for the special ones: ts-sdk refuses types at an address like 0xc4a7.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { at, moduleIdAt, moduleIdOf, parametersOf, returnsOf, selfId } from '../../vm/bytecode/access.ts';
import {
  Ability,
  type AbilitySet,
  type CompiledModule,
  type FieldDefinition,
  type FunctionDefinition,
  type ModuleId,
  type SignatureToken,
  type StructDefinition,
} from '../../vm/bytecode/module.ts';
import { structName } from '../../vm/declared-types.ts';
import type { Json } from '../../vm/json.ts';
import { formatAddress } from './format.ts';

/** Metadata that the compiler writes for Aptos: error map, attributes of structs, attributes of functions. */
const METADATA_KEY = 'aptos::metadata_v1';
const ITEMS_MAX = 65_536;
const TEXT_SIZE_MAX = 65_536;
/** Kinds of `KnownAttribute`. */
const VIEW_FUNCTION = 1;
const EVENT = 4;

interface Attributes {
  readonly views: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
}

export function moduleAbi(module: CompiledModule): Json {
  const self = selfId(module);
  const attributes = readAttributes(module);
  return {
    address: formatAddress(self.address),
    name: self.name,
    friends: module.friends.map((handle) => formatModule(moduleIdOf(module, handle))),
    exposed_functions: module.functions
      .filter((definition) => isExposed(module, definition, attributes))
      .map((definition) => functionAbi(module, definition, attributes)),
    structs: module.structs.map((definition) => structAbi(module, definition, attributes)),
  };
}

function functionName(module: CompiledModule, definition: FunctionDefinition): string {
  return at(module.identifiers, at(module.functionHandles, definition.handle).name);
}

/** What somebody outside the module can call. */
function isExposed(module: CompiledModule, definition: FunctionDefinition, { views }: Attributes): boolean {
  return definition.visibility !== 'private' || definition.isEntry || views.has(functionName(module, definition));
}

function functionAbi(module: CompiledModule, definition: FunctionDefinition, { views }: Attributes): Json {
  const handle = at(module.functionHandles, definition.handle);
  const name = functionName(module, definition);
  return {
    name,
    visibility: definition.visibility,
    is_entry: definition.isEntry,
    is_view: views.has(name),
    generic_type_params: handle.typeParameters.map((abilities) => ({ constraints: abilityNames(abilities) })),
    params: parametersOf(module, handle).map((token) => formatToken(module, token)),
    return: returnsOf(module, handle).map((token) => formatToken(module, token)),
  };
}

function structAbi(module: CompiledModule, definition: StructDefinition, { events }: Attributes): Json {
  const handle = at(module.structHandles, definition.handle);
  const name = structName(module, definition);
  const { layout } = definition;
  const field = (declared: FieldDefinition) => ({
    name: at(module.identifiers, declared.name),
    type: formatToken(module, declared.type),
  });
  return {
    name,
    is_native: layout.kind === 'native',
    is_event: events.has(name),
    is_enum: layout.kind === 'enum',
    abilities: abilityNames(handle.abilities),
    generic_type_params: handle.typeParameters.map(({ constraints, isPhantom }) => ({
      constraints: abilityNames(constraints),
      is_phantom: isPhantom,
    })),
    fields: layout.kind === 'struct' ? layout.fields.map(field) : [],
  };
}

function formatToken(module: CompiledModule, token: SignatureToken): string {
  switch (token.kind) {
    case 'vector':
      return `vector<${formatToken(module, token.inner)}>`;
    case 'reference':
      return `&${formatToken(module, token.inner)}`;
    case 'mutableReference':
      return `&mut ${formatToken(module, token.inner)}`;
    case 'typeParameter':
      return `T${token.index}`;
    case 'struct': {
      const handle = at(module.structHandles, token.handle);
      const args = token.typeArgs.map((arg) => formatToken(module, arg)).join(', ');
      const name = `${formatModule(moduleIdAt(module, handle.module))}::${at(module.identifiers, handle.name)}`;
      return args === '' ? name : `${name}<${args}>`;
    }
    default:
      return token.kind;
  }
}

function formatModule({ address, name }: ModuleId): string {
  return `${formatAddress(address)}::${name}`;
}

function abilityNames(set: AbilitySet): string[] {
  return Object.entries(Ability)
    .filter(([, bit]) => (set & bit) !== 0)
    .map(([name]) => name);
}

/** Which functions are views and which structs events. Metadata that cannot be read says nothing about either. */
function readAttributes(module: CompiledModule): Attributes {
  const none: Attributes = { views: new Set(), events: new Set() };
  try {
    const entry = module.metadata.find(({ key }) => utf8Decode(key) === METADATA_KEY);
    return entry ? decodeBcs(entry.value, 'metadata', readMetadata) : none;
  } catch (error) {
    if (error instanceof DecodeError) return none;
    throw error;
  }
}

/** `RuntimeModuleMetadataV1`. */
function readMetadata(reader: BcsReader): Attributes {
  reader.vector('error map', ITEMS_MAX, (r) => {
    r.u64('error code');
    r.string('error name', TEXT_SIZE_MAX);
    r.string('error description', TEXT_SIZE_MAX);
  });
  const events = readMarked(reader, EVENT);
  return { events, views: readMarked(reader, VIEW_FUNCTION) };
}

/** Names in a map from name to attributes that carry an attribute of this kind. */
function readMarked(reader: BcsReader, kind: number): Set<string> {
  const marked = new Set<string>();
  reader.vector('attributes', ITEMS_MAX, (r) => {
    const name = r.string('name', TEXT_SIZE_MAX);
    r.vector('attributes', ITEMS_MAX, (attribute) => {
      if (attribute.u8('attribute kind') === kind) marked.add(name);
      attribute.vector('attribute arguments', ITEMS_MAX, (a) => a.string('attribute argument', TEXT_SIZE_MAX));
    });
  });
  return marked;
}
