// What the compiler says about a module for Aptos: names of abort codes, attributes of structs and functions (`RuntimeModuleMetadataV1`).
// Metadata that cannot be read says nothing.

import { type BcsReader, decodeBcs } from '../../base/bcs.ts';
import { utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import type { CompiledModule } from '../bytecode/module.ts';

export interface ErrorDescription {
  readonly name: string;
  readonly doc: string;
}

export interface ModuleMetadata {
  readonly errors: ReadonlyMap<bigint, ErrorDescription>;
  /** Functions marked `#[view]`. */
  readonly views: ReadonlySet<string>;
}

const KEY = 'aptos::metadata_v1';
const VIEW_FUNCTION = 1;
/** The reason of an error, without its category. */
const REASON_MASK = 0xfffn;
/** A module holds no more than 64 KiB of metadata, so these never bind. */
const ITEMS_MAX = 65_536;
const TEXT_SIZE_MAX = 65_536;
const NONE: ModuleMetadata = { errors: new Map(), views: new Set() };

export function readModuleMetadata(module: CompiledModule): ModuleMetadata {
  try {
    const entry = module.metadata.find(({ key }) => utf8Decode(key) === KEY);
    return entry ? decodeBcs(entry.value, 'metadata', readMetadata) : NONE;
  } catch (error) {
    if (error instanceof DecodeError) return NONE;
    throw error;
  }
}

export function describeAbort(metadata: ModuleMetadata, code: bigint): ErrorDescription | undefined {
  return metadata.errors.get(code & REASON_MASK) ?? metadata.errors.get(code);
}

function readMetadata(reader: BcsReader): ModuleMetadata {
  const errors = reader.vector('error map', ITEMS_MAX, (r): [bigint, ErrorDescription] => {
    const code = r.u64('error code');
    return [code, { name: r.string('error name', TEXT_SIZE_MAX), doc: r.string('error description', TEXT_SIZE_MAX) }];
  });
  readAttributes(reader);
  const views = readAttributes(reader).filter(({ kinds }) => kinds.includes(VIEW_FUNCTION));
  return { errors: new Map(errors), views: new Set(views.map(({ name }) => name)) };
}

function readAttributes(reader: BcsReader): { readonly name: string; readonly kinds: readonly number[] }[] {
  return reader.vector('attributes', ITEMS_MAX, (r) => {
    const name = r.string('name', TEXT_SIZE_MAX);
    const kinds = r.vector('attributes of one', ITEMS_MAX, (attribute) => {
      const kind = attribute.u8('attribute kind');
      attribute.vector('attribute arguments', ITEMS_MAX, (a) => a.string('attribute argument', TEXT_SIZE_MAX));
      return kind;
    });
    return { name, kinds };
  });
}
