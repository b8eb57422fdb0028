// Finds the code world of a view: the last one whose modules are the same. A view with a `codeVersion` is known by it; one without is compared
// module by module, as far as the world has read them.

import type { StateView } from '../../base/state.ts';
import type { CodeWorld } from './code-world.ts';

/** Enough for a chain and its pending changes, a channel, and simulations at an older version. */
const WORLDS_MAX = 4;

interface Entry<T> {
  readonly world: T;
  version: unknown;
}

export class WorldCache<T extends { readonly code: CodeWorld; readonly isFull: boolean }> {
  readonly #make: (view: StateView) => T;
  /** The last used first. */
  #entries: Entry<T>[] = [];

  constructor(make: (view: StateView) => T) {
    this.#make = make;
  }

  get(view: StateView): T {
    const version = view.codeVersion;
    const known = this.#entries.find((entry) =>
      version !== undefined && entry.version === version ? true : entry.world.code.adopt(view),
    );
    if (known && !known.world.isFull) {
      known.world.code.use(view);
      known.version = version;
      if (this.#entries[0] !== known) this.#entries = [known, ...this.#entries.filter((entry) => entry !== known)];
      return known.world;
    }
    const world = this.#make(view);
    this.#entries = [{ world, version }, ...this.#entries.filter((entry) => entry !== known)].slice(0, WORLDS_MAX);
    return world;
  }

  clear(): void {
    this.#entries = [];
  }
}
