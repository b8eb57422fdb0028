// One module per rule of the verifier, each broken in one way, with the status that the Rust VM gives it. `rules.test.ts` runs them here;
// `scripts/fuzz/verify.ts` runs them in the Rust VM too. One long table, to be read by the rule.

import { parseAddress } from '../../base/ids.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { Ability, type Instruction, type SignatureToken } from '../bytecode/module.ts';

export interface Rule {
  readonly status: string;
  readonly title: string;
  readonly draft: (draft: ModuleDraft) => void;
  readonly version?: number;
  /** Of the Rust VM, where it names the same fault otherwise. */
  readonly rustStatus?: string;
}

const BOOL: SignatureToken = { kind: 'bool' };
const U8: SignatureToken = { kind: 'u8' };
const U64: SignatureToken = { kind: 'u64' };
const ADDRESS: SignatureToken = { kind: 'address' };
const SIGNER: SignatureToken = { kind: 'signer' };
const T0: SignatureToken = { kind: 'typeParameter', index: 0 };
const ref = (inner: SignatureToken): SignatureToken => ({ kind: 'reference', inner });
const mut = (inner: SignatureToken): SignatureToken => ({ kind: 'mutableReference', inner });
const vector = (inner: SignatureToken): SignatureToken => ({ kind: 'vector', inner });

const { copy, drop, store, key } = Ability;
const RET: Instruction = { op: 'ret' };
const ONE: Instruction = { op: 'ldU64', value: 1n };
const TRUE: Instruction = { op: 'ldTrue' };
const POP: Instruction = { op: 'pop' };
const ABORT: readonly Instruction[] = [ONE, { op: 'abort' }];

const copyLoc = (local: number): Instruction => ({ op: 'copyLoc', local });
const moveLoc = (local: number): Instruction => ({ op: 'moveLoc', local });
const stLoc = (local: number): Instruction => ({ op: 'stLoc', local });
const mutBorrowLoc = (local: number): Instruction => ({ op: 'mutBorrowLoc', local });
const immBorrowLoc = (local: number): Instruction => ({ op: 'immBorrowLoc', local });
const branch = (target: number): Instruction => ({ op: 'branch', target });
const brTrue = (target: number): Instruction => ({ op: 'brTrue', target });
const call = (index: number): Instruction => ({ op: 'call', index });

/** A resource `R { x: u64 }`, definition 0. */
function resource(d: ModuleDraft, abilities = key | drop): number {
  return d.struct('R', { abilities });
}

function addressConstant(d: ModuleDraft): Instruction {
  return { op: 'ldConst', index: d.constant(ADDRESS, new Uint8Array(32)) };
}

function rule(status: string, title: string, draft: (d: ModuleDraft) => void, more: Partial<Rule> = {}): Rule {
  return { status, title, draft, ...more };
}

/** A function `f` with this code and nothing else wrong. */
function code(
  status: string,
  title: string,
  make: (d: ModuleDraft) => Parameters<ModuleDraft['function']>[1],
  more: Partial<Rule> = {},
): Rule {
  return rule(status, title, (d) => d.function('f', make(d)), more);
}

const BOUNDS: readonly Rule[] = [
  code('INDEX_OUT_OF_BOUNDS', 'a jump behind the code', () => ({ code: [branch(1)] })),
  code('INDEX_OUT_OF_BOUNDS', 'a local that is not there', () => ({ code: [copyLoc(0), POP, RET] })),
  code('INDEX_OUT_OF_BOUNDS', 'a type parameter that is not declared', () => ({ parameters: [T0], code: [RET] })),
  rule('INDEX_OUT_OF_BOUNDS', 'a field that is not there', (d) =>
    d.fieldHandles.push({ owner: resource(d), field: 1 }),
  ),
  rule('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', 'a generic struct without type arguments', (d) => {
    d.struct('S', { typeParameters: [0] });
    d.signature([d.typeOf(0)]);
  }),
  rule('ZERO_VARIANTS_ERROR', 'an enum without variants', (d) => d.struct('E', { variants: {} })),
  rule('TOO_MANY_LOCALS', '256 locals', (d) => {
    const half = new Array<SignatureToken>(128).fill(U64);
    d.function('f', { parameters: half, locals: [...half], code: [RET] });
  }),
];

