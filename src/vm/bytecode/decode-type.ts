// Decodes a type of a signature, a field or a constant.

import type { Cursor } from './cursor.ts';
import {
  ABILITIES_MAX,
  INDEX_MAX,
  SIGNATURE_LENGTH_MAX,
  TYPE_DEPTH_MAX,
  TYPE_PARAMETER_COUNT_MAX,
  TYPE_PARAMETER_INDEX_MAX,
  TypeCode,
  VERSION_CLOSURES,
  VERSION_INTEGERS,
  VERSION_MIN,
  VERSION_SIGNED,
} from './format.ts';
import type { LeafKind, SignatureToken } from './module.ts';

/** Types without parts, and the version that brought them. */
const LEAF_VERSIONS: Readonly<Record<LeafKind, number>> = {
  bool: VERSION_MIN,
  u8: VERSION_MIN,
  u16: VERSION_INTEGERS,
  u32: VERSION_INTEGERS,
  u64: VERSION_MIN,
  u128: VERSION_MIN,
  u256: VERSION_INTEGERS,
  i8: VERSION_SIGNED,
  i16: VERSION_SIGNED,
  i32: VERSION_SIGNED,
  i64: VERSION_SIGNED,
  i128: VERSION_SIGNED,
  i256: VERSION_SIGNED,
  address: VERSION_MIN,
  signer: VERSION_MIN,
};
/** One object each: they carry nothing, so they can be shared. */
const LEAVES: ReadonlyMap<number, { readonly kind: LeafKind }> = new Map(
  Object.keys(LEAF_VERSIONS).map((kind) => [TypeCode[kind as LeafKind], Object.freeze({ kind: kind as LeafKind })]),
);

export function decodeSignature(cursor: Cursor): readonly SignatureToken[] {
  return cursor.list('types', SIGNATURE_LENGTH_MAX, decodeType);
}

export function decodeType(cursor: Cursor): SignatureToken {
  return typeAt(cursor, 1);
}

/** `depth` counts the types from the outermost to this one. */
function typeAt(cursor: Cursor, depth: number): SignatureToken {
  const start = cursor.offset;
  const code = cursor.u8('type');
  if (depth > TYPE_DEPTH_MAX) cursor.fail('MALFORMED', 'types nested too deeply', start);
  const leaf = LEAVES.get(code);
  if (leaf) {
    if (cursor.version < LEAF_VERSIONS[leaf.kind]) {
      cursor.fail('MALFORMED', `${leaf.kind} in bytecode version ${cursor.version}`, start);
    }
    return leaf;
  }
  switch (code) {
    case TypeCode.vector:
      return { kind: 'vector', inner: typeAt(cursor, depth + 1) };
    case TypeCode.reference:
      return { kind: 'reference', inner: typeAt(cursor, depth + 1) };
    case TypeCode.mutableReference:
      return { kind: 'mutableReference', inner: typeAt(cursor, depth + 1) };
    case TypeCode.struct:
      return { kind: 'struct', handle: cursor.uleb('struct handle', INDEX_MAX), typeArgs: [] };
    case TypeCode.structInstantiation: {
      const handle = cursor.uleb('struct handle', INDEX_MAX);
      const typeArgs = cursor.list('type arguments', TYPE_PARAMETER_COUNT_MAX, () => typeAt(cursor, depth + 1));
      if (typeArgs.length === 0) cursor.fail('MALFORMED', 'instantiation without type arguments', start);
      return { kind: 'struct', handle, typeArgs };
    }
    case TypeCode.typeParameter:
      return { kind: 'typeParameter', index: cursor.uleb('type parameter', TYPE_PARAMETER_INDEX_MAX) };
    case TypeCode.function: {
      if (cursor.version < VERSION_CLOSURES) {
        cursor.fail('MALFORMED', `a function type in bytecode version ${cursor.version}`, start);
      }
      const abilities = cursor.uleb('abilities', ABILITIES_MAX);
      const parameterCount = cursor.uleb('number of parameters', TYPE_PARAMETER_COUNT_MAX);
      const returnCount = cursor.uleb('number of returns', TYPE_PARAMETER_COUNT_MAX);
      const parameters = typesAt(cursor, parameterCount, depth + 1);
      return { kind: 'function', parameters, returns: typesAt(cursor, returnCount, depth + 1), abilities };
    }
  }
  cursor.fail('UNKNOWN_SERIALIZED_TYPE', `type code ${code}`, start);
}

function typesAt(cursor: Cursor, count: number, depth: number): readonly SignatureToken[] {
  const types: SignatureToken[] = [];
  for (let i = 0; i < count; i++) types.push(typeAt(cursor, depth));
  return types;
}
