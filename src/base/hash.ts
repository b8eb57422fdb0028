// Hash functions that Move has as natives too, so that a contract can recompute whatever is hashed here.

import { sha3_256 as nobleSha3 } from '@noble/hashes/sha3.js';
import { type Bytes, concatBytes } from './bytes.ts';

export const HASH_SIZE = 32;

/** SHA3-256, as `0x1::hash::sha3_256`. The parts are joined first. */
export function sha3_256(...parts: readonly Uint8Array[]): Bytes {
  return nobleSha3(parts.length === 1 && parts[0] ? parts[0] : concatBytes(...parts)) as Bytes;
}
