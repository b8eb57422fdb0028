// Structs and enums: pack, unpack, test, borrow a field. A packed value is built in the frame; unpacking gives out what lies in the memory of
// the value taken apart.

import { AssertionError } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { EnumType, Field, NominalType, Type } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { pushFrom, storeFrom } from './values.ts';

const STRUCT_VARIANT_MISMATCH = 'STRUCT_VARIANT_MISMATCH';

export function emitPack(context: FunctionContext, type: NominalType): void {
  const target = context.temporary(type.size);
  storeFields(context, fieldsOf(type), target);
  context.pushFrameAddress(target);
  context.push(type);
}

export function emitPackVariant(context: FunctionContext, type: NominalType, variant: number): void {
  const target = context.temporary(type.size);
  storeFields(context, at(enumOf(type).variants, variant).fields, target);
  context.code.get(context.frame).i32(variant).mem(MemOp.i32Store8, target);
  context.pushFrameAddress(target);
  context.push(type);
}

export function emitUnpack(context: FunctionContext, type: NominalType): void {
  context.pop();
  const value = context.scratch.i32(0);
  context.code.set(value);
  pushFields(context, fieldsOf(type), value);
}

export function emitUnpackVariant(context: FunctionContext, type: NominalType, variant: number): void {
  context.pop();
  const value = context.scratch.i32(0);
  context.code.set(value);
  context.trapIf(STRUCT_VARIANT_MISMATCH, () =>
    context.code.get(value).mem(MemOp.i32Load8U, 0).i32(variant).op(Op.i32Ne),
  );
  pushFields(context, at(enumOf(type).variants, variant).fields, value);
}

/** A reference on the stack → bool. */
export function emitTestVariant(context: FunctionContext, variant: number): void {
  context.pop();
  context.code.mem(MemOp.i32Load8U, 0).i32(variant).op(Op.i32Eq);
  context.push(context.unit.types.primitive('bool'));
}

export function emitBorrowField(context: FunctionContext, type: NominalType, field: number, mutable: boolean): void {
  context.pop();
  const { offset, type: fieldType } = at(fieldsOf(type), field);
  if (offset !== 0) context.code.i32(offset).op(Op.i32Add);
  context.push(context.unit.types.reference(fieldType, mutable));
}

/** The field stands at the same number in each of the variants, but not always at the same offset. */
export function emitBorrowVariantField(
  context: FunctionContext,
  type: NominalType,
  variants: readonly number[],
  field: number,
  mutable: boolean,
): void {
  const { code, scratch } = context;
  context.pop();
  const value = scratch.i32(0);
  const tag = scratch.i32(1);
  const places = variants.map((variant) => ({ variant, field: at(at(enumOf(type).variants, variant).fields, field) }));
  const first = at(places, 0);
  code.tee(value).mem(MemOp.i32Load8U, 0).set(tag);
  context.trapIf(STRUCT_VARIANT_MISMATCH, () => {
    code.i32(1);
    for (const { variant } of places) code.get(tag).i32(variant).op(Op.i32Ne, Op.i32And);
  });
  code.get(value).i32(first.field.offset);
  for (const place of places) {
    if (place.field.offset === first.field.offset) continue;
    code.set(scratch.i32(2)).i32(place.field.offset).get(scratch.i32(2));
    code.get(tag).i32(place.variant).op(Op.i32Eq, Op.select);
  }
  code.op(Op.i32Add);
  context.push(context.unit.types.reference(first.field.type, mutable));
}

function storeFields(context: FunctionContext, fields: readonly Field[], target: number): void {
  for (const field of [...fields].reverse()) {
    const type = context.pop();
    const value = context.scratch.of(type);
    context.code.set(value);
    storeFrom(context.code, type, context.frame, target + field.offset, value);
  }
}

function pushFields(context: FunctionContext, fields: readonly Field[], value: number): void {
  for (const field of fields) {
    pushFrom(context.code, field.type, value, field.offset);
    context.push(field.type);
  }
}

function fieldsOf(type: Type): readonly Field[] {
  if (type.kind !== 'struct') throw new AssertionError(`${type.name} is no struct`);
  return type.fields;
}

function enumOf(type: Type): EnumType {
  if (type.kind !== 'enum') throw new AssertionError(`${type.name} is no enum`);
  return type;
}
