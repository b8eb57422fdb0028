// A fixture of the instructions that no compiler at hand writes: logic on two bools that are both there, an idle instruction, taking an enum
// apart without asking for its variant, casts that change nothing.

import { Ability, type CompiledModule, type SignatureToken } from '../vm/bytecode/module.ts';
import { ModuleDraft } from './module-draft.ts';
import { FIXTURE_ADDRESS } from './recorded-stories.ts';

const BOOL: SignatureToken = { kind: 'bool' };
const U8: SignatureToken = { kind: 'u8' };
const U64: SignatureToken = { kind: 'u64' };
const U128: SignatureToken = { kind: 'u128' };
const T: SignatureToken = { kind: 'typeParameter', index: 0 };
const VERSION = 7;

/** `0xcafe::assembled`. */
export function assembledFixture(): CompiledModule {
  const draft = new ModuleDraft('assembled', VERSION, FIXTURE_ADDRESS);
  addLogic(draft);
  addEnums(draft);
  addVectors(draft);
  addCasts(draft);
  return draft.build();
}

/** `logic(a, b): (a | b, a & b, !a)`. */
function addLogic(draft: ModuleDraft): void {
  draft.function('logic', {
    visibility: 'public',
    parameters: [BOOL, BOOL],
    returns: [BOOL, BOOL, BOOL],
    code: [
      { op: 'nop' },
      { op: 'copyLoc', local: 0 },
      { op: 'copyLoc', local: 1 },
      { op: 'or' },
      { op: 'copyLoc', local: 0 },
      { op: 'moveLoc', local: 1 },
      { op: 'and' },
      { op: 'nop' },
      { op: 'moveLoc', local: 0 },
      { op: 'not' },
      { op: 'ret' },
    ],
  });
}

/** `open(isFirst, x)` and `open_generic(isFirst, x)` make a variant and take it apart as the first one. */
function addEnums(draft: ModuleDraft): void {
  const variants = (type: SignatureToken) => ({
    First: [
      ['a', type],
      ['b', U8],
    ] as const,
    Second: [['a', type]] as const,
  });
  const abilities = Ability.copy | Ability.drop;
  const plain = draft.struct('Plain', { abilities, variants: variants(U64) });
  const generic = draft.struct('Generic', { abilities, typeParameters: [0], variants: variants(T) });
  for (const struct of [plain, generic]) {
    draft.structVariantHandles.push({ struct, variant: 0 }, { struct, variant: 1 });
  }
  const [first, second] = [2, 3].map((handle) => draft.instantiate('structVariantInstantiations', handle, [U128]));
  addOpen(draft, 'open', U64, { pack: 'packVariant', unpack: 'unpackVariant', first: 0, second: 1 });
  addOpen(draft, 'open_generic', U128, {
    pack: 'packVariantGeneric',
    unpack: 'unpackVariantGeneric',
    first: first ?? 0,
    second: second ?? 0,
  });
}

interface Forms {
  readonly pack: 'packVariant' | 'packVariantGeneric';
  readonly unpack: 'unpackVariant' | 'unpackVariantGeneric';
  readonly first: number;
  readonly second: number;
}

function addOpen(draft: ModuleDraft, name: string, type: SignatureToken, { pack, unpack, first, second }: Forms): void {
  draft.function(name, {
    visibility: 'public',
    parameters: [BOOL, type],
    locals: [pack === 'packVariant' ? draft.typeOf(0) : draft.typeOf(1, type)],
    returns: [type, U8],
    code: [
      { op: 'moveLoc', local: 0 },
      { op: 'brFalse', target: 7 },
      { op: 'moveLoc', local: 1 },
      { op: 'ldU8', value: 200 },
      { op: pack, index: first },
      { op: 'stLoc', local: 2 },
      { op: 'branch', target: 10 },
      { op: 'moveLoc', local: 1 },
      { op: pack, index: second },
      { op: 'stLoc', local: 2 },
      { op: 'moveLoc', local: 2 },
      { op: unpack, index: first },
      { op: 'ret' },
    ],
  });
}

/** `unpack_three(list)` takes a vector apart that has three elements, or fails. */
function addVectors(draft: ModuleDraft): void {
  const elements = draft.signature([U128]);
  draft.function('unpack_three', {
    visibility: 'public',
    parameters: [{ kind: 'vector', inner: U128 }],
    returns: [U128, U128, U128],
    code: [{ op: 'moveLoc', local: 0 }, { op: 'vecUnpack', type: elements, count: 3 }, { op: 'ret' }],
  });
}

/** `same(…)` casts a number of each width to what it is. */
function addCasts(draft: ModuleDraft): void {
  const types = (['u8', 'u16', 'u32', 'u64', 'u128', 'u256'] as const).map((kind): SignatureToken => ({ kind }));
  const casts = ['castU8', 'castU16', 'castU32', 'castU64', 'castU128', 'castU256'] as const;
  draft.function('same', {
    visibility: 'public',
    parameters: types,
    returns: types,
    code: [...casts.flatMap((op, local) => [{ op: 'moveLoc', local } as const, { op } as const]), { op: 'ret' }],
  });
}
