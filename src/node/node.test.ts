// Whole nodes together: the chat's bytecode on the real VM, over a network, a chain and stores in memory.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelId } from '../base/ids.ts';
import type { Dispute } from '../channel/update.ts';
import type { StraitChannel } from '../sdk/channel.ts';
import { StoreError } from '../store/store-error.ts';
import { countCompilations } from '../testing/compilations.ts';
import { StreamErrorCode } from '../wire/client.ts';
import { type Character, messagesOf, textsOf, World } from './fixtures/world.ts';
import { tamperingExecutor } from './test-hooks.ts';
import { PAUSE_MS } from './warm-up.ts';

const SLOW_MS = 20_000;
/** Entry functions of the chat that are not for the chain. */
const CHAT_FUNCTIONS = 7;

describe('nodes of one channel', () => {
  let world: World;
  let channelId: ChannelId;
  let alice: Character;
  let bob: Character;
  let carol: Character;

  beforeEach(() => {
    world = new World();
    channelId = world.createChat();
    alice = world.character('alice');
    bob = world.character('bob');
    carol = world.character('carol');
  });
  afterEach(() => world.end());

  const settled = (channels: readonly StraitChannel[], texts: readonly string[]) =>
    vi.waitFor(
      () => {
        for (const channel of channels) expect(textsOf(channel)).toEqual(texts);
      },
      { timeout: SLOW_MS, interval: 20 },
    );

  it('talk through a contract that each of them runs', async () => {
    const atAlice = await alice.enter(channelId);
    await atAlice.call('post_message', ['hello']).final;
    const atBob = await bob.enter(channelId);
    const atCarol = await carol.enter(channelId);
    await atBob.call('post_message', ['hi alice']).final;
    const last = await atCarol.call('0xc4a7::chat::post_message', ['hi all']).final;
    expect(last.status).toEqual({ kind: 'executed' });
    await settled([atAlice, atBob, atCarol], ['hello', 'hi alice', 'hi all']);
    expect(messagesOf(atAlice).map(({ author }) => author)).toEqual([alice.wallet, bob.wallet, carol.wallet]);
  });

  it('compile the code ahead of the first call, until the tab is closed', async () => {
    const compilations = countCompilations();
    try {
      const atAlice = await alice.enter(channelId);
      await vi.waitFor(() => expect(compilations.count).toBe(CHAT_FUNCTIONS), { timeout: SLOW_MS, interval: 5 });
      await atAlice.call('post_message', ['at once']).final;
      expect(compilations.count).toBe(CHAT_FUNCTIONS);
      await bob.joinOnChain(channelId);
      const tab = await bob.open();
      await tab.client.join(channelId, bob.wallet);
      await vi.waitFor(() => expect(compilations.count).toBeGreaterThan(CHAT_FUNCTIONS), {
        timeout: SLOW_MS,
        interval: 1,
      });
      await tab.close();
      const atClose = compilations.count;
      await new Promise((resolve) => setTimeout(resolve, 20 * PAUSE_MS));
      expect(compilations.count).toBe(atClose);
    } finally {
      compilations.end();
    }
  });

  it('show one order of a hundred messages each way', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await vi.waitFor(() => expect(atBob.status.role).toBe('follower'), { timeout: SLOW_MS });
    const calls = Array.from({ length: 100 }, (_, n) => [
      atAlice.call('post_message', [`alice ${n}`]),
      atBob.call('post_message', [`bob ${n}`]),
    ]).flat();
    await Promise.all(calls.map((call) => call.final));
    await vi.waitFor(() => expect(textsOf(atBob)).toEqual(textsOf(atAlice)));
    const texts = textsOf(atAlice);
    expect(texts).toHaveLength(200);
    for (const name of ['alice', 'bob']) {
      const own = texts.filter((text) => text.startsWith(name));
      expect(own).toEqual(Array.from({ length: 100 }, (_, n) => `${name} ${n}`));
    }
  });

  it('[T3] show an aborted call with its reason, and go on', async () => {
    const atAlice = await alice.enter(channelId);
    const outcome = await atAlice.call('post_message', ['']).final;
    expect(outcome.status).toMatchObject({ kind: 'aborted', location: '0xc4a7::chat' });
    await atAlice.call('post_message', ['something']).final;
    expect(textsOf(atAlice)).toEqual(['something']);
  });

  it('refuse calls that the code does not have or that are not of its types', async () => {
    const atAlice = await alice.enter(channelId);
    for (const call of [
      atAlice.call('no_such_function', []),
      atAlice.call('post_message', []),
      atAlice.call('post_message', [7]),
      atAlice.call('edit_message', ['18446744073709551616', 'x']),
      atAlice.call('0xdead::chat::post_message', ['x']),
      atAlice.call('not a name', []),
    ]) {
      await expect(call.executed).rejects.toMatchObject({ code: StreamErrorCode.badRequest });
      expect(call.state.grade).toBe('refused');
    }
  });

  it('[D3] come back from their stores with nothing lost or doubled', async () => {
    const atAlice = await alice.enter(channelId);
    await bob.joinOnChain(channelId);
    const tab = await bob.open();
    const before = await tab.client.join(channelId, bob.wallet);
    await before.call('post_message', ['one']).final;
    const second = before.call('post_message', ['two']);
    await second.queued;
    await tab.close();
    await atAlice.call('post_message', ['three']).executed;
    const after = await (await bob.open()).client.join(channelId, bob.wallet);
    await vi.waitFor(() => expect(textsOf(after).toSorted()).toEqual(['one', 'three', 'two']), { timeout: SLOW_MS });
    await settled([atAlice], textsOf(after));
  });

  it('[D3] start from the store while the chain is down', async () => {
    await alice.joinOnChain(channelId);
    const first = await alice.open();
    await (await first.client.join(channelId, alice.wallet)).call('post_message', ['kept']).final;
    await first.close();
    world.ledger.isDown = true;
    const tab = await alice.open();
    const channel = await tab.client.join(channelId, alice.wallet);
    expect(textsOf(channel)).toEqual(['kept']);
    await vi.waitFor(() => expect(tab.client.chain).toMatchObject({ reachable: false }));
    world.ledger.isDown = false;
    await vi.waitFor(() => expect(tab.client.chain).toMatchObject({ reachable: true }), { timeout: SLOW_MS });
    await channel.call('post_message', ['later']).final;
    expect(textsOf(channel)).toEqual(['kept', 'later']);
  });

  it('[D1] fetch from their peers what their store has lost', async () => {
    const atAlice = await alice.enter(channelId);
    await bob.joinOnChain(channelId);
    const tab = await bob.open();
    const before = await tab.client.join(channelId, bob.wallet);
    for (const text of ['one', 'two', 'three']) await before.call('post_message', [text]).final;
    await tab.close();
    for (const records of bob.disk.channels.values()) {
      const batches = [...records].filter(([key]) => key.startsWith('batch/'));
      batches[Math.floor(batches.length / 2)]?.[1].fill(0xee, 10, 20);
    }
    const after = await (await bob.open()).client.join(channelId, bob.wallet);
    await settled([atAlice, after], ['one', 'two', 'three']);
    await after.call('post_message', ['four']).final;
    await settled([atAlice, after], ['one', 'two', 'three', 'four']);
  });

  it('[D2] stop before they say anything that was not kept', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await atBob.call('post_message', ['kept']).final;
    bob.disk.failWrites = new StoreError('quota', 'no room');
    const call = atBob.call('post_message', ['lost']);
    await expect(call.executed).rejects.toMatchObject({ code: StreamErrorCode.storageFailed });
    expect(atBob.stopped?.reason).toBe('storageFailed');
    await settled([atAlice], ['kept']);
  });

  it('[B4] refuse what a leader claims and their own VM does not find', async () => {
    const atAlice = await alice.enter(channelId, { wrapExecutor: (executor) => tamperingExecutor(executor, 3) });
    const atBob = await bob.enter(channelId);
    await atBob.call('post_message', ['honest']).final;
    const disputes: Dispute[] = [];
    const roles: string[] = [];
    atBob.subscribe((update) => {
      if (update.kind === 'dispute') disputes.push(update.dispute);
    });
    atBob.onStatus(({ role }) => roles.push(role));
    await atAlice.call('post_message', ['honest too']).final;
    const tampered = atAlice.call('post_message', ['tampered']);
    const after = atAlice.call('post_message', ['after']);
    await tampered.verified;
    await vi.waitFor(() => expect(disputes.map(({ kind }) => kind)).toEqual(['effects']), { timeout: SLOW_MS });
    expect(disputes[0]?.claimed).not.toEqual(disputes[0]?.computed);
    // [E1] What Alice signed puts her out, and Bob goes on from what was right.
    await atBob.call('post_message', ['without her']).final;
    expect(roles).toContain('disputed');
    await settled([atBob], ['honest', 'honest too', 'without her']);
    expect([tampered.state.grade, after.state.grade]).not.toContain('final');
  });

  it('[X4] settle on demand', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await atBob.call('post_message', ['for the record']).final;
    await atBob.settle();
    const view = world.ledger.view(channelId);
    expect(view.settledHeight).toBeGreaterThanOrEqual(1n);
    await atAlice.settle();
    await atAlice.call('post_message', ['more']).final;
    await settled([atAlice, atBob], ['for the record', 'more']);
  });

  it('[X6] leave with a settlement; the others go on', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    const atCarol = await carol.enter(channelId);
    await atBob.call('post_message', ['goodbye']).final;
    await atBob.leave();
    expect(world.ledger.view(channelId).members.map(({ address }) => address)).toEqual([alice.wallet, carol.wallet]);
    expect(atBob.stopped?.reason).toBe('channelClosed');
    world.ledger.leave(channelId, bob.wallet);
    await atCarol.call('post_message', ['he is gone']).final;
    await settled([atAlice, atCarol], ['goodbye', 'he is gone']);
  });

  it('[X1] close the channel for everyone', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await atAlice.call('post_message', ['the end']).final;
    await vi.waitFor(() => expect(textsOf(atBob)).toEqual(['the end']));
    await atBob.close();
    expect(world.ledger.view(channelId).closed).toBe(true);
    await vi.waitFor(() => expect(atAlice.status.role).toBe('closed'), { timeout: SLOW_MS });
  });

  it('[L3] go on under another leader when the first is gone', { timeout: 60_000 }, async () => {
    await alice.joinOnChain(channelId);
    const first = await alice.open();
    const atAlice = await first.client.join(channelId, alice.wallet);
    const atBob = await bob.enter(channelId);
    const atCarol = await carol.enter(channelId);
    await atBob.call('post_message', ['before']).final;
    await settled([atAlice, atBob, atCarol], ['before']);
    await first.close();
    const waiting = atCarol.call('post_message', ['meanwhile']);
    world.skewMs += 16_000;
    await vi.waitFor(() => expect([atBob.status.role, atCarol.status.role]).toContain('leader'), { timeout: 40_000 });
    await waiting.final;
    await settled([atBob, atCarol], ['before', 'meanwhile']);
  });

  it('[G3] take in who comes after a settlement, by a snapshot', async () => {
    const atAlice = await alice.enter(channelId);
    await atAlice.call('post_message', ['before']).final;
    await atAlice.settle();
    await atAlice.call('post_message', ['after']).final;
    const atBob = await bob.enter(channelId);
    await settled([atBob], ['before', 'after']);
    await atBob.call('post_message', ['bob']).final;
    await settled([atAlice, atBob], ['before', 'after', 'bob']);
    // A reload of one that started from a snapshot.
    await bob.reopen(channelId).then((again) => settled([again], ['before', 'after', 'bob']));
  });

  it('[D3] go on when the leader’s tab is reloaded', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await atAlice.call('post_message', ['one']).final;
    await atBob.call('post_message', ['two']).final;
    const again = await alice.reopen(channelId);
    await atBob.call('post_message', ['three']).final;
    await again.call('post_message', ['four']).final;
    await settled([again, atBob], ['one', 'two', 'three', 'four']);
  });

  it('[D3] come back all together, also after a settlement', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await atBob.call('post_message', ['one']).final;
    await atAlice.settle();
    await atBob.call('post_message', ['two']).final;
    await settled([atAlice, atBob], ['one', 'two']);
    await world.closeTabs();
    const [first, second] = [await alice.reopen(channelId), await bob.reopen(channelId)];
    await settled([first, second], ['one', 'two']);
    await second.call('post_message', ['three']).final;
    await settled([first, second], ['one', 'two', 'three']);
  });

  it('[X6] [N6] leave alone; who comes then goes on from what was settled', { timeout: 60_000 }, async () => {
    const atAlice = await alice.enter(channelId);
    await atAlice.call('post_message', ['alone']).final;
    await atAlice.leave();
    expect(world.ledger.view(channelId).members).toEqual([]);
    world.ledger.leave(channelId, alice.wallet);
    const atBob = await bob.enter(channelId);
    await atBob.call('post_message', ['anew']).final;
    await settled([atBob], ['alone', 'anew']);
    expect(world.ledger.view(channelId).restarts).toBe(1n);
    await world.closeTabs();
    const again = await bob.reopen(channelId);
    const atCarol = await carol.enter(channelId);
    await again.call('post_message', ['still here']).final;
    await settled([again, atCarol], ['alone', 'anew', 'still here']);
  });

  it('[X6] come back after leaving, with the others’ history', async () => {
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId);
    await atBob.call('post_message', ['goodbye']).final;
    await atBob.leave();
    world.ledger.leave(channelId, bob.wallet);
    await atAlice.call('post_message', ['still here']).final;
    await bob.joinOnChain(channelId);
    const again = await bob.reopen(channelId);
    await settled([again], ['goodbye', 'still here']);
    await again.call('post_message', ['back']).final;
    await settled([atAlice, again], ['goodbye', 'still here', 'back']);
  });

  it('say why a channel cannot be joined', async () => {
    const tab = await alice.open();
    const join = (id: bigint | string) => tab.client.join(id, alice.wallet);
    await expect(join(99n)).rejects.toMatchObject({ code: StreamErrorCode.noSuchChannel });
    await expect(join(channelId)).rejects.toMatchObject({ code: StreamErrorCode.notAMember });
    await expect(join('seven')).rejects.toMatchObject({ code: StreamErrorCode.badRequest });
    await expect(tab.client.join(channelId, bob.wallet)).rejects.toMatchObject({ code: StreamErrorCode.badRequest });
    world.ledger.isDown = true;
    await expect(join(channelId)).rejects.toMatchObject({ code: StreamErrorCode.chainUnreachable });
    world.ledger.isDown = false;
    await alice.joinOnChain(channelId);
    expect((await join(channelId)).status.members).toHaveLength(1);
  });

  it('say that a member joined with another key', async () => {
    const elsewhere = world.character('alice');
    await elsewhere.joinOnChain(channelId);
    const other = world.character('alice');
    for (let n = 0; n < 2; n++) other.disk.channels.clear();
    await other.keys();
    other.disk.channels.clear();
    const tab = await other.open();
    await expect(tab.client.join(channelId, other.wallet)).rejects.toThrow(/another node key/);
  });
});
