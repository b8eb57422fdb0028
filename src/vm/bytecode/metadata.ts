// What the compiler says of a module beside its code, under the key `aptos::metadata_v1` (`RuntimeModuleMetadataV1`, aptos-core,
// types/src/vm/module_metadata.rs): the meaning of abort codes, and attributes of structs and functions.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { bytesEqual, utf8Encode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { METADATA_VALUE_SIZE_MAX } from './format.ts';
import type { CompiledModule } from './module.ts';

const KEY = utf8Encode('aptos::metadata_v1');
/** No entry is smaller than two bytes, so a value that the format allows has fewer. */
const ENTRIES_MAX = METADATA_VALUE_SIZE_MAX;
/** `KnownAttributeKind`. An old compiler wrote views as 0. */
const ATTRIBUTE_KINDS = ['view', 'view', 'resourceGroup', 'resourceGroupMember', 'event', 'randomness'] as const;
/** Abort codes may carry a category above these bits (`std::error`), which the error map leaves out. */
const REASON_MASK = 0xfffn;

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
  const entry = module.metadata.find(({ key }) => bytesEqual(key, KEY));
  if (!entry) return NONE;
  try {
    return decodeBcs(entry.value, 'metadata', readModuleMetadata);
  } catch (error) {
    if (error instanceof DecodeError) return NONE;
    throw error;
  }
}

/** Looks an abort code up as Aptos does: first without its category, then as it is. */
export function describeAbort(metadata: ModuleMetadata, code: bigint): ErrorDescription | undefined {
  return metadata.errors.get(code & REASON_MASK) ?? metadata.errors.get(code);
}

export function hasAttribute(attributes: readonly Attribute[] | undefined, kind: Attribute['kind']): boolean {
  return attributes?.some((attribute) => attribute.kind === kind) ?? false;
}

function readModuleMetadata(reader: BcsReader): ModuleMetadata {
  return {
    errors: readMap(
      reader,
      (r) => r.u64('abort code'),
      (r) => ({ name: readText(r), doc: readText(r) }),
    ),
    structs: readMap(reader, readText, readAttributes),
    functions: readMap(reader, readText, readAttributes),
  };
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
