// 0x1::bcs, 0x1::from_bcs and 0x1::util: values to and from their BCS encoding. A signer is encoded as its address, and never decoded.

import type { UnitContext } from '../compile/unit-context.ts';
import { UnsupportedError } from '../errors.ts';
import { holdsFunctions } from '../types/function-type.ts';
import { isNominal, type Type, VECTOR } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import { holdsDelayedField, isDelayedField } from './delayed-fields.ts';
import {
  host,
  type InlineNative,
  type NativeHost,
  type NativeModule,
  type NativeSignature,
  type WasmValue,
} from './native.ts';
import { writeOption } from './option.ts';

/** `error::invalid_argument(1)`: what Aptos's native aborts with. */
const EFROM_BYTES = 0x10001n;
/** Aptos's NFE_BCS_SERIALIZATION_FAILURE. */
const BCS_SERIALIZATION_FAILURE = 0x1c5n;

export const BCS: NativeModule = {
  to_bytes: { kind: 'inline', gas: () => 0, emit: emitToBytes },
  serialized_size: { kind: 'inline', gas: (gas) => gas.natives.bcs.serializedSize, emit: emitSerializedSize },
  /** Counts the type's nodes, up to the first that has no constant size. */
  constant_serialized_size: host(
    (gas) => gas.natives.bcs.constantSize,
    (native, { typeArgs: [type], returns: [option] }) => {
      if (type === undefined || option === undefined)
        throw new UnsupportedError('constant_serialized_size without a type');
      const { nodes, size } = constantSize(type);
      return (result: number) => {
        native.charge(native.gas.natives.bcs.constantSizePerTypeNode * nodes);
        const value = size === undefined ? undefined : u64(size);
        writeOption(native, option, result, value && ((address) => native.write(address, value)));
      };
    },
  ),
};

const fromBytes = host(
  (gas) => gas.natives.fromBcs.base,
  bindFromBytes,
  ({ typeArgs }) => typeArgs,
);
export const FROM_BCS: NativeModule = { from_bytes: fromBytes };
export const UTIL: NativeModule = { from_bytes: fromBytes };

/** (value, result) */
function emitToBytes({ code, scratch, unit }: InlineNative, { typeArgs }: NativeSignature): void {
  const type = encodable(typeArgs);
  const { runtime, typeFunctions } = unit;
  if (holdsDelayedField(type)) {
    code.op(Op.drop, Op.drop).i32(1).i32(unit.gas.natives.bcs.failure).call(runtime.charge);
    code
      .i64(BCS_SERIALIZATION_FAILURE)
      .call(runtime.host('nativeAbort', [ValType.i64], []))
      .op(Op.unreachable);
    return;
  }
  const [value, result, length, bytes] = [scratch.i32(0), scratch.i32(1), scratch.i32(2), scratch.i32(3)];
  if (holdsFunctions(type)) refuseTransientFunctions(code, unit, true);
  code
    .set(result)
    .tee(value)
    .call(typeFunctions.size(type))
    .tee(length)
    .i32(unit.gas.natives.bcs.toBytesPerByte)
    .call(runtime.charge);
  code.get(length).i32(1).call(runtime.alloc).set(bytes);
  code.get(value, bytes).call(typeFunctions.encode(type)).op(Op.drop);
  if (holdsFunctions(type)) refuseTransientFunctions(code, unit, false);
  code.get(result, bytes).mem(MemOp.i32Store, VECTOR.elements);
  code.get(result, length).mem(MemOp.i32Store, VECTOR.length);
  code.get(result, length).mem(MemOp.i32Store, VECTOR.capacity);
}

/** From here on, or no more: a function value that cannot be stored makes the native abort. */
function refuseTransientFunctions(code: Code, { runtime }: UnitContext, isOn: boolean): void {
  code.i64(isOn ? BCS_SERIALIZATION_FAILURE : 0n).call(runtime.host('abortForTransient', [ValType.i64], []));
}

/** (value) → u64 */
function emitSerializedSize({ code, scratch, unit }: InlineNative, { typeArgs }: NativeSignature): void {
  const length = scratch.i32(0);
  const type = encodable(typeArgs);
  if (holdsFunctions(type)) refuseTransientFunctions(code, unit, true);
  code.call(unit.typeFunctions.size(type)).tee(length);
  if (holdsFunctions(type)) refuseTransientFunctions(code, unit, false);
  code.i32(unit.gas.natives.bcs.serializedSizePerByte).call(unit.runtime.charge).get(length).op(Op.i64ExtendI32U);
}

function bindFromBytes(
  native: NativeHost,
  { typeArgs: [type] }: NativeSignature,
): (...args: never[]) => WasmValue | undefined {
  if (type === undefined) throw new UnsupportedError('from_bytes without a type');
  const isDecodable = !holdsSigner(type) && !holdsDelayedField(type);
  const read = (vector: number, target: number): void => {
    const bytes = native.readVector(vector);
    native.charge(native.gas.natives.fromBcs.perByte * bytes.length);
    if (!isDecodable || !native.decode(type, bytes, target)) native.abort(EFROM_BYTES);
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
  if (type === undefined) throw new UnsupportedError('BCS of nothing');
  return type;
}

/** How many nodes of the type are looked at, and the size if every value has the same. */
function constantSize(type: Type): { readonly nodes: number; readonly size: number | undefined } {
  switch (type.kind) {
    case 'struct': {
      let nodes = 1;
      for (const [index, field] of type.fields.entries()) {
        const inner = constantSize(field.type);
        // Where a value stands apart, its kind is a node too.
        nodes += inner.nodes + (index === 0 && isDelayedField(type) ? 1 : 0);
        if (inner.size === undefined) return { nodes, size: undefined };
      }
      return { nodes, size: type.size };
    }
    default:
      return { nodes: 1, size: type.plain && type.kind !== 'signer' ? type.size : undefined };
  }
}

function holdsSigner(type: Type): boolean {
  if (type.kind === 'vector') return holdsSigner(type.element);
  if (!isNominal(type)) return type.kind === 'signer';
  const fields = type.kind === 'struct' ? type.fields : type.variants.flatMap((variant) => variant.fields);
  return fields.some((field) => holdsSigner(field.type));
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}
