// `npm run bench:vm`: the Move VM against a production Rust VM and against WebAssembly written by hand, and what a browser makes of it. Every
// result is compared before it is timed. `-- --shortest`: of several runs the shortest instead of the median, for a busy machine; `-- --only TEXT`: rows
// of that name.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { VM_BUNDLE_BYTES_MAX, vmBundleBytes } from '../scripts/vm/bundle-size.ts';
import { BcsReader } from '../src/base/bcs.ts';
import { toHex } from '../src/base/bytes.ts';
import { formatStateKey } from '../src/base/state.ts';
import { Oracle, type OracleResult } from '../src/testing/oracle/oracle.ts';
import type { RunResult } from '../src/vm/index.ts';
import { type Measurement, report } from './report.ts';
import { type Assembly, compileAssembly, instantiateAssembly } from './vm/assembly.ts';
import { BROWSER_ROWS, measureBrowser } from './vm/browser.ts';
import { durationsMs, type Run } from './vm/measure.ts';
import { benchModules, Ours, requestOf, SET_UP } from './vm/ours.ts';
import { PROGRAMS, type Program, TRIVIAL } from './vm/programs.ts';

const ASSEMBLY_GAS = 1n << 62n;
const RUST = 'Rust VM';
const HAND_WRITTEN = 'by hand';
const SIZE_ROW = 'src/vm in a page, gzipped';

/** Targets: how much faster than the Rust VM, how many times the time of the twin written by hand, and what rows may take at most. */
const RUST_FACTOR = { computation: 50, storage: 5 } as const;
const HAND_FACTOR = 2.5;
const LIMITS: Readonly<Record<string, number>> = {
  [BROWSER_ROWS.cold]: 150,
  [BROWSER_ROWS.kept]: 150,
  [BROWSER_ROWS.trivial]: 10,
  [SIZE_ROW]: VM_BUNDLE_BYTES_MAX,
};

async function startOracle(): Promise<Oracle> {
  const oracle = new Oracle();
  await oracle.publishFramework();
  await oracle.publish(benchModules());
  const { status } = await oracle.run(SET_UP);
  if (status.kind !== 'executed') throw new Error(`set_up in the Rust VM: ${JSON.stringify(status)}`);
  return oracle;
}

async function compare(
  program: Program,
  ours: Ours,
  oracle: Oracle,
  assemblies: ReadonlyMap<string, Assembly>,
  statistic: 'median' | 'shortest',
): Promise<Measurement> {
  const request = requestOf(program);
  const result = ours.run(request);
  const rust = await oracle.run(request, { commit: false });
  checkSame(program, result, rust);
  const runs: [name: string, run: Run][] = [['ours', () => void ours.run(request)]];
  const assembly = program.assembly === undefined ? undefined : assemblies.get(program.assembly);
  if (assembly) {
    const run = (): bigint | undefined => {
      assembly.begin?.(ASSEMBLY_GAS);
      return assembly[program.function]?.(...program.args);
    };
    const returned = run();
    const expected = result.returns.map((bytes) => new BcsReader(bytes).u64('result'))[0];
    if (expected !== undefined && BigInt.asUintN(64, returned ?? 0n) !== expected) {
      throw new Error(`${program.name}: ${expected}, by hand ${returned}`);
    }
    runs.push([HAND_WRITTEN, () => void run()]);
  }
  runs.push([RUST, async () => (await oracle.run(request, { commit: false })).durationMs]);
  const times = await durationsMs(
    runs.map(([, run]) => run),
    statistic,
  );
  const [oursNs = Number.NaN, ...others] = times.map((ms) => (ms * 1e6) / program.operations);
  const peers = Object.fromEntries(runs.slice(1).map(([name], index) => [name, others[index] ?? Number.NaN]));
  return { name: program.name, unit: `ns per ${program.unit}`, ours: oursNs, peers };
}

/** Results, and what is written: tables have other names in the Rust VM, so their items go by key and value. */
function checkSame(program: Program, ours: RunResult, rust: OracleResult): void {
  const written = ({ changes }: Pick<RunResult, 'changes'>): string[] =>
    changes
      .map(
        ({ key, new: value }) =>
          `${key.kind === 'item' ? toHex(key.key) : formatStateKey(key)} ${value && toHex(value)}`,
      )
      .sort();
  const sameWrites = rust.mode === 'view' || written(ours).join() === written(rust).join();
  if (
    rust.status.kind !== 'executed' ||
    String(ours.returns.map(toHex)) !== String(rust.returns.map(toHex)) ||
    !sameWrites
  ) {
    throw new Error(`${program.name}: the VMs disagree: ${JSON.stringify(rust.status)}`);
  }
}

/** What was aimed at and is not reached, by how much. */
function missed(rows: readonly Measurement[]): string[] {
  const found: string[] = [];
  const check = (name: string, what: string, factor: number): void => {
    if (factor < 1) found.push(`${name}: ${what} missed by a factor of ${(1 / factor).toFixed(2)}`);
  };
  for (const { name, ours, peers } of rows) {
    const program = PROGRAMS.find((candidate) => candidate.name === name);
    const [rust, byHand] = [peers[RUST], peers[HAND_WRITTEN]];
    if (program && rust !== undefined) {
      const wanted = RUST_FACTOR[program.kind];
      check(name, `${wanted}× as fast as the Rust VM`, rust / ours / wanted);
    }
    if (program && byHand !== undefined) check(name, `${HAND_FACTOR}× the time by hand`, (byHand * HAND_FACTOR) / ours);
    const limit = LIMITS[name];
    if (limit !== undefined) check(name, `at most ${limit}`, limit / ours);
  }
  return found;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'string' }, shortest: { type: 'boolean', default: false } },
  });
  const statistic = values.shortest ? 'shortest' : 'median';
  const ours = new Ours();
  const oracle = await startOracle();
  const rows: Measurement[] = [];
  try {
    const assemblies = new Map<string, Assembly>();
    for (const name of new Set(PROGRAMS.flatMap(({ assembly }) => assembly ?? []))) {
      assemblies.set(name, instantiateAssembly(await compileAssembly(name)));
    }
    for (const program of [TRIVIAL, ...PROGRAMS]) {
      if (values.only === undefined || program.name.includes(values.only)) {
        rows.push(await compare(program, ours, oracle, assemblies, statistic));
      }
    }
  } finally {
    await oracle.stop();
  }
  let engines = `Node ${process.version} (V8 ${process.versions.v8})`;
  if (values.only === undefined) {
    const browser = await measureBrowser();
    engines += ` and ${browser.browser}`;
    rows.push(...browser.rows);
    rows.push({ name: SIZE_ROW, unit: 'bytes', ours: await vmBundleBytes(), peers: {} });
  }
  const { model } = cpus()[0] ?? { model: 'an unknown processor' };
  console.log(`${model}, ${cpus().length} cores, ${engines}; AssemblyScript -O3.`);
  console.log(
    `${statistic === 'median' ? 'Medians' : 'The shortest'} of warm runs taken by turns, each the whole call: arguments in, results and change set out. Nothing is subtracted: the row "trivial call" tells how much of\n` +
      "a call is not the function. The Rust VM (libmovevm, whose table natives are Initia's) is timed in its own process, around the call into the library,\n" +
      'with a storage in memory behind callbacks. By hand: overflow, bounds, depth of recursion and gas checked as Move does.\n',
  );
  report(rows);
  const misses = missed(rows);
  console.log(misses.length === 0 ? '\nAll targets reached.' : `\nTargets missed:\n${misses.join('\n')}`);
}

await main();
process.exit();
