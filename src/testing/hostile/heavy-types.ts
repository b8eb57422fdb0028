// Modules whose types are as many and as large as they may be: generic calls with all parameters in every argument, closures and functions of large
// types, names and attributes of versions 8 to 10.

import type { Bytes } from '../../base/bytes.ts';
import type { FunctionType, Instruction, SignatureToken } from '../../vm/bytecode/module.ts';
import { assembleModule } from '../assemble.ts';
import { ModuleDraft } from '../module-draft.ts';

const U8: SignatureToken = { kind: 'u8' };
const PARAMETERS = 32;
const ABORT: readonly Instruction[] = [{ op: 'ldU64', value: 1n }, { op: 'abort' }];
const RET: readonly Instruction[] = [{ op: 'ret' }];

export const HEAVY_TYPES: Readonly<Record<string, () => Bytes>> = {
  'type arguments with every parameter in each': () => {
    const draft = withBox();
    draft.signatures.push(allMixed(0));
    return callingEachOther(draft, 60);
  },
  'type arguments that are parameters': () => {
    const draft = withBox();
    draft.signatures.push(Array.from({ length: PARAMETERS }, (_, i) => parameter((i + 1) % PARAMETERS)));
    return callingEachOther(draft, 140);
  },
  'instances of many functions': () => {
    const draft = withBox();
    for (let i = 0; i < 10; i++) draft.signatures.push(allMixed(i));
    for (let i = 0; i < 350; i++) define(draft, RET, { typeParameters: new Array<number>(PARAMETERS).fill(2) });
    for (let handle = 0; handle < 350; handle++) {
      for (let i = 0; i < 10; i++) draft.functionInstantiations.push({ handle, typeArgs: 1 + i });
    }
    return assembleModule(draft.build());
  },
  'closures of a generic function with large parameters': () => {
    const draft = new ModuleDraft('m', 8);
    draft.signatures.push(new Array<SignatureToken>(128).fill(fun(new Array(25).fill(parameter(0)))), [U8]);
    define(draft, ABORT, { parameters: 1, typeParameters: [0] });
    draft.functionInstantiations.push({ handle: 0, typeArgs: 2 });
    const pack: Instruction = { op: 'packClosureGeneric', index: 0, mask: 0n };
    for (let i = 0; i < 2000; i++) define(draft, [pack, { op: 'pop' }, ...RET]);
    return assembleModule(draft.build());
  },
  'large function values copied': () => withLargeLocals([{ op: 'copyLoc', local: 0 }, { op: 'pop' }]),
  'large function values moved between locals': () =>
    withLargeLocals([
      { op: 'copyLoc', local: 0 },
      { op: 'stLoc', local: 1 },
    ]),
  'signatures shared by thousands of functions': () => {
    const draft = new ModuleDraft('m', 8);
    const mixed = Array.from({ length: 20 }, (_, i) => parameter(i));
    draft.signatures.push(new Array<SignatureToken>(128).fill(fun(mixed)));
    const typeParameters = new Array<number>(20).fill(0);
    for (let i = 0; i < 1150; i++) define(draft, ABORT, { parameters: 1, typeParameters });
    return assembleModule(draft.build());
  },
  'names full of delimiters': () => {
    const draft = new ModuleDraft('m', 10);
    for (let i = 0; i < 220; i++) define(draft, RET, {}, `pack$${'$'.repeat(240)}${i}`);
    return assembleModule(draft.build());
  },
  'as many access specifiers as there may be': () => {
    const draft = new ModuleDraft('m', 8);
    const all = { access: 'reads', isNegated: false, resource: { kind: 'any' }, address: { kind: 'any' } } as const;
    const accessSpecifiers = new Array<typeof all>(64).fill(all);
    for (let i = 0; i < 230; i++) define(draft, RET, { accessSpecifiers });
    return assembleModule(draft.build());
  },
  'as many attributes as there may be': () => {
    const draft = new ModuleDraft('m', 8);
    const attributes = new Array<{ readonly kind: 'persistent' }>(16).fill({ kind: 'persistent' });
    for (let i = 0; i < 1600; i++) define(draft, RET, { attributes });
    return assembleModule(draft.build());
  },
};

function parameter(index: number): SignatureToken {
  return { kind: 'typeParameter', index };
}

function fun(parameters: readonly SignatureToken[]): FunctionType {
  return { kind: 'function', parameters, returns: [], abilities: 3 };
}

/** With a struct of 30 type parameters. */
function withBox(): ModuleDraft {
  const draft = new ModuleDraft('m', 8);
  draft.struct('Box', { abilities: 15, typeParameters: new Array<number>(30).fill(0), fields: [['x', U8]] });
  return draft;
}

/** As many type arguments as there may be, each with nearly all type parameters in it. */
function allMixed(shift: number): readonly SignatureToken[] {
  return Array.from({ length: PARAMETERS }, (_, k) => ({
    kind: 'struct',
    handle: 0,
    typeArgs: Array.from({ length: 30 }, (__, i) => parameter((i + k + shift) % PARAMETERS)),
  }));
}

/** Each function calls all of them with the type arguments of signature 1. */
function callingEachOther(draft: ModuleDraft, functions: number): Bytes {
  const code: Instruction[] = [];
  for (let index = 0; index < functions; index++) {
    draft.functionInstantiations.push({ handle: index, typeArgs: 1 });
    code.push({ op: 'callGeneric', index });
  }
  for (let i = 0; i < functions; i++) {
    define(draft, [...code, ...RET], { typeParameters: new Array<number>(PARAMETERS).fill(0) });
  }
  return assembleModule(draft.build());
}

/** Three functions that do the same with two locals of a large type, over and over. */
function withLargeLocals(code: readonly Instruction[]): Bytes {
  const draft = new ModuleDraft('m', 8);
  const large = fun(new Array<SignatureToken>(126).fill(U8));
  draft.signatures.push([large]);
  for (let i = 0; i < 3; i++) {
    const body = [...Array.from({ length: 5_000 }, () => code).flat(), ...RET];
    define(draft, body, { parameters: 1 }, `f${i}`, 1);
  }
  return assembleModule(draft.build());
}

/** A function, without a look at what the draft has already. */
function define(
  draft: ModuleDraft,
  code: readonly Instruction[],
  handle: Partial<ModuleDraft['functionHandles'][number]> = {},
  name = `f${draft.identifiers.length}`,
  locals = 0,
): void {
  const fresh = { module: 0, name: 0, parameters: 0, returns: 0, typeParameters: [], attributes: [] };
  const identifier = draft.identifiers.push(name) - 1;
  const index = draft.functionHandles.push({ ...fresh, ...handle, name: identifier }) - 1;
  draft.functions.push({ handle: index, visibility: 'public', isEntry: false, acquires: [], body: { locals, code } });
}
