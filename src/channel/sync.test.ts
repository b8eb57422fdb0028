// Links: saying hello, catching up, heartbeats, and the sizes of what is sent.

import { describe, expect, it } from 'vitest';
import { BcsWriter } from '../base/bcs.ts';
import type { Term } from '../base/ids.ts';
import { Forge } from '../testing/simulation/forge.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { give, noticesOf, sentBy, stage } from '../testing/simulation/stage.ts';
import { TOY_GAS_SCHEDULE, toyCall } from '../testing/simulation/toy-executor.ts';
import { toyVerify } from '../testing/simulation/toy-signatures.ts';
import { PEER_MESSAGE_SIZE_MAX } from '../wire/limits.ts';
import { encodePeerMessage } from '../wire/peer.ts';
import { HISTORY_BATCHES_MAX, HISTORY_SIZE_MAX, KNOWN_POSITIONS_MAX } from './limits.ts';
import type { ChannelMessage } from './messages.ts';
import { signaturesOf } from './signatures.ts';
import { type MemberAction, writeTransaction } from './transaction.ts';

function three() {
  const { world, nodes } = stage(['alice', 'bob', 'carol']);
  const [alice, bob, carol] = nodes;
  if (!alice || !bob || !carol) throw new Error('three were asked for');
  return { world, alice, bob, carol };
}

function say(to: SimNode, from: SimNode, message: ChannelMessage, nowMs?: number) {
  return give(to, { kind: 'message', from: from.nodeKey, message }, nowMs);
}

/** As large as a call may be. */
function largeCall(): MemberAction {
  const action = toyCall('unknown');
  if (action.kind !== 'call') throw new Error('a call was asked for');
  return { kind: 'call', call: { ...action.call, args: [new Uint8Array(60_000)] } };
}

describe('hello', () => {
  it('[P1] is said on every new link, with where this node is', () => {
    const { alice, bob, world } = three();
    give(bob, { kind: 'link', peer: alice.nodeKey, state: 'lost' });
    const update = give(bob, { kind: 'link', peer: alice.nodeKey, state: 'relayed' }, world.nowMs + 5_000);
    const hello = sentBy(update)
      .map(({ message }) => message)
      .find(({ kind }) => kind === 'hello');
    if (hello?.kind !== 'hello') throw new Error('bob said no hello');
    expect(hello.known[0]?.height).toBe(bob.running.status().height);
    expect(hello.known.length).toBeLessThanOrEqual(KNOWN_POSITIONS_MAX);
  });

  it('[P1] is answered with what follows, by the one that decides the history', () => {
    const { alice, bob, carol } = three();
    const known = [
      { height: 0n as never, hash: bob.store.history()[0]?.header.previousHash as never, term: 0n as Term },
    ];
    const hello: ChannelMessage = {
      kind: 'hello',
      term: 1n as Term,
      restarts: 0n,
      genesisRoot: new Uint8Array(32),
      gasSchedule: TOY_GAS_SCHEDULE,
      known,
    };
    const [answer] = sentBy(say(alice, bob, hello));
    expect(answer?.message).toMatchObject({ kind: 'history', term: 1n, batches: alice.store.history(), more: false });
    expect(sentBy(say(carol, bob, hello))).toEqual([]);
  });

  it('[G2] with another genesis is refused, and is a dispute if the leader says it', () => {
    const { alice, bob, carol } = three();
    const hello: ChannelMessage = {
      kind: 'hello',
      term: 1n as Term,
      restarts: 0n,
      genesisRoot: new Uint8Array(32).fill(7),
      gasSchedule: TOY_GAS_SCHEDULE,
      known: [],
    };
    const fromCarol = say(bob, carol, hello);
    expect(sentBy(fromCarol).map(({ message }) => message.kind)).toEqual(['refused']);
    expect(bob.running.status().dispute).toBeUndefined();
    const fromAlice = say(bob, alice, hello);
    expect(noticesOf(fromAlice).some((notice) => notice.kind === 'dispute' && notice.dispute.kind === 'genesis')).toBe(
      true,
    );
  });

  it('[G5] with another gas schedule is refused by name, shown on both sides, and is a dispute if the leader says it', () => {
    const { world, alice, bob } = three();
    const dave = world.addNode('dave');
    dave.gasSchedule = 'toy-2';
    world.join(dave);
    world.runFor(5_000);
    const hello = {
      kind: 'hello',
      term: 1n as Term,
      restarts: 0n,
      genesisRoot: new Uint8Array(32),
      known: [],
    } as const;
    const update = say(bob, dave, { ...hello, gasSchedule: 'toy-2' });
    expect(sentBy(update)).toMatchObject([{ to: dave.nodeKey, message: { kind: 'refused', code: 'gasSchedule' } }]);
    expect(dave.running.status().dispute).toMatchObject({ kind: 'gasSchedule', accused: alice.nodeKey });
    const asDaveSees = dave.running.status().members.find(({ nodeKey }) => nodeKey === alice.nodeKey);
    expect(asDaveSees?.refusal).toBe('gasSchedule');
    expect([alice, bob].map((node) => node.running.status().dispute)).toEqual([undefined, undefined]);
    bob.request('b', toyCall('add', 5));
    world.runFor(2_000);
    expect(bob.requests.get('b')?.grades.at(-1)).toMatchObject({ grade: 'final' });
  });

  it('[P3] of a stranger makes a node look at the chain, and is refused', () => {
    const { world, bob } = three();
    const mallory = world.addNode('mallory');
    const update = say(bob, mallory, {
      kind: 'hello',
      term: 1n as Term,
      restarts: 0n,
      genesisRoot: new Uint8Array(32),
      gasSchedule: TOY_GAS_SCHEDULE,
      known: [],
    });
    expect(sentBy(update)).toMatchObject([{ to: mallory.nodeKey, message: { kind: 'refused' } }]);
    expect(bob.running.status().refusedMessages).toBe(1);
  });
});

