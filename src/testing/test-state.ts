// A state in memory for tests of the VM: modules that stay, values that change sets change.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import { type ChangeSet, type StateKey, type StateView, stateKeyId } from '../base/state.ts';
import { moduleKey, selfId } from '../vm/bytecode/access.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';

/** The compiled modules in a directory. */
export function moduleBytes(directory: string): Bytes[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.mv'))
    .sort()
    .map((file) => new Uint8Array(readFileSync(path.join(directory, file))));
}

export class TestState implements StateView {
  /** Changes with every `publish`. */
  codeVersion: unknown = {};
  readonly #modules = new Map<string, Bytes>();
  readonly #values = new Map<string, Bytes>();

  constructor(modules: Iterable<Bytes> = []) {
    this.publish(modules);
  }

  get(key: StateKey): Bytes | undefined {
    return this.#values.get(stateKeyId(key));
  }

  module(address: Address, name: string): Bytes | undefined {
    return this.#modules.get(moduleKey({ address, name }));
  }

  publish(modules: Iterable<Bytes>): void {
    for (const bytes of modules) this.#modules.set(moduleKey(selfId(decodeModule(bytes))), bytes);
    this.codeVersion = {};
  }

  set(key: StateKey, value: Bytes): void {
    this.#values.set(stateKeyId(key), value);
  }

  apply(changes: ChangeSet): void {
    for (const { key, new: value } of changes) {
      if (value) this.#values.set(stateKeyId(key), value);
      else this.#values.delete(stateKeyId(key));
    }
  }
}
