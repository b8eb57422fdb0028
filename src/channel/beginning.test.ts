// Channels whose history nobody has any more: how the members find that out, what they agree on, and what they go on from.

import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Height } from '../base/ids.ts';
import { CALM } from '../testing/simulation/faults.ts';
import { encodeToySettlement } from '../testing/simulation/sim-chain.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { give, noticesOf, sentBy, stage } from '../testing/simulation/stage.ts';
import { counterKey, numberOf, TOTAL_KEY, toyCall } from '../testing/simulation/toy-executor.ts';
import type { World, WorldOptions } from '../testing/simulation/world.ts';
import { beginningAfter } from './beginning.ts';
import { genesisBase, genesisHash, isGenesis, rootOf } from './history.ts';
import { ABSENT_PATIENCE_MS, WITHHELD_PATIENCE_MS } from './limits.ts';
import { firstSequenceBefore, type MemberTransaction } from './transaction.ts';

const MINUTE_MS = 60_000;
const VOTES_ONLY = { offers: { signedSettlements: false } };

/** Alice and bob have added 12 together, and left; all of it is settled. */
function deserted(options: WorldOptions = {}): World {
  const { world, nodes } = stage(['alice', 'bob'], {}, options);
  const [alice, bob] = nodes;
  if (!alice || !bob) throw new Error('two were asked for');
  alice.request('a', toyCall('add', 5));
  bob.request('b', toyCall('add', 7));
  world.runFor(1_000);
  leave(world, bob);
  leave(world, alice);
  expect(world.chain.seats).toEqual([]);
  return world;
}

function leave(world: World, node: SimNode): void {
  node.request(`leave ${node.name}`, { kind: 'leave' });
  const isOut = () => !world.chain.seats.some(({ address }) => address === node.address);
  if (!world.runUntil(isOut, MINUTE_MS)) throw new Error(`${node.name} was not settled out`);
  world.crash(node);
}

function join(world: World, name: string): SimNode {
  const node = world.addNode(name);
  world.join(node);
  return node;
}

function areTogether(world: World, nodes: readonly SimNode[]): boolean {
  const statuses = nodes.map((node) => node.running.status());
  const roots = new Set(statuses.map(({ root }) => toHex(root)));
  const areUp = statuses.every(({ role, height, finalHeight }) => {
    return (role === 'leader' || role === 'follower') && finalHeight === height && height > world.chain.settledHeight;
  });
  return roots.size === 1 && areUp;
}

function untilTogether(world: World, nodes: readonly SimNode[], maxMs = MINUTE_MS): void {
  if (!world.runUntil(() => areTogether(world, nodes), maxMs)) throw new Error('the members never agreed on anything');
}

/** Alice has settled something and has more; bob has joined since and has never been reached. */
function aliceAway(options: WorldOptions = {}) {
  const { world, nodes } = stage(['alice'], {}, options);
  const [alice] = nodes;
  if (!alice) throw new Error('one was asked for');
  alice.request('a1', toyCall('add', 5));
  world.runFor(1_000);
  alice.input({ kind: 'settle' });
  world.runUntil(() => world.chain.settledHeight > 0n, 20_000);
  world.runFor(2_000);
  alice.request('a2', toyCall('add', 6));
  world.runFor(1_000);
  world.crash(alice);
  const bob = join(world, 'bob');
  return { world, alice, bob };
}

