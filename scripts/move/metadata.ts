// A compiled module's table directory: reads what a build must know (imports, metadata) and rewrites the metadata table so that Aptos
// finds its own key. Layout: aptos-core, move-binary-format, file_format_common.rs; nothing else of the module is decoded here.

import { BcsReader, BcsWriter, encodeBcs } from '../../src/base/bcs.ts';
import { type Bytes, concatBytes, utf8Decode, utf8Encode } from '../../src/base/bytes.ts';
import { DecodeError } from '../../src/base/errors.ts';
import { ADDRESS_SIZE, addressFromBytes, shortAddress } from '../../src/base/ids.ts';

const COMPILER_METADATA_KEY = 'initia::metadata_v0';
const APTOS_METADATA_KEY = 'aptos::metadata_v1';

/** Magic and version. */
const PREAMBLE_SIZE = 8;
const MAGIC = [0xa1, 0x1c, 0xeb, 0x0b];
const TABLE = { moduleHandles: 0x1, identifiers: 0x7, addresses: 0x8, metadata: 0x10 } as const;
/** No module has more tables than there are kinds; the sizes below bound what a compiler's own output can hold. */
const TABLE_COUNT_MAX = 32;
const IDENTIFIER_SIZE_MAX = 255;
const METADATA_KEY_SIZE_MAX = 1023;
const METADATA_VALUE_SIZE_MAX = 65_535;

interface Table {
  readonly kind: number;
  readonly content: Bytes;
}

interface Binary {
  readonly preamble: Bytes;
  readonly tables: readonly Table[];
  /** What follows the tables: the index of the module's own handle. */
  readonly rest: Bytes;
}

interface MetadataEntry {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** The same module with the compiler's metadata under Aptos's key: views, events and the error map have equal fields in both. */
export function toAptosMetadata(bytecode: Uint8Array): Bytes {
  const binary = readBinary(bytecode);
  const tables = binary.tables.map((table) =>
    table.kind === TABLE.metadata ? { kind: table.kind, content: renameKey(table.content) } : table,
  );
  return writeBinary({ ...binary, tables });
}

/** The modules whose handles stand in the bytecode, the module itself first: `0x1::vector`. */
export function moduleNames(bytecode: Uint8Array): { readonly self: string; readonly imports: readonly string[] } {
  const binary = readBinary(bytecode);
  const identifiers = items(binary, TABLE.identifiers, (reader) =>
    utf8Decode(reader.bytes('identifier', IDENTIFIER_SIZE_MAX)),
  );
  const addresses = items(binary, TABLE.addresses, (reader) => addressFromBytes(reader.fixed('address', ADDRESS_SIZE)));
  const handles = items(binary, TABLE.moduleHandles, (reader) => {
    const address = addresses[reader.uleb128('address index')];
    const name = identifiers[reader.uleb128('identifier index')];
    if (address === undefined || name === undefined) throw new DecodeError('module handle', 'index out of bounds', 0);
    return `${shortAddress(address)}::${name}`;
  });
  const self = handles[new BcsReader(binary.rest).uleb128('self handle')];
  if (self === undefined) throw new DecodeError('self handle', 'index out of bounds', 0);
  return { self, imports: handles.filter((handle) => handle !== self) };
}

function renameKey(content: Uint8Array): Bytes {
  const reader = new BcsReader(content);
  const writer = new BcsWriter(content.length);
  while (reader.remaining > 0) {
    const entry: MetadataEntry = {
      key: reader.bytes('metadata key', METADATA_KEY_SIZE_MAX),
      value: reader.bytes('metadata value', METADATA_VALUE_SIZE_MAX),
    };
    const isCompilers = utf8Decode(entry.key) === COMPILER_METADATA_KEY;
    writer.bytes(isCompilers ? utf8Encode(APTOS_METADATA_KEY) : entry.key).bytes(entry.value);
  }
  return writer.finish();
}

function items<T>(binary: Binary, kind: number, read: (reader: BcsReader) => T): T[] {
  const table = binary.tables.find((candidate) => candidate.kind === kind);
  const reader = new BcsReader(table?.content ?? new Uint8Array());
  const found: T[] = [];
  while (reader.remaining > 0) found.push(read(reader));
  return found;
}

/** Tables lie behind their directory, in the directory's order and without gaps; each entry is kind, offset, length. */
function readBinary(bytecode: Uint8Array): Binary {
  const reader = new BcsReader(bytecode);
  const preamble = reader.fixed('preamble', PREAMBLE_SIZE);
  if (MAGIC.some((byte, index) => preamble[index] !== byte)) throw new DecodeError('module', 'not Move bytecode', 0);
  const directory = reader.vector('tables', TABLE_COUNT_MAX, (r) => ({
    kind: r.u8('table kind'),
    offset: r.uleb128('table offset'),
    length: r.uleb128('table length'),
  }));
  let end = 0;
  const tables: Table[] = [];
  for (const { kind, offset, length } of directory) {
    if (offset !== end) throw new DecodeError('module', `table ${kind} does not follow the one before`, reader.offset);
    tables.push({ kind, content: reader.fixed(`table ${kind}`, length) });
    end = offset + length;
  }
  return { preamble, tables, rest: reader.fixed('self', reader.remaining) };
}

function writeBinary(binary: Binary): Bytes {
  let offset = 0;
  const directory = encodeBcs((writer) =>
    writer.vector(binary.tables, (w, { kind, content }) => {
      w.u8(kind).uleb128(offset).uleb128(content.length);
      offset += content.length;
    }),
  );
  return concatBytes(binary.preamble, directory, ...binary.tables.map((table) => table.content), binary.rest);
}
