// `npm run bench:vm`: the Move VM against a production Rust VM and against WebAssembly written by hand, and what a browser makes of it. Every
// result is compared before it is timed.

import { BcsReader } from '../src/base/bcs.ts';
import { toHex } from '../src/base/bytes.ts';
import { formatStateKey } from '../src/base/state.ts';
import { Oracle, type OracleResult } from '../src/testing/oracle/oracle.ts';
import type { RunResult } from '../src/vm/index.ts';
import { type Measurement, report } from './report.ts';
import { type Assembly, compileAssembly, instantiateAssembly } from './vm/assembly.ts';
import { medianMs } from './vm/measure.ts';
import { benchModules, Ours, requestOf, SET_UP } from './vm/ours.ts';
import { PROGRAMS, type Program, TRIVIAL } from './vm/programs.ts';

const ASSEMBLY_GAS = 1n << 62n;
const RUST = 'Rust VM';
const HAND_WRITTEN = 'hand-written';

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
): Promise<Measurement> {
  const request = requestOf(program);
  const result = ours.run(request);
  const rust = await oracle.run(request, { commit: false });
  checkSame(program, result, rust);
  const peers: Record<string, number> = {};
  const perOperation = (ms: number): number => (ms * 1e6) / program.operations;
  const oursMs = await medianMs(() => void ours.run(request));
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
    peers[HAND_WRITTEN] = perOperation(await medianMs(() => void run()));
  }
  peers[RUST] = perOperation(await medianMs(async () => (await oracle.run(request, { commit: false })).durationMs));
  return { name: program.name, unit: `ns a ${program.unit}`, ours: perOperation(oursMs), peers };
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

async function main(): Promise<void> {
  const ours = new Ours();
  const oracle = await startOracle();
  try {
    const assemblies = new Map<string, Assembly>();
    for (const name of new Set(PROGRAMS.flatMap(({ assembly }) => assembly ?? []))) {
      assemblies.set(name, instantiateAssembly(await compileAssembly(name)));
    }
    const only = process.env.BENCH_ONLY;
    const rows: Measurement[] = [];
    for (const program of [TRIVIAL, ...PROGRAMS]) {
      if (only !== undefined && !program.name.includes(only)) continue;
      rows.push(await compare(program, ours, oracle, assemblies));
    }
    report(rows);
  } finally {
    await oracle.stop();
  }
}

await main();
