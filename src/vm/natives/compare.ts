// 0x1::cmp: the order of any two values of a type. Integers by their value, addresses by their bytes, vectors and structs by the first elements
// that differ (a vector that begins another comes before it), enums by their variant first. Written as code, one function a type.

import { valueGas } from '../compile/instruction-gas.ts';
import { advance, perVariant } from '../compile/type-shape.ts';
import type { UnitContext } from '../compile/unit-context.ts';
import { loadScalar, pushAddress } from '../compile/values.ts';
import { UnsupportedError } from '../errors.ts';
import { isInteger, isSigned, isWide, WIDE_WORDS } from '../types/integer-kind.ts';
import { type Field, type Type, VECTOR, type VectorType } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { InlineNative, NativeModule, NativeSignature } from './native.ts';

/** Variants of `Ordering`, whose tag is all that it is. */
const LESS = 0;
const EQUAL = 1;
const GREATER = 2;
const ADDRESS_SIZE = 32;
const WORD = 8;

export const CMP: NativeModule = {
  compare: { kind: 'inline', gas: (gas) => gas.natives.cmp.compare, emit: emitCompare },
};

/** (a, b, result) */
function emitCompare({ code, scratch, unit }: InlineNative, { typeArgs: [type] }: NativeSignature): void {
  if (type === undefined) throw new UnsupportedError('compare without a type');
  const [result, order] = [scratch.i32(0), scratch.i32(1)];
  code.set(result);
  code.i32(2).i32(valueGas(unit.gas, type)).call(unit.runtime.charge);
  code.call(comparator(unit, type)).set(order);
  code.get(result, order).mem(MemOp.i32Store8, 0);
}

/** (a, b) → LESS, EQUAL or GREATER; addresses of two values. */
function comparator(unit: UnitContext, type: Type): FunctionRef {
  const { i32 } = ValType;
  return unit.runtime.once(`compare ${type.name}`, [i32, i32], [i32], (code) => {
    switch (type.kind) {
      case 'vector':
        compareVectors(unit, code, type);
        break;
      case 'struct':
        compareFields(unit, code, type.fields);
        break;
      case 'enum':
        compareTags(code);
        perVariant(code, type, 0, (fields) => compareFields(unit, code, fields));
        break;
      case 'address':
      case 'signer': {
        const size = code.local(i32);
        code.i32(ADDRESS_SIZE).set(size);
        compareBytes(code, size);
        break;
      }
      case 'function':
        // Below, at or above zero, as the variants of `Ordering` are below, at or above `Equal`.
        code.get(0).mem(MemOp.i32Load, 0).get(1).mem(MemOp.i32Load, 0);
        code
          .call(unit.runtime.host('compareClosures', [i32, i32], [i32]))
          .i32(EQUAL)
          .op(Op.i32Add, Op.return);
        break;
      default:
        if (!isInteger(type.kind) && type.kind !== 'bool') {
          throw new UnsupportedError(`the order of values of ${type.name}`);
        }
        if (isWide(type.kind)) compareWide(code, WIDE_WORDS[type.kind], isSigned(type.kind));
        else compareScalars(code, type);
    }
    code.i32(EQUAL);
  });
}

/** Returns from the function with the order of two scalars, unless they are equal. */
function compareScalars(code: Code, type: Type): void {
  const is64 = type.representation === 'i64';
  const a = code.local(is64 ? ValType.i64 : ValType.i32);
  const b = code.local(is64 ? ValType.i64 : ValType.i32);
  for (const [local, address] of [
    [a, 0],
    [b, 1],
  ] as const) {
    code.get(address);
    loadScalar(code, type, 0);
    code.set(local);
  }
  const signed = isSigned(type.kind);
  if (is64) returnUnlessEqual(code, a, b, Op.i64Ne, signed ? Op.i64LtS : Op.i64LtU);
  else returnUnlessEqual(code, a, b, Op.i32Ne, signed ? Op.i32LtS : Op.i32LtU);
}

