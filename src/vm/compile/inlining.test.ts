// Small functions written in the place of their calls: results, gas, statuses and places are those of real calls, which a traced run makes, also
// where depth, frames, operands or gas run out just there.

import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../../base/bcs.ts';
import { assembleModule } from '../../testing/assemble.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import type { Instruction, SignatureToken } from '../bytecode/module.ts';
import { STRAIT_1 } from '../gas.ts';
import { DEFAULT_LIMITS, MoveVm, type RunRequest, type RunResult, type VmLimits } from '../index.ts';

const u64: SignatureToken = { kind: 'u64' };
const u256: SignatureToken = { kind: 'u256' };
const copy = (local: number): Instruction => ({ op: 'copyLoc', local });
const move = (local: number): Instruction => ({ op: 'moveLoc', local });
const store = (local: number): Instruction => ({ op: 'stLoc', local });
const load = (value: bigint): Instruction => ({ op: 'ldU64', value });
const ret: Instruction = { op: 'ret' };

/** `deep(n, x)` calls itself n times, then each small function, with values on the operand stack below. */
function draft(): ModuleDraft {
  const module = new ModuleDraft('small', 10);
  const pair = module.struct('Pair', {
    abilities: 3,
    fields: [
      ['x', u64],
      ['wide', u256],
    ],
  });
  const pairType = module.typeOf(pair);
  const field = module.fieldHandles.push({ owner: pair, field: 0 }) - 1;
  const numbers: SignatureToken = { kind: 'vector', inner: u64 };
  const ofNumbers = module.signature([u64]);
  const sum = module.function('sum', {
    parameters: [u64, u64],
    returns: [u64],
    code: [move(0), move(1), { op: 'add' }, ret],
  });
  const make = module.function('make', {
    parameters: [u64],
    returns: [pairType],
    code: [
      copy(0),
      move(0),
      { op: 'castU256' },
      { op: 'ldU256', value: 1n << 190n },
      { op: 'mul' },
      { op: 'pack', index: pair },
      ret,
    ],
  });
  const raise = module.function('raise', {
    parameters: [{ kind: 'mutableReference', inner: pairType }],
    returns: [u64, u64],
    locals: [u64],
    code: [
      move(0),
      { op: 'mutBorrowField', index: field },
      { op: 'readRef' },
      store(1),
      copy(1),
      load(2n),
      { op: 'mul' },
      copy(1),
      ret,
    ],
  });
  const keep = module.function('keep', {
    parameters: [{ kind: 'mutableReference', inner: numbers }, u64],
    code: [move(0), move(1), { op: 'vecPushBack', type: ofNumbers }, ret],
  });
  const deep = module.functionHandles.length;
  module.function('deep', {
    visibility: 'public',
    parameters: [u64, u64],
    returns: [u64],
    locals: [pairType, numbers, u64],
    code: [
      copy(0),
      load(0n),
      { op: 'eq' },
      { op: 'brTrue', target: 12 },
      load(7n),
      copy(0),
      load(1n),
      { op: 'sub' },
      copy(1),
      { op: 'call', index: deep },
      { op: 'call', index: sum },
      ret,
      copy(1),
      { op: 'call', index: make },
      store(2),
      { op: 'vecPack', type: ofNumbers, count: 0 },
      store(3),
      { op: 'mutBorrowLoc', local: 3 },
      copy(1),
      { op: 'call', index: keep },
      { op: 'mutBorrowLoc', local: 2 },
      { op: 'call', index: raise },
      { op: 'call', index: sum },
      store(4),
      { op: 'mutBorrowLoc', local: 3 },
      copy(4),
      { op: 'call', index: keep },
      load(5n),
      copy(4),
      { op: 'immBorrowLoc', local: 3 },
      load(1n),
      { op: 'vecImmBorrow', type: ofNumbers },
      { op: 'readRef' },
      { op: 'call', index: sum },
      { op: 'call', index: sum },
      ret,
    ],
  });
  return module;
}

const state = new TestState([assembleModule(draft().build())]);

function request(n: bigint, x: bigint, gasLimit = 1_000_000n): RunRequest {
  return {
    call: {
      module: { address: DRAFT_ADDRESS, name: 'small' },
      function: 'deep',
      typeArgs: [],
      args: [n, x].map((value) => encodeBcs((w) => w.u64(value))),
    },
    senders: [],
    gasLimit,
    transactionHash: new Uint8Array(32),
    access: 'any',
  };
}

/** As it is with inlined functions, which has to be as it is with called ones. */
function run(vm: MoveVm, asked: RunRequest): RunResult {
  const result = vm.run(state, asked);
  const { result: traced } = vm.trace(state, asked);
  expect(result).toEqual(traced);
  return result;
}

function kindOf({ status }: RunResult): string {
  if (status.kind !== 'failure') return status.kind;
  return `${status.code} in ${status.location?.function}+${status.location?.offset}`;
}

