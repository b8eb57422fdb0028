// Decodes one item of each table of a binary. How tables are found is in `decode.ts`.

import { ADDRESS_SIZE, type Address, addressFromBytes } from '../../base/ids.ts';
import type { Cursor } from './cursor.ts';
import { decodeAccessSpecifiers } from './decode-access.ts';
import { decodeAttribute } from './decode-attribute.ts';
import { decodeCodeUnit } from './decode-code.ts';
import { decodeType } from './decode-type.ts';
import {
  ABILITIES_MAX,
  ACQUIRES_COUNT_MAX,
  ATTRIBUTE_COUNT_MAX,
  CONSTANT_SIZE_MAX,
  FIELD_COUNT_MAX,
  FIELD_OFFSET_MAX,
  FUNCTION_ENTRY,
  FUNCTION_NATIVE,
  IDENTIFIER_SIZE_MAX,
  INDEX_MAX,
  METADATA_KEY_SIZE_MAX,
  METADATA_VALUE_SIZE_MAX,
  StructFlag,
  TYPE_PARAMETER_COUNT_MAX,
  VARIANT_COUNT_MAX,
  VARIANT_OFFSET_MAX,
  VERSION_CLOSURES,
  VERSION_ENUMS,
  VERSION_SIGNED,
  VisibilityCode,
} from './format.ts';
import type {
  AbilitySet,
  Constant,
  FieldDefinition,
  FieldHandle,
  FunctionDefinition,
  FunctionHandle,
  Instantiation,
  Metadata,
  ModuleHandle,
  StructDefinition,
  StructHandle,
  StructTypeParameter,
  StructVariantHandle,
  VariantDefinition,
  VariantFieldHandle,
  Visibility,
} from './module.ts';

/** Names as the bytecode allows them (`$` since version 9); `<SELF>` is what old compilers called the module of a script. */
const IDENTIFIER = /^(?:[a-zA-Z][a-zA-Z0-9_$]*|[_$][a-zA-Z0-9_$]+|<SELF>(?:_[0-9]+)?)$/;
const VISIBILITIES: ReadonlyMap<number, Visibility> = new Map([
  [VisibilityCode.private, 'private'],
  [VisibilityCode.public, 'public'],
  [VisibilityCode.friend, 'friend'],
]);

export function decodeIndex(cursor: Cursor): number {
  return cursor.uleb('index', INDEX_MAX);
}

export function decodeAbilitySets(cursor: Cursor): readonly AbilitySet[] {
  return cursor.list('type parameters', TYPE_PARAMETER_COUNT_MAX, decodeAbilities);
}

export function decodeModuleHandle(cursor: Cursor): ModuleHandle {
  return { address: decodeIndex(cursor), name: decodeIndex(cursor) };
}

export function decodeStructHandle(cursor: Cursor): StructHandle {
  return {
    module: decodeIndex(cursor),
    name: decodeIndex(cursor),
    abilities: decodeAbilities(cursor),
    typeParameters: cursor.list('type parameters', TYPE_PARAMETER_COUNT_MAX, decodeStructTypeParameter),
  };
}

export function decodeFunctionHandle(cursor: Cursor): FunctionHandle {
  const handle = {
    module: decodeIndex(cursor),
    name: decodeIndex(cursor),
    parameters: decodeIndex(cursor),
    returns: decodeIndex(cursor),
    typeParameters: decodeAbilitySets(cursor),
  };
  const access = cursor.version >= VERSION_ENUMS ? decodeAccessSpecifiers(cursor) : {};
  const attributes =
    cursor.version >= VERSION_CLOSURES ? cursor.list('attributes', ATTRIBUTE_COUNT_MAX, decodeAttribute) : [];
  return { ...handle, ...access, attributes };
}

export function decodeFieldHandle(cursor: Cursor): FieldHandle {
  return { owner: decodeIndex(cursor), field: cursor.uleb('field', FIELD_OFFSET_MAX) };
}

export function decodeInstantiation(cursor: Cursor): Instantiation {
  return { handle: decodeIndex(cursor), typeArgs: decodeIndex(cursor) };
}

export function decodeStructVariantHandle(cursor: Cursor): StructVariantHandle {
  return { struct: decodeIndex(cursor), variant: cursor.uleb('variant', VARIANT_OFFSET_MAX) };
}

