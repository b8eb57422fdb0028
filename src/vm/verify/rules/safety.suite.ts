// Rules on what code does to values, one broken module each: locals, references, what is acquired.

import type { ModuleDraft } from '../../../testing/module-draft.ts';
import type { Instruction, SignatureToken } from '../../bytecode/module.ts';
import {
  ABORT,
  addressConstant,
  BOOL,
  brTrue,
  call,
  code,
  copy,
  copyLoc,
  drop,
  immBorrowLoc,
  moveLoc,
  mut,
  mutBorrowLoc,
  ONE,
  POP,
  RET,
  type Rule,
  ref,
  resource,
  stLoc,
  store,
  U64,
  vector,
} from './rule.suite.ts';

export const LOCALS: readonly Rule[] = [
  code('MOVELOC_UNAVAILABLE_ERROR', 'a local moved twice', () => ({
    parameters: [U64],
    code: [moveLoc(0), POP, moveLoc(0), POP, RET],
  })),
  code('COPYLOC_UNAVAILABLE_ERROR', 'a local that has a value on one way only', () => ({
    parameters: [BOOL],
    locals: [U64],
    code: [moveLoc(0), brTrue(4), ONE, stLoc(1), copyLoc(1), POP, RET],
  })),
  code('BORROWLOC_UNAVAILABLE_ERROR', 'a reference to a local without value', () => ({
    locals: [U64],
    code: [immBorrowLoc(0), POP, RET],
  })),
  code('STLOC_UNSAFE_TO_DESTROY_ERROR', 'a value without drop overwritten', (d) => {
    const type = d.typeOf(d.struct('S'));
    return { parameters: [type, type], code: [moveLoc(1), stLoc(0), ...ABORT] };
  }),
  code('UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP', 'a value without drop forgotten', (d) => ({
    parameters: [d.typeOf(d.struct('S'))],
    code: [RET],
  })),
];

/** A struct with two numbers, definition 0, and handles 0 and 1 of its fields. */
function pair(d: ModuleDraft): SignatureToken {
  const struct = d.struct('P', {
    abilities: copy | drop | store,
    fields: [
      ['x', U64],
      ['y', U64],
    ],
  });
  d.fieldHandles.push({ owner: struct, field: 0 }, { owner: struct, field: 1 });
  return d.typeOf(struct);
}

