// The bridge between page and worker: whole nodes across it, and whatever comes late, twice or out of turn.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import type { ChannelId, NodeKey } from '../base/ids.ts';
import { sessionAddress } from '../chain/session-address.ts';
import type { NetworkEvent, PageNetwork } from '../ports/network.ts';
import { openWith } from '../sdk/open.ts';
import type { Strait, StraitOptions } from '../sdk/strait.ts';
import { StreamErrorCode } from '../wire/client.ts';
import type { MainToWorker, NetworkCommand } from './bridge.ts';
import { BRIDGE_WINDOW_BYTES, BridgedNetwork } from './bridged-network.ts';
import type { CreatedNode, NodeOptions } from './create-node.ts';
import { FakeWorker, silentNetwork, type Tampering } from './fixtures/worker-pair.ts';
import { type Character, textsOf, World } from './fixtures/world.ts';
import { keysOf } from './keys.ts';
import { NetworkHost } from './network-host.ts';
import { NodeError } from './node-error.ts';

const ALICE = 'a1'.repeat(32) as NodeKey;
const BOB = 'b0'.repeat(32) as NodeKey;

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a tab’s node in a worker', () => {
  let world: World;
  let channelId: ChannelId;
  const opened: Strait[] = [];

  beforeEach(() => {
    world = new World();
    channelId = world.createChat();
  });
  afterEach(async () => {
    for (const strait of opened.splice(0)) await strait.close();
    await world.end();
  });

  const optionsFor = (character: Character): StraitOptions => ({
    chainUrl: 'memory:',
    contract: world.ledger.contract,
    walletAddress: character.wallet,
    relays: [],
  });

  const creator =
    (character: Character) =>
    async (options: NodeOptions): Promise<CreatedNode> => {
      const { node, keys } = await character.node({ network: options.network });
      return { ...keys, node, sessionAddress: sessionAddress(keys.nodeKey), stop: () => node.stop() };
    };

  async function open(character: Character, tampering?: Tampering): Promise<Strait> {
    const strait = await openWith(optionsFor(character), {
      worker: () => new FakeWorker(creator(character), tampering),
      network: async (seed: Bytes) => world.hub.network(keysOf(seed).nodeKey),
    });
    opened.push(strait);
    return strait;
  }

  it('talks to others through the page’s network', async () => {
    const alice = world.character('alice');
    const bob = world.character('bob');
    await alice.joinOnChain(channelId);
    const atAlice = await (await open(alice)).join(channelId);
    await bob.joinOnChain(channelId);
    const strait = await open(bob);
    expect(strait.identity).toMatchObject({ nodeKey: (await bob.keys()).nodeKey });
    const atBob = await strait.join(channelId);
    await atBob.call('post_message', ['across']).final;
    await atAlice.call('post_message', ['and back']).final;
    await vi.waitFor(() => expect(textsOf(atBob)).toEqual(['across', 'and back']));
    expect(strait.relay.state).toBe('reserved');
    await strait.close();
    await expect(strait.join(channelId)).rejects.toMatchObject({ name: 'StraitClientError' });
  });

  it('shows why it could not start', async () => {
    const inUse = new NodeError('identity-in-use', 'another tab of this browser runs this identity');
    const worker = new FakeWorker(() => Promise.reject(inUse));
    const opening = openWith(optionsFor(world.character('alice')), {
      worker: () => worker,
      network: () => Promise.reject(new Error('not asked')),
    });
    await expect(opening).rejects.toMatchObject({ code: StreamErrorCode.identityInUse });
    expect(worker.isTerminated).toBe(true);
  });

  it('shows that another tab has taken over, and answers nothing from then on', async () => {
    const alice = world.character('alice');
    let yieldNow = (): void => {};
    const create = async (options: NodeOptions): Promise<CreatedNode> => {
      yieldNow = () => options.onStopped('taken-over', 'another tab has taken over');
      return creator(alice)(options);
    };
    const strait = await openWith(optionsFor(alice), {
      worker: () => new FakeWorker(create),
      network: async () => silentNetwork(ALICE),
    });
    const reasons: string[] = [];
    strait.onStopped((error) => reasons.push(error.reason));
    yieldNow();
    await turn();
    expect(reasons).toEqual(['identityInUse']);
    await expect(strait.join(channelId)).rejects.toMatchObject({ code: StreamErrorCode.identityInUse });
  });

  it('shows a worker that has crashed', async () => {
    const alice = world.character('alice');
    const worker = new FakeWorker(creator(alice));
    const strait = await openWith(optionsFor(alice), {
      worker: () => worker,
      network: async () => silentNetwork(ALICE),
    });
    worker.onerror?.({ message: 'out of memory' } as ErrorEvent);
    expect(strait.stopped).toMatchObject({ code: StreamErrorCode.internal });
    expect(strait.stopped?.message).toContain('out of memory');
  });

  it('runs on without a network, and says so', async () => {
    const alice = world.character('alice');
    await alice.joinOnChain(channelId);
    const strait = await openWith(optionsFor(alice), {
      worker: () => new FakeWorker(creator(alice)),
      network: () => Promise.reject(new Error('no WebRTC here')),
    });
    opened.push(strait);
    const channel = await strait.join(channelId);
    await channel.call('post_message', ['to myself']).final;
    expect(strait.relay).toMatchObject({ state: 'unreachable', detail: 'no WebRTC here' });
  });

  it('tells whether somebody is there that it has no channel with', async () => {
    const strait = await open(world.character('alice'));
    const { nodeKey } = await world.character('bob').keys();
    expect(await strait.presenceOf(nodeKey)).toBe('away');
    await open(world.character('bob'));
    await vi.waitFor(async () => expect(await strait.presenceOf(nodeKey)).toBe('here'));
    await strait.close();
    expect(await strait.presenceOf(nodeKey)).toBe('unknown');
  });

  it('bears every message of the bridge coming twice', async () => {
    const alice = world.character('alice');
    await alice.joinOnChain(channelId);
    const channel = await (await open(alice, { copies: () => 2 })).join(channelId);
    await channel.call('post_message', ['once']).executed;
    expect(textsOf(channel)).toEqual(['once']);
  });
});

