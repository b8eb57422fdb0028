// Rules on functions that stand for operations on structs (bytecode version 10), one broken module each.

import type { FunctionDraft, ModuleDraft } from '../../../testing/module-draft.ts';
import type { Instruction, SignatureToken } from '../../bytecode/module.ts';
import {
  ABORT,
  BOOL,
  code,
  drop,
  key,
  moveLoc,
  mut,
  ONE,
  POP,
  RET,
  type Rule,
  ref,
  rule,
  T0,
  U64,
} from './rule.suite.ts';

const T1: SignatureToken = { kind: 'typeParameter', index: 1 };
const POINT: SignatureToken = { kind: 'struct', handle: 0, typeArgs: [] };
const SHAPE: SignatureToken = { kind: 'struct', handle: 1, typeArgs: [] };
const pair = (...typeArgs: readonly SignatureToken[]): SignatureToken => ({ kind: 'struct', handle: 2, typeArgs });

type Change = Partial<FunctionDraft> & { readonly name?: string };
type Make = (d: ModuleDraft, change?: Change) => void;

function define(d: ModuleDraft, name: string, draft: FunctionDraft, change: Change): void {
  d.function(change.name ?? name, { ...draft, ...change });
}

/** Of a variant of `Shape`. */
function variantHandle(d: ModuleDraft, variant: number): number {
  const known = d.structVariantHandles.findIndex((handle) => handle.variant === variant);
  return known < 0 ? d.structVariantHandles.push({ struct: 1, variant }) - 1 : known;
}

/** `Point { x: u64, y: bool }`, `Shape { A { x: u64 }, B { x: u64, y: bool }, C { x: bool } }`, `Pair<T, U> { a: T, b: U }`. */
function structs(d: ModuleDraft): void {
  const x = ['x', U64] as const;
  const y = ['y', BOOL] as const;
  d.struct('Point', { fields: [x, y] });
  d.struct('Shape', { variants: { A: [x], B: [x, y], C: [['x', BOOL]] } });
  const fields = [
    ['a', T0],
    ['b', T1],
  ] as const;
  d.struct('Pair', { typeParameters: [0, 0], fields });
}

const packPoint: Make = (d, change = {}) => {
  const operation: Instruction = { op: 'pack', index: 0 };
  const code = [moveLoc(0), moveLoc(1), operation, RET];
  define(d, 'pack$Point', { parameters: [U64, BOOL], returns: [POINT], attributes: [{ kind: 'pack' }], code }, change);
};

const unpackPoint: Make = (d, change = {}) => {
  const code: readonly Instruction[] = [moveLoc(0), { op: 'unpack', index: 0 }, RET];
  const attributes = [{ kind: 'unpack' }] as const;
  define(d, 'unpack$Point', { parameters: [POINT], returns: [U64, BOOL], attributes, code }, change);
};

const borrowY: Make = (d, change = {}) => {
  const index = d.fieldHandles.push({ owner: 0, field: 1 }) - 1;
  const code: readonly Instruction[] = [moveLoc(0), { op: 'immBorrowField', index }, RET];
  const attributes = [{ kind: 'borrowField', field: 1 }] as const;
  define(d, 'borrow$Point$1', { parameters: [ref(POINT)], returns: [ref(BOOL)], attributes, code }, change);
};

const borrowXMut: Make = (d, change = {}) => {
  const index = d.fieldHandles.push({ owner: 0, field: 0 }) - 1;
  const code: readonly Instruction[] = [moveLoc(0), { op: 'mutBorrowField', index }, RET];
  const attributes = [{ kind: 'borrowFieldMutable', field: 0 }] as const;
  define(d, 'borrow_mut$Point$0', { parameters: [mut(POINT)], returns: [mut(U64)], attributes, code }, change);
};

const packB: Make = (d, change = {}) => {
  const index = variantHandle(d, 1);
  const code: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'packVariant', index }, RET];
  const attributes = [{ kind: 'packVariant', variant: 1 }] as const;
  define(d, 'pack$Shape$B', { parameters: [U64, BOOL], returns: [SHAPE], attributes, code }, change);
};

const unpackB: Make = (d, change = {}) => {
  const index = variantHandle(d, 1);
  const code: readonly Instruction[] = [moveLoc(0), { op: 'unpackVariant', index }, RET];
  const attributes = [{ kind: 'unpackVariant', variant: 1 }] as const;
  define(d, 'unpack$Shape$B', { parameters: [SHAPE], returns: [U64, BOOL], attributes, code }, change);
};

