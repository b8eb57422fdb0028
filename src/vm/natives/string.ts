// 0x1::string: UTF-8 on the bytes of a `vector<u8>`.

import { utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { host, type NativeHost, type NativeModule } from './native.ts';

/** What the Rust native aborts with when a range runs backward; Move code checks before it. */
const EBAD_RANGE = 1n;

export const STRING: NativeModule = {
  internal_check_utf8: host(
    (gas) => gas.natives.string.checkUtf8,
    (native) => (data: number) => {
      const bytes = charged(native, data, native.gas.natives.string.checkUtf8PerByte);
      return isUtf8(bytes) ? 1 : 0;
    },
  ),
  internal_is_char_boundary: host(
    (gas) => gas.natives.string.isCharBoundary,
    (native) => (data: number, index: bigint) =>
      isBoundary(native.readVector(data), BigInt.asUintN(64, index)) ? 1 : 0,
  ),
  internal_sub_string: host(
    (gas) => gas.natives.string.subString,
    (native) => (data: number, start: bigint, end: bigint, result: number) => {
      const bytes = native.readVector(data);
      const [from, to] = [BigInt.asUintN(64, start), BigInt.asUintN(64, end)];
      if (to < from || !isBoundary(bytes, from) || !isBoundary(bytes, to)) native.abort(EBAD_RANGE);
      native.charge(native.gas.natives.string.subStringPerByte * Number(to - from));
      native.writeVector(result, bytes.subarray(Number(from), Number(to)));
    },
  ),
  internal_index_of: host(
    (gas) => gas.natives.string.indexOf,
    (native) => (data: number, pattern: number) => {
      const { indexOfPerByte, indexOfPerPatternByte } = native.gas.natives.string;
      const searched = charged(native, data, indexOfPerByte);
      return BigInt(indexOf(searched, charged(native, pattern, indexOfPerPatternByte)));
    },
  ),
};

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8Decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function charged(native: NativeHost, data: number, perByte: number): Uint8Array {
  const bytes = native.readVector(data);
  native.charge(perByte * bytes.length);
  return bytes;
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
