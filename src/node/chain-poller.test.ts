// Looking at the chain: how often, how soon, and what is told when it does not answer.

import { describe, expect, it } from 'vitest';
import type { Height, Term } from '../base/ids.ts';
import { ChainError } from '../chain/chain-error.ts';
import type { ChainView } from '../channel/update.ts';
import { HeldClock } from '../net/fixtures/held-clock.ts';
import { ChainPoller, type ChainReachability, KEEP_ALIVE_MS, POLL_MS } from './chain-poller.ts';

const VIEW: ChainView = {
  term: 1n as Term,
  members: [],
  settledHeight: 0n as Height,
  restarts: 0n,
  settledRoot: new Uint8Array(),
  historyHash: new Uint8Array(),
  atMs: 0n,
  proposals: [],
  reports: [],
  closing: false,
  closed: false,
};

class Script {
  readonly clock = new HeldClock();
  views = 0;
  beats = 0;
  balances = 0;
  seen = 0;
  failure: Error | undefined;
  readonly told: ChainReachability[] = [];
  readonly poller = new ChainPoller({
    clock: this.clock,
    view: async () => {
      this.views++;
      if (this.failure) throw this.failure;
      return VIEW;
    },
    keepAlive: async () => {
      this.beats++;
      if (this.failure) throw this.failure;
    },
    balance: async () => {
      this.balances++;
      return 7n;
    },
    onView: () => {
      this.seen++;
    },
    onReachability: (state) => this.told.push(state),
  });

  /** Lets promises settle between the timers. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.clock.pass(50);
      for (let turn = 0; turn < 8; turn++) await undefined;
    }
  }
}

describe('the chain poller', () => {
  it('looks at once and then every two seconds', async () => {
    const script = new Script();
    script.poller.start();
    await script.pass(50);
    expect(script.seen).toBe(1);
    await script.pass(5 * POLL_MS);
    expect(script.seen).toBeGreaterThanOrEqual(5);
    expect(script.seen).toBeLessThanOrEqual(6);
    expect(script.told).toEqual([{ reachable: true }, { reachable: true, sessionBalance: 7n }]);
  });

  it('reads the gas money at first, and after something was paid', async () => {
    const script = new Script();
    script.poller.start();
    await script.pass(5 * POLL_MS);
    expect(script.balances).toBe(1);
    script.poller.spent();
    await script.pass(5 * POLL_MS);
    expect(script.balances).toBe(2);
  });

  it('looks soon when asked, however often it is asked', async () => {
    const script = new Script();
    script.poller.start();
    await script.pass(400);
    const before = script.views;
    for (let n = 0; n < 20; n++) script.poller.refresh();
    await script.pass(250);
    expect(script.views).toBe(before + 1);
  });

  it('keeps the member alive every five seconds, and stops when it is no member', async () => {
    const script = new Script();
    script.poller.start();
    script.poller.owesHeartbeats = true;
    await script.pass(2 * KEEP_ALIVE_MS + 200);
    expect(script.beats).toBe(3);
    expect(script.told.at(-1)).toEqual({ reachable: true, sessionBalance: 7n });
    script.poller.owesHeartbeats = false;
    await script.pass(3 * KEEP_ALIVE_MS);
    expect(script.beats).toBe(3);
  });

  it('backs off while the chain does not answer, says so once, and comes back', async () => {
    const script = new Script();
    script.failure = new ChainError('unreachable', 'nobody there');
    script.poller.start();
    await script.pass(60_000);
    expect(script.views).toBeLessThan(10);
    expect(script.told).toEqual([{ reachable: false, detail: 'nobody there' }]);
    script.failure = undefined;
    await script.pass(20_000);
    expect(script.told.at(-1)).toEqual({ reachable: true, sessionBalance: 7n });
  });

  it('takes a refusal for an answer', async () => {
    const script = new Script();
    script.failure = new ChainError('refused', 'no coins');
    script.poller.start();
    script.poller.owesHeartbeats = true;
    await script.pass(1_000);
    expect(script.told.at(-1)).toEqual({ reachable: true, detail: 'no coins' });
  });

  it('calls nothing back after it was stopped', async () => {
    const script = new Script();
    script.poller.start();
    script.poller.owesHeartbeats = true;
    script.poller.stop();
    await script.pass(10_000);
    expect(script.seen).toBe(0);
    expect(script.told).toEqual([]);
  });
});
