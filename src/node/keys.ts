// The node's key: an Ed25519 seed for each wallet address on each contract of each chain, made once and kept in the store. Its public key is
// the node's name in the network, signs what it says in channels, and is its session account on chain.

import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, concatBytes, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, type NodeKey, nodeKeyFromBytes } from '../base/ids.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Store } from '../ports/store.ts';
import { NodeError } from './node-error.ts';

/** Records of the store that belong to no channel. */
const KEYS_CHANNEL = 'keys';
const SEED_SIZE = 32;
const CHECKSUM_SIZE = 8;
const KEY_RECORD_VERSION = 1;

export interface Identity {
  readonly chainId: number;
  readonly contract: Address;
  readonly wallet: Address;
}

export interface NodeKeys {
  readonly nodeKey: NodeKey;
  readonly seed: Bytes;
}

/** The same text for the same identity: name of its lock and of its key. */
export function identityName({ chainId, contract, wallet }: Identity): string {
  return `${chainId}/${contract}/${wallet}`;
}

/** Prefix of this identity's channels in the store. */
export function channelStoreName(identity: Identity, channelId: bigint): string {
  return `channel/${identityName(identity)}/${channelId}`;
}

/**
 * Finds the identity's key or makes it. Call it under the identity's lock, or two tabs make two.
 *
 * @throws StoreError
 * @throws NodeError (`damaged-key`) when the stored key is not whole: the member it belongs to cannot act from this browser any more
 */
export async function loadOrMakeKeys(store: Store, identity: Identity, entropy: Entropy): Promise<NodeKeys> {
  const key = identityName(identity);
  const stored = (await store.load(KEYS_CHANNEL)).find((record) => record.key === key);
  if (stored) return keysOf(readSeed(key, stored.value));
  const seed = entropy.bytes(SEED_SIZE);
  const body = concatBytes(new Uint8Array([KEY_RECORD_VERSION]), seed);
  await store.write(KEYS_CHANNEL, {
    put: [{ key, value: concatBytes(body, checksum(key, body)) }],
    remove: [],
    removeRanges: [],
  });
  return keysOf(seed);
}

export function keysOf(seed: Bytes): NodeKeys {
  return { nodeKey: nodeKeyFromBytes(ed25519.getPublicKey(seed)), seed };
}

function readSeed(key: string, value: Bytes): Bytes {
  const body = value.subarray(0, 1 + SEED_SIZE);
  const isWhole =
    value.length === 1 + SEED_SIZE + CHECKSUM_SIZE &&
    value[0] === KEY_RECORD_VERSION &&
    checksum(key, body).every((byte, index) => byte === value[1 + SEED_SIZE + index]);
  if (!isWhole) throw new NodeError('damaged-key', 'the stored node key is damaged');
  return value.slice(1, 1 + SEED_SIZE);
}

function checksum(key: string, body: Uint8Array): Bytes {
  return sha3_256(utf8Encode(key), new Uint8Array([0]), body).slice(0, CHECKSUM_SIZE);
}
