// The evidence that the editor's Move tests read is what nodes make.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EDITOR_VECTORS_FILE, editorVectors } from './editor-vectors.ts';

it('gives the file that is checked in', () => {
  expect(editorVectors()).toBe(readFileSync(EDITOR_VECTORS_FILE, 'utf8'));
});
