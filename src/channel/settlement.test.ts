// Settlements: what is proposed, who votes how, what the chain gets, and how the history starts anew from it.

import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { toHex } from '../base/bytes.ts';
import type { Height } from '../base/ids.ts';
import { structTag } from '../base/type-tag.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { give, sentBy, stage } from '../testing/simulation/stage.ts';
import { APP, COUNTER_TYPE, counterKey, number, numberOf, toyCall } from '../testing/simulation/toy-executor.ts';
import { World } from '../testing/simulation/world.ts';
import { CHAIN_RETRY_MS, SNAPSHOT_SIZE_MAX } from './limits.ts';
import type { Snapshot } from './messages.ts';
import type { ChainAction, ChainView, ChannelSettings, Settlement, Update } from './update.ts';

/** An application that takes nothing but votes; signatures have a test of their own. */
const VOTES_ONLY = { offers: { signedSettlements: false } };
/** Of the clock in a test's own hands. */
const TICK_MS = 250;

function three(settings: Partial<ChannelSettings> = {}) {
  const { world, nodes } = stage(['alice', 'bob', 'carol'], settings, VOTES_ONLY);
  const [alice, bob, carol] = nodes;
  if (!alice || !bob || !carol) throw new Error('three were asked for');
  return { world, alice, bob, carol };
}

function lastSettlement(world: World): Settlement {
  const settlement = world.chain.settlements.at(-1);
  if (settlement === undefined) throw new Error('nothing was settled');
  return settlement;
}

function actionsOf(update: Update): ChainAction[] {
  return update.effects.flatMap((effect) => (effect.kind === 'chain' ? [effect.action] : []));
}

function settle(world: World, node: SimNode): Settlement {
  const before = world.chain.settlements.length;
  node.input({ kind: 'settle' });
  if (!world.runUntil(() => world.chain.settlements.length > before, 20_000)) throw new Error('nothing was settled');
  world.runFor(3_000);
  return lastSettlement(world);
}