const LIMITS: readonly Rule[] = [
  rule('TOO_MANY_TYPE_PARAMETERS', 'a function with 33 type parameters', (d) =>
    d.function('f', { typeParameters: new Array<number>(33).fill(0), code: [RET] }),
  ),
  rule('TOO_MANY_PARAMETERS', 'a function with 129 parameters', (d) =>
    d.function('f', { parameters: new Array<SignatureToken>(129).fill(U64), code: [RET] }),
  ),
  rule(
    'TOO_MANY_TYPE_NODES',
    'a type that is 21 deep',
    (d) => {
      let type: SignatureToken = vector(U64);
      for (let i = 1; i < 20; i++) type = vector(type);
      d.signature([type]);
    },
    // The release of the Rust VM that we compare with allows any depth and 256 nodes.
    { rustStatus: 'OK' },
  ),
  rule('TOO_MANY_TYPE_NODES', 'a type of 257 nodes', (d) => {
    d.struct('S', { typeParameters: new Array<number>(32).fill(0) });
    const row = new Array<SignatureToken>(32).fill(vector(vector(vector(vector(vector(vector(vector(U8))))))));
    d.signature([d.typeOf(0, ...row)]);
  }),
  code('TOO_MANY_BASIC_BLOCKS', '1,025 basic blocks', () => ({
    code: [...Array.from({ length: 512 }, (_, i) => [TRUE, brTrue(2 * i + 2)]).flat(), ...jumps(514, 1024)],
  })),
  code('LOOP_MAX_DEPTH_REACHED', 'six loops inside one another', () => ({
    code: [...Array.from({ length: 6 }, () => ({ op: 'nop' }) as const), ...loopEnds(6), RET],
  })),
  code(
    'LOOP_MAX_DEPTH_REACHED',
    'six loops inside one another, version 5',
    () => ({ code: [...Array.from({ length: 6 }, () => ({ op: 'nop' }) as const), ...loopEnds(6), RET] }),
    { version: 5 },
  ),
];

/** `count` blocks of one jump each to the next; the code starts at `start`. */
function jumps(count: number, start: number): readonly Instruction[] {
  return [...Array.from({ length: count }, (_, i) => branch(start + i + 1)), RET];
}

/** Jumps back to instructions `count - 1` to 0, behind `count` instructions. */
function loopEnds(count: number): readonly Instruction[] {
  return Array.from({ length: count }, (_, i) => [TRUE, brTrue(count - 1 - i)]).flat();
}

