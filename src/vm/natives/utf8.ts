// Whether bytes are UTF-8, as a function that compiled code calls: text is built from many short pieces, and each is checked. The rules are
// Unicode's table 3-7: what the second byte may be depends on the first, all later ones are 80…BF.

import type { RuntimeFunctions } from '../compile/runtime-functions.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';

const { i32 } = ValType;

const HIGH_BITS = 0x8080_8080_8080_8080n;

/** First bytes below `below` (and not below the row before): bytes that follow; and which first byte narrows the second's range, to what. */
const ROWS = [
  { below: 0xe0, more: 1, narrow: [] },
  {
    below: 0xf0,
    more: 2,
    narrow: [
      { first: 0xe0, least: 0xa0, most: 0xbf },
      { first: 0xed, least: 0x80, most: 0x9f },
    ],
  },
  {
    below: 0xf5,
    more: 3,
    narrow: [
      { first: 0xf0, least: 0x90, most: 0xbf },
      { first: 0xf4, least: 0x80, most: 0x8f },
    ],
  },
] as const;
const FIRST_OF_TWO = 0xc2;

/** (address, length) → 1 if the bytes there are UTF-8. */
export function utf8Check(runtime: RuntimeFunctions): FunctionRef {
  return runtime.once('utf8Check', [i32, i32], [i32], (code) => {
    const [at, end] = [0, 1];
    const first = code.local(i32);
    code.get(at, end).op(Op.i32Add).set(end);
    const done = code.block();
    const next = code.loop();
    code.get(at, end).op(Op.i32GeU).brIf(done);
    code.get(at).mem(MemOp.i32Load8U, 0).tee(first).i32(0x80).op(Op.i32LtU).if();
    code.get(end, at).op(Op.i32Sub).i32(8).op(Op.i32GeU).if();
    code.get(at).mem(MemOp.i64Load, 0).i64(HIGH_BITS).op(Op.i64And, Op.i64Eqz).if();
    step(code, at, 8);
    code.br(next).end().end();
    step(code, at, 1);
    code.br(next).end();
    code.get(first).i32(FIRST_OF_TWO).op(Op.i32LtU);
    refuseIf(code);
    for (const { below, more, narrow } of ROWS) {
      code.get(first).i32(below).op(Op.i32LtU).if();
      code.get(end, at).op(Op.i32Sub).i32(more).op(Op.i32LeU);
      refuseIf(code);
      for (let i = 1; i <= more; i++) {
        code.get(at).mem(MemOp.i32Load8U, i).i32(0xc0).op(Op.i32And).i32(0x80).op(Op.i32Ne);
        refuseIf(code);
      }
      for (const { first: which, least, most } of narrow) {
        code.get(first).i32(which).op(Op.i32Eq).if();
        code.get(at).mem(MemOp.i32Load8U, 1).i32(least).op(Op.i32LtU);
        code.get(at).mem(MemOp.i32Load8U, 1).i32(most).op(Op.i32GtU, Op.i32Or);
        refuseIf(code);
        code.end();
      }
      step(code, at, 1 + more);
      code.br(next).end();
    }
    code.i32(0).op(Op.return).end().end();
    code.i32(1);
  });
}

function step(code: Code, local: number, bytes: number): void {
  code.get(local).i32(bytes).op(Op.i32Add).set(local);
}

/** A condition on the stack: if it holds, these bytes are not UTF-8. */
function refuseIf(code: Code): void {
  code.if();
  code.i32(0).op(Op.return).end();
}
