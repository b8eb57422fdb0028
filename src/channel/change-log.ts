// Folding the changes of many transactions into one change set: net changes of a batch, and the change set of a settlement ([X2]).

import { type Bytes, bytesEqual, compareBytes } from '../base/bytes.ts';
import { type ChangeSet, encodeStateKey, type StateChange, type StateKey, stateKeyId } from '../base/state.ts';

interface Folded {
  readonly key: StateKey;
  readonly old: Bytes | undefined;
  readonly new: Bytes | undefined;
}

/** Changes by key, the first `old` and the last `new` of each. */
export class ChangeFold {
  readonly #changes = new Map<string, Folded>();

  add(changes: ChangeSet): void {
    for (const change of changes) {
      const id = stateKeyId(change.key);
      const before = this.#changes.get(id);
      this.#changes.set(id, { key: change.key, old: before ? before.old : change.old, new: change.new });
    }
  }

  /**
   * Takes over values that the chain itself vouches for (what a joining member brings, that a removed one took out): the chain
   * holds them already, so they become what later changes are measured against.
   */
  rebase(changes: ChangeSet): void {
    for (const change of changes) {
      this.#changes.set(stateKeyId(change.key), { key: change.key, old: change.new, new: change.new });
    }
  }

  /** Present if any change touched the key. */
  get(id: string): { readonly value: Bytes | undefined } | undefined {
    const folded = this.#changes.get(id);
    return folded && { value: folded.new };
  }

  /** Sorted by the keys' encoding; what ended as it began is left out. */
  changes(): ChangeSet {
    const changes: { bytes: Bytes; change: StateChange }[] = [];
    for (const { key, old, new: after } of this.#changes.values()) {
      if (old === after || (old !== undefined && after !== undefined && bytesEqual(old, after))) continue;
      const change = { key, ...(old !== undefined && { old }), ...(after !== undefined && { new: after }) };
      changes.push({ bytes: encodeStateKey(key), change });
    }
    return changes.sort((a, b) => compareBytes(a.bytes, b.bytes)).map(({ change }) => change);
  }
}

export function invertChanges(changes: ChangeSet): ChangeSet {
  return changes.map(({ key, old, new: after }) => ({
    key,
    ...(after !== undefined && { old: after }),
    ...(old !== undefined && { new: old }),
  }));
}
