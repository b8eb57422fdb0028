// How deep values nest that hold function values: what those captured cannot be told from the type, so each has its depth with it.

import { holdsFunctions } from '../types/function-type.ts';
import { type Field, type Type, VECTOR } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import { CLOSURE } from './layout.ts';
import type { TypeFunctions } from './type-functions.ts';
import { advance, countDown, perVariant } from './type-shape.ts';
import { pushAddress } from './values.ts';

/** (value) → its depth. What holds no function values counts as deep as its type. */
export function emitTypeDepth(functions: TypeFunctions, code: Code, type: Type): void {
  const value = 0;
  if (type.kind === 'function') {
    code.get(value).mem(MemOp.i32Load, 0).mem(MemOp.i32Load, CLOSURE.depth);
    return;
  }
  const deepest = code.local(ValType.i32);
  const found = code.local(ValType.i32);
  const keepLarger = (): void => {
    code.set(found).get(deepest, found).get(deepest, found).op(Op.i32LtU);
    code.op(Op.i32Eqz, Op.select).set(deepest);
  };
  const lookAt = (fields: readonly Field[]): void => {
    for (const field of fields) {
      if (holdsFunctions(field.type)) {
        pushAddress(code, value, field.offset);
        code.call(functions.depth(field.type));
      } else {
        code.i32(field.type.depth);
      }
      keepLarger();
    }
  };
  switch (type.kind) {
    case 'vector': {
      const length = code.local(ValType.i32);
      const at = code.local(ValType.i32);
      code.get(value).mem(MemOp.i32Load, VECTOR.length).set(length);
      code.get(value).mem(MemOp.i32Load, VECTOR.elements).set(at);
      countDown(code, length, () => {
        code.get(at).call(functions.depth(type.element));
        keepLarger();
        advance(code, at, type.element.size);
      });
      break;
    }
    case 'struct':
      lookAt(type.fields);
      break;
    case 'enum':
      perVariant(code, type, value, lookAt);
      break;
    default:
      code.i32(type.depth - 1).set(deepest);
  }
  code.get(deepest).i32(1).op(Op.i32Add);
}
