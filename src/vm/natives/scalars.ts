// Numbers as natives of cryptography are given them, and the order of a group as their modulus.

import type { Bytes } from '../../base/bytes.ts';

export function fromLittleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

export function toLittleEndian(value: bigint, size: number): Bytes {
  const bytes = new Uint8Array(size);
  for (let [i, rest] = [0, value]; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

export function fromBigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function toBigEndian(value: bigint, size: number): Bytes {
  return toLittleEndian(value, size).reverse();
}
