// Node keys and signatures, on the platform's cryptography and on ours.

import { describe, expect, it } from 'vitest';
import { parseAddress } from '../base/ids.ts';
import type { Entropy } from '../ports/entropy.ts';
import { MemoryDisk, MemoryStore } from '../store/memory.ts';
import { createSigner, createVerifier } from './ed25519.ts';
import { type Identity, keysOf, loadOrMakeKeys } from './keys.ts';

const ALICE: Identity = { chainId: 4, contract: parseAddress('0xc0de'), wallet: parseAddress('0xa11ce') };

/** 1, 2, 3, … in every byte. */
function countingEntropy(): Entropy {
  let count = 0;
  return { bytes: (size) => new Uint8Array(size).fill(++count) };
}

describe('node keys', () => {
  it('are made once for an identity and found again', async () => {
    const disk = new MemoryDisk();
    const entropy = countingEntropy();
    const first = await loadOrMakeKeys(new MemoryStore(disk), ALICE, entropy);
    const again = await loadOrMakeKeys(new MemoryStore(disk), ALICE, entropy);
    expect(again).toEqual(first);
  });

  it('differ between wallets, contracts and chains', async () => {
    const store = new MemoryStore();
    const entropy = countingEntropy();
    const identities = [
      ALICE,
      { ...ALICE, wallet: parseAddress('0xb0b') },
      { ...ALICE, contract: parseAddress('0xc0df') },
      { ...ALICE, chainId: 1 },
    ];
    const keys = new Set<string>();
    for (const identity of identities) keys.add((await loadOrMakeKeys(store, identity, entropy)).nodeKey);
    expect(keys.size).toBe(4);
  });

  it('are not replaced when the stored one is damaged: the chain knows the old one', async () => {
    const disk = new MemoryDisk();
    await loadOrMakeKeys(new MemoryStore(disk), ALICE, countingEntropy());
    for (const value of disk.channels.get('keys')?.values() ?? []) value[5] = 0xff;
    await expect(loadOrMakeKeys(new MemoryStore(disk), ALICE, countingEntropy())).rejects.toMatchObject({
      name: 'NodeError',
      kind: 'damaged-key',
    });
  });
});

describe.each([
  ['the platform', globalThis.crypto.subtle],
  ['@noble/curves', undefined],
])('signatures by %s', (_name, subtle) => {
  const { seed, nodeKey } = keysOf(new Uint8Array(32).fill(7));
  const message = new TextEncoder().encode('a message');

  it('are those of RFC 8032 and verify', async () => {
    const signature = await (await createSigner(seed, subtle)).sign(message);
    expect(signature).toEqual(await (await createSigner(seed, undefined)).sign(message));
    const verifier = await createVerifier(subtle);
    expect(await verifier.verify(nodeKey, message, signature)).toBe(true);
  });

  it('are refused when altered, under another key, or under a key that is no point', async () => {
    const verifier = await createVerifier(subtle);
    const signature = await (await createSigner(seed, subtle)).sign(message);
    const altered = signature.slice();
    altered[3] = (altered[3] ?? 0) ^ 1;
    expect(await verifier.verify(nodeKey, message, altered)).toBe(false);
    expect(await verifier.verify(keysOf(new Uint8Array(32).fill(8)).nodeKey, message, signature)).toBe(false);
    const noPoint = `02${'00'.repeat(31)}` as typeof nodeKey;
    expect(await verifier.verify(noPoint, message, signature)).toBe(false);
  });
});
