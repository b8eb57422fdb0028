// `Eq` and `Neq`, on values of any type; references are compared by what they point at.

import { Op } from '../wasm/code.ts';
import { ValType } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import { staysInMemory } from './function-instance.ts';
import { isKept, takeWords } from './wide-operands.ts';
import { type Words, wordAt } from './wide-words.ts';

export function emitEquality(context: FunctionContext, negated: boolean): void {
  const { code, unit } = context;
  const kind = context.stack.at(-1)?.kind;
  if (context.keepsWords && isKept(kind)) {
    emitWordsEqual(context, takeWords(context, kind), takeWords(context, kind));
    if (negated) code.op(Op.i32Eqz);
    context.push(unit.types.primitive('bool'));
    return;
  }
  context.settle(2);
  const operand = context.pop();
  context.pop();
  if (operand.kind === 'function') {
    emitClosureEquality(context);
    if (negated) code.op(Op.i32Eqz);
  } else if (operand.kind === 'reference' || staysInMemory(operand)) {
    code.call(unit.typeFunctions.equal(operand.kind === 'reference' ? operand.inner : operand));
    if (negated) code.op(Op.i32Eqz);
  } else if (operand.representation === 'i64') {
    code.op(negated ? Op.i64Ne : Op.i64Eq);
  } else {
    code.op(negated ? Op.i32Ne : Op.i32Eq);
  }
  context.push(unit.types.primitive('bool'));
}

function emitWordsEqual({ code }: FunctionContext, a: Words, b: Words): void {
  for (const [i, word] of a.entries()) {
    code.get(word, wordAt(b, i)).op(Op.i64Xor);
    if (i > 0) code.op(Op.i64Or);
  }
  code.op(Op.i64Eqz);
}

/** Two addresses of function values: the same value is equal, and the host compares any other. */
function emitClosureEquality({ code, scratch, unit }: FunctionContext): void {
  const { i32 } = ValType;
  const [a, b] = [scratch.i32(0), scratch.i32(1)];
  code.set(b).tee(a).get(b).op(Op.i32Eq).if(i32);
  code.i32(1).else();
  code
    .get(a, b)
    .call(unit.runtime.host('equalClosures', [i32, i32], [i32]))
    .end();
}
