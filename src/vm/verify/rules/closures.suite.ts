// Rules on function types and closures (bytecode version 8), one broken module each.

import type { ModuleDraft } from '../../../testing/module-draft.ts';
import type { AbilitySet, FunctionType, Instruction, SignatureToken } from '../../bytecode/module.ts';
import {
  ABORT,
  ADDRESS,
  addressConstant,
  BOOL,
  code as codeRule,
  copy,
  copyLoc,
  drop,
  key,
  moveLoc,
  mut,
  ONE,
  POP,
  RET,
  type Rule,
  ref,
  resource,
  stLoc,
  store,
  T0,
  rule as tableRule,
  U8,
  U64,
  vector,
} from './rule.suite.ts';

const VERSION = { version: 8 } as const;

export const fun = (
  parameters: readonly SignatureToken[],
  returns: readonly SignatureToken[],
  abilities: AbilitySet = copy | drop,
): FunctionType => ({ kind: 'function', parameters, returns, abilities });

const ADDING = fun([U64], [U64]);

function rule(status: string, title: string, draft: Parameters<typeof tableRule>[2]): Rule {
  return tableRule(status, title, draft, VERSION);
}

function code(status: string, title: string, make: Parameters<typeof codeRule>[2]): Rule {
  return codeRule(status, title, make, VERSION);
}

/** `g(u64, u64): u64`, as index 0 of the handles. */
function adder(d: ModuleDraft): number {
  return d.function('g', {
    parameters: [U64, U64],
    returns: [U64],
    code: [copyLoc(0), copyLoc(1), { op: 'add' }, RET],
  });
}

function pack(index: number, mask: bigint): Instruction {
  return { op: 'packClosure', index, mask };
}

function callClosure(d: ModuleDraft, ...types: readonly SignatureToken[]): Instruction {
  return { op: 'callClosure', type: d.signature(types) };
}

/** Code with a closure of `g(u64, u64)` that has its first argument. */
function withClosure(d: ModuleDraft, ...rest: readonly Instruction[]): readonly Instruction[] {
  return [ONE, pack(adder(d), 1n), ...rest];
}

/** `S` without `drop` and `copy`, and a function that takes it. */
function sticky(d: ModuleDraft): { readonly type: SignatureToken; readonly make: number; readonly take: number } {
  const type = d.typeOf(d.struct('S', { abilities: store }));
  const make = d.function('make', { returns: [type], code: [ONE, { op: 'pack', index: 0 }, RET] });
  const take = d.function('take', { parameters: [type], code: [moveLoc(0), { op: 'unpack', index: 0 }, POP, RET] });
  return { type, make, take };
}

