// What gas promises: the same charge whatever is cached, prepared or was run before; and no limit at which a run leaves half of what it does.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toHex, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { addressToBytes } from '../base/ids.ts';
import { encodeStateKey } from '../base/state.ts';
import { ALICE, u64 } from '../testing/closure-programs.ts';
import { type RecordedStory, requestOf } from '../testing/recorded-stories.ts';
import { storedClosureCall, storedClosureModule } from '../testing/stored-closure.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import { dependencyGas, GAS_SCALE, type GasSchedule, readGas, STRAIT_1, writeGas } from './gas.ts';
import { MoveVm } from './index.ts';
import type { RunRequest } from './run.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const FRAMEWORK = path.resolve(import.meta.dirname, '../../move/framework/bytecode');
const stories = JSON.parse(readFileSync(path.join(FIXTURES, 'recorded.json'), 'utf8')) as RecordedStory[];
const modules = [FRAMEWORK, path.join(FIXTURES, 'bytecode')].flatMap(moduleBytes);

/** Calls the visitor with every recorded request, on the state that it was recorded on. */
function replay(vm: MoveVm, visit: (request: RunRequest, state: TestState) => void): void {
  const state = new TestState(modules);
  for (const { module, calls } of stories) {
    calls.forEach((call, index) => {
      const { status: _, returns: _returns, writes: _writes, events: _events, ...unrecorded } = call;
      const request = requestOf(module, unrecorded, index);
      visit(request, state);
      state.apply(vm.run(state, request).changes);
    });
  }
}

/** Every figure one gas unit, so that each thing charged for can be the one that cannot be paid. */
function flat<T>(schedule: T): T {
  if (typeof schedule === 'number') return (schedule === 0 ? 0 : Number(GAS_SCALE)) as T;
  if (typeof schedule !== 'object' || schedule === null) return schedule;
  return Object.fromEntries(Object.entries(schedule).map(([name, value]) => [name, flat(value)])) as T;
}

/** Reads are by the page, and a page is no cost. */
const FLAT: GasSchedule = {
  ...flat(STRAIT_1),
  name: 'flat',
  storage: { ...flat(STRAIT_1.storage), readPerByte: 0, readPageBytes: 1 },
  code: { perModule: Number(GAS_SCALE), perByte: 0 },
  data: { ...flat(STRAIT_1.data), unitsPerPart: 1 },
};

