// One node for each identity in a browser: a Web Lock, so that two tabs never sign as one. A tab that wants to take over asks the other, which
// stops its node before it lets go; the lock is never stolen from a node that may be about to sign.

import { NodeError } from './node-error.ts';

/** A page that is being left, or a node of this page that is closing, still holds the lock for a moment. */
const PATIENCE_MS = 1_500;
/** How long the other tab may take to stop: its last write, its farewells. */
const YIELD_MS_MAX = 8_000;

export interface IdentityLock {
  /** Idempotent; resolves when another tab can have it. */
  release(): Promise<void>;
}

/** What the lock needs of the platform; the browser's own, or a test's. */
export interface LockPlatform {
  readonly locks: Pick<LockManager, 'request'>;
  readonly channel: (name: string) => BroadcastChannel;
}

export interface LockRequest {
  readonly name: string;
  /** Ask a holder to give way, and wait for it. */
  readonly takeOver: boolean;
  /** Another tab asks: stop the node, then release. */
  readonly onYield: () => void;
}

/** @throws NodeError (`identity-in-use`) */
export async function acquireIdentityLock(request: LockRequest, platform: LockPlatform): Promise<IdentityLock> {
  const name = `strait/${request.name}`;
  const calls = platform.channel(name);
  if (request.takeOver) calls.postMessage('yield');
  const release = await tryLock(platform.locks, name, request.takeOver ? YIELD_MS_MAX : PATIENCE_MS);
  if (!release) {
    calls.close();
    throw new NodeError('identity-in-use', 'another tab of this browser runs this identity');
  }
  calls.onmessage = (event: MessageEvent<unknown>) => {
    if (event.data === 'yield') request.onYield();
  };
  return {
    release: () => {
      calls.onmessage = null;
      calls.close();
      return release();
    },
  };
}

/** The lock is held until the function it returns is called; undefined: somebody else has it. */
function tryLock(
  locks: LockPlatform['locks'],
  name: string,
  patienceMs: number,
): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const hold = (): Promise<void> =>
      new Promise((over) => {
        resolve(() => {
          over();
          return held;
        });
      });
    const options: LockOptions = { signal: AbortSignal.timeout(patienceMs) };
    const held = locks.request(name, options, hold).catch((error: unknown) => {
      const isLate = error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError');
      if (isLate) resolve(undefined);
      else reject(error);
    });
  });
}

/** The browser's own; undefined where there is none (Node.js), which then has one node for each store anyway. */
export function browserLockPlatform(): LockPlatform | undefined {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return undefined;
  return { locks: navigator.locks, channel: (name) => new BroadcastChannel(name) };
}
