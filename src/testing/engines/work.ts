// What engines are compared on: the recorded stories, again with too little gas and under every limit, random control flow, mutants of programs
// that pass the verifier, and programs made for the occasion.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Bytes, toHex } from '../../base/bytes.ts';
import { selfId } from '../../vm/bytecode/access.ts';
import { decodeModule } from '../../vm/bytecode/decode.ts';
import { MoveVm, type RunRequest, type VmLimits } from '../../vm/index.ts';
import { statusOf } from '../../vm/verify/outcome.suite.ts';
import { verifyModuleAlone } from '../../vm/verify/verify.ts';
import { assembleModule } from '../assemble.ts';
import { EdgeRandom } from '../edge-random.ts';
import { mutateModule } from '../mutate-module.ts';
import { callableFunctions, randomCall } from '../oracle/calls.ts';
import { generateFlows } from '../oracle/flow-programs.ts';
import { type RecordedStory, requestOf } from '../recorded-stories.ts';
import { moduleBytes, TestState } from '../test-state.ts';
import { type EngineCall, type EngineTask, type EngineWork, engineCall } from './transcript.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const FIXTURES = path.join(ROOT, 'src/vm/fixtures');
const FRAMEWORK = path.join(ROOT, 'move/framework/bytecode');
/** Mutants may loop without end. */
const GAS_LIMIT = 20_000n;
const KIB = 1024;
/** One limit at a time, so low that some story runs into it. */
const LOW_LIMITS: readonly Partial<VmLimits>[] = [
  { callDepthMax: 40 },
  { frameBytesMax: 2 * KIB },
  { arenaBytesMax: 4 * KIB },
  { arenaBytesMax: 64 * KIB },
  { typeBytesMax: 64 },
  { typeDepthMax: 3 },
  { functionInstancesMax: 4 },
  { instructionsMax: 60 },
  { eventsMax: 0 },
  { valueBytesMax: 40 },
];
/** Most of the stories, and the simplest. */
const ARITHMETIC = 'arithmetic';

export interface WorkOptions {
  readonly mutants: number;
  readonly flows: number;
  /** Modules of each, published together. */
  readonly programs: readonly (readonly Bytes[])[];
  readonly seed: string;
}

export function engineWork({ mutants, flows, programs, seed }: WorkOptions): EngineWork {
  const builder = new WorkBuilder([FRAMEWORK, path.join(FIXTURES, 'bytecode')].flatMap(moduleBytes));
  const stories = JSON.parse(readFileSync(path.join(FIXTURES, 'recorded.json'), 'utf8')) as RecordedStory[];
  for (const { name, module, calls } of stories) {
    const requests = calls.map((call, index) => requestOf(module, call, index));
    builder.add(name, [], withLessGas(requests, module === ARITHMETIC ? [99n] : [33n, 99n, 100n]));
  }
  const others = stories.filter(({ module }) => module !== ARITHMETIC);
  for (const limits of LOW_LIMITS) {
    const calls = others.flatMap(({ module, calls: own }) => own.map((call, index) => requestOf(module, call, index)));
    builder.add(
      JSON.stringify(limits),
      [],
      calls.map((request) => engineCall(request, true)),
      limits,
    );
  }
  for (let i = 0; i < flows; i++)
    builder.addRandom(`flows ${seed} ${i}`, [assembleModule(generateFlows(`${seed} ${i}`))]);
  for (const [index, program] of programs.entries()) builder.addRandom(`program ${seed} ${index}`, program);
  const originals = moduleBytes(path.join(FIXTURES, 'bytecode')).map((bytes) => decodeModule(bytes));
  const random = new EdgeRandom(seed);
  for (let i = 0, taken = 0; taken < mutants; i++) {
    const original = random.pick(originals);
    const mutant = mutateModule(original, `${seed} ${i}`);
    const isSame = JSON.stringify(selfId(mutant)) === JSON.stringify(selfId(original));
    const bytes = assembleModule(mutant);
    if (!isSame || statusOf(() => verifyModuleAlone(decodeModule(bytes))) !== 'OK') continue;
    taken++;
    builder.addRandom(`mutant ${seed} ${i}`, [bytes]);
  }
  return builder.work();
}

/** Each call, and before it the same with so many hundredths of the gas that it uses. */
function withLessGas(requests: readonly RunRequest[], percents: readonly bigint[]): EngineCall[] {
  const vm = new MoveVm();
  const state = new TestState([FRAMEWORK, path.join(FIXTURES, 'bytecode')].flatMap(moduleBytes));
  return requests.flatMap((request) => {
    const { changes, gasUsed } = vm.run(state, request);
    state.apply(changes);
    const less = percents.map((percent) => (gasUsed * percent) / 100n);
    return [...less.map((gasLimit) => engineCall({ ...request, gasLimit }, false)), engineCall(request, true)];
  });
}

class WorkBuilder {
  readonly #modules: string[];
  readonly #common: number;
  readonly #tasks: EngineTask[] = [];

  constructor(common: readonly Bytes[]) {
    this.#modules = common.map((bytes) => toHex(bytes));
    this.#common = common.length;
  }

  /** `own` stand among the common modules, or in their place. */
  add(name: string, own: readonly Bytes[], calls: readonly EngineCall[], limits?: Partial<VmLimits>): void {
    const modules = Array.from({ length: this.#common }, (_, index) => index);
    for (const bytes of own) modules.push(this.#modules.push(toHex(bytes)) - 1);
    this.#tasks.push({ name, modules, calls, ...(limits && { limits }) });
  }

  /** Every function that can be called from outside, twice. */
  addRandom(name: string, modules: readonly Bytes[]): void {
    const random = new EdgeRandom(name);
    const decoded = modules.map((bytes) => decodeModule(bytes));
    const calls = [0, 1].flatMap(() =>
      decoded.flatMap((module) =>
        callableFunctions(module).map((definition) =>
          engineCall({ ...randomCall(random, module, definition), gasLimit: GAS_LIMIT }, true),
        ),
      ),
    );
    this.add(name, modules, calls);
  }

  work(): EngineWork {
    return { modules: this.#modules, tasks: this.#tasks };
  }
}
