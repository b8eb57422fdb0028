// For tests of the whole page only: a node that cheats. Nothing of this is in a build that does not define `__STRAIT_TEST_HOOKS__`.

import type { ExecutionOutcome, Executor } from '../channel/executor.ts';
import type { NodeHooks } from './bridge.ts';

/** An executor that misreports every nth call, as a leader with a modified VM would. */
export function tamperingExecutor(honest: Executor, every: number): Executor {
  let count = 0;
  return {
    execute: (read, request): ExecutionOutcome => {
      const outcome = honest.execute(read, request);
      count++;
      return count % every === 0 ? { ...outcome, gasUsed: outcome.gasUsed + 1n } : outcome;
    },
  };
}

export function executorWrapper(hooks: NodeHooks | undefined): ((executor: Executor) => Executor) | undefined {
  const every = hooks?.tamperEvery;
  return every === undefined ? undefined : (executor) => tamperingExecutor(executor, every);
}
