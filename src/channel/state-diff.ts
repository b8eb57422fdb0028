// What turns one state into another: for clients, when a snapshot takes the place of a history.

import type { ChangeSet } from '../base/state.ts';
import { ChangeFold } from './change-log.ts';
import type { StateTree } from './state-tree.ts';

export function diffStates(before: StateTree | undefined, after: StateTree): ChangeSet {
  const fold = new ChangeFold();
  for (const { key, value } of before?.entries() ?? []) fold.add([{ key, old: value }]);
  for (const { key, value } of after.entries()) fold.add([{ key, new: value }]);
  return fold.changes();
}
