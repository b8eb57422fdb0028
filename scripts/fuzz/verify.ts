// `npm run fuzz:verify -- [runs] [seed]`: gives random and broken modules to our verifier and to the one in the Rust VM, and fails where the
// two differ in verdict, status or place. What both take is run on both, and has to end alike. `--record` writes the Rust VM's verdicts down for
// `src/vm/verify/verdicts.test.ts` instead.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes } from '../../src/base/bytes.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { mutateModule } from '../../src/testing/mutate-module.ts';
import { compareModule, formatDifference } from '../../src/testing/oracle/compare-module.ts';
import { Differential } from '../../src/testing/oracle/differential.ts';
import { moduleBytes } from '../../src/testing/test-state.ts';
import { moduleKey, selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import type { CompiledModule } from '../../src/vm/bytecode/module.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { verdictOf } from '../../src/vm/verify/outcome.suite.ts';
import { moduleBreaking } from '../../src/vm/verify/rules/rule.suite.ts';
import { RULES } from '../../src/vm/verify/rules/rules.suite.ts';
import { type Sample, Samples, VERDICTS_FILE } from '../../src/vm/verify/samples.suite.ts';
import { verifyModule } from '../../src/vm/verify/verify.ts';
import { RustVerifier } from './rust-verifier.ts';

const RUNS_DEFAULT = 20_000;
const RECORDED_RUNS = 1_000;
const PROGRAMS_DIR = path.resolve(import.meta.dirname, '../../src/vm/fixtures/bytecode');
/** Fixtures whose functions can be called from outside; every other sample is a mutant of one. */
const PROGRAMS = ['arithmetic', 'basic', 'natives', 'storage', 'values'];
/** A mutant may loop without end. */
const GAS_LIMIT = 20_000n;
/** Each public function so often, with other arguments. */
const ROUNDS = 2;
/** The Rust VM is begun anew after so many modules that were run: it keeps what was published. */
const MODULES_PER_VM = 1_000;

/** Whether the two say the same, as far as they can. */
function agree(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  // The Rust VM looks for a module's dependencies and friends before it looks at the module.
  if (theirs === 'LINKER_ERROR' || theirs === 'CYCLIC_MODULE_DEPENDENCY') return ours !== 'OK';
  // The Rust VM's release does not look into enums for structs that contain themselves.
  if (ours === 'RECURSIVE_STRUCT_DEFINITION') return true;
  // One gives the place and the other does not: ours for wrong indices, theirs for types in a function's instructions.
  return theirs.startsWith(`${ours}@`) || ours.startsWith(`${theirs}@`);
}

/** Samples as the recorded verdicts are of, and mutants of programs, which do more when they are run. */
class Mutants {
  readonly samples: Samples;
  readonly #programs: readonly CompiledModule[];

  constructor(samples: Samples) {
    this.samples = samples;
    const names = new Set(PROGRAMS);
    this.#programs = moduleBytes(PROGRAMS_DIR)
      .map((bytes) => decodeModule(bytes))
      .filter((module) => names.has(selfId(module).name));
  }

  sample(seed: string, number: number): Sample {
    if (number % 2 === 0) return this.samples.sample(`${seed} ${number}`);
    const original = this.#programs[(number >> 1) % this.#programs.length];
    if (original === undefined) throw new RangeError('no programs');
    const module = mutateModule(original, `${seed} ${number}`);
    return moduleKey(selfId(module)) === moduleKey(selfId(original))
      ? { module, original }
      : { module: original, original };
  }

  get published(): readonly CompiledModule[] {
    return [...this.samples.background, ...this.#programs];
  }
}

/** Runs what both verifiers take. */
class Execution {
  readonly #published: readonly CompiledModule[];
  #differential: Differential | undefined;
  #modules = 0;
  readonly counts = new Map<string, number>();
  differences = 0;

  constructor(published: readonly CompiledModule[]) {
    this.#published = published;
  }

  async run(name: string, bytes: Bytes, original: CompiledModule | undefined): Promise<void> {
    if (this.#modules++ % MODULES_PER_VM === 0) await this.stop();
    this.#differential ??= await this.#start();
    await this.#differential.publish([bytes]);
    const outcome = await compareModule(this.#differential, bytes, name, ROUNDS, GAS_LIMIT);
    // The next may have types of the same names with other fields.
    await this.#differential.forget();
    if (original) await this.#differential.publish([assembleModule(original)]);
    for (const [status, count] of outcome.counts) this.counts.set(status, (this.counts.get(status) ?? 0) + count);
    this.differences += outcome.differences.length;
    for (const difference of outcome.differences) console.log(`${name}: ${formatDifference(difference)}`);
  }

  async stop(): Promise<void> {
    await this.#differential?.stop();
    this.#differential = undefined;
  }

  /** The framework is there already. */
  async #start(): Promise<Differential> {
    const differential = await Differential.start(new MoveVm());
    const own = this.#published.filter((module) => BigInt(selfId(module).address) !== 1n);
    await differential.publish(own.map((module) => assembleModule(module)));
    return differential;
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const isRecording = args.includes('--record');
  const [runs, seed] = args.filter((arg) => !arg.startsWith('--'));
  const mutants = new Mutants(await Samples.load());
  if (isRecording) await recordVerdicts(mutants.samples);
  else process.exitCode = (await compare(mutants, Number(runs ?? RUNS_DEFAULT), seed ?? 'default')) === 0 ? 0 : 1;
}

async function recordVerdicts(samples: Samples): Promise<void> {
  const rust = new RustVerifier(samples.background);
  const verdicts: string[] = [];
  for (let i = 0; i < RECORDED_RUNS; i++) {
    const { module, original } = samples.sample(`recorded ${i}`);
    verdicts.push(rust.verdict(module, assembleModule(module), original));
  }
  await writeFile(VERDICTS_FILE, `${verdicts.join('\n')}\n`);
  console.log(`${RECORDED_RUNS} verdicts in ${VERDICTS_FILE}`);
}

/** Returns how many differ. */
async function compare(mutants: Mutants, runs: number, seed: string): Promise<number> {
  const rust = new RustVerifier(mutants.published);
  const execution = new Execution(mutants.published);
  const byKey = new Map(mutants.published.map((module) => [moduleKey(selfId(module)), module]));
  const counts = new Map<string, number>();
  let differences = 0;
  /** Whether both take it. */
  const check = ({ module, original }: Sample, name: string, expected?: string): boolean => {
    const bytes = assembleModule(module);
    const ours = verdictOf(() => verifyModule(decodeModule(bytes), (id) => byKey.get(moduleKey(id))));
    const theirs = rust.verdict(module, bytes, original);
    const status = theirs.split('@')[0] ?? theirs;
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (!(expected === undefined ? agree(ours, theirs) : status === expected)) {
      differences++;
      console.log(`${name}: ours ${ours}, theirs ${theirs}`);
    }
    return ours === 'OK' && theirs === 'OK';
  };
  for (const rule of RULES) {
    check({ module: moduleBreaking(rule).build(), original: undefined }, rule.title, rule.rustStatus ?? rule.status);
  }
  try {
    for (let i = 0; i < runs; i++) {
      const sample = mutants.sample(seed, i);
      const name = `sample "${seed} ${i}" (${moduleKey(selfId(sample.module))})`;
      if (check(sample, name)) await execution.run(name, assembleModule(sample.module), sample.original);
    }
  } finally {
    await execution.stop();
  }
  print(counts);
  console.log(`${RULES.length} rules and ${runs} samples, ${differences} differences`);
  print(execution.counts);
  console.log(`runs of what both take: ${execution.differences} differences`);
  return differences + execution.differences;
}

function print(counts: ReadonlyMap<string, number>): void {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  console.log(sorted.map(([status, count]) => `${String(count).padStart(7)} ${status}`).join('\n'));
}

await main();
