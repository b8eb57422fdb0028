// `npm run fuzz:run -- [--seed=text] [--flows=n] [--rounds=n]`: the natives' fixture, the project's packages and random control flow on both
// VMs (random programs: `npm run fuzz:vm`). Prints each difference with the seed and the call; ends non-zero if there was one.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bytes } from '../../src/base/bytes.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { compareModule, formatDifference, type ModuleOutcome } from '../../src/testing/oracle/compare-module.ts';
import { comparePackages } from '../../src/testing/oracle/compare-packages.ts';
import { Differential } from '../../src/testing/oracle/differential.ts';
import { generateFlows } from '../../src/testing/oracle/flow-programs.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { compileSource } from '../move/compiler.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'strait' },
    flows: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '10' },
  },
});

const total = new Map<string, number>();
let differences = 0;

const differential = await Differential.start(new MoveVm());
try {
  const natives = await readFile(
    path.join(import.meta.dirname, '../../src/testing/oracle/fixtures/natives.move'),
    'utf8',
  );
  await compareModules([...(await compileSource({ 'natives.move': natives })).values()], `${values.seed}-natives`);
  for (const outcome of (await comparePackages(differential, values.seed, Number(values.rounds))).values()) {
    record(outcome, values.seed);
  }
  for (let index = 0; index < Number(values.flows); index++) {
    const seed = `${values.seed}-${index}`;
    await compareModules([assembleModule(generateFlows(seed))], seed);
  }
} finally {
  await differential.stop();
}
console.log([...total].map(([status, count]) => `${count} ${status}`).join(', '));
console.log(`${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;

async function compareModules(modules: readonly Bytes[], seed: string): Promise<void> {
  await differential.publish(modules);
  for (const bytecode of modules) {
    record(await compareModule(differential, bytecode, seed, Number(values.rounds)), seed);
  }
}

function record(outcome: ModuleOutcome, seed: string): void {
  for (const [status, count] of outcome.counts) total.set(status, (total.get(status) ?? 0) + count);
  differences += outcome.differences.length;
  for (const difference of outcome.differences) console.log(`${seed} ${formatDifference(difference)}`);
}
