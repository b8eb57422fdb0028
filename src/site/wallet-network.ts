// Which network the wallet is on, and whether it is this page's. What a wallet signs on another network goes to another chain.

import { Network } from '@aptos-labs/ts-sdk';
import type { SiteConfig } from './config.ts';

export const NETWORKS: Readonly<Record<SiteConfig['network'], Network>> = {
  local: Network.LOCAL,
  devnet: Network.DEVNET,
  testnet: Network.TESTNET,
  mainnet: Network.MAINNET,
};

/** What ids the chains have; devnet gets another one every week. */
const CHAIN_IDS: Readonly<Partial<Record<SiteConfig['network'], number>>> = { local: 4, testnet: 2, mainnet: 1 };

/** What a wallet tells of its network. */
export interface WalletNetwork {
  readonly name: string;
  readonly chainId: number;
}

/** Wallets name a chain of one's own as they like: its id counts where it is known, else the name. */
export function isSameNetwork(network: SiteConfig['network'], wallet: WalletNetwork): boolean {
  const chainId = CHAIN_IDS[network];
  return chainId === undefined ? wallet.name.toLowerCase() === network : wallet.chainId === chainId;
}
