// Timing: warm, the median of several runs, as much of them as a budget allows.

import { percentile } from '../report.ts';

/** Until the engine has optimised what there is to optimise, which it does on another thread. */
const WARM_MS = 300;
const MEASURE_MS = 400;
const RUNS_MIN = 5;
const RUNS_MAX = 400;

/** Median duration in milliseconds. `run` gives its duration, or nothing to have it taken here. */
export async function medianMs(run: () => number | undefined | Promise<number>): Promise<number> {
  await repeat(run, WARM_MS, 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return percentile(await repeat(run, MEASURE_MS, RUNS_MIN), 50);
}

async function repeat(
  run: () => number | undefined | Promise<number>,
  budgetMs: number,
  runsMin: number,
): Promise<number[]> {
  const times: number[] = [];
  const endMs = performance.now() + budgetMs;
  while (times.length < runsMin || (performance.now() < endMs && times.length < RUNS_MAX)) {
    const startMs = performance.now();
    const told = await run();
    times.push(told ?? performance.now() - startMs);
  }
  return times;
}
