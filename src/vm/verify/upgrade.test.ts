// The rules for replacing a published module, each broken once.

import { describe, expect, it } from 'vitest';
import { type FunctionDraft, ModuleDraft, type StructDraft } from '../../testing/module-draft.ts';
import { Ability, type SignatureToken } from '../bytecode/module.ts';
import { statusOf } from './outcome.suite.ts';
import { checkUpgrade } from './upgrade.ts';

const U64: SignatureToken = { kind: 'u64' };
const U8: SignatureToken = { kind: 'u8' };
const RET: FunctionDraft = { code: [{ op: 'ret' }] };
const { copy, drop, store, key } = Ability;
const FUNCTION: SignatureToken = { kind: 'function', parameters: [U64], returns: [], abilities: drop };
const PERSISTENT: FunctionDraft = { ...RET, attributes: [{ kind: 'persistent' }], parameters: [FUNCTION] };

interface Shape {
  readonly name?: string;
  readonly struct?: StructDraft | null;
  readonly variants?: StructDraft['variants'];
  readonly functions?: Readonly<Record<string, FunctionDraft>>;
  /** Shifts every index. */
  readonly isPadded?: boolean;
}

const STRUCT: StructDraft = {
  abilities: key | store,
  typeParameters: [drop],
  fields: [
    ['x', U64],
    ['y', U8],
  ],
};
const VARIANTS = { A: [['x', U64]], B: [] } as const;
const FUNCTIONS: Readonly<Record<string, FunctionDraft>> = {
  open: { ...RET, visibility: 'public', parameters: [U64], returns: [], typeParameters: [drop] },
  enter: { ...RET, isEntry: true, parameters: [U64] },
  friendly: { ...RET, visibility: 'friend', parameters: [U64] },
  invited: { ...RET, visibility: 'friend', isEntry: true },
  hidden: { ...RET, parameters: [U64] },
  persistent: PERSISTENT,
};

function module(shape: Shape) {
  const draft = new ModuleDraft(shape.name ?? 'm', 8);
  if (shape.isPadded) {
    draft.struct('Padding');
    draft.function('padding', RET);
  }
  if (shape.struct !== null) draft.struct('S', shape.struct ?? STRUCT);
  draft.struct('E', { variants: shape.variants ?? VARIANTS });
  for (const [name, drafted] of Object.entries({ ...FUNCTIONS, ...shape.functions })) draft.function(name, drafted);
  return draft.build();
}

describe('an upgrade may', () => {
  it.each<[string, Shape]>([
    ['change nothing', {}],
    ['move things around', { isPadded: true }],
    ['add abilities', { struct: { ...STRUCT, abilities: key | store | drop } }],
    ['ask less of type parameters', { struct: { ...STRUCT, typeParameters: [0] } }],
    ['add variants behind the others', { variants: { ...VARIANTS, C: [['z', U8]] } }],
    ['make a private function public', { functions: { hidden: { ...RET, visibility: 'public', parameters: [U8] } } }],
    ['change a private function', { functions: { hidden: { ...RET, parameters: [U8] } } }],
    ['change a function for friends', { functions: { friendly: { ...RET, visibility: 'friend', parameters: [U8] } } }],
    ['make a function persistent', { functions: { hidden: { ...PERSISTENT, parameters: [U64] } } }],
    [
      'lock the module during a persistent function',
      { functions: { persistent: { ...PERSISTENT, attributes: [{ kind: 'persistent' }, { kind: 'moduleLock' }] } } },
    ],
    ['make an entry function public', { functions: { enter: { ...FUNCTIONS.enter, visibility: 'public' } } }],
  ])('%s', (_, shape) => {
    expect(statusOf(() => checkUpgrade(module({}), module(shape)))).toBe('OK');
  });
});

describe('an upgrade may not', () => {
  it.each<[string, Shape]>([
    ['rename the module', { name: 'n' }],
    ['drop a struct', { struct: null }],
    ['drop an ability', { struct: { ...STRUCT, abilities: key } }],
    ['ask more of type parameters', { struct: { ...STRUCT, typeParameters: [drop | store] } }],
    ['drop a type parameter', { struct: { ...STRUCT, typeParameters: [] } }],
    [
      'rename a field',
      {
        struct: {
          ...STRUCT,
          fields: [
            ['z', U64],
            ['y', U8],
          ],
        },
      },
    ],
    [
      'retype a field',
      {
        struct: {
          ...STRUCT,
          fields: [
            ['x', U8],
            ['y', U8],
          ],
        },
      },
    ],
    ['add a field', { struct: { ...STRUCT, fields: [...(STRUCT.fields ?? []), ['z', U8]] } }],
    ['put variants in another order', { variants: { B: [], A: [['x', U64]] } }],
    ['change a variant', { variants: { A: [['x', U8]], B: [] } }],
    ['make a struct of an enum', { struct: { ...STRUCT, variants: VARIANTS } }],
    ['hide a public function', { functions: { open: { ...FUNCTIONS.open, visibility: 'friend' } } }],
    ['change parameters of a public function', { functions: { open: { ...FUNCTIONS.open, parameters: [U8] } } }],
    ['change returns of a public function', { functions: { open: { ...FUNCTIONS.open, returns: [U8] } } }],
    [
      'ask more of the type parameters of a public function',
      { functions: { open: { ...FUNCTIONS.open, typeParameters: [drop | store] } } },
    ],
    ['take the entry from an entry function', { functions: { enter: { ...RET, parameters: [U64] } } }],
    ['hide an entry function from friends', { functions: { invited: { ...RET, isEntry: true } } }],
    ['change an entry function for friends', { functions: { invited: { ...FUNCTIONS.invited, parameters: [U8] } } }],
    ['make a persistent function ordinary', { functions: { persistent: { ...PERSISTENT, attributes: [] } } }],
    ['change parameters of a persistent function', { functions: { persistent: { ...PERSISTENT, parameters: [] } } }],
    [
      'change the abilities of a function taken by a persistent one',
      { functions: { persistent: { ...PERSISTENT, parameters: [{ ...FUNCTION, abilities: copy | drop }] } } },
    ],
    [
      'change the parameters of a function taken by a persistent one',
      { functions: { persistent: { ...PERSISTENT, parameters: [{ ...FUNCTION, parameters: [U8] }] } } },
    ],
    ['change parameters of an entry function', { functions: { enter: { ...RET, isEntry: true } } }],
  ])('%s', (_, shape) => {
    expect(statusOf(() => checkUpgrade(module({}), module(shape)))).toBe('BACKWARD_INCOMPATIBLE_MODULE_UPDATE');
  });

  it('drop a public function', () => {
    const draft = new ModuleDraft('m');
    draft.struct('S', STRUCT);
    draft.struct('E', { variants: VARIANTS });
    expect(() => checkUpgrade(module({}), draft.build())).toThrow(
      /function open: it is gone; function enter: it is gone; .*function persistent: it is gone/,
    );
  });
});
