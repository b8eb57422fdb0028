// What versions 8 to 10 brought is read from the version on that has it, and refused when malformed.

import { describe, expect, it } from 'vitest';
import { assembleBinary, assembleModule } from '../../testing/assemble.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { statusOf } from '../verify/outcome.suite.ts';
import { decodeModule } from './decode.ts';
import { TableKind, TypeCode } from './format.ts';
import type { FunctionAttribute, Instruction, SignatureToken } from './module.ts';

const VERSIONS = [5, 6, 7, 8, 9, 10] as const;

/** A module of one table, self index 0 behind it. */
function withTable(version: number, kind: number, ...content: readonly number[]): Uint8Array {
  return assembleBinary(version, [[kind, Uint8Array.from(content)]], Uint8Array.of(0));
}

/** One function handle: module, name and signatures 0, no type parameters, then what follows. */
function withHandle(version: number, ...rest: readonly number[]): Uint8Array {
  return withTable(version, TableKind.functionHandles, 0, 0, 0, 0, 0, ...rest);
}

function withCode(version: number, ...code: readonly number[]): Uint8Array {
  return withTable(version, TableKind.functions, 0, 0, 0, 0, 0, ...code);
}

/** Statuses of the same module in all versions. */
function everywhere(make: (draft: ModuleDraft) => void): readonly string[] {
  return VERSIONS.map((version) => {
    const draft = new ModuleDraft('m', version);
    make(draft);
    return statusOf(() => decodeModule(assembleModule(draft.build())));
  });
}

/** Read from `since` on, `MALFORMED` before. */
function from(since: number): readonly string[] {
  return VERSIONS.map((version) => (version < since ? 'MALFORMED' : 'OK'));
}

const FUNCTION_TYPE: SignatureToken = { kind: 'function', parameters: [], returns: [], abilities: 0 };

describe('by version', () => {
  it('types', () => {
    expect(everywhere((d) => d.signature([FUNCTION_TYPE]))).toEqual(from(8));
    for (const kind of ['i8', 'i16', 'i32', 'i64', 'i128', 'i256'] as const) {
      expect(everywhere((d) => d.signature([{ kind }]))).toEqual(from(9));
    }
  });

  it.each<[number, Instruction]>([
    [8, { op: 'packClosure', index: 0, mask: 0n }],
    [8, { op: 'callClosure', type: 0 }],
    [9, { op: 'ldI8', value: -128 }],
    [9, { op: 'ldI256', value: -(1n << 255n) }],
    [9, { op: 'castI128' }],
    [9, { op: 'negate' }],
    [10, { op: 'abortMsg' }],
  ])('version %i: $op', (since, instruction) => {
    expect(everywhere((d) => d.function('f', { code: [instruction] }))).toEqual(from(since));
  });

  it('attributes', () => {
    // Handles of earlier versions have no place for any, so nothing is written.
    const attributed = (attribute: FunctionAttribute) => (d: ModuleDraft) =>
      d.functionHandle(d.self, 'f', { attributes: [attribute] });
    expect(everywhere(attributed({ kind: 'persistent' }))).toEqual(from(5));
    expect(everywhere(attributed({ kind: 'pack' }))).toEqual(['OK', 'OK', 'OK', 'MALFORMED', 'MALFORMED', 'OK']);
    expect(everywhere(attributed({ kind: 'borrowField', field: 1 })).slice(3)).toEqual([
      'MALFORMED',
      'MALFORMED',
      'OK',
    ]);
  });

  it('names with `$` in them', () => {
    expect(everywhere((d) => d.identifier('pack$S'))).toEqual(from(9));
    expect(everywhere((d) => d.identifier('$'))).toEqual(VERSIONS.map(() => 'MALFORMED'));
  });
});

describe('attributes are refused', () => {
  it.each<[string, Uint8Array]>([
    ['of no code', withHandle(10, 0, 1, 0)],
    ['of an unknown code', withHandle(10, 0, 1, 10)],
    ['that are cut short', withHandle(10, 0, 1)],
    ['without the number of their variant', withHandle(10, 0, 1, 4, 0)],
    ['over sixteen', withHandle(10, 0, 17, ...new Array<number>(17).fill(1))],
  ])('%s', (_, bytes) => {
    expect(statusOf(() => decodeModule(bytes))).toBe('MALFORMED');
  });
});

describe('access specifiers are refused', () => {
  it.each<[string, readonly number[]]>([
    ['of neither reading nor writing', [1, 1, 3, 1, 1, 1]],
    ['that are neither negated nor not', [1, 1, 1, 0, 1, 1]],
    ['of no sort of resource', [1, 1, 1, 1, 6, 1]],
    ['of no sort of address', [1, 1, 1, 1, 1, 4]],
    ['over 64', [1, 65, ...new Array<readonly number[]>(65).fill([1, 1, 1, 1]).flat()]],
    ['that are cut short', [1, 1, 1, 1]],
  ])('%s', (_, specifiers) => {
    expect(statusOf(() => decodeModule(withHandle(8, ...specifiers)))).toBe('MALFORMED');
  });
});

describe('closures are refused', () => {
  it('with a mask over 64 bits', () => {
    const tooMuch = [...new Array<number>(9).fill(0xff), 0x03];
    expect(statusOf(() => decodeModule(withCode(8, 1, 0x58, 0, ...tooMuch)))).toBe('MALFORMED');
  });

  it.each<[string, readonly number[]]>([
    ['more than the four abilities', [1, TypeCode.function, 0, 0, 0x10]],
    ['no abilities', [1, TypeCode.function, 0, 0]],
    ['parameters that are not there', [1, TypeCode.function, 2, TypeCode.u8]],
    ['a depth of 257', [1, ...new Array<readonly number[]>(256).fill([TypeCode.function, 1]).flat(), TypeCode.u8]],
  ])('with a type of %s', (_, signature) => {
    expect(statusOf(() => decodeModule(withTable(8, TableKind.signatures, ...signature)))).toBe('MALFORMED');
  });
});

describe('signed numbers', () => {
  it('are read with their signs', () => {
    const code: readonly Instruction[] = [
      { op: 'ldI8', value: -1 },
      { op: 'ldI16', value: -32768 },
      { op: 'ldI32', value: 2_147_483_647 },
      { op: 'ldI64', value: -(1n << 63n) },
      { op: 'ldI128', value: -2n },
      { op: 'ldI256', value: (1n << 255n) - 1n },
    ];
    const draft = new ModuleDraft('m', 9);
    draft.function('f', { code });
    expect(decodeModule(assembleModule(draft.build())).functions[0]?.body?.code).toEqual(code);
  });

  it.each([
    [0x5b, 1],
    [0x5c, 2],
    [0x5d, 4],
    [0x5e, 8],
    [0x5f, 16],
    [0x60, 32],
  ])('are refused when cut short: opcode %i', (opcode, size) => {
    const bytes = withCode(9, 1, opcode, ...new Array<number>(size - 1).fill(0xff));
    expect(statusOf(() => decodeModule(bytes))).not.toBe('OK');
  });
});
