// Code that passes keeps to its memory and its gas: what lies in memory from before changes nothing, nothing beyond what a run took is
// written, more than the limit is never used, and an engine that gives up says so and gives no other result.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arenaStart, FRAMES_START, framesEnd, memoryEnd } from '../../vm/compile/layout.ts';
import { DEFAULT_LIMITS, EngineError, MoveVm, type RunRequest, type RunResult, type VmLimits } from '../../vm/index.ts';
import { spyOnMemory } from './memory-spy.ts';
import { requestOf, taskState, transcriptOf } from './transcript.ts';
import { engineWork } from './work.ts';

const TIMEOUT_MS = 120_000;
const MIB = 1024 * 1024;
/** Small, so that all of memory can be looked at after each run. */
const LIMITS: VmLimits = { ...DEFAULT_LIMITS, frameBytesMax: 64 * 1024, arenaBytesMax: MIB };
/** A u64: numbers to sort, which take more than a page. */
const TWENTY_THOUSAND = '204e000000000000';
const ONES = 0xff;
const PATTERN = 0xa5;
/** Of the stories on arithmetic and their like, which are many and short. */
const CALLS_PER_TASK = 80;

const spy = spyOnMemory();
const work = engineWork({ mutants: 12, flows: 3, programs: [], seed: 'confinement' });

beforeAll(() => spy.begin());
afterAll(() => spy.end());

describe('code that passes', () => {
  it('keeps to its memory and its gas', { timeout: TIMEOUT_MS }, () => {
    const vms = [0, ONES, PATTERN].map((fill) => new Guarded(fill));
    let runs = 0;
    for (const task of work.tasks) {
      if (task.limits) continue;
      const state = taskState(work, task);
      for (const call of task.calls.slice(0, CALLS_PER_TASK)) {
        const request = requestOf(call);
        const [first, ...others] = vms.map((vm) => vm.run(state, request));
        if (first === undefined) throw new Error('no VM');
        for (const other of others)
          expect(transcriptOf(other), `${task.name} ${call.function}`).toBe(transcriptOf(first));
        expect(first.gasUsed).toBeLessThanOrEqual(request.gasLimit);
        if (call.isKept) state.apply(first.changes);
        runs++;
      }
    }
    expect(runs).toBeGreaterThan(1_000);
    for (const vm of vms) expect(vm.looked).toBeGreaterThan(1_000);
  });
});

/** A VM whose memory holds `fill` wherever no run has a right to know what is there. */
class Guarded {
  readonly #vm: MoveVm;
  readonly #memory: WebAssembly.Memory;
  readonly #fill: number;
  /** Runs that began, after which memory was looked at. */
  looked = 0;

  constructor(fill: number) {
    const before = spy.memories.length;
    this.#vm = new MoveVm({ limits: LIMITS });
    const memory = spy.memories[before];
    if (memory === undefined) throw new Error('the VM has no memory');
    this.#memory = memory;
    this.#fill = fill;
  }

  run(state: ReturnType<typeof taskState>, request: RunRequest): RunResult {
    const start = arenaStart(LIMITS);
    const before = new Uint8Array(this.#memory.buffer);
    before.fill(this.#fill, FRAMES_START, framesEnd(LIMITS));
    before.fill(this.#fill, start);
    const size = before.length;
    spy.forgetTop(this.#memory);
    const result = this.#vm.run(state, request);
    const after = new Uint8Array(this.#memory.buffer);
    expect(after.length).toBeLessThanOrEqual(Math.max(size, memoryEnd(LIMITS)));
    expect(after.subarray(0, FRAMES_START).every((byte) => byte === 0)).toBe(true);
    const top = spy.top(this.#memory);
    if (top >= start) {
      expect(isAll(after.subarray(top, Math.max(top, size)), this.#fill), `behind ${top}`).toBe(true);
      expect(isAll(after.subarray(Math.max(top, size)), 0), `behind ${top}, in new memory`).toBe(true);
      this.looked++;
    }
    return result;
  }
}

describe('an engine that gives up', () => {
  const task = work.tasks.find(({ name }) => name.startsWith('values,'));

  it('has no effect on a result, wherever its stack ends', { timeout: TIMEOUT_MS }, () => {
    if (task === undefined) throw new Error('no story');
    const vm = new MoveVm();
    const state = taskState(work, task);
    const deep = task.calls.filter((call) => ['deep', 'mutual', 'labelled'].includes(call.function)).map(requestOf);
    for (const request of deep) {
      const expected = transcriptOf(vm.run(state, request));
      const seen = new Set<string>();
      for (let spare = 0; spare < 300; spare += 20) {
        seen.add(
          nearTheEnd(spare, () => {
            try {
              return transcriptOf(vm.run(state, request));
            } catch (error) {
              if (error instanceof EngineError) return 'EngineError';
              if (error instanceof RangeError) return 'RangeError';
              throw error;
            }
          }),
        );
      }
      seen.delete('EngineError');
      seen.delete('RangeError');
      expect([...seen, expected].every((line) => line === expected)).toBe(true);
      expect(transcriptOf(vm.run(state, request))).toBe(expected);
    }
  });

  it('of memory says so and gives no status', () => {
    const sort = work.tasks
      .flatMap((of) => of.calls.map((call) => ({ of, call })))
      .find(({ call }) => call.function === 'shell_sort');
    if (sort === undefined) throw new Error('no call that needs memory');
    const { of, call } = sort;
    const state = taskState(work, of);
    const request = requestOf({ ...call, args: [TWENTY_THOUSAND], gasLimit: '1000000000' });
    const vm = new MoveVm();
    spy.refuseGrowth(() => expect(() => vm.run(state, request)).toThrow(EngineError));
    expect(vm.run(state, request).status.kind).toBe('executed');
  });
});

/** Calls `body` with room for about `spare` more calls on the engine's stack. */
function nearTheEnd(spare: number, body: () => string): string {
  let depthMax = 0;
  const measure = (depth: number): void => {
    depthMax = depth;
    measure(depth + 1);
  };
  try {
    measure(0);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const descend = (depth: number): string => (depth <= 0 ? body() : descend(depth - 1));
  try {
    return descend(Math.max(0, depthMax - spare * 20));
  } catch (error) {
    if (error instanceof RangeError) return 'RangeError';
    throw error;
  }
}

const filled = new Map<number, Uint8Array>();

/** Compared as a whole, which is a hundred times faster than byte by byte. */
function isAll(bytes: Uint8Array, fill: number): boolean {
  let known = filled.get(fill);
  if (known === undefined || known.length < bytes.length) {
    known = new Uint8Array(bytes.length).fill(fill);
    filled.set(fill, known);
  }
  return Buffer.compare(bytes, known.subarray(0, bytes.length)) === 0;
}
