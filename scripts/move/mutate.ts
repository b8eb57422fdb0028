// `npm run mutate:move [package] [-- --list] [--function=part,part…] [--sample=n] [--seed=text]`: spoils the sources of a package under move/ at one place at a
// time (state_channel unless another is named) and runs the unit tests that come by that place, until one fails. A mutant that none of them notices
// has survived: a rule that no test guards, or one of `equivalent-mutants*.ts`, which nobody could notice. Fails when there is one of the former.
//
// All mutants are in one build (`probes.ts`); one of them costs a few milliseconds.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { utf8Encode } from '../../src/base/bytes.ts';
import { StraitError } from '../../src/base/errors.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';
import { EQUIVALENT_MUTANTS_OF_APPLICATIONS } from './equivalent-mutants-of-applications.ts';
import { MOVE_DIR } from './packages.ts';
import { ProbedTests } from './probed-tests.ts';
import { MUTATIONS, type Mutation } from './probes.ts';
import { runCommand } from './run-command.ts';
import { describeOutcome, isAsExpected, type UnitTest } from './unit-test-list.ts';

class MutationError extends StraitError {
  override readonly name = 'MutationError';
}

interface Mutant {
  readonly probe: number;
  readonly mutation: Mutation;
  /** `module::function`. */
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
  /** What it is known by among the equivalent ones; the same for mutants of equal text in one function, which are counted there. */
  readonly key: string;
}

interface Baseline {
  readonly test: UnitTest;
  readonly gasUsed: bigint;
  readonly durationMs: number;
  readonly met: Uint8Array;
}

type Verdict = { readonly kind: 'killed'; readonly by: string } | { readonly kind: 'survived'; readonly tests: number };

/** What noticed mutants of a function. */
const KILLERS = new Map<string, Baseline[]>();

const EQUIVALENT = new Map([
  ['state_channel', EQUIVALENT_MUTANTS],
  ...Object.entries(EQUIVALENT_MUTANTS_OF_APPLICATIONS),
]);

/** A test that takes so many times its gas, and this much beside, runs in circles. */
const GAS_FACTOR = 4n;
const GAS_SLACK = 10_000n;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      function: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: 'strait' },
    },
  });
  const name = positionals[0] ?? 'state_channel';
  const equivalent = EQUIVALENT.get(name) ?? {};
  const started = performance.now();
  const tests = await ProbedTests.of(path.join(MOVE_DIR, name), { coverage: false, mutants: true });
  const parts = (values.function ?? '').split(',');
  const all = mutantsOf(tests).filter(({ functionName }) => parts.some((part) => functionName.includes(part)));
  const mutants = values.sample === undefined ? all : sample(all, Number(values.sample), values.seed);
  console.log(`${all.length} mutants of move/${name}, ${tests.probes.impossible} more that the verifier refuses`);
  const baselines = runBaselines(tests);
  console.log(`${baselines.length} tests, ${seconds(started)} s so far`);

  const survivors: Mutant[] = [];
  const known = new Map<string, number>();
  const counts = new Map<Mutation, [killed: number, equivalent: number, survived: number]>();
  let runs = 0;
  let spent = 0;
  for (const mutant of mutants) {
    const { verdict, testsRun } = judge(tests, baselines, mutant);
    runs += testsRun;
    const count = counts.get(mutant.mutation) ?? [0, 0, 0];
    counts.set(mutant.mutation, count);
    const listed = equivalent[mutant.key]?.count ?? 0;
    const found = known.get(mutant.key) ?? 0;
    spent += 1;
    if (spent % 500 === 0) console.log(`… ${spent} mutants, ${runs} test runs, ${seconds(started)} s`);
    if (verdict.kind === 'killed') count[0] += 1;
    else if (found < listed) {
      count[1] += 1;
      known.set(mutant.key, found + 1);
    } else {
      count[2] += 1;
      survivors.push(mutant);
      console.log(`SURVIVED (${verdict.tests} tests) ${mutant.file}:${mutant.line}:${mutant.column} ${mutant.key}`);
    }
    if (values.list)
      console.log(`${mutant.key}: ${verdict.kind === 'killed' ? `killed by ${verdict.by}` : 'survived'}`);
  }

  console.log(`${'mutation'.padEnd(24)} killed  equivalent  survived`);
  for (const mutation of MUTATIONS) {
    const [killed, equivalent, survived] = counts.get(mutation) ?? [0, 0, 0];
    console.log(
      `${mutation.padEnd(24)} ${String(killed).padStart(6)}  ${String(equivalent).padStart(10)}  ${String(survived).padStart(8)}`,
    );
  }
  const isWhole = mutants.length === all.length && values.function === undefined;
  const unknown = isWhole ? Object.entries(equivalent).filter(([key, { count }]) => (known.get(key) ?? 0) < count) : [];
  for (const [key] of unknown) console.log(`NOT SO MANY SURVIVORS: ${key}`);
  console.log(
    `${mutants.length} mutants, ${survivors.length} survived beside the equivalent ones; ${runs} test runs, ${seconds(started)} s`,
  );
  return survivors.length + unknown.length === 0 ? 0 : 1;
}

