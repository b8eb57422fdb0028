// A channel of one of the packages under move/, as a node runs it: the package's checked-in bytecode in the channel's own VM, on a state that is kept here.
// For evidence of what members called and a leader has signed, which the Move tests cannot sign. It shows what a node's evidence shows.

import type { Bytes } from '../../src/base/bytes.ts';
import { type Address, parseAddress } from '../../src/base/ids.ts';
import { type StateKey, stateKeyId } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import type { StateEntry } from '../../src/channel/state-tree.ts';
import type { Call } from '../../src/channel/transaction.ts';
import { MoveExecutor } from '../../src/node/move-executor.ts';
import { complaintEvidence, testKeySeed } from '../../src/testing/complaint.ts';
import { applicationModules, SCOPE } from '../../src/testing/package-modules.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { NAMED_ADDRESSES } from './packages.ts';

/** Alice leads; Bob calls what she is accused of. */
export const [ALICE, BOB] = [parseAddress('0xa11ce'), parseAddress('0xb0b')];
const START_MS = 1_000_500n;
const STEP_MS = 1_000n;

/** The code that runs: the same for every state of it. */
export interface ChannelCode {
  readonly address: Address;
  readonly module: string;
  readonly executor: MoveExecutor;
}

/** `packageName` is both the folder's name and the named address; `module` declares the structs and what members call. */
export function channelCode(packageName: string, module: string, state: string): ChannelCode {
  const address = parseAddress(NAMED_ADDRESSES[packageName] ?? '');
  const description = {
    scope: SCOPE,
    creator: ALICE,
    stateType: structTag(address, module, state),
    assetsType: structTag(address, module, 'NoAssets'),
    coinType: structTag(parseAddress('0x1'), 'aptos_coin', 'AptosCoin'),
    stake: 0n,
    settings: { heartbeatWindowMs: 15_000, settleIntervalMs: 0 },
    labels: new Map<string, string>(),
  };
  return {
    address,
    module,
    executor: new MoveExecutor(new MoveVm(), description, applicationModules(packageName, address)),
  };
}

export class EvidenceChannel {
  readonly #code: ChannelCode;
  readonly #state = new Map<string, StateEntry>();
  #timestampMs = START_MS;

  constructor(code: ChannelCode, entries: Iterable<StateEntry>) {
    this.#code = code;
    for (const entry of entries) this.#state.set(stateKeyId(entry.key), entry);
  }

  copy(): EvidenceChannel {
    const copy = new EvidenceChannel(this.#code, this.#state.values());
    copy.#timestampMs = this.#timestampMs;
    return copy;
  }

  value(key: StateKey): Bytes | undefined {
    return this.#state.get(stateKeyId(key))?.value;
  }

  /** What the call makes of the state now; the state stays. */
  outcome(sender: Address, fn: string, args: readonly Bytes[]): ExecutionOutcome {
    return this.#execute((key) => this.value(key), sender, fn, args);
  }

  /** Does it, a second before what comes next. It must not be refused. */
  play(sender: Address, fn: string, ...args: readonly Bytes[]): void {
    const { status, changes } = this.outcome(sender, fn, args);
    if (status.kind !== 'executed') throw new Error(`${fn} was not executed: ${JSON.stringify(status.kind)}`);
    for (const { key, new: value } of changes) {
      if (value) this.#state.set(stateKeyId(key), { key, value });
      else this.#state.delete(stateKeyId(key));
    }
    this.#timestampMs += STEP_MS;
  }

  /**
   * Bob calls, and Alice, who leads, signs that this came of it: what did, if nothing is given. Shown is what the call reads and changes, and what is to be
   * shown besides.
   */
  evidence(fn: string, args: readonly Bytes[], outcome?: ExecutionOutcome, besides: readonly StateKey[] = []): Bytes {
    const shown = new Map(besides.map((key) => [stateKeyId(key), key]));
    const noting = (key: StateKey): Bytes | undefined => {
      shown.set(stateKeyId(key), key);
      return this.value(key);
    };
    const honest = this.#execute(noting, BOB, fn, args);
    for (const { key } of honest.changes) shown.set(stateKeyId(key), key);
    return complaintEvidence({
      scope: SCOPE,
      accused: ALICE,
      leaderSeed: testKeySeed(0),
      callerSeed: testKeySeed(1),
      call: this.#call(fn, args),
      timestampMs: this.#timestampMs,
      state: this.#state.values(),
      outcome: outcome ?? honest,
      shown: [...shown.values()],
    });
  }

  #execute(
    read: (key: StateKey) => Bytes | undefined,
    sender: Address,
    fn: string,
    args: readonly Bytes[],
  ): ExecutionOutcome {
    const transactionHash = new Uint8Array(32);
    const request = { call: this.#call(fn, args), sender, timestampMs: this.#timestampMs, transactionHash };
    return this.#code.executor.execute(read, request);
  }

  #call(fn: string, args: readonly Bytes[]): Call {
    return { address: this.#code.address, module: this.#code.module, function: fn, typeArgs: [], args };
  }
}
