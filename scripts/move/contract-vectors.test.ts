// The vectors that the Move tests read are what nodes sign.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { contractVectors, VECTORS_FILE } from './contract-vectors.ts';

it('gives the file that is checked in', () => {
  expect(contractVectors()).toBe(readFileSync(VECTORS_FILE, 'utf8'));
});
