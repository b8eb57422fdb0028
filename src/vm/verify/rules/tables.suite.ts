// Rules on tables, one broken module each: bounds, limits, duplicates, signatures, abilities, constants, friends, recursion.

import { parseAddress } from '../../../base/ids.ts';
import type { Instruction, SignatureToken } from '../../bytecode/module.ts';
import {
  ABORT,
  BOOL,
  branch,
  brTrue,
  code,
  copy,
  copyLoc,
  drop,
  key,
  ONE,
  POP,
  RET,
  type Rule,
  ref,
  resource,
  rule,
  SIGNER,
  T0,
  TRUE,
  U8,
  U64,
  vector,
} from './rule.suite.ts';

export const BOUNDS: readonly Rule[] = [
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

export const LIMITS: readonly Rule[] = [
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

export const TABLES: readonly Rule[] = [
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
