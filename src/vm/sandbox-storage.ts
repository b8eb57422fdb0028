// State in the directory layout of the Move CLI, in whatever file system is given: `0x…/modules/<name>.mv`, `0x…/resources/<type>.bcs`; and, as
// Aptos has them, tables: `tables/0x…/<key in hex>.bcs`. Every write goes to the files; nothing else is the state.

import { type Bytes, fromHex, toHex } from '../base/bytes.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type { ChangeSet, StateKey, StateView } from '../base/state.ts';
import { formatTypeTag, parseStructTag } from '../base/type-tag.ts';

/** What is used of a file system; `WasmFs.fs` and Node's `fs` have it. */
export interface SandboxFiles {
  existsSync(path: string): boolean;
  mkdirSync(path: string, options: { recursive: true }): unknown;
  readdirSync(path: string): unknown[];
  readFileSync(path: string): unknown;
  unlinkSync(path: string): void;
  writeFileSync(path: string, data: Uint8Array): void;
}

export interface StateEntry {
  readonly key: StateKey;
  readonly value: Bytes;
}

const MODULES = 'modules';
const RESOURCES = 'resources';
const TABLES = 'tables';
const MODULE_SUFFIX = '.mv';
const VALUE_SUFFIX = '.bcs';

export class SandboxStorage implements StateView {
  /** Another object whenever modules change. */
  codeVersion: object = {};
  readonly #files: SandboxFiles;
  readonly #root: string;

  constructor(files: SandboxFiles, root: string) {
    this.#files = files;
    this.#root = root.replace(/\/+$/, '');
    files.mkdirSync(this.#root, { recursive: true });
  }

  get(key: StateKey): Bytes | undefined {
    return this.#read(this.#pathOf(key));
  }

  module(address: Address, name: string): Bytes | undefined {
    return this.#read(`${this.#root}/${address}/${MODULES}/${name}${MODULE_SUFFIX}`);
  }

  setModule(address: Address, name: string, code: Bytes): void {
    this.#write(`${this.#root}/${address}/${MODULES}/${name}${MODULE_SUFFIX}`, code);
    this.codeVersion = {};
  }

  set(key: StateKey, value: Bytes): void {
    this.#write(this.#pathOf(key), value);
  }

  apply(changes: ChangeSet): void {
    for (const { key, new: value } of changes) {
      if (value) this.set(key, value);
      else this.#files.unlinkSync(this.#pathOf(key));
    }
  }

  /** All resources and table items, in the order of their paths. */
  entries(): readonly StateEntry[] {
    const found: StateEntry[] = [];
    for (const owner of this.#list('')) {
      if (!owner.startsWith('0x')) continue;
      for (const file of this.#list(`/${owner}/${RESOURCES}`)) {
        const type = parseStructTag(file.slice(0, -VALUE_SUFFIX.length));
        this.#add(found, { kind: 'resource', address: parseAddress(owner), type });
      }
    }
    for (const handle of this.#list(`/${TABLES}`)) {
      for (const file of this.#list(`/${TABLES}/${handle}`)) {
        const key = fromHex(file.slice(0, -VALUE_SUFFIX.length));
        this.#add(found, { kind: 'item', handle: parseAddress(handle), key });
      }
    }
    return found;
  }

  #add(found: StateEntry[], key: StateKey): void {
    const value = this.get(key);
    if (value) found.push({ key, value });
  }

  #pathOf(key: StateKey): string {
    return key.kind === 'resource'
      ? `${this.#root}/${key.address}/${RESOURCES}/${formatTypeTag(key.type)}${VALUE_SUFFIX}`
      : `${this.#root}/${TABLES}/${key.handle}/${toHex(key.key)}${VALUE_SUFFIX}`;
  }

  #list(directory: string): readonly string[] {
    const path = this.#root + directory;
    return this.#files.existsSync(path) ? this.#files.readdirSync(path).map(String).sort() : [];
  }

  #read(path: string): Bytes | undefined {
    if (!this.#files.existsSync(path)) return undefined;
    const content = this.#files.readFileSync(path);
    return content instanceof Uint8Array ? new Uint8Array(content) : undefined;
  }

  #write(path: string, data: Bytes): void {
    this.#files.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    this.#files.writeFileSync(path, data);
  }
}
