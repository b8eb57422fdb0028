// Preparing ahead of a run: what it does and skips, and that no result tells whether it was done.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { parseAddress } from '../base/ids.ts';
import { parseTypeTag, type TypeTag } from '../base/type-tag.ts';
import { countCompilations } from '../testing/compilations.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import { type EntryRequest, MoveVm, type PrepareStep, type RunResult } from './index.ts';

const modules = [
  path.resolve(import.meta.dirname, '../../move/framework/bytecode'),
  path.join(import.meta.dirname, 'fixtures/bytecode'),
].flatMap(moduleBytes);
const ALICE = parseAddress('0xa11ce');
const BOUNDS = { address: parseAddress('0xcafe'), name: 'bounds' };
/** More functions than a world keeps. */
const MANY = 600;

function entry(fn: string, access: EntryRequest['access'] = 'entry', typeArgs: readonly TypeTag[] = []): EntryRequest {
  return { call: { module: BOUNDS, function: fn, typeArgs }, access };
}

function run(vm: MoveVm, state: TestState, request: EntryRequest, args: readonly Bytes[] = []): RunResult {
  const senders = request.call.function === 'fill' ? [ALICE] : [];
  const call = { ...request.call, args };
  return vm.run(state, { ...request, call, senders, gasLimit: 10_000n, transactionHash: new Uint8Array(32) });
}

const u64 = (value: bigint): Bytes => encodeBcs((writer) => writer.u64(value));

/** Ends of every kind: executed with changes, out of gas, aborted, refused, returned. */
const CALLS: readonly (readonly [request: EntryRequest, ...args: Bytes[]])[] = [
  [entry('fill'), u64(100n)],
  [entry('spin')],
  [entry('check'), u64(3n)],
  [entry('check')],
  [entry('not_entry'), u64(1n)],
  [entry('nowhere')],
  [entry('look', 'view'), u64(1n)],
  [entry('wide_from', 'any'), u64(20n)],
  [entry('generic', 'any', [parseTypeTag('vector<u8>')])],
];

/** Another type for every number. */
function typeOf(n: number): TypeTag {
  let text = `u${8 << (n % 4)}`;
  for (let rest = n >> 2; rest > 0; rest >>= 1)
    text = rest % 2 === 0 ? `vector<${text}>` : `0x1::option::Option<${text}>`;
  return parseTypeTag(text);
}

function kinds(steps: Iterable<PrepareStep>): string[] {
  return [...steps].map(({ kind }) => kind);
}

describe('a prepared function', () => {
  it('is not compiled again, by a run or by preparing it again', () => {
    const state = new TestState(modules);
    const vm = new MoveVm();
    const compilations = countCompilations();
    const steps = kinds(vm.prepare(state, entry('fill')));
    expect(steps.at(-1)).toBe('compiled');
    expect(new Set(steps)).toEqual(new Set(['decoded', 'verified', 'compiled']));
    expect(compilations.count).toBe(1);
    expect(run(vm, state, entry('fill'), [u64(3n)]).status.kind).toBe('executed');
    expect(kinds(vm.prepare(state, entry('fill')))).toEqual([]);
    expect(compilations.count).toBe(1);
    compilations.end();
    expect(kinds(vm.prepare(state, entry('check')))).toEqual(['compiled']);
  });

  it('gives the same results and costs the same gas, in whatever order it was prepared', () => {
    const state = new TestState(modules);
    const expected = CALLS.map(([request, ...args]) => run(new MoveVm(), state, request, args));
    expect(new Set(expected.map(({ status }) => status.kind))).toEqual(new Set(['executed', 'abort', 'failure']));
    for (const order of [CALLS, CALLS.toReversed()]) {
      const vm = new MoveVm();
      for (const [request] of order) kinds(vm.prepare(state, request));
      expect(CALLS.map(([request, ...args]) => run(vm, state, request, args))).toEqual(expected);
    }
  });

  it('gives the same results where the world is given up for another, between two pieces too', () => {
    const state = new TestState(modules);
    const expected = CALLS.map(([request, ...args]) => run(new MoveVm(), state, request, args));
    const vm = new MoveVm();
    for (const [request, ...args] of CALLS) {
      for (const step of vm.prepare(state, request)) {
        // Known by another version, then unknown, then with nothing kept.
        state.publish(step.kind === 'verified' ? modules.slice(0, 3) : []);
        if (step.kind === 'decoded') vm.invalidate();
      }
      vm.invalidate();
      const at = CALLS.findIndex(([other]) => other === request);
      expect(run(vm, state, request, args)).toEqual(expected[at]);
    }
    for (let n = 0; n < MANY; n++) kinds(vm.prepare(state, entry('generic', 'any', [typeOf(n)])));
    expect(CALLS.map(([request, ...args]) => run(vm, state, request, args))).toEqual(expected);
  });

  it('is refused with what a call would end with', () => {
    const state = new TestState(modules);
    const vm = new MoveVm();
    for (const request of [entry('not_entry'), entry('nowhere'), entry('needs_key')]) {
      const steps = [...vm.prepare(state, request)];
      expect(steps.at(-1)).toEqual({ kind: 'compiled', refusal: run(vm, state, request).status });
    }
    const unknown = {
      call: { ...entry('fill').call, module: { ...BOUNDS, name: 'nothing' } },
      access: 'entry',
    } as const;
    expect([...vm.prepare(state, unknown)].at(-1)).toMatchObject({ refusal: { code: 'LINKER_ERROR' } });
  });
});

describe('what there is to prepare', () => {
  const state = new TestState(modules);
  const vm = new MoveVm();

  it('are the entry functions without type parameters, private ones too', () => {
    const names = vm.entryFunctions(state, BOUNDS);
    expect(names).toEqual(expect.arrayContaining(['fill', 'check', 'hidden', 'two']));
    for (const name of ['needs_key', 'generic', 'not_entry', 'look']) expect(names).not.toContain(name);
    expect(vm.entryFunctions(state, { ...BOUNDS, name: 'nothing' })).toEqual([]);
  });

  it('reaches what it calls, and what that calls', () => {
    const alone = vm.reach(state, BOUNDS, 'wide');
    const through = vm.reach(state, BOUNDS, 'wide_from');
    expect(alone.modules.map(({ name }) => name)).toEqual(['bounds']);
    expect(through.instructions).toBeGreaterThan(alone.instructions);
    expect(vm.reach(state, BOUNDS, 'grow').modules.map(({ name }) => name)).toEqual(['bounds', 'vector']);
    const nothing = { modules: [], instructions: 0, dispatches: false, restrictsAccess: false };
    expect(vm.reach(state, BOUNDS, 'nowhere')).toEqual(nothing);
  });
});
