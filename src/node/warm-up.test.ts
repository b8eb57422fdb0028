// Work ahead of calls: in turns, behind the channel's inputs, and not a piece after the end.

import { describe, expect, it } from 'vitest';
import { HeldClock } from '../net/fixtures/held-clock.ts';
import { PAUSE_MS, WarmUp } from './warm-up.ts';

const LONG_MS = 10_000;

class Script {
  readonly clock = new HeldClock();
  done = 0;
  /** Calls that wait for the channel to be idle. */
  readonly waiting: (() => void)[] = [];
  isBusy = false;
  readonly warmUp: WarmUp;

  constructor(pieces: number, failsAt = Number.POSITIVE_INFINITY, pieceMs = 10) {
    const script = this;
    function* work(): Generator<void, void, void> {
      for (let n = 0; n < pieces; n++) {
        if (n === failsAt) throw new Error('a bug');
        script.clock.pass(pieceMs);
        script.done++;
        yield;
      }
    }
    this.warmUp = new WarmUp({
      clock: this.clock,
      pieces: work(),
      whenIdle: (call) => {
        if (this.isBusy) this.waiting.push(call);
        else call();
      },
    });
  }
}

describe('the warm-up', () => {
  it('does long pieces one a turn, with a pause before each', () => {
    const script = new Script(3);
    script.warmUp.start();
    expect(script.done).toBe(0);
    script.clock.pass(PAUSE_MS);
    expect(script.done).toBe(1);
    script.clock.pass(PAUSE_MS - 1);
    expect(script.done).toBe(1);
    script.clock.pass(LONG_MS);
    expect(script.done).toBe(3);
  });

  it('does short pieces together', () => {
    const script = new Script(5, undefined, 1);
    script.warmUp.start();
    script.clock.pass(PAUSE_MS);
    expect(script.done).toBe(5);
  });

  it('waits for the channel to be idle, and does not work within its turn', () => {
    const script = new Script(3);
    script.isBusy = true;
    script.warmUp.start();
    script.clock.pass(LONG_MS);
    expect(script.done).toBe(0);
    script.waiting.pop()?.();
    expect(script.done).toBe(0);
    script.clock.pass(0);
    expect(script.done).toBe(1);
  });

  it('does nothing after it was stopped, wherever it was', () => {
    for (const passMs of [0, PAUSE_MS - 1, PAUSE_MS, PAUSE_MS + 1]) {
      const script = new Script(100);
      script.warmUp.start();
      script.clock.pass(passMs);
      const { done } = script;
      script.warmUp.stop();
      script.clock.pass(LONG_MS);
      expect(script.done).toBe(done);
    }
    const busy = new Script(3);
    busy.isBusy = true;
    busy.warmUp.start();
    busy.clock.pass(LONG_MS);
    busy.warmUp.stop();
    busy.waiting.pop()?.();
    busy.clock.pass(LONG_MS);
    expect(busy.done).toBe(0);
  });

  it('gives up where a piece fails, and tells nobody', () => {
    const script = new Script(5, 2);
    script.warmUp.start();
    script.clock.pass(LONG_MS);
    expect(script.done).toBe(2);
  });
});
