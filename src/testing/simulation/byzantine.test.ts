// Mallory leads, or follows, and does its worst. The rules of disputes and refusals hold for every kind of mischief.

import { describe, expect, it } from 'vitest';
import { runWithMallory } from './byzantine.ts';
import { MISCHIEF } from './mallory.ts';

describe('mallory leads', () => {
  for (const mischief of MISCHIEF) {
    for (let seed = 1; seed <= 3; seed++) {
      it(`[B3] [B4] [B6] [E1] [E4] [F3] ${mischief}, seed ${seed}: none of the honest follows, and they carry on`, () => {
        const result = runWithMallory(seed, mischief, true);
        expect(result.terms).toBeGreaterThan(1n);
        expect(result.restarts).toBe(0n);
        if (mischief === 'effects' || mischief === 'root' || mischief === 'equivocation') {
          expect(result.disputes).toBeGreaterThan(0);
          expect(result.isPutOut).toBe(true);
        }
      });
    }
  }
});

describe('mallory follows', () => {
  for (const mischief of ['garbage', 'liar', 'forgetter'] as const) {
    for (let seed = 1; seed <= 3; seed++) {
      it(`[L3] [N4] [S4] ${mischief}, seed ${seed}: the honest go on, through a change of leader too`, () => {
        const result = runWithMallory(seed, mischief, false);
        expect(result.terms).toBeGreaterThan(1n);
        expect(result.restarts).toBe(0n);
        if (mischief === 'garbage') expect(result.refused).toBeGreaterThan(0);
      });
    }
  }
});
