// What Aptos has and this chain has not, in words for whoever asks for it.

import { type Address, parseAddress } from '../base/ids.ts';

const DIGITAL_ASSETS = 'digital assets (0x3 and 0x4) are not on the local chain';
const NAMES = 'Aptos names are not on the local chain';
const STAKING = 'there is no staking on the local chain';

/** Packages of Aptos that are not published here. ts-sdk looks for the names at the last of them on network `local`. */
const ABSENT_PACKAGES: ReadonlyMap<Address, string> = new Map([
  [parseAddress('0x3'), DIGITAL_ASSETS],
  [parseAddress('0x4'), DIGITAL_ASSETS],
  [parseAddress('0x585fc9f0f0c54183b039ffc770ca282ebd87307916c215a3e692f2f8e4305e82'), NAMES],
]);

/** Why there are no modules at an address, where somebody will look for them. */
export function absenceOfPackage(address: Address): string | undefined {
  return ABSENT_PACKAGES.get(address);
}

/** Why a table of Aptos's indexer is not here, for those that somebody will ask for. */
export function absenceOfTable(name: string): string | undefined {
  if (/token|collection|nft|royalty/.test(name)) return DIGITAL_ASSETS;
  if (/aptos_names|ans_/.test(name)) return NAMES;
  return /stak|delegat|proposal/.test(name) ? STAKING : undefined;
}
