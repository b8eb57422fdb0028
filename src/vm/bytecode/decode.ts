// Decodes a Move module or script, bytecode versions 5 to 7, as Aptos's deserializer does (aptos-core,
// third_party/move/move-binary-format/src/deserializer.rs): form and bounds are checked; whether the code is safe is the verifier's matter
// (`../verify/`). Memory is at most a small multiple of the input.

import { assert } from '../../base/errors.ts';
import type { Address } from '../../base/ids.ts';
import { checkBounds } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { decodeCodeUnit } from './decode-code.ts';
import {
  decodeAbilitySets,
  decodeAddress,
  decodeConstant,
  decodeFieldHandle,
  decodeFunctionDefinition,
  decodeFunctionHandle,
  decodeIdentifier,
  decodeIndex,
  decodeInstantiation,
  decodeMetadata,
  decodeModuleHandle,
  decodeStructDefinition,
  decodeStructHandle,
  decodeStructVariantHandle,
  decodeVariantFieldHandle,
} from './decode-tables.ts';
import { decodeSignature } from './decode-type.ts';
import { BytecodeError } from './error.ts';
import {
  APTOS_FLAVOUR,
  LATER_VERSIONS,
  MAGIC,
  SUI_FLAVOUR,
  TABLE_COUNT_MAX,
  TABLE_SIZE_MAX,
  TableKind,
  type TableName,
  VERSION_ENUMS,
  VERSION_MAX,
  VERSION_MIN,
} from './format.ts';
import type { CompiledModule, CompiledScript } from './module.ts';

const HEADER_SIZE = MAGIC.length + 4;
const TABLE_NAMES: ReadonlyMap<number, TableName> = new Map(
  Object.entries(TableKind).map(([name, kind]) => [kind, name as TableName]),
);
const SCRIPT_TABLES: ReadonlySet<TableName> = new Set([
  'moduleHandles',
  'structHandles',
  'functionHandles',
  'functionInstantiations',
  'signatures',
  'constants',
  'identifiers',
  'addresses',
  'metadata',
]);
const ENUM_TABLES: ReadonlySet<TableName> = new Set([
  'variantFieldHandles',
  'variantFieldInstantiations',
  'structVariantHandles',
  'structVariantInstantiations',
]);

/** @throws BytecodeError */
export function decodeModule(bytes: Uint8Array): CompiledModule {
  const binary = readBinary(bytes);
  const self = binary.rest.uleb('own module handle', 0xffff);
  const module: CompiledModule = {
    kind: 'module',
    self,
    ...commonTables(binary),
    friends: binary.table('friends', decodeModuleHandle),
    structs: binary.table('structs', decodeStructDefinition),
    structInstantiations: binary.table('structInstantiations', decodeInstantiation),
    functions: binary.table('functions', decodeFunctionDefinition),
    fieldHandles: binary.table('fieldHandles', decodeFieldHandle),
    fieldInstantiations: binary.table('fieldInstantiations', decodeInstantiation),
    structVariantHandles: binary.table('structVariantHandles', decodeStructVariantHandle),
    structVariantInstantiations: binary.table('structVariantInstantiations', decodeInstantiation),
    variantFieldHandles: binary.table('variantFieldHandles', decodeVariantFieldHandle),
    variantFieldInstantiations: binary.table('variantFieldInstantiations', decodeInstantiation),
  };
  checkBounds(module);
  return module;
}

/** @throws BytecodeError */
export function decodeScript(bytes: Uint8Array): CompiledScript {
  const binary = readBinary(bytes);
  const typeParameters = decodeAbilitySets(binary.rest);
  const parameters = decodeIndex(binary.rest);
  const body = decodeCodeUnit(binary.rest);
  for (const table of binary.tables) {
    if (!SCRIPT_TABLES.has(table.name)) {
      throw new BytecodeError('MALFORMED', `a script with a table of ${table.name}`, table.start);
    }
  }
  const script: CompiledScript = { kind: 'script', typeParameters, parameters, body, ...commonTables(binary) };
  checkBounds(script);
  return script;
}

interface Table {
  readonly name: TableName;
  /** First byte and the byte after the last, in the binary. */
  readonly start: number;
  readonly end: number;
}

/** A binary with its header read: the tables, and what stands behind them. */
class Binary {
  readonly version: number;
  readonly tables: readonly Table[];
  readonly rest: Cursor;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, version: number, tables: readonly Table[], restStart: number) {
    this.#bytes = bytes;
    this.version = version;
    this.tables = tables;
    this.rest = new Cursor(bytes, restStart, bytes.length, version);
  }

  /** The items of a table; none where there is no such table. */
  table<T>(name: TableName, decode: (cursor: Cursor) => T): readonly T[] {
    const table = this.tables.find((candidate) => candidate.name === name);
    const items: T[] = [];
    if (!table) return items;
    const cursor = new Cursor(this.#bytes, table.start, table.end, this.version);
    while (!cursor.done) items.push(decode(cursor));
    return items;
  }
}

