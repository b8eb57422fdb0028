// Which chain answers at an address, remembered, so that a node finds its key and its channels again while the chain is down.

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import { DecodeError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import { isChainSilent } from './stream-error.ts';

const CHAINS_CHANNEL = 'chains';

/** Asks the chain; if it does not answer, what it said last. @throws StoreError, and what `ask` throws when nothing is known */
export async function findChainId(store: Store, url: string, ask: () => Promise<number>): Promise<number> {
  const known = readChainId((await store.load(CHAINS_CHANNEL)).find(({ key }) => key === url)?.value);
  let chainId: number;
  try {
    chainId = await ask();
  } catch (error) {
    if (known !== undefined && isChainSilent(error)) return known;
    throw error;
  }
  if (chainId !== known) {
    const value = encodeBcs((w) => w.u8(chainId));
    await store.write(CHAINS_CHANNEL, { put: [{ key: url, value }], remove: [], removeRanges: [] });
  }
  return chainId;
}

/** One that does not decode is as good as none: it is only a shortcut. */
function readChainId(value: Uint8Array | undefined): number | undefined {
  if (!value) return undefined;
  try {
    return decodeBcs(value, 'chain id', (r) => r.u8('chain id'));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
