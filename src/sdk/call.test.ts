// A call's grades as an application sees them.

import { describe, expect, it } from 'vitest';
import { StreamErrorCode } from '../wire/client.ts';
import { type CallState, PendingCall } from './call.ts';
import { StraitClientError } from './client-error.ts';
import { Listeners } from './listeners.ts';

const EXECUTED = { kind: 'executed' } as const;
const grade = (name: 'queued' | 'executed' | 'verified' | 'final', height = 5n) =>
  ({ kind: 'grade', call: 'r1', sequence: 3n, grade: name, height, status: EXECUTED }) as const;
const refusal = new StraitClientError({ code: StreamErrorCode.callRefused, message: 'full' });

describe('a call', () => {
  it('goes up through its grades, one promise and one event each', async () => {
    const call = new PendingCall('r1');
    const seen: CallState['grade'][] = [];
    call.on((state) => seen.push(state.grade));
    call.onQueued(3n);
    for (const name of ['executed', 'verified', 'final'] as const) call.onGrade(grade(name));
    expect(seen).toEqual(['queued', 'executed', 'verified', 'final']);
    expect(await call.queued).toBe(3n);
    for (const promise of [call.executed, call.verified, call.final]) {
      expect(await promise).toEqual({ sequence: 3n, height: 5n, status: EXECUTED });
    }
  });

  it('resolves the grades that were skipped', async () => {
    const call = new PendingCall('r1');
    call.onGrade(grade('final'));
    expect(await call.queued).toBe(3n);
    expect((await call.executed).height).toBe(5n);
  });

  it('falls back to queued when its leader is lost, and final has the last word', async () => {
    const call = new PendingCall('r1');
    call.onGrade(grade('executed', 5n));
    call.onGrade(grade('queued'));
    expect(call.state.grade).toBe('queued');
    call.onGrade(grade('final', 9n));
    expect((await call.executed).height).toBe(5n);
    expect((await call.final).height).toBe(9n);
  });

  it('says nothing of an outcome that this tab has not seen, and keeps what it has', async () => {
    const aborted = { kind: 'aborted', code: 7n, location: '0x1::chat' } as const;
    const told = { kind: 'grade', call: 'r1', sequence: 3n } as const;
    const call = new PendingCall('r1');
    call.onGrade({ ...told, grade: 'executed' });
    expect(await call.executed).toEqual({ sequence: 3n, height: undefined, status: { kind: 'unknown' } });
    call.onGrade({ ...told, grade: 'verified', height: 5n, status: aborted });
    call.onGrade({ ...told, grade: 'final' });
    const outcome = { sequence: 3n, height: 5n, status: aborted };
    expect([await call.verified, await call.final]).toEqual([outcome, outcome]);
  });

  it('forgets the outcome that a lost leader gave it', async () => {
    const call = new PendingCall('r1');
    call.onGrade(grade('verified', 5n));
    call.onGrade(grade('queued'));
    call.onGrade({ kind: 'grade', call: 'r1', sequence: 3n, grade: 'final' });
    expect((await call.final).height).toBeUndefined();
  });

  it('rejects every promise that is open when it is refused, and none counts as unhandled', async () => {
    const call = new PendingCall('r1');
    call.onError(refusal);
    for (const promise of [call.queued, call.executed, call.verified, call.final]) {
      await expect(promise).rejects.toBe(refusal);
    }
    call.onGrade(grade('final'));
    expect(call.state.grade).toBe('refused');
  });

  it('is not refused after it is final', () => {
    const call = new PendingCall('r1');
    call.onGrade(grade('final'));
    call.onError(refusal);
    expect(call.state.grade).toBe('final');
  });
});

describe('an error', () => {
  it('has a name for its code', () => {
    expect(refusal.reason).toBe('callRefused');
    for (const code of Object.values(StreamErrorCode)) {
      expect(StreamErrorCode[new StraitClientError({ code, message: '' }).reason]).toBe(code);
    }
  });
});

describe('listeners', () => {
  it('are called once for each time they were added, until taken back', () => {
    const listeners = new Listeners<number>();
    const seen: number[] = [];
    const listen = (value: number) => seen.push(value);
    const first = listeners.add(listen);
    listeners.add(listen);
    listeners.emit(1);
    first();
    first();
    listeners.emit(2);
    expect(seen).toEqual([1, 1, 2]);
  });

  it('may be taken back while they are called', () => {
    const listeners = new Listeners<number>();
    const seen: string[] = [];
    const stop = listeners.add(() => {
      seen.push('a');
      stop();
    });
    listeners.add(() => seen.push('b'));
    listeners.emit(1);
    listeners.emit(2);
    expect(seen).toEqual(['a', 'b', 'b']);
  });
});
