// A wide result that is stored at once is written where the local is: also over its own operand, and with older values of the local still about.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleModule } from '../../testing/assemble.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import type { Instruction, SignatureToken } from '../bytecode/module.ts';
import { MoveVm, type RunResult } from '../index.ts';

const KINDS = ['u128', 'u256', 'i128', 'i256'] as const;
type Kind = (typeof KINDS)[number];
const BITS: Readonly<Record<Kind, number>> = { u128: 128, u256: 256, i128: 128, i256: 256 };
const OPERATIONS = ['add', 'sub', 'mul', 'div', 'mod', 'bitAnd', 'bitOr', 'xor', 'shl', 'shr', 'negate'] as const;
type Operation = (typeof OPERATIONS)[number];

/** Of shifts that say by how much. */
const AMOUNTS = [0, 1, 29, 63, 64, 65, 127, 128, 129, 191, 192, 200, 255];

const copy = (local: number): Instruction => ({ op: 'copyLoc', local });
const store = (local: number): Instruction => ({ op: 'stLoc', local });
const ret: Instruction = { op: 'ret' };

function isKnown(kind: Kind, operation: Operation): boolean {
  const signed = kind.startsWith('i');
  if (operation === 'negate') return signed;
  return !signed || !['bitAnd', 'bitOr', 'xor', 'shl', 'shr'].includes(operation);
}

/** `<kind>_<operation>(x, y)`: the result alone, and x before and after the result was put over it, with x read by reference in between. */
function draft(): ModuleDraft {
  const module = new ModuleDraft('results', 10);
  for (const kind of KINDS) {
    const type: SignatureToken = { kind };
    for (const operation of OPERATIONS.filter((one) => isKnown(kind, one))) {
      const second = operation === 'shl' || operation === 'shr' ? [copy(2)] : operation === 'negate' ? [] : [copy(1)];
      const operate = { op: operation } as Instruction;
      module.function(`${kind}_${operation}`, {
        visibility: 'public',
        parameters: [type, type, { kind: 'u8' }],
        locals: [type],
        returns: [type, type, type, type],
        code: [
          copy(0),
          ...second,
          operate,
          copy(0),
          store(3),
          copy(3),
          { op: 'immBorrowLoc', local: 0 },
          { op: 'readRef' },
          copy(0),
          ...second,
          operate,
          store(0),
          copy(0),
          ret,
        ],
      });
    }
  }
  for (const amount of AMOUNTS) {
    for (const op of ['shl', 'shr'] as const) {
      const shift: readonly Instruction[] = [copy(0), { op: 'ldU8', value: amount }, { op }];
      module.function(`${op}_by_${amount}`, {
        visibility: 'public',
        parameters: [{ kind: 'u256' }],
        returns: [{ kind: 'u256' }, { kind: 'u256' }],
        code: [...shift, ...shift, store(0), copy(0), ret],
      });
    }
  }
  return module;
}

const state = new TestState([assembleModule(draft().build())]);
const vm = new MoveVm();

function bytesOf(value: bigint, bits: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bits / 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function run(name: string, args: readonly Uint8Array<ArrayBuffer>[]): RunResult {
  return vm.run(state, {
    call: { module: { address: DRAFT_ADDRESS, name: 'results' }, function: name, typeArgs: [], args },
    senders: [],
    gasLimit: 1_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  });
}

describe('a wide result that is stored at once', () => {
  for (const kind of KINDS) {
    const bits = BITS[kind];
    const number = fc
      .tuple(fc.integer({ min: 0, max: bits - 1 }), fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), fc.boolean())
      .map(([size, value, isInverse]) =>
        BigInt.asUintN(bits, isInverse ? ~(value >> BigInt(256 - size)) : value >> BigInt(256 - size)),
      );
    for (const operation of OPERATIONS.filter((one) => isKnown(kind, one))) {
      it(`is the result of ${operation} of ${kind}, and what was there before stays what it was`, () => {
        fc.assert(
          fc.property(number, number, fc.integer({ min: 0, max: bits - 1 }), (x, y, amount) => {
            const args = [bytesOf(x, bits), bytesOf(y, bits), Uint8Array.of(amount)];
            const { status, returns } = run(`${kind}_${operation}`, args);
            if (status.kind !== 'executed') {
              expect(status).toMatchObject({ kind: 'failure', code: 'ARITHMETIC_ERROR' });
              return;
            }
            const [result, before, read, after] = returns;
            expect(before).toEqual(bytesOf(x, bits));
            expect(read).toEqual(bytesOf(x, bits));
            expect(after).toEqual(result);
          }),
          { numRuns: 150, seed: bits },
        );
      });
    }
  }

  for (const amount of AMOUNTS) {
    it(`is the result of a shift by ${amount} that the code names`, () => {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), (value) => {
          for (const op of ['shl', 'shr'] as const) {
            const expected = op === 'shl' ? BigInt.asUintN(256, value << BigInt(amount)) : value >> BigInt(amount);
            const { returns } = run(`${op}_by_${amount}`, [bytesOf(value, 256)]);
            expect(returns).toEqual([bytesOf(expected, 256), bytesOf(expected, 256)]);
          }
        }),
        { numRuns: 50, seed: amount },
      );
    });
  }
});