const TABLES: readonly Rule[] = [
  rule('DUPLICATE_ELEMENT', 'an identifier twice', (d) => d.identifiers.push('m')),
  rule('DUPLICATE_ELEMENT', 'a signature twice', (d) => d.signatures.push([U64], [U64])),
  rule('DUPLICATE_ELEMENT', 'a constant twice', (d) => {
    d.constant(U8, Uint8Array.of(1));
    d.constant(U8, Uint8Array.of(1));
  }),
  rule('DUPLICATE_ELEMENT', 'two fields of one name', (d) =>
    d.struct('S', {
      fields: [
        ['x', U64],
        ['x', U64],
      ],
    }),
  ),
  rule('DUPLICATE_ELEMENT', 'two functions of one name', (d) => {
    d.function('f', { code: [RET] });
    d.function('f', { code: [RET] });
  }),
  rule('ZERO_SIZED_STRUCT', 'a struct without fields', (d) => d.struct('S', { fields: [] })),
  rule(
    'INVALID_MODULE_HANDLE',
    'a function of another module',
    (d) => {
      const handle = d.functionHandle(d.module('n'), 'f');
      d.functions.push({
        handle,
        visibility: 'private',
        isEntry: false,
        acquires: [],
        body: { locals: 0, code: [RET] },
      });
    },
    { rustStatus: 'LINKER_ERROR' },
  ),
  rule('UNIMPLEMENTED_HANDLE', 'a function without definition', (d) => d.functionHandle(d.self, 'f')),
  rule('UNIMPLEMENTED_HANDLE', 'a struct without definition', (d) => d.structHandle(d.self, 'S')),
  rule('DUPLICATE_ACQUIRES_ANNOTATION', 'a resource acquired twice', (d) => {
    resource(d);
    d.function('f', { acquires: [0, 0], code: [RET] });
  }),
  rule('INVALID_SIGNATURE_TOKEN', 'a vector of references', (d) => d.signature([vector(ref(U64))])),
  rule('INVALID_SIGNATURE_TOKEN', 'a reference in a struct', (d) => d.struct('S', { fields: [['x', ref(U64)]] })),
  rule('CONSTRAINT_NOT_SATISFIED', 'a type argument without the ability asked for', (d) => {
    d.struct('S', { typeParameters: [copy] });
    d.signature([d.typeOf(0, SIGNER)]);
  }),
  rule('CONSTRAINT_NOT_SATISFIED', 'a type parameter without the ability asked for', (d) => {
    d.struct('S', { typeParameters: [copy] });
    d.function('f', { typeParameters: [drop], parameters: [d.typeOf(0, T0)], code: ABORT });
  }),
  rule('FIELD_MISSING_TYPE_ABILITY', 'a field that cannot be stored', (d) =>
    d.struct('S', { abilities: key, fields: [['s', SIGNER]] }),
  ),
  rule('INVALID_PHANTOM_TYPE_PARAM_POSITION', 'a phantom parameter as field', (d) =>
    d.struct('S', { typeParameters: [{ constraints: 0, isPhantom: true }], fields: [['x', T0]] }),
  ),
  code('GENERIC_MEMBER_OPCODE_MISMATCH', 'a generic struct packed without type arguments', (d) => {
    const struct = d.struct('S', { abilities: drop, typeParameters: [drop] });
    return { code: [ONE, { op: 'pack', index: struct }, POP, RET] };
  }),
  code('GENERIC_MEMBER_OPCODE_MISMATCH', 'a plain function called with type arguments', (d) => {
    const handle = d.function('g', { code: [RET] });
    d.functionInstantiations.push({ handle, typeArgs: 0 });
    return { code: [{ op: 'callGeneric', index: 0 }, RET] };
  }),
  code('CONSTRAINT_NOT_SATISFIED', 'a vector literal of 65,536 elements', (d) => ({
    code: [{ op: 'vecPack', type: d.signature([U8]), count: 65_536 }, POP, RET],
  })),
  rule('INVALID_CONSTANT_TYPE', 'a signer as constant', (d) => d.constant(SIGNER, new Uint8Array(32))),
  rule('MALFORMED_CONSTANT_DATA', 'a bool that is 2', (d) => d.constant(BOOL, Uint8Array.of(2))),
  rule('MALFORMED_CONSTANT_DATA', 'bytes behind the constant', (d) => d.constant(U8, Uint8Array.of(1, 2))),
  rule('MALFORMED_CONSTANT_DATA', 'a vector shorter than it says', (d) => d.constant(vector(U8), Uint8Array.of(2, 0))),
  rule('INVALID_FRIEND_DECL_WITH_SELF', 'its own friend', (d) => d.friend('m')),
  rule(
    'INVALID_FRIEND_DECL_WITH_MODULES_OUTSIDE_ACCOUNT_ADDRESS',
    'a friend of another account',
    (d) => d.friend('n', parseAddress('0x43')),
    // The Rust VM looks for friends first.
    { rustStatus: 'LINKER_ERROR' },
  ),
  rule('RECURSIVE_STRUCT_DEFINITION', 'a struct that contains itself in a vector', (d) => {
    const handle = d.structHandles.length;
    d.struct('S', { fields: [['s', vector({ kind: 'struct', handle, typeArgs: [] })]] });
  }),
  rule('RECURSIVE_STRUCT_DEFINITION', 'two structs that contain each other', (d) => {
    const handle = d.structHandles.length;
    d.struct('A', { fields: [['b', { kind: 'struct', handle: handle + 1, typeArgs: [] }]] });
    d.struct('B', { fields: [['a', { kind: 'struct', handle, typeArgs: [] }]] });
  }),
  rule(
    'RECURSIVE_STRUCT_DEFINITION',
    'an enum that contains itself',
    (d) => {
      const handle = d.structHandles.length;
      d.struct('E', { variants: { A: [], B: [['e', { kind: 'struct', handle, typeArgs: [] }]] } });
    },
    // Its release does not look into enums. Code on such types could not be laid out in memory.
    { rustStatus: 'OK' },
  ),
  rule('LOOP_IN_INSTANTIATION_GRAPH', 'a function that calls itself with vectors of its parameter', (d) => {
    const handle = d.functionHandles.length;
    const index = d.instantiate('functionInstantiations', handle, [vector(T0)]);
    d.function('f', { typeParameters: [0], code: [{ op: 'callGeneric', index }, RET] });
  }),
];

