// Copies of values that hold vectors: elements belong to one value alone, so they are copied too.

import { type Field, type Type, VECTOR, type VectorType } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { TypeFunctions } from './type-functions.ts';
import { advance, countDown, perVariant, runs } from './type-shape.ts';
import { copyBytes, pushAddress } from './values.ts';

/** (target, source) */
export function emitTypeCopy(functions: TypeFunctions, code: Code, type: Type): void {
  const [target, source] = [0, 1];
  switch (type.kind) {
    case 'vector':
      copyVector(functions, code, type);
      return;
    case 'struct':
      copyFields(functions, code, type.fields);
      return;
    case 'enum':
      code.get(target, source).mem(MemOp.i32Load8U, 0).mem(MemOp.i32Store8, 0);
      perVariant(code, type, source, (fields) => copyFields(functions, code, fields));
      return;
    default:
      copyBytes(code, target, 0, source, 0, type.size);
  }
}

function copyVector(functions: TypeFunctions, code: Code, type: VectorType): void {
  const [target, source] = [0, 1];
  const { element } = type;
  const from = code.local(ValType.i32);
  const length = code.local(ValType.i32);
  const to = code.local(ValType.i32);
  code
    .get(source)
    .mem(MemOp.i32Load, VECTOR.elements)
    .set(from)
    .get(source)
    .mem(MemOp.i32Load, VECTOR.length)
    .set(length);
  code.get(length).i32(element.size).op(Op.i32Mul).i32(functions.gas.data.copyPerByte).call(functions.runtime.charge);
  code.get(length).i32(element.size).call(functions.runtime.alloc).set(to);
  code.get(target, to).mem(MemOp.i32Store, VECTOR.elements);
  code.get(target, length).mem(MemOp.i32Store, VECTOR.length);
  code.get(target, length).mem(MemOp.i32Store, VECTOR.capacity);
  if (!element.deep) {
    code.get(to, from, length).i32(element.size).op(Op.i32Mul).memoryCopy();
    return;
  }
  countDown(code, length, () => {
    code.get(to, from).call(functions.copy(element));
    advance(code, to, element.size);
    advance(code, from, element.size);
  });
}

function copyFields(functions: TypeFunctions, code: Code, fields: readonly Field[]): void {
  const [target, source] = [0, 1];
  for (const run of runs(fields, (type) => !type.deep)) {
    if (run.field) {
      pushAddress(code, target, run.offset);
      pushAddress(code, source, run.offset);
      code.call(functions.copy(run.field.type));
    } else {
      copyBytes(code, target, run.offset, source, run.offset, run.size);
    }
  }
}
