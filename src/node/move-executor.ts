// The channel's executor on the Move VM: what Move code sees is the channel's state, the channel's code, and two resources of the
// framework made up for it (the time, from the batch's header, and the chain's id).

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { assert, DecodeError, unreachable } from '../base/errors.ts';
import { type Address, parseAddress, shortAddress } from '../base/ids.ts';
import { type StateKey, type StateView, stateKeyId } from '../base/state.ts';
import { parseStructTag, structTag } from '../base/type-tag.ts';
import type { ExecutionOutcome, ExecutionRequest, Executor } from '../channel/executor.ts';
import type { ChannelDescription, ChannelModule } from '../ports/chain.ts';
import type { FunctionCall, ModuleId, MoveVm, RunStatus } from '../vm/index.ts';

/** Gas units that one call may use: tens of milliseconds of computing on a slow phone, and far more than a sane call takes. */
export const CALL_GAS_MAX = 20_000n;
/** Functions compiled ahead of a call: what an application's own interface calls, and well below what the VM keeps. */
const PREPARED_MAX = 64;
/** Instructions that one of them may reach: some tens of milliseconds of compiling, which nobody has asked for yet. */
const PREPARED_INSTRUCTIONS_MAX = 10_000;
/** As Move bounds an identifier. */
const NAME_SIZE_MAX = 255;

const FRAMEWORK = parseAddress('0x1');
const TIME = stateKeyId({
  kind: 'resource',
  address: FRAMEWORK,
  type: structTag(FRAMEWORK, 'timestamp', 'CurrentTimeMicroseconds'),
});
const CHAIN_ID = stateKeyId({
  kind: 'resource',
  address: FRAMEWORK,
  type: structTag(FRAMEWORK, 'chain_id', 'ChainId'),
});
const MICROSECONDS_PER_MS = 1_000n;

export class MoveExecutor implements Executor {
  readonly #vm: MoveVm;
  readonly #description: ChannelDescription;
  /** Stands for this channel's code in the VM's cache. */
  readonly #modules: ReadonlyMap<string, Bytes>;
  readonly #chainId: Bytes;
  readonly #tick: FunctionCall | undefined;

  constructor(vm: MoveVm, description: ChannelDescription, modules: readonly ChannelModule[]) {
    this.#vm = vm;
    this.#description = description;
    this.#modules = new Map(modules.map(({ address, name, bytecode }) => [moduleId(address, name), bytecode]));
    this.#chainId = encodeBcs((w) => w.u8(description.scope.chainId));
    this.#tick = description.tickFunction === undefined ? undefined : tickCall(description.tickFunction);
  }

