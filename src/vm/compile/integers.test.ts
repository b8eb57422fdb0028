// All twelve integer types against bigint: values of every magnitude, results that just fit and just do not, every cast.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleModule } from '../../testing/assemble.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import type { Instruction } from '../bytecode/module.ts';
import { MoveVm } from '../index.ts';
import { INTEGER_BITS, type IntegerKind, isSigned, largest, smallest } from '../types/integer-kind.ts';

type Op = Instruction['op'];

const KINDS = Object.keys(INTEGER_BITS) as IntegerKind[];
const UNSIGNED = KINDS.filter((kind) => !isSigned(kind));
const NO_RESULT = 'ARITHMETIC_ERROR';

/** Absent: the run ends. */
const ARITHMETIC: Readonly<
  Record<'add' | 'sub' | 'mul' | 'div' | 'mod', (a: bigint, b: bigint) => bigint | undefined>
> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? undefined : a / b),
  // Where the quotient does not fit, Rust gives no remainder either.
  mod: (a, b) => (b === 0n ? undefined : a % b),
};
const COMPARISONS: Readonly<Record<'lt' | 'gt' | 'le' | 'ge' | 'eq' | 'neq', (a: bigint, b: bigint) => boolean>> = {
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};
const BITWISE: Readonly<Record<'bitAnd' | 'bitOr' | 'xor', (a: bigint, b: bigint) => bigint>> = {
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};
const EDGES = [
  0n,
  1n,
  2n,
  3n,
  7n,
  10n,
  0xffn,
  1n << 31n,
  1n << 32n,
  (1n << 32n) + 1n,
  10n ** 18n,
  1n << 63n,
  1n << 64n,
];

const state = new TestState([assembleModule(draft().build())]);
const vm = new MoveVm();

/** A function for each operation and type. */
function draft(): ModuleDraft {
  const module = new ModuleDraft('integers', 10);
  const binary = (op: Op, kind: IntegerKind, result: IntegerKind | 'bool', second: IntegerKind = kind): void => {
    module.function(`${op}_${kind}`, {
      visibility: 'public',
      parameters: [{ kind }, { kind: second }],
      returns: [{ kind: result }],
      code: [{ op: 'copyLoc', local: 0 }, { op: 'copyLoc', local: 1 }, { op } as Instruction, { op: 'ret' }],
    });
  };
  const unary = (name: string, kind: IntegerKind, result: IntegerKind, op: Op): void => {
    module.function(name, {
      visibility: 'public',
      parameters: [{ kind }],
      returns: [{ kind: result }],
      code: [{ op: 'copyLoc', local: 0 }, { op } as Instruction, { op: 'ret' }],
    });
  };
  for (const kind of KINDS) {
    for (const op of Object.keys(ARITHMETIC)) binary(op as Op, kind, kind);
    for (const op of Object.keys(COMPARISONS)) binary(op as Op, kind, 'bool');
    for (const to of KINDS) unary(`${kind}_to_${to}`, kind, to, `cast${upper(to)}` as Op);
    if (isSigned(kind)) {
      unary(`negate_${kind}`, kind, kind, 'negate');
    } else {
      for (const op of Object.keys(BITWISE)) binary(op as Op, kind, kind);
      for (const op of ['shl', 'shr'] as const) binary(op, kind, kind, 'u8');
    }
    stored(module, kind);
    constants(module, kind);
  }
  return module;
}

/** Through a borrowed local, a struct and a vector: the value in memory is the value. */
function stored(module: ModuleDraft, kind: IntegerKind): void {
  const struct = module.struct(`Box_${kind}`, {
    abilities: 3,
    fields: [
      ['flag', { kind: 'bool' }],
      ['value', { kind }],
    ],
  });
  const type = module.typeOf(struct);
  const field = module.fieldHandles.push({ owner: struct, field: 1 }) - 1;
  const elements = module.signature([{ kind }]);
  module.function(`stored_${kind}`, {
    visibility: 'public',
    parameters: [{ kind }],
    returns: [{ kind }, { kind: 'vector', inner: { kind } }],
    locals: [type],
    code: [
      { op: 'ldTrue' },
      { op: 'immBorrowLoc', local: 0 },
      { op: 'readRef' },
      { op: 'pack', index: struct },
      { op: 'stLoc', local: 1 },
      { op: 'immBorrowLoc', local: 1 },
      { op: 'immBorrowField', index: field },
      { op: 'readRef' },
      { op: 'copyLoc', local: 0 },
      { op: 'copyLoc', local: 0 },
      { op: 'vecPack', type: elements, count: 2 },
      { op: 'ret' },
    ],
  });
}

