// Signatures for simulations: a keyed hash that anyone who knows the "public" key can make. Fast, and as good as real ones where
// nobody in the simulation forges.

import { type Bytes, bytesEqual, concatBytes, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { type NodeKey, nodeKeyFromBytes, nodeKeyToBytes } from '../../base/ids.ts';

export function toyKey(name: string): NodeKey {
  return nodeKeyFromBytes(sha3_256(utf8Encode(`node key of ${name}`)));
}

export function toySign(key: NodeKey, message: Bytes): Bytes {
  const half = sha3_256(nodeKeyToBytes(key), message);
  return concatBytes(half, half);
}

export function toyVerify(key: NodeKey, message: Bytes, signature: Bytes): boolean {
  return bytesEqual(signature, toySign(key, message));
}
