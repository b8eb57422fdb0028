// The chain's state with its history: what every resource, table item and module was at each ledger version. Kept in memory whole; the
// ledger's file (storage/) brings it back after a restart.

import type { Bytes } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import type { Address } from '../base/ids.ts';
import { type ChangeSet, type StateKey, type StateView, stateKeyId } from '../base/state.ts';
import { formatTypeTag, type StructTag } from '../base/type-tag.ts';
import type { Deposit, DepositChange, SlotBook } from './slots.ts';

export interface ModuleWrite {
  readonly address: Address;
  readonly name: string;
  readonly code: Bytes;
  /** What it replaces. */
  readonly old?: Bytes;
}

export interface StoredResource {
  readonly type: StructTag;
  readonly bytes: Bytes;
}
export interface StoredModule {
  readonly name: string;
  readonly code: Bytes;
}

/** One value's past: ascending versions, `undefined` where it was deleted. */
type History = { readonly version: number; readonly value: Bytes | undefined }[];

export class World implements SlotBook {
  readonly #values = new Map<string, History>();
  /** Per account its resources' types, in the order in which they first appeared. */
  readonly #resources = new Map<Address, Map<string, StructTag>>();
  readonly #modules = new Map<Address, Map<string, History>>();
  /** Of the present: no transaction runs on the past. */
  readonly #deposits = new Map<string, Deposit>();
  /** When modules changed, with an object that stands for the code from then on. */
  readonly #codeVersions: { readonly version: number; readonly token: object }[] = [];
  #version = -1;

  /** The last version applied; -1 before genesis. */
  get version(): number {
    return this.#version;
  }

  /** Versions are applied in order, one after another. */
  apply(
    version: number,
    changes: ChangeSet,
    modules: readonly ModuleWrite[],
    deposits: readonly DepositChange[] = [],
  ): void {
    assert(version === this.#version + 1, `version ${version} applied after ${this.#version}`);
    this.#version = version;
    for (const { key, new: value } of changes) {
      if (key.kind === 'resource') this.#noteResource(key.address, key.type);
      append(this.#values, stateKeyId(key), { version, value });
    }
    for (const { slot, deposit } of deposits) {
      if (deposit === undefined) this.#deposits.delete(slot);
      else this.#deposits.set(slot, deposit);
    }
    if (modules.length > 0) this.#codeVersions.push({ version, token: {} });
    for (const { address, name, code } of modules) {
      append(
        entry(this.#modules, address, () => new Map()),
        name,
        { version, value: code },
      );
    }
  }

  get(key: StateKey, version = this.#version): Bytes | undefined {
    return valueAt(this.#values.get(stateKeyId(key)), version);
  }

  module(address: Address, name: string, version = this.#version): Bytes | undefined {
    return valueAt(this.#modules.get(address)?.get(name), version);
  }

  view(version = this.#version): StateView {
    return {
      get: (key) => this.get(key, version),
      module: (address, name) => this.module(address, name, version),
      codeVersion: this.#codeVersions.findLast((change) => change.version <= version)?.token,
    };
  }

  typesAt(address: Address): Iterable<StructTag> {
    return this.#resources.get(address)?.values() ?? [];
  }

  deposit(slot: string): Deposit | undefined {
    return this.#deposits.get(slot);
  }

  resources(address: Address, version = this.#version): StoredResource[] {
    const found: StoredResource[] = [];
    for (const type of this.#resources.get(address)?.values() ?? []) {
      const bytes = this.get({ kind: 'resource', address, type }, version);
      if (bytes !== undefined) found.push({ type, bytes });
    }
    return found;
  }

  /** Sorted by name. */
  modules(address: Address, version = this.#version): StoredModule[] {
    const found: StoredModule[] = [];
    for (const [name, history] of this.#modules.get(address) ?? []) {
      const code = valueAt(history, version);
      if (code !== undefined) found.push({ name, code });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #noteResource(address: Address, type: StructTag): void {
    const types = entry(this.#resources, address, () => new Map<string, StructTag>());
    const text = formatTypeTag(type);
    if (!types.has(text)) types.set(text, type);
  }
}

/** A view in which `changes` and `modules` lie over `base`. */
export function overlay(base: StateView, changes: ChangeSet, modules: readonly ModuleWrite[] = []): StateView {
  const values = new Map(changes.map((change) => [stateKeyId(change.key), change.new]));
  return {
    get: (key) => {
      const id = stateKeyId(key);
      return values.has(id) ? values.get(id) : base.get(key);
    },
    module: (address, name) =>
      modules.find((write) => write.address === address && write.name === name)?.code ?? base.module(address, name),
    ...(modules.length === 0 && { codeVersion: base.codeVersion }),
  };
}

function valueAt(history: History | undefined, version: number): Bytes | undefined {
  if (history === undefined) return undefined;
  // Nearly every read is of the present.
  for (let index = history.length - 1; index >= 0; index--) {
    const item = history[index];
    if (item !== undefined && item.version <= version) return item.value;
  }
  return undefined;
}

function append(map: Map<string, History>, id: string, item: History[number]): void {
  entry(map, id, () => []).push(item);
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
