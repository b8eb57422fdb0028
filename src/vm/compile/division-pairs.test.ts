// Quotient and remainder of the same values in one block: what one division gives for both is what two would give, and only where the values
// are the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBcs, encodeBcs } from '../../base/bcs.ts';
import { assembleModule } from '../../testing/assemble.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import type { Instruction } from '../bytecode/module.ts';
import { MoveVm } from '../index.ts';
import { findDivisionPairs } from './division-pairs.ts';

const TEN = 10n;
const LONG = (1n << 70n) + 3n;

const copy = (local: number): Instruction => ({ op: 'copyLoc', local });
const move = (local: number): Instruction => ({ op: 'moveLoc', local });
const load = (value: bigint): Instruction => ({ op: 'ldU128', value });
const [div, mod, ret]: readonly [Instruction, Instruction, Instruction] = [{ op: 'div' }, { op: 'mod' }, { op: 'ret' }];
const store = (local: number): Instruction => ({ op: 'stLoc', local });

type Results = (a: bigint, b: bigint) => readonly [bigint, bigint];

/** Of two u128, which give two: the code, whether it has a pair, what comes out. */
const CASES: Readonly<Record<string, readonly [code: readonly Instruction[], pairs: number, results: Results]>> = {
  quotient_first: [[copy(0), copy(1), div, copy(0), copy(1), mod, ret], 1, (a, b) => [a / b, a % b]],
  remainder_first: [[copy(0), copy(1), mod, move(0), move(1), div, ret], 1, (a, b) => [a % b, a / b]],
  by_ten: [[copy(0), load(TEN), mod, copy(0), load(TEN), div, ret], 1, (a) => [a % TEN, a / TEN]],
  by_long: [[copy(0), load(LONG), div, copy(0), load(LONG), mod, ret], 1, (a) => [a / LONG, a % LONG]],
  by_two_constants: [[copy(0), load(TEN), div, copy(0), load(LONG), mod, ret], 0, (a) => [a / TEN, a % LONG]],
  with_stores_between: [
    [copy(0), copy(1), div, store(2), copy(0), copy(1), mod, store(3), copy(2), copy(3), ret],
    1,
    (a, b) => [a / b, a % b],
  ],
  of_a_local_stored_to: [
    [copy(0), copy(1), div, copy(1), store(0), copy(0), copy(1), mod, ret],
    0,
    (a, b) => [a / b, b % b],
  ],
  through_a_reference: [
    [copy(0), copy(1), div, load(9n), { op: 'mutBorrowLoc', local: 0 }, { op: 'writeRef' }, copy(0), copy(1), mod, ret],
    0,
    (a, b) => [a / b, 9n % b],
  ],
  turned_around: [[copy(0), copy(1), div, copy(1), copy(0), mod, ret], 0, (a, b) => [a / b, b % a]],
};

const u128 = { kind: 'u128' } as const;
const module = new ModuleDraft('pairs', 10);
for (const [name, [code]] of Object.entries(CASES)) {
  module.function(name, {
    visibility: 'public',
    parameters: [u128, u128],
    locals: [u128, u128],
    returns: [u128, u128],
    code,
  });
}
const state = new TestState([assembleModule(module.build())]);
const vm = new MoveVm();

function call(name: string, args: readonly bigint[]): readonly bigint[] | string {
  const { status, returns } = vm.run(state, {
    call: {
      module: { address: DRAFT_ADDRESS, name: 'pairs' },
      function: name,
      typeArgs: [],
      args: args.map((value) => encodeBcs((w) => w.u128(value))),
    },
    senders: [],
    gasLimit: 1_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  });
  if (status.kind !== 'executed')
    return status.kind === 'failure' ? `${status.code} ${status.location?.offset}` : 'abort';
  return returns.map((bytes) => decodeBcs(bytes, 'result', (r) => r.u128('value')));
}

/** As many short ones as long ones, and those near powers of two, where digits are guessed wrong. */
const number = fc.integer({ min: 0, max: 127 }).chain((bits) => {
  const top = 1n << BigInt(bits);
  return fc.oneof(
    fc.bigInt({ min: 0n, max: 2n * top - 1n }),
    fc.bigInt({ min: -3n, max: 3n }).map((near) => BigInt.asUintN(128, top + near)),
    fc.bigInt({ min: 0n, max: top }).map((value) => BigInt.asUintN(128, ~value)),
  );
});

describe('a quotient and a remainder of the same values', () => {
  for (const [name, [code, pairs, results]] of Object.entries(CASES)) {
    it(`${name}: ${pairs === 0 ? 'two divisions' : 'one division'}`, () => {
      const isBorrowed = (local: number) => code.some((one) => one.op === 'mutBorrowLoc' && one.local === local);
      expect(findDivisionPairs(code, 0, code.length, isBorrowed).size).toBe(pairs);
      fc.assert(
        fc.property(number, number, (a, b) => {
          fc.pre(a !== 0n && b !== 0n);
          expect(call(name, [a, b])).toEqual(results(a, b));
        }),
        { numRuns: 1_500, seed: 128 },
      );
    });
  }

  it('end at the first of the two where the divisor is zero', () => {
    expect(call('quotient_first', [7n, 0n])).toBe('ARITHMETIC_ERROR 2');
    expect(call('remainder_first', [7n, 0n])).toBe('ARITHMETIC_ERROR 2');
  });
});
