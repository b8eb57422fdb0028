// Timing: warm, medians of several runs (or the shortest), and by turns, so that what slows the machine down slows all that are compared.

import { percentile } from '../report.ts';

/** What is timed: gives the duration in milliseconds itself, or nothing to have it taken here. */
export type Run = () => number | undefined | Promise<number>;

/** The engine optimises on another thread, when it gets to it: warm is what gets no faster any more for so many looks. */
const WARM_WINDOW_MS = 100;
const WARM_WINDOWS_CALM = 4;
const WARM_WINDOWS_MAX = 40;
const FASTER = 0.97;
const ROUNDS = 5;
/** Each one's share of a round: one run at least. */
const TURN_MS = 40;

/** A run as long as this is no such small thing that it needs warming, and three of it are enough. */
const LONG_MS = 200;
const LONG_ROUNDS = 3;

/** Duration in milliseconds of each: the median, or the shortest, which on a busy machine is the only one that nothing else is part of. */
export async function durationsMs(runs: readonly Run[], statistic: 'median' | 'shortest'): Promise<number[]> {
  for (const run of runs) await warm(run);
  const times = runs.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      const known = times[index] ?? [];
      if (round < LONG_ROUNDS || percentile(known, 0) < LONG_MS)
        for (const time of await repeat(run, TURN_MS)) known.push(time);
    }
  }
  return times.map((one) => percentile(one, statistic === 'median' ? 50 : 0));
}

async function warm(run: Run): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  let calm = 0;
  for (let i = 0; i < WARM_WINDOWS_MAX && calm < WARM_WINDOWS_CALM; i++) {
    const now = percentile(await repeat(run, WARM_WINDOW_MS), 0);
    if (now > LONG_MS) return;
    calm = now < FASTER * best ? 0 : calm + 1;
    best = Math.min(best, now);
    // Room for the engine's other threads.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function repeat(run: Run, budgetMs: number): Promise<number[]> {
  const times: number[] = [];
  const endMs = performance.now() + budgetMs;
  do {
    const startMs = performance.now();
    const told = await run();
    times.push(told ?? performance.now() - startMs);
  } while (performance.now() < endMs);
  return times;
}
