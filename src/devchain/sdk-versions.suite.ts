// What the suites of ts-sdk share: the versions that users bring, and a client of either for a local chain.

import * as sdk5 from '@aptos-labs/ts-sdk';
import * as sdk6 from 'aptos-ts-sdk-6';
import type { Devchain } from './server.ts';

export type Sdk = typeof sdk5;

export const SDK_VERSIONS: readonly (readonly [version: '5' | '6', sdk: Sdk])[] = [
  ['5', sdk5],
  // The two versions declare the same API; one set of types serves both.
  ['6', sdk6 as unknown as Sdk],
];

export const APT = 100_000_000;

export function aptosFor(sdk: Sdk, devchain: Devchain): sdk5.Aptos {
  return new sdk.Aptos(
    new sdk.AptosConfig({
      network: sdk.Network.LOCAL,
      fullnode: devchain.nodeUrl,
      faucet: devchain.faucetUrl,
      indexer: devchain.indexerUrl,
    }),
  );
}