const testC: Make = (d, change = {}) => {
  const index = variantHandle(d, 2);
  const code: readonly Instruction[] = [moveLoc(0), { op: 'testVariant', index }, RET];
  const attributes = [{ kind: 'testVariant', variant: 2 }] as const;
  define(d, 'test_variant$Shape$C', { parameters: [ref(SHAPE)], returns: [BOOL], attributes, code }, change);
};

/** The first of the types that variants have first. */
function borrowVariants(d: ModuleDraft, variants: readonly number[], change: Change = {}): void {
  const index = d.variantFieldHandles.push({ struct: 1, field: 0, variants }) - 1;
  const code: readonly Instruction[] = [moveLoc(0), { op: 'immBorrowVariantField', index }, RET];
  const attributes = [{ kind: 'borrowField', field: 0 }] as const;
  define(d, 'borrow$Shape$0$0', { parameters: [ref(SHAPE)], returns: [ref(U64)], attributes, code }, change);
}

const borrowVariant: Make = (d, change) => borrowVariants(d, [0, 1], change);

const packPair: Make = (d, change = {}) => {
  const index = d.instantiate('structInstantiations', 2, [T0, T1]);
  const code: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'packGeneric', index }, RET];
  const attributes = [{ kind: 'pack' }] as const;
  const draft = { typeParameters: [0, 0], parameters: [T0, T1], returns: [pair(T0, T1)], attributes, code };
  define(d, 'pack$Pair', draft, change);
};

const unpackPair: Make = (d, change = {}) => {
  const index = d.instantiate('structInstantiations', 2, [T0, T1]);
  const code: readonly Instruction[] = [moveLoc(0), { op: 'unpackGeneric', index }, RET];
  const attributes = [{ kind: 'unpack' }] as const;
  const draft = { typeParameters: [0, 0], parameters: [pair(T0, T1)], returns: [T0, T1], attributes, code };
  define(d, 'unpack$Pair', draft, change);
};

function broken(title: string, make: Make, change: Change | ((d: ModuleDraft) => Change)): Rule {
  const draft = (d: ModuleDraft): void => {
    structs(d);
    make(d, typeof change === 'function' ? change(d) : change);
  };
  return rule('INVALID_STRUCT_API_CODE', title, draft, { version: 10 });
}

/** The module with one of each. */
export function healthyStructApi(d: ModuleDraft): void {
  structs(d);
  const makes = [
    packPoint,
    unpackPoint,
    borrowY,
    borrowXMut,
    packB,
    unpackB,
    testC,
    borrowVariant,
    packPair,
    unpackPair,
  ];
  for (const make of makes) make(d);
  // What is no struct's may be called so.
  d.function('pack$Line', { code: [RET] });
  d.function('make$Point', { code: [RET] });
  d.function('borrow$Point$y', { code: [RET] });
}