describe('small functions in the place of their calls', () => {
  it('compute what they compute when they are called, and fail where they fail', () => {
    const vm = new MoveVm();
    for (const n of [0n, 1n, 5n]) {
      const { returns } = run(vm, request(n, 11n));
      expect(returns).toEqual([encodeBcs((w) => w.u64(5n + 33n + 33n + 7n * n))]);
    }
    const top = (1n << 64n) - 1n;
    const ends = [top, top / 2n + 1n, top / 3n + 1n, top / 3n, top / 6n + 1n, top / 7n].map((x) =>
      kindOf(run(vm, request(1n, x))),
    );
    expect(new Set(ends)).toEqual(new Set(['ARITHMETIC_ERROR in raise+6', 'ARITHMETIC_ERROR in sum+2', 'executed']));
  });

  it('run out of depth where a call would', () => {
    const seen = new Set<string>();
    for (const callDepthMax of [3, 4, 5, 6]) {
      const vm = new MoveVm({ limits: { ...DEFAULT_LIMITS, callDepthMax } });
      for (let n = 0n; n < 8n; n++) seen.add(kindOf(run(vm, request(n, 3n))));
    }
    expect(seen).toEqual(new Set(['executed', 'CALL_STACK_OVERFLOW in deep+9', 'CALL_STACK_OVERFLOW in deep+13']));
  });

  it('run out of frames where a call would', () => {
    const seen = new Set<string>();
    for (let frameBytesMax = 160; frameBytesMax < 2_000; frameBytesMax += 8) {
      const limits: VmLimits = { ...DEFAULT_LIMITS, frameBytesMax };
      const vm = new MoveVm({ limits });
      seen.add(kindOf(run(vm, request(2n, 3n))));
    }
    expect([...seen].some((kind) => kind.startsWith('CALL_STACK_OVERFLOW in make'))).toBe(true);
    expect(seen).toContain('executed');
  });

  it('run out of operands where a call would', () => {
    const vm = new MoveVm();
    const seen = new Set<string>();
    for (let n = 1_000n; n < 1_024n; n++) seen.add(kindOf(run(vm, request(n, 3n))));
    expect(seen.size).toBeGreaterThan(1);
  });

  it('leave room on the engine’s own stack for the deepest recursion', () => {
    for (const locals of [1, 10, 20, 30, 40]) {
      const run = heavy(locals);
      for (let i = 0; i < 3; i++) {
        expect(kindOf(run())).toMatch(/^CALL_STACK_OVERFLOW/);
      }
    }
  });

  it('run out of gas where a call would', () => {
    const { gasUsed } = run(new MoveVm(), request(3n, 3n));
    expect(gasUsed).toBeGreaterThan(0n);
    // A thousandth of a unit of gas at a time.
    const vm = new MoveVm({ gasSchedule: finer(1_000) });
    const whole = run(vm, request(3n, 3n)).gasUsed;
    const seen = new Set<string>();
    for (let limit = 0n; limit <= whole; limit += whole / 1_500n + 1n)
      seen.add(kindOf(run(vm, request(3n, 3n, limit))));
    expect([...seen].filter((kind) => /in (?:make|keep|raise|sum)\+0$/.test(kind)).length).toBeGreaterThan(2);
    expect(kindOf(run(vm, request(3n, 3n, whole)))).toBe('executed');
  });
});

/** A function of as many locals as one that inlines may have, which inlines what takes as many as it may, and calls itself. */
function heavy(locals: number): () => RunResult {
  const module = new ModuleDraft('heavy', 10);
  const u128: SignatureToken = { kind: 'u128' };
  const wide = module.function('wide', {
    parameters: [u64, u128],
    returns: [u128],
    locals: Array.from({ length: 9 }, () => u64),
    code: [
      move(1),
      copy(0),
      { op: 'castU128' },
      { op: 'add' },
      copy(0),
      { op: 'castU128' },
      move(0),
      { op: 'castU128' },
      { op: 'mul' },
      { op: 'xor' },
      ret,
    ],
  });
  const self = module.functionHandles.length;
  const numbers = Array.from({ length: locals }, (_, index) => index + 2);
  module.function('down', {
    visibility: 'public',
    parameters: [u64, u128],
    locals: numbers.map(() => u64),
    code: [
      ...numbers.flatMap((local) => [copy(0), store(local)]),
      copy(0),
      copy(0),
      copy(1),
      { op: 'call', index: wide },
      { op: 'call', index: self },
      ...numbers.flatMap((local): Instruction[] => [copy(local), { op: 'pop' }]),
      ret,
    ],
  });
  const code = new TestState([assembleModule(module.build())]);
  const vm = new MoveVm();
  const args = [encodeBcs((w) => w.u64(3n)), encodeBcs((w) => w.u128(3n))];
  const call = { module: { address: DRAFT_ADDRESS, name: 'heavy' }, function: 'down', typeArgs: [], args };
  return () => vm.run(code, { ...request(0n, 0n), call });
}

/** The schedule with every cost so many times as high. */
function finer(times: number): typeof STRAIT_1 {
  const scaled = <T>(value: T): T => {
    if (typeof value === 'number') return (value * times) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, scaled(part)])) as T;
  };
  return scaled(STRAIT_1);
}
