// Node keys and libp2p's peer ids: the same Ed25519 public key, written in two ways. The only place that knows both.

import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { PeerId, PrivateKey } from '@libp2p/interface';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import type { Bytes } from '../base/bytes.ts';
import { type NodeKey, nodeKeyFromBytes, nodeKeyToBytes } from '../base/ids.ts';
import { NetError } from './errors.ts';

export const SEED_SIZE = 32;

export interface Identity {
  readonly self: NodeKey;
  readonly privateKey: PrivateKey;
}

/** From a 32-byte Ed25519 seed. @throws NetError `bad-seed` */
export async function identityFromSeed(seed: Bytes): Promise<Identity> {
  if (seed.length !== SEED_SIZE) throw new NetError('bad-seed', `a seed of ${seed.length} bytes, not ${SEED_SIZE}`);
  const privateKey = await generateKeyPairFromSeed('Ed25519', seed);
  return { self: nodeKeyFromBytes(privateKey.publicKey.raw), privateKey };
}

export function peerIdOf(key: NodeKey): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(nodeKeyToBytes(key)));
}

/** Undefined: the peer's key is not of our kind, so it is no node of ours. */
export function nodeKeyOf(peer: PeerId): NodeKey | undefined {
  return peer.type === 'Ed25519' ? nodeKeyFromBytes(peer.publicKey.raw) : undefined;
}
