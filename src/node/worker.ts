// Entry of the dedicated worker that a tab's node lives in.

import type { MainToWorker, WorkerToMain } from './bridge.ts';
import { createNode } from './create-node.ts';
import { WorkerHost } from './worker-host.ts';

/** Defined at build time; absent (and so false) in every build that people use. */
declare const __STRAIT_TEST_HOOKS__: boolean | undefined;

const scope = globalThis as unknown as {
  postMessage(message: WorkerToMain): void;
  onmessage: ((event: MessageEvent<MainToWorker>) => void) | null;
};

async function main(): Promise<void> {
  // Messages that come before the host is there wait here.
  const early: MainToWorker[] = [];
  scope.onmessage = (event) => early.push(event.data);
  const hooks =
    typeof __STRAIT_TEST_HOOKS__ !== 'undefined' && __STRAIT_TEST_HOOKS__ ? await import('./test-hooks.ts') : undefined;
  const host = new WorkerHost({
    post: (message) => scope.postMessage(message),
    create: createNode,
    ...(hooks && { wrapExecutor: (start) => hooks.executorWrapper(start.hooks) }),
  });
  for (const message of early) host.receive(message);
  scope.onmessage = (event) => host.receive(event.data);
}

void main();
