// What compilers write is read and written back byte for byte; what is malformed is refused with the Rust VM's status.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../base/bytes.ts';
import { assembleBinary, assembleModule, assembleScript } from '../../testing/assemble.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { randomModule } from '../../testing/random-module.ts';
import { statusOf } from '../verify/outcome.suite.ts';
import { decodeModule, decodeScript } from './decode.ts';
import { BytecodeError } from './error.ts';
import { TableKind, TypeCode, VERSION_CLOSURES } from './format.ts';
import type { SignatureToken } from './module.ts';
import { OPCODES } from './opcodes.ts';

const FIXTURES_DIR = path.join(import.meta.dirname, 'fixtures');
const MOVE_DIR = path.resolve(import.meta.dirname, '../../../move');

function read(...parts: readonly string[]): Uint8Array {
  return new Uint8Array(readFileSync(path.join(...parts)));
}

/** Instructions of versions 5 to 7 that the compiler does not write: logic is made of branches. */
const NEVER_COMPILED: readonly string[] = ['or', 'and', 'nop'];

/** Every module that the project has compiled. */
const MODULES: readonly string[] = [
  ...readdirSync(FIXTURES_DIR).map((name) => path.join(FIXTURES_DIR, name)),
  ...readdirSync(MOVE_DIR, { recursive: true, encoding: 'utf8' }).map((name) => path.join(MOVE_DIR, name)),
].filter((file) => file.endsWith('.mv') && !path.basename(file).startsWith('greet'));

describe('compiled modules', () => {
  it.each(MODULES.map((file) => [path.relative(process.cwd(), file), file] as const))(
    '%s reads and writes',
    (_, file) => {
      const bytes = read(file);
      expect(assembleModule(decodeModule(bytes))).toEqual(bytes);
    },
  );

  it('show every version', () => {
    const versions = [5, 6, 7].map((version) => decodeModule(read(FIXTURES_DIR, `plain-v${version}.mv`)).version);
    expect(versions).toEqual([5, 6, 7]);
  });

  it('show most of the instruction set', () => {
    const used = new Set<string>();
    for (const file of MODULES) {
      for (const { body } of decodeModule(read(file)).functions) for (const { op } of body?.code ?? []) used.add(op);
    }
    const unused = OPCODES.filter(({ op, since }) => since < VERSION_CLOSURES && !used.has(op)).map(({ op }) => op);
    expect(unused).toEqual(NEVER_COMPILED);
  });
});

describe('scripts', () => {
  it.each([5, 6, 7])('of version %i read and write', (version) => {
    const bytes = read(FIXTURES_DIR, `greet-v${version}.mv`);
    const script = decodeScript(bytes);
    expect(script.version).toBe(version);
    expect(script.typeParameters).toHaveLength(1);
    expect(assembleScript(script)).toEqual(bytes);
  });

  it('have no tables of definitions', () => {
    // No type parameters, signature 0 for parameters and locals, one instruction: `ret`.
    const rest = Uint8Array.of(0, 0, 0, 1, 0x02);
    const bytes = assembleBinary(
      7,
      [
        [TableKind.signatures, Uint8Array.of(0)],
        [TableKind.structs, Uint8Array.of(0, 1)],
      ],
      rest,
    );
    expect(statusOf(() => decodeScript(bytes))).toBe('MALFORMED');
  });
});

describe('random modules', () => {
  it.each(Array.from({ length: 50 }, (_, i) => `round trip ${i}`))('read as they were written, seed "%s"', (seed) => {
    const module = randomModule(seed);
    expect(decodeModule(assembleModule(module))).toEqual(module);
  });
});

/** Header for a version word, then what follows. */
function binary(version: number, ...rest: readonly number[]): Uint8Array {
  const word = [0, 8, 16, 24].map((shift) => (version >>> shift) & 0xff);
  return Uint8Array.from([0xa1, 0x1c, 0xeb, 0x0b, ...word, ...rest]);
}

const V7 = 0x0a00_0007;
/** A version-7 module of one table, self index 0 behind it. */
function withTable(kind: number, ...content: readonly number[]): Uint8Array {
  return assembleBinary(7, [[kind, Uint8Array.from(content)]], Uint8Array.of(0));
}

