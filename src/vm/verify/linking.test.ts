// What a module or script says of others, and what natives it may have.

import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../base/ids.ts';
import { assembleModule, assembleScript } from '../../testing/assemble.ts';
import { type FunctionDraft, ModuleDraft } from '../../testing/module-draft.ts';
import { moduleKey, selfId } from '../bytecode/access.ts';
import { decodeModule, decodeScript } from '../bytecode/decode.ts';
import {
  Ability,
  type CompiledModule,
  type Instruction,
  type ModuleId,
  type SignatureToken,
} from '../bytecode/module.ts';
import { checkNatives } from './natives.ts';
import { statusOf } from './outcome.suite.ts';
import { verifyModule, verifyScript } from './verify.ts';

const U64: SignatureToken = { kind: 'u64' };
const T0: SignatureToken = { kind: 'typeParameter', index: 0 };
const CODE: readonly Instruction[] = [{ op: 'ldU64', value: 1n }, { op: 'abort' }];

function published(...drafts: readonly ModuleDraft[]): (id: ModuleId) => CompiledModule | undefined {
  const modules = new Map(drafts.map((draft) => draft.build()).map((module) => [moduleKey(selfId(module)), module]));
  return (id) => modules.get(moduleKey(id));
}

function outcome(module: ModuleDraft, ...others: readonly ModuleDraft[]): string {
  const bytes = assembleModule(module.build());
  return statusOf(() => verifyModule(decodeModule(bytes), published(...others)));
}

/** Module `n`, which offers a function and a struct of each kind. */
function library(change: (draft: ModuleDraft) => void = () => undefined, version = 7): ModuleDraft {
  const draft = new ModuleDraft('n', version);
  draft.struct('S', { abilities: Ability.copy | Ability.drop, typeParameters: [Ability.drop] });
  draft.function('open', { parameters: [U64], visibility: 'public', code: CODE });
  draft.function('generic', { typeParameters: [Ability.drop], parameters: [T0], visibility: 'public', code: CODE });
  draft.function('friendly', { visibility: 'friend', code: CODE });
  draft.function('hidden', { code: CODE });
  change(draft);
  return draft;
}

/** Module `m`, which uses something of `n`. */
function user(use: (draft: ModuleDraft, n: number) => void, version = 7): ModuleDraft {
  const draft = new ModuleDraft('m', version);
  use(draft, draft.module('n'));
  return draft;
}

describe('a module that uses another', () => {
  it('passes when it describes what it uses rightly', () => {
    const module = user((d, n) => {
      d.functionHandle(n, 'open', { parameters: [U64] });
      d.functionHandle(n, 'generic', { typeParameters: [Ability.drop], parameters: [T0] });
      d.structHandle(n, 'S', { abilities: Ability.drop, typeParameters: [Ability.drop] });
    });
    expect(outcome(module, library())).toBe('OK');
  });

  it.each<[string, string, (draft: ModuleDraft, n: number) => void]>([
    ['LOOKUP_FAILED', 'a function that is not there', (d, n) => d.functionHandle(n, 'absent')],
    ['LOOKUP_FAILED', 'a private function', (d, n) => d.functionHandle(n, 'hidden')],
    ['LOOKUP_FAILED', 'a function for friends', (d, n) => d.functionHandle(n, 'friendly')],
    ['LOOKUP_FAILED', 'a struct that is not there', (d, n) => d.structHandle(n, 'Absent')],
    ['TYPE_MISMATCH', 'other parameters', (d, n) => d.functionHandle(n, 'open', { parameters: [{ kind: 'u8' }] })],
    ['TYPE_MISMATCH', 'other returns', (d, n) => d.functionHandle(n, 'open', { parameters: [U64], returns: [U64] })],
    [
      'TYPE_MISMATCH',
      'weaker constraints',
      (d, n) => d.functionHandle(n, 'generic', { typeParameters: [0], parameters: [T0] }),
    ],
    [
      'TYPE_MISMATCH',
      'more abilities than the struct has',
      (d, n) => d.structHandle(n, 'S', { abilities: Ability.key, typeParameters: [Ability.drop] }),
    ],
    [
      'TYPE_MISMATCH',
      'a phantom that is none',
      (d, n) => d.structHandle(n, 'S', { typeParameters: [{ constraints: Ability.drop, isPhantom: true }] }),
    ],
  ])('%s: %s', (status, _, use) => {
    expect(outcome(user(use), library())).toBe(status);
  });

  it('needs it to be published', () => {
    expect(outcome(user(() => undefined))).toBe('MISSING_DEPENDENCY');
  });

  it('may call functions for friends when it is one', () => {
    const module = user((d, n) => d.functionHandle(n, 'friendly'));
    expect(
      outcome(
        module,
        library((d) => d.friend('m')),
      ),
    ).toBe('OK');
  });

  it('compares structs by name, not by index', () => {
    const lib = library((d) => {
      d.struct('T');
      d.function('take', { parameters: [d.typeOf(1)], visibility: 'public', code: CODE });
    });
    const module = user((d, n) => {
      const handle = d.structHandle(n, 'T');
      d.functionHandle(n, 'take', { parameters: [{ kind: 'struct', handle, typeArgs: [] }] });
    });
    expect(outcome(module, lib)).toBe('OK');
  });
});

