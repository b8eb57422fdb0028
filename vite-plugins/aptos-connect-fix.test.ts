// The fix must fit the installed version, and must say so when it does not.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fixChainIdPromise } from './aptos-connect-fix.ts';

const installed = readFileSync(
  new URL('../node_modules/@aptos-connect/wallet-adapter-plugin/dist/index.mjs', import.meta.url),
  'utf8',
);

it('applies to the installed version, once', () => {
  const mended = fixChainIdPromise(installed);
  expect(mended).toContain('}, () => {});');
  expect(() => fixChainIdPromise(mended)).toThrow('3.0.4');
});
