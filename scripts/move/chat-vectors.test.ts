// The evidence in the Move tests is what the generator gives: what the channel's VM makes of the checked-in bytecode.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CHAT_VECTORS_FILE, chatVectors } from './chat-vectors.ts';

it('the vectors of the tests of the chat are up to date', () => {
  expect(readFileSync(CHAT_VECTORS_FILE, 'utf8')).toBe(chatVectors());
});
