// Decodes a type of a signature, a field or a constant.

import type { Cursor } from './cursor.ts';
import {
  INDEX_MAX,
  SIGNATURE_LENGTH_MAX,
  TYPE_CODE_FUNCTION,
  TYPE_CODE_SIGNED_FIRST,
  TYPE_CODE_SIGNED_LAST,
  TYPE_DEPTH_MAX,
  TYPE_PARAMETER_COUNT_MAX,
  TYPE_PARAMETER_INDEX_MAX,
  TypeCode,
  VERSION_INTEGERS,
} from './format.ts';
import type { SignatureToken } from './module.ts';

type LeafKind = 'bool' | 'u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256' | 'address' | 'signer';

/** Types without parts, one object each: they carry nothing, so they can be shared. */
const LEAVES: ReadonlyMap<number, SignatureToken & { readonly kind: LeafKind }> = new Map(
  (['bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer'] as const).map((kind) => [
    TypeCode[kind],
    Object.freeze({ kind }),
  ]),
);
const SINCE_INTEGERS: ReadonlySet<number> = new Set([TypeCode.u16, TypeCode.u32, TypeCode.u256]);

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
    if (SINCE_INTEGERS.has(code) && cursor.version < VERSION_INTEGERS) {
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
    case TYPE_CODE_FUNCTION:
      cursor.fail('UNSUPPORTED', 'function types (bytecode version 8)', start);
  }
  if (code >= TYPE_CODE_SIGNED_FIRST && code <= TYPE_CODE_SIGNED_LAST) {
    cursor.fail('UNSUPPORTED', 'signed integers (bytecode version 9)', start);
  }
  cursor.fail('UNKNOWN_SERIALIZED_TYPE', `type code ${code}`, start);
}