export function decodeVariantFieldHandle(cursor: Cursor): VariantFieldHandle {
  const struct = decodeIndex(cursor);
  const field = cursor.uleb('field', FIELD_OFFSET_MAX);
  const variants = cursor.list('variants', VARIANT_COUNT_MAX, (c) => c.uleb('variant', VARIANT_OFFSET_MAX));
  return { struct, variants, field };
}

export function decodeIdentifier(cursor: Cursor): string {
  const start = cursor.offset;
  // As Latin-1, since only ASCII is allowed in the end.
  const text: string = Reflect.apply(String.fromCharCode, undefined, cursor.blob('identifier', IDENTIFIER_SIZE_MAX));
  if (!IDENTIFIER.test(text)) cursor.fail('MALFORMED', 'not an identifier', start);
  if (cursor.version < VERSION_SIGNED && text.includes('$')) {
    cursor.fail('MALFORMED', `$ in an identifier in bytecode version ${cursor.version}`, start);
  }
  return text;
}

export function decodeAddress(cursor: Cursor): Address {
  return addressFromBytes(cursor.bytes('address', ADDRESS_SIZE));
}

export function decodeConstant(cursor: Cursor): Constant {
  return { type: decodeType(cursor), data: cursor.blob('constant', CONSTANT_SIZE_MAX) };
}

export function decodeMetadata(cursor: Cursor): Metadata {
  return {
    key: cursor.blob('metadata key', METADATA_KEY_SIZE_MAX),
    value: cursor.blob('metadata value', METADATA_VALUE_SIZE_MAX),
  };
}

export function decodeStructDefinition(cursor: Cursor): StructDefinition {
  const handle = decodeIndex(cursor);
  const start = cursor.offset;
  const flag = cursor.u8('struct flag');
  switch (flag) {
    case StructFlag.native:
      return { handle, layout: { kind: 'native' } };
    case StructFlag.declared:
      return { handle, layout: { kind: 'struct', fields: decodeFields(cursor) } };
    case StructFlag.variants:
      if (cursor.version < VERSION_ENUMS) {
        cursor.fail('MALFORMED', `an enum in bytecode version ${cursor.version}`, start);
      }
      return { handle, layout: { kind: 'enum', variants: cursor.list('variants', VARIANT_COUNT_MAX, decodeVariant) } };
    default:
      cursor.fail('UNKNOWN_NATIVE_STRUCT_FLAG', `struct flag ${flag}`, start);
  }
}

export function decodeFunctionDefinition(cursor: Cursor): FunctionDefinition {
  const handle = decodeIndex(cursor);
  const visibilityStart = cursor.offset;
  const visibility = VISIBILITIES.get(cursor.u8('visibility'));
  if (visibility === undefined) cursor.fail('MALFORMED', 'unknown visibility', visibilityStart);
  const flagsStart = cursor.offset;
  const flags = cursor.u8('function flags');
  const isEntry = (flags & FUNCTION_ENTRY) !== 0;
  const isNative = (flags & FUNCTION_NATIVE) !== 0;
  const acquires = cursor.list('acquired structs', ACQUIRES_COUNT_MAX, decodeIndex);
  const definition = { handle, visibility, isEntry, acquires };
  const whole = isNative ? definition : { ...definition, body: decodeCodeUnit(cursor) };
  if ((flags & ~(FUNCTION_ENTRY | FUNCTION_NATIVE)) !== 0) {
    cursor.fail('INVALID_FLAG_BITS', `function flags ${flags}`, flagsStart);
  }
  return whole;
}

function decodeAbilities(cursor: Cursor): AbilitySet {
  return cursor.uleb('abilities', ABILITIES_MAX);
}

function decodeStructTypeParameter(cursor: Cursor): StructTypeParameter {
  return { constraints: decodeAbilities(cursor), isPhantom: cursor.uleb('phantom', 1) === 1 };
}

function decodeFields(cursor: Cursor): readonly FieldDefinition[] {
  return cursor.list('fields', FIELD_COUNT_MAX, (c) => ({ name: decodeIndex(c), type: decodeType(c) }));
}

function decodeVariant(cursor: Cursor): VariantDefinition {
  return { name: decodeIndex(cursor), fields: decodeFields(cursor) };
}
