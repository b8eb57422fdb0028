// Inputs as large as a transaction may be, made to cost the decoder or the verifier as much as they can: tables filled with the shortest
// entries, and well-formed modules that lead each analysis to its worst.

import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { APTOS_FLAVOUR, TableKind } from '../../vm/bytecode/format.ts';
import { Ability, type Instruction, type SignatureToken } from '../../vm/bytecode/module.ts';
import { assembleModule } from '../assemble.ts';
import { ModuleDraft } from '../module-draft.ts';
import { readHeader, writeHeader } from './binary-header.ts';
import { HEAVY_TYPES } from './heavy-types.ts';

/** A transaction on Aptos takes 64 KiB at most (gas schedule: `max_transaction_size_in_bytes`), so no module comes in one that is larger. */
export const INPUT_SIZE_MAX = 64 * 1024;

const U64: SignatureToken = { kind: 'u64' };
const { copy, drop, store, key } = Ability;
const ALL = copy | drop | store;
const LOCALS = 250;

export interface HeavyInput {
  readonly name: string;
  readonly bytes: Bytes;
}

/** Whatever is over `INPUT_SIZE_MAX` is left out. */
export function heavyInputs(): readonly HeavyInput[] {
  const modules = Object.entries({ ...HEAVY_MODULES, ...HEAVY_TYPES }).map(([name, make]) => ({ name, bytes: make() }));
  return [...crowdedTables(), ...modules].filter(({ bytes }) => bytes.length <= INPUT_SIZE_MAX);
}

/** A small module with one of its tables, or one that it does not have, full of one short entry. */
function crowdedTables(): HeavyInput[] {
  const small = readHeader(assembleModule(new ModuleDraft('m', 10).build()));
  const entries = [
    [0],
    [1],
    [1, 0],
    [1, 1],
    [2, 0],
    [0, 2, 0],
    [10, 2],
    [0xff, 0x7f],
    [0, 0, 0, 0, 1, 0],
    [1, 0x61],
    [1, 9, 0],
  ];
  return Object.entries(TableKind).flatMap(([name, kind]) =>
    entries.map((entry) => {
      const pattern = Uint8Array.from({ length: INPUT_SIZE_MAX - 256 }, (_, i) => entry[i % entry.length] ?? 0);
      const kept = small.tables.filter((table) => table.kind !== kind);
      const own = small.tables.find((table) => table.kind === kind)?.content ?? new Uint8Array();
      const content = concatBytes(own, pattern);
      const bytes = writeHeader(10 | APTOS_FLAVOUR, [...kept, { kind, content }], small.rest);
      return { name: `${name} full of ${entry.join(' ')}`, bytes };
    }),
  );
}

