// 0x1::bcs, 0x1::from_bcs and 0x1::util: values to and from their BCS encoding.

import { UnsupportedError } from '../errors.ts';
import { type Type, VECTOR } from '../types/type.ts';
import { Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import { host, type InlineNative, type NativeHost, type NativeModule, type WasmValue } from './native.ts';

/** `error::invalid_argument(1)`: what Aptos's native aborts with. */
const EFROM_BYTES = 0x10001n;

export const BCS: NativeModule = {
  to_bytes: { kind: 'inline', gas: () => 0, emit: emitToBytes },
  serialized_size: { kind: 'inline', gas: (gas) => gas.natives.bcs.serializedSize, emit: emitSerializedSize },
};

const fromBytes = host(
  (gas) => gas.natives.fromBcs.base,
  bindFromBytes,
  ([type]) => (type === undefined ? [] : [type]),
);
export const FROM_BCS: NativeModule = { from_bytes: fromBytes };
export const UTIL: NativeModule = { from_bytes: fromBytes };

/** (value, result) */
function emitToBytes({ code, scratch, unit }: InlineNative, typeArgs: readonly Type[]): void {
  const type = encodable(typeArgs);
  const { runtime, typeFunctions } = unit;
  const [value, result, length, bytes] = [scratch.i32(0), scratch.i32(1), scratch.i32(2), scratch.i32(3)];
  code
    .set(result)
    .tee(value)
    .call(typeFunctions.size(type))
    .tee(length)
    .i32(unit.gas.natives.bcs.toBytesPerByte)
    .call(runtime.charge);
  code.get(length).i32(1).call(runtime.alloc).set(bytes);
  code.get(value, bytes).call(typeFunctions.encode(type)).op(Op.drop);
  code.get(result, bytes).mem(MemOp.i32Store, VECTOR.elements);
  code.get(result, length).mem(MemOp.i32Store, VECTOR.length);
  code.get(result, length).mem(MemOp.i32Store, VECTOR.capacity);
}

/** (value) → u64 */
function emitSerializedSize({ code, scratch, unit }: InlineNative, typeArgs: readonly Type[]): void {
  const length = scratch.i32(0);
  code.call(unit.typeFunctions.size(encodable(typeArgs))).tee(length);
  code.i32(unit.gas.natives.bcs.serializedSizePerByte).call(unit.runtime.charge).get(length).op(Op.i64ExtendI32U);
}

function bindFromBytes(native: NativeHost, [type]: readonly Type[]): (...args: never[]) => WasmValue | undefined {
  if (type === undefined) throw new UnsupportedError('from_bytes without a type');
  const read = (vector: number, target: number): void => {
    const bytes = native.readVector(vector);
    native.charge(native.gas.natives.fromBcs.perByte * bytes.length);
    if (!native.decode(type, bytes, target)) native.abort(EFROM_BYTES);
  };
  if (type.representation === 'memory') {
    return (vector: number, target: number) => {
      read(vector, target);
      return undefined;
    };
  }
  return (vector: number) => {
    const target = native.allocate(8);
    native.writeU64(target, 0n);
    read(vector, target);
    return type.representation === 'i64' ? native.readU64(target) : native.readU32(target);
  };
}

function encodable([type]: readonly Type[]): Type {
  if (type === undefined || holdsSigner(type)) throw new UnsupportedError(`BCS of ${type?.name ?? 'nothing'}`);
  return type;
}

function holdsSigner(type: Type): boolean {
  switch (type.kind) {
    case 'signer':
      return true;
    case 'vector':
      return holdsSigner(type.element);
    case 'struct':
      return type.fields.some((field) => holdsSigner(field.type));
    case 'enum':
      return type.variants.some((variant) => variant.fields.some((field) => holdsSigner(field.type)));
    default:
      return false;
  }
}
