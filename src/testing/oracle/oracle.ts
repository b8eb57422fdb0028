// The truth for differential tests: a production Rust Move VM in a child process, with state of its own. It takes the same run requests
// as our VM and answers in the same terms. Its natives are another chain's; `publishFramework` gives it the framework in those.

import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { compileFrameworkForTestVm } from '../../../scripts/move/compiler.ts';
import { BcsReader, BcsWriter } from '../../base/bcs.ts';
import { type Bytes, bytesEqual, compareBytes } from '../../base/bytes.ts';
import { AssertionError, assert, StraitError } from '../../base/errors.ts';
import { ADDRESS_SIZE, type Address, addressFromBytes, addressToBytes, writeAddress } from '../../base/ids.ts';
import {
  type ChangeSet,
  encodeStateKey,
  ITEM_KEY_SIZE_MAX,
  type StateChange,
  type StateKey,
} from '../../base/state.ts';
import { decodeStructTag, encodeStructTag, parseTypeTag, type TypeTag, writeTypeTag } from '../../base/type-tag.ts';
import { at, moduleKey, parametersOf, returnsOf, selfId } from '../../vm/bytecode/access.ts';
import { decodeModule } from '../../vm/bytecode/decode.ts';
import type { CompiledModule, ModuleId, SignatureToken } from '../../vm/bytecode/module.ts';
import type { RunContext, RunRequest, RunStatus, ScriptCall, ScriptRequest } from '../../vm/run.ts';
import { bcsViewName, needsBcsView } from './bcs-views.ts';
import { bcsOfJson, bytesOfJson } from './json-value.ts';
import { functionName, openModule } from './open-module.ts';
import type { StorageWrite, WorkerReply, WorkerRequest } from './protocol.ts';
import { readStatus } from './status.ts';

/** The child process ended, or answered what it should not. */
export class OracleError extends StraitError {
  override readonly name = 'OracleError';
}

export interface OracleResult {
  readonly status: RunStatus;
  /** A view's writes and events are lost in the Rust VM; an execution's return values (there are none) too. */
  readonly mode: 'execute' | 'view';
  /** Empty unless executed. */
  readonly changes: ChangeSet;
  /** The Rust VM keeps events as JSON only. Empty unless executed. */
  readonly events: readonly { readonly type: TypeTag; readonly json: string }[];
  /** BCS of each return value. Empty unless executed. */
  readonly returns: readonly Bytes[];
  /** By the Rust VM's own schedule. */
  readonly gasUsed: bigint;
  /** Of the call into the library alone, what it reads and writes included. */
  readonly durationMs: number;
}

type RanReply = Extract<WorkerReply, { kind: 'ran' }>;
type RunMode = Extract<WorkerRequest, { kind: 'run' }>['mode'];

const PROJECT_ROOT = path.resolve(import.meta.dirname, '../../..');
/** Kinds of storage key, the byte after the address or table handle. */
const KEY_RESOURCE = 2;
const KEY_ITEM = 3;
/** Nothing that a test returns comes near. */
const RESULT_SIZE_MAX = 1 << 24;

export class Oracle {
  readonly #child: ChildProcess;
  readonly #modules = new Map<string, CompiledModule>();
  readonly #waiting: { resolve(reply: WorkerReply): void; reject(error: Error): void }[] = [];
  readonly #output: Buffer[] = [];
  #ended: OracleError | undefined;

  constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'oracle-worker.ts'), {
      cwd: PROJECT_ROOT,
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, RUST_BACKTRACE: '0' },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#child.on('message', (reply: WorkerReply) => this.#waiting.shift()?.resolve(reply));
    this.#child.on('exit', (code, signal) => {
      const said = Buffer.concat(this.#output).toString().trim();
      this.#ended = new OracleError(`the Rust VM's process ended (${signal ?? code}): ${said}`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    });
  }

  /** Ends the child process. Nothing may be asked afterwards. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }

  /** Puts modules in place, whatever was there before. The Rust VM verifies them when it first runs them. */
  async publish(modules: Iterable<Bytes>): Promise<void> {
    const decoded = [...modules].map((bytecode) => decodeModule(bytecode));
    for (const module of decoded) this.#modules.set(moduleKey(selfId(module)), module);
    await this.#ask({
      kind: 'publish',
      modules: decoded.map((module) => {
        const { address, name } = selfId(module);
        return { address: addressToBytes(address), name, open: openModule(module) };
      }),
    });
  }

  /** Publishes the project's framework, with the natives that differ declared in the Rust VM's terms. Gives its modules by name. */
  async publishFramework(): Promise<ReadonlyMap<string, Bytes>> {
    const modules = await compileFrameworkForTestVm();
    await this.publish(modules.values());
    return modules;
  }

  async read(key: StateKey): Promise<Bytes | undefined> {
    const reply = await this.#ask({ kind: 'read', key: storageKey(key) });
    assert(reply.kind === 'value', 'a value in answer to a read');
    return reply.value && new Uint8Array(reply.value);
  }

  /** `value` absent: deletes. */
  async write(key: StateKey, value: Bytes | undefined): Promise<void> {
    await this.#ask({ kind: 'write', key: storageKey(key), ...(value && { value }) });
  }

  /**
   * Runs a public or entry function. One with return values runs as a view: it takes no signers, returns
   * no type parameters of its own, and what it writes is not kept.
   * Otherwise an execution's writes are kept if `commit`.
   */
  async run(request: RunRequest, options: { readonly commit: boolean } = { commit: true }): Promise<OracleResult> {
    const { call } = request;
    const module = this.#find(call.module);
    const definition = module.functions.find((candidate) => functionName(module, candidate) === call.function);
    if (definition === undefined) throw new AssertionError(`no function ${call.function} in ${call.module.name}`);
    const handle = at(module.functionHandles, definition.handle);
    const returns = returnsOf(module, handle);
    const mode: OracleResult['mode'] = returns.length > 0 ? 'view' : 'execute';
    if (mode === 'view')
      assert(!parametersOf(module, handle).some(isSigner), `the view ${call.function} takes a signer`);
    const inBcs = mode === 'view' && needsBcsView(module, definition);
    const encoded = encodeCall(call, inBcs ? bcsViewName(call.function) : call.function);
    const reply = await this.#run(mode, request, encoded, options.commit);
    const result = this.#result(mode, reply);
    if (mode === 'execute' || !reply.outcome.ok) return result;
    const values = readReturns(reply.outcome.result, returns.length);
    return {
      ...result,
      returns: returns.map((type, index) => (inBcs ? bytesOfJson(values[index]) : bcsOfJson(values[index], type))),
    };
  }

  /** Runs a script; what it writes is kept if `commit`. */
  async runScript(
    request: ScriptRequest,
    options: { readonly commit: boolean } = { commit: true },
  ): Promise<OracleResult> {
    return this.#result('execute', await this.#run('script', request, encodeScript(request.script), options.commit));
  }

  async #run(mode: RunMode, request: RunContext, call: Bytes, commit: boolean): Promise<RanReply> {
    const reply = await this.#ask({
      kind: 'run',
      mode,
      environment: environment(request.transactionHash),
      senders: new BcsWriter().vector(request.senders, writeAddress).finish(),
      call,
      gasLimit: request.gasLimit,
      commit,
    });
    assert(reply.kind === 'ran', 'a result in answer to a run');
    return reply;
  }

  /** Without what was returned. */
  #result(mode: OracleResult['mode'], { outcome, writes, gasUsed, durationMs }: RanReply): OracleResult {
    const nothing = { mode, changes: [], events: [], returns: [], gasUsed, durationMs };
    if (!outcome.ok) return { ...nothing, status: readStatus(outcome.problem, (id) => this.#find(id)) };
    const status = { kind: 'executed' } as const;
    if (mode === 'view') return { ...nothing, status };
    return { ...nothing, status, changes: changesOf(writes), events: readEvents(outcome.result) };
  }

  #find(id: ModuleId): CompiledModule {
    const module = this.#modules.get(moduleKey(id));
    if (module === undefined) throw new AssertionError(`${moduleKey(id)} was not published to the oracle`);
    return module;
  }

  async #ask(request: WorkerRequest): Promise<WorkerReply> {
    const ended = this.#ended;
    if (ended) throw ended;
    const reply = await new Promise<WorkerReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.send(request);
    });
    if (reply.kind === 'failed') throw new OracleError(reply.problem);
    return reply;
  }
}