export const STRUCT_API: readonly Rule[] = [
  broken('the name of an operation without its attribute', packPoint, { attributes: [] }),
  broken('the name of an operation with an attribute of another sort', packPoint, {
    attributes: [{ kind: 'persistent' }],
  }),
  broken('the attribute of an operation without the name', packPoint, { name: 'make' }),
  broken('two operations at once', packPoint, { attributes: [{ kind: 'pack' }, { kind: 'unpack' }] }),
  broken('the name of one operation with the attribute of another', packPoint, { attributes: [{ kind: 'unpack' }] }),
  broken('the attribute of a variant and a name without', packPoint, {
    attributes: [{ kind: 'packVariant', variant: 0 }],
  }),
  broken(
    'a native operation',
    (d) => d.function('pack$Point', { parameters: [U64, BOOL], returns: [POINT], attributes: [{ kind: 'pack' }] }),
    {},
  ),
  broken('other types than the fields have', packPoint, {
    parameters: [U64, U64],
    code: [moveLoc(0), moveLoc(1), POP, { op: 'ldTrue' }, { op: 'pack', index: 0 }, RET],
  }),
  broken('fields in another order', packPoint, {
    parameters: [BOOL, U64],
    code: [moveLoc(1), moveLoc(0), { op: 'pack', index: 0 }, RET],
  }),
  broken('one argument too many', packPoint, { parameters: [U64, BOOL, U64] }),
  broken('another result', packPoint, { returns: [SHAPE], code: ABORT }),
  broken('an instruction too many', packPoint, {
    code: [moveLoc(0), moveLoc(1), { op: 'nop' }, { op: 'pack', index: 0 }, RET],
  }),
  broken('an instruction after the return', packPoint, {
    code: [moveLoc(0), moveLoc(1), { op: 'pack', index: 0 }, RET, RET],
  }),
  broken('arguments copied', packPoint, {
    code: [{ op: 'copyLoc', local: 0 }, moveLoc(1), { op: 'pack', index: 0 }, RET],
  }),
  broken('an abort in place of the operation', packPoint, { code: ABORT }),
  broken('a type parameter that the struct does not have', packPoint, { typeParameters: [0] }),
  broken('an unpacked struct behind a reference', unpackPoint, { parameters: [ref(POINT)], code: ABORT }),
  broken('a result too few', unpackPoint, { returns: [U64], code: [moveLoc(0), { op: 'unpack', index: 0 }, POP, RET] }),
  broken('a field that is not there', borrowY, {
    name: 'borrow$Point$2',
    attributes: [{ kind: 'borrowField', field: 2 }],
  }),
  broken('a field that the attribute does not say', borrowY, { attributes: [{ kind: 'borrowField', field: 0 }] }),
  broken('a field of another type', borrowY, (d) => ({
    code: [moveLoc(0), { op: 'immBorrowField', index: d.fieldHandles.push({ owner: 0, field: 0 }) - 1 }, RET],
    returns: [ref(U64)],
  })),
  broken('a field lent for reading by who lends for writing', borrowXMut, {
    parameters: [ref(POINT)],
    returns: [ref(U64)],
    code: [moveLoc(0), { op: 'immBorrowField', index: 0 }, RET],
  }),
  broken('a field for reading out of a mutable reference', borrowY, { parameters: [mut(POINT)] }),
  broken('a number of types where a struct has one', borrowY, { name: 'borrow$Point$1$0' }),
  broken('a variant that the attribute does not say', packB, { attributes: [{ kind: 'packVariant', variant: 0 }] }),
  broken('a variant that is not there', packB, { name: 'pack$Shape$D' }),
  broken('a variant without its name', packB, { name: 'pack$Shape' }),
  broken('another variant unpacked', unpackB, (d) => ({
    returns: [BOOL],
    code: [moveLoc(0), { op: 'unpackVariant', index: variantHandle(d, 2) }, RET],
  })),
  broken('another variant tried', testC, (d) => ({
    code: [moveLoc(0), { op: 'testVariant', index: variantHandle(d, 0) }, RET],
  })),
  broken('a variant of what is lent for writing', testC, { parameters: [mut(SHAPE)] }),
  broken('a variant of what is no reference', testC, { parameters: [SHAPE], code: ABORT }),
  broken('a field of some of the variants that have it', (d, change) => borrowVariants(d, [0], change), {}),
  broken('a number of types too large', borrowVariant, { name: 'borrow$Shape$0$3' }),
  broken('a field of variants without the number of its type', borrowVariant, { name: 'borrow$Shape$0' }),
  broken('type parameters in another order', packPair, (d) => ({
    parameters: [T1, T0],
    returns: [pair(T1, T0)],
    code: [
      moveLoc(0),
      moveLoc(1),
      { op: 'packGeneric', index: d.instantiate('structInstantiations', 2, [T1, T0]) },
      RET,
    ],
  })),
  broken('type arguments that are no parameters', unpackPair, { parameters: [pair(U64, U64)], code: ABORT }),
  rule(
    'INVALID_STRUCT_API_CODE',
    'an operation on a resource',
    (d) => {
      d.struct('Point', { abilities: key | drop, fields: [['x', U64]] });
      const body: readonly Instruction[] = [moveLoc(0), { op: 'pack', index: 0 }, RET];
      d.function('pack$Point', { parameters: [U64], returns: [POINT], attributes: [{ kind: 'pack' }], code: body });
    },
    { version: 10 },
  ),
  rule(
    'INVALID_STRUCT_API_CODE',
    "another module's function with two operations",
    (d) => {
      const attributes = [{ kind: 'pack' }, { kind: 'unpack' }] as const;
      d.functionHandle(d.module('other'), 'f', { attributes });
    },
    { version: 10 },
  ),
  code(
    'PACK_TYPE_MISMATCH_ERROR',
    'the name of an operation in a version that gives it no meaning, with a fault of another kind',
    (d) => {
      d.struct('Point');
      d.function('pack$Point', { returns: [POINT], code: [{ op: 'ldTrue' }, { op: 'pack', index: 0 }, RET] });
      return { code: [ONE, POP, RET] };
    },
    { version: 9 },
  ),
];
