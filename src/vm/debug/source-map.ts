// The compiler's source maps (`build/<package>/source_maps/<module>.mvsm`): BCS of which bytes of which file each instruction comes from
// (aptos-core, move-bytecode-source-map/source_map.rs). Anybody may have written one, so all of it is bounded.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { toHex } from '../../base/bytes.ts';
import { readAddress } from '../../base/ids.ts';
import type { ModuleId } from '../bytecode/module.ts';

/** Bytes of a file, by the SHA-256 of its content (hex). */
export interface SourceRange {
  readonly fileHash: string;
  readonly start: number;
  readonly end: number;
}

export interface FunctionSourceMap {
  readonly definition: SourceRange;
  /** Parameters and other locals, in order. */
  readonly locals: readonly string[];
  /** Each for the instructions from `offset` up to the next; sorted. */
  readonly code: readonly { readonly offset: number; readonly range: SourceRange }[];
  readonly isNative: boolean;
}

export interface SourceMap {
  /** Absent for a script. */
  readonly module?: ModuleId;
  /** By index of the function's definition in the module. */
  readonly functions: ReadonlyMap<number, FunctionSourceMap>;
}

const HASH_SIZE = 32;
/** As many of anything as the binary format's indices can name. */
const ENTRIES_MAX = 65_536;
/** Generated names are longer than what Move allows in a module. */
const NAME_SIZE_MAX = 4096;

/** @throws DecodeError */
export function decodeSourceMap(bytes: Uint8Array): SourceMap {
  return decodeBcs(bytes, 'source map', (reader) => {
    readRange(reader);
    const module = readOption(reader, (r) => ({ address: readAddress(r, 'address'), name: readName(r) }));
    readMap(reader, readIndex, skipStruct);
    const functions = readMap(reader, readIndex, readFunction);
    readMap(reader, readName, readIndex);
    return { ...(module && { module }), functions };
  });
}

/** Where an instruction comes from; nothing where the map does not say. */
export function rangeAt(map: FunctionSourceMap, offset: number): SourceRange | undefined {
  if (map.isNative) return map.definition;
  let found: SourceRange | undefined;
  for (const { offset: start, range } of map.code) {
    if (start > offset) break;
    found = range;
  }
  return found;
}

function readFunction(reader: BcsReader): FunctionSourceMap {
  const definition = readRange(reader);
  reader.vector('type parameters', ENTRIES_MAX, readNamed);
  const parameters = reader.vector('parameters', ENTRIES_MAX, readNamed);
  const locals = reader.vector('locals', ENTRIES_MAX, readNamed);
  readMap(reader, readName, readIndex);
  const code = [...readMap(reader, readIndex, readRange)].map(([offset, range]) => ({ offset, range }));
  code.sort((a, b) => a.offset - b.offset);
  return { definition, locals: [...parameters, ...locals], code, isNative: reader.bool('is native') };
}

function skipStruct(reader: BcsReader): void {
  readRange(reader);
  reader.vector('type parameters', ENTRIES_MAX, readNamed);
  reader.vector('variants', ENTRIES_MAX, (r) => r.vector('fields', ENTRIES_MAX, readRange));
}

function readRange(reader: BcsReader): SourceRange {
  const fileHash = toHex(reader.fixed('file hash', HASH_SIZE));
  return { fileHash, start: reader.u32('start'), end: reader.u32('end') };
}

function readNamed(reader: BcsReader): string {
  const name = readName(reader);
  readRange(reader);
  return name;
}

function readName(reader: BcsReader): string {
  return reader.string('name', NAME_SIZE_MAX);
}

function readIndex(reader: BcsReader): number {
  return reader.u16('index');
}

function readOption<T>(reader: BcsReader, read: (reader: BcsReader) => T): T | undefined {
  return reader.bool('option') ? read(reader) : undefined;
}

function readMap<K, V>(reader: BcsReader, key: (reader: BcsReader) => K, value: (reader: BcsReader) => V): Map<K, V> {
  return new Map(reader.vector('entries', ENTRIES_MAX, (r) => [key(r), value(r)] as const));
}
