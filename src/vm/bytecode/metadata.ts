// What the compiler says of a module beside its code, under the key `aptos::metadata_v1` (`RuntimeModuleMetadataV1`, aptos-core,
// types/src/vm/module_metadata.rs): the meaning of abort codes, and attributes of structs and functions.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { bytesEqual, utf8Encode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { METADATA_VALUE_SIZE_MAX } from './format.ts';
import type { CompiledModule } from './module.ts';

/** The module's own description; the older form has the error map alone. */
export const METADATA_KEY = 'aptos::metadata_v1';
export const OLD_METADATA_KEY = 'aptos::metadata_v0';
/** Which compiler wrote the module. */
export const COMPILATION_KEY = 'compilation_metadata';
/** No entry is smaller than two bytes, so a value that the format allows has fewer. */
const ENTRIES_MAX = METADATA_VALUE_SIZE_MAX;
/** `KnownAttributeKind`. An old compiler wrote views as 0. */
const ATTRIBUTE_KINDS = ['view', 'view', 'resourceGroup', 'resourceGroupMember', 'event', 'randomness'] as const;
/** Abort codes may carry a category above these bits (`std::error`), which the error map leaves out. */
const REASON_MASK = 0xfffn;
/** Attributes came after version 5: in older modules they mean nothing. */
const VERSION_ATTRIBUTES = 6;

export interface Attribute {
  /** `unknown`: newer than this list. */
  readonly kind: (typeof ATTRIBUTE_KINDS)[number] | 'unknown';
  readonly args: readonly string[];
}

/** What an abort code stands for: the constant's name and its doc comment. */
export interface ErrorDescription {
  readonly name: string;
  readonly doc: string;
}

export interface ModuleMetadata {
  readonly errors: ReadonlyMap<bigint, ErrorDescription>;
  readonly structs: ReadonlyMap<string, readonly Attribute[]>;
  readonly functions: ReadonlyMap<string, readonly Attribute[]>;
}

const NONE: ModuleMetadata = { errors: new Map(), structs: new Map(), functions: new Map() };

/** Empty where the module has none, or none that can be read: metadata only describes, and nobody checked it. */
export function readMetadata(module: CompiledModule): ModuleMetadata {
  const value = metadataValue(module, METADATA_KEY);
  const old = metadataValue(module, OLD_METADATA_KEY);
  try {
    if (value) {
      const metadata = decodeMetadata(value);
      return module.version < VERSION_ATTRIBUTES ? { ...NONE, errors: metadata.errors } : metadata;
    }
    return old ? { ...NONE, errors: decodeOldMetadata(old) } : NONE;
  } catch (error) {
    if (error instanceof DecodeError) return NONE;
    throw error;
  }
}

/** `RuntimeModuleMetadataV1`. @throws DecodeError */
export function decodeMetadata(value: Uint8Array): ModuleMetadata {
  return decodeBcs(value, 'metadata', (reader) => ({
    errors: readErrors(reader),
    structs: readMap(reader, readText, readAttributes),
    functions: readMap(reader, readText, readAttributes),
  }));
}

/** `RuntimeModuleMetadata`, the version before. @throws DecodeError */
export function decodeOldMetadata(value: Uint8Array): ReadonlyMap<bigint, ErrorDescription> {
  return decodeBcs(value, 'metadata', readErrors);
}

/** Looks an abort code up as Aptos does: first without its category, then as it is. */
export function describeAbort(metadata: ModuleMetadata, code: bigint): ErrorDescription | undefined {
  return metadata.errors.get(code & REASON_MASK) ?? metadata.errors.get(code);
}

export function hasAttribute(attributes: readonly Attribute[] | undefined, kind: Attribute['kind']): boolean {
  return attributes?.some((attribute) => attribute.kind === kind) ?? false;
}

function metadataValue(module: CompiledModule, key: string): Uint8Array | undefined {
  const bytes = utf8Encode(key);
  return module.metadata.find((entry) => bytesEqual(entry.key, bytes))?.value;
}

function readErrors(reader: BcsReader): ReadonlyMap<bigint, ErrorDescription> {
  return readMap(
    reader,
    (r) => r.u64('abort code'),
    (r) => ({ name: readText(r), doc: readText(r) }),
  );
}

function readMap<K, V>(reader: BcsReader, key: (reader: BcsReader) => K, value: (reader: BcsReader) => V): Map<K, V> {
  return new Map(reader.vector('entries', ENTRIES_MAX, (r) => [key(r), value(r)] as const));
}

function readAttributes(reader: BcsReader): readonly Attribute[] {
  return reader.vector('attributes', ENTRIES_MAX, (r) => ({
    kind: ATTRIBUTE_KINDS[r.u8('attribute kind')] ?? 'unknown',
    args: r.vector('attribute arguments', ENTRIES_MAX, readText),
  }));
}

function readText(reader: BcsReader): string {
  return reader.string('text', METADATA_VALUE_SIZE_MAX);
}
