// MoveSandbox: runs contracts over a state kept in a file system that is given to it (`new WasmFs()`), yields change sets and events, and can be
// subscribed to. The names are those of the state channel's specification, section 9.

import { BcsWriter } from '../base/bcs.ts';
import { type Bytes, utf8Encode } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type { ChangeSet } from '../base/state.ts';
import { parseStructTag, parseTypeTag } from '../base/type-tag.ts';
import { at, moduleKey, selfId } from './bytecode/access.ts';
import { decodeModule } from './bytecode/decode.ts';
import type { CompiledModule } from './bytecode/module.ts';
import type { TracedRun, TraceOptions } from './debug/trace.ts';
import { parameterTypes, returnTypes } from './declared-types.ts';
import { MoveVm } from './index.ts';
import { type Json, valueToJson } from './json.ts';
import { jsonToValue } from './json-parse.ts';
import type { FunctionCall, MoveEvent, RunRequest, RunStatus } from './run.ts';
import { hasInitialiser, INIT_MODULE, PublishedView } from './sandbox-publication.ts';
import { decodeState, encodeState, type StateEntry, type StateModule } from './sandbox-state.ts';
import { type SandboxFiles, SandboxStorage } from './sandbox-storage.ts';

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

export interface SandboxView {
  /** As Aptos's REST API shows them. Empty unless executed. */
  readonly returns: readonly Json[];
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

  /**
   * @param wasmfs anything with the file system at `fs`, such as a `WasmFs`
   * @throws SandboxStorageError, as all methods, when the directory holds what it should not or the file system refuses
   */
  constructor(wasmfs: { readonly fs: SandboxFiles }, options: SandboxOptions) {
    this.#storage = new SandboxStorage(wasmfs.fs, options.storage_dir);
    this.#vm = options.vm ?? new MoveVm();
  }

  /**
   * Puts modules and resources in place, over what is there, all or none. Modules are verified when they are first run.
   * @throws DecodeError, BytecodeError when an account is not what it claims
   */
  setAccounts(accounts: readonly SandboxAccount[]): void {
    const [put, values]: [StateModule[], StateEntry[]] = [[], []];
    for (const { address: owner, modules = [], resources = [] } of accounts) {
      const address = parseAddress(owner);
      for (const code of modules) {
        const id = selfId(decodeModule(code));
        if (id.address !== address) throw new DecodeError('module', `${moduleKey(id)} is not of ${owner}`, 0);
        put.push({ address, name: id.name, code });
      }
      for (const { type, data } of resources) {
        values.push({ key: { kind: 'resource', address, type: parseStructTag(type) }, value: data });
      }
    }
    this.#storage.put(put, values);
  }

  /**
   * Verifies modules, links them and holds them to the upgrade rules, as a chain does; then runs `init_module` of those that are new. What is
   * refused comes back as the status and leaves nothing.
   * @throws DecodeError when the address is none
   */
  publish(
    address: string,
    modules: readonly Bytes[],
    options: Pick<SandboxRunOptions, 'gas_limit'> = {},
  ): SandboxResult {
    const owner = parseAddress(address);
    const checked = this.#vm.checkPublish(this.#storage, owner, modules);
    if (!checked.ok) {
      const { code, message, module } = checked.error;
      const where = module === undefined ? message : `${module}: ${message}`;
      return { change_sets: [], events: [], status: { kind: 'failure', code, message: where }, gas_used: 0n };
    }
    const published = modules.map((code) => ({ address: owner, name: selfId(decodeModule(code)).name, code }));
    const run = this.#initialise(owner, published, checked.value, options.gas_limit ?? DEFAULT_GAS_LIMIT);
    if (run.status.kind === 'executed') this.#apply(run.change_sets, published);
    return run;
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
    const result = this.#vm.run(this.#storage, this.#request(name, ty_args, args, options, 'any'));
    this.#apply(result.changes);
    return { change_sets: result.changes, events: result.events, status: result.status, gas_used: result.gasUsed };
  }

