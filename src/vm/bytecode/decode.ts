// Decodes a Move module or script, bytecode versions 5 to 10, as Aptos's deserializer does (aptos-core,
// third_party/move/move-binary-format/src/deserializer.rs): form and bounds are checked; whether the code is safe is the verifier's matter
// (`../verify/`). Memory is at most a small multiple of the input.

import { assert } from '../../base/errors.ts';
import { checkBounds } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { decodeAccessSpecifiers } from './decode-access.ts';
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
  MAGIC,
  SUI_FLAVOUR,
  TABLE_COUNT_MAX,
  TABLE_SIZE_MAX,
  TableKind,
  type TableName,
  VERSION_CLOSURES,
  VERSION_ENUMS,
  VERSION_MAX,
  VERSION_MIN,
} from './format.ts';
import type { CompiledModule, CompiledScript } from './module.ts';

const HEADER_SIZE = MAGIC.length + 4;
const TABLE_NAMES: ReadonlyMap<number, TableName> = new Map(
  Object.entries(TableKind).map(([name, kind]) => [kind, name as TableName]),
);
/** How an entry of each table is read. The names are the fields of `CompiledModule`. */
const COMMON_TABLES = {
  moduleHandles: decodeModuleHandle,
  structHandles: decodeStructHandle,
  functionHandles: decodeFunctionHandle,
  functionInstantiations: decodeInstantiation,
  signatures: decodeSignature,
  constants: decodeConstant,
  identifiers: decodeIdentifier,
  addresses: decodeAddress,
  metadata: decodeMetadata,
};
/** Those that scripts do not have. */
const MODULE_TABLES = {
  friends: decodeModuleHandle,
  structs: decodeStructDefinition,
  structInstantiations: decodeInstantiation,
  functions: decodeFunctionDefinition,
  fieldHandles: decodeFieldHandle,
  fieldInstantiations: decodeInstantiation,
  structVariantHandles: decodeStructVariantHandle,
  structVariantInstantiations: decodeInstantiation,
  variantFieldHandles: decodeVariantFieldHandle,
  variantFieldInstantiations: decodeInstantiation,
};
const ENUM_TABLES: ReadonlySet<TableName> = new Set([
  'variantFieldHandles',
  'variantFieldInstantiations',
  'structVariantHandles',
  'structVariantInstantiations',
]);

/** @throws BytecodeError */
export function decodeModule(bytes: Uint8Array): CompiledModule {
  const binary = readBinary(bytes);
  const { version } = binary;
  const self = decodeIndex(binary.rest);
  const common = decodeTables(binary, COMMON_TABLES);
  const own = decodeTables(binary, MODULE_TABLES);
  const module: CompiledModule = { kind: 'module', version, self, ...common, ...own };
  checkBounds(module);
  return module;
}

/** @throws BytecodeError */
export function decodeScript(bytes: Uint8Array): CompiledScript {
  const binary = readBinary(bytes);
  const { version } = binary;
  const typeParameters = decodeAbilitySets(binary.rest);
  const parameters = decodeIndex(binary.rest);
  const access = version >= VERSION_CLOSURES ? decodeAccessSpecifiers(binary.rest) : {};
  const body = decodeCodeUnit(binary.rest);
  const common = decodeTables(binary, COMMON_TABLES);
  for (const table of binary.tables) {
    if (table.name in COMMON_TABLES) continue;
    throw new BytecodeError('MALFORMED', `a script with a table of ${table.name}`, table.start);
  }
  const script: CompiledScript = { kind: 'script', version, typeParameters, parameters, ...access, body, ...common };
  checkBounds(script);
  return script;
}

interface Table {
  readonly name: TableName;
  /** First byte and the byte after the last, in the binary. */
  readonly start: number;
  readonly end: number;
}

/** A binary with its header read. */
interface Binary {
  readonly bytes: Uint8Array;
  readonly version: number;
  /** In the order in which they lie in the binary. */
  readonly tables: readonly Table[];
  /** What stands behind the tables. */
  readonly rest: Cursor;
}

type Decoders = Readonly<Partial<Record<TableName, (cursor: Cursor) => unknown>>>;
type Decoded<D extends Decoders> = {
  readonly [K in keyof D]: readonly (D[K] extends (cursor: Cursor) => infer T ? T : never)[];
};

/** The entries of the tables that `decoders` names, empty where there is no such table. */
function decodeTables<D extends Decoders>(binary: Binary, decoders: D): Decoded<D> {
  const { bytes, version } = binary;
  const decoded: Partial<Record<TableName, unknown[]>> = {};
  for (const name of Object.keys(decoders)) decoded[name as TableName] = [];
  for (const { name, start, end } of binary.tables) {
    if (version < VERSION_ENUMS && ENUM_TABLES.has(name)) {
      throw new BytecodeError('MALFORMED', `a table of ${name} in bytecode version ${version}`, start);
    }
    const decode = decoders[name];
    const entries = decoded[name];
    if (!decode || !entries) continue;
    const cursor = new Cursor(bytes, start, end, version);
    while (!cursor.done) entries.push(decode(cursor));
  }
  return decoded as Decoded<D>;
}

function readBinary(bytes: Uint8Array): Binary {
  const version = readVersion(bytes);
  const header = new Cursor(bytes, HEADER_SIZE, bytes.length, version);
  const claims = header.list('tables', TABLE_COUNT_MAX, readTableClaim);
  const { tables, end } = placeTables(claims, header.offset, bytes.length);
  return { bytes, version, tables, rest: new Cursor(bytes, end, bytes.length, version) };
}

function readVersion(bytes: Uint8Array): number {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new BytecodeError('BAD_MAGIC', 'not Move bytecode', 0);
  if (bytes.length < HEADER_SIZE) throw new BytecodeError('MALFORMED', 'the header ends', bytes.length);
  const word = new Cursor(bytes, MAGIC.length, HEADER_SIZE, 0).u32();
  // Masking is what Aptos does; >>> 0 because & works on signed 32 bits.
  const version = (word & ~APTOS_FLAVOUR) >>> 0;
  if (version >= VERSION_MIN && version <= VERSION_MAX) return version;
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
