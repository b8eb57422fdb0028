// Aptos's verdicts on random and changed scripts of versions 8 to 10, recorded by `npm run fuzz:scripts -- --record`: ours are the same, to the
// instruction.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCRIPT_VERDICTS_FILE, sameVerdict, scriptSample, scriptVerdict } from './script-samples.suite.ts';

/** Two thousand samples take seconds on a busy machine. */
const TIMEOUT_MS = 60_000;

it('judges every recorded script as Aptos does', { timeout: TIMEOUT_MS }, () => {
  const recorded = readFileSync(SCRIPT_VERDICTS_FILE, 'utf8').trim().split('\n');
  const differences: string[] = [];
  for (const [i, theirs] of recorded.entries()) {
    const ours = scriptVerdict(scriptSample(i));
    if (!sameVerdict(ours, theirs)) differences.push(`${i}: ours ${ours}, theirs ${theirs}`);
  }
  expect(differences).toEqual([]);
  const statuses = new Set(recorded.map((verdict) => verdict.replace(/@.*/, '')));
  expect(recorded.length).toBeGreaterThanOrEqual(2_000);
  expect(statuses.size).toBeGreaterThanOrEqual(30);
});