const HEAVY_MODULES: Readonly<Record<string, () => Bytes>> = {
  'a long function': () => oneFunction(repeat(60_000, { op: 'nop' }), []),
  'values pushed and popped': () => oneFunction(repeat(9_900, { op: 'ldTrue' }, { op: 'pop' }), []),
  'a thousand blocks over many locals': () =>
    oneFunction(
      Array.from({ length: 500 }, (_, i): Instruction[] => [
        { op: 'ldTrue' },
        { op: 'brTrue', target: 3 * i + 3 },
        { op: 'nop' },
      ]).flat(),
      new Array<SignatureToken>(LOCALS).fill(U64),
    ),
  'a thousand jumps back': () =>
    oneFunction(
      Array.from({ length: 1000 }, (_, i): Instruction[] => [
        { op: 'ldTrue' },
        { op: 'stLoc', local: i % LOCALS },
        { op: 'ldTrue' },
        { op: 'brTrue', target: 4 * (i - (i % 4)) },
      ]).flat(),
      new Array<SignatureToken>(LOCALS).fill({ kind: 'bool' }),
    ),
  'nested loops': () => {
    const code: Instruction[] = [];
    for (let group = 0; group < 70; group++) {
      const start = code.length;
      for (let depth = 0; depth < 4; depth++) code.push({ op: 'ldTrue' }, { op: 'brTrue', target: start + 13 });
      for (let depth = 3; depth >= 0; depth--) code.push({ op: 'branch', target: start + 2 * depth });
      code.push({ op: 'nop' }, { op: 'nop' });
    }
    return oneFunction(code, []);
  },
  'references in every local': () => manyReferences(100, 300),
  'references joined over many blocks': () => manyReferences(120, 500),
  'fields of fields borrowed': () => manyFields(),
  'functions without end': () => {
    const draft = new ModuleDraft('m', 7);
    for (let i = 0; i < 4500; i++) {
      draft.functionHandles.push({ ...NO_HANDLE, name: freshName(draft) });
      draft.functions.push({
        handle: i,
        visibility: 'public',
        isEntry: false,
        acquires: [],
        body: { locals: 0, code: [{ op: 'ret' }] },
      });
    }
    return assembleModule(draft.build());
  },
  'functions that all call each other': () => {
    const draft = new ModuleDraft('m', 7);
    for (let i = 0; i < 800; i++) {
      draft.functionHandles.push({ ...NO_HANDLE, name: freshName(draft), typeParameters: [0] });
    }
    draft.signatures.push([{ kind: 'typeParameter', index: 0 }], [vectorOf({ kind: 'typeParameter', index: 0 })]);
    for (let i = 0; i < 800; i++) draft.functionInstantiations.push({ handle: i, typeArgs: 1 });
    for (let i = 0; i < 800; i++) {
      const code: Instruction[] = Array.from({ length: 20 }, (_, j) => ({
        op: 'callGeneric',
        index: (i * 7 + j * 31) % 800,
      }));
      draft.functions.push({
        handle: i,
        visibility: 'public',
        isEntry: false,
        acquires: [],
        body: { locals: 0, code: [...code, { op: 'ret' }] },
      });
    }
    return assembleModule(draft.build());
  },
  'structs of structs': () => {
    const draft = new ModuleDraft('m', 7);
    const names = [freshName(draft), freshName(draft), freshName(draft)];
    for (let i = 0; i < 1800; i++) {
      draft.structHandles.push({ module: 0, name: freshName(draft), abilities: ALL, typeParameters: [] });
      const type: SignatureToken = i === 0 ? U64 : { kind: 'struct', handle: i - 1, typeArgs: [] };
      const fields = names.map((name) => ({ name, type }));
      draft.structs.push({ handle: i, layout: { kind: 'struct', fields } });
    }
    return assembleModule(draft.build());
  },
  'deep types everywhere': () => {
    const draft = new ModuleDraft('m', 7);
    let type: SignatureToken = U64;
    for (let depth = 0; depth < 18; depth++) type = vectorOf(type);
    for (let i = 0; i < 200; i++) draft.signatures.push(new Array<SignatureToken>(14).fill(type));
    return assembleModule(draft.build());
  },
  'signatures too deep': () => {
    const draft = new ModuleDraft('m', 7);
    let type: SignatureToken = U64;
    for (let depth = 0; depth < 250; depth++) type = vectorOf(type);
    draft.signatures.push(new Array<SignatureToken>(250).fill(type));
    return assembleModule(draft.build());
  },
  'generic values packed': () => {
    const draft = new ModuleDraft('m', 7);
    draft.struct('Pair', {
      abilities: ALL,
      typeParameters: [0, 0],
      fields: [['a', { kind: 'typeParameter', index: 0 }]],
    });
    let type: SignatureToken = U64;
    for (let depth = 0; depth < 4; depth++) type = { kind: 'struct', handle: 0, typeArgs: [type, type] };
    const local = draft.signature([type, { kind: 'reference', inner: type }]);
    const code: Instruction[] = repeat(9_900, { op: 'copyLoc', local: 0 }, { op: 'pop' });
    draft.functionHandles.push({ ...NO_HANDLE, name: draft.identifier('f'), parameters: draft.signature([type]) });
    draft.functions.push({
      handle: 0,
      visibility: 'public',
      isEntry: false,
      acquires: [],
      body: { locals: local, code: [...code, { op: 'ret' }] },
    });
    return assembleModule(draft.build());
  },
  'vectors as long as they may be': () =>
    oneFunction(
      repeat(290, ...repeat(32, { op: 'ldTrue' }), { op: 'vecPack', type: 1, count: 32 }, { op: 'pop' }),
      [],
      [{ kind: 'bool' }],
    ),
  'resources acquired by many': () => {
    const draft = new ModuleDraft('m', 7);
    for (let i = 0; i < 200; i++) draft.struct(`R${i}`, { abilities: key });
    const acquires = Array.from({ length: 200 }, (_, i) => i);
    for (let i = 0; i < 100; i++) {
      draft.functionHandles.push({ ...NO_HANDLE, name: freshName(draft) });
      const code: Instruction[] = Array.from({ length: 100 }, (_, j) => ({ op: 'call', index: j }));
      draft.functions.push({
        handle: i,
        visibility: 'public',
        isEntry: false,
        acquires,
        body: { locals: 0, code: [...code, { op: 'ret' }] },
      });
    }
    return assembleModule(draft.build());
  },
};

