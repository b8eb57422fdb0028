// The evidence in the Move tests is what the generator gives.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CHANNEL_APP_VECTORS_FILE, channelAppVectors } from './channel-app-vectors.ts';

it('the vectors of the tests of channel_app are up to date', () => {
  expect(readFileSync(CHANNEL_APP_VECTORS_FILE, 'utf8')).toBe(channelAppVectors());
});