describe('history', () => {
  it('comes in messages that a link takes, however long it is and however large its batches are', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    const sizes: number[] = [];
    alice.tamper = (_, message) => {
      const size = encodePeerMessage(message).length;
      if (message.kind === 'history') {
        expect(message.batches.length).toBeLessThanOrEqual(HISTORY_BATCHES_MAX);
        sizes.push(size);
      }
      expect(size).toBeLessThan(PEER_MESSAGE_SIZE_MAX);
      return [message];
    };
    world.crash(bob);
    for (let index = 0; index < 120; index++) alice.request(`a${index}`, largeCall());
    world.runFor(5_000);
    for (let index = 0; index < 400; index++) {
      alice.request(`s${index}`, toyCall('add'));
      world.runFor(5);
    }
    world.restart(bob);
    world.runFor(10_000);
    expect(bob.running.status().height).toBe(alice.running.status().height);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeGreaterThan(HISTORY_SIZE_MAX / 2);
  });

  it('[P1] from one that does not decide it is refused', () => {
    const { alice, bob, carol } = three();
    const message: ChannelMessage = { kind: 'history', term: 1n as Term, batches: alice.store.history(), more: false };
    expect(sentBy(say(bob, carol, message)).map((sent) => sent.message.kind)).toEqual(['refused']);
  });

  it('[L4] of an older term takes back nothing newer', () => {
    const { world, alice, bob } = three();
    const forge = new Forge(world, alice, bob);
    const batch = forge.batch([forge.transaction(bob, forge.nextSequence(bob), toyCall('add'))]);
    say(bob, alice, { kind: 'batch', batch });
    const { height } = bob.running.status();
    const late: ChannelMessage = {
      kind: 'history',
      term: 0n as Term,
      batches: [forge.batch([forge.transaction(bob, forge.nextSequence(bob), toyCall('put'))], { term: 0n as Term })],
      more: false,
    };
    const update = say(bob, alice, late);
    expect(update.events).toEqual([]);
    expect(bob.running.status().height).toBe(height);
  });
});

