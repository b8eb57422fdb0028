// Answers one question about the VM where it lives in production: in a worker of Chromium, on the channel's own executor and state.

import { BcsWriter } from '../../../src/base/bcs.ts';
import type { Bytes } from '../../../src/base/bytes.ts';
import { type ChannelId, parseAddress } from '../../../src/base/ids.ts';
import { type ChangeSet, type StateKey, type StateView, stateKeyId } from '../../../src/base/state.ts';
import { structTag } from '../../../src/base/type-tag.ts';
import { StateTree } from '../../../src/channel/state-tree.ts';
import { MoveExecutor } from '../../../src/node/move-executor.ts';
import type { ChannelDescription, ChannelModule } from '../../../src/ports/chain.ts';
import { moduleKey, selfId } from '../../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../../src/vm/bytecode/decode.ts';
import { MoveVm, type RunRequest } from '../../../src/vm/index.ts';
import { verifyModuleAlone } from '../../../src/vm/verify/verify.ts';
import { ACCOUNT, BENCH_ADDRESS } from '../programs.ts';
import type { Answers, LoadTimes, Question } from './protocol.ts';

const CHAT = parseAddress('0xc4a7');
const PAGE_BYTES = 1_000;
/** The page's clock stands still for some microseconds. */
const BATCH = 1_000;
const BATCHES = 15;

const answers: { [K in Question['kind']]: (question: Question & { kind: K }) => Answers[K] | Promise<Answers[K]> } = {
  verify: ({ modules }) => {
    const startMs = performance.now();
    for (const bytes of modules) verifyModuleAlone(decodeModule(bytes));
    return { ms: performance.now() - startMs, modules: modules.length };
  },
  load: ({ modules }) => load(modules),
  trivial: ({ modules }) => {
    const vm = new MoveVm();
    const view = stateOf(modules, () => undefined);
    const request = callOf('computation', 'nothing', []);
    return { microseconds: medianMicroseconds(() => void run(vm, view, request)) };
  },
  state: ({ modules, pages }) => state(modules, pages),
};

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  try {
    const answer = answers[data.kind] as (question: Question) => unknown;
    self.postMessage({ answer: await answer(data) });
  } catch (error) {
    self.postMessage({ problem: String(error instanceof Error ? error.stack : error) });
  }
};

function load(modules: readonly Bytes[]): LoadTimes {
  const named = modules.map((bytecode): ChannelModule => ({ ...selfId(decodeModule(bytecode)), bytecode }));
  const startMs = performance.now();
  const executor = new MoveExecutor(new MoveVm(), CHAT_CHANNEL, named);
  let pieces = 0;
  for (const _ of executor.preparation()) pieces++;
  return { readyMs: performance.now() - startMs, readMs: 0, functions: pieces, wasmBytes: 0 };
}

/** A chat's channel, as far as the executor looks at it. */
const CHAT_CHANNEL: ChannelDescription = {
  scope: { chainId: 4, contract: parseAddress('0x57a17'), channelId: 1n as ChannelId },
  creator: ACCOUNT,
  stateType: structTag(CHAT, 'chat', 'Room'),
  assetsType: structTag(CHAT, 'chat', 'Assets'),
  coinType: structTag(parseAddress('0x1'), 'aptos_coin', 'AptosCoin'),
  stake: 1n,
  settings: { heartbeatWindowMs: 10_000, settleIntervalMs: 600_000 },
  labels: new Map(),
};

function state(modules: readonly Bytes[], pages: number): Answers['state'] {
  const vm = new MoveVm();
  const values = new Map<string, Bytes>();
  const view = stateOf(modules, (key) => values.get(stateKeyId(key)));
  const keep = (changes: ChangeSet): void => {
    for (const { key, new: value } of changes) if (value) values.set(stateKeyId(key), value);
  };
  const filled = run(vm, view, callOf('storage', 'fill_archive', [BigInt(pages), BigInt(PAGE_BYTES)])).changes;
  keep(filled);
  let tree = StateTree.empty.apply(filled);
  tree.root();
  let at = 0n;
  const call = (): RunRequest => callOf('storage', 'scribble', [0n, at++ % BigInt(PAGE_BYTES)]);
  const microseconds = medianMicroseconds(() => keep(run(vm, view, call()).changes));
  const treeView = stateOf(modules, (key) => tree.get(key));
  const withRootMicroseconds = medianMicroseconds(() => {
    tree = tree.apply(run(vm, treeView, call()).changes);
    tree.root();
  }, BATCH / 10);
  return { microseconds, withRootMicroseconds, bytes: pages * PAGE_BYTES };
}

function stateOf(modules: readonly Bytes[], get: (key: StateKey) => Bytes | undefined): StateView {
  const byName = new Map(modules.map((bytes) => [moduleKey(selfId(decodeModule(bytes))), bytes]));
  return { get, module: (address, name) => byName.get(moduleKey({ address, name })), codeVersion: byName };
}

function callOf(module: string, name: string, args: readonly bigint[]): RunRequest {
  return {
    call: {
      module: { address: BENCH_ADDRESS, name: module },
      function: name,
      typeArgs: [],
      args: args.map((value) => new BcsWriter().u64(value).finish()),
    },
    senders: module === 'storage' ? [ACCOUNT] : [],
    gasLimit: 1_000_000_000n,
    transactionHash: new Uint8Array(32).fill(1),
    access: 'entry',
  };
}

function run(vm: MoveVm, view: StateView, request: RunRequest): ReturnType<MoveVm['run']> {
  const result = vm.run(view, request);
  if (result.status.kind !== 'executed') throw new Error(`${request.call.function}: ${JSON.stringify(result.status)}`);
  return result;
}

/** Of one call, after as many to warm up. */
function medianMicroseconds(call: () => void, batch = BATCH): number {
  const times: number[] = [];
  for (let i = 0; i < 2 * BATCHES; i++) {
    const startMs = performance.now();
    for (let n = 0; n < batch; n++) call();
    if (i >= BATCHES) times.push(((performance.now() - startMs) * 1e3) / batch);
  }
  return times.sort((a, b) => a - b)[BATCHES >> 1] ?? Number.NaN;
}
