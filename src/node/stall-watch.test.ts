// The stall watch: gaps between its own beats, and nothing else.

import { expect, it } from 'vitest';
import { StallWatch } from './stall-watch.ts';

it('[L6] tells a stall of this node’s own loop, and counts it once', () => {
  const watch = new StallWatch();
  expect([1_000, 1_050, 2_900, 2_950].map((ms) => watch.beat(ms))).toEqual([0, 0, 0, 0]);
  expect(watch.beat(12_950)).toBe(10_000);
  expect(watch.beat(13_000)).toBe(0);
  expect(watch.stalls).toBe(1);
});
