// `LdConst`: constants of the module's pool, which hold BCS. Small ones become stores; the bytes of longer ones lie in a passive data segment
// and are copied out, as the value can be changed afterwards.

import { decodeBcs } from '../../base/bcs.ts';
import { AssertionError } from '../../base/errors.ts';
import type { Constant } from '../bytecode/module.ts';
import { isSigned } from '../types/integer-kind.ts';
import { VECTOR } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { writeHeader } from './vectors.ts';

export function emitConstant(context: FunctionContext, constant: Constant): void {
  const type = context.type(constant.type);
  const { data } = constant;
  if (type.kind === 'vector') {
    vectorConstant(context, constant);
  } else if (type.representation === 'memory') {
    const target = context.temporary(type.size);
    for (let i = 0; i < type.size; i += 8) {
      context.code
        .get(context.frame)
        .i64(littleEndian(data.subarray(i, i + 8)))
        .mem(MemOp.i64Store, target + i);
    }
    context.pushFrameAddress(target);
  } else if (type.representation === 'i64') {
    context.code.i64(littleEndian(data));
  } else {
    const value = littleEndian(data);
    context.code.i32(Number(isSigned(type.kind) ? BigInt.asIntN(8 * data.length, value) : value));
  }
  context.push(type);
}

function vectorConstant(context: FunctionContext, constant: Constant): void {
  const { code, scratch, unit } = context;
  const type = context.type(constant.type);
  if (type.kind !== 'vector') throw new AssertionError('no vector constant');
  const { data } = constant;
  const { element } = type;
  const target = context.temporary(VECTOR.size);
  const memory = scratch.i32(0);
  if (element.plain) {
    const { count, start } = decodeBcs(data, 'constant', (reader) => {
      const length = reader.uleb128('length');
      const offset = reader.offset;
      reader.fixed('elements', reader.remaining);
      return { count: length, start: offset };
    });
    if (count * element.size !== data.length - start) throw new AssertionError('constant of the wrong size');
    if (count === 0) {
      code.i32(0).set(memory);
    } else {
      code.i32(count).i32(element.size).call(unit.runtime.alloc).tee(memory);
      code
        .i32(0)
        .i32(count * element.size)
        .memoryInit(unit.builder.data(data.subarray(start)));
    }
    writeHeader(context, target, memory, count);
  } else {
    code.i32(data.length).i32(1).call(unit.runtime.alloc).tee(memory);
    code.i32(0).i32(data.length).memoryInit(unit.builder.data(data)).get(memory);
    code.get(memory).i32(data.length).op(Op.i32Add);
    context.pushFrameAddress(target);
    code.call(unit.typeFunctions.decode(type)).op(Op.drop);
  }
  context.pushFrameAddress(target);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
