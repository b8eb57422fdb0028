// `npm run fuzz:verify -- [runs] [seed]`: gives random and broken modules to our verifier and to the one in the Rust VM, and fails where the
// two differ in verdict, status or place. `--record` writes the Rust VM's verdicts down for `src/vm/verify/verdicts.test.ts` instead.

import { writeFile } from 'node:fs/promises';
import { BcsWriter } from '../../src/base/bcs.ts';
import { addressToBytes } from '../../src/base/ids.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { NativeVm } from '../../src/testing/oracle/native-vm.ts';
import { moduleKey, selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import type { CompiledModule, ModuleId } from '../../src/vm/bytecode/module.ts';
import { verdictOf } from '../../src/vm/verify/outcome.suite.ts';
import { moduleBreaking } from '../../src/vm/verify/rules/rule.suite.ts';
import { RULES } from '../../src/vm/verify/rules/rules.suite.ts';
import { Samples, VERDICTS_FILE } from '../../src/vm/verify/samples.suite.ts';
import { verifyModule } from '../../src/vm/verify/verify.ts';

const RUNS_DEFAULT = 20_000;
const RECORDED_RUNS = 1_000;
/** After so many modules a new VM is begun: the old one keeps what it loaded. */
const MODULES_PER_VM = 400;
/** Asking for a function that no module has makes the VM load and verify the module, and nothing more. */
const ABSENT_FUNCTION = 'none_such';

/** The verifier of the Rust VM. */
class RustVerifier {
  readonly #background: readonly CompiledModule[];
  #vm = new NativeVm();
  #uses = 0;

  constructor(background: readonly CompiledModule[]) {
    this.#background = background;
    this.#publishBackground();
  }

  /** `OK`, or the status with its place. `module` stands among the others for this once. */
  verdict(module: CompiledModule, bytes: Uint8Array, original: CompiledModule | undefined): string {
    if (++this.#uses % MODULES_PER_VM === 0) {
      this.#vm = new NativeVm();
      this.#publishBackground();
    }
    const id = selfId(module);
    this.#publish(id, bytes);
    const problem = this.#load(id);
    if (original) this.#publish(selfId(original), assembleModule(original));
    const status = /major_status: (\w+)/.exec(problem)?.[1] ?? /status (\w+) of/.exec(problem)?.[1] ?? problem;
    if (status === 'FUNCTION_RESOLUTION_FAILURE') return 'OK';
    const place = /offsets: \[\(FunctionDefinitionIndex\((\d+)\), (\d+)\)/.exec(problem);
    return place ? `${status}@${place[1]}:${place[2]}` : status;
  }

  #publishBackground(): void {
    for (const module of this.#background) this.#publish(selfId(module), assembleModule(module));
  }

  #publish({ address, name }: ModuleId, bytes: Uint8Array): void {
    this.#vm.publish({ address: addressToBytes(address), name, open: bytes });
  }

  #load({ address, name }: ModuleId): string {
    const call = new BcsWriter().fixed(addressToBytes(address)).string(name).string(ABSENT_FUNCTION);
    const reply = this.#vm.run({
      kind: 'run',
      mode: 'execute',
      environment: new BcsWriter().u64(1n).u64(1n).u64(1n).fixed(new Uint8Array(64)).finish(),
      senders: new BcsWriter().uleb128(1).fixed(new Uint8Array(32).fill(9)).finish(),
      // No type arguments, no arguments, not in JSON.
      call: call.uleb128(0).uleb128(0).bool(false).finish(),
      gasLimit: 1_000_000n,
      commit: false,
    });
    return reply.kind === 'ran' && !reply.outcome.ok ? reply.outcome.problem : 'ran what is not there';
  }
}

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

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const isRecording = args.includes('--record');
  const [runs, seed] = args.filter((arg) => !arg.startsWith('--'));
  const samples = await Samples.load();
  const rust = new RustVerifier(samples.background);
  if (isRecording) {
    const verdicts: string[] = [];
    for (let i = 0; i < RECORDED_RUNS; i++) {
      const { module, original } = samples.sample(`recorded ${i}`);
      verdicts.push(rust.verdict(module, assembleModule(module), original));
    }
    await writeFile(VERDICTS_FILE, `${verdicts.join('\n')}\n`);
    console.log(`${RECORDED_RUNS} verdicts in ${VERDICTS_FILE}`);
    return;
  }
  process.exitCode = compare(samples, rust, Number(runs ?? RUNS_DEFAULT), seed ?? 'default') === 0 ? 0 : 1;
}

/** Returns how many differ. */
function compare(samples: Samples, rust: RustVerifier, runs: number, seed: string): number {
  const counts = new Map<string, number>();
  let differences = 0;
  const check = (
    name: string,
    module: CompiledModule,
    original: CompiledModule | undefined,
    expected?: string,
  ): void => {
    const bytes = assembleModule(module);
    const ours = verdictOf(() => verifyModule(decodeModule(bytes), samples.resolve));
    const theirs = rust.verdict(module, bytes, original);
    const status = theirs.split('@')[0] ?? theirs;
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (expected === undefined ? agree(ours, theirs) : status === expected) return;
    differences++;
    console.log(`${name}: ours ${ours}, theirs ${theirs}`);
  };
  for (const rule of RULES) {
    check(rule.title, moduleBreaking(rule).build(), undefined, rule.rustStatus ?? rule.status);
  }
  for (let i = 0; i < runs; i++) {
    const { module, original } = samples.sample(`${seed} ${i}`);
    check(`sample "${seed} ${i}" (${moduleKey(selfId(module))})`, module, original);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  console.log(sorted.map(([status, count]) => `${String(count).padStart(7)} ${status}`).join('\n'));
  console.log(`${RULES.length} rules and ${runs} samples, ${differences} differences`);
  return differences;
}

await main();
