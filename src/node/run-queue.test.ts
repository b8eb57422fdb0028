// The order of one channel's life: persisted first, done after, nothing reordered, nothing after a failure.

import { describe, expect, it } from 'vitest';
import type { Height } from '../base/ids.ts';
import type { Effect, Input, Update } from '../channel/update.ts';
import { batchesFrom } from './fixtures/records.ts';
import { RunQueue } from './run-queue.ts';

/** Records what happens, in order. */
class Recorder {
  readonly log: string[] = [];
  readonly failures: unknown[] = [];
  failWrite: Error | undefined;
  releaseWrite: (() => void) | undefined;
  holdWrites = false;
  updateMs = 0;
  #ms = 0;
  readonly queue = new RunQueue({
    update: (input) => this.#update(input),
    write: async (change) => {
      this.log.push(`write ${change.put.length}`);
      if (this.holdWrites) await new Promise<void>((resolve) => (this.releaseWrite = resolve));
      else await undefined;
      if (this.failWrite) throw this.failWrite;
      this.log.push('written');
    },
    carryOut: (effect) => this.log.push(`do ${idOf(effect)}`),
    monotonicMs: () => this.#ms,
    onFailure: (error) => this.failures.push(error),
  });

  #update(input: Input): Update {
    if (input.kind !== 'request') throw new Error('an input that the test did not send');
    this.#ms += this.updateMs;
    const { id } = input;
    if (id === 'bug') throw new Error('a bug');
    this.log.push(`update ${id}`);
    const effects: Effect[] = [
      { kind: 'notify', notice: { kind: 'requestRefused', request: id, reason: '' } },
      { kind: 'refreshChain' },
    ];
    if (id.startsWith('quiet')) return { events: [], effects };
    const [batch] = batchesFrom(BigInt(id.length));
    return { events: batch ? [{ kind: 'appended', batch }] : [{ kind: 'truncated', height: 1n as Height }], effects };
  }

  push(id: string): void {
    this.queue.push({ kind: 'request', id, action: { kind: 'leave' } });
  }
}

function idOf(effect: Effect): string {
  return effect.kind === 'notify' && effect.notice.kind === 'requestRefused' ? effect.notice.request : effect.kind;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the run queue', () => {
  it('[B5] does nothing of an update before it is on disk', async () => {
    const recorder = new Recorder();
    recorder.push('a');
    await settled();
    expect(recorder.log).toEqual(['update a', 'write 0', 'written', 'do a', 'do refreshChain']);
  });

  it('lets inputs that wait share a write, and keeps their order', async () => {
    const recorder = new Recorder();
    for (const id of ['a', 'b', 'c']) recorder.push(id);
    await settled();
    expect(recorder.log.filter((line) => !line.includes('refresh'))).toEqual([
      'update a',
      'update b',
      'update c',
      'write 0',
      'written',
      'do a',
      'do b',
      'do c',
    ]);
  });

  it('shares no write beyond a turn that has taken long', async () => {
    const recorder = new Recorder();
    recorder.updateMs = 60;
    for (const id of ['a', 'b']) recorder.push(id);
    await settled();
    expect(recorder.log.filter((line) => line.startsWith('update') || line === 'written')).toEqual([
      'update a',
      'written',
      'update b',
      'written',
    ]);
  });

  it('writes nothing where nothing is to be kept', async () => {
    const recorder = new Recorder();
    recorder.push('quiet');
    await settled();
    expect(recorder.log).toEqual(['update quiet', 'do quiet', 'do refreshChain']);
  });

  it('answers a question with what is on disk: not before, and not with what comes after', async () => {
    const recorder = new Recorder();
    recorder.holdWrites = true;
    recorder.push('a');
    recorder.queue.ask(() => recorder.log.push('asked'));
    recorder.push('b');
    await settled();
    expect(recorder.log).toEqual(['update a', 'write 0']);
    recorder.releaseWrite?.();
    await settled();
    expect(recorder.log.indexOf('asked')).toBeGreaterThan(recorder.log.indexOf('do a'));
    expect(recorder.log.indexOf('asked')).toBeLessThan(recorder.log.indexOf('update b'));
    recorder.releaseWrite?.();
  });

  it('[D2] does and takes in nothing after a write that failed', async () => {
    const recorder = new Recorder();
    recorder.failWrite = new Error('no room');
    recorder.push('a');
    recorder.push('b');
    await settled();
    recorder.push('c');
    await settled();
    expect(recorder.failures).toEqual([recorder.failWrite]);
    expect(recorder.log.filter((line) => line.startsWith('do'))).toEqual([]);
    expect(recorder.log).not.toContain('update c');
  });

  it('stops at a bug without doing the half of it', async () => {
    const recorder = new Recorder();
    for (const id of ['a', 'bug', 'b']) recorder.push(id);
    await settled();
    expect(recorder.failures).toHaveLength(1);
    expect(recorder.log).toEqual(['update a']);
  });

  it('waits on stop for the write that is under way, and does nothing of it', async () => {
    const recorder = new Recorder();
    recorder.holdWrites = true;
    recorder.push('a');
    await settled();
    const stopping = recorder.queue.stop();
    recorder.releaseWrite?.();
    await stopping;
    expect(recorder.log).toEqual(['update a', 'write 0', 'written']);
  });
});
