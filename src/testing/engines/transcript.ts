// Runs a list of calls and writes down all that can be seen of each: what an engine makes of the VM, to be compared with what another makes.
// Knows neither Node nor the browser.

import { encodeBcs } from '../../base/bcs.ts';
import { type Bytes, concatBytes, fromHex, toHex, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { type Address, parseAddress } from '../../base/ids.ts';
import { type ChangeSet, encodeStateKey, type StateKey, type StateView, stateKeyId } from '../../base/state.ts';
import { formatTypeTag, parseTypeTag } from '../../base/type-tag.ts';
import { moduleKey, selfId } from '../../vm/bytecode/access.ts';
import { decodeModule } from '../../vm/bytecode/decode.ts';
import { DEFAULT_LIMITS, MoveVm, type RunRequest, type RunResult, type VmLimits } from '../../vm/index.ts';

/** A run request in JSON. */
export interface EngineCall {
  readonly address: string;
  readonly module: string;
  readonly function: string;
  readonly typeArgs: readonly string[];
  /** Hex. */
  readonly args: readonly string[];
  readonly senders: readonly string[];
  readonly gasLimit: string;
  readonly transactionHash: string;
  /** Whether what it writes stays. */
  readonly isKept: boolean;
}

/** Calls one after the other on one state that begins empty. */
export interface EngineTask {
  readonly name: string;
  /** Of `EngineWork.modules`, by number. */
  readonly modules: readonly number[];
  /** Where they are not the usual ones. */
  readonly limits?: Partial<VmLimits>;
  readonly calls: readonly EngineCall[];
}

export interface EngineWork {
  /** Hex. */
  readonly modules: readonly string[];
  readonly tasks: readonly EngineTask[];
}

/** For every task a line for each call: status, place, gas, and a digest of writes, events and results. */
export function transcribe({ modules, tasks }: EngineWork): readonly (readonly string[])[] {
  const bytes = modules.map((module) => fromHex(module));
  const vms = new Map<string, MoveVm>();
  return tasks.map((task) => {
    const state = stateOf(bytes, task);
    const limits = JSON.stringify(task.limits);
    const vm = vms.get(limits) ?? new MoveVm({ limits: { ...DEFAULT_LIMITS, ...task.limits } });
    vms.set(limits, vm);
    return task.calls.map((call) => {
      const result = vm.run(state, requestOf(call));
      if (call.isKept) state.apply(result.changes);
      return transcriptOf(result);
    });
  });
}

/** The state that a task begins with. */
export function taskState({ modules }: EngineWork, task: EngineTask): PlainState {
  return stateOf(
    modules.map((module) => fromHex(module)),
    task,
  );
}

export function requestOf(call: EngineCall): RunRequest {
  return {
    call: {
      module: { address: parseAddress(call.address), name: call.module },
      function: call.function,
      typeArgs: call.typeArgs.map((tag) => parseTypeTag(tag)),
      args: call.args.map((arg) => fromHex(arg)),
    },
    senders: call.senders.map((sender) => parseAddress(sender)),
    gasLimit: BigInt(call.gasLimit),
    transactionHash: fromHex(call.transactionHash),
    access: 'any',
  };
}

export function engineCall({ call, senders, gasLimit, transactionHash }: RunRequest, isKept: boolean): EngineCall {
  return {
    address: call.module.address,
    module: call.module.name,
    function: call.function,
    typeArgs: call.typeArgs.map(formatTypeTag),
    args: call.args.map((arg) => toHex(arg)),
    senders,
    gasLimit: String(gasLimit),
    transactionHash: toHex(transactionHash),
    isKept,
  };
}

/** All that can be seen of a result, in a line. */
export function transcriptOf({ status, changes, events, returns, gasUsed }: RunResult): string {
  const seen = encodeBcs((writer) => {
    writer.vector(changes, (w, { key, old, new: value }) => {
      w.bytes(encodeStateKey(key));
      for (const part of [old, value]) w.option(part, (inner, bytes) => inner.bytes(bytes));
    });
    writer.vector(events, (w, { type, data, handle }) => {
      w.string(formatTypeTag(type)).bytes(data);
      w.option(handle, (inner, { guid, sequence }) => inner.bytes(guid).u64(sequence));
    });
    writer.vector(returns, (w, value) => w.bytes(value));
  });
  const told = JSON.stringify(status, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  return `${told} gas ${gasUsed} ${toHex(sha3_256(seen)).slice(0, 16)}`;
}

/** One digest of a whole transcript. */
export function digestOf(transcript: readonly (readonly string[])[]): string {
  return toHex(sha3_256(concatBytes(...transcript.flat().map((line) => utf8Encode(`${line}\n`)))));
}

function stateOf(modules: readonly Bytes[], task: EngineTask): PlainState {
  return new PlainState(task.modules.flatMap((index) => modules[index] ?? []));
}

class PlainState implements StateView {
  readonly codeVersion: unknown = {};
  readonly #modules: ReadonlyMap<string, Bytes>;
  readonly #values = new Map<string, Bytes>();

  constructor(modules: readonly Bytes[]) {
    this.#modules = new Map(modules.map((bytes) => [moduleKey(selfId(decodeModule(bytes))), bytes]));
  }

  get(key: StateKey): Bytes | undefined {
    return this.#values.get(stateKeyId(key));
  }

  module(address: Address, name: string): Bytes | undefined {
    return this.#modules.get(moduleKey({ address, name }));
  }

  apply(changes: ChangeSet): void {
    for (const { key, new: value } of changes) {
      if (value) this.#values.set(stateKeyId(key), value);
      else this.#values.delete(stateKeyId(key));
    }
  }
}