describe('a settlement', () => {
  it('[X1] [X2] [X3] [X4] carries the net change of the range, when anyone asks', () => {
    const { world, alice, bob } = three();
    bob.request('b1', toyCall('add', 5));
    bob.request('b2', toyCall('add', 6));
    alice.request('a1', toyCall('put', 3));
    alice.request('a2', toyCall('erase', 3));
    world.runFor(1_000);
    const { height, root } = alice.running.status();
    const settlement = settle(world, bob);
    expect(settlement).toMatchObject({ fromHeight: 0n, toHeight: height, leaving: [], closing: false });
    expect(toHex(settlement.stateRoot)).toBe(toHex(root));
    const counter = settlement.changes.find(({ key }) => key.kind === 'resource' && key.address === bob.address);
    expect(counter).toEqual({ key: counterKey(bob.address), new: number(11n) });
    // Put and erased within the range: nothing to tell.
    expect(settlement.changes.some(({ key }) => key.kind === 'item')).toBe(false);
    expect(bob.running.status().settledHeight).toBe(height);
  });

  it('[X10] is cut where a transaction cannot even say it', () => {
    const { world, alice } = three();
    for (let n = 0; n < 40; n++) {
      alice.request(`more ${n}`, toyCall('add', 1));
      world.runFor(300);
    }
    const { finalHeight } = alice.running.status();
    const most = finalHeight / 3n;
    const submit = world.chain.submit.bind(world.chain);
    world.chain.submit = (sender, action, nowMs) => {
      const isTooLong = action.kind === 'propose' && action.settlement.toHeight - action.settlement.fromHeight > most;
      return isTooLong ? { refused: 'TRANSACTION_SIZE' } : submit(sender, action, nowMs);
    };
    alice.input({ kind: 'settle' });
    expect(world.runUntil(() => world.chain.settledHeight >= finalHeight, 120_000)).toBe(true);
    expect(world.chain.settlements.length).toBeGreaterThan(2);
  });

  it('[X10] is not tried again as long as one that was refused before twice as much has been settled', () => {
    const { world, alice } = three();
    for (let n = 0; n < 80; n++) {
      alice.request(`more ${n}`, toyCall('add', 1));
      world.runFor(300);
    }
    const { finalHeight } = alice.running.status();
    const most = finalHeight / 12n;
    const lengths: { readonly length: bigint; readonly isTooLong: boolean }[] = [];
    const submit = world.chain.submit.bind(world.chain);
    world.chain.submit = (sender, action, nowMs) => {
      if (action.kind !== 'propose') return submit(sender, action, nowMs);
      const length = action.settlement.toHeight - action.settlement.fromHeight;
      const isTooLong = length > most;
      lengths.push({ length, isTooLong });
      return isTooLong ? { refused: 'EXECUTION_LIMIT_REACHED' } : submit(sender, action, nowMs);
    };
    alice.input({ kind: 'settle' });
    expect(world.runUntil(() => world.chain.settledHeight >= finalHeight, 300_000)).toBe(true);
    const firstTaken = lengths.findIndex(({ isTooLong }) => !isTooLong);
    const after = lengths.slice(firstTaken);
    const refusedAfter = after.filter(({ isTooLong }) => isTooLong);
    expect(refusedAfter.length).toBeGreaterThan(0);
    expect(refusedAfter.length * 5).toBeLessThanOrEqual(after.length);
  });

  it('[X1] comes by itself after the interval, if something was written', () => {
    const { world, alice } = three({ settleIntervalMs: 5_000 });
    world.runFor(12_000);
    expect(world.chain.settlements.length).toBe(0);
    alice.request('a', toyCall('add', 5));
    world.runFor(8_000);
    expect(world.chain.settlements.length).toBe(1);
    world.runFor(15_000);
    expect(world.chain.settlements.length).toBe(1);
  });

  it('[X5] becomes the base: older batches are gone from every disk, and the state goes on', () => {
    const { world, alice, bob, carol } = three();
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    const { toHeight } = settle(world, alice);
    for (const node of [alice, bob, carol]) {
      expect(node.store.snapshot?.position.height).toBe(toHeight);
      expect(node.store.history()).toEqual([]);
    }
    bob.request('b2', toyCall('add', 5));
    world.runFor(1_000);
    expect(numberOf(carol.running.read(counterKey(bob.address)))).toBe(10n);
    const second = settle(world, alice);
    expect(second.fromHeight).toBe(toHeight);
    expect(second.changes).toContainEqual({ key: counterKey(bob.address), old: number(5n), new: number(10n) });
  });

  it('[X3] is voted against by those to whom something else is final, and waits with those who are not there yet', () => {
    const { world, alice, bob } = three();
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    const { height, root } = alice.running.status();
    const lie: Settlement = {
      fromHeight: 0n as Height,
      toHeight: height,
      changes: [{ key: counterKey(bob.address), new: number(1_000n) }],
      leaving: [],
      closing: false,
      stateRoot: root,
      historyHash: root,
    };
    world.chain.submit(bob.address, { kind: 'propose', settlement: lie }, world.nowMs);
    const early: Settlement = { ...lie, toHeight: (height + 50n) as Height };
    world.chain.submit(alice.address, { kind: 'propose', settlement: early }, world.nowMs);
    world.runFor(5_000);
    const [first, second] = world.chain.proposals;
    expect(first?.votesAgainst.length).toBe(2);
    expect([second?.votesFor.length, second?.votesAgainst.length]).toEqual([1, 0]);
    expect(world.chain.settlements.length).toBe(0);
  });

  it('[X4] is executed by another voter when its proposer is gone', () => {
    const { world, alice, bob } = three();
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    bob.input({ kind: 'settle' });
    world.runUntil(() => world.chain.proposals.length > 0, 5_000);
    world.crash(bob);
    world.runFor(12_000);
    expect(world.chain.settlements.length).toBe(1);
    expect(alice.running.status().settledHeight).toBe(world.chain.settledHeight);
  });

  describe('that the chain has taken, while a look at the chain does not show it yet', () => {
    /** What `node` would do on the chain in so long, one clock tick after the other, with nothing new to see. */
    function actionsFor(node: SimNode, fromMs: number, ms: number): ChainAction['kind'][] {
      const kinds: ChainAction['kind'][] = [];
      for (let atMs = fromMs + TICK_MS; atMs <= fromMs + ms; atMs += TICK_MS) {
        kinds.push(...actionsOf(give(node, { kind: 'clock' }, atMs)).map(({ kind }) => kind));
      }
      return kinds;
    }

    /** Says that the chain has done it, and that a look at the chain from before shows nothing of it; once more after 5 s. */
    function expectOnce(world: World, node: SimNode, action: ChainAction | undefined, before: ChainView): void {
      if (action === undefined) throw new Error('nothing was done on the chain');
      const { nowMs } = world;
      const answered = give(node, { kind: 'submitted', action, result: 'done' }, nowMs);
      const seen = give(node, { kind: 'chain', view: before }, nowMs);
      expect([...actionsOf(answered), ...actionsOf(seen)]).toEqual([]);
      expect(actionsFor(node, nowMs, CHAIN_RETRY_MS - TICK_MS)).toEqual([]);
      expect(actionsFor(node, nowMs + CHAIN_RETRY_MS - TICK_MS, TICK_MS)).toEqual([action.kind]);
    }

    function proposed() {
      const { world, alice, bob, carol } = three();
      bob.request('b', toyCall('add', 5));
      world.runFor(1_000);
      const before = world.chain.view(world.nowMs);
      const [propose] = actionsOf(give(alice, { kind: 'settle' }));
      return { world, alice, bob, carol, before, propose };
    }

    it('[X4] is not proposed again for 5 s', () => {
      const { world, alice, propose, before } = proposed();
      expect(propose?.kind).toBe('propose');
      expectOnce(world, alice, propose, before);
    });

    it('[X4] is not voted for or executed again for 5 s', () => {
      const { world, alice, bob, carol, propose } = proposed();
      if (propose === undefined) throw new Error('nothing was proposed');
      world.chain.submit(alice.address, propose, world.nowMs);
      const unvoted = world.chain.view(world.nowMs);
      const [vote] = actionsOf(give(bob, { kind: 'chain', view: unvoted }));
      expect(vote?.kind).toBe('vote');
      expectOnce(world, bob, vote, unvoted);
      for (const { address } of [bob, carol]) {
        world.chain.submit(address, { kind: 'vote', proposal: 1n, option: 'for' }, world.nowMs);
      }
      const passed = world.chain.view(world.nowMs);
      const [execute] = actionsOf(give(alice, { kind: 'chain', view: passed }));
      expect(execute?.kind).toBe('execute');
      expectOnce(world, alice, execute, passed);
    });
  });

  it('[X1] goes up to the tip where final would need one who has lapsed', () => {
    const { world, nodes } = stage(['alice', 'bob'], { heartbeatWindowMs: 6_000 }, VOTES_ONLY);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    world.crash(bob);
    alice.request('a', toyCall('add', 5));
    world.runFor(10_000);
    expect(alice.requests.get('a')?.grades.at(-1)).toMatchObject({ grade: 'verified' });
    settle(world, alice);
    expect(alice.requests.get('a')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    world.restart(bob);
    world.runFor(5_000);
    expect(bob.running.status()).toMatchObject({ height: alice.running.status().height });
  });

  it('[X7] waits where some have lapsed, says until when, and is executed then', () => {
    const { world, nodes } = stage(['alice', 'bob'], {}, VOTES_ONLY);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    alice.request('a', toyCall('add', 5));
    world.runFor(1_000);
    world.crash(bob);
    alice.input({ kind: 'settle' });
    const isWaiting = () => alice.running.status().settlesAtMs !== undefined;
    expect(world.runUntil(isWaiting, 60_000)).toBe(true);
    expect(world.chain.settlements.length).toBe(0);
    expect(world.runUntil(() => world.chain.settlements.length === 1, 20_000)).toBe(true);
    expect(world.runUntil(() => !isWaiting(), 5_000)).toBe(true);
  });

  it('[X7] is contested by a member that comes back, against what was final to it', () => {
    const { world, alice, bob, carol } = three();
    alice.request('a', toyCall('add', 5));
    world.runFor(2_000);
    const { height, finalHeight } = bob.running.status();
    expect(finalHeight).toBe(height);
    for (const node of [bob, carol]) world.crash(node);
    world.runFor(30_000);
    world.crash(alice);
    // What alice says now is another state than the one that all of them have acknowledged.
    const wrong = new Uint8Array(32).fill(9);
    const parts = { fromHeight: 0n as Height, toHeight: height, changes: [], leaving: [], closing: false };
    const settlement = { ...parts, stateRoot: wrong, historyHash: wrong };
    world.chain.keepAlive(alice.address, world.nowMs);
    expect(world.chain.submit(alice.address, { kind: 'propose', settlement }, world.nowMs)).toBe('done');
    world.restart(bob);
    expect(world.runUntil(() => world.chain.contests > 0, 9_000)).toBe(true);
    world.runFor(30_000);
    expect(world.chain.settlements.some(({ stateRoot }) => stateRoot === wrong)).toBe(false);
  });
});

describe('leaving and closing', () => {
  it('[X6] [T4] settles a leaver out, and the others record it as gone', () => {
    const { world, alice, bob, carol } = three();
    bob.request('b', toyCall('add', 5));
    bob.request('leave', { kind: 'leave' });
    world.runFor(500);
    bob.request('late', toyCall('add', 1));
    world.runFor(15_000);
    expect(lastSettlement(world).leaving).toEqual([bob.address]);
    expect(bob.running.status().role).toBe('left');
    expect(bob.requests.get('late')?.grades).toEqual([]);
    expect(alice.running.status().members.map(({ address }) => address)).toEqual([alice.address, carol.address]);
    expect(alice.running.read(counterKey(bob.address))).toBeUndefined();
    carol.request('c', toyCall('add', 1));
    const settlement = settle(world, carol);
    // What bob took out is the chain's own doing, not a change to settle.
    expect(settlement.changes.some(({ key }) => key.kind === 'resource' && key.address === bob.address)).toBe(false);
    expect(settlement.leaving).toEqual([]);
  });

  it('[X6] lets the leader leave too: the next one carries on', () => {
    const { world, alice, bob, carol } = three();
    alice.request('leave', { kind: 'leave' });
    world.runFor(30_000);
    expect(alice.running.status().role).toBe('left');
    expect(bob.running.status().role).toBe('leader');
    carol.request('c', toyCall('add', 1));
    world.runFor(1_000);
    expect(carol.requests.get('c')?.grades.at(-1)).toMatchObject({ grade: 'final' });
  });

  it('[F2] [X5] makes final what lies beyond a settlement for whoever is alone then', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    const [alice, bob] = nodes;
    if (!alice || !bob) throw new Error('two were asked for');
    world.crash(bob);
    alice.request('waits', toyCall('add', 1));
    world.runFor(1_000);
    // As somebody who was put out.
    world.chain.seats = world.chain.seats.filter(({ address }) => address !== bob.address);
    let said = 0;
    // The second one takes in that he is gone.
    while (world.chain.settlements.length < 2 && said < 800) {
      alice.request(`beside ${said++}`, toyCall('add', 1));
      world.runFor(20);
    }
    world.runFor(5_000);
    expect(alice.requests.get(`beside ${said - 1}`)?.grades.at(-1)).toMatchObject({ grade: 'final' });
  });

  it('[T4] [X1] closes when a member has said so and the contract knows', () => {
    const { world, alice, bob } = three();
    world.chain.startClosing();
    bob.request('close', { kind: 'close' });
    world.runFor(20_000);
    expect(lastSettlement(world).closing).toBe(true);
    expect(alice.running.status().role).toBe('closed');
  });

  it('[T1] who comes back with the same key starts above everything it signed before', () => {
    const { world, alice, bob } = three();
    bob.request('b', toyCall('add', 5));
    bob.request('leave', { kind: 'leave' });
    world.runFor(15_000);
    world.chain.join(bob.address, bob.nodeKey, undefined, world.nowMs);
    world.runFor(10_000);
    bob.request('again', toyCall('add', 7));
    world.runFor(5_000);
    expect(bob.requests.get('again')?.grades.at(-1)).toMatchObject({ grade: 'final', sequence: (4n << 32n) + 1n });
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(7n);
  });
});