/** The ends of the range, by instruction and from the pool. */
function constants(module: ModuleDraft, kind: IntegerKind): void {
  const bits = INTEGER_BITS[kind];
  const load = (value: bigint): Instruction =>
    ({ op: `ld${upper(kind)}`, value: bits < 64 ? Number(value) : value }) as Instruction;
  const values = [smallest(kind), largest(kind)];
  module.function(`constants_${kind}`, {
    visibility: 'public',
    returns: values.flatMap(() => [{ kind }, { kind }] as const),
    code: [
      ...values.flatMap((value): Instruction[] => [
        load(value),
        { op: 'ldConst', index: module.constant({ kind }, littleEndian(value, bits)) },
      ]),
      { op: 'ret' },
    ],
  });
}

function upper(kind: IntegerKind): string {
  return kind.toUpperCase();
}

function littleEndian(value: bigint, bits: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bits / 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function decoded(kind: IntegerKind, bytes: Uint8Array): bigint {
  const value = bytes.reduceRight((rest, byte) => (rest << 8n) | BigInt(byte), 0n);
  return isSigned(kind) ? BigInt.asIntN(INTEGER_BITS[kind], value) : value;
}

function call(name: string, args: readonly Uint8Array<ArrayBuffer>[]): readonly Uint8Array[] | string {
  const { status, returns } = vm.run(state, {
    call: { module: { address: DRAFT_ADDRESS, name: 'integers' }, function: name, typeArgs: [], args },
    senders: [],
    gasLimit: 1_000n,
    transactionHash: new Uint8Array(32),
    access: 'any',
  });
  return status.kind === 'executed' ? returns : status.kind === 'failure' ? status.code : 'abort';
}

function first(kind: IntegerKind, result: readonly Uint8Array[] | string): bigint | string {
  return typeof result === 'string' ? result : decoded(kind, result[0] ?? new Uint8Array());
}

/** As many short numbers as long ones, the ends of the range, and what is near them. */
function integer(kind: IntegerKind): fc.Arbitrary<bigint> {
  const [min, max] = [smallest(kind), largest(kind)];
  const clamp = (value: bigint): bigint => (value < min ? min : value > max ? max : value);
  const size = fc.integer({ min: 0, max: INTEGER_BITS[kind] });
  const short = size.chain((bits) => fc.bigInt({ min: -(1n << BigInt(bits)), max: 1n << BigInt(bits) })).map(clamp);
  // Words that are all ones or all zeros make long division guess wrong.
  const words = fc
    .array(fc.constantFrom(0n, 1n, (1n << 64n) - 1n, 1n << 63n, (1n << 63n) - 1n), { minLength: 1, maxLength: 4 })
    .map((list) => list.reduce((value, word) => (value << 64n) | word, 0n))
    .map((value) =>
      isSigned(kind) ? BigInt.asIntN(INTEGER_BITS[kind], value) : BigInt.asUintN(INTEGER_BITS[kind], value),
    );
  const edges = [min, min + 1n, max, max - 1n, max / 2n + 1n, ...EDGES, ...EDGES.map((value) => -value)].map(clamp);
  return fc.oneof(short, fc.bigInt({ min, max }), words, fc.constantFrom(...edges));
}

function fits(kind: IntegerKind, value: bigint | undefined): value is bigint {
  return value !== undefined && value >= smallest(kind) && value <= largest(kind);
}

describe('integers', () => {
  for (const kind of KINDS) {
    const bits = INTEGER_BITS[kind];
    const bytes = (value: bigint) => littleEndian(value, bits);

    it(`${kind} counts as bigint does, and ends the run where it cannot`, () => {
      fc.assert(
        fc.property(integer(kind), integer(kind), (a, b) => {
          for (const [name, compute] of Object.entries(ARITHMETIC)) {
            const hasQuotient = b !== 0n && fits(kind, a / b);
            const expected = name === 'mod' && !hasQuotient ? undefined : compute(a, b);
            const got = first(kind, call(`${name}_${kind}`, [bytes(a), bytes(b)]));
            expect(got, `${name} ${a} ${b}`).toBe(fits(kind, expected) ? expected : NO_RESULT);
          }
        }),
        { numRuns: bits > 64 ? 1_000 : 300, seed: bits },
      );
    });

    it(`${kind} compares as bigint does`, () => {
      fc.assert(
        fc.property(integer(kind), integer(kind), fc.boolean(), (a, other, same) => {
          const b = same ? a : other;
          for (const [name, compute] of Object.entries(COMPARISONS)) {
            const got = call(`${name}_${kind}`, [bytes(a), bytes(b)]);
            expect(got, `${name} ${a} ${b}`).toEqual([Uint8Array.of(compute(a, b) ? 1 : 0)]);
          }
        }),
        { numRuns: 200, seed: bits },
      );
    });

    it(`${kind} becomes every other type, where it fits`, () => {
      fc.assert(
        fc.property(integer(kind), (value) => {
          for (const to of KINDS) {
            const got = first(to, call(`${kind}_to_${to}`, [bytes(value)]));
            expect(got, `${value} to ${to}`).toBe(fits(to, value) ? value : NO_RESULT);
          }
        }),
        { numRuns: 300, seed: bits },
      );
    });

    it(`${kind} is what it was behind references, in structs, in vectors and as a constant`, () => {
      fc.assert(
        fc.property(integer(kind), (value) => {
          const result = call(`stored_${kind}`, [bytes(value)]);
          expect(result).toEqual([bytes(value), Uint8Array.of(2, ...bytes(value), ...bytes(value))]);
        }),
        { numRuns: 50, seed: bits },
      );
      const ends = [smallest(kind), smallest(kind), largest(kind), largest(kind)];
      expect(call(`constants_${kind}`, [])).toEqual(ends.map(bytes));
    });
  }

  for (const kind of KINDS.filter(isSigned)) {
    it(`${kind} has an opposite, but for the smallest`, () => {
      fc.assert(
        fc.property(integer(kind), (value) => {
          const got = first(kind, call(`negate_${kind}`, [littleEndian(value, INTEGER_BITS[kind])]));
          expect(got).toBe(value === smallest(kind) ? NO_RESULT : -value);
        }),
        { numRuns: 200, seed: 1 },
      );
    });
  }

  for (const kind of UNSIGNED) {
    const bits = INTEGER_BITS[kind];
    it(`${kind} has bits and shifts as bigint does`, () => {
      fc.assert(
        fc.property(integer(kind), integer(kind), fc.integer({ min: 0, max: 255 }), (a, b, amount) => {
          for (const [name, compute] of Object.entries(BITWISE)) {
            const got = first(kind, call(`${name}_${kind}`, [littleEndian(a, bits), littleEndian(b, bits)]));
            expect(got, `${name} ${a} ${b}`).toBe(compute(a, b));
          }
          const args = [littleEndian(a, bits), Uint8Array.of(amount)];
          const left = amount < bits ? BigInt.asUintN(bits, a << BigInt(amount)) : NO_RESULT;
          const right = amount < bits ? a >> BigInt(amount) : NO_RESULT;
          const got = [first(kind, call(`shl_${kind}`, args)), first(kind, call(`shr_${kind}`, args))];
          expect(got, `${a} ${amount}`).toEqual([left, right]);
        }),
        { numRuns: 300, seed: bits },
      );
    });
  }

  for (const [from, to] of [
    ['u128', 'u128'],
    ['u256', 'u256'],
    ['i128', 'u128'],
    ['u256', 'i256'],
    ['u256', 'i128'],
  ] as const) {
    it(`a ${from} as ${to} stays what it was when its local is written`, () => {
      const module = new ModuleDraft('stays', 10);
      module.function('f', {
        parameters: [{ kind: from }],
        returns: [{ kind: to }],
        code: [
          { op: 'copyLoc', local: 0 },
          { op: `cast${upper(to)}` } as Instruction,
          { op: `ld${upper(from)}`, value: 5n } as Instruction,
          { op: 'stLoc', local: 0 },
          { op: 'ret' },
        ],
      });
      const { returns } = vm.run(new TestState([assembleModule(module.build())]), {
        call: {
          module: { address: DRAFT_ADDRESS, name: 'stays' },
          function: 'f',
          typeArgs: [],
          args: [littleEndian(7n, INTEGER_BITS[from])],
        },
        senders: [],
        gasLimit: 1_000n,
        transactionHash: new Uint8Array(32),
        access: 'any',
      });
      expect(returns).toEqual([littleEndian(7n, INTEGER_BITS[to])]);
    });
  }

  it('the bits of a signed integer are not to be had', () => {
    for (const op of ['bitAnd', 'bitOr', 'xor', 'shl', 'shr'] as const) {
      const module = new ModuleDraft('bits', 10);
      module.function('f', {
        parameters: [{ kind: 'i64' }, { kind: op === 'shl' || op === 'shr' ? 'u8' : 'i64' }],
        returns: [{ kind: 'i64' }],
        code: [{ op: 'copyLoc', local: 0 }, { op: 'copyLoc', local: 1 }, { op }, { op: 'ret' }],
      });
      const refused = vm.checkPublish(new TestState(), DRAFT_ADDRESS, [assembleModule(module.build())]);
      expect(refused, op).toMatchObject({ ok: false, error: { code: 'INTEGER_OP_TYPE_MISMATCH_ERROR' } });
    }
  });
});