describe('a module that counts on attributes of functions', () => {
  const PERSISTENT = [{ kind: 'persistent' }] as const;
  const OPEN = { parameters: [U64] };
  const counting = user((d, n) => d.functionHandle(n, 'open', { ...OPEN, attributes: PERSISTENT }), 8);
  const withOpen = (draft: FunctionDraft, version = 8): ModuleDraft => {
    const d = new ModuleDraft('n', version);
    d.function('open', { ...OPEN, visibility: 'public', code: CODE, ...draft });
    return d;
  };

  it('passes when they have them', () => {
    expect(outcome(counting, withOpen({ attributes: PERSISTENT }))).toBe('OK');
    expect(outcome(counting, withOpen({ attributes: [{ kind: 'moduleLock' }, ...PERSISTENT] }))).toBe('OK');
  });

  it('may count on public functions to stay, of old modules too', () => {
    expect(outcome(counting, withOpen({}))).toBe('OK');
    expect(outcome(counting, withOpen({}, 7))).toBe('OK');
  });

  it('is refused when they lack them', () => {
    expect(outcome(counting, withOpen({ attributes: [{ kind: 'moduleLock' }] }))).toBe('LINKER_ERROR');
    const friendly = withOpen({ visibility: 'friend' });
    friendly.friend('m');
    expect(outcome(counting, friendly)).toBe('LINKER_ERROR');
  });

  it('need not name them', () => {
    const module = user((d, n) => d.functionHandle(n, 'open', OPEN), 8);
    expect(outcome(module, withOpen({ attributes: [{ kind: 'moduleLock' }] }))).toBe('OK');
  });
});

describe('function types of other modules', () => {
  const { copy, drop, store } = Ability;
  /** Takes a function that takes a `T`, of `n`, by reference. */
  const taking = (d: ModuleDraft, n: number, abilities: number, name = 'T'): SignatureToken => {
    const handle = d.structs.length > 0 ? 1 : d.structHandle(n, name);
    const inner: SignatureToken = { kind: 'struct', handle, typeArgs: [] };
    return { kind: 'function', parameters: [{ kind: 'reference', inner }], returns: [U64], abilities };
  };
  const lib = library((d) => {
    d.struct('T');
    d.function('apply', { parameters: [taking(d, d.self, drop)], visibility: 'public', code: CODE });
  }, 8);
  const using = (abilities: number, name?: string): ModuleDraft =>
    user((d, n) => d.functionHandle(n, 'apply', { parameters: [taking(d, n, abilities, name)] }), 8);

  it('are the same by the names of the structs in them', () => {
    expect(outcome(using(drop), lib)).toBe('OK');
    expect(outcome(using(drop, 'S'), lib)).toBe('TYPE_MISMATCH');
  });

  it('have the same abilities', () => {
    expect(outcome(using(copy | drop), lib)).toBe('TYPE_MISMATCH');
    expect(outcome(using(store), lib)).toBe('TYPE_MISMATCH');
  });
});

describe('circles', () => {
  it('of dependencies are refused', () => {
    expect(
      outcome(
        user(() => undefined),
        library((d) => d.module('m')),
      ),
    ).toBe('CYCLIC_MODULE_DEPENDENCY');
  });

  it('of friends are refused', () => {
    const module = new ModuleDraft('m');
    module.friend('n');
    expect(
      outcome(
        module,
        library((d) => d.friend('m')),
      ),
    ).toBe('CYCLIC_MODULE_FRIENDSHIP');
  });

  it('of a friend and a dependency are refused', () => {
    const module = user((d) => d.friend('n'));
    expect(outcome(module, library())).toBe('INVALID_FRIEND_DECL_WITH_MODULES_IN_DEPENDENCIES');
  });

  it('are not seen in friends that are not published yet', () => {
    const module = new ModuleDraft('m');
    module.friend('later');
    expect(outcome(module)).toBe('OK');
  });
});

