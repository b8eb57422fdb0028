// The identity lock on a platform of the test's own.

import { describe, expect, it } from 'vitest';
import { acquireIdentityLock, type LockPlatform } from './identity-lock.ts';

/** The Web Locks of one browser, as far as they are used here. */
class TestLocks {
  readonly #held = new Set<string>();
  readonly #waiting: { name: string; grant: () => void }[] = [];

  readonly request = (async (
    name: string,
    options: LockOptions,
    hold: (lock: Lock | null) => Promise<void> | undefined,
  ) => {
    if (this.#held.has(name)) {
      await new Promise<void>((resolve, reject) => {
        const waiter = { name, grant: resolve };
        this.#waiting.push(waiter);
        options.signal?.addEventListener('abort', () => {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          reject(options.signal?.reason);
        });
      });
    }
    this.#held.add(name);
    try {
      return await hold({ name, mode: 'exclusive' });
    } finally {
      this.#held.delete(name);
      const index = this.#waiting.findIndex((each) => each.name === name);
      if (index >= 0) this.#waiting.splice(index, 1)[0]?.grant();
    }
  }) as LockManager['request'];
}

function browser(): LockPlatform {
  const locks = new TestLocks();
  return { locks, channel: (name) => new BroadcastChannel(name) };
}

const ALICE = { name: 'alice', takeOver: false, onYield: () => {} };

describe('the identity lock', () => {
  it('is held by one tab; a second is refused until the first lets go', async () => {
    const platform = browser();
    const first = await acquireIdentityLock(ALICE, platform);
    await expect(acquireIdentityLock(ALICE, platform)).rejects.toMatchObject({ kind: 'identity-in-use' });
    await first.release();
    const second = await acquireIdentityLock(ALICE, platform);
    await second.release();
  });

  it('does not keep other identities out', async () => {
    const platform = browser();
    const alice = await acquireIdentityLock(ALICE, platform);
    const bob = await acquireIdentityLock({ ...ALICE, name: 'bob' }, platform);
    await alice.release();
    await bob.release();
  });

  it('goes over to a tab that asks, once the holder has stopped', async () => {
    const platform = browser();
    const steps: string[] = [];
    const first = await acquireIdentityLock(
      {
        ...ALICE,
        onYield: () => {
          setTimeout(() => {
            steps.push('stopped');
            void first.release();
          }, 20);
        },
      },
      platform,
    );
    const second = await acquireIdentityLock({ ...ALICE, takeOver: true }, platform);
    steps.push('taken');
    expect(steps).toEqual(['stopped', 'taken']);
    await second.release();
  });
});