describe('assets', () => {
  it('[X2] [T2] are measured from what the member brought in', () => {
    const world = new World();
    const [alice, bob] = [world.addNode('alice'), world.addNode('bob')];
    world.join(alice);
    world.runFor(1_000);
    const assets = { type: COUNTER_TYPE, value: number(100n) };
    world.chain.join(bob.address, bob.nodeKey, assets, world.nowMs);
    bob.start();
    world.runFor(5_000);
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(100n);
    alice.request('a', toyCall('add', 1));
    world.runFor(1_000);
    const untouched = settle(world, alice);
    expect(untouched.changes.some(({ key }) => key.kind === 'resource' && key.address === bob.address)).toBe(false);
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    const touched = settle(world, alice);
    expect(touched.changes).toContainEqual({ key: counterKey(bob.address), old: number(100n), new: number(105n) });
  });
});

describe('joining after a settlement', () => {
  it('[G3] starts from the snapshot that the contract names, and goes on from there', () => {
    const { world, alice, bob } = three();
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    settle(world, alice);
    bob.request('b2', toyCall('add', 6));
    const dave = world.addNode('dave');
    world.join(dave);
    world.runFor(5_000);
    expect(dave.running.status()).toMatchObject({ role: 'follower', root: alice.running.status().root });
    expect(numberOf(dave.running.read(counterKey(bob.address)))).toBe(11n);
    expect(dave.store.snapshot?.position.height).toBe(world.chain.settledHeight);
  });

  it('[G3] refuses every other snapshot, whatever part of it is bent', () => {
    const { world, alice, bob } = three();
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    settle(world, alice);
    const snapshot = alice.store.snapshot;
    if (snapshot === undefined) throw new Error('alice has no snapshot');
    const extra = {
      key: { kind: 'resource' as const, address: APP, type: structTag(APP, 'toy', 'Extra') },
      value: number(1n),
    };
    const [first, ...rest] = snapshot.members;
    if (first === undefined) throw new Error('nobody is in it');
    const bent: readonly Snapshot[] = [
      { ...snapshot, entries: [...snapshot.entries, extra] },
      { ...snapshot, entries: snapshot.entries.slice(1) },
      { ...snapshot, members: rest },
      { ...snapshot, members: [{ ...first, lastSequence: first.lastSequence + 1n }, ...rest] },
      { ...snapshot, members: [{ ...first, nodeKey: world.addNode('mallory').nodeKey }, ...rest] },
      { ...snapshot, closing: true },
      { ...snapshot, timestampMs: snapshot.timestampMs + 1n },
      { ...snapshot, position: { ...snapshot.position, term: 9n as never } },
      { ...snapshot, position: { ...snapshot.position, hash: snapshot.position.hash.map((byte) => byte ^ 1) } },
    ];
    const dave = world.addNode('dave');
    world.chain.join(dave.address, dave.nodeKey, undefined, world.nowMs);
    dave.start();
    give(dave, { kind: 'chain', view: world.chain.view(world.nowMs) });
    const offer = (offered: Snapshot) =>
      give(dave, { kind: 'message', from: bob.nodeKey, message: { kind: 'snapshot', snapshot: offered } });
    for (const wrong of bent) {
      const update = offer(wrong);
      expect(update.events).toEqual([]);
      expect(sentBy(update).map(({ message }) => message.kind)).toEqual(['refused']);
    }
    expect(offer(snapshot).events.map(({ kind }) => kind)).toEqual(['snapshot']);
  });

  it('a snapshot stays under one message', () => {
    expect(SNAPSHOT_SIZE_MAX).toBeLessThan(4 * 1024 * 1024 - encodeBcs((w) => w.bytes(new Uint8Array(65_536))).length);
  });
});
