// A sandbox's state with modules as if they were published already: what their initialisers run on, before anything is written.

import { type Bytes, bytesEqual, compareBytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import { type ChangeSet, encodeStateKey, type StateKey, type StateView, stateKeyId } from '../base/state.ts';
import { at, moduleKey } from './bytecode/access.ts';
import type { CompiledModule } from './bytecode/module.ts';
import type { RunResult } from './run.ts';
import type { StateModule } from './sandbox-state.ts';

/** Move's constructor of a module: private, runs once when the module is first published. */
export const INIT_MODULE = 'init_module';

/** The state with modules as if they were published, and what their initialisers changed. */
export class PublishedView implements StateView {
  readonly codeVersion = {};
  readonly #base: StateView;
  readonly #modules: ReadonlyMap<string, Bytes>;
  readonly #changes = new Map<string, { readonly key: StateKey; readonly value: Bytes | undefined }>();

  constructor(base: StateView, modules: readonly StateModule[]) {
    this.#base = base;
    this.#modules = new Map(modules.map((module) => [moduleKey(module), module.code]));
  }

  get(key: StateKey): Bytes | undefined {
    const change = this.#changes.get(stateKeyId(key));
    return change ? change.value : this.#base.get(key);
  }

  module(address: Address, name: string): Bytes | undefined {
    return this.#modules.get(moduleKey({ address, name })) ?? this.#base.module(address, name);
  }

  apply({ changes }: RunResult): void {
    for (const { key, new: value } of changes) this.#changes.set(stateKeyId(key), { key, value });
  }

  changes(): ChangeSet {
    const found = [...this.#changes.values()].flatMap(({ key, value }) => {
      const old = this.#base.get(key);
      if (old === undefined ? value === undefined : value !== undefined && bytesEqual(old, value)) return [];
      return [{ key, ...(old && { old }), ...(value && { new: value }) }];
    });
    return found.sort((a, b) => compareBytes(encodeStateKey(a.key), encodeStateKey(b.key)));
  }
}

export function hasInitialiser(module: CompiledModule): boolean {
  return module.functions.some(
    ({ handle }) => at(module.identifiers, at(module.functionHandles, handle).name) === INIT_MODULE,
  );
}
