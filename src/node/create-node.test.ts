// Nodes as a browser makes them, but for the network: the IndexedDB store, the Aptos adapter, the compiled contracts on the local chain.

import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ChannelId, parseAddress } from '../base/ids.ts';
import { AptosChain } from '../chain/aptos.ts';
import { SETUP_MS_MAX } from '../chain/chain.suite.ts';
import { CONTRACT } from '../chain/fixtures/chat-group.ts';
import { openWallets, type WalletPerson, type Wallets } from '../chain/fixtures/wallets.ts';
import { MemoryHub } from '../net/memory.ts';
import { StraitClient } from '../sdk/client.ts';
import { type CreatedNode, createNode } from './create-node.ts';
import { textsOf } from './fixtures/world.ts';

const SLOW_MS = 60_000;

describe('a node on IndexedDB and Aptos', () => {
  let wallets: Wallets;
  const hub = new MemoryHub();
  const running: CreatedNode[] = [];
  beforeAll(async () => {
    wallets = await openWallets();
  }, SETUP_MS_MAX);
  afterEach(async () => {
    for (const created of running.splice(0)) await created.stop();
  });
  afterAll(() => wallets.close());

  async function open(person: WalletPerson, chainUrl = wallets.devchain.nodeUrl) {
    const created = await createNode({
      chainUrl,
      contract: CONTRACT,
      walletAddress: person.address,
      database: `strait-${person.address}`,
      takeOver: false,
      network: ({ nodeKey }) => hub.network(nodeKey),
      onStopped: () => {},
    });
    running.push(created);
    await created.node.start();
    const client: StraitClient = new StraitClient({ send: (request) => session.receive(request) });
    const session = created.node.connectClient((message) => client.receive(message));
    return { created, client, join: (id: ChannelId) => client.join(id, person.address) };
  }

  it('talks, settles on the chain, comes back and leaves', { timeout: 2 * SLOW_MS }, async () => {
    const alice = await wallets.person();
    const bob = await wallets.person();
    const atAlice = await open(alice);
    const channelId = await wallets.openChat(alice, atAlice.created.nodeKey);
    const aliceChannel = await atAlice.join(channelId);
    await aliceChannel.call('post_message', ['hello']).final;

    const atBob = await open(bob);
    await wallets.joinChat(bob, channelId, atBob.created.nodeKey);
    const bobChannel = await atBob.join(channelId);
    await bobChannel.call('post_message', ['hi']).final;
    await aliceChannel.settle();

    // The settled chat, from the chain, by somebody who is not in the channel.
    const reader = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    const description = await reader.describe(channelId);
    if (!description) throw new Error('the channel is not there');
    const settled = new TextDecoder().decode(await reader.stateBytes(description));
    expect(settled).toContain('hello');
    expect(settled).toContain('hi');

    // A reload.
    await atBob.created.stop();
    const again = await open(bob);
    expect(again.created.nodeKey).toBe(atBob.created.nodeKey);
    const bobAgain = await again.join(channelId);
    expect(textsOf(bobAgain)).toEqual(['hello', 'hi']);
    await bobAgain.call('set_nickname', ['bob']).final;

    await bobAgain.leave();
    const balance = () => wallets.aptos.getAccountAPTAmount({ accountAddress: bob.address });
    const before = await balance();
    await wallets.call(bob.account, 'chat_session_leave', [channelId]);
    expect(before - (await balance())).toBeLessThan(1_000_000);
    await vi.waitFor(() => expect(aliceChannel.status.members).toHaveLength(1), { timeout: SLOW_MS });
  });

  it('finds its key and its channel again while the chain is down', { timeout: SLOW_MS }, async () => {
    const alice = await wallets.person();
    const first = await open(alice);
    const channelId = await wallets.openChat(alice, first.created.nodeKey);
    await (await first.join(channelId)).call('post_message', ['kept']).final;
    await first.created.stop();
    // The same address, as far as the node knows; nobody answers there any more.
    const url = wallets.devchain.nodeUrl;
    const fetching = vi.spyOn(AptosChain.prototype, 'chainId').mockRejectedValue(new TypeError('fetch failed'));
    const viewing = vi.spyOn(AptosChain.prototype, 'view').mockRejectedValue(new TypeError('fetch failed'));
    const second = await open(alice, url);
    expect(second.created.nodeKey).toBe(first.created.nodeKey);
    expect(textsOf(await second.join(channelId))).toEqual(['kept']);
    fetching.mockRestore();
    viewing.mockRestore();
  });

  it('says that a chain is not there when it knows nothing of it', async () => {
    const nobody = { ...(await wallets.person()), address: parseAddress('0x77') };
    await expect(open(nobody, 'http://127.0.0.1:9/v1')).rejects.toMatchObject({ kind: 'unreachable' });
  });
});
