// Where what lies in a storage directory: as the Move CLI has it (aptos-core, move-cli, on_disk_state_view.rs) for modules and resources, with
// all 64 digits of every address; tables, which that does not know, beside the accounts.
//
//   0x…/modules/<name>.mv
//   0x…/resources/<struct tag>.bcs
//   tables/0x…/<key in hex>.bcs
//
// What no file system takes as a name (a long type, a long key) is under the hash of it, with the name before the value in the file.

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { DecodeError, StraitError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { parseAddress } from '../base/ids.ts';
import { encodeStateKey, readStateKey, type StateKey, writeStateKey } from '../base/state.ts';
import { formatTypeTag, parseStructTag, type StructTag, type TypeTag } from '../base/type-tag.ts';
import { SandboxStorageError } from './sandbox-error.ts';

export const MODULES = 'modules';
export const RESOURCES = 'resources';
export const TABLES = 'tables';
export const MODULE_SUFFIX = '.mv';
export const VALUE_SUFFIX = '.bcs';
const LONG = 'long-';
/** Bytes of a name that every file system takes. */
const NAME_SIZE_MAX = 255;
const VALUE_SIZE_MAX = 0x7fff_ffff;

export interface StoredFile {
  /** From the storage directory. */
  readonly path: string;
  readonly content: Bytes;
}

export function modulePath(address: string, name: string): string {
  return `${address}/${MODULES}/${name}${MODULE_SUFFIX}`;
}

export function valuePath(key: StateKey): string {
  const name = key.kind === 'resource' ? structName(key.type) : toHex(key.key);
  const directory = key.kind === 'resource' ? `${key.address}/${RESOURCES}` : `${TABLES}/${key.handle}`;
  return `${directory}/${isLong(name) ? LONG + toHex(sha3_256(encodeStateKey(key))) : name}${VALUE_SUFFIX}`;
}

export function fileOf(key: StateKey, value: Bytes): StoredFile {
  const path = valuePath(key);
  if (!path.includes(`/${LONG}`)) return { path, content: value };
  return {
    path,
    content: concatBytes(
      encodeBcs((w) => writeStateKey(w, key)),
      value,
    ),
  };
}

/** What a file of a resource or table item stands for. @throws SandboxStorageError when it stands for nothing */
export function entryOf(
  directory: string,
  file: string,
  content: Bytes,
): { readonly key: StateKey; readonly value: Bytes } {
  const path = `${directory}/${file}`;
  const name = file.endsWith(VALUE_SUFFIX) ? file.slice(0, -VALUE_SUFFIX.length) : undefined;
  if (name === undefined) throw new SandboxStorageError(path, `no ${VALUE_SUFFIX} file`);
  try {
    const entry = name.startsWith(LONG) ? longEntry(content) : { key: keyOf(directory, name), value: content };
    if (valuePath(entry.key) !== path) throw new DecodeError('name', `should be ${valuePath(entry.key)}`, 0);
    return entry;
  } catch (error) {
    if (!(error instanceof StraitError)) throw error;
    throw new SandboxStorageError(path, error.message, { cause: error });
  }
}

/** The value in the file of `key`. @throws SandboxStorageError */
export function storedValue(key: StateKey, content: Bytes): Bytes {
  const path = valuePath(key);
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.startsWith(LONG) ? entryOf(path.slice(0, path.lastIndexOf('/')), file, content).value : content;
}

function longEntry(content: Bytes): { readonly key: StateKey; readonly value: Bytes } {
  return decodeBcs(content, 'file', (reader) => ({
    key: readStateKey(reader),
    value: reader.fixed('value', Math.min(reader.remaining, VALUE_SIZE_MAX)),
  }));
}

function keyOf(directory: string, name: string): StateKey {
  const owner = directory.startsWith(`${TABLES}/`)
    ? directory.slice(TABLES.length + 1)
    : (directory.split('/')[0] ?? '');
  const address = parseAddress(owner);
  if (directory.startsWith(`${TABLES}/`)) return { kind: 'item', handle: address, key: fromHex(name) };
  return { kind: 'resource', address, type: parseStructTag(name) };
}

function isLong(name: string): boolean {
  return name.length + VALUE_SUFFIX.length > NAME_SIZE_MAX;
}

/** As the Move CLI writes it: all digits, no space behind a comma. */
function structName({ address, module, name, typeArgs }: StructTag): string {
  return `${address}::${module}::${name}${typeArgs.length === 0 ? '' : `<${typeArgs.map(tagName).join(',')}>`}`;
}

function tagName(tag: TypeTag): string {
  if (tag.kind === 'struct') return structName(tag);
  return tag.kind === 'vector' ? `vector<${tagName(tag.element)}>` : formatTypeTag(tag);
}
