// What a client's `settle` waits for: all that its node had when it was asked, in as many settlements as that takes.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelId } from '../base/ids.ts';
import type { Network } from '../ports/network.ts';
import { decodePeerMessage } from '../wire/peer.ts';
import { type Character, World } from './fixtures/world.ts';
import type { NodeKeys } from './keys.ts';

const SLOW_MS = 20_000;
/** Before every message on a link. */
const CHANNEL_ID_SIZE = 8;

describe('a settlement that a client asks for', () => {
  let world: World;
  let channelId: ChannelId;
  let alice: Character;
  let bob: Character;

  beforeEach(() => {
    world = new World();
    // The chat's own interval is none: what is settled here was asked for.
    channelId = world.createChat();
    alice = world.character('alice');
    bob = world.character('bob');
  });
  afterEach(() => world.end());

  it('[X1] takes another one where the last of it was not final yet', { timeout: 3 * SLOW_MS }, async () => {
    const link = { isMute: false };
    const atAlice = await alice.enter(channelId);
    const atBob = await bob.enter(channelId, { network: (keys) => acknowledgingUnless(link, world, keys) });
    const settled: bigint[] = [];
    atAlice.subscribe((update) => {
      if (update.kind === 'settled') settled.push(update.height);
    });
    const { height: first } = await atBob.call('post_message', ['final']).final;
    link.isMute = true;
    const { height: last } = await atAlice.call('post_message', ['beyond it']).verified;

    let isAnswered = false;
    const settling = atAlice.settle().then(() => {
      isAnswered = true;
    });
    await vi.waitFor(() => expect(settled).toEqual([first]), { timeout: SLOW_MS });
    expect(isAnswered).toBe(false);

    link.isMute = false;
    await vi.waitFor(() => expect(settled).toEqual([first, last]), { timeout: SLOW_MS });
    await settling;
  });
});

/** The hub's network, but for acknowledgements while the link is mute: those get lost. */
function acknowledgingUnless(link: { readonly isMute: boolean }, world: World, { nodeKey }: NodeKeys): Network {
  const network = world.hub.network(nodeKey);
  const isLost = (data: Uint8Array): boolean => {
    const message = decodePeerMessage(data.subarray(CHANNEL_ID_SIZE));
    return link.isMute && message.ok && message.value.kind === 'acknowledgement';
  };
  return {
    self: network.self,
    listen: (onEvent) => network.listen(onEvent),
    connect: (peer) => network.connect(peer),
    disconnect: (peer) => network.disconnect(peer),
    send: (peer, data) => isLost(data) || network.send(peer, data),
    admit: (allow) => network.admit(allow),
    close: () => network.close(),
  };
}
