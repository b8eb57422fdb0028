// `Abort` and `AbortMsg`: the run ends with a code, and from bytecode version 10 on with a message that the host takes from memory.

import { VECTOR } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';

/** (u64) */
export function emitAbort(context: FunctionContext): void {
  const { code, unit } = context;
  context.pop();
  code.i32(context.site('ABORTED')).call(unit.runtime.host('abort', [ValType.i64, ValType.i32], []));
  code.op(Op.unreachable);
}

/** (u64, vector<u8>) */
export function emitAbortMessage(context: FunctionContext): void {
  const { code, scratch, unit } = context;
  context.pop();
  context.pop();
  const message = scratch.i32(0);
  code.tee(message).mem(MemOp.i32Load, VECTOR.length).i32(unit.gas.instructions.abortMessagePerByte);
  code.call(unit.runtime.charge).get(message).i32(context.site('ABORTED'));
  code.call(unit.runtime.host('abortWith', [ValType.i64, ValType.i32, ValType.i32], [])).op(Op.unreachable);
}
