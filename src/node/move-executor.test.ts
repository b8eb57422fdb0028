// The executor: what Move code sees of the time and the chain, and how a run's end becomes an outcome.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { type ChannelId, parseAddress } from '../base/ids.ts';
import { type StateKey, stateKeyId } from '../base/state.ts';
import { parseStructTag, structTag } from '../base/type-tag.ts';
import { CHAT, CHAT_GROUP, CONTRACT, chatModules, emptyGroup } from '../chain/fixtures/chat-group.ts';
import type { Call } from '../channel/transaction.ts';
import { type Compilations, countCompilations } from '../testing/compilations.ts';
import { MoveVm } from '../vm/index.ts';
import { MoveExecutor } from './move-executor.ts';

const ALICE = parseAddress('0xa11ce');
const GROUP: StateKey = { kind: 'resource', address: CHAT, type: parseStructTag(CHAT_GROUP) };
const TIME: StateKey = {
  kind: 'resource',
  address: parseAddress('0x1'),
  type: structTag(parseAddress('0x1'), 'timestamp', 'CurrentTimeMicroseconds'),
};

function executor(tickFunction?: string, vm = new MoveVm()): MoveExecutor {
  return new MoveExecutor(
    vm,
    {
      scope: { chainId: 4, contract: CONTRACT, channelId: 1n as ChannelId },
      creator: CHAT,
      stateType: parseStructTag(CHAT_GROUP),
      assetsType: parseStructTag('0xc4a7::chat::NoAssets'),
      coinType: parseStructTag('0x1::aptos_coin::AptosCoin'),
      stake: 0n,
      settings: { heartbeatWindowMs: 15_000, settleIntervalMs: 0 },
      labels: new Map(),
      ...(tickFunction !== undefined && { tickFunction }),
    },
    chatModules(),
  );
}

function chatCall(name: string, ...args: Bytes[]): Call {
  return { address: CHAT, module: 'chat', function: name, typeArgs: [], args };
}

function run(
  call: Call,
  read = (key: StateKey) => (stateKeyId(key) === stateKeyId(GROUP) ? emptyGroup('x') : undefined),
  on = executor(),
) {
  return on.execute(read, {
    call,
    sender: ALICE,
    timestampMs: 1_234_567n,
    transactionHash: new Uint8Array(32).fill(9),
  });
}

const text = (value: string) => encodeBcs((w) => w.string(value));

describe('the Move executor', () => {
  it('runs an entry function with the member as signer, at the batch’s time', () => {
    const outcome = run(chatCall('post_message', text('hello')));
    expect(outcome.status).toEqual({ kind: 'executed' });
    expect(outcome.changes.map(({ key }) => stateKeyId(key))).toEqual([stateKeyId(GROUP)]);
    const [event] = outcome.events;
    expect(
      event &&
        decodeBcs(event.data, 'event', (r) => ({
          id: r.u64('id'),
          author: r.fixed('author', 32),
          text: r.string('text', 99),
          at: r.u64('at'),
        })),
    ).toMatchObject({
      id: 1n,
      text: 'hello',
      at: 1_234_567n,
    });
  });

  it('tells an abort with its place, and changes nothing', () => {
    const outcome = run(chatCall('post_message', text('')));
    expect(outcome.status).toMatchObject({ kind: 'aborted', location: '0xc4a7::chat' });
    expect(outcome.changes).toEqual([]);
    expect(outcome.gasUsed).toBeGreaterThan(0n);
  });

  it('fails what is no entry function, or not of its types, without throwing', () => {
    for (const call of [
      chatCall('nothing'),
      chatCall('group'),
      chatCall('post_message'),
      chatCall('post_message', new Uint8Array([0xff])),
      { ...chatCall('post_message', text('x')), module: 'elsewhere' },
    ]) {
      expect(run(call).status.kind).toBe('failed');
    }
  });

  it('shows the time and the chain whatever the state says', () => {
    const view = executor().view(() => undefined, 5n);
    expect(view.get(TIME)).toEqual(encodeBcs((w) => w.u64(5_000n)));
    expect(view.module(CHAT, 'chat')?.length).toBeGreaterThan(0);
    expect(view.module(CHAT, 'nothing')).toBeUndefined();
  });
});

describe('preparing a channel’s code', () => {
  const first = encodeBcs((w) => w.u64(1n));
  let compilations: Compilations;

  beforeEach(() => {
    compilations = countCompilations();
  });
  afterEach(() => compilations.end());

  it('leaves nothing to compile for a call, and every outcome as it was', () => {
    const on = executor();
    for (const _ of on.preparation());
    const prepared = compilations.count;
    const calls = [
      chatCall('post_message', text('hello')),
      chatCall('post_message', text('')),
      chatCall('edit_message', first, text('x')),
      chatCall('delete_message', first),
      chatCall('set_nickname', text('al')),
      chatCall('set_topic', text('tea')),
    ];
    const outcomes = calls.map((call) => run(call, undefined, on));
    expect(compilations.count).toBe(prepared);
    expect(outcomes).toEqual(calls.map((call) => run(call)));
  });

  it('takes up all that an earlier start left, and compiles nothing', () => {
    const kept = new Map<string, Bytes>();
    const unitCache = {
      get: (key: string) => kept.get(key),
      put: (key: string, make: () => Bytes | undefined) => {
        const value = make();
        if (value) kept.set(key, value);
      },
    };
    const start = (): number =>
      [...executor('0xc4a7::chat::set_nickname', new MoveVm({ unitCache })).preparation()].length;
    const first = start();
    const left = new Map(kept);
    const second = start();
    expect(first).toBeGreaterThan(2 * second);
    expect(second).toBe(left.size - 1);
    expect(kept).toEqual(left);
  });

  it('begins with the tick, and leaves out what is for the chain', () => {
    const on = executor('0xc4a7::chat::chat_session_leave');
    const pieces = on.preparation();
    while (compilations.count === 0 && !pieces.next().done);
    run(chatCall('chat_session_leave', first), undefined, on);
    expect(compilations.count).toBe(1);
    for (const _ of pieces);
    const prepared = compilations.count;
    run(chatCall('chat_session_close', first), undefined, on);
    expect(compilations.count).toBe(prepared + 1);
  });
});
