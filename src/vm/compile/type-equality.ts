// Equality of two values in memory. Where equal values have equal images, bytes are compared.

import { type Field, type Type, VECTOR, type VectorType } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { TypeFunctions } from './type-functions.ts';
import { advance, countDown, perVariant, type Run, returnZeroIf, runs } from './type-shape.ts';
import { pushAddress } from './values.ts';

/** (a, b) → 1 if equal. */
export function emitTypeEquality(functions: TypeFunctions, code: Code, type: Type): void {
  const [a, b] = [0, 1];
  if (type.plain) {
    bytesDiffer(functions, code, { offset: 0, size: type.size });
    code.op(Op.i32Eqz);
    return;
  }
  switch (type.kind) {
    case 'vector':
      equalVector(functions, code, type);
      return;
    case 'struct':
      equalFields(functions, code, type.fields);
      code.i32(1);
      return;
    case 'enum':
      code.get(a).mem(MemOp.i32Load8U, 0).get(b).mem(MemOp.i32Load8U, 0).op(Op.i32Ne);
      returnZeroIf(code);
      perVariant(code, type, a, (fields) => equalFields(functions, code, fields));
      code.i32(1);
      return;
    case 'function': {
      const other = code.local(ValType.i32);
      code.get(a).mem(MemOp.i32Load, 0).tee(a).get(b).mem(MemOp.i32Load, 0).tee(other).op(Op.i32Eq).if();
      code.i32(1).op(Op.return).end();
      code.get(a, other).call(functions.runtime.host('equalClosures', [ValType.i32, ValType.i32], [ValType.i32]));
      return;
    }
    default:
      code.i32(1);
  }
}

function equalVector(functions: TypeFunctions, code: Code, type: VectorType): void {
  const [a, b] = [0, 1];
  const { element } = type;
  const length = code.local(ValType.i32);
  code.get(a).mem(MemOp.i32Load, VECTOR.length).tee(length).get(b).mem(MemOp.i32Load, VECTOR.length).op(Op.i32Ne);
  returnZeroIf(code);
  code
    .get(length)
    .i32(element.size)
    .op(Op.i32Mul)
    .i32(functions.gas.data.comparePerByte)
    .call(functions.runtime.charge);
  code.get(a).mem(MemOp.i32Load, VECTOR.elements).set(a).get(b).mem(MemOp.i32Load, VECTOR.elements).set(b);
  if (element.plain) {
    code.get(a, b, length).i32(element.size).op(Op.i32Mul).call(functions.runtime.bytesEqual);
    return;
  }
  countDown(code, length, () => {
    code.get(a, b).call(functions.equal(element)).op(Op.i32Eqz);
    returnZeroIf(code);
    advance(code, a, element.size);
    advance(code, b, element.size);
  });
  code.i32(1);
}

/** Returns 0 from the function unless the fields at both addresses are equal. */
function equalFields(functions: TypeFunctions, code: Code, fields: readonly Field[]): void {
  for (const run of runs(fields, (type) => type.plain)) {
    if (run.field) {
      pushAddress(code, 0, run.offset);
      pushAddress(code, 1, run.offset);
      code.call(functions.equal(run.field.type)).op(Op.i32Eqz);
    } else {
      bytesDiffer(functions, code, run);
    }
    returnZeroIf(code);
  }
}

/** Locals 0 and 1 → 1 on the stack if the bytes differ. */
function bytesDiffer(functions: TypeFunctions, code: Code, { offset, size }: Run): void {
  if (size > 64) {
    pushAddress(code, 0, offset);
    pushAddress(code, 1, offset);
    code.i32(size).call(functions.runtime.bytesEqual).op(Op.i32Eqz);
    return;
  }
  const words = Math.floor(size / 8);
  for (let i = 0; i < words; i++) {
    code
      .get(0)
      .mem(MemOp.i64Load, offset + 8 * i)
      .get(1)
      .mem(MemOp.i64Load, offset + 8 * i)
      .op(Op.i64Xor);
    if (i > 0) code.op(Op.i64Or);
  }
  if (words > 0) code.i64(0n).op(Op.i64Ne);
  for (let i = 8 * words; i < size; i++) {
    code
      .get(0)
      .mem(MemOp.i32Load8U, offset + i)
      .get(1)
      .mem(MemOp.i32Load8U, offset + i)
      .op(Op.i32Ne);
    if (i > 0) code.op(Op.i32Or);
  }
  if (size === 0) code.i32(0);
}
