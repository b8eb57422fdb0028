// The order of function values, and of the type tags that it looks at.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../base/ids.ts';
import { formatTypeTag, parseTypeTag, type TypeTag } from '../../base/type-tag.ts';
import {
  assembled,
  CLOSURE_VERSION,
  ClosureWorld,
  callGeneric,
  copyLoc,
  fn,
  immBorrowLoc,
  ldU64,
  leaf,
  packClosure,
  parameter,
  reference,
  ret,
  stLoc,
  U64,
  u64,
  vector,
} from '../../testing/closure-programs.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { moduleBytes } from '../../testing/test-state.ts';
import type { Instruction, SignatureToken } from '../bytecode/module.ts';
import { compareTags } from './closure-order.ts';

/** As the Rust VM's derived order has them. */
const ORDERED = [
  'bool',
  'u8',
  'u64',
  'u128',
  'address',
  'signer',
  'vector<bool>',
  'vector<vector<u8>>',
  '0x1::a::A',
  '0x1::a::A<bool>',
  '0x1::a::A<bool, u8>',
  '0x1::a::A<u8>',
  '0x1::a::B',
  '0x1::b::A',
  '0x2::a::A',
  'u16',
  'u32',
  'u256',
  '||()',
  '||() has copy',
  '||(bool)',
  '|&u8|()',
  '|&mut bool|()',
  '|bool|()',
  'i8',
  'i256',
];

const tag: fc.Arbitrary<TypeTag> = fc.constantFrom(...ORDERED).map((text) => parseTypeTag(text));

describe('the order of type tags', () => {
  it('is that of their declaration, then of their parts', () => {
    const tags = ORDERED.map((text) => parseTypeTag(text));
    expect(tags.map(formatTypeTag)).toEqual(ORDERED);
    expect([...tags].reverse().sort(compareTags)).toEqual(tags);
  });

  it('is one way around, and tells what is equal', () => {
    fc.assert(
      fc.property(tag, tag, (a, b) => {
        expect(Math.sign(compareTags(a, b))).toBe(-Math.sign(compareTags(b, a)) + 0);
        expect(compareTags(a, b) === 0).toBe(formatTypeTag(a) === formatTypeTag(b));
      }),
    );
  });
});

describe('0x1::cmp on function values', () => {
  const VALUE = fn([U64], [U64]);
  /** The signature of what `f` returns: the third that the draft makes. */
  const U64_ALONE = 2;
  const framework = moduleBytes('move/framework/bytecode');

  /** `compare(x, y)` of the values that `first` and `second` make of locals 0 and 1. */
  function comparing(first: readonly Instruction[], second: readonly Instruction[]): ClosureWorld {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    for (const name of ['f', 'g']) {
      draft.function(name, { parameters: [U64, U64], returns: [U64], code: [copyLoc(0), ret] });
    }
    draft.function('signed', { parameters: [leaf('u8'), vector(U64), U64], returns: [U64], code: [copyLoc(2), ret] });
    const cmp = draft.module('cmp', parseAddress('0x1'));
    const ordering: SignatureToken = {
      kind: 'struct',
      handle: draft.structHandle(cmp, 'Ordering', { abilities: 3 }),
      typeArgs: [],
    };
    const compare = draft.functionHandle(cmp, 'compare', {
      typeParameters: [0],
      parameters: [reference(parameter(0)), reference(parameter(0))],
      returns: [ordering],
    });
    draft.function('compare', {
      parameters: [U64, U64],
      returns: [ordering],
      locals: [VALUE, VALUE],
      code: [
        ...first,
        stLoc(2),
        ...second,
        stLoc(3),
        immBorrowLoc(2),
        immBorrowLoc(3),
        callGeneric(draft.instantiate('functionInstantiations', compare, [VALUE])),
        ret,
      ],
    });
    return new ClosureWorld([...framework, ...assembled(draft)]);
  }
  const order = (world: ClosureWorld, x: number, y: number): unknown => {
    const { status, returns } = world.run('compare', [u64(x), u64(y)]);
    return status.kind === 'executed' ? returns[0]?.[0] : status;
  };
  const [LESS, EQUAL, GREATER] = [0, 1, 2];

  it('looks at the function first, then at what was captured', () => {
    const same = comparing([copyLoc(0), packClosure(0, 1)], [copyLoc(1), packClosure(0, 2)]);
    expect([order(same, 1, 2), order(same, 2, 2), order(same, 256, 2)]).toEqual([LESS, EQUAL, GREATER]);
    const other = comparing([copyLoc(0), packClosure(0, 1)], [copyLoc(1), packClosure(1, 1)]);
    expect([order(other, 1, 2), order(other, 9, 2)]).toEqual([LESS, LESS]);
  });

  it('looks at captured vectors element by element', () => {
    const made = (length: number): Instruction[] => [
      { op: 'ldU8', value: 1 },
      ...Array.from({ length }, (_, index) => (index === 0 ? copyLoc(0) : ldU64(index))),
      { op: 'vecPack', type: U64_ALONE, count: length },
      packClosure(2, 0b011),
    ];
    const world = (a: number, b: number): ClosureWorld => comparing(made(a), made(b));
    expect([order(world(1, 2), 5, 0), order(world(2, 2), 5, 0), order(world(3, 2), 5, 0)]).toEqual([
      LESS,
      EQUAL,
      GREATER,
    ]);
  });
});
