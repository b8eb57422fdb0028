// `npx tsx src/testing/oracle/differential-main.ts [--seed=text] [--programs=n] [--rounds=n]`: random programs on both VMs until they differ.
// Prints each difference with the seed and the call; ends non-zero if there was one.

import { parseArgs } from 'node:util';
import { compileSource } from '../../../scripts/move/compiler.ts';
import { MoveVm } from '../../vm/index.ts';
import { compareProgram, type ProgramOutcome } from './compare-program.ts';
import { Differential } from './differential.ts';
import { generateProgram } from './programs.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'strait' },
    programs: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '10' },
  },
});

const differential = await Differential.start(new MoveVm());
const total = new Map<string, number>();
let differences = 0;
try {
  for (let index = 0; index < Number(values.programs); index++) {
    const seed = `${values.seed}-${index}`;
    const program = generateProgram(seed);
    await differential.publish((await compileSource({ 'program.move': program.source })).values());
    const outcome = await compareProgram(differential, program, seed, Number(values.rounds));
    for (const [status, count] of outcome.counts) total.set(status, (total.get(status) ?? 0) + count);
    differences += outcome.differences.length;
    for (const difference of outcome.differences) print(difference);
  }
} finally {
  await differential.stop();
}
console.log([...total].map(([status, count]) => `${count} ${status}`).join(', '));
console.log(`${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;

function print({ seed, call, comparison }: ProgramOutcome['differences'][number]): void {
  console.log(`${seed} ${call}: ${comparison.what}\n  ours:   ${comparison.ours}\n  theirs: ${comparison.theirs}`);
}
