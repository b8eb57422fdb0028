// Equality of function values, as the Rust VM has it: the same function with the same type arguments, and captured values that are equal one by
// one, whichever parameters they were captured for. So values of two types may meet; of such the Rust VM's values know no more than their
// form, and where the forms differ, comparing ends the run.

import { bytesEqual } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import type { ClosureShape } from '../code/closure-shapes.ts';
import { CLOSURE } from '../compile/layout.ts';
import { Trap } from '../errors.ts';
import { ENUM_TAG_SIZE, type EnumType, type Type, VECTOR } from '../types/type.ts';
import type { ClosureMemory } from './closure-codec.ts';

/** What comparing needs beside memory. */
export interface EqualityContext {
  readonly memory: ClosureMemory;
  readonly shapeOf: (closure: number) => ClosureShape;
  /** Whether two shapes are of one function with the same type arguments. */
  readonly sameFunction: (a: ClosureShape, b: ClosureShape) => boolean;
  /** For bytes of each side. */
  readonly charge: (bytes: number) => void;
}

/** @throws Trap */
export function equalClosures(context: EqualityContext, a: number, b: number): boolean {
  if (a === b) return true;
  const [left, right] = [context.shapeOf(a), context.shapeOf(b)];
  if (!context.sameFunction(left, right) || left.captured.length !== right.captured.length) return false;
  context.charge(left.capturedSize);
  return left.captured.every(({ type, offset }, index) => {
    const other = right.captured[index];
    if (other === undefined) throw new AssertionError('a captured value lost');
    return equalValues(context, type, a + CLOSURE.size + offset, other.type, b + CLOSURE.size + other.offset);
  });
}

function equalValues(context: EqualityContext, typeA: Type, a: number, typeB: Type, b: number): boolean {
  const { memory } = context;
  if (typeA.kind === 'vector' && typeB.kind === 'vector') {
    return equalVectors(context, typeA.element, a, typeB.element, b);
  }
  if (typeA.kind === 'struct' && typeB.kind === 'struct') {
    if (typeA.fields.length !== typeB.fields.length) return false;
    return typeA.fields.every((field, index) => {
      const other = typeB.fields[index];
      if (other === undefined) throw new AssertionError('a field lost');
      return equalValues(context, field.type, a + field.offset, other.type, b + other.offset);
    });
  }
  if (typeA.kind === 'enum' && typeB.kind === 'enum') return equalVariants(context, typeA, a, typeB, b);
  if (typeA.kind === 'function' && typeB.kind === 'function') {
    return equalClosures(context, memory.readU32(a), memory.readU32(b));
  }
  if (typeA.kind !== typeB.kind) throw differentForms(typeA, typeB);
  return bytesEqual(memory.peek(a, typeA.size), memory.peek(b, typeB.size));
}

function equalVectors(context: EqualityContext, elementA: Type, a: number, elementB: Type, b: number): boolean {
  const { memory } = context;
  if (vectorForm(elementA) !== vectorForm(elementB)) throw differentForms(elementA, elementB);
  const length = memory.readU32(a + VECTOR.length);
  if (length !== memory.readU32(b + VECTOR.length)) return false;
  context.charge(length * elementA.size);
  const [startA, startB] = [memory.readU32(a + VECTOR.elements), memory.readU32(b + VECTOR.elements)];
  if (elementA === elementB && elementA.plain) {
    return bytesEqual(memory.peek(startA, length * elementA.size), memory.peek(startB, length * elementB.size));
  }
  for (let i = 0; i < length; i++) {
    if (!equalValues(context, elementA, startA + i * elementA.size, elementB, startB + i * elementB.size)) return false;
  }
  return true;
}

function equalVariants(context: EqualityContext, typeA: EnumType, a: number, typeB: EnumType, b: number): boolean {
  const [tagA = 0] = context.memory.peek(a, ENUM_TAG_SIZE);
  const [tagB = 0] = context.memory.peek(b, ENUM_TAG_SIZE);
  if (tagA !== tagB) return false;
  const fieldsA = typeA.variants[tagA]?.fields ?? [];
  const fieldsB = typeB.variants[tagB]?.fields ?? [];
  if (fieldsA.length !== fieldsB.length) return false;
  return fieldsA.every((field, index) => {
    const other = fieldsB[index];
    if (other === undefined) throw new AssertionError('a field lost');
    return equalValues(context, field.type, a + field.offset, other.type, b + other.offset);
  });
}

/** Vectors of primitives have a form each in the Rust VM; all others share one. */
export function vectorForm({ kind }: Type): string {
  switch (kind) {
    case 'vector':
    case 'struct':
    case 'enum':
    case 'function':
    case 'signer':
      return 'values';
    default:
      return kind;
  }
}

export function differentForms(a: Type, b: Type): Trap {
  return new Trap('INTERNAL_TYPE_ERROR', { message: `captured values of ${a.name} and ${b.name} compared` });
}
