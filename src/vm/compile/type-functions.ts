// Functions made for a type: deep copy, equality, and BCS (size, encode, decode). They follow the type's shape, so that no value carries
// a description of itself. What they cost in gas depends on the bytes they touch and is charged inside.

import type { GasSchedule } from '../gas.ts';
import { type EnumType, type Field, type Type, VECTOR, type VectorType } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import { copyBytes, pushAddress } from './values.ts';

const { i32 } = ValType;

/** Fields next to each other that are handled as one piece of memory, or one field by itself. */
type Run = { readonly offset: number; readonly size: number; readonly field?: Field };

export class TypeFunctions {
  readonly #runtime: RuntimeFunctions;
  readonly #gas: GasSchedule;

  constructor(runtime: RuntimeFunctions, gas: GasSchedule) {
    this.#runtime = runtime;
    this.#gas = gas;
  }

  /** (target, source): copies a value that is `deep`. */
  copy(type: Type): FunctionRef {
    return this.#runtime.once(`copy ${type.name}`, [i32, i32], [], (code) => {
      const [target, source] = [0, 1];
      switch (type.kind) {
        case 'vector':
          this.#copyVector(code, type);
          return;
        case 'struct':
          this.#copyFields(code, type.fields);
          return;
        case 'enum':
          code.get(target, source).mem(MemOp.i32Load8U, 0).mem(MemOp.i32Store8, 0);
          this.#perVariant(code, type, source, (fields) => this.#copyFields(code, fields));
          return;
        default:
          copyBytes(code, target, 0, source, 0, type.size);
      }
    });
  }

  /** (a, b) → 1 if equal. */
  equal(type: Type): FunctionRef {
    return this.#runtime.once(`equal ${type.name}`, [i32, i32], [i32], (code) => {
      const [a, b] = [0, 1];
      if (type.plain) {
        this.#bytesDiffer(code, { offset: 0, size: type.size });
        code.op(Op.i32Eqz);
        return;
      }
      switch (type.kind) {
        case 'vector':
          this.#equalVector(code, type);
          return;
        case 'struct':
          this.#equalFields(code, type.fields);
          code.i32(1);
          return;
        case 'enum':
          code.get(a).mem(MemOp.i32Load8U, 0).get(b).mem(MemOp.i32Load8U, 0).op(Op.i32Ne);
          returnZeroIf(code);
          this.#perVariant(code, type, a, (fields) => this.#equalFields(code, fields));
          code.i32(1);
          return;
        default:
          code.i32(1);
      }
    });
  }

  /** (value) → bytes of its BCS encoding. */
  size(type: Type): FunctionRef {
    return this.#runtime.once(`size ${type.name}`, [i32], [i32], (code) => {
      const value = 0;
      if (type.plain) {
        code.i32(type.size);
        return;
      }
      const total = code.local(i32);
      const addFields = (fields: readonly Field[]): void => {
        for (const run of runs(fields, (type) => type.plain)) {
          if (run.field) {
            pushAddress(code, value, run.offset);
            code.call(this.size(run.field.type));
          } else {
            code.i32(run.size);
          }
          code.get(total).op(Op.i32Add).set(total);
        }
      };
      switch (type.kind) {
        case 'vector': {
          const length = code.local(i32);
          code.get(value).mem(MemOp.i32Load, VECTOR.length).tee(length).call(this.#runtime.lengthSize).set(total);
          if (type.element.plain) {
            code.get(length).i32(type.element.size).op(Op.i32Mul).get(total).op(Op.i32Add).set(total);
            break;
          }
          const at = code.local(i32);
          code.get(value).mem(MemOp.i32Load, VECTOR.elements).set(at);
          countDown(code, length, () => {
            code.get(total, at).call(this.size(type.element)).op(Op.i32Add).set(total);
            advance(code, at, type.element.size);
          });
          break;
        }
        case 'struct':
          addFields(type.fields);
          break;
        case 'enum':
          code.i32(1).set(total);
          this.#perVariant(code, type, value, addFields);
          break;
        default:
      }
      code.get(total);
    });
  }

  /** (value, target) → the address after its BCS encoding. The room was measured with `size`. */
  encode(type: Type): FunctionRef {
    return this.#runtime.once(`encode ${type.name}`, [i32, i32], [i32], (code) => {
      const [value, target] = [0, 1];
      const writeFields = (fields: readonly Field[]): void => {
        for (const run of runs(fields, (type) => type.plain)) {
          if (run.field) {
            pushAddress(code, value, run.offset);
            code.get(target).call(this.encode(run.field.type)).set(target);
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
          const length = code.local(i32);
          const at = code.local(i32);
          code.get(target, value).mem(MemOp.i32Load, VECTOR.length).tee(length).call(this.#runtime.writeLength);
          code.set(target).get(value).mem(MemOp.i32Load, VECTOR.elements).set(at);
          if (type.element.plain) {
            code.get(length).i32(type.element.size).op(Op.i32Mul).set(length);
            code.get(target, at, length).memoryCopy().get(target, length).op(Op.i32Add).set(target);
            break;
          }
          countDown(code, length, () => {
            code.get(at, target).call(this.encode(type.element)).set(target);
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
          this.#perVariant(code, type, value, writeFields);
          break;
        default:
      }
      code.get(target);
    });
  }

  /** (source, end, target) → the address after the encoding, or 0 when there is none of this type. */
  decode(type: Type): FunctionRef {
    return this.#runtime.once(`decode ${type.name}`, [i32, i32, i32], [i32], (code) => {
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
            code.call(this.decode(run.field.type)).tee(source).op(Op.i32Eqz);
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
          this.#decodeVector(code, type);
          break;
        case 'struct':
          readFields(type.fields);
          break;
        case 'enum':
          readPlain(0, 1);
          code.get(target).mem(MemOp.i32Load8U, 0).i32(type.variants.length).op(Op.i32GeU);
          fail();
          this.#perVariant(code, type, target, readFields);
          break;
        default:
      }
      code.get(source);
    });
  }

  #copyVector(code: Code, type: VectorType): void {
    const [target, source] = [0, 1];
    const { element } = type;
    const from = code.local(i32);
    const length = code.local(i32);
    const to = code.local(i32);
    code
      .get(source)
      .mem(MemOp.i32Load, VECTOR.elements)
      .set(from)
      .get(source)
      .mem(MemOp.i32Load, VECTOR.length)
      .set(length);
    code.get(length).i32(element.size).op(Op.i32Mul).i32(this.#gas.data.copyPerByte).call(this.#runtime.charge);
    code.get(length).i32(element.size).call(this.#runtime.alloc).set(to);
    code.get(target, to).mem(MemOp.i32Store, VECTOR.elements);
    code.get(target, length).mem(MemOp.i32Store, VECTOR.length);
    code.get(target, length).mem(MemOp.i32Store, VECTOR.capacity);
    if (!element.deep) {
      code.get(to, from, length).i32(element.size).op(Op.i32Mul).memoryCopy();
      return;
    }
    countDown(code, length, () => {
      code.get(to, from).call(this.copy(element));
      advance(code, to, element.size);
      advance(code, from, element.size);
    });
  }

  #copyFields(code: Code, fields: readonly Field[]): void {
    const [target, source] = [0, 1];
    for (const run of runs(fields, (type) => !type.deep)) {
      if (run.field) {
        pushAddress(code, target, run.offset);
        pushAddress(code, source, run.offset);
        code.call(this.copy(run.field.type));
      } else {
        copyBytes(code, target, run.offset, source, run.offset, run.size);
      }
    }
  }

  #equalVector(code: Code, type: VectorType): void {
    const [a, b] = [0, 1];
    const { element } = type;
    const length = code.local(i32);
    code.get(a).mem(MemOp.i32Load, VECTOR.length).tee(length).get(b).mem(MemOp.i32Load, VECTOR.length).op(Op.i32Ne);
    returnZeroIf(code);
    code.get(length).i32(element.size).op(Op.i32Mul).i32(this.#gas.data.comparePerByte).call(this.#runtime.charge);
    code.get(a).mem(MemOp.i32Load, VECTOR.elements).set(a).get(b).mem(MemOp.i32Load, VECTOR.elements).set(b);
    if (element.plain) {
      code.get(a, b, length).i32(element.size).op(Op.i32Mul).call(this.#runtime.bytesEqual);
      return;
    }
    countDown(code, length, () => {
      code.get(a, b).call(this.equal(element)).op(Op.i32Eqz);
      returnZeroIf(code);
      advance(code, a, element.size);
      advance(code, b, element.size);
    });
    code.i32(1);
  }

  /** Returns 0 from the function unless the fields at both addresses are equal. */
  #equalFields(code: Code, fields: readonly Field[]): void {
    for (const run of runs(fields, (type) => type.plain)) {
      if (run.field) {
        pushAddress(code, 0, run.offset);
        pushAddress(code, 1, run.offset);
        code.call(this.equal(run.field.type)).op(Op.i32Eqz);
      } else {
        this.#bytesDiffer(code, run);
      }
      returnZeroIf(code);
    }
  }

  /** Locals 0 and 1 → 1 on the stack if the bytes differ. */
  #bytesDiffer(code: Code, { offset, size }: Run): void {
    if (size > 64) {
      pushAddress(code, 0, offset);
      pushAddress(code, 1, offset);
      code.i32(size).call(this.#runtime.bytesEqual).op(Op.i32Eqz);
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

  #decodeVector(code: Code, type: VectorType): void {
    const [source, end, target] = [0, 1, 2];
    const { element } = type;
    const length = code.local(i32);
    const at = code.local(i32);
    const fail = (): void => returnZeroIf(code);
    code.get(source, end).call(this.#runtime.readLength).set(source).set(length).get(source).op(Op.i32Eqz);
    fail();
    // Every element takes a byte at least (a plain one its size), so no room is made for elements that cannot be there.
    code.get(end, source).op(Op.i32Sub);
    if (element.plain) code.i32(element.size).op(Op.i32DivU);
    code.get(length).op(Op.i32LtU);
    fail();
    code.get(length).i32(element.size).call(this.#runtime.alloc).set(at);
    code.get(target, at).mem(MemOp.i32Store, VECTOR.elements);
    code.get(target, length).mem(MemOp.i32Store, VECTOR.length);
    code.get(target, length).mem(MemOp.i32Store, VECTOR.capacity);
    if (element.unchecked) {
      code.get(length).i32(element.size).op(Op.i32Mul).set(length).get(at, source, length).memoryCopy();
      code.get(source, length).op(Op.i32Add).set(source);
      return;
    }
    countDown(code, length, () => {
      code.get(source, end, at).call(this.decode(element)).tee(source).op(Op.i32Eqz);
      fail();
      advance(code, at, element.size);
    });
  }

  /** Runs `emit` for the variant whose tag stands at the address in local `value`. */
  #perVariant(code: Code, type: EnumType, value: number, emit: (fields: readonly Field[]) => void): void {
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
function returnZeroIf(code: Code): void {
  code.if();
  code.i32(0).op(Op.return).end();
}

function advance(code: Code, local: number, bytes: number): void {
  code.get(local).i32(bytes).op(Op.i32Add).set(local);
}

function runs(fields: readonly Field[], together: (type: Type) => boolean): readonly Run[] {
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
