// Arithmetic on every integer type against bigint: values of every magnitude, results that just fit and just do not.

import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../base/ids.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import { MoveVm } from '../index.ts';
import { INTEGER_BITS, type IntegerKind } from '../types/type.ts';

const state = new TestState([
  ...moduleBytes(path.resolve(import.meta.dirname, '../../../move/framework/bytecode')),
  ...moduleBytes(path.resolve(import.meta.dirname, '../fixtures/bytecode')),
]);
const vm = new MoveVm();
const MODULE = { address: parseAddress('0xcafe'), name: 'arithmetic' };

/** Absent: the run ends. */
const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? undefined : a / b),
  mod: (a, b) => (b === 0n ? undefined : a % b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function littleEndian(value: bigint, bits: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bits / 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function run(name: string, args: readonly Uint8Array<ArrayBuffer>[]): bigint | string {
  const { status, returns } = vm.run(state, {
    call: { module: MODULE, function: name, typeArgs: [], args },
    senders: [],
    gasLimit: 1_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  });
  if (status.kind === 'failure') return status.code;
  return (returns[0] ?? new Uint8Array()).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** As many short numbers as long ones, and the ends of the range. */
function integer(bits: number): fc.Arbitrary<bigint> {
  const max = (1n << BigInt(bits)) - 1n;
  const short = fc
    .integer({ min: 0, max: bits })
    .chain((size) => fc.bigInt({ min: 0n, max: (1n << BigInt(size)) - 1n }));
  return fc.oneof(short, fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, max, max - 1n, max / 2n + 1n));
}

describe('integers', () => {
  for (const [kind, bits] of Object.entries(INTEGER_BITS) as [IntegerKind, number][]) {
    it(`${kind} counts as bigint does, and ends the run where it cannot`, () => {
      const fits = (value: bigint | undefined): value is bigint =>
        value !== undefined && value >= 0n && value >> BigInt(bits) === 0n;
      fc.assert(
        fc.property(integer(bits), integer(bits), (a, b) => {
          for (const [name, compute] of Object.entries(OPERATIONS)) {
            const expected = compute(a, b);
            const got = run(`${name}_${kind}`, [littleEndian(a, bits), littleEndian(b, bits)]);
            expect(got, `${name} ${a} ${b}`).toBe(fits(expected) ? expected : 'ARITHMETIC_ERROR');
          }
        }),
        { numRuns: 300, seed: bits },
      );
    });

    it(`${kind} shifts as bigint does`, () => {
      const mask = (1n << BigInt(bits)) - 1n;
      fc.assert(
        fc.property(integer(bits), fc.integer({ min: 0, max: 255 }), (a, amount) => {
          const args = [littleEndian(a, bits), Uint8Array.of(amount)];
          const left = amount < bits ? (a << BigInt(amount)) & mask : 'ARITHMETIC_ERROR';
          const right = amount < bits ? a >> BigInt(amount) : 'ARITHMETIC_ERROR';
          expect([run(`shl_${kind}`, args), run(`shr_${kind}`, args)], `${a} ${amount}`).toEqual([left, right]);
        }),
        { numRuns: 300, seed: bits },
      );
    });
  }
});
