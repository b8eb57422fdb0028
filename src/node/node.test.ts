import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelId } from '../base/ids.ts';
import { type Character, textsOf, World } from './fixtures/world.ts';

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

  it('talk through a contract that each of them runs', async () => {
    const atAlice = await alice.enter(channelId);
    const hello = atAlice.call('post_message', ['hello']);
    await hello.final;
    const atBob = await bob.enter(channelId);
    const atCarol = await carol.enter(channelId);
    const answers = [atBob.call('post_message', ['hi alice']), atCarol.call('post_message', ['hi all'])];
    for (const answer of answers) expect((await answer.final).status).toEqual({ kind: 'executed' });
    await vi.waitFor(() => {
      const texts = textsOf(atAlice);
      expect(texts.toSorted()).toEqual(['hello', 'hi alice', 'hi all']);
      expect(textsOf(atBob)).toEqual(texts);
      expect(textsOf(atCarol)).toEqual(texts);
    });
  });
});
