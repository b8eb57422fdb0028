// The evidence in the Move tests is what the generator gives: what the channel's VM makes of the checked-in bytecode.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FOUR_IN_A_ROW_VECTORS_FILE, fourInARowVectors } from './four-in-a-row-vectors.ts';

it('the vectors of the tests of four_in_a_row are up to date', () => {
  expect(readFileSync(FOUR_IN_A_ROW_VECTORS_FILE, 'utf8')).toBe(fourInARowVectors());
});