describe('heartbeats', () => {
  it('[P2] measure the round trip by their echo, and an echo asks for none', () => {
    const { world, alice, bob } = three();
    const sent = sentBy(give(bob, { kind: 'clock' }, world.nowMs + 2_100)).find(
      ({ to, message }) => to === alice.nodeKey && message.kind === 'heartbeat',
    );
    if (sent?.message.kind !== 'heartbeat') throw new Error('bob sent no heartbeat');
    const { stamp } = sent.message;
    expect(stamp).not.toBe(0n);
    const echo: ChannelMessage = { ...sent.message, stamp: 0n, echo: stamp };
    const update = say(bob, alice, echo, Number(stamp) + 42);
    expect(sentBy(update).some(({ message }) => message.kind === 'heartbeat')).toBe(false);
    const latency = () => bob.running.status().members.find(({ address }) => address === alice.address)?.latencyMs;
    expect(latency()).toBe(42);
    say(bob, alice, { ...echo, echo: stamp + 1_000n }, Number(stamp) + 99);
    expect(latency()).toBe(42);
    const asked = sentBy(say(bob, alice, { ...echo, stamp: 77n, echo: 0n }));
    expect(asked).toMatchObject([{ message: { kind: 'heartbeat', stamp: 0n, echo: 77n, leaderLatencyMs: 42 } }]);
  });

  it('[P2] show a silent link as lost', () => {
    const { world, alice, bob } = three();
    const link = () => bob.running.status().members.find(({ address }) => address === alice.address)?.link;
    expect(link()).toBe('direct');
    for (let second = 1; second <= 8; second++) give(bob, { kind: 'clock' }, world.nowMs + second * 1_000);
    expect(link()).toBe('lost');
  });

  it('[P1] make one that has fallen behind ask again, and a lost certificate come again', () => {
    const { world, alice, bob, carol } = three();
    alice.tamper = (to, message) =>
      to === bob.nodeKey && (message.kind === 'batch' || message.kind === 'certificate') ? [] : [message];
    carol.request('c', toyCall('add'));
    world.runFor(6_000);
    expect(bob.running.status()).toMatchObject({
      height: alice.running.status().height,
      finalHeight: alice.running.status().finalHeight,
    });
  });
});

describe('the door', () => {
  it('[S3] knows every signature that a message carries', () => {
    const { world, alice, bob, carol } = three();
    const seen = new Map<ChannelMessage['kind'], number>();
    for (const node of [alice, bob, carol]) {
      node.tamper = (_, message) => {
        const claims = signaturesOf(world.scope, message);
        for (const { signer, message: signed, signature } of claims)
          expect(toyVerify(signer, signed, signature)).toBe(true);
        seen.set(message.kind, Math.max(seen.get(message.kind) ?? 0, claims.length));
        return [message];
      };
    }
    bob.request('b', toyCall('add'));
    world.runFor(1_000);
    world.crash(bob);
    world.restart(bob);
    world.crash(alice);
    world.runFor(25_000);
    expect(Object.fromEntries(seen)).toMatchObject({
      transaction: 1,
      acknowledgement: 1,
      hello: 0,
      heartbeat: 0,
      recovered: 1,
    });
    expect(seen.get('batch')).toBeGreaterThan(1);
    expect(seen.get('certificate')).toBeGreaterThan(0);
  });

  it('a large transaction is under what a batch may hold', () => {
    const { world, alice, bob } = three();
    const forge = new Forge(world, alice, bob);
    const writer = new BcsWriter();
    writeTransaction(writer, forge.transaction(bob, 1n, largeCall()));
    expect(writer.finish().length).toBeLessThan(61_000);
  });
});
