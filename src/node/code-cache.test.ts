// The cache of compiled code over the store: what comes back after a restart, what is given up, and that trouble stays its own.

import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { MemoryDisk, MemoryStore } from '../store/memory.ts';
import { StoreError } from '../store/store-error.ts';
import { CODE_BYTES_MAX, CodeCache } from './code-cache.ts';

/** Runs what is due only when told. */
class HeldClock implements Clock {
  readonly #calls = new Set<() => void>();
  nowMs = (): number => 0;
  monotonicMs = (): number => 0;
  after = (_delayMs: number, call: () => void): (() => void) => {
    this.#calls.add(call);
    return () => this.#calls.delete(call);
  };
  run(): void {
    const due = [...this.#calls];
    this.#calls.clear();
    for (const call of due) call();
  }
}

const MIB = 1024 * 1024;
const bytes = (size: number, value: number) => new Uint8Array(size).fill(value);

async function restart(disk: MemoryDisk, use: (cache: CodeCache) => void): Promise<void> {
  const cache = await CodeCache.load(new MemoryStore(disk), new HeldClock());
  use(cache);
  await cache.stop();
}

describe('the cache of compiled code', () => {
  it('finds after a restart what was put before', async () => {
    const disk = new MemoryDisk();
    await restart(disk, (cache) => cache.put('a b', () => bytes(10, 1)));
    await restart(disk, (cache) => expect(cache.get('a b')).toEqual(bytes(10, 1)));
    await restart(disk, (cache) => expect(cache.get('a c')).toBeUndefined());
  });

  it('writes a while after the first of several', async () => {
    const disk = new MemoryDisk();
    const clock = new HeldClock();
    const cache = await CodeCache.load(new MemoryStore(disk), clock);
    cache.put('a a', () => bytes(1, 1));
    cache.put('a b', () => bytes(1, 2));
    expect(disk.usedBytes).toBe(0);
    clock.run();
    await cache.stop();
    expect([...(disk.channels.get('code')?.keys() ?? [])].sort()).toEqual(['a a', 'a b', 'index']);
  });

  it('makes one at a time when it is due, at once what is asked for, and at the end what is left', async () => {
    const disk = new MemoryDisk();
    const clock = new HeldClock();
    const cache = await CodeCache.load(new MemoryStore(disk), clock);
    const made: string[] = [];
    for (const key of ['a a', 'a b', 'a c', 'a d']) {
      cache.put(key, () => {
        made.push(key);
        return key === 'a d' ? undefined : bytes(1, 1);
      });
    }
    expect(made).toEqual([]);
    expect(cache.get('a b')).toEqual(bytes(1, 1));
    expect(made).toEqual(['a b']);
    clock.run();
    expect(made).toEqual(['a b', 'a a']);
    clock.run();
    expect(made).toEqual(['a b', 'a a', 'a c']);
    expect(disk.usedBytes).toBe(0);
    await cache.stop();
    expect(made).toEqual(['a b', 'a a', 'a c', 'a d']);
    expect([...(disk.channels.get('code')?.keys() ?? [])].sort()).toEqual(['a a', 'a b', 'a c', 'index']);
  });

  it('gives up what was not used for longest when there is too much', async () => {
    const disk = new MemoryDisk();
    const count = CODE_BYTES_MAX / MIB;
    for (let i = 0; i < count; i++) await restart(disk, (cache) => cache.put(`code ${i}`, () => bytes(MIB, i)));
    await restart(disk, (cache) => {
      cache.get('code 0');
      cache.put('code new', () => bytes(MIB, 99));
    });
    await restart(disk, (cache) => {
      expect(cache.get('code 0')).toBeDefined();
      expect(cache.get('code 1')).toBeUndefined();
      expect(cache.get('code new')).toBeDefined();
    });
    expect(disk.usedBytes).toBeLessThan(CODE_BYTES_MAX + 10_000);
  });

  it('does not keep one that is too large', async () => {
    await restart(new MemoryDisk(), (cache) => {
      cache.put('a b', () => bytes(MIB + 1, 1));
      expect(cache.get('a b')).toBeUndefined();
    });
  });

  it('goes on without its index', async () => {
    const disk = new MemoryDisk();
    await restart(disk, (cache) => cache.put('a b', () => bytes(10, 1)));
    disk.channels.get('code')?.set('index', bytes(3, 1));
    await restart(disk, (cache) => expect(cache.get('a b')).toBeDefined());
  });

  it('serves on from memory when the store takes nothing', async () => {
    const disk = new MemoryDisk();
    disk.failWrites = new StoreError('quota', 'full');
    const clock = new HeldClock();
    const cache = await CodeCache.load(new MemoryStore(disk), clock);
    cache.put('a b', () => bytes(10, 1));
    clock.run();
    await cache.stop();
    expect(cache.get('a b')).toBeDefined();
    expect(disk.usedBytes).toBe(0);
  });

  it('is empty when the store cannot be read', async () => {
    const store = new MemoryStore(new MemoryDisk());
    await store.close();
    const cache = await CodeCache.load(store, new HeldClock());
    expect(cache.get('a b')).toBeUndefined();
    await cache.stop();
  });
});
