// A module with an entry in every table and every instruction, type, attribute and access specifier that its version has. It decodes; it makes no
// sense, and the verifier takes none of it. For tests of reading and writing.

import {
  VERSION_CLOSURES,
  VERSION_ENUMS,
  VERSION_INTEGERS,
  VERSION_SIGNED,
  VERSION_STRUCT_API,
} from '../vm/bytecode/format.ts';
import type {
  AccessSpecifier,
  CompiledModule,
  FunctionAttribute,
  Instruction,
  LeafKind,
  SignatureToken,
} from '../vm/bytecode/module.ts';
import { OPCODES, type Opcode } from '../vm/bytecode/opcodes.ts';
import { ModuleDraft } from './module-draft.ts';

const U64: SignatureToken = { kind: 'u64' };
const T0: SignatureToken = { kind: 'typeParameter', index: 0 };
/** Of which a value takes so many bits, all ones. */
const INTEGER_BITS = { u8: 8, u16: 16, u32: 32, u64: 64, u128: 128, u256: 256 } as const;

/** Read in every version, but without the tables of version 7 their indices lead nowhere. */
const ENUM_OPS: ReadonlySet<string> = new Set(['unpackVariant', 'unpackVariantGeneric']);

const ATTRIBUTES: readonly FunctionAttribute[] = [{ kind: 'persistent' }, { kind: 'moduleLock' }];
const STRUCT_API_ATTRIBUTES: readonly FunctionAttribute[] = [
  { kind: 'pack' },
  { kind: 'packVariant', variant: 1 },
  { kind: 'unpack' },
  { kind: 'unpackVariant', variant: 0xffff },
  { kind: 'testVariant', variant: 0 },
  { kind: 'borrowField', field: 2 },
  { kind: 'borrowFieldMutable', field: 0x100 },
];
const ACCESS_SPECIFIERS: readonly AccessSpecifier[] = [
  { access: 'reads', isNegated: false, resource: { kind: 'any' }, address: { kind: 'any' } },
  {
    access: 'writes',
    isNegated: true,
    resource: { kind: 'atAddress', address: 0 },
    address: { kind: 'literal', address: 0 },
  },
  {
    access: 'reads',
    isNegated: false,
    resource: { kind: 'inModule', module: 0 },
    address: { kind: 'parameter', local: 0 },
  },
  {
    access: 'reads',
    isNegated: false,
    resource: { kind: 'struct', handle: 0 },
    address: { kind: 'parameter', local: 0, through: 0 },
  },
  {
    access: 'writes',
    isNegated: false,
    resource: { kind: 'structInstantiation', handle: 1, typeArgs: 0 },
    address: { kind: 'any' },
  },
];

export function fullModule(version: number): CompiledModule {
  const draft = new ModuleDraft('full', version);
  const hasEnums = version >= VERSION_ENUMS;
  const types = allTypes(version);
  draft.struct('Plain', { abilities: 7, fields: types.map((type, i) => [`field${i}`, type] as const) });
  draft.struct('Generic', {
    abilities: 15,
    typeParameters: [{ constraints: 3, isPhantom: true }],
    fields: [['x', T0]],
  });
  if (hasEnums) draft.struct('Shape', { variants: { A: [['x', U64]], B: [['x', U64]], C: [] }, typeParameters: [0] });
  draft.constant({ kind: 'vector', inner: { kind: 'u8' } }, Uint8Array.of(2, 1, 2));
  draft.friend('friendly');
  draft.describe('key', Uint8Array.of(1, 2, 3));
  draft.fieldHandles.push({ owner: 0, field: 0 }, { owner: 1, field: 0 });
  draft.instantiate('structInstantiations', 1, [U64]);
  draft.instantiate('fieldInstantiations', 1, [T0]);
  if (hasEnums) {
    draft.variantFieldHandles.push({ struct: 2, variants: [0, 1], field: 0 });
    draft.variantFieldInstantiations.push({ handle: 0, typeArgs: draft.signature([U64]) });
    draft.structVariantHandles.push({ struct: 2, variant: 2 });
    draft.instantiate('structVariantInstantiations', 0, [U64]);
  }
  if (version >= VERSION_SIGNED) draft.identifier('pack$Plain');
  const code = OPCODES.filter(({ since, op }) => since <= version && (hasEnums || !ENUM_OPS.has(op))).map((opcode) =>
    example(draft, opcode),
  );
  const attributes = [
    ...(version >= VERSION_CLOSURES ? ATTRIBUTES : []),
    ...(version >= VERSION_STRUCT_API ? STRUCT_API_ATTRIBUTES : []),
  ];
  const signature = { parameters: types, returns: [U64], typeParameters: [3] };
  draft.function('everything', { ...signature, locals: types, attributes, isEntry: true, visibility: 'public', code });
  draft.function('native', { ...signature, visibility: 'friend' });
  draft.instantiate('functionInstantiations', 0, [U64]);
  const module = draft.build();
  return hasEnums ? { ...module, functionHandles: withSpecifiers(module) } : module;
}

function withSpecifiers(module: CompiledModule): CompiledModule['functionHandles'] {
  return module.functionHandles.map((handle, i) =>
    i === 0 ? { ...handle, accessSpecifiers: ACCESS_SPECIFIERS } : handle,
  );
}

function allTypes(version: number): readonly SignatureToken[] {
  const leaves: LeafKind[] = ['bool', 'u8', 'u64', 'u128', 'address', 'signer'];
  if (version >= VERSION_INTEGERS) leaves.push('u16', 'u32', 'u256');
  if (version >= VERSION_SIGNED) leaves.push('i8', 'i16', 'i32', 'i64', 'i128', 'i256');
  const types: SignatureToken[] = leaves.map((kind) => ({ kind }));
  types.push({ kind: 'vector', inner: { kind: 'vector', inner: U64 } });
  types.push({ kind: 'struct', handle: 1, typeArgs: [{ kind: 'vector', inner: U64 }] });
  if (version < VERSION_CLOSURES) return types;
  const inner: SignatureToken = { kind: 'function', parameters: [], returns: [], abilities: 0 };
  types.push({
    kind: 'function',
    parameters: [{ kind: 'reference', inner: U64 }, inner],
    returns: [inner],
    abilities: 7,
  });
  return types;
}

function example(draft: ModuleDraft, opcode: Opcode): Instruction {
  switch (opcode.operand) {
    case 'none':
      return { op: opcode.op };
    case 'target':
      return { op: opcode.op, target: 0 };
    case 'local':
      return { op: opcode.op, local: 1 };
    case 'index':
      return { op: opcode.op, index: 0 };
    case 'indexAndMask':
      return { op: opcode.op, index: 0, mask: 0x8000_0000_0000_0001n };
    case 'type':
      return { op: opcode.op, type: draft.signature([U64]) };
    case 'typeAndCount':
      return { op: opcode.op, type: draft.signature([U64]), count: 3 };
    case 'u8':
    case 'u16':
    case 'u32':
      return { op: opcode.op, value: 2 ** INTEGER_BITS[opcode.operand] - 1 };
    case 'u64':
    case 'u128':
    case 'u256':
      return { op: opcode.op, value: (1n << BigInt(INTEGER_BITS[opcode.operand])) - 1n };
    case 'i8':
    case 'i16':
    case 'i32':
      return { op: opcode.op, value: -2 };
    case 'i64':
    case 'i128':
    case 'i256':
      return { op: opcode.op, value: -3n };
  }
}