function commonTables(binary: Binary) {
  return {
    version: binary.version,
    moduleHandles: binary.table('moduleHandles', decodeModuleHandle),
    structHandles: binary.table('structHandles', decodeStructHandle),
    functionHandles: binary.table('functionHandles', decodeFunctionHandle),
    functionInstantiations: binary.table('functionInstantiations', decodeInstantiation),
    signatures: binary.table('signatures', decodeSignature),
    identifiers: binary.table('identifiers', decodeIdentifier),
    addresses: binary.table<Address>('addresses', decodeAddress),
    constants: binary.table('constants', decodeConstant),
    metadata: binary.table('metadata', decodeMetadata),
  };
}

function readBinary(bytes: Uint8Array): Binary {
  const version = readVersion(bytes);
  const header = new Cursor(bytes, HEADER_SIZE, bytes.length, version);
  const claims = header.list('tables', TABLE_COUNT_MAX, readTableClaim);
  const { tables, end } = placeTables(claims, header.offset, bytes.length);
  for (const table of tables) {
    if (version < VERSION_ENUMS && ENUM_TABLES.has(table.name)) {
      throw new BytecodeError('MALFORMED', `a table of ${table.name} in bytecode version ${version}`, table.start);
    }
  }
  return new Binary(bytes, version, tables, end);
}

function readVersion(bytes: Uint8Array): number {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new BytecodeError('BAD_MAGIC', 'not Move bytecode', 0);
  if (bytes.length < HEADER_SIZE) throw new BytecodeError('MALFORMED', 'the header ends', bytes.length);
  const word = new Cursor(bytes, MAGIC.length, HEADER_SIZE, 0).u32();
  // Masking is what Aptos does; >>> 0 because & works on signed 32 bits.
  const version = (word & ~APTOS_FLAVOUR) >>> 0;
  if (version >= VERSION_MIN && version <= VERSION_MAX) return version;
  const later = LATER_VERSIONS.get(version);
  if (later) throw new BytecodeError('UNSUPPORTED', `bytecode version ${version} (${later})`, MAGIC.length);
  const flavour = word >>> 24 === SUI_FLAVOUR ? " of Sui's flavour" : '';
  throw new BytecodeError('UNKNOWN_VERSION', `version word 0x${word.toString(16)}${flavour}`, MAGIC.length);
}

interface TableClaim {
  readonly name: TableName;
  readonly offset: number;
  readonly size: number;
  readonly at: number;
}

function readTableClaim(cursor: Cursor): TableClaim {
  const at = cursor.offset;
  const kind = cursor.u8('table kind');
  const offset = cursor.uleb('table offset', TABLE_SIZE_MAX);
  const size = cursor.uleb('table size', TABLE_SIZE_MAX);
  const name = TABLE_NAMES.get(kind);
  if (name === undefined) cursor.fail('UNKNOWN_TABLE_TYPE', `table kind ${kind}`, at);
  return { name, offset, size, at };
}

/** Tables must follow one another without a gap or an overlap, none empty, none twice, all inside the binary. */
function placeTables(
  claims: readonly TableClaim[],
  contentStart: number,
  length: number,
): { readonly tables: readonly Table[]; readonly end: number } {
  const names = new Set<TableName>();
  const tables: Table[] = [];
  let next = 0;
  for (const claim of claims.toSorted((a, b) => a.offset - b.offset)) {
    if (claim.offset !== next || claim.size === 0) {
      throw new BytecodeError('BAD_HEADER_TABLE', `the table of ${claim.name} does not follow`, claim.at);
    }
    next += claim.size;
    if (next > TABLE_SIZE_MAX) throw new BytecodeError('BAD_HEADER_TABLE', `${claim.name} over 32 bits`, claim.at);
    if (names.has(claim.name)) throw new BytecodeError('DUPLICATE_TABLE', `${claim.name} twice`, claim.at);
    names.add(claim.name);
    if (next > length) throw new BytecodeError('BAD_HEADER_TABLE', `${claim.name} runs over the end`, claim.at);
    tables.push({ name: claim.name, start: contentStart + claim.offset, end: contentStart + next });
  }
  const end = contentStart + next;
  if (end > length) throw new BytecodeError('MALFORMED', 'the tables run over the end', length);
  assert(tables.length === claims.length, 'a table was lost');
  return { tables, end };
}
