// Values in memory from BCS, strictly: what is no encoding of the type is refused.

import { type Field, type Type, VECTOR, type VectorType } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { TypeFunctions } from './type-functions.ts';
import { advance, countDown, perVariant, returnZeroIf, runs } from './type-shape.ts';
import { copyBytes, pushAddress } from './values.ts';

/** (source, end, target) → the address after the encoding, or 0 when there is none of this type. */
export function emitTypeDecode(functions: TypeFunctions, code: Code, type: Type): void {
  const [source, end, target] = [0, 1, 2];
  const left = (): Code => code.get(end, source).op(Op.i32Sub);
  const fail = (): void => returnZeroIf(code);
  const readPlain = (offset: number, size: number): void => {
    left().i32(size).op(Op.i32LtU);
    fail();
    copyBytes(code, target, offset, source, 0, size);
    advance(code, source, size);
  };
  const readFields = (fields: readonly Field[]): void => {
    for (const run of runs(fields, (type) => type.unchecked)) {
      if (run.field) {
        code.get(source, end);
        pushAddress(code, target, run.offset);
        code.call(functions.decode(run.field.type)).tee(source).op(Op.i32Eqz);
        fail();
      } else {
        readPlain(run.offset, run.size);
      }
    }
  };
  if (type.unchecked) {
    readPlain(0, type.size);
    code.get(source);
    return;
  }
  switch (type.kind) {
    case 'bool':
      readPlain(0, 1);
      code.get(target).mem(MemOp.i32Load8U, 0).i32(1).op(Op.i32GtU);
      fail();
      break;
    case 'vector':
      decodeVector(functions, code, type);
      break;
    case 'struct':
      readFields(type.fields);
      break;
    case 'enum':
      readPlain(0, 1);
      code.get(target).mem(MemOp.i32Load8U, 0).i32(type.variants.length).op(Op.i32GeU);
      fail();
      perVariant(code, type, target, readFields);
      break;
    case 'function': {
      const { i32 } = ValType;
      code.get(source, end, target).call(functions.runtime.host('decodeClosure', [i32, i32, i32], [i32]));
      code.tee(source).op(Op.i32Eqz);
      fail();
      break;
    }
    default:
  }
  code.get(source);
}

function decodeVector(functions: TypeFunctions, code: Code, type: VectorType): void {
  const [source, end, target] = [0, 1, 2];
  const { element } = type;
  const length = code.local(ValType.i32);
  const at = code.local(ValType.i32);
  const fail = (): void => returnZeroIf(code);
  code.get(source, end).call(functions.runtime.readLength).set(source).set(length).get(source).op(Op.i32Eqz);
  fail();
  // Every element takes a byte at least (a plain one its size), so no room is made for elements that cannot be there.
  code.get(end, source).op(Op.i32Sub);
  if (element.plain) code.i32(element.size).op(Op.i32DivU);
  code.get(length).op(Op.i32LtU);
  fail();
  code.get(length).i32(element.size).call(functions.runtime.alloc).set(at);
  code.get(target, at).mem(MemOp.i32Store, VECTOR.elements);
  code.get(target, length).mem(MemOp.i32Store, VECTOR.length);
  code.get(target, length).mem(MemOp.i32Store, VECTOR.capacity);
  if (element.unchecked) {
    code.get(length).i32(element.size).op(Op.i32Mul).set(length).get(at, source, length).memoryCopy();
    code.get(source, length).op(Op.i32Add).set(source);
    return;
  }
  countDown(code, length, () => {
    code.get(source, end, at).call(functions.decode(element)).tee(source).op(Op.i32Eqz);
    fail();
    advance(code, at, element.size);
  });
}