export const CLOSURES: readonly Rule[] = [
  code('INDEX_OUT_OF_BOUNDS', 'a closure of a function that is not there', () => ({ code: [pack(7, 0n), POP, RET] })),
  code('INDEX_OUT_OF_BOUNDS', 'a type parameter in a function type that is not declared', () => ({
    locals: [fun([T0], [])],
    code: [RET],
  })),
  code('INVALID_CLOSURE_MASK', 'a captured argument that the function does not have', (d) => ({
    code: [ONE, pack(adder(d), 4n), POP, RET],
  })),
  code('INVALID_CLOSURE_MASK', 'the 64th argument captured', (d) => ({
    code: [ONE, pack(adder(d), 1n << 63n), POP, RET],
  })),
  code('GENERIC_MEMBER_OPCODE_MISMATCH', 'a plain closure of a generic function', (d) => {
    const g = d.function('g', { typeParameters: [0], code: [RET] });
    return { code: [pack(g, 0n), POP, RET] };
  }),
  code('GENERIC_MEMBER_OPCODE_MISMATCH', 'a generic closure of a plain function', (d) => {
    const index = d.instantiate('functionInstantiations', adder(d), []);
    return { code: [{ op: 'packClosureGeneric', index, mask: 0n }, POP, RET] };
  }),
  code('CONSTRAINT_NOT_SATISFIED', 'a closure with a type argument that lacks an ability', (d) => {
    const g = d.function('g', { typeParameters: [store], code: [RET] });
    const index = d.instantiate('functionInstantiations', g, [ADDING]);
    return { code: [{ op: 'packClosureGeneric', index, mask: 0n }, POP, RET] };
  }),
  code('CLOSURE_CALL_REQUIRES_FUNCTION', 'a call of a number', (d) => ({ code: [ONE, callClosure(d, U64), RET] })),
  code('CLOSURE_CALL_REQUIRES_FUNCTION', 'a call of two types', (d) => ({
    code: withClosure(d, callClosure(d, ADDING, ADDING), POP, RET),
  })),
  code('CLOSURE_CALL_REQUIRES_FUNCTION', 'a call of no type', (d) => ({ code: withClosure(d, callClosure(d), RET) })),
  code('PACK_TYPE_MISMATCH_ERROR', 'an argument of another type captured', (d) => ({
    code: [{ op: 'ldTrue' }, pack(adder(d), 1n), POP, RET],
  })),
  code('PACK_TYPE_MISMATCH_ERROR', 'a reference captured', (d) => {
    const g = d.function('g', { parameters: [ref(U64)], code: [RET] });
    return { locals: [U64], code: [ONE, stLoc(0), { op: 'immBorrowLoc', local: 0 }, pack(g, 1n), POP, RET] };
  }),
  code('PACK_TYPE_MISMATCH_ERROR', 'captured arguments in the wrong order', (d) => {
    const g = d.function('g', { parameters: [U64, BOOL], code: [RET] });
    return { code: [{ op: 'ldTrue' }, ONE, pack(g, 3n), POP, RET] };
  }),
  code('CALL_TYPE_MISMATCH_ERROR', 'a closure called as of another type', (d) => ({
    code: withClosure(d, callClosure(d, fun([], [U64])), POP, RET),
  })),
  code('CALL_TYPE_MISMATCH_ERROR', 'a closure called with another argument', (d) => ({
    code: [{ op: 'ldTrue' }, ...withClosure(d, callClosure(d, ADDING), POP, RET)],
  })),
  code('CALL_TYPE_MISMATCH_ERROR', 'the arguments behind the closure', (d) => ({
    code: withClosure(d, ONE, callClosure(d, ADDING), POP, RET),
  })),
  code('CALL_TYPE_MISMATCH_ERROR', 'a closure called as one that may be stored', (d) => ({
    code: [ONE, ...withClosure(d, callClosure(d, fun([U64], [U64], copy | drop | store)), POP, RET)],
  })),
  code('CALL_TYPE_MISMATCH_ERROR', 'a parameter whose function type differs inside a mutable reference', (d) => {
    const g = d.function('g', { parameters: [mut(fun([U64], [U64], drop))], code: [RET] });
    return { parameters: [mut(ADDING)], code: [copyLoc(0), { op: 'call', index: g }, RET] };
  }),
  code('STLOC_TYPE_MISMATCH_ERROR', 'a closure of a function that is not persistent in a stored type', (d) => ({
    locals: [fun([U64], [U64], copy | drop | store)],
    code: withClosure(d, stLoc(0), RET),
  })),
  code('STLOC_TYPE_MISMATCH_ERROR', 'a closure that captures what cannot be copied in a type that can', (d) => {
    const { make, take } = sticky(d);
    return { locals: [fun([], [], copy)], code: [{ op: 'call', index: make }, pack(take, 1n), stLoc(0), RET] };
  }),
  code('RET_TYPE_MISMATCH_ERROR', 'a function returned with fewer abilities than declared', () => ({
    parameters: [fun([], [], drop)],
    returns: [fun([], [])],
    code: [moveLoc(0), RET],
  })),
  code('WRITEREF_TYPE_MISMATCH_ERROR', 'a function written over one with more abilities', () => ({
    parameters: [mut(fun([], [])), fun([], [], drop)],
    code: [moveLoc(1), copyLoc(0), { op: 'writeRef' }, RET],
  })),
  code('TYPE_MISMATCH', 'a function put into a vector of ones with more abilities', (d) => ({
    parameters: [fun([], [], drop)],
    code: [moveLoc(0), { op: 'vecPack', type: d.signature([fun([], [])]), count: 1 }, POP, RET],
  })),
  code('POP_WITHOUT_DROP_ABILITY', 'a closure dropped that captures what cannot be', (d) => {
    const { make, take } = sticky(d);
    return { code: [{ op: 'call', index: make }, pack(take, 1n), POP, RET] };
  }),
  code('COPYLOC_WITHOUT_COPY_ABILITY', 'a function copied that cannot be', () => ({
    parameters: [fun([], [], drop)],
    code: [copyLoc(0), POP, RET],
  })),
  code('EQUALITY_OP_TYPE_MISMATCH_ERROR', 'functions compared whose abilities differ', () => ({
    parameters: [fun([], []), fun([], [], drop)],
    code: [moveLoc(0), moveLoc(1), { op: 'eq' }, POP, RET],
  })),
  code('UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP', 'a function forgotten that cannot be dropped', () => ({
    parameters: [fun([], [], 0)],
    code: [RET],
  })),
  code('NEGATIVE_STACK_SIZE_WITHIN_BLOCK', 'a closure called without its argument', (d) => ({
    code: withClosure(d, callClosure(d, ADDING), POP, RET),
  })),
  code('NEGATIVE_STACK_SIZE_WITHIN_BLOCK', 'a closure without what it captures', (d) => ({
    code: [pack(adder(d), 3n), POP, RET],
  })),
  code('POSITIVE_STACK_SIZE_AT_BLOCK_END', 'what a closure returns left behind', (d) => ({
    code: [ONE, ...withClosure(d, callClosure(d, ADDING), RET)],
  })),
  code('CALL_BORROWED_MUTABLE_REFERENCE_ERROR', 'a borrowed mutable reference handed to a closure', (d) => {
    const type = fun([mut(U64), mut(U64)], []);
    return { parameters: [type, mut(U64)], code: [copyLoc(1), moveLoc(1), copyLoc(0), callClosure(d, type), RET] };
  }),
  code('MOVELOC_EXISTS_BORROW_ERROR', 'a local moved that a closure returned a reference into', (d) => {
    const type = fun([ref(U64)], [ref(U64)]);
    return {
      parameters: [type],
      locals: [U64, ref(U64)],
      code: [
        ...[ONE, stLoc(1), { op: 'immBorrowLoc', local: 1 } as const, copyLoc(0), callClosure(d, type), stLoc(2)],
        ...[moveLoc(1), POP, moveLoc(2), { op: 'readRef' } as const, POP, RET],
      ],
    };
  }),
  code('EXTRANEOUS_ACQUIRES_ANNOTATION', 'acquires of what only a closure takes', (d) => {
    resource(d);
    const take = [addressConstant(d), { op: 'moveFrom', index: 0 }, POP, RET] as const;
    const g = d.function('g', { acquires: [0], code: take });
    return { acquires: [0], code: [pack(g, 0n), POP, RET] };
  }),
];

