// The twelve integer types: how wide they are, whether they have a sign, what they can hold.

export type UnsignedKind = 'u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256';
/** Of bytecode version 9: two's complement. */
export type SignedKind = 'i8' | 'i16' | 'i32' | 'i64' | 'i128' | 'i256';
export type IntegerKind = UnsignedKind | SignedKind;
/** Too wide for a WebAssembly value: they stay in memory. */
export type WideKind = 'u128' | 'u256' | 'i128' | 'i256';

export const INTEGER_BITS: Record<IntegerKind, number> = {
  u8: 8,
  u16: 16,
  u32: 32,
  u64: 64,
  u128: 128,
  u256: 256,
  i8: 8,
  i16: 16,
  i32: 32,
  i64: 64,
  i128: 128,
  i256: 256,
};
/** Words of 64 bits, lowest first. */
export const WIDE_WORDS: Record<WideKind, number> = { u128: 2, u256: 4, i128: 2, i256: 4 };

const SIGNED: ReadonlySet<string> = new Set<SignedKind>(['i8', 'i16', 'i32', 'i64', 'i128', 'i256']);

export function isInteger(kind: string): kind is IntegerKind {
  return kind in INTEGER_BITS;
}

export function isSigned(kind: string): kind is SignedKind {
  return SIGNED.has(kind);
}

export function isWide(kind: string): kind is WideKind {
  return kind in WIDE_WORDS;
}

/** Bits that the largest value takes. */
export function magnitudeBits(kind: IntegerKind): number {
  return isSigned(kind) ? INTEGER_BITS[kind] - 1 : INTEGER_BITS[kind];
}

export function largest(kind: IntegerKind): bigint {
  return (1n << BigInt(magnitudeBits(kind))) - 1n;
}

export function smallest(kind: IntegerKind): bigint {
  return isSigned(kind) ? -1n << BigInt(magnitudeBits(kind)) : 0n;
}
