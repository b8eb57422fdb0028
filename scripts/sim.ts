// Runs simulated lives of a channel: `npm run sim -- --seed 7 [--steps 150] [--verbose]` for one, `npm run soak -- --count 2000 [--from 1]`
// for many. Ends with exit code 1 at the first seed that breaks an invariant, and says which.

import { parseArgs } from 'node:util';
import { runScenario } from '../src/testing/simulation/scenario.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    steps: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.count) : 1;
const startMs = performance.now();
let failures = 0;
const totals: Record<string, number> = {};
for (let seed = first; seed < first + count; seed++) {
  try {
    const steps = values.steps === undefined ? {} : { steps: Number(values.steps) };
    const result = runScenario({ seed, verbose: values.verbose, ...steps });
    if (count === 1) console.log(`seed ${seed}:`, result);
    for (const [name, value] of Object.entries(result)) totals[name] = (totals[name] ?? 0) + Number(value);
  } catch (error) {
    failures += 1;
    console.error(
      `seed ${seed}: ${error instanceof Error ? (count === 1 ? error.stack : error.message.split('\n')[0]) : error}`,
    );
  }
}
console.log(totals);
console.log(`${count} lives, ${failures} failed, ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
process.exitCode = failures > 0 ? 1 : 0;
