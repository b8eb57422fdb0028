// State in a map, for one side of a differential test: what our VM reads, changed by the change sets that its runs give.

import type { Bytes } from '../../base/bytes.ts';
import type { Address } from '../../base/ids.ts';
import { type ChangeSet, type StateKey, type StateView, stateKeyId } from '../../base/state.ts';
import { selfId } from '../../vm/bytecode/access.ts';
import { decodeModule } from '../../vm/bytecode/decode.ts';

export class MemoryState implements StateView {
  readonly #values = new Map<string, Bytes>();
  readonly #modules = new Map<string, Bytes>();

  get(key: StateKey): Bytes | undefined {
    return this.#values.get(stateKeyId(key));
  }

  module(address: Address, name: string): Bytes | undefined {
    return this.#modules.get(`${address}::${name}`);
  }

  publish(bytecode: Bytes): void {
    const { address, name } = selfId(decodeModule(bytecode));
    this.#modules.set(`${address}::${name}`, bytecode);
  }

  apply(changes: ChangeSet): void {
    for (const change of changes) {
      if (change.new === undefined) this.#values.delete(stateKeyId(change.key));
      else this.#values.set(stateKeyId(change.key), change.new);
    }
  }
}
