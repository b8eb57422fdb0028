// Functions made for a type: deep copy, equality, and BCS (size, encode, decode). They follow the type's shape, so that no value carries
// a description of itself. What they cost in gas depends on the bytes they touch and is charged inside.

import type { GasSchedule } from '../gas.ts';
import type { Type } from '../types/type.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import type { RuntimeFunctions } from './runtime-functions.ts';
import { emitTypeCopy } from './type-copy.ts';
import { emitTypeDecode } from './type-decode.ts';
import { emitTypeDepth } from './type-depth.ts';
import { emitTypeEncode, emitTypeSize } from './type-encode.ts';
import { emitTypeEquality } from './type-equality.ts';

const { i32 } = ValType;

export class TypeFunctions {
  readonly runtime: RuntimeFunctions;
  readonly gas: GasSchedule;

  constructor(runtime: RuntimeFunctions, gas: GasSchedule) {
    this.runtime = runtime;
    this.gas = gas;
  }

  /** (target, source): copies a value that is `deep`. */
  copy(type: Type): FunctionRef {
    return this.runtime.once(`copy ${type.name}`, [i32, i32], [], (code) => emitTypeCopy(this, code, type));
  }

  /** (a, b) → 1 if equal. */
  equal(type: Type): FunctionRef {
    return this.runtime.once(`equal ${type.name}`, [i32, i32], [i32], (code) => emitTypeEquality(this, code, type));
  }

  /** (value) → how deep it nests, captured values included. Of a type that holds function values. */
  depth(type: Type): FunctionRef {
    return this.runtime.once(`depth ${type.name}`, [i32], [i32], (code) => emitTypeDepth(this, code, type));
  }

  /** (value) → bytes of its BCS encoding. */
  size(type: Type): FunctionRef {
    return this.runtime.once(`size ${type.name}`, [i32], [i32], (code) => emitTypeSize(this, code, type));
  }

  /** (value, target) → the address after its BCS encoding. The room was measured with `size`. */
  encode(type: Type): FunctionRef {
    return this.runtime.once(`encode ${type.name}`, [i32, i32], [i32], (code) => emitTypeEncode(this, code, type));
  }

  /** (source, end, target) → the address after the encoding, or 0 when there is none of this type. */
  decode(type: Type): FunctionRef {
    return this.runtime.once(`decode ${type.name}`, [i32, i32, i32], [i32], (code) => emitTypeDecode(this, code, type));
  }
}
