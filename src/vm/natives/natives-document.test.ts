// docs/natives.md says what the code does, and every native of Aptos's framework is there or refused with a reason.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { APTOS_NATIVES, nativesDocument } from '../../testing/natives-document.ts';
import { CRYPTO_NATIVES } from './crypto.ts';
import { nativeNames, STANDARD_NATIVES } from './table.ts';

it('is what docs/natives.md says', () => {
  const document = path.resolve(import.meta.dirname, '../../../docs/natives.md');
  expect(readFileSync(document, 'utf8')).toBe(nativesDocument());
});

it('has no native that Aptos does not have', () => {
  const known = Object.entries(APTOS_NATIVES).flatMap(([module, names]) =>
    names.split(' ').map((name) => `0x1::${module}::${name}`),
  );
  const ours = nativeNames({ ...STANDARD_NATIVES, ...CRYPTO_NATIVES });
  expect(ours.filter((name) => !known.includes(name))).toEqual([]);
  expect(new Set(ours).size).toBe(ours.length);
  for (const module of Object.keys(CRYPTO_NATIVES)) expect(Object.keys(STANDARD_NATIVES)).not.toContain(module);
});