describe('a script', () => {
  function scriptOutcome(
    use: (draft: ModuleDraft, n: number) => FunctionDraft,
    ...others: readonly ModuleDraft[]
  ): string {
    const draft = new ModuleDraft('unused', 10);
    const n = draft.module('n');
    const bytes = assembleScript(draft.buildScript(use(draft, n)));
    return statusOf(() => verifyScript(decodeScript(bytes), published(...others)));
  }

  it('calls public functions', () => {
    const call = (d: ModuleDraft, n: number): FunctionDraft => {
      const index = d.functionHandle(n, 'open', { parameters: [U64] });
      return { code: [{ op: 'ldU64', value: 1n }, { op: 'call', index }, { op: 'ret' }] };
    };
    expect(scriptOutcome(call, library())).toBe('OK');
  });

  it('calls no others', () => {
    const call = (d: ModuleDraft, n: number): FunctionDraft => ({
      code: [{ op: 'call', index: d.functionHandle(n, 'friendly') }, { op: 'ret' }],
    });
    expect(
      scriptOutcome(
        call,
        library((d) => d.friend('unused')),
      ),
    ).toBe('LOOKUP_FAILED');
  });

  it('is verified like a function', () => {
    expect(scriptOutcome(() => ({ code: [{ op: 'ldU64', value: 1n }, { op: 'ret' }] }), library())).toBe(
      'POSITIVE_STACK_SIZE_AT_BLOCK_END',
    );
  });

  it('may have type parameters, closures and signed numbers', () => {
    const script = (d: ModuleDraft, n: number): FunctionDraft => {
      const index = d.functionHandle(n, 'open', { parameters: [U64] });
      const type = d.signature([{ kind: 'function', parameters: [], returns: [], abilities: Ability.drop }]);
      const pack = [
        { op: 'ldU64', value: 1n },
        { op: 'packClosure', index, mask: 1n },
        { op: 'callClosure', type },
      ] as const;
      const negate = [{ op: 'ldI8', value: 1 }, { op: 'negate' }, { op: 'pop' }] as const;
      return { typeParameters: [Ability.drop], parameters: [T0], code: [...pack, ...negate, { op: 'ret' }] };
    };
    expect(scriptOutcome(script, library())).toBe('OK');
  });

  it.each<[string, (d: ModuleDraft, n: number) => FunctionDraft]>([
    [
      'calls no function that stands for a struct operation',
      (d, n) => {
        d.functionHandle(n, 'pack$S', { attributes: [{ kind: 'pack' }] });
        return { code: [{ op: 'ret' }] };
      },
    ],
    [
      'emits no events',
      (d) => {
        d.functionHandle(d.module('event', parseAddress('0x1')), 'emit', { typeParameters: [0], parameters: [T0] });
        return { code: [{ op: 'ret' }] };
      },
    ],
    [
      'works on no structs',
      (d, n) => {
        const handle = d.structHandle(n, 'S', { typeParameters: [Ability.drop] });
        const type: SignatureToken = { kind: 'struct', handle, typeArgs: [U64] };
        return {
          parameters: [{ kind: 'signer' }, type],
          code: [
            { op: 'immBorrowLoc', local: 0 },
            { op: 'moveLoc', local: 1 },
            { op: 'moveTo', index: 0 },
            { op: 'ret' },
          ],
        };
      },
    ],
  ])('%s', (_, use) => {
    expect(scriptOutcome(use, library())).toBe('INVALID_OPERATION_IN_SCRIPT');
  });
});

describe('natives', () => {
  const native = (address: string, isEntry: boolean): string => {
    const draft = new ModuleDraft('m', 7, parseAddress(address));
    draft.function('f', { isEntry });
    return statusOf(() => checkNatives(decodeModule(assembleModule(draft.build()))));
  };

  it('are for the framework', () => {
    expect(native('0x1', false)).toBe('OK');
    expect(native('0x10', false)).toBe('USER_DEFINED_NATIVE_NOT_ALLOWED');
    expect(native('0x42', false)).toBe('USER_DEFINED_NATIVE_NOT_ALLOWED');
  });

  it('are never entry functions', () => {
    expect(native('0x1', true)).toBe('USER_DEFINED_NATIVE_NOT_ALLOWED');
  });
});
