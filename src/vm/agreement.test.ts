// Agreement with the Rust VM: every recorded call ends with the same status at the same place, the same results, writes and events.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RecordedStory, record, requestOf, withoutHandles } from '../testing/recorded-stories.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import { MoveVm } from './index.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const FRAMEWORK = path.resolve(import.meta.dirname, '../../move/framework/bytecode');
const stories = JSON.parse(readFileSync(path.join(FIXTURES, 'recorded.json'), 'utf8')) as RecordedStory[];
const modules = [FRAMEWORK, path.join(FIXTURES, 'bytecode')].flatMap(moduleBytes);
const vm = new MoveVm();

describe('agreement with the Rust VM', () => {
  // The state is one for all stories, as it was when they were recorded.
  const state = new TestState(modules);
  for (const { name, module, calls } of stories) {
    it(name, () => {
      const ran = calls.map((call, index) => {
        const { status: _, returns: _returns, writes: _writes, events: _events, ...request } = call;
        const result = vm.run(state, requestOf(module, request, index));
        state.apply(result.changes);
        return record(request, result);
      });
      expect(withoutHandles(ran)).toEqual(calls);
    });
  }
});
