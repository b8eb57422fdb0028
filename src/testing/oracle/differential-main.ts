// `npx tsx src/testing/oracle/differential-main.ts [--seed=text] [--programs=n] [--rounds=n]`: random programs on both VMs until they differ.
// Prints each difference with the seed and the call; ends non-zero if there was one.

import { parseArgs } from 'node:util';
import { CompileError, compileSource } from '../../../scripts/move/compiler.ts';
import type { Bytes } from '../../base/bytes.ts';
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
let refused = 0;
try {
  for (let index = 0; index < Number(values.programs); index++) {
    const seed = `${values.seed}-${index}`;
    const program = generateProgram(seed);
    const modules = await compile(program.source, seed);
    if (modules === undefined) continue;
    await differential.publish(modules.values());
    const outcome = await compareProgram(differential, program, seed, Number(values.rounds));
    for (const [status, count] of outcome.counts) total.set(status, (total.get(status) ?? 0) + count);
    differences += outcome.differences.length;
    for (const difference of outcome.differences) print(difference);
  }
} finally {
  await differential.stop();
}
console.log([...total].map(([status, count]) => `${count} ${status}`).join(', '));
console.log(`${differences} differences, ${refused} programs that the compiler refused`);
process.exitCode = differences === 0 ? 0 : 1;

/** The compiler evaluates constants, and finds some of the errors that a program should make at run time. */
async function compile(source: string, seed: string): Promise<Map<string, Bytes> | undefined> {
  try {
    return await compileSource({ 'program.move': source });
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    refused++;
    console.log(`${seed} does not compile: ${error.message.split('\n').slice(1, 12).join('\n')}`);
    return undefined;
  }
}

function print({ seed, call, comparison }: ProgramOutcome['differences'][number]): void {
  console.log(`${seed} ${call}: ${comparison.what}\n  ours:   ${comparison.ours}\n  theirs: ${comparison.theirs}`);
}
