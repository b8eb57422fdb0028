// Ed25519 for the node's door: the platform's WebCrypto where it has the curve (several times faster, off this thread), @noble/curves where
// not. Both check strictly (RFC 8032, no cofactor), so that nodes on different platforms agree.

import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, concatBytes, fromHex } from '../base/bytes.ts';
import { type NodeKey, nodeKeyToBytes } from '../base/ids.ts';

/** Keys kept imported: the members of a few channels. */
const IMPORTED_KEYS_MAX = 256;
/** PKCS#8 of an Ed25519 seed is this and the seed (RFC 8410). */
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420');

export interface Signer {
  sign(message: Bytes): Promise<Bytes>;
}

export interface Verifier {
  verify(signer: NodeKey, message: Bytes, signature: Bytes): Promise<boolean>;
}

/** Holds the key where the platform does not give it out again. */
export async function createSigner(
  seed: Bytes,
  subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<Signer> {
  try {
    if (subtle) {
      const key = await subtle.importKey('pkcs8', concatBytes(PKCS8_PREFIX, seed), 'Ed25519', false, ['sign']);
      return { sign: async (message) => new Uint8Array(await subtle.sign('Ed25519', key, message)) };
    }
  } catch {
    // The platform's WebCrypto has no Ed25519.
  }
  const own = seed.slice();
  return { sign: async (message) => ed25519.sign(message, own) as Bytes };
}

export async function createVerifier(subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle): Promise<Verifier> {
  return subtle && (await hasEd25519(subtle)) ? new PlatformVerifier(subtle) : NOBLE_VERIFIER;
}

const NOBLE_VERIFIER: Verifier = {
  verify: async (signer, message, signature) => verifyWithNoble(signer, message, signature),
};

function verifyWithNoble(signer: NodeKey, message: Bytes, signature: Bytes): boolean {
  try {
    return ed25519.verify(signature, message, nodeKeyToBytes(signer), { zip215: false });
  } catch {
    // Not a point of the curve.
    return false;
  }
}

class PlatformVerifier implements Verifier {
  readonly #subtle: SubtleCrypto;
  readonly #keys = new Map<NodeKey, Promise<CryptoKey | undefined>>();

  constructor(subtle: SubtleCrypto) {
    this.#subtle = subtle;
  }

  async verify(signer: NodeKey, message: Bytes, signature: Bytes): Promise<boolean> {
    const key = await this.#key(signer);
    return key !== undefined && this.#subtle.verify('Ed25519', key, signature, message);
  }

  #key(signer: NodeKey): Promise<CryptoKey | undefined> {
    let key = this.#keys.get(signer);
    if (!key) {
      if (this.#keys.size >= IMPORTED_KEYS_MAX) this.#keys.clear();
      key = this.#subtle.importKey('raw', nodeKeyToBytes(signer), 'Ed25519', false, ['verify']).catch(() => undefined);
      this.#keys.set(signer, key);
    }
    return key;
  }
}

async function hasEd25519(subtle: SubtleCrypto): Promise<boolean> {
  try {
    await subtle.importKey('raw', ed25519.getPublicKey(new Uint8Array(32)) as Bytes, 'Ed25519', false, ['verify']);
    return true;
  } catch {
    return false;
  }
}
