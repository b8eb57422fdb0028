// The bytes of stored records: frozen, and damaged by any change.

import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { RECORDS } from './fixtures/records.ts';
import { decodeRecord, encodeRecord } from './records.ts';

const GOLDEN = `${import.meta.dirname}/golden`;

describe('stored records', () => {
  for (const [kind, record] of Object.entries(RECORDS)) {
    it(`[D1] have frozen bytes: ${kind}`, async () => {
      const stored = encodeRecord(record);
      const lines = toHex(stored.value).match(/.{1,64}/g) ?? [];
      await expect(`${stored.key}\n${lines.join('\n')}\n`).toMatchFileSnapshot(`${GOLDEN}/${kind}.txt`);
      expect(decodeRecord(stored)).toEqual(record);
    });

    it(`[D1] are damaged by any flipped bit: ${kind}`, () => {
      const { key, value } = encodeRecord(record);
      fc.assert(
        fc.property(fc.nat(value.length * 8 - 1), (bit) => {
          const flipped = value.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(decodeRecord({ key, value: flipped })).toBeUndefined();
        }),
        { numRuns: 200 },
      );
    });

    it(`[D1] are damaged by any cut, and by another record's key: ${kind}`, () => {
      const { key, value } = encodeRecord(record);
      for (let length = 0; length < value.length; length++) {
        expect(decodeRecord({ key, value: value.slice(0, length) })).toBeUndefined();
      }
      expect(decodeRecord({ key: `${key}x`, value })).toBeUndefined();
    });
  }

  it('have one golden file for each kind and no stray one', () => {
    expect(readdirSync(GOLDEN).sort()).toEqual(
      Object.keys(RECORDS)
        .map((kind) => `${kind}.txt`)
        .sort(),
    );
  });
});
