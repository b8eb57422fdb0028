// `npm run fuzz:vm -- [--seed=text] [--executions=n] [--rounds=n]`: random programs on our VM and on the Rust VM, until so many calls are
// made. Prints every disagreement on status, place, results, writes or events with its seed, then what the calls ended with; ends with 1 if there was one.

import { parseArgs } from 'node:util';
import type { Bytes } from '../../src/base/bytes.ts';
import { compareModule, formatDifference } from '../../src/testing/oracle/compare-module.ts';
import { Differential } from '../../src/testing/oracle/differential.ts';
import { generateProgram, type ProgramSource } from '../../src/testing/programs/program.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { CompileError, compileSource } from '../move/compiler.ts';

/** Programs compiled in one go, which takes a second to start. */
const BATCH = 12;
/** The Rust VM is begun anew after so many: it keeps what was published. */
const PROGRAMS_PER_VM = 240;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'strait' },
    executions: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '30' },
  },
});
const executions = Number(values.executions);

const total = new Map<string, number>();
let calls = 0;
let programs = 0;
let differences = 0;
/** The compiler puts one constant into a module twice now and then, and its own verifier then refuses it. */
let refused = 0;
let differential = await Differential.start(new MoveVm());
try {
  for (let number = 0; calls < executions; number += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) =>
      generateProgram(`${values.seed} ${number + i}`, `p${number + i}`),
    );
    for (const compiled of await compile(batch)) {
      if (++programs % PROGRAMS_PER_VM === 0) {
        await differential.stop();
        differential = await Differential.start(new MoveVm());
      }
      await compare(compiled);
    }
    if (number % (20 * BATCH) === 0) console.log(`${programs} programs, ${calls} calls, ${differences} differences`);
  }
} finally {
  await differential.stop();
}
const ends = [...total].sort(([, a], [, b]) => b - a).map(([status, count]) => `${count} ${status}`);
console.log(ends.join(', '));
console.log(
  `${calls} executions of ${programs} programs: ${differences} differences (${refused} more did not compile)`,
);
process.exitCode = differences === 0 ? 0 : 1;

async function compare(modules: readonly Bytes[]): Promise<void> {
  await differential.publish(modules);
  for (const bytecode of modules) {
    const outcome = await compareModule(differential, bytecode, values.seed, Number(values.rounds));
    for (const [status, count] of outcome.counts) total.set(status, (total.get(status) ?? 0) + count);
    for (const [status, count] of outcome.counts) if (status !== 'inconclusive') calls += count;
    calls += outcome.differences.length;
    differences += outcome.differences.length;
    for (const difference of outcome.differences) console.log(`seed ${values.seed}: ${formatDifference(difference)}`);
  }
}

/** The modules of each program that compiles. */
async function compile(batch: readonly ProgramSource[]): Promise<readonly (readonly Bytes[])[]> {
  try {
    const compiled = await compileSource(Object.assign({}, ...batch.map(({ files }) => files)));
    return batch.map(({ modules }) => modules.flatMap((name) => compiled.get(name) ?? []));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    if (batch.length === 1) {
      refused++;
      if (!error.message.includes('DUPLICATE_ELEMENT'))
        console.log(`${batch[0]?.modules[0]}: ${error.message.slice(0, 800)}`);
      return [];
    }
    const middle = batch.length >> 1;
    return [...(await compile(batch.slice(0, middle))), ...(await compile(batch.slice(middle)))];
  }
}