/** Height, time, next account number, transaction hash, session id: tables and unique addresses are numbered from the last two. */
function environment(transactionHash: Bytes): Bytes {
  return new BcsWriter().u64(1n).u64(1n).u64(1n).fixed(transactionHash).fixed(transactionHash).finish();
}

function encodeCall(call: RunRequest['call'], name: string): Bytes {
  const writer = new BcsWriter();
  writeAddress(writer, call.module.address);
  return writer
    .string(call.module.name)
    .string(name)
    .vector(call.typeArgs, writeTypeTag)
    .vector(call.args, (w, arg) => w.bytes(arg))
    .bool(false) // arguments in JSON
    .finish();
}

function encodeScript({ code, typeArgs, args }: ScriptCall): Bytes {
  return new BcsWriter()
    .bytes(code)
    .vector(typeArgs, writeTypeTag)
    .vector(args, (w, arg) => w.bytes(arg))
    .bool(false) // arguments in JSON
    .finish();
}

function storageKey(key: StateKey): Bytes {
  const writer = new BcsWriter();
  if (key.kind === 'resource') {
    writeAddress(writer, key.address);
    return writer.u8(KEY_RESOURCE).fixed(encodeStructTag(key.type)).finish();
  }
  writeAddress(writer, key.handle);
  return writer.u8(KEY_ITEM).fixed(key.key).finish();
}

/** Absent: a kind of key that our state does not have (the Rust VM's own notes on tables). */
function stateKey(key: Uint8Array): StateKey | undefined {
  const owner: Address = addressFromBytes(key.subarray(0, ADDRESS_SIZE));
  const rest = new Uint8Array(key.subarray(ADDRESS_SIZE + 1));
  assert(rest.length <= ITEM_KEY_SIZE_MAX, 'a table key of lawful size');
  switch (key[ADDRESS_SIZE]) {
    case KEY_RESOURCE:
      return { kind: 'resource', address: owner, type: decodeStructTag(rest) };
    case KEY_ITEM:
      return { kind: 'item', handle: owner, key: rest };
    default:
      return undefined;
  }
}

function changesOf(writes: readonly StorageWrite[]): ChangeSet {
  const changes: StateChange[] = [];
  for (const write of writes) {
    const key = stateKey(write.key);
    // The Rust VM writes back what was borrowed mutably, changed or not.
    if (key === undefined || (write.old && write.new && bytesEqual(write.old, write.new))) continue;
    changes.push({
      key,
      ...(write.old && { old: new Uint8Array(write.old) }),
      ...(write.new && { new: new Uint8Array(write.new) }),
    });
  }
  return changes.sort((a, b) => compareBytes(encodeStateKey(a.key), encodeStateKey(b.key)));
}

/** The first field of an execution's result. */
function readEvents(result: Uint8Array): OracleResult['events'] {
  return new BcsReader(result).vector('events', RESULT_SIZE_MAX, (reader) => ({
    type: parseTypeTag(reader.string('event type', RESULT_SIZE_MAX)),
    json: reader.string('event', RESULT_SIZE_MAX),
  }));
}

function readReturns(result: Uint8Array, count: number): readonly unknown[] {
  const json: unknown = JSON.parse(new BcsReader(result).string('returns', RESULT_SIZE_MAX));
  if (count === 1) return [json];
  assert(Array.isArray(json) && json.length === count, 'as many return values as the function has');
  return json;
}

function isSigner(type: SignatureToken): boolean {
  return type.kind === 'signer' || (type.kind === 'reference' && type.inner.kind === 'signer');
}