describe('a channel whose history nobody has any more', () => {
  it('[N4] [N6] goes on with who joins next, from what was settled', () => {
    const world = deserted();
    const { settledHeight } = world.chain;
    const carol = join(world, 'carol');
    untilTogether(world, [carol]);
    expect([world.chain.settledHeight, world.chain.restarts]).toEqual([settledHeight + 1n, 1n]);
    expect(numberOf(carol.running.read(TOTAL_KEY))).toBe(12n);
    carol.request('c', toyCall('add', 1));
    world.runFor(2_000);
    expect(carol.requests.get('c')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    expect(numberOf(carol.running.read(TOTAL_KEY))).toBe(13n);
    carol.input({ kind: 'settle' });
    world.runFor(10_000);
    expect(world.chain.settledHeight).toBe(carol.running.status().height);
    expect(world.chain.settlements.at(-1)?.fromHeight).toBe(settledHeight + 1n);
  });

  it('[N4] is agreed on by signatures, or by votes where the application takes none', () => {
    for (const options of [{}, VOTES_ONLY]) {
      const world = deserted(options);
      const signedBefore = world.chain.signedSettlements;
      const nodes = ['carol', 'dave', 'erin'].map((name) => join(world, name));
      untilTogether(world, nodes);
      expect(world.chain.restarts).toBe(1n);
      expect(world.chain.signedSettlements - signedBefore).toBe(options === VOTES_ONLY ? 0 : 1);
      nodes[1]?.request('d', toyCall('add', 1));
      world.runFor(3_000);
      for (const node of nodes) expect(numberOf(node.running.read(TOTAL_KEY))).toBe(13n);
    }
  });

  it('[N6] lists everyone in its first batch, in a later term, after the genesis of the chain’s state', () => {
    const world = deserted();
    const { term } = world.chain;
    const nodes = ['carol', 'dave'].map((name) => join(world, name));
    untilTogether(world, nodes);
    const [beginning] = world.chain.beginnings;
    const [first] = nodes[1]?.store.history() ?? [];
    if (!beginning || !first) throw new Error('no beginning');
    const { header, transactions } = first;
    expect(header.term).toBeGreaterThan(term);
    expect(header.firstHeight).toBe(world.chain.settledHeight + 1n);
    expect(transactions.map(({ kind }) => kind)).toEqual(['opened', 'joined', 'joined']);
    const base = genesisBase(beginning.entries, beginning);
    expect(toHex(header.previousHash)).toBe(toHex(genesisHash(rootOf(base.world))));
    // The same state at another beginning is another genesis.
    expect(toHex(genesisBase(beginning.entries).position.hash)).not.toBe(toHex(base.position.hash));
  });

  it('[T1] numbers transactions beyond those of the history before', () => {
    const world = deserted();
    const carol = join(world, 'carol');
    untilTogether(world, [carol]);
    carol.request('c', toyCall('add', 1));
    world.runFor(2_000);
    expect(carol.requests.get('c')?.sequence).toBe(firstSequenceBefore(3n, 1n) + 1n);
    expect(firstSequenceBefore(3n, 1n)).toBe(3n * 2n ** 32n + 2n ** 24n);
  });

  it('[N4] does so again', () => {
    const world = deserted();
    const carol = join(world, 'carol');
    untilTogether(world, [carol]);
    carol.request('c', toyCall('add', 1));
    world.runFor(2_000);
    leave(world, carol);
    const dave = join(world, 'dave');
    untilTogether(world, [dave]);
    expect(world.chain.restarts).toBe(2n);
    expect(numberOf(dave.running.read(TOTAL_KEY))).toBe(13n);
  });

  it('[G3] [N6] is joined by others afterwards, who take a snapshot of the new history', () => {
    const world = deserted();
    const carol = join(world, 'carol');
    untilTogether(world, [carol]);
    const dave = join(world, 'dave');
    untilTogether(world, [carol, dave]);
    carol.input({ kind: 'settle' });
    world.runFor(10_000);
    const erin = join(world, 'erin');
    untilTogether(world, [carol, dave, erin]);
    expect(erin.store.snapshot).toMatchObject({ restarts: 1n });
    expect(world.chain.restarts).toBe(1n);
  });

  it('[D3] [N6] comes back from the store', () => {
    const world = deserted();
    const nodes = ['carol', 'dave'].map((name) => join(world, name));
    untilTogether(world, nodes);
    nodes[0]?.request('c', toyCall('add', 1));
    world.runFor(2_000);
    for (const node of nodes) world.crash(node);
    for (const node of nodes) world.restart(node);
    nodes[1]?.request('d', toyCall('add', 1));
    world.runFor(5_000);
    untilTogether(world, nodes);
    for (const node of nodes) expect(numberOf(node.running.read(TOTAL_KEY))).toBe(14n);
    expect(isGenesis(nodes[0]?.store.snapshot?.position as never)).toBe(true);
  });

  it('[N6] asks the chain again where it did not give the state', () => {
    const world = deserted();
    const carol = join(world, 'carol');
    world.runUntil(() => world.chain.restarts === 1n, MINUTE_MS);
    world.runUntil(() => carol.running.status().deserted?.stage === 'reading', 5_000);
    const beginning = { height: world.chain.settledHeight as Height, restarts: 1n };
    const late = { kind: 'state', beginning: { ...beginning, restarts: 0n }, entries: [] } as const;
    expect(give(carol, { kind: 'state', beginning }).events).toEqual([]);
    expect(give(carol, late).events).toEqual([]);
    untilTogether(world, [carol]);
  });

  it('[N1] is told of in the status', () => {
    const world = deserted();
    const carol = join(world, 'carol');
    world.faults.settings = { ...CALM, chainMsMax: 1_000 };
    const stages = new Set<string>();
    world.runUntil(() => {
      stages.add(carol.running.status().deserted?.stage ?? '-');
      return areTogether(world, [carol]);
    }, MINUTE_MS);
    expect([...stages]).toEqual(['-', 'searching', 'agreeing', 'reading']);
    expect(carol.running.status().deserted).toBeUndefined();
  });
});

describe('a history that somebody has', () => {
  it('[N2] is handed to who asks for it by one that does not lead', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    alice.input({ kind: 'settle' });
    world.runUntil(() => world.chain.settledHeight > 0n, 20_000);
    world.runFor(3_000);
    const carol = world.addNode('carol');
    world.partition([[alice, bob], [carol]]);
    world.join(carol);
    world.runFor(5_000);
    expect(carol.running.status().height).toBe(0n);
    // The leader does not get to her.
    world.partition([[alice], [bob, carol]]);
    world.runFor(8_000);
    expect(carol.running.status().height).toBeGreaterThanOrEqual(world.chain.settledHeight);
    expect(carol.running.status().deserted).toBeUndefined();
  });

  it('[N2] is told of by who has it, and not by who has not, or has another', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    alice.input({ kind: 'settle' });
    world.runUntil(() => world.chain.settledHeight > 0n, 20_000);
    world.runFor(3_000);
    const asked = (height: bigint) =>
      sentBy(
        give(alice, {
          kind: 'message',
          from: bob.nodeKey,
          message: { kind: 'seek', height: height as Height, give: true },
        }),
      ).map(({ message }) => (message.kind === 'sought' ? message.isHeld : message.kind));
    expect(asked(world.chain.settledHeight)).toEqual([true, 'snapshot']);
    // Once is enough for a while.
    expect(asked(world.chain.settledHeight)).toEqual([true]);
    expect(asked(world.chain.settledHeight + 50n)).toEqual([false]);
    const view = { ...world.chain.view(world.nowMs + 1), historyHash: new Uint8Array(32).fill(7) };
    give(alice, { kind: 'chain', view });
    expect(asked(world.chain.settledHeight)).toEqual([false]);
  });

  it('[N3] is waited for while its holder is one that the chain calls valid', () => {
    const { world, alice, bob } = aliceAway();
    world.restart(alice);
    world.partition([[alice], [bob]]);
    world.runFor(2 * ABSENT_PATIENCE_MS);
    expect(world.chain.restarts).toBe(0n);
    expect(bob.running.status().deserted).toEqual({ stage: 'searching', missed: [] });
    world.partition([]);
    untilTogether(world, [alice, bob]);
    expect(numberOf(bob.running.read(counterKey(alice.address)))).toBe(11n);
  });

  it('[N3] is waited for, for an hour, while its holder is away', () => {
    const { world, alice, bob } = aliceAway();
    world.runFor(ABSENT_PATIENCE_MS - MINUTE_MS);
    expect(world.chain.restarts).toBe(0n);
    expect(bob.running.status().deserted).toMatchObject({ stage: 'searching', missed: [alice.address] });
    world.restart(alice);
    untilTogether(world, [alice, bob]);
    expect(world.chain.restarts).toBe(0n);
    expect(numberOf(bob.running.read(counterKey(alice.address)))).toBe(11n);
  });

  it('[N6] [N7] is given up by a holder that comes back too late, and what only it had is written anew', () => {
    const { world, alice, bob } = aliceAway();
    world.restart(alice);
    world.partition([[alice], [bob]]);
    world.runFor(1_000);
    // Never final, as it does not lead any more; and in the store.
    world.crash(alice);
    world.runFor(ABSENT_PATIENCE_MS + 2 * MINUTE_MS);
    world.partition([]);
    expect(world.chain.restarts).toBe(1n);
    expect(numberOf(bob.running.read(TOTAL_KEY))).toBe(5n);
    world.restart(alice);
    world.runFor(3_000);
    untilTogether(world, [alice, bob]);
    // What was final to alice alone is lost with the history; what is in the chain's state stays.
    expect(numberOf(alice.running.read(counterKey(alice.address)))).toBe(5n);
    expect(alice.store.snapshot?.restarts).toBe(1n);
    alice.request('a3', toyCall('add', 1));
    world.runFor(3_000);
    expect(numberOf(bob.running.read(counterKey(alice.address)))).toBe(6n);
  });

  it('[N6] says nothing about the new one, though its heights come again', () => {
    const { world, alice, bob } = aliceAway();
    const { certificate } = alice.store;
    if (certificate === undefined) throw new Error('alice has made nothing final');
    world.runFor(ABSENT_PATIENCE_MS + 2 * MINUTE_MS);
    world.restart(alice);
    world.runFor(3_000);
    for (let n = 0; n < 4; n++) {
      bob.request(`b${n}`, toyCall('add', 1));
      world.runFor(1_000);
    }
    expect(bob.running.status().finalHeight).toBeGreaterThanOrEqual(certificate.height);
    const message = { kind: 'certificate', certificate } as const;
    const update = give(bob, { kind: 'message', from: alice.nodeKey, message });
    expect(noticesOf(update).filter(({ kind }) => kind === 'dispute')).toEqual([]);
    const batch = world.invariants.batches.get(toHex(certificate.batchHash));
    if (batch === undefined) throw new Error('no such batch');
    give(bob, { kind: 'message', from: alice.nodeKey, message: { kind: 'batch', batch } });
    expect(bob.running.status().dispute).toBeUndefined();
  });

  it('[N7] is not needed for what is certainly not settled: that is written into the new one, once', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    bob.request('b1', toyCall('add', 5));
    world.runFor(1_000);
    alice.input({ kind: 'settle' });
    world.runUntil(() => world.chain.settledHeight > 0n, 20_000);
    world.runFor(3_000);
    bob.request('b2', toyCall('add', 6));
    world.runFor(1_000);
    world.crash(alice);
    bob.request('b3', toyCall('add', 7));
    world.runFor(200);
    world.crash(bob);
    expect(bob.store.queue.size).toBe(1);
    const carol = join(world, 'carol');
    world.runFor(ABSENT_PATIENCE_MS + 2 * MINUTE_MS);
    expect(world.chain.restarts).toBe(1n);
    world.restart(bob);
    world.runFor(5_000);
    const valid = [bob, carol];
    for (const node of valid) expect(numberOf(node.running.read(counterKey(bob.address)))).toBe(12n);
    // Final once the one that is gone for good is settled around.
    world.restart(alice);
    world.runFor(5_000);
    untilTogether(world, [alice, bob, carol]);
    expect(bob.store.queue.size).toBe(0);
    for (const node of world.nodes) expect(numberOf(node.running.read(counterKey(bob.address)))).toBe(12n);
  });

  it('[N7] takes what may have been settled with it: nobody writes it twice', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    let queued: MemberTransaction | undefined;
    bob.tamper = (_, message) => {
      if (message.kind === 'transaction') queued = message.transaction;
      return [message];
    };
    bob.request('b1', toyCall('add', 5));
    world.runFor(1_000);
    world.crash(bob);
    // As after damage: the batch that has it is lost here, and it is queued still.
    for (const [key, { transactions }] of bob.store.batches) {
      if (transactions.some(({ kind }) => kind === 'member')) bob.store.batches.delete(key);
    }
    if (queued === undefined) throw new Error('nothing was sent');
    bob.store.queue.set(queued.sequence, queued);
    leave(world, alice);
    const carol = join(world, 'carol');
    world.restart(bob);
    untilTogether(world, [bob, carol]);
    expect(world.chain.restarts).toBe(1n);
    expect(numberOf(carol.running.read(counterKey(bob.address)))).toBe(5n);
    expect([bob.store.queue.size, bob.store.cutShort]).toEqual([0, false]);
  });

  it('[N3] that is only claimed keeps the others for ten minutes', () => {
    const world = deserted();
    const carol = world.addNode('carol');
    const dave = world.addNode('dave');
    dave.tamper = (_, message) => [message.kind === 'sought' ? { ...message, isHeld: true } : message];
    dave.isHonest = false;
    world.join(carol);
    world.join(dave);
    world.runFor(WITHHELD_PATIENCE_MS - MINUTE_MS);
    expect(world.chain.restarts).toBe(0n);
    untilTogether(world, [carol, dave], 5 * MINUTE_MS);
    expect(world.chain.restarts).toBe(1n);
  });

  it('[N4] is defended with votes, and with what is final beyond', () => {
    const { world, nodes } = stage(['alice', 'bob', 'carol'], {}, VOTES_ONLY);
    const [alice, bob, carol] = nodes;
    if (!alice || !bob || !carol) throw new Error('three were asked for');
    alice.input({ kind: 'settle' });
    world.runUntil(() => world.chain.settledHeight > 0n, 20_000);
    world.runFor(3_000);
    const settlement = beginningAfter(world.chain.settledHeight as Height);
    // Nothing is beyond what is settled: they have it all the same.
    world.chain.submit(carol.address, { kind: 'propose', settlement }, world.nowMs);
    world.runFor(4_000);
    expect(world.chain.proposals.at(-1)).toMatchObject({ votesAgainst: expect.arrayContaining([alice.address]) });
    bob.request('b', toyCall('add', 1));
    bob.request('b2', toyCall('add', 1));
    world.runFor(2_000);
    world.chain.proposals = [];
    // All but the one that proposes have lapsed for the chain, for a moment.
    for (const seat of world.chain.seats) if (seat.address !== carol.address) seat.aliveMs = 0;
    world.chain.submit(carol.address, { kind: 'propose', settlement }, world.nowMs);
    world.runFor(8_000);
    expect(world.chain.contests).toBe(1);
    expect(world.chain.restarts).toBe(0n);
  });

  it('[N4] is not signed away', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    alice.input({ kind: 'settle' });
    world.runUntil(() => world.chain.settledHeight > 0n, 20_000);
    world.runFor(3_000);
    const { fromHeight, toHeight, ...rest } = beginningAfter(world.chain.settledHeight as Height);
    const dataHash = sha3_256(encodeToySettlement({ fromHeight, toHeight, ...rest }));
    const message = { kind: 'settlement', fromHeight, toHeight, dataHash } as const;
    const { effects } = give(alice, { kind: 'message', from: bob.nodeKey, message });
    expect(effects.map((effect) => (effect.kind === 'send' ? effect.message.kind : effect.kind))).toEqual(['refused']);
  });

  it('[N5] is settled as soon as it turns up, by who had agreed to begin anew', () => {
    const { world, alice, bob } = aliceAway(VOTES_ONLY);
    const ofBob = () => world.chain.proposals.find(({ proposer }) => proposer === bob.address);
    world.runUntil(() => ofBob() !== undefined, ABSENT_PATIENCE_MS + MINUTE_MS);
    expect(ofBob()).toMatchObject({ votesFor: [bob.address], executed: false });
    // Before the time to contest it is over.
    world.restart(alice);
    const { settledHeight } = world.chain;
    untilTogether(world, [alice, bob]);
    world.runFor(30_000);
    expect(world.chain.restarts).toBe(0n);
    expect(world.chain.settledHeight).toBeGreaterThan(settledHeight);
    expect(numberOf(bob.running.read(counterKey(alice.address)))).toBe(11n);
  });
});
