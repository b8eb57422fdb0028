// Traced runs through a function value from storage, whose function is in a unit of its own.

import { describe, expect, it } from 'vitest';
import { addressToBytes } from '../../base/ids.ts';
import {
  ALICE,
  assembled,
  CLOSURE_VERSION,
  COPY_DROP_STORE,
  callClosure,
  copyLoc,
  fn,
  ldU64,
  leaf,
  moveLoc,
  packClosure,
  reference,
  ret,
  U64,
  u64,
} from '../../testing/closure-programs.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import { MoveVm } from '../index.ts';
import { valueToJson } from '../json.ts';
import type { RunRequest } from '../run.ts';
import { formatStep, type TraceStep } from './trace.ts';

const KEY = 8;
const unary = fn([U64], [U64], COPY_DROP_STORE);

/** `put` stores `less(100, _)` in a box; `use` calls what is in the box. */
function program(): Uint8Array<ArrayBuffer>[] {
  const draft = new ModuleDraft('m', CLOSURE_VERSION);
  const box = draft.struct('Box', { abilities: KEY, fields: [['f', unary]] });
  const field = draft.fieldHandles.push({ owner: box, field: 0 }) - 1;
  const less = draft.function('less', {
    visibility: 'public',
    attributes: [{ kind: 'persistent' }],
    parameters: [U64, U64],
    returns: [U64],
    code: [moveLoc(0), moveLoc(1), { op: 'sub' }, ret],
  });
  draft.function('put', {
    parameters: [reference(leaf('signer'))],
    code: [moveLoc(0), ldU64(100), packClosure(less, 1), { op: 'pack', index: box }, { op: 'moveTo', index: box }, ret],
  });
  draft.function('use', {
    parameters: [leaf('address'), U64],
    returns: [U64],
    acquires: [box],
    code: [
      copyLoc(1),
      copyLoc(0),
      { op: 'immBorrowGlobal', index: box },
      { op: 'immBorrowField', index: field },
      { op: 'readRef' },
      callClosure(draft.signature([unary])),
      ret,
    ],
  });
  return assembled(draft);
}

function request(name: string, args: RunRequest['call']['args'], senders: RunRequest['senders'] = []): RunRequest {
  const call = { module: { address: DRAFT_ADDRESS, name: 'm' }, function: name, typeArgs: [], args };
  return { call, senders, gasLimit: 1000n, transactionHash: new Uint8Array(32), access: 'any' };
}

describe('a function value from storage', () => {
  const vm = new MoveVm();
  const state = new TestState(program());
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