function mutantsOf(tests: ProbedTests): Mutant[] {
  const mutants: Mutant[] = [];
  for (const module of tests.modules) {
    for (let probe = module.firstProbe; probe < module.endProbe; probe++) {
      const found = tests.probes.all[probe];
      if (found?.kind !== 'mutant') continue;
      const position = tests.locate(module, found);
      if (position === undefined || isOfLoop(position.text, found.mutation)) continue;
      const functionName = `${module.id.name}::${found.functionName}`;
      const { file, line, column, text } = position;
      const key = `${functionName}: ${found.mutation}: ${text.trim()}`;
      mutants.push({ probe, mutation: found.mutation, functionName, file, line, column, text, key });
    }
  }
  return mutants;
}

/** What the compiler adds to a `for` is spoilt in one way: the loop does nothing. */
function isOfLoop(text: string, mutation: Mutation): boolean {
  return text.startsWith('for (') && mutation !== 'condition always false';
}

/** Runs every test once as it is. @throws MutationError when one fails */
function runBaselines(tests: ProbedTests): readonly Baseline[] {
  tests.probes.active = -1;
  return tests.tests.map((test) => {
    tests.probes.forget();
    const first = tests.run(test);
    if (!isAsExpected(test, first.status)) {
      throw new MutationError(`${test.module}::${test.name} fails without a mutant: ${describeOutcome(first.status)}`);
    }
    const met = tests.probes.met.slice();
    const started = performance.now();
    tests.run(test);
    return { test, gasUsed: first.gasUsed, durationMs: performance.now() - started, met };
  });
}

function judge(
  tests: ProbedTests,
  baselines: readonly Baseline[],
  mutant: Mutant,
): { readonly verdict: Verdict; readonly testsRun: number } {
  // Mutants of one place share the first one's probe, which is the one that tests meet.
  const base = tests.probes.base(mutant.probe);
  const killers = KILLERS.get(mutant.functionName) ?? [];
  KILLERS.set(mutant.functionName, killers);
  // What noticed other mutants of the function goes first, the last first; then the quick ones.
  const coming = baselines
    .filter(({ met }) => met[base] === 1)
    .sort((a, b) => killers.lastIndexOf(b) - killers.lastIndexOf(a) || a.durationMs - b.durationMs);
  tests.probes.active = mutant.probe;
  try {
    for (const [index, baseline] of coming.entries()) {
      const { test, gasUsed } = baseline;
      const { status } = tests.run(test, gasUsed * GAS_FACTOR + GAS_SLACK);
      if (isAsExpected(test, status)) continue;
      if (!killers.includes(baseline)) killers.push(baseline);
      return { verdict: { kind: 'killed', by: `${test.module}::${test.name}` }, testsRun: index + 1 };
    }
  } finally {
    tests.probes.active = -1;
  }
  return { verdict: { kind: 'survived', tests: coming.length }, testsRun: coming.length };
}

function sample(mutants: readonly Mutant[], count: number, seed: string): readonly Mutant[] {
  const random = new SeededRandom(seedNumber(seed));
  const left = [...mutants];
  while (left.length > count) left.splice(random.integer(0, left.length - 1), 1);
  return left;
}

function seedNumber(text: string): number {
  return new DataView(sha3_256(utf8Encode(text)).buffer).getUint32(0);
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(0);
}

await runCommand(main);