  /** Runs a `#[view]` function; nothing is written. @throws DecodeError when names or arguments are not of their form */
  view(
    name: string,
    ty_args: readonly string[] = [],
    args: readonly (Bytes | Json)[] = [],
    options: SandboxRunOptions = {},
  ): SandboxView {
    const request = this.#request(name, ty_args, args, options, 'view');
    const { status, returns, gasUsed } = this.#vm.run(this.#storage, request);
    const types = returns.length === 0 ? [] : returnTypes(this.#storage, request.call);
    const shown = types.map((type, index) => valueToJson(this.#storage, type, at(returns, index)));
    return { returns: shown, status, gas_used: gasUsed };
  }

  /** What `run` would do, step by step; nothing is written. See `MoveVm.trace`. @throws DecodeError as `run` */
  trace(
    name: string,
    ty_args: readonly string[] = [],
    args: readonly (Bytes | Json)[] = [],
    options: SandboxRunOptions & TraceOptions = {},
  ): TracedRun {
    return this.#vm.trace(this.#storage, this.#request(name, ty_args, args, options, 'any'), options);
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

  /** Everything, modules too, as one byte string: equal states give equal bytes. */
  exportState(): Bytes {
    const { runs } = this.#storage;
    return encodeState({ runs, modules: this.#storage.modules(), entries: this.#storage.entries() });
  }

  /**
   * Takes over what `exportState` gave. Only into an empty storage directory: nothing is ever overwritten.
   * @throws DecodeError when the bytes are none of its, SandboxStorageError when the directory is not empty
   */
  importState(bytes: Uint8Array): void {
    this.#storage.load(decodeState(bytes));
  }

  #apply(changes: ChangeSet, modules: readonly StateModule[] = []): void {
    this.#storage.apply(changes, modules);
    if (changes.length > 0) for (const listener of [...this.#listeners]) listener(changes);
  }

  #initialise(
    owner: Address,
    published: readonly StateModule[],
    inOrder: readonly CompiledModule[],
    gasLimit: bigint,
  ): SandboxResult {
    const view = new PublishedView(this.#storage, published);
    const events: MoveEvent[] = [];
    let gasUsed = 0n;
    for (const module of inOrder) {
      const id = selfId(module);
      if (this.#storage.module(id.address, id.name) !== undefined || !hasInitialiser(module)) continue;
      const result = this.#vm.run(view, {
        call: { module: id, function: INIT_MODULE, typeArgs: [], args: [] },
        senders: [owner],
        gasLimit: gasLimit - gasUsed,
        // Each initialiser makes table handles and addresses of its own.
        transactionHash: sha3_256(this.#hash(), utf8Encode(moduleKey(id))),
        access: 'any',
      });
      gasUsed += result.gasUsed;
      if (result.status.kind !== 'executed') {
        return { change_sets: [], events: [], status: result.status, gas_used: gasUsed };
      }
      view.apply(result);
      events.push(...result.events);
    }
    return { change_sets: view.changes(), events, status: { kind: 'executed' }, gas_used: gasUsed };
  }

  #request(
    name: string,
    ty_args: readonly string[],
    args: readonly (Bytes | Json)[],
    { signers = [], gas_limit = DEFAULT_GAS_LIMIT }: SandboxRunOptions,
    access: RunRequest['access'],
  ): RunRequest {
    const { address, module, name: fn } = parseStructTag(name, 'function');
    const target: FunctionCall = {
      module: { address, name: module },
      function: fn,
      typeArgs: ty_args.map((type) => parseTypeTag(type)),
      args: [],
    };
    return {
      call: { ...target, args: this.#encode(target, args) },
      senders: signers.map((signer) => parseAddress(signer)),
      gasLimit: gas_limit,
      transactionHash: this.#hash(),
      access,
    };
  }

  /** Of the next run: no two runs that change something have the same. */
  #hash(): Bytes {
    return sha3_256(new BcsWriter().u64(this.#storage.runs).finish());
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
