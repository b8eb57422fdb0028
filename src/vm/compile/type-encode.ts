// BCS of values in memory: how long it is, and writing it. A plain value's memory is its encoding.

import { type Field, type Type, VECTOR } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { TypeFunctions } from './type-functions.ts';
import { advance, countDown, perVariant, runs } from './type-shape.ts';
import { copyBytes, pushAddress } from './values.ts';

/** (value) → bytes of its encoding. */
export function emitTypeSize(functions: TypeFunctions, code: Code, type: Type): void {
  const value = 0;
  if (type.plain) {
    code.i32(type.size);
    return;
  }
  const total = code.local(ValType.i32);
  const addFields = (fields: readonly Field[]): void => {
    for (const run of runs(fields, (type) => type.plain)) {
      if (run.field) {
        pushAddress(code, value, run.offset);
        code.call(functions.size(run.field.type));
      } else {
        code.i32(run.size);
      }
      code.get(total).op(Op.i32Add).set(total);
    }
  };
  switch (type.kind) {
    case 'vector': {
      const length = code.local(ValType.i32);
      code.get(value).mem(MemOp.i32Load, VECTOR.length).tee(length).call(functions.runtime.lengthSize).set(total);
      if (type.element.plain) {
        code.get(length).i32(type.element.size).op(Op.i32Mul).get(total).op(Op.i32Add).set(total);
        break;
      }
      const at = code.local(ValType.i32);
      code.get(value).mem(MemOp.i32Load, VECTOR.elements).set(at);
      countDown(code, length, () => {
        code.get(total, at).call(functions.size(type.element)).op(Op.i32Add).set(total);
        advance(code, at, type.element.size);
      });
      break;
    }
    case 'struct':
      addFields(type.fields);
      break;
    case 'enum':
      code.i32(1).set(total);
      perVariant(code, type, value, addFields);
      break;
    case 'function':
      code.get(value).mem(MemOp.i32Load, 0);
      code.call(functions.runtime.host('closureSize', [ValType.i32], [ValType.i32])).set(total);
      break;
    default:
  }
  code.get(total);
}

/** (value, target) → the address after its encoding. */
export function emitTypeEncode(functions: TypeFunctions, code: Code, type: Type): void {
  const [value, target] = [0, 1];
  const writeFields = (fields: readonly Field[]): void => {
    for (const run of runs(fields, (type) => type.plain)) {
      if (run.field) {
        pushAddress(code, value, run.offset);
        code.get(target).call(functions.encode(run.field.type)).set(target);
      } else {
        copyBytes(code, target, 0, value, run.offset, run.size);
        advance(code, target, run.size);
      }
    }
  };
  if (type.plain) {
    copyBytes(code, target, 0, value, 0, type.size);
    pushAddress(code, target, type.size);
    return;
  }
  switch (type.kind) {
    case 'vector': {
      const length = code.local(ValType.i32);
      const at = code.local(ValType.i32);
      code.get(target, value).mem(MemOp.i32Load, VECTOR.length).tee(length).call(functions.runtime.writeLength);
      code.set(target).get(value).mem(MemOp.i32Load, VECTOR.elements).set(at);
      if (type.element.plain) {
        code.get(length).i32(type.element.size).op(Op.i32Mul).set(length);
        code.get(target, at, length).memoryCopy().get(target, length).op(Op.i32Add).set(target);
        break;
      }
      countDown(code, length, () => {
        code.get(at, target).call(functions.encode(type.element)).set(target);
        advance(code, at, type.element.size);
      });
      break;
    }
    case 'struct':
      writeFields(type.fields);
      break;
    case 'enum':
      copyBytes(code, target, 0, value, 0, 1);
      advance(code, target, 1);
      perVariant(code, type, value, writeFields);
      break;
    case 'function':
      code.get(value).mem(MemOp.i32Load, 0).get(target);
      code.call(functions.runtime.host('encodeClosure', [ValType.i32, ValType.i32], [ValType.i32])).set(target);
      break;
    default:
  }
  code.get(target);
}
