// 0x1::string: UTF-8 on the bytes of a `vector<u8>`.

import { utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { VECTOR } from '../types/type.ts';
import { MemOp } from '../wasm/opcodes.ts';
import { host, type InlineNative, type NativeModule } from './native.ts';
import { utf8Check } from './utf8.ts';

/** What the Rust native aborts with when a range runs backward; Move code checks before it. */
const EBAD_RANGE = 1n;

export const STRING: NativeModule = {
  internal_check_utf8: { kind: 'inline', gas: (gas) => gas.natives.string.checkUtf8, emit: emitCheckUtf8 },
  internal_is_char_boundary: host(
    (gas) => gas.natives.string.isCharBoundary,
    (native) => (data: number, index: bigint) =>
      isBoundary(native.readVector(data), BigInt.asUintN(64, index)) ? 1 : 0,
  ),
  internal_sub_string: host(
    (gas) => gas.natives.string.subString,
    (native) => (data: number, start: bigint, end: bigint, result: number) => {
      const [from, to] = [BigInt.asUintN(64, start), BigInt.asUintN(64, end)];
      if (to < from) native.abort(EBAD_RANGE);
      native.charge(chargeable(native.gas.natives.string.subStringPerByte, to - from));
      const bytes = native.readVector(data);
      // The Rust native would panic here: the framework asks for boundaries before.
      if (!isBoundary(bytes, from) || !isBoundary(bytes, to)) native.abort(EBAD_RANGE);
      native.writeVector(result, bytes.subarray(Number(from), Number(to)));
    },
  ),
  /** Charged by how far it had to look. */
  internal_index_of: host(
    (gas) => gas.natives.string.indexOf,
    (native) => (data: number, pattern: number) => {
      const { indexOfPerByte, indexOfPerPatternByte } = native.gas.natives.string;
      const sought = native.readVector(pattern);
      native.charge(indexOfPerPatternByte * sought.length);
      const found = indexOf(native.readVector(data), sought);
      native.charge(indexOfPerByte * found);
      return BigInt(found);
    },
  ),
};

/** (bytes) → bool */
function emitCheckUtf8({ code, scratch, unit }: InlineNative): void {
  const data = scratch.i32(0);
  const { runtime, gas } = unit;
  code.tee(data).mem(MemOp.i32Load, VECTOR.length).i32(gas.natives.string.checkUtf8PerByte).call(runtime.charge);
  code.get(data).mem(MemOp.i32Load, VECTOR.elements).get(data).mem(MemOp.i32Load, VECTOR.length);
  code.call(utf8Check(runtime));
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8Decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** More than any run has, where a caller names a length that no memory holds. */
function chargeable(perByte: number, bytes: bigint): number {
  const most = 0x7fff_ffffn;
  return perByte * Number(bytes < most ? bytes : most);
}

function isBoundary(bytes: Uint8Array, index: bigint): boolean {
  if (index === 0n || index === BigInt(bytes.length)) return true;
  if (index > BigInt(bytes.length)) return false;
  return ((bytes[Number(index)] ?? 0) & 0xc0) !== 0x80;
}

/** The length when it is nowhere. */
function indexOf(bytes: Uint8Array, pattern: Uint8Array): number {
  for (let at = 0; at + pattern.length <= bytes.length; at++) {
    if (pattern.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return bytes.length;
}