/** Words lowest first, so from the last on; the sign is in the last. */
function compareWide(code: Code, words: number, signed: boolean): void {
  const [a, b] = [code.local(ValType.i64), code.local(ValType.i64)];
  for (let word = words - 1; word >= 0; word--) {
    code
      .get(0)
      .mem(MemOp.i64Load, WORD * word)
      .set(a);
    code
      .get(1)
      .mem(MemOp.i64Load, WORD * word)
      .set(b);
    returnUnlessEqual(code, a, b, Op.i64Ne, signed && word === words - 1 ? Op.i64LtS : Op.i64LtU);
  }
}

/** As many bytes as the local `left` says. */
function compareBytes(code: Code, left: number): void {
  const [a, b] = [code.local(ValType.i32), code.local(ValType.i32)];
  const done = code.block();
  const loop = code.loop();
  code.get(left).op(Op.i32Eqz).brIf(done);
  code.get(0).mem(MemOp.i32Load8U, 0).set(a).get(1).mem(MemOp.i32Load8U, 0).set(b);
  returnUnlessEqual(code, a, b, Op.i32Ne, Op.i32LtU);
  advance(code, 0, 1);
  advance(code, 1, 1);
  code.get(left).i32(1).op(Op.i32Sub).set(left).br(loop);
  code.end().end();
}

function compareTags(code: Code): void {
  const [a, b] = [code.local(ValType.i32), code.local(ValType.i32)];
  code.get(0).mem(MemOp.i32Load8U, 0).set(a).get(1).mem(MemOp.i32Load8U, 0).set(b);
  returnUnlessEqual(code, a, b, Op.i32Ne, Op.i32LtU);
}

function compareFields(unit: UnitContext, code: Code, fields: readonly Field[]): void {
  const order = code.local(ValType.i32);
  for (const { type, offset } of fields) {
    pushAddress(code, 0, offset);
    pushAddress(code, 1, offset);
    code.call(comparator(unit, type)).tee(order).i32(EQUAL).op(Op.i32Ne).if();
    code.get(order).op(Op.return).end();
  }
}

function compareVectors(unit: UnitContext, code: Code, { element }: VectorType): void {
  const { i32 } = ValType;
  const [aLength, bLength, left] = [code.local(i32), code.local(i32), code.local(i32)];
  code.get(0).mem(MemOp.i32Load, VECTOR.length).set(aLength);
  code.get(1).mem(MemOp.i32Load, VECTOR.length).set(bLength);
  // Both are weighed whole, however soon they differ.
  code.get(aLength, bLength).op(Op.i32Add).i32(element.size).op(Op.i32Mul);
  code.i32(unit.gas.data.copyPerByte).call(unit.runtime.charge);
  code.get(0).mem(MemOp.i32Load, VECTOR.elements).set(0).get(1).mem(MemOp.i32Load, VECTOR.elements).set(1);
  code.get(aLength, bLength, aLength, bLength).op(Op.i32LtU, Op.select).set(left);
  if (element.kind === 'u8') compareBytes(code, left);
  else compareElements(unit, code, element, left);
  returnUnlessEqual(code, aLength, bLength, Op.i32Ne, Op.i32LtU);
}

function compareElements(unit: UnitContext, code: Code, element: Type, left: number): void {
  const order = code.local(ValType.i32);
  const done = code.block();
  const loop = code.loop();
  code.get(left).op(Op.i32Eqz).brIf(done);
  code.get(0, 1).call(comparator(unit, element)).tee(order).i32(EQUAL).op(Op.i32Ne).if();
  code.get(order).op(Op.return).end();
  advance(code, 0, element.size);
  advance(code, 1, element.size);
  code.get(left).i32(1).op(Op.i32Sub).set(left).br(loop);
  code.end().end();
}

function returnUnlessEqual(code: Code, a: number, b: number, differ: Op, less: Op): void {
  code.get(a, b).op(differ).if();
  code.i32(LESS).i32(GREATER).get(a, b).op(less, Op.select, Op.return);
  code.end();
}