export const FUNCTION_TYPES: readonly Rule[] = [
  rule('TOO_MANY_PARAMETERS', 'a function type of 129 parameters', (d) =>
    d.signature([fun(new Array<SignatureToken>(129).fill(U8), [])]),
  ),
  rule('TOO_MANY_PARAMETERS', 'a function type of 129 returns', (d) =>
    d.signature([fun([], new Array<SignatureToken>(129).fill(U8))]),
  ),
  rule('TOO_MANY_TYPE_NODES', 'a function type of 129 nodes', (d) =>
    d.signature([fun(new Array<SignatureToken>(128).fill(U8), [])]),
  ),
  rule('TOO_MANY_TYPE_NODES', 'function types 21 deep', (d) => {
    let type: SignatureToken = fun([], []);
    for (let i = 0; i < 20; i++) type = fun([type], []);
    d.signature([type]);
  }),
  rule('DUPLICATE_ELEMENT', 'a function type twice', (d) => d.signatures.push([ADDING], [ADDING])),
  rule('INVALID_CONSTANT_TYPE', 'a constant function', (d) => d.constant(ADDING, new Uint8Array(1))),
  code('INVALID_SIGNATURE_TOKEN', 'a vector of references in a function type', () => ({
    locals: [fun([vector(ref(U64))], [])],
    code: [RET],
  })),
  code('INVALID_SIGNATURE_TOKEN', 'a reference to a reference in a function type', () => ({
    locals: [fun([], [ref(mut(U64))])],
    code: [RET],
  })),
  code('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', 'a generic struct without arguments in a function type', (d) => {
    d.struct('S', { typeParameters: [0] });
    return { locals: [fun([d.typeOf(0)], [])], code: [RET] };
  }),
  code('CONSTRAINT_NOT_SATISFIED', 'a type argument in a function type that lacks an ability', (d) => {
    d.struct('S', { typeParameters: [key] });
    return { locals: [fun([d.typeOf(0, U64)], [])], code: [RET] };
  }),
  code('CONSTRAINT_NOT_SATISFIED', "a function's type parameter asked too much of inside a function type", (d) => {
    d.struct('S', { typeParameters: [copy] });
    return { typeParameters: [drop], locals: [fun([], [d.typeOf(0, T0)])], code: [RET] };
  }),
  rule('FIELD_MISSING_TYPE_ABILITY', 'a resource with a function that cannot be stored', (d) => {
    d.struct('S', { abilities: key, fields: [['f', ADDING]] });
  }),
  rule('FIELD_MISSING_TYPE_ABILITY', 'a struct that is copied with a function that cannot be', (d) => {
    d.struct('S', { abilities: copy, fields: [['f', fun([], [], drop | store)]] });
  }),
  rule('INVALID_SIGNATURE_TOKEN', 'a field whose function type has a reference too deep', (d) => {
    d.struct('S', { fields: [['f', fun([vector(mut(U64))], [])]] });
  }),
  rule('INVALID_PHANTOM_TYPE_PARAM_POSITION', 'a phantom parameter in a function type', (d) => {
    d.struct('S', { typeParameters: [{ constraints: 0, isPhantom: true }], fields: [['f', fun([T0], [])]] });
  }),
  rule('RECURSIVE_STRUCT_DEFINITION', 'a struct that a function in it takes', (d) => {
    d.struct('S', { fields: [['f', fun([{ kind: 'struct', handle: 0, typeArgs: [] }], [])]] });
  }),
  rule('LOOP_IN_INSTANTIATION_GRAPH', 'a function that makes closures of itself with ever larger types', (d) => {
    const index = d.instantiate('functionInstantiations', 0, [vector(T0)]);
    d.function('f', { typeParameters: [0], code: [{ op: 'packClosureGeneric', index, mask: 0n }, POP, RET] });
  }),
  rule('LOOP_IN_INSTANTIATION_GRAPH', 'type arguments that grow by function types', (d) => {
    const index = d.instantiate('functionInstantiations', 0, [fun([], [T0])]);
    d.function('f', { typeParameters: [0], code: [{ op: 'callGeneric', index }, RET] });
  }),
  code('MOVETO_TYPE_MISMATCH_ERROR', 'a resource moved whose function type argument differs', (d) => {
    d.struct('R', { abilities: key, typeParameters: [store], fields: [['f', T0]] });
    const stored = fun([], [], copy | drop | store);
    const index = d.instantiate('structInstantiations', 0, [fun([], [], drop | store)]);
    return {
      parameters: [ref({ kind: 'signer' }), d.typeOf(0, stored)],
      code: [copyLoc(0), moveLoc(1), { op: 'moveToGeneric', index }, RET],
    };
  }),
];

