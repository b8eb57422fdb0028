// Traced runs through a function value from storage, whose function is in a unit of its own.

import { describe, expect, it } from 'vitest';
import { addressToBytes } from '../../base/ids.ts';
import { ALICE, u64 } from '../../testing/closure-programs.ts';
import { storedClosureCall as request, storedClosureModule } from '../../testing/stored-closure.ts';
import { TestState } from '../../testing/test-state.ts';
import { MoveVm } from '../index.ts';
import { valueToJson } from '../json.ts';
import { formatStep, type TraceStep } from './trace.ts';

describe('a function value from storage', () => {
  const vm = new MoveVm();
  const state = new TestState(storedClosureModule());
  const { changes } = vm.run(state, request('put', [], [ALICE]));
  state.apply(changes);

  it('is shown as the REST API shows it', () => {
    const [change] = changes;
    if (change?.key.kind !== 'resource' || change.new === undefined) throw new Error('nothing stored');
    expect(valueToJson(state, change.key.type, change.new)).toEqual({
      f: { __fun_name__: '0x42::m::less', __mask__: '1', __captured__: ['100'] },
    });
  });

  it('is followed into its own unit, with the same result', () => {
    const asked = request('use', [addressToBytes(ALICE), u64(3)]);
    const steps: TraceStep[] = [];
    const { result, stack } = vm.trace(state, asked, { onStep: (step) => steps.push(step) });
    expect(result).toEqual(vm.run(state, asked));
    expect(result.returns).toEqual([u64(97)]);
    expect(stack).toEqual([]);
    expect(steps.map(formatStep)).toContain('  0x42::m::less+2 sub [100, 3]');
    expect(steps.map(formatStep)).toContain('0x42::m::use+6 ret [97]');
  });

  it('is part of the stack when it fails', () => {
    const asked = request('use', [addressToBytes(ALICE), u64(101)]);
    const { result, stack } = vm.trace(state, asked);
    expect(result).toEqual(vm.run(state, asked));
    expect(result.status).toMatchObject({ kind: 'failure', code: 'ARITHMETIC_ERROR' });
    expect(stack.map(({ function: name, offset }) => [name, offset])).toEqual([
      ['less', 2],
      ['use', 5],
    ]);
  });
});
