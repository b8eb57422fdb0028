// `npx tsx scripts/vm/fuzz-programs.ts [first seed] [programs]`: random programs on our VM and on the Rust VM; prints every disagreement on
// status, place or results, and ends with 1 if there was one.

import { encodeBcs } from '../../src/base/bcs.ts';
import { StraitError } from '../../src/base/errors.ts';
import { type Address, parseAddress } from '../../src/base/ids.ts';
import { Oracle } from '../../src/testing/oracle/oracle.ts';
import { generateProgram, PROGRAM_ENTRIES, PROGRAM_FUNCTIONS } from '../../src/testing/program-generator.ts';
import { record } from '../../src/testing/recorded-stories.ts';
import { moduleBytes, TestState } from '../../src/testing/test-state.ts';
import { MoveVm, type RunRequest } from '../../src/vm/index.ts';
import { compileSource } from '../move/compiler.ts';

const ADDRESS = parseAddress('0xf022');
const SENDER = parseAddress('0xa11ce');
/** Programs compiled in one go: few, as the compiler refuses some (it can put one constant into a module twice). */
const BATCH = 8;
const ARGUMENTS = [0n, 1n, 5n, (1n << 64n) - 1n];

const first = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 100);
const framework = moduleBytes(new URL('../../move/framework/bytecode', import.meta.url).pathname);
const oracle = new Oracle();
const vm = new MoveVm();
let runs = 0;
let executed = 0;
let disagreements = 0;
let uncompiled = 0;
try {
  await oracle.publishFramework();
  for (let seed = first; seed < first + count; seed += BATCH)
    await runBatch(seed, Math.min(BATCH, first + count - seed));
} finally {
  await oracle.stop();
}
console.log(
  `${runs} runs, ${executed} executed, ${disagreements} disagreements, ${uncompiled} batches refused by the compiler`,
);
process.exitCode = disagreements > 0 ? 1 : 0;

async function runBatch(seed: number, size: number): Promise<void> {
  const names = Array.from({ length: size }, (_, index) => `p${seed + index}`);
  const sources = Object.fromEntries(names.map((name, index) => [`${name}.move`, generateProgram(seed + index, name)]));
  let modules: Awaited<ReturnType<typeof compileSource>>;
  try {
    modules = await compileSource(sources);
  } catch (error) {
    if (!(error instanceof StraitError)) throw error;
    uncompiled++;
    console.log(`seeds from ${seed}: ${error.message.slice(0, 600)}`);
    return;
  }
  await oracle.publish(modules.values());
  const state = new TestState([...framework, ...modules.values()]);
  for (const name of names) {
    for (let index = 0; index < PROGRAM_FUNCTIONS; index++) {
      for (const argument of ARGUMENTS) await compare(state, name, `f${index}`, argument);
    }
    for (const argument of ARGUMENTS) {
      for (let index = 0; index < PROGRAM_ENTRIES; index++) await compare(state, name, `g${index}`, argument, [SENDER]);
    }
  }
}

async function compare(
  state: TestState,
  module: string,
  name: string,
  argument: bigint,
  senders: readonly Address[] = [],
): Promise<void> {
  const request: RunRequest = {
    call: {
      module: { address: ADDRESS, name: module },
      function: name,
      typeArgs: [],
      args: [encodeBcs((w) => w.u64(argument))],
    },
    senders,
    gasLimit: 1_000_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  };
  const call = { function: name, args: [] };
  const theirs = record(call, await oracle.run({ ...request, gasLimit: 1_000_000_000n }));
  const result = vm.run(state, request);
  const ours = record(call, result);
  state.apply(result.changes);
  runs++;
  if (theirs.status === 'executed') executed++;
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
  disagreements++;
  console.log(
    `${module}::${name}(${argument}): theirs ${JSON.stringify(theirs).slice(0, 400)}\n  ours ${JSON.stringify(ours).slice(0, 400)}`,
  );
}