describe('gas', () => {
  it('is told in parts, and leaves out what is written where the caller charges for that', () => {
    const vm = new MoveVm();
    let written = 0;
    replay(vm, (request, state) => {
      const { gas, gasUsed, status, changes, events } = vm.run(state, request);
      expect((gas.execution + gas.io + GAS_SCALE - 1n) / GAS_SCALE).toBe(gasUsed);
      if (status.kind !== 'executed') return;
      const free = vm.run(state, { ...request, isWriteFree: true });
      expect({ changes: free.changes, events: free.events }).toEqual({ changes, events });
      const writes = changes.map(({ key, new: value }) =>
        writeGas(STRAIT_1, encodeStateKey(key).length, value?.length ?? 0),
      );
      expect(gas.io - free.gas.io).toBe(BigInt(writes.reduce((sum, units) => sum + units, 0)));
      const emitted = events.reduce((sum, { data }) => sum + data.length, 0);
      expect(gas.execution - free.gas.execution).toBe(BigInt(STRAIT_1.storage.eventPerByte * emitted));
      written += writes.length + emitted;
    });
    expect(written).toBeGreaterThan(20);
  });

  it('is the same in a world that is warm, cold, prepared, or begun anew', () => {
    const vm = new MoveVm();
    let calls = 0;
    replay(vm, (request, state) => {
      const first = vm.run(state, request);
      expect(vm.run(state, request)).toEqual(first);
      if (calls++ % 6 !== 0) return;
      expect(new MoveVm().run(state, request)).toEqual(first);
      const prepared = new MoveVm();
      for (const _ of prepared.prepare(state, request));
      expect(prepared.run(state, request)).toEqual(first);
      vm.invalidate();
      expect(vm.run(state, request)).toEqual(first);
    });
    expect(calls).toBeGreaterThan(400);
  }, 120_000);

  it('is the same for function values from storage, whether their code was linked before or not', () => {
    for (const gasSchedule of [STRAIT_1, FLAT]) {
      const vm = new MoveVm({ gasSchedule });
      const state = new TestState(storedClosureModule());
      state.apply(vm.run(state, storedClosureCall('put', [], [ALICE])).changes);
      const use = storedClosureCall('use', [addressToBytes(ALICE), u64(3n)]);
      const first = vm.run(state, use);
      expect(first.returns).toEqual([u64(97n)]);
      expect(vm.run(state, use)).toEqual(first);
      expect(vm.trace(state, use, { onStep: () => undefined }).result).toEqual(first);
      const other = new MoveVm({ gasSchedule });
      other.run(state, storedClosureCall('less', [u64(5n), u64(3n)]));
      for (const _ of other.prepare(state, use));
      expect(other.run(state, use)).toEqual(first);
      for (let gasLimit = 0n; gasLimit < first.gasUsed; gasLimit++) {
        for (const each of [vm, new MoveVm({ gasSchedule })]) {
          const cut = each.run(state, { ...use, gasLimit });
          expect(cut).toMatchObject({ status: { code: 'OUT_OF_GAS' }, changes: [], events: [], returns: [] });
          expect(cut.gasUsed).toBeLessThanOrEqual(gasLimit);
        }
      }
      expect(vm.run(state, { ...use, gasLimit: first.gasUsed })).toEqual(first);
    }
  });

  it('leaves nothing at any limit below what a run uses, and exactly that suffices', () => {
    const vm = new MoveVm({ gasSchedule: FLAT });
    const uses: bigint[] = [];
    replay(vm, (request, state) => {
      const whole = vm.run(state, request);
      uses.push(whole.gasUsed);
      expect(vm.run(state, { ...request, gasLimit: whole.gasUsed })).toEqual(whole);
      const step = whole.gasUsed / 200n + 1n;
      for (let gasLimit = 0n; gasLimit < whole.gasUsed; gasLimit += step) {
        const cut = vm.run(state, { ...request, gasLimit });
        if (cut.status.kind !== 'failure' || cut.status.code !== 'OUT_OF_GAS' || cut.gasUsed > gasLimit) {
          expect(cut).toMatchObject({ status: { kind: 'failure', code: 'OUT_OF_GAS' } });
          expect(cut.gasUsed).toBeLessThanOrEqual(gasLimit);
        }
        if (cut.changes.length + cut.events.length + cut.returns.length > 0)
          expect(cut).toMatchObject({ changes: [], events: [], returns: [] });
      }
    });
    expect(uses.filter((used) => used > 20n && used <= 200n).length).toBeGreaterThan(100);
  }, 120_000);

  it('is charged for storage by slots and whole pages, for code by the modules that are not of the framework', () => {
    const { storage, code } = STRAIT_1;
    expect(readGas(STRAIT_1, 0)).toBe(storage.readSlot);
    expect(readGas(STRAIT_1, 1)).toBe(storage.readSlot + 4096 * storage.readPerByte);
    expect(readGas(STRAIT_1, 4097)).toBe(storage.readSlot + 8192 * storage.readPerByte);
    expect(writeGas(STRAIT_1, 40, 8)).toBe(storage.writeSlot + 48 * storage.writePerByte);
    const ids = ['0x1', '0xf', '0x10', '0xcafe'].map((address) => ({
      id: { address: `0x${address.slice(2).padStart(64, '0')}` as never, name: 'm' },
      bytes: new Uint8Array(100),
    }));
    expect(dependencyGas(STRAIT_1, ids)).toBe(2 * (code.perModule + 100 * code.perByte));
  });

  it('has figures that change with the name only', () => {
    const { name, instructions, data, storage, code } = STRAIT_1;
    const text = JSON.stringify({ instructions, data, storage, code });
    expect([name, toHex(sha3_256(utf8Encode(text))).slice(0, 16)]).toEqual(['strait-1', '5770d60ad4142ef1']);
  });
});
