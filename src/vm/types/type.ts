// Types with every parameter filled in, and how their values lie in linear memory. Each type exists once in a `TypeTable`, so types are
// compared with ===. Layout is packed and little-endian: a type without vectors and enums has its BCS encoding as its memory image.

import { parseAddress } from '../../base/ids.ts';
import type { PassedTag, StructTag, TypeTag } from '../../base/type-tag.ts';
import type { AbilitySet, ModuleId } from '../bytecode/module.ts';
import type { IntegerKind } from './integer-kind.ts';

export type PrimitiveKind = 'bool' | IntegerKind | 'address' | 'signer';

/**
 * How a value travels in WebAssembly: `i32` (bool and integers below 64 bits, zero- or sign-extended; references, functions), `i64` (u64, i64), or
 * `memory`: an i32 address of memory that its holder does not change (wider integers, address, signer, vectors, structs, enums).
 */
export type Representation = 'i32' | 'i64' | 'memory';

interface TypeBase {
  /** Dense, in order of creation: names the type in compiled code. */
  readonly id: number;
  /** As `formatTypeTag` writes it; references with `&`. */
  readonly name: string;
  readonly representation: Representation;
  /** Bytes in memory; for a vector its header. */
  readonly size: number;
  /** The memory image is the BCS encoding, and equal values have equal images: neither vectors nor enums inside. */
  readonly plain: boolean;
  /** Plain, and every image is a value: no bool inside. */
  readonly unchecked: boolean;
  /** Holds a vector somewhere: a copy has to follow pointers. */
  readonly deep: boolean;
  /** Levels of nesting, 1 for a primitive. */
  readonly depth: number;
}

export interface PrimitiveType extends TypeBase {
  readonly kind: PrimitiveKind;
}
export interface VectorType extends TypeBase {
  readonly kind: 'vector';
  readonly element: Type;
}
export interface Field {
  readonly name: string;
  readonly type: Type;
  /** From the start of the struct, or of the enum with its tag. */
  readonly offset: number;
}
export interface StructIdentity {
  readonly module: ModuleId;
  readonly structName: string;
  readonly typeArgs: readonly Type[];
  /** Declared: what a value has depends on the type arguments too. */
  readonly abilities: AbilitySet;
  /** Which type parameters are phantom. */
  readonly phantoms: readonly boolean[];
}
export interface StructType extends TypeBase, StructIdentity {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
}
export interface Variant {
  readonly name: string;
  readonly fields: readonly Field[];
}
/** One byte of tag (the variant's index), then the fields of that variant. */
export interface EnumType extends TypeBase, StructIdentity {
  readonly kind: 'enum';
  readonly variants: readonly Variant[];
}
export interface ReferenceType extends TypeBase {
  readonly kind: 'reference';
  readonly inner: Type;
  readonly mutable: boolean;
}
/** A function value: the address of what it is made of (`compile/layout.ts`), which never changes. 0 in no value. */
export interface FunctionType extends TypeBase {
  readonly kind: 'function';
  readonly params: readonly Type[];
  readonly returns: readonly Type[];
  readonly abilities: AbilitySet;
}

/** A struct or enum, which a resource can be. */
export type NominalType = StructType | EnumType;
export type Type = PrimitiveType | VectorType | StructType | EnumType | ReferenceType | FunctionType;

/** A vector in memory: address of the elements, their number, the room for them; u32 each. */
export const VECTOR = { elements: 0, length: 4, capacity: 8, size: 12 } as const;
export const ENUM_TAG_SIZE = 1;

export const FRAMEWORK_ADDRESS = parseAddress('0x1');

export function isNominal(type: Type): type is NominalType {
  return type.kind === 'struct' || type.kind === 'enum';
}

/** Whether `type` is this struct of `0x1`, whatever its type arguments. */
export function isFrameworkStruct(type: Type, module: string, name: string): boolean {
  if (!isNominal(type) || type.structName !== name || type.module.name !== module) return false;
  return type.module.address === FRAMEWORK_ADDRESS;
}

/** The tag of a type that is no reference. */
export function tagOf(type: Type): TypeTag {
  switch (type.kind) {
    case 'vector':
      return { kind: 'vector', element: tagOf(type.element) };
    case 'struct':
    case 'enum':
      return structTagOf(type);
    case 'function': {
      const { params, returns, abilities } = type;
      return { kind: 'function', params: params.map(passedTagOf), returns: returns.map(passedTagOf), abilities };
    }
    case 'reference':
      throw new TypeError(`${type.name} has no tag`);
    default:
      return { kind: type.kind };
  }
}

function passedTagOf(type: Type): PassedTag {
  if (type.kind !== 'reference') return { passed: 'value', type: tagOf(type) };
  return { passed: type.mutable ? 'mutableReference' : 'reference', type: tagOf(type.inner) };
}

export function structTagOf(type: NominalType): StructTag {
  return {
    kind: 'struct',
    address: type.module.address,
    module: type.module.name,
    name: type.structName,
    typeArgs: type.typeArgs.map(tagOf),
  };
}