const NO_HANDLE = { module: 0, name: 0, parameters: 0, returns: 0, typeParameters: [], attributes: [] };

/** Borrowed locals, kept in other locals through so many blocks. */
function manyReferences(references: number, blocks: number): Bytes {
  const locals = [
    ...new Array<SignatureToken>(references).fill(U64),
    ...new Array<SignatureToken>(references).fill({ kind: 'reference', inner: U64 }),
  ];
  const code: Instruction[] = [];
  for (let i = 0; i < references; i++) {
    code.push({ op: 'ldU64', value: 1n }, { op: 'stLoc', local: i }, { op: 'immBorrowLoc', local: i });
    code.push({ op: 'stLoc', local: references + i });
  }
  for (let block = 0; block < blocks; block++) {
    code.push({ op: 'ldTrue' }, { op: 'brTrue', target: code.length + 5 });
    code.push({ op: 'copyLoc', local: references + (block % references) });
    code.push({ op: 'stLoc', local: references + ((block * 7 + 1) % references) }, { op: 'nop' });
  }
  return oneFunction(code, locals);
}

/** Of one parameter, through a function that might return any of what it is lent. */
function manyFields(): Bytes {
  const draft = new ModuleDraft('m', 7);
  const outer = draft.struct('S', {
    abilities: ALL,
    fields: Array.from({ length: 100 }, (_, i) => [`f${i}`, U64] as const),
  });
  const type = draft.typeOf(outer);
  for (let i = 0; i < 100; i++) draft.fieldHandles.push({ owner: outer, field: i });
  const lent: SignatureToken = { kind: 'reference', inner: U64 };
  const chosen = draft.function('choose', {
    parameters: new Array<SignatureToken>(60).fill(lent),
    returns: [lent],
    code: [{ op: 'moveLoc', local: 0 }, { op: 'ret' }],
  });
  const code: Instruction[] = [];
  for (let round = 0; round < 80; round++) {
    for (let i = 0; i < 60; i++)
      code.push({ op: 'copyLoc', local: 0 }, { op: 'immBorrowField', index: (round + i) % 100 });
    code.push({ op: 'call', index: chosen }, { op: 'stLoc', local: 1 + (round % 100) });
  }
  draft.function('f', {
    parameters: [{ kind: 'reference', inner: type }],
    locals: new Array<SignatureToken>(100).fill(lent),
    code: [...code, { op: 'ret' }],
  });
  return assembleModule(draft.build());
}

function oneFunction(
  code: readonly Instruction[],
  locals: readonly SignatureToken[],
  elementTypes: readonly SignatureToken[] = [],
): Bytes {
  const draft = new ModuleDraft('m', 7);
  if (elementTypes.length > 0) draft.signature(elementTypes);
  draft.function('f', { visibility: 'public', locals, code: [...code, { op: 'ret' }] });
  return assembleModule(draft.build());
}

/** A name that the module does not have, without a look at the many that it has. */
function freshName(draft: ModuleDraft): number {
  return draft.identifiers.push(`n${draft.identifiers.length}`) - 1;
}

function vectorOf(inner: SignatureToken): SignatureToken {
  return { kind: 'vector', inner };
}

function repeat(times: number, ...code: readonly Instruction[]): Instruction[] {
  return Array.from({ length: times }, () => code).flat();
}