const FLOW: readonly Rule[] = [
  code('EMPTY_CODE_UNIT', 'no instructions', () => ({ code: [] })),
  code('INVALID_FALL_THROUGH', 'code that runs out', () => ({ code: [{ op: 'nop' }] })),
  code('INVALID_LOOP_SPLIT', 'a loop with two entries', () => ({
    code: [TRUE, brTrue(4), { op: 'nop' }, { op: 'nop' }, { op: 'nop' }, branch(3)],
  })),
  code(
    'INVALID_LOOP_SPLIT',
    'a jump into a loop, version 5',
    () => ({ code: [TRUE, brTrue(3), { op: 'nop' }, { op: 'nop' }, branch(2)] }),
    { version: 5 },
  ),
  code(
    'INVALID_LOOP_BREAK',
    'a jump over the end of a loop, version 5',
    () => ({ code: [TRUE, brTrue(4), branch(0), RET, RET] }),
    { version: 5 },
  ),
  code(
    'INVALID_LOOP_CONTINUE',
    'a jump back out of the inner loop, version 5',
    () => ({ code: [{ op: 'nop' }, { op: 'nop' }, TRUE, brTrue(0), TRUE, brTrue(1), TRUE, brTrue(0), RET] }),
    { version: 5 },
  ),
  code('NEGATIVE_STACK_SIZE_WITHIN_BLOCK', 'a value taken from the empty stack', () => ({ code: [POP, RET] })),
  code('POSITIVE_STACK_SIZE_AT_BLOCK_END', 'a value left on the stack', () => ({ code: [ONE, RET] })),
  code('VALUE_STACK_OVERFLOW', '1,025 values on the stack', () => ({
    code: [...new Array<Instruction>(1025).fill(ONE), ...new Array<Instruction>(1025).fill(POP), RET],
  })),
  code('VALUE_STACK_PUSH_OVERFLOW', '10,001 pushes in a block', () => ({
    code: [...new Array<readonly Instruction[]>(10_001).fill([ONE, POP]).flat(), RET],
  })),
];