function withCode(...code: readonly number[]): Uint8Array {
  return withTable(TableKind.functions, 0, 0, 0, 0, 0, ...code);
}

const REFUSALS: readonly (readonly [status: string, title: string, bytes: Uint8Array])[] = [
  ['BAD_MAGIC', 'nothing', new Uint8Array()],
  ['BAD_MAGIC', 'another magic', Uint8Array.of(0, 0x61, 0x73, 0x6d)],
  ['MALFORMED', 'no version', Uint8Array.of(0xa1, 0x1c, 0xeb, 0x0b, 7)],
  ['UNKNOWN_VERSION', 'version 0', binary(0)],
  ['UNKNOWN_VERSION', 'version 4', binary(4)],
  ['UNKNOWN_VERSION', 'version 11', binary(0x0a00_000b)],
  ['UNKNOWN_VERSION', "Sui's flavour", binary(0x0500_0007)],
  ['UNKNOWN_VERSION', 'version 11', binary(0x0a00_000b)],
  ['MALFORMED', 'no table count', binary(V7)],
  ['MALFORMED', 'fewer tables than it says', binary(V7, 2, TableKind.identifiers, 0, 1)],
  ['UNKNOWN_TABLE_TYPE', 'a table of kind 9', binary(V7, 1, 9, 0, 1, 0, 0)],
  ['BAD_HEADER_TABLE', 'an empty table', binary(V7, 1, TableKind.identifiers, 0, 0, 0)],
  ['BAD_HEADER_TABLE', 'a gap before a table', binary(V7, 1, TableKind.identifiers, 1, 1, 0, 0)],
  ['BAD_HEADER_TABLE', 'tables over each other', binary(V7, 2, 7, 0, 2, 8, 1, 2, 0, 0, 0)],
  ['BAD_HEADER_TABLE', 'a table of 4 GB', binary(V7, 1, 7, 0, 0xff, 0xff, 0xff, 0xff, 0x0f)],
  ['DUPLICATE_TABLE', 'a table twice', binary(V7, 2, 7, 0, 1, 7, 1, 1, 0, 0, 0)],
  ['MALFORMED', 'a table over the end', binary(V7, 1, 7, 0, 3, 0, 0)],
  ['MALFORMED', 'a ULEB128 that is longer than it must be', binary(V7, 0x80, 0x00, 0)],
  ['MALFORMED', 'a ULEB128 without end', binary(V7, ...new Array<number>(11).fill(0xff))],
  ['NO_MODULE_HANDLES', 'no tables at all', binary(V7, 0, 0)],
  ['MALFORMED', 'an identifier with a space', withTable(TableKind.identifiers, 3, 0x61, 0x20, 0x62)],
  ['MALFORMED', 'an identifier that is not ASCII', withTable(TableKind.identifiers, 2, 0xc3, 0xa9)],
  [
    'MALFORMED',
    'an identifier of 256 bytes',
    withTable(TableKind.identifiers, 0x80, 0x02, ...new Array<number>(256).fill(0x61)),
  ],
  ['MALFORMED', 'an address of 31 bytes', withTable(TableKind.addresses, ...new Array<number>(31).fill(0))],
  [
    'MALFORMED',
    'a constant that is longer than the table',
    withTable(TableKind.constants, TypeCode.u8, 0xff, 0xff, 0x03),
  ],
  ['UNKNOWN_SERIALIZED_TYPE', 'a type of code 0', withTable(TableKind.signatures, 1, 0)],
  ['MALFORMED', 'a function type of version 8', withTable(TableKind.signatures, 1, 0x10)],
  ['MALFORMED', 'a signed integer of version 9', withTable(TableKind.signatures, 1, 0x14)],
  [
    'MALFORMED',
    'an instantiation without arguments',
    withTable(TableKind.signatures, 1, TypeCode.structInstantiation, 0, 0),
  ],
  [
    'MALFORMED',
    'vectors 256 deep',
    withTable(TableKind.signatures, 1, ...new Array<number>(256).fill(TypeCode.vector), TypeCode.u8),
  ],
  [
    'MALFORMED',
    'a u16 in version 5',
    assembleBinary(5, [[TableKind.signatures, Uint8Array.of(1, TypeCode.u16)]], Uint8Array.of(0)),
  ],
  [
    'MALFORMED',
    'an enum in version 6',
    assembleBinary(6, [[TableKind.structs, Uint8Array.of(0, 3, 1, 0, 0)]], Uint8Array.of(0)),
  ],
  [
    'MALFORMED',
    'a table of variants in version 6',
    assembleBinary(6, [[TableKind.structVariantHandles, Uint8Array.of(0, 0)]], Uint8Array.of(0)),
  ],
  ['MALFORMED', 'abilities beyond the four', withTable(TableKind.structHandles, 0, 0, 0x10, 0)],
  ['MALFORMED', 'neither access specifiers nor none', withTable(TableKind.functionHandles, 0, 0, 0, 0, 0, 0)],
  ['UNKNOWN_NATIVE_STRUCT_FLAG', 'a struct of kind 4', withTable(TableKind.structs, 0, 4)],
  ['MALFORMED', 'a visibility of 2', withTable(TableKind.functions, 0, 2, 0, 0, 0, 0)],
  ['INVALID_FLAG_BITS', 'a function flag that means nothing', withTable(TableKind.functions, 0, 0, 8, 0, 0, 0)],
  ['UNKNOWN_OPCODE', 'opcode 0', withCode(1, 0)],
  ['UNKNOWN_OPCODE', 'opcode 0x69', withCode(1, 0x69)],
  ['MALFORMED', 'a closure packed', withCode(1, 0x58)],
  ['MALFORMED', 'a signed number loaded', withCode(1, 0x5b)],
  ['MALFORMED', 'an abort with a message', withCode(1, 0x68)],
  ['MALFORMED', 'fewer instructions than it says', withCode(2, 0x02)],
  ['BAD_U64', 'a u64 of 7 bytes', withCode(1, 0x06, 1, 2, 3, 4, 5, 6, 7)],
  ['BAD_U256', 'a u256 of 4 bytes', withCode(1, 0x4a, 1, 2, 3, 4)],
];

