// The order of function values, for 0x1::cmp: by module, name and type arguments of the function, then by the captured values one by one. As in
// the Rust VM it does not ask which parameters were captured, so values of two types may meet (see `closure-equality.ts`).

import { encodeBcs } from '../../base/bcs.ts';
import { compareBytes } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import { addressToBytes } from '../../base/ids.ts';
import { type PassedTag, type TypeTag, writeTypeTag } from '../../base/type-tag.ts';
import type { Captured, ClosureShape } from '../code/closure-shapes.ts';
import { CLOSURE } from '../compile/layout.ts';
import { isInteger, isSigned } from '../types/integer-kind.ts';
import { ENUM_TAG_SIZE, type Field, type Type, VECTOR } from '../types/type.ts';
import { differentForms, type EqualityContext, vectorForm } from './closure-equality.ts';

/** Below zero: `a` comes first. */
type Order = number;
/** Where a value lies, and as what. */
interface Placed {
  readonly type: Type;
  readonly address: number;
}

const PASSED = ['reference', 'mutableReference', 'value'];

/** @throws Trap */
export function compareClosures(context: EqualityContext, a: number, b: number): Order {
  const [left, right] = [context.shapeOf(a), context.shapeOf(b)];
  const order = compareFunctions(left, right);
  if (order !== 0) return order;
  context.charge(left.capturedSize);
  const place = (closure: number, { captured }: ClosureShape): Placed[] =>
    captured.map(({ type, offset }: Captured) => ({ type, address: closure + CLOSURE.size + offset }));
  return compareLists(place(a, left), place(b, right), (x, y) => compareValues(context, x, y));
}

export function compareTags(a: TypeTag, b: TypeTag): Order {
  const order = variantOf(a) - variantOf(b);
  if (order !== 0) return order;
  if (a.kind === 'vector' && b.kind === 'vector') return compareTags(a.element, b.element);
  if (a.kind === 'struct' && b.kind === 'struct') {
    return (
      compareBytes(addressToBytes(a.address), addressToBytes(b.address)) ||
      compareText(a.module, b.module) ||
      compareText(a.name, b.name) ||
      compareLists(a.typeArgs, b.typeArgs, compareTags)
    );
  }
  if (a.kind === 'function' && b.kind === 'function') {
    return (
      compareLists(a.params, b.params, comparePassed) ||
      compareLists(a.returns, b.returns, comparePassed) ||
      a.abilities - b.abilities
    );
  }
  return 0;
}

function compareFunctions(a: ClosureShape, b: ClosureShape): Order {
  return (
    compareBytes(addressToBytes(a.module.address), addressToBytes(b.module.address)) ||
    compareText(a.module.name, b.module.name) ||
    compareText(a.function, b.function) ||
    compareLists(a.typeArgs, b.typeArgs, compareTags)
  );
}

function comparePassed(a: PassedTag, b: PassedTag): Order {
  return PASSED.indexOf(a.passed) - PASSED.indexOf(b.passed) || compareTags(a.type, b.type);
}

function compareValues(context: EqualityContext, a: Placed, b: Placed): Order {
  const { memory } = context;
  const [typeA, typeB] = [a.type, b.type];
  if (typeA.kind === 'vector' && typeB.kind === 'vector') {
    if (vectorForm(typeA.element) !== vectorForm(typeB.element)) throw differentForms(typeA, typeB);
    return compareLists(
      elements(context, a.address, typeA.element),
      elements(context, b.address, typeB.element),
      (x, y) => compareValues(context, x, y),
    );
  }
  if (typeA.kind === 'struct' && typeB.kind === 'struct') {
    return compareLists(parts(a.address, typeA.fields), parts(b.address, typeB.fields), (x, y) =>
      compareValues(context, x, y),
    );
  }
  if (typeA.kind === 'enum' && typeB.kind === 'enum') {
    const [tagA = 0] = memory.peek(a.address, ENUM_TAG_SIZE);
    const [tagB = 0] = memory.peek(b.address, ENUM_TAG_SIZE);
    if (tagA !== tagB) return tagA - tagB;
    const fieldsOf = (type: typeof typeA): readonly Field[] => type.variants[tagA]?.fields ?? [];
    return compareLists(parts(a.address, fieldsOf(typeA)), parts(b.address, fieldsOf(typeB)), (x, y) =>
      compareValues(context, x, y),
    );
  }
  if (typeA.kind === 'function' && typeB.kind === 'function') {
    return compareClosures(context, memory.readU32(a.address), memory.readU32(b.address));
  }
  if (typeA.kind !== typeB.kind) throw differentForms(typeA, typeB);
  const [bytesA, bytesB] = [memory.peek(a.address, typeA.size), memory.peek(b.address, typeB.size)];
  if (!isInteger(typeA.kind)) return compareBytes(bytesA, bytesB);
  return compareIntegers(bytesA, bytesB, isSigned(typeA.kind));
}

function elements({ memory, charge }: EqualityContext, vector: number, type: Type): Placed[] {
  const start = memory.readU32(vector + VECTOR.elements);
  const length = memory.readU32(vector + VECTOR.length);
  charge(length * type.size);
  return Array.from({ length }, (_, index) => ({ type, address: start + index * type.size }));
}

function parts(address: number, fields: readonly Field[]): Placed[] {
  return fields.map(({ type, offset }) => ({ type, address: address + offset }));
}

/** Little-endian; the sign is the highest bit of the last byte. */
function compareIntegers(a: Uint8Array, b: Uint8Array, signed: boolean): Order {
  for (let i = a.length - 1; i >= 0; i--) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined) throw new AssertionError('integers of two sizes');
    if (x === y) continue;
    return signed && i === a.length - 1 ? (x ^ 0x80) - (y ^ 0x80) : x - y;
  }
  return 0;
}

/** By the first that differ; what begins the other comes before it. */
function compareLists<T>(a: readonly T[], b: readonly T[], compare: (x: T, y: T) => Order): Order {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compare(item, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareText(a: string, b: string): Order {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tags are in the order of their numbers in BCS. */
function variantOf(tag: TypeTag): number {
  const [variant = 0] = encodeBcs((writer) => writeTypeTag(writer, tag));
  return variant;
}