const TYPES: readonly Rule[] = [
  code('POP_WITHOUT_DROP_ABILITY', 'a value thrown away that cannot be', (d) => {
    const struct = d.struct('S');
    return { parameters: [d.typeOf(struct)], code: [moveLoc(0), POP, RET] };
  }),
  code('BR_TYPE_MISMATCH_ERROR', 'a branch on a number', () => ({ code: [ONE, brTrue(2), RET] })),
  code('STLOC_TYPE_MISMATCH_ERROR', 'a number put into a bool', () => ({ locals: [BOOL], code: [ONE, stLoc(0), RET] })),
  code('ABORT_TYPE_MISMATCH_ERROR', 'an abort with a bool', () => ({ code: [TRUE, { op: 'abort' }] })),
  code('RET_TYPE_MISMATCH_ERROR', 'a bool returned as a number', () => ({ returns: [U64], code: [TRUE, RET] })),
  code('FREEZEREF_TYPE_MISMATCH_ERROR', 'a value frozen', () => ({ code: [ONE, { op: 'freezeRef' }, POP, RET] })),
  code('READREF_TYPE_MISMATCH_ERROR', 'a value read through', () => ({ code: [ONE, { op: 'readRef' }, POP, RET] })),
  code('READREF_WITHOUT_COPY_ABILITY', 'a signer copied through a reference', () => ({
    parameters: [ref(SIGNER)],
    code: [moveLoc(0), { op: 'readRef' }, POP, RET],
  })),
  code('WRITEREF_NO_MUTABLE_REFERENCE_ERROR', 'a write through an immutable reference', () => ({
    parameters: [ref(U64)],
    code: [ONE, moveLoc(0), { op: 'writeRef' }, RET],
  })),
  code('WRITEREF_WITHOUT_DROP_ABILITY', 'a value overwritten that cannot be dropped', (d) => {
    const type = d.typeOf(d.struct('S'));
    return { parameters: [type, mut(type)], code: [moveLoc(0), moveLoc(1), { op: 'writeRef' }, RET] };
  }),
  code('WRITEREF_TYPE_MISMATCH_ERROR', 'a bool written over a number', () => ({
    parameters: [mut(U64)],
    code: [TRUE, moveLoc(0), { op: 'writeRef' }, RET],
  })),
  code('INTEGER_OP_TYPE_MISMATCH_ERROR', 'numbers of two sizes added', () => ({
    code: [ONE, { op: 'ldU8', value: 1 }, { op: 'add' }, POP, RET],
  })),
  code('INTEGER_OP_TYPE_MISMATCH_ERROR', 'a shift by a u64', () => ({ code: [ONE, ONE, { op: 'shl' }, POP, RET] })),
  code('INTEGER_OP_TYPE_MISMATCH_ERROR', 'a bool cast', () => ({ code: [TRUE, { op: 'castU8' }, POP, RET] })),
  code('BOOLEAN_OP_TYPE_MISMATCH_ERROR', 'a number negated', () => ({ code: [ONE, { op: 'not' }, POP, RET] })),
  code('EQUALITY_OP_TYPE_MISMATCH_ERROR', 'a number compared with a bool', () => ({
    code: [ONE, TRUE, { op: 'eq' }, POP, RET],
  })),
  code('COPYLOC_WITHOUT_COPY_ABILITY', 'a signer copied', () => ({
    parameters: [SIGNER],
    code: [copyLoc(0), POP, RET],
  })),
  code('BORROWLOC_REFERENCE_ERROR', 'a reference to a reference', () => ({
    parameters: [ref(U64)],
    code: [immBorrowLoc(0), POP, RET],
  })),
  code('BORROWFIELD_TYPE_MISMATCH_ERROR', 'a field borrowed mutably from an immutable reference', (d) => {
    const struct = d.struct('S');
    d.fieldHandles.push({ owner: struct, field: 0 });
    return { parameters: [ref(d.typeOf(struct))], code: [moveLoc(0), { op: 'mutBorrowField', index: 0 }, POP, RET] };
  }),
  code('BORROWFIELD_TYPE_MISMATCH_ERROR', 'a field of variants that is of two types', (d) => {
    const struct = d.struct('E', { variants: { A: [['x', U64]], B: [['x', BOOL]] } });
    d.variantFieldHandles.push({ struct, variants: [0, 1], field: 0 });
    const index = 0;
    return {
      parameters: [ref(d.typeOf(struct))],
      code: [moveLoc(0), { op: 'immBorrowVariantField', index }, POP, RET],
    };
  }),
  code('CALL_TYPE_MISMATCH_ERROR', 'a call with the wrong argument', (d) => {
    const g = d.function('g', { parameters: [U64], code: [RET] });
    return { code: [TRUE, call(g), RET] };
  }),
  code('PACK_TYPE_MISMATCH_ERROR', 'a struct packed from the wrong value', (d) => ({
    code: [TRUE, { op: 'pack', index: d.struct('S', { abilities: drop }) }, POP, RET],
  })),
  code('PACK_TYPE_MISMATCH_ERROR', 'an enum packed as a struct', (d) => ({
    code: [{ op: 'pack', index: d.struct('E', { abilities: drop, variants: { A: [] } }) }, POP, RET],
  })),
  code('UNPACK_TYPE_MISMATCH_ERROR', 'a number unpacked', (d) => ({
    code: [ONE, { op: 'unpack', index: d.struct('S') }, POP, RET],
  })),
  code('TEST_VARIANT_TYPE_MISMATCH_ERROR', 'a number asked for its variant', (d) => {
    const struct = d.struct('E', { variants: { A: [['x', U64]] } });
    d.structVariantHandles.push({ struct, variant: 0 });
    return { code: [ONE, { op: 'testVariant', index: 0 }, POP, RET] };
  }),
  code('BORROWGLOBAL_TYPE_MISMATCH_ERROR', 'a resource borrowed at a number', (d) => ({
    acquires: [resource(d)],
    code: [ONE, { op: 'immBorrowGlobal', index: 0 }, POP, RET],
  })),
  code('BORROWGLOBAL_WITHOUT_KEY_ABILITY', 'a struct borrowed that is no resource', (d) => ({
    acquires: [resource(d, drop)],
    code: [addressConstant(d), { op: 'immBorrowGlobal', index: 0 }, POP, RET],
  })),
  code('EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT', 'a struct looked for that is no resource', (d) => ({
    code: [addressConstant(d), { op: 'exists', index: resource(d, drop) }, POP, RET],
  })),
  code('MOVEFROM_WITHOUT_KEY_ABILITY', 'a struct taken that is no resource', (d) => ({
    acquires: [resource(d, drop)],
    code: [addressConstant(d), { op: 'moveFrom', index: 0 }, POP, RET],
  })),
  code('MOVEFROM_TYPE_MISMATCH_ERROR', 'a resource taken from a number', (d) => ({
    acquires: [resource(d)],
    code: [ONE, { op: 'moveFrom', index: 0 }, POP, RET],
  })),
  code('MOVETO_WITHOUT_KEY_ABILITY', 'a struct published that is no resource', (d) => {
    const struct = resource(d, drop);
    const code: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'moveTo', index: struct }, RET];
    return { parameters: [ref(SIGNER), d.typeOf(struct)], code };
  }),
  code('MOVETO_TYPE_MISMATCH_ERROR', 'a resource published under an address', (d) => {
    const struct = resource(d);
    const code: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'moveTo', index: struct }, RET];
    return { parameters: [ADDRESS, d.typeOf(struct)], code };
  }),
  code('TYPE_MISMATCH', 'a bool put into a vector of numbers', (d) => ({
    code: [TRUE, { op: 'vecPack', type: d.signature([U64]), count: 1 }, POP, RET],
  })),
  code('TYPE_MISMATCH', 'an element of a vector borrowed mutably from an immutable reference', (d) => ({
    parameters: [ref(vector(U64))],
    code: [moveLoc(0), ONE, { op: 'vecMutBorrow', type: d.signature([U64]) }, POP, RET],
  })),
];

const LOCALS: readonly Rule[] = [
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

const REFERENCES: readonly Rule[] = [
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

const ACQUIRES: readonly Rule[] = [
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

export const RULES: readonly Rule[] = [
  ...BOUNDS,
  ...LIMITS,
  ...TABLES,
  ...FLOW,
  ...TYPES,
  ...LOCALS,
  ...REFERENCES,
  ...ACQUIRES,
];

/** The module that breaks `rule`, and nothing else. */
export function moduleBreaking(rule: Rule): ModuleDraft {
  const draft = new ModuleDraft('m', rule.version ?? 7);
  rule.draft(draft);
  return draft;
}