  execute(read: (key: StateKey) => Bytes | undefined, request: ExecutionRequest): ExecutionOutcome {
    const call = request.call === 'tick' ? this.#tick : functionCall(request.call);
    assert(call !== undefined, 'a tick in a channel without a tick function');
    const result = this.#vm.run(this.view(read, request.timestampMs), {
      call,
      senders: [request.sender],
      gasLimit: CALL_GAS_MAX,
      transactionHash: request.transactionHash,
      access: 'entry',
    });
    const isOurs = result.changes.some(({ key }) => isSynthetic(stateKeyId(key)));
    if (isOurs) {
      const status = { kind: 'failed', code: 'WRITES_TIME_OR_CHAIN_ID' } as const;
      return { status, changes: [], events: [], gasUsed: result.gasUsed };
    }
    return {
      status: outcomeStatus(result.status),
      changes: result.changes,
      events: result.events,
      gasUsed: result.gasUsed,
    };
  }

  /**
   * Compiles what members are likely to call, ahead of the first call, which would else wait for it. Each `next` does one piece of it, up to
   * some tens of milliseconds; outcomes are the same with it and without. In this order: the tick, which is due first and for certain;
   * then the entry functions of the application's module, smallest first, so that much is ready early. Left out are functions that can come
   * to call the contract (opening, joining, settling): they are called on the chain, reach several times as much code as the others, and
   * would fail in a channel for want of the contract's state. Who calls one here all the same waits for it as before.
   *
   * Where an earlier start left all of them compiled, and the list of them, there is nothing more to do than to take them up.
   */
  *preparation(): Generator<void, void, void> {
    const { stateType, scope } = this.#description;
    const module = { address: stateType.address, name: stateType.module };
    const view = this.view(() => undefined, 0n);
    const planKey = `prepared ${moduleId(module.address, module.name)}`;
    if (this.#tick) for (const _ of this.#vm.prepare(view, { call: this.#tick, access: 'entry' })) yield;
    const plan = readPlan(this.#vm.unitCache?.get(planKey));
    if (plan !== undefined && (yield* this.#prepare(view, module, plan))) return;
    for (const _ of this.#vm.load(view, module)) yield;
    const functions: { readonly name: string; readonly instructions: number }[] = [];
    for (const name of this.#vm.entryFunctions(view, module)) {
      const isOfContract = ({ address }: ModuleId): boolean => address === scope.contract;
      const { modules, instructions } = this.#vm.reach(view, module, name, isOfContract);
      if (!modules.some(isOfContract) && instructions <= PREPARED_INSTRUCTIONS_MAX)
        functions.push({ name, instructions });
      yield;
    }
    functions.sort((a, b) => a.instructions - b.instructions);
    const names = functions.slice(0, PREPARED_MAX).map(({ name }) => name);
    yield* this.#prepare(view, module, names);
    this.#vm.unitCache?.put(planKey, () => writePlan(names));
  }

  /** Gives whether all were there already. */
  *#prepare(view: StateView, module: ModuleId, names: readonly string[]): Generator<void, boolean, void> {
    let wereThere = true;
    for (const name of names) {
      const call = { module, function: name, typeArgs: [] };
      for (const { kind } of this.#vm.prepare(view, { call, access: 'entry' })) {
        if (kind !== 'restored') wereThere = false;
        yield;
      }
    }
    return wereThere;
  }

  /** What Move code sees; for reading types of values too. */
  view(read: (key: StateKey) => Bytes | undefined, timestampMs: bigint): StateView {
    return {
      get: (key) => {
        const id = key.kind === 'resource' && key.address === FRAMEWORK ? stateKeyId(key) : undefined;
        if (id === TIME) return encodeBcs((w) => w.u64(timestampMs * MICROSECONDS_PER_MS));
        if (id === CHAIN_ID) return this.#chainId;
        return read(key);
      },
      module: (address, name) => this.#modules.get(moduleId(address, name)),
      codeVersion: this.#modules,
    };
  }

  get description(): ChannelDescription {
    return this.#description;
  }
}

function moduleId(address: Address, name: string): string {
  return `${address}::${name}`;
}

function writePlan(names: readonly string[]): Bytes {
  return encodeBcs((w) => w.vector(names, (writer, name) => writer.string(name)));
}

/** One that does not decode is as good as none: it only says what to look for first. */
function readPlan(bytes: Bytes | undefined): readonly string[] | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decodeBcs(bytes, 'plan', (r) =>
      r.vector('names', PREPARED_MAX, (reader) => reader.string('name', NAME_SIZE_MAX)),
    );
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isSynthetic(id: string): boolean {
  return id === TIME || id === CHAIN_ID;
}

function functionCall(call: Exclude<ExecutionRequest['call'], 'tick'>): FunctionCall {
  return {
    module: { address: call.address, name: call.module },
    function: call.function,
    typeArgs: call.typeArgs,
    args: call.args,
  };
}

/** `0x…::module::function`, which reads like a type. */
function tickCall(name: string): FunctionCall {
  const { address, module, name: fn } = parseStructTag(name, 'tick function');
  return { module: { address, name: module }, function: fn, typeArgs: [], args: [] };
}

function outcomeStatus(status: RunStatus): ExecutionOutcome['status'] {
  switch (status.kind) {
    case 'executed':
      return status;
    case 'abort': {
      const { module } = status.location;
      const location = module === 'script' ? 'script' : `${shortAddress(module.address)}::${module.name}`;
      const reason = status.reason ? `${status.reason.name}: ${status.reason.doc}` : status.message;
      return { kind: 'aborted', code: status.code, location, ...(reason !== undefined && { reason }) };
    }
    case 'failure':
      return {
        kind: 'failed',
        code: status.code,
        ...(status.message !== undefined && { message: status.message }),
      };
    default:
      return unreachable(status);
  }
}
