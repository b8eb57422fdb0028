// Kept units: the same results and gas as newly compiled ones, taken up only where the code is the same, and never trusted when damaged.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../base/bytes.ts';
import type { StateView } from '../../base/state.ts';
import { type RecordedStory, record, requestOf } from '../../testing/recorded-stories.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import { DEFAULT_LIMITS, MoveVm, type UnitCache } from '../index.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');
const FRAMEWORK = path.resolve(import.meta.dirname, '../../../move/framework/bytecode');
const stories = JSON.parse(readFileSync(path.join(FIXTURES, 'recorded.json'), 'utf8')) as RecordedStory[];
const modules = [FRAMEWORK, path.join(FIXTURES, 'bytecode')].flatMap(moduleBytes);

class MemoryCache extends Map<string, Bytes> implements UnitCache {
  put(key: string, make: () => Bytes | undefined): void {
    const value = make();
    if (value) this.set(key, value);
  }
}

/** All recorded calls, one after the other on one state. */
function tell(vm: MoveVm, given: readonly Bytes[] = modules): readonly unknown[] {
  const state = new TestState(given);
  return stories.flatMap(({ module, calls }) =>
    calls.map((call, index) => {
      const { status: _, returns: _returns, writes: _writes, events: _events, ...request } = call;
      const result = vm.run(state, requestOf(module, request, index));
      state.apply(result.changes);
      return { ...record(request, result), gas: result.gasUsed, status: result.status };
    }),
  );
}

const cache = new MemoryCache();
const expected = tell(new MoveVm({ unitCache: cache }));
const size = cache.size;

describe('kept units', () => {
  it('are most of what was compiled', () => {
    expect(size).toBeGreaterThan(50);
  });

  it('change no result, status, message, gas, write or event', () => {
    expect(tell(new MoveVm())).toEqual(expected);
    expect(tell(new MoveVm({ unitCache: new MemoryCache(cache) }))).toEqual(expected);
  });

  it('are found again, and nothing is added', () => {
    const copy = new MemoryCache(cache);
    tell(new MoveVm({ unitCache: copy }));
    expect(copy).toEqual(cache);
  });

  it('are the same whoever compiled them', () => {
    const other = new MemoryCache();
    tell(new MoveVm({ unitCache: other }));
    expect([...other.keys()]).toEqual([...cache.keys()]);
  });

  it('are not trusted when a byte is another', () => {
    const damaged = new MemoryCache();
    let place = 7;
    for (const [key, value] of cache) {
      const bytes = value.slice();
      place = (place * 31 + 11) % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ 0x10;
      damaged.set(key, bytes);
    }
    expect(tell(new MoveVm({ unitCache: damaged }))).toEqual(expected);
    expect(damaged).toEqual(cache);
  });

  it('are not trusted when they are cut short, empty or stand under the name of another', () => {
    const entries = [...cache];
    const mixed = new MemoryCache();
    entries.forEach(([key, value], index) => {
      const other = entries[(index + 1) % entries.length]?.[1] ?? value;
      mixed.set(key, [value.slice(0, -1), new Uint8Array(), other][index % 3] ?? value);
    });
    expect(tell(new MoveVm({ unitCache: mixed }))).toEqual(expected);
  });

  it('are left where limits or gas are others', () => {
    const copy = new MemoryCache(cache);
    tell(new MoveVm({ unitCache: copy, limits: { ...DEFAULT_LIMITS, callDepthMax: 1000 } }));
    expect(copy.size).toBe(2 * size);
  });

  it('are left when a module that they rest on has changed', () => {
    const story = stories.find(({ module }) => module === 'basic');
    const call = story?.calls[0];
    if (!story || !call) throw new Error('no story');
    const old = modules.filter((bytes) => !sameModule(bytes, 'basic'));
    const fixture = modules.find((bytes) => sameModule(bytes, 'basic'));
    if (!fixture) throw new Error('no module');
    const request = requestOf('basic', call, 0);
    const kept = new MemoryCache();
    new MoveVm({ unitCache: kept }).run(new TestState(modules), request);
    expect(kept.size).toBe(1);
    const before = [...kept.values()][0];
    // Without the module the function is not there, whatever was kept of it.
    const gone = new MoveVm({ unitCache: kept }).run(new TestState(old), request);
    expect(gone.status).toMatchObject({ kind: 'failure', code: 'LINKER_ERROR' });
    expect([...kept.values()][0]).toBe(before);
  });

  it('are taken up without the code being read, and given up with it', () => {
    const request = requestOf('basic', stories.find(({ module }) => module === 'basic')?.calls[0] ?? never(), 0);
    const kept = new MemoryCache();
    const state = new TestState(modules);
    new MoveVm({ unitCache: kept }).run(state, request);
    const vm = new MoveVm({ unitCache: kept });
    const steps = [...vm.prepare(state, request)].map(({ kind }) => kind);
    expect(steps).toEqual(['restored']);
    expect([...vm.prepare(state, request)]).toEqual([]);
    const other = new TestState(modules.filter((bytes) => !sameModule(bytes, 'basic')));
    const view: StateView = { get: (key) => other.get(key), module: (address, name) => other.module(address, name) };
    expect(vm.run(view, request).status).toMatchObject({ code: 'LINKER_ERROR' });
  });
});

function sameModule(bytes: Bytes, name: string): boolean {
  return readFileSync(path.join(FIXTURES, 'bytecode', `${name}.mv`)).equals(bytes);
}

function never(): never {
  throw new Error('no such story');
}