describe('the network across the bridge', () => {
  const PEERS = [ALICE, BOB];
  const peer = fc.constantFrom(...PEERS);
  const fromMain: fc.Arbitrary<Extract<MainToWorker, { kind: 'network' | 'listening' | 'sent' }>> = fc.oneof(
    fc.record({
      kind: fc.constant('network' as const),
      event: fc.oneof(
        fc.record({
          kind: fc.constant('link' as const),
          peer,
          state: fc.constantFrom('direct' as const, 'relayed' as const, 'lost' as const),
        }),
        fc.record({ kind: fc.constant('message' as const), peer, data: fc.constant(new Uint8Array(3)) }),
      ),
    }),
    fc.record({ kind: fc.constant('sent' as const), peer, bytes: fc.nat(100) }),
    fc.constant({ kind: 'listening' as const }),
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fromMain },
    fc.record({ kind: fc.constant('send' as const), peer }),
    fc.record({ kind: fc.constant('refuse' as const), peer }),
    { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
  );

  it('hands on links and messages in a sound order, whatever comes from the main thread', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const commands: NetworkCommand[] = [];
        const network = new BridgedNetwork(ALICE, (command) => commands.push(command));
        const up = new Set<NodeKey>();
        let isClosed = false;
        void network.listen((event: NetworkEvent) => {
          expect(isClosed).toBe(false);
          if (event.kind === 'message') expect(up.has(event.peer)).toBe(true);
          if (event.kind !== 'link') return;
          if (event.state === 'lost') expect(up.delete(event.peer)).toBe(true);
          else up.add(event.peer);
        });
        for (const each of steps) {
          if (each.kind === 'send') {
            expect(network.send(each.peer, new Uint8Array(10))).toBe(up.has(each.peer) && !isClosed);
          } else if (each.kind === 'refuse') {
            network.admit((key) => key !== each.peer);
            // A refused link is cut without a word: the node itself has refused it.
            up.delete(each.peer);
          } else if (each.kind === 'close') {
            isClosed = true;
            void network.close();
          } else {
            network.receive(each);
          }
        }
        const last = commands.findIndex(({ command }) => command === 'close');
        if (last >= 0) expect(commands.slice(last + 1)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('resets a link whose messages pile up on the main thread', () => {
    const commands: NetworkCommand[] = [];
    const network = new BridgedNetwork(ALICE, (command) => commands.push(command));
    const events: NetworkEvent[] = [];
    void network.listen((event) => events.push(event));
    network.receive({ kind: 'network', event: { kind: 'link', peer: BOB, state: 'direct' } });
    const large = new Uint8Array(BRIDGE_WINDOW_BYTES / 2);
    expect(network.send(BOB, large)).toBe(true);
    expect(network.send(BOB, large)).toBe(true);
    expect(network.send(BOB, new Uint8Array(1))).toBe(false);
    expect(commands.at(-1)).toEqual({ command: 'reset', peer: BOB });
    expect(events.at(-1)).toEqual({ kind: 'link', peer: BOB, state: 'lost' });
    network.receive({ kind: 'network', event: { kind: 'link', peer: BOB, state: 'lost' } });
    expect(events.filter((event) => event.kind === 'link' && event.state === 'lost')).toHaveLength(1);
    network.receive({ kind: 'network', event: { kind: 'link', peer: BOB, state: 'relayed' } });
    expect(network.send(BOB, large)).toBe(true);
  });

  it('keeps commands for a network that is still starting, and drops those that come after its end', async () => {
    const log: string[] = [];
    let start = (_network: PageNetwork): void => {};
    const host = new NetworkHost(
      () => new Promise((resolve) => (start = resolve)),
      (report) => log.push(report.kind),
    );
    host.command({ command: 'listen' });
    host.command({ command: 'listen' });
    host.command({ command: 'connect', peer: BOB });
    host.command({ command: 'send', peer: BOB, data: new Uint8Array(1) });
    start({ ...silentNetwork(ALICE), connect: () => log.push('connect') });
    await turn();
    expect(log).toEqual(['connect', 'sent', 'listening']);
    await host.close();
    host.command({ command: 'connect', peer: BOB });
    expect(log).toHaveLength(3);
  });

  it('closes a network that comes up only after it was given up', async () => {
    let start = (_network: PageNetwork): void => {};
    let closed = 0;
    const reports: string[] = [];
    const host = new NetworkHost(
      () => new Promise((resolve) => (start = resolve)),
      (report) => reports.push(report.kind),
    );
    host.command({ command: 'listen' });
    await host.close();
    start({
      ...silentNetwork(ALICE),
      close: async () => {
        closed++;
      },
    });
    await turn();
    expect(closed).toBe(1);
    expect(reports).toEqual([]);
  });
});
