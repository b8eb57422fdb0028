// MoveSandbox: runs contracts over a state kept in a file system that is given to it (`new WasmFs()`), yields change sets and events, and can be
// subscribed to. The names are those of the state channel's specification, section 9.

import { BcsWriter } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { parseAddress } from '../base/ids.ts';
import type { ChangeSet } from '../base/state.ts';
import { parseStructTag, parseTypeTag } from '../base/type-tag.ts';
import { moduleKey, selfId } from './bytecode/access.ts';
import { decodeModule } from './bytecode/decode.ts';
import { parameterTypes } from './declared-types.ts';
import { MoveVm } from './index.ts';
import type { Json } from './json.ts';
import { jsonToValue } from './json-parse.ts';
import type { FunctionCall, MoveEvent, RunStatus } from './run.ts';
import { type SandboxFiles, SandboxStorage, type StateEntry } from './sandbox-storage.ts';

/** What an account holds at first. */
export interface SandboxAccount {
  /** `0x…` */
  readonly address: string;
  /** Bytecode of modules that the account has published. */
  readonly modules?: readonly Bytes[];
  readonly resources?: readonly { readonly type: string; readonly data: Bytes }[];
}

export interface SandboxOptions {
  /** Where the state lies in the file system. */
  readonly storage_dir: string;
  /** To share compiled code with others. */
  readonly vm?: MoveVm;
}

export interface SandboxRunOptions {
  /** Addresses that fill the signer parameters. */
  readonly signers?: readonly string[];
  readonly gas_limit?: bigint;
}

export interface SandboxResult {
  readonly change_sets: ChangeSet;
  readonly events: readonly MoveEvent[];
  readonly status: RunStatus;
  readonly gas_used: bigint;
}

export interface SandboxChannel {
  /** Calls `listener` after every run that changed something. Gives the way to stop it. */
  on(event: 'change_set', listener: (changes: ChangeSet) => void): () => void;
}

const DEFAULT_GAS_LIMIT = 1_000_000n;

export class MoveSandbox {
  readonly #storage: SandboxStorage;
  readonly #vm: MoveVm;
  readonly #listeners = new Set<(changes: ChangeSet) => void>();
  #runs = 0n;

  /** @param wasmfs anything with the file system at `fs`, such as a `WasmFs` */
  constructor(wasmfs: { readonly fs: SandboxFiles }, options: SandboxOptions) {
    this.#storage = new SandboxStorage(wasmfs.fs, options.storage_dir);
    this.#vm = options.vm ?? new MoveVm();
  }

  /**
   * Puts modules and resources in place, over what is there. Modules are verified when they are first run.
   * @throws DecodeError, BytecodeError when an account is not what it claims
   */
  setAccounts(accounts: readonly SandboxAccount[]): void {
    for (const { address: owner, modules = [], resources = [] } of accounts) {
      const address = parseAddress(owner);
      for (const code of modules) {
        const id = selfId(decodeModule(code));
        if (id.address !== address) throw new DecodeError('module', `${moduleKey(id)} is not of ${owner}`, 0);
        this.#storage.setModule(address, id.name, code);
      }
      for (const { type, data } of resources) {
        this.#storage.set({ kind: 'resource', address, type: parseStructTag(type) }, data);
      }
    }
  }

  /**
   * Runs `0x…::module::function` and, if it succeeds, writes what it changed. Arguments are BCS bytes or JSON as in Aptos's API.
   * @throws DecodeError when names or arguments are not of their form
   */
  run(
    name: string,
    ty_args: readonly string[] = [],
    args: readonly (Bytes | Json)[] = [],
    options: SandboxRunOptions = {},
  ): SandboxResult {
    const { address, module, name: fn } = parseStructTag(name, 'function');
    const target: FunctionCall = {
      module: { address, name: module },
      function: fn,
      typeArgs: ty_args.map((type) => parseTypeTag(type)),
      args: [],
    };
    const result = this.#vm.run(this.#storage, {
      call: { ...target, args: this.#encode(target, args) },
      senders: (options.signers ?? []).map((signer) => parseAddress(signer)),
      gasLimit: options.gas_limit ?? DEFAULT_GAS_LIMIT,
      transactionHash: sha3_256(new BcsWriter().u64(this.#runs++).finish()),
      access: 'any',
    });
    this.#storage.apply(result.changes);
    if (result.changes.length > 0) for (const listener of [...this.#listeners]) listener(result.changes);
    return { change_sets: result.changes, events: result.events, status: result.status, gas_used: result.gasUsed };
  }

  /** The whole state as it is, and what happens to it from now on. */
  subscribe(): readonly [snapshot: readonly StateEntry[], channel: SandboxChannel] {
    const channel: SandboxChannel = {
      on: (_, listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    return [this.#storage.entries(), channel];
  }

  #encode(target: FunctionCall, args: readonly (Bytes | Json)[]): Bytes[] {
    if (args.every((arg) => arg instanceof Uint8Array)) return args.map((arg) => new Uint8Array(arg));
    const types = parameterTypes(this.#storage, target);
    return args.map((arg, index) => {
      if (arg instanceof Uint8Array) return new Uint8Array(arg);
      const type = types[index];
      if (type === undefined) throw new DecodeError('arguments', `more than the ${types.length} that are taken`, 0);
      return jsonToValue(this.#storage, type, arg, 'lenient', `argument ${index}`);
    });
  }
}
