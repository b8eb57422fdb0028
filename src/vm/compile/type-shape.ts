// Going through values by the shape of their type: the fields that lie together, the variant that a tag names, the elements of a vector.

import type { EnumType, Field, Type } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';

/** Fields next to each other that are handled as one piece of memory, or one field by itself. */
export interface Run {
  readonly offset: number;
  readonly size: number;
  readonly field?: Field;
}

/** Runs `emit` for the variant whose tag stands at the address in local `value`. */
export function perVariant(code: Code, type: EnumType, value: number, emit: (fields: readonly Field[]) => void): void {
  const done = code.block();
  const cases = type.variants.map(() => code.block());
  const labels = [...cases].reverse();
  const last = labels.at(-1) ?? done;
  code.get(value).mem(MemOp.i32Load8U, 0).brTable(labels, last);
  for (const variant of type.variants) {
    code.end();
    emit(variant.fields);
    code.br(done);
  }
  code.end();
}

/** `length` times, counting the local down to 0. */
export function countDown(code: Code, length: number, body: () => void): void {
  const done = code.block();
  const loop = code.loop();
  code.get(length).op(Op.i32Eqz).brIf(done);
  body();
  code.get(length).i32(1).op(Op.i32Sub).set(length).br(loop);
  code.end().end();
}

/** A condition on the stack: if it holds, the function returns 0. */
export function returnZeroIf(code: Code): void {
  code.if();
  code.i32(0).op(Op.return).end();
}

export function advance(code: Code, local: number, bytes: number): void {
  code.get(local).i32(bytes).op(Op.i32Add).set(local);
}

export function runs(fields: readonly Field[], together: (type: Type) => boolean): readonly Run[] {
  const found: Run[] = [];
  for (const field of fields) {
    const last = found.at(-1);
    if (!together(field.type)) {
      found.push({ offset: field.offset, size: field.type.size, field });
    } else if (last && !last.field && last.offset + last.size === field.offset) {
      found[found.length - 1] = { offset: last.offset, size: last.size + field.type.size };
    } else {
      found.push({ offset: field.offset, size: field.type.size });
    }
  }
  return found;
}