describe('the decoder refuses', () => {
  it.each(REFUSALS.map(([status, title, bytes]) => [`${title}: ${status}`, status, bytes] as const))(
    '%s',
    (_, status, bytes) => {
      expect(statusOf(() => decodeModule(bytes))).toBe(status);
    },
  );

  it('every module that is cut short', () => {
    const bytes = read(FIXTURES_DIR, 'features.mv');
    for (let length = 0; length < bytes.length; length++) {
      expect(statusOf(() => decodeModule(bytes.slice(0, length)))).not.toBe('OK');
    }
  });

  it('by name what is newer', () => {
    const messages = [binary(0x0a00_000b), binary(0x0500_0007), withCode(1, 0x68)].map((bytes) => {
      try {
        decodeModule(bytes);
        return '';
      } catch (error) {
        return error instanceof BytecodeError ? error.message : String(error);
      }
    });
    expect(messages[0]).toContain('version word 0xa00000b');
    expect(messages[1]).toContain("Sui's flavour");
    expect(messages[2]).toContain('abortMsg in bytecode version 7');
  });
});

describe('memory', () => {
  it('follows what is read, not what is claimed', () => {
    // 255 types, each said to have 255 arguments, none of which are there.
    const content = [255, ...new Array<number[]>(255).fill([TypeCode.structInstantiation, 0, 0xff, 0x01]).flat()];
    expect(statusOf(() => decodeModule(withTable(TableKind.signatures, ...content)))).toBe('MALFORMED');
  });

  it('takes types that are as deep as allowed', () => {
    let type: SignatureToken = { kind: 'u8' };
    for (let i = 0; i < 255; i++) type = { kind: 'vector', inner: type };
    const draft = new ModuleDraft();
    draft.signature([type]);
    expect(statusOf(() => decodeModule(assembleModule(draft.build())))).toBe('OK');
  });

  it('does not mind bytes behind the module, as Aptos does not', () => {
    const bytes = concatBytes(read(FIXTURES_DIR, 'features.mv'), Uint8Array.of(1, 2, 3));
    expect(decodeModule(bytes)).toEqual(decodeModule(read(FIXTURES_DIR, 'features.mv')));
  });
});
