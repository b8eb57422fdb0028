// Answers one question about the VM where it lives in production: in a worker of Chromium, on the channel's own executor and state.

import { BcsWriter } from '../../../src/base/bcs.ts';
import type { Bytes } from '../../../src/base/bytes.ts';
import { type ChannelId, parseAddress } from '../../../src/base/ids.ts';
import { type ChangeSet, type StateKey, type StateView, stateKeyId } from '../../../src/base/state.ts';
import { structTag } from '../../../src/base/type-tag.ts';
import { StateTree } from '../../../src/channel/state-tree.ts';
import { systemClock } from '../../../src/net/clock.ts';
import { CodeCache } from '../../../src/node/code-cache.ts';
import { MoveExecutor } from '../../../src/node/move-executor.ts';
import type { ChannelDescription, ChannelModule } from '../../../src/ports/chain.ts';
import { openIndexedDbStore } from '../../../src/store/indexed-db.ts';
import { MemoryStore } from '../../../src/store/memory.ts';
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
  load: ({ modules, database }) => load(modules, database),
  trivial: ({ modules }) => {
    const vm = new MoveVm();
    const view = stateOf(modules, () => undefined);
    const request = callOf('computation', 'nothing', []);
    const [microseconds = Number.NaN] = medians([() => void run(vm, view, request)]);
    return { microseconds };
  },
  state: ({ modules, pages }) => state(modules, pages),
  storesModules,
};

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  try {
    const answer = answers[data.kind] as (question: Question) => unknown;
    self.postMessage({ answer: await answer(data) });
  } catch (error) {
    self.postMessage({ problem: String(error instanceof Error ? error.stack : error) });
  }
};

async function load(modules: readonly Bytes[], database: string | undefined): Promise<LoadTimes> {
  const named = modules.map((bytecode): ChannelModule => ({ ...selfId(decodeModule(bytecode)), bytecode }));
  const store = database === undefined ? new MemoryStore() : await openIndexedDbStore(database);
  const startMs = performance.now();
  const code = await CodeCache.load(store, systemClock);
  const readMs = performance.now() - startMs;
  const executor = new MoveExecutor(new MoveVm({ unitCache: code }), CHAT_CHANNEL, named);
  let pieces = 0;
  for (const _ of executor.preparation()) pieces++;
  const readyMs = performance.now() - startMs;
  await code.stop();
  await store.close();
  return { readyMs, readMs, pieces };
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

function state(modules: readonly Bytes[], pages: readonly number[]): Answers['state'] {
  const calls = pages.map((count) => {
    const vm = new MoveVm();
    const values = new Map<string, Bytes>();
    const view = stateOf(modules, (key) => values.get(stateKeyId(key)));
    const keep = (changes: ChangeSet): void => {
      for (const { key, new: value } of changes) if (value) values.set(stateKeyId(key), value);
    };
    const filled = run(vm, view, callOf('storage', 'fill_archive', [BigInt(count), BigInt(PAGE_BYTES)])).changes;
    keep(filled);
    let tree = StateTree.empty.apply(filled);
    tree.root();
    const treeView = stateOf(modules, (key) => tree.get(key));
    let at = 0n;
    const call = (): RunRequest => callOf('storage', 'scribble', [0n, at++ % BigInt(PAGE_BYTES)]);
    return {
      alone: () => keep(run(vm, view, call()).changes),
      withRoot: () => {
        tree = tree.apply(run(vm, treeView, call()).changes);
        tree.root();
      },
    };
  });
  const alone = medians(calls.map((one) => one.alone));
  const withRoot = medians(
    calls.map((one) => one.withRoot),
    BATCH / 10,
  );
  return pages.map((_, index) => ({
    microseconds: alone[index] ?? Number.NaN,
    withRootMicroseconds: withRoot[index] ?? Number.NaN,
  }));
}

/** What happens when a module is put into IndexedDB. */
async function storesModules(): Promise<Answers['storesModules']> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('modules', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('modules');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    database.transaction('modules', 'readwrite').objectStore('modules').put(empty, 'empty');
    return { name: 'stored' };
  } catch (error) {
    return { name: error instanceof Error ? error.name : String(error) };
  } finally {
    database.close();
  }
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

/** Microseconds of one call of each, after as many to warm up; by turns, so that what slows the machine slows all. */
function medians(calls: readonly (() => void)[], batch = BATCH): number[] {
  const times = calls.map((): number[] => []);
  for (let i = 0; i < 2 * BATCHES; i++) {
    for (const [index, call] of calls.entries()) {
      const startMs = performance.now();
      for (let n = 0; n < batch; n++) call();
      if (i >= BATCHES) times[index]?.push(((performance.now() - startMs) * 1e3) / batch);
    }
  }
  return times.map((one) => one.sort((a, b) => a - b)[BATCHES >> 1] ?? Number.NaN);
}
