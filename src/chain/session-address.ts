// The account on Aptos that a node key is the key of.

import { sha3_256 } from '../base/hash.ts';
import { type Address, addressFromBytes, type NodeKey, nodeKeyToBytes } from '../base/ids.ts';

/** Scheme number of a single Ed25519 key in Aptos's authentication keys. */
const ED25519_SCHEME = new Uint8Array([0]);

export function sessionAddress(nodeKey: NodeKey): Address {
  return addressFromBytes(sha3_256(nodeKeyToBytes(nodeKey), ED25519_SCHEME));
}
