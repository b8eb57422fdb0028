// The evidence in the Move tests is what the generator gives: what the channel's VM makes of the checked-in bytecode.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MOVECRAFT_VECTORS_FILE, moveCraftVectors } from './movecraft-vectors.ts';

it('the vectors of the MoveCraft tests are up to date', () => {
  expect(readFileSync(MOVECRAFT_VECTORS_FILE, 'utf8')).toBe(moveCraftVectors());
});
