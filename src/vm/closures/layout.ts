// What stands in storage beside each captured value: its layout, a type without names (`MoveTypeLayout` of the Rust VM, in its runtime form).
// It lets a value be read without the code that it belongs to. In memory a layout is a type like others, whose structs have no name;
// a value of it lies as one of the named type does.

import type { BcsReader, BcsWriter } from '../../base/bcs.ts';
import { AssertionError, DecodeError } from '../../base/errors.ts';
import type { Field, Type } from '../types/type.ts';
import type { TypeTable } from '../types/type-table.ts';

/** BCS variants, by number. `native` stands for what Aptos writes in another way while a run lasts, and never stores. */
const VARIANTS = [
  'bool',
  'u8',
  'u64',
  'u128',
  'address',
  'vector',
  'struct',
  'signer',
  'u16',
  'u32',
  'u256',
  'native',
  'function',
  'i8',
  'i16',
  'i32',
  'i64',
  'i128',
  'i256',
] as const;
/** Of a struct: only the first two have values; the others are for showing. */
const STRUCT_VARIANTS = ['struct', 'enum', 'withFields', 'withTypes', 'withVariants'] as const;
/** As many parts as the Rust VM lets a layout have (`layout_max_size`). */
export const LAYOUT_NODES_MAX = 512;
/** As deep as it lets one be (`layout_max_depth`). */
export const LAYOUT_DEPTH_MAX = 128;

const nodesOf = new WeakMap<Type, number>();

/** Parts of the type's layout, itself one of them; above `LAYOUT_NODES_MAX` some number above it. */
export function layoutNodes(type: Type): number {
  let nodes = nodesOf.get(type);
  if (nodes === undefined) {
    nodes = Math.min(1 + partsOf(type).reduce((sum, part) => sum + layoutNodes(part), 0), LAYOUT_NODES_MAX + 1);
    nodesOf.set(type, nodes);
  }
  return nodes;
}

/** The type has no more than `LAYOUT_NODES_MAX` parts. */
export function writeLayout(writer: BcsWriter, type: Type): void {
  const kind = type.kind === 'enum' ? 'struct' : type.kind;
  const variant = (VARIANTS as readonly string[]).indexOf(kind);
  if (variant < 0) throw new AssertionError(`${type.name} has no layout`);
  writer.uleb128(variant);
  const writeFields = (fields: readonly Field[]): void => {
    writer.vector(fields, (w, field) => writeLayout(w, field.type));
  };
  switch (type.kind) {
    case 'vector':
      writeLayout(writer, type.element);
      return;
    case 'struct':
      writer.uleb128(STRUCT_VARIANTS.indexOf('struct'));
      writeFields(type.fields);
      return;
    case 'enum':
      writer.uleb128(STRUCT_VARIANTS.indexOf('enum'));
      writer.vector(type.variants, (_, { fields }) => writeFields(fields));
      return;
    default:
  }
}

/** @throws DecodeError, or what the type table throws for a type past its limits */
export function readLayout(reader: BcsReader, types: TypeTable): Type {
  let nodes = 0;
  const read = (depth: number): Type => {
    if (depth > LAYOUT_DEPTH_MAX || ++nodes > LAYOUT_NODES_MAX) {
      throw new DecodeError('layout', 'too large', reader.offset);
    }
    const readAll = (): Type[] => reader.vector('layout', LAYOUT_NODES_MAX, () => read(depth + 1));
    const kind = VARIANTS[reader.variant('layout', VARIANTS.length)];
    switch (kind) {
      case 'vector':
        return types.vector(read(depth + 1));
      case 'struct': {
        const form = STRUCT_VARIANTS[reader.variant('layout', STRUCT_VARIANTS.length)];
        if (form === 'struct') return types.nameless(readAll());
        if (form === 'enum') return types.namelessEnum(reader.vector('layout', LAYOUT_NODES_MAX, readAll));
        throw new DecodeError('layout', `no values of a layout ${form}`, reader.offset);
      }
      case 'function':
        return types.function([], [], 0);
      case 'native':
      case undefined:
        throw new DecodeError('layout', 'not one that is stored', reader.offset);
      default:
        return types.primitive(kind);
    }
  };
  return read(1);
}

/** Values of both lie in memory in the same way, and are encoded in the same way. */
export function sameLayout(a: Type, b: Type): boolean {
  return a === b || compatible(a, b, (stored, declared) => stored === declared);
}

/** What was stored with one layout is a value of the other: enums may have got more variants behind those they had. */
export function isCompatibleLayout(stored: Type, declared: Type): boolean {
  return compatible(stored, declared, (fewer, more) => fewer <= more);
}

function compatible(a: Type, b: Type, enoughVariants: (a: number, b: number) => boolean): boolean {
  const matches = (left: readonly Field[], right: readonly Field[]): boolean =>
    left.length === right.length &&
    left.every((field, index) => {
      const other = right[index];
      return other !== undefined && compatible(field.type, other.type, enoughVariants);
    });
  switch (a.kind) {
    case 'vector':
      return b.kind === 'vector' && compatible(a.element, b.element, enoughVariants);
    case 'struct':
      return b.kind === 'struct' && matches(a.fields, b.fields);
    case 'enum':
      return (
        b.kind === 'enum' &&
        enoughVariants(a.variants.length, b.variants.length) &&
        a.variants.every((variant, index) => matches(variant.fields, b.variants[index]?.fields ?? []))
      );
    case 'reference':
      return false;
    default:
      return a.kind === b.kind;
  }
}

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'vector':
      return [type.element];
    case 'struct':
      return type.fields.map((field) => field.type);
    case 'enum':
      return type.variants.flatMap(({ fields }) => fields.map((field) => field.type));
    default:
      return [];
  }
}