/** A module with closures of every kind that breaks no rule. */
export function healthyClosures(d: ModuleDraft): void {
  const stored = fun([U64], [U64], copy | drop | store);
  d.struct('Hooks', { abilities: key, fields: [['hook', stored]] });
  const plus = d.function('plus', {
    parameters: [U64, U64],
    returns: [U64],
    visibility: 'public',
    attributes: [{ kind: 'persistent' }],
    code: [copyLoc(0), copyLoc(1), { op: 'add' }, RET],
  });
  const generic = d.function('generic', { typeParameters: [drop], parameters: [T0, ref(U64)], code: [RET] });
  const instance = d.instantiate('functionInstantiations', generic, [U64]);
  d.function('keep', {
    parameters: [ref({ kind: 'signer' })],
    code: [copyLoc(0), ONE, pack(plus, 2n), { op: 'pack', index: 0 }, { op: 'moveTo', index: 0 }, RET],
  });
  d.function('use', {
    parameters: [ADDRESS],
    returns: [U64],
    acquires: [0],
    locals: [ADDING],
    code: [
      ...[copyLoc(0), { op: 'immBorrowGlobal', index: 0 } as const],
      { op: 'immBorrowField', index: d.fieldHandles.push({ owner: 0, field: 0 }) - 1 },
      ...[{ op: 'readRef' } as const, stLoc(1), ONE, moveLoc(1), callClosure(d, fun([U64], [U64], drop)), RET],
    ],
  });
  d.function('partly', {
    returns: [fun([ref(U64)], [], drop)],
    code: [ONE, { op: 'packClosureGeneric', index: instance, mask: 1n }, RET],
  });
  d.function('stop', { code: ABORT });
}
