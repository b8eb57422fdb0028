// Vectors of `vector<u8>` (or of structs that are nothing but one: strings, keys, scalars) as natives are given them.

import type { Bytes } from '../../base/bytes.ts';
import { VECTOR } from '../types/type.ts';
import type { NativeHost } from './native.ts';

export function lengthOf(native: NativeHost, vector: number): number {
  return native.readU32(vector + VECTOR.length);
}

export function readVectors(native: NativeHost, vector: number): Bytes[] {
  const elements = native.readU32(vector + VECTOR.elements);
  return Array.from({ length: lengthOf(native, vector) }, (_, i) => native.readVector(elements + i * VECTOR.size));
}

export function readU64s(native: NativeHost, vector: number): bigint[] {
  const elements = native.readU32(vector + VECTOR.elements);
  return Array.from({ length: lengthOf(native, vector) }, (_, i) => native.readU64(elements + i * 8));
}

export function writeVectors(native: NativeHost, address: number, items: readonly Uint8Array[]): void {
  const elements = native.allocate(items.length * VECTOR.size);
  items.forEach((item, index) => {
    native.writeVector(elements + index * VECTOR.size, item);
  });
  native.writeU32(address + VECTOR.elements, elements);
  native.writeU32(address + VECTOR.length, items.length);
  native.writeU32(address + VECTOR.capacity, items.length);
}
