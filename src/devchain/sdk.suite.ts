// What the tests with ts-sdk share: the versions that users bring, a chain for a file's tests, scripts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk5 from '@aptos-labs/ts-sdk';
import * as sdk6 from 'aptos-ts-sdk-6';
import { afterAll, beforeAll } from 'vitest';
import type { Sdk } from './sdk-client.suite.ts';
import { type Devchain, type DevchainOptions, startDevchain } from './server.ts';

export const SDK_VERSIONS: readonly (readonly [version: string, sdk: Sdk])[] = [
  ['5', sdk5],
  ['6', sdk6 as unknown as Sdk],
];

/** A chain that runs from the file's first test to its last: of the framework alone, where the options do not say otherwise. */
export function devchainOfTests(options: DevchainOptions = {}): () => Devchain {
  let running: Devchain | undefined;
  beforeAll(async () => {
    running = await startDevchain({ port: 0, faucetPort: 0, genesisPackages: [], ...options });
  });
  afterAll(() => running?.close());
  return () => {
    if (running === undefined) throw new Error('asked for the chain before the tests began');
    return running;
  };
}

/** A script of `fixtures/scripts`. */
export function scriptCode(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', 'scripts', `${name}.mv`)));
}