export const REFERENCES: readonly Rule[] = [
  code('COPYLOC_EXISTS_BORROW_ERROR', 'a local copied while it is mutably borrowed', () => ({
    parameters: [U64],
    locals: [mut(U64)],
    code: [mutBorrowLoc(0), stLoc(1), copyLoc(0), POP, ONE, moveLoc(1), { op: 'writeRef' }, RET],
  })),
  code('MOVELOC_EXISTS_BORROW_ERROR', 'a local moved while it is borrowed', () => ({
    parameters: [U64],
    locals: [ref(U64)],
    code: [immBorrowLoc(0), stLoc(1), moveLoc(0), POP, moveLoc(1), POP, RET],
  })),
  code('STLOC_UNSAFE_TO_DESTROY_ERROR', 'a local overwritten while it is borrowed', () => ({
    parameters: [U64],
    locals: [ref(U64)],
    code: [immBorrowLoc(0), stLoc(1), ONE, stLoc(0), moveLoc(1), POP, RET],
  })),
  code('BORROWLOC_EXISTS_BORROW_ERROR', 'a local borrowed while it is mutably borrowed', () => ({
    parameters: [U64],
    locals: [mut(U64)],
    code: [mutBorrowLoc(0), stLoc(1), immBorrowLoc(0), POP, moveLoc(1), POP, RET],
  })),
  code('FREEZEREF_EXISTS_MUTABLE_BORROW_ERROR', 'a reference frozen while its field is mutably borrowed', (d) => ({
    parameters: [mut(pair(d))],
    locals: [mut(U64)],
    code: [copyLoc(0), { op: 'mutBorrowField', index: 0 }, stLoc(1), moveLoc(0), { op: 'freezeRef' }, POP, RET],
  })),
  code('READREF_EXISTS_MUTABLE_BORROW_ERROR', 'a struct read while its field is mutably borrowed', (d) => ({
    parameters: [mut(pair(d))],
    locals: [mut(U64)],
    code: [copyLoc(0), { op: 'mutBorrowField', index: 0 }, stLoc(1), moveLoc(0), { op: 'readRef' }, POP, RET],
  })),
  code('WRITEREF_EXISTS_BORROW_ERROR', 'a struct written to while its field is borrowed', (d) => {
    const type = pair(d);
    return {
      parameters: [mut(type), type],
      locals: [ref(U64)],
      code: [
        copyLoc(0),
        { op: 'immBorrowField', index: 0 },
        stLoc(2),
        moveLoc(1),
        moveLoc(0),
        { op: 'writeRef' },
        moveLoc(2),
        POP,
        RET,
      ],
    };
  }),
  code('BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR', 'a field borrowed while it is mutably borrowed', (d) => ({
    parameters: [mut(pair(d))],
    locals: [mut(U64)],
    code: [
      copyLoc(0),
      { op: 'mutBorrowField', index: 0 },
      stLoc(1),
      moveLoc(0),
      { op: 'immBorrowField', index: 0 },
      POP,
      RET,
    ],
  })),
  code('GLOBAL_REFERENCE_ERROR', 'a resource mutably borrowed twice', (d) => {
    const type = d.typeOf(resource(d));
    const address = addressConstant(d);
    const borrow: Instruction = { op: 'mutBorrowGlobal', index: 0 };
    return { acquires: [0], locals: [mut(type)], code: [address, borrow, stLoc(0), address, borrow, POP, RET] };
  }),
  code('GLOBAL_REFERENCE_ERROR', 'a resource taken while it is borrowed', (d) => {
    const type = d.typeOf(resource(d));
    const address = addressConstant(d);
    const take: Instruction = { op: 'moveFrom', index: 0 };
    const borrow: Instruction = { op: 'immBorrowGlobal', index: 0 };
    return { acquires: [0], locals: [ref(type)], code: [address, borrow, stLoc(0), address, take, POP, RET] };
  }),
  code('GLOBAL_REFERENCE_ERROR', 'a function called that acquires what is borrowed', (d) => {
    const type = d.typeOf(resource(d));
    const address = addressConstant(d);
    const g = d.function('g', { acquires: [0], code: [address, { op: 'moveFrom', index: 0 }, POP, RET] });
    const borrow: Instruction = { op: 'immBorrowGlobal', index: 0 };
    return { acquires: [0], locals: [ref(type)], code: [address, borrow, stLoc(0), call(g), RET] };
  }),
  code('VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR', 'a vector grown while its element is borrowed', (d) => {
    const type = d.signature([U64]);
    return {
      parameters: [mut(vector(U64))],
      locals: [ref(U64)],
      code: [
        copyLoc(0),
        ONE,
        { op: 'vecImmBorrow', type },
        stLoc(1),
        moveLoc(0),
        ONE,
        { op: 'vecPushBack', type },
        RET,
      ],
    };
  }),
  code('VEC_BORROW_ELEMENT_EXISTS_MUTABLE_BORROW_ERROR', 'two elements of a vector mutably borrowed', (d) => {
    const type = d.signature([U64]);
    const borrow: Instruction = { op: 'vecMutBorrow', type };
    return {
      parameters: [mut(vector(U64))],
      locals: [mut(U64)],
      code: [copyLoc(0), ONE, borrow, stLoc(1), moveLoc(0), ONE, borrow, POP, RET],
    };
  }),
  code('CALL_BORROWED_MUTABLE_REFERENCE_ERROR', 'a mutable reference handed over twice', (d) => {
    const g = d.function('g', { parameters: [mut(U64), mut(U64)], code: [RET] });
    return { parameters: [mut(U64)], code: [copyLoc(0), moveLoc(0), call(g), RET] };
  }),
  code('UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED', 'a reference to a local returned', () => ({
    parameters: [U64],
    returns: [ref(U64)],
    code: [immBorrowLoc(0), RET],
  })),
  code('RET_BORROWED_MUTABLE_REFERENCE_ERROR', 'a mutable reference returned twice', () => ({
    parameters: [mut(U64)],
    returns: [mut(U64), mut(U64)],
    code: [copyLoc(0), moveLoc(0), RET],
  })),
];

export const ACQUIRES: readonly Rule[] = [
  code('MISSING_ACQUIRES_ANNOTATION', 'a resource taken without acquires', (d) => {
    resource(d);
    return { code: [addressConstant(d), { op: 'moveFrom', index: 0 }, POP, RET] };
  }),
  code('MISSING_ACQUIRES_ANNOTATION', 'a function called that acquires', (d) => {
    resource(d);
    const g = d.function('g', { acquires: [0], code: [addressConstant(d), { op: 'moveFrom', index: 0 }, POP, RET] });
    return { code: [call(g), RET] };
  }),
  code('INVALID_ACQUIRES_ANNOTATION', 'a struct acquired that is no resource', (d) => {
    const g = d.function('g', { acquires: [resource(d, drop)] });
    return { acquires: [0], code: [call(g), RET] };
  }),
  code('EXTRANEOUS_ACQUIRES_ANNOTATION', 'acquires of what is not used', (d) => ({
    acquires: [resource(d)],
    code: [RET],
  })),
];
