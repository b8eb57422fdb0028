// A change set that grows in steps (the call, each `init_module`, the fee), every value's state before the first step kept as `old`.

import { type Bytes, bytesEqual, compareBytes } from '../base/bytes.ts';
import {
  type ChangeSet,
  encodeStateKey,
  type StateChange,
  type StateKey,
  type StateView,
  stateKeyId,
} from '../base/state.ts';
import { type ModuleWrite, overlay } from './world.ts';

export class Writes {
  readonly #base: StateView;
  readonly #changes = new Map<string, { readonly key: StateKey; readonly value: Bytes | undefined }>();
  readonly #modules: ModuleWrite[] = [];

  constructor(base: StateView) {
    this.#base = base;
  }

  /** The state as the steps so far have left it. */
  get view(): StateView {
    const changes = [...this.#changes.values()].map(
      ({ key, value }): StateChange => ({ key, ...(value !== undefined && { new: value }) }),
    );
    return overlay(this.#base, changes, this.#modules);
  }

  get modules(): readonly ModuleWrite[] {
    return this.#modules;
  }

  /** `undefined` deletes. */
  set(key: StateKey, value: Bytes | undefined): void {
    this.#changes.set(stateKeyId(key), { key, value });
  }

  /** What a run over `view` changed. */
  add(changes: ChangeSet): void {
    for (const change of changes) this.set(change.key, change.new);
  }

  /** With the same base and what has been written so far, to be tried out. */
  copy(): Writes {
    const copy = new Writes(this.#base);
    copy.take(this);
    return copy;
  }

  /** Has all that `other` has, which was copied from this one. */
  take(other: Writes): void {
    for (const [id, change] of other.#changes) this.#changes.set(id, change);
    this.#modules.push(...other.#modules.slice(this.#modules.length));
  }

  addModules(modules: readonly ModuleWrite[]): void {
    this.#modules.push(...modules);
  }

  /** Net changes, sorted by key: what was created and deleted again, or set to what it was, is left out. */
  changes(): ChangeSet {
    const net: { readonly order: Bytes; readonly change: StateChange }[] = [];
    for (const { key, value } of this.#changes.values()) {
      const old = this.#base.get(key);
      if (old === undefined ? value === undefined : value !== undefined && bytesEqual(old, value)) continue;
      const change = { key, ...(old !== undefined && { old }), ...(value !== undefined && { new: value }) };
      net.push({ order: encodeStateKey(key), change });
    }
    return net.sort((a, b) => compareBytes(a.order, b.order)).map(({ change }) => change);
  }
}
