// Coming back from what was persisted: after a clean stop, after a crash at the worst moment, and after damage to the store.

import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { encodeToySettlement } from '../testing/simulation/sim-chain.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { stage } from '../testing/simulation/stage.ts';
import { CheatingExecutor, counterKey, numberOf, toyCall } from '../testing/simulation/toy-executor.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import type { Event } from './update.ts';

function two() {
  const { world, nodes } = stage(['alice', 'bob']);
  const [alice, bob] = nodes;
  if (!alice || !bob) throw new Error('two were asked for');
  return { world, alice, bob };
}

function optionsOf(node: SimNode): ChannelOptions {
  const { scope, creator, settings, offers } = node.world;
  const { nodeKey, address, executor, gasSchedule } = node;
  const self = { nodeKey, address };
  return { scope, self, creator, settings, executor, offers, gasSchedule, encodeSettlement: encodeToySettlement };
}

describe('a restart', () => {
  it('[D3] has the same history, root, certificate and queue', () => {
    const { world, alice, bob } = two();
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    world.crash(alice);
    bob.request('b2', toyCall('add', 6));
    world.runFor(500);
    const before = bob.running.status();
    const again = Channel.restore(optionsOf(bob), bob.store.load());
    const after = again.status();
    expect(toHex(after.root)).toBe(toHex(before.root));
    expect([after.height, after.finalHeight, after.term, after.queued]).toEqual([
      before.height,
      before.finalHeight,
      before.term,
      1,
    ]);
    expect(again.entries()).toEqual(bob.running.entries());
  });

  it('[G1] keeps the genesis as a snapshot, since the chain will not have it for ever', () => {
    const { alice } = two();
    expect(alice.store.snapshot?.position.height).toBe(0n);
    const again = Channel.restore(optionsOf(alice), [{ kind: 'snapshot', snapshot: alice.store.snapshot as never }]);
    expect(again.status().height).toBe(0n);
    expect(again.entries().length).toBe(1);
  });

  it('[T5] sends what was queued and not final, and nothing twice', () => {
    const { world, alice, bob } = two();
    world.partition([[alice], [bob]]);
    bob.request('b', toyCall('add', 5));
    world.runFor(500);
    world.crash(bob);
    world.partition([]);
    world.restart(bob);
    world.runFor(5_000);
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(5n);
    expect(bob.store.queue.size).toBe(0);
    world.invariants.checkExactlyOnce();
  });

  it('[T5] a request made before the chain has been seen again waits, and is not refused', () => {
    const { world, bob } = two();
    bob.request('b1', toyCall('add', 5));
    world.runFor(1_000);
    const again = Channel.restore(optionsOf(bob), bob.store.load());
    const { effects } = again.update({ kind: 'request', id: 'early', action: toyCall('add', 6) }, world.nowMs);
    expect(effects).not.toContainEqual(
      expect.objectContaining({ notice: expect.objectContaining({ kind: 'requestRefused' }) }),
    );
    expect(effects).toContainEqual(expect.objectContaining({ kind: 'sign' }));
  });

  it('[L3] a leader without any history asks for one again and again', () => {
    const { world, alice, bob } = two();
    const newcomer = new Channel(optionsOf(bob));
    newcomer.update({ kind: 'link', peer: alice.nodeKey, state: 'direct' }, world.nowMs);
    const view = { ...world.chain.view(world.nowMs), leader: bob.address };
    newcomer.update({ kind: 'chain', view }, world.nowMs);
    let asked = 0;
    for (let passedMs = 0; passedMs < 3_000; passedMs += 100) {
      const { effects } = newcomer.update({ kind: 'clock' }, world.nowMs + passedMs);
      asked += effects.filter((effect) => effect.kind === 'send' && effect.message.kind === 'hello').length;
    }
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  it('[D1] ends the history before a batch that does not come to the same root, and says so to the store', () => {
    const { world, alice, bob } = two();
    for (const id of ['b1', 'b2', 'b3']) bob.request(id, toyCall('add', 5));
    world.runFor(1_000);
    const cheated = Channel.restore({ ...optionsOf(bob), executor: new CheatingExecutor() }, bob.store.load());
    const { height } = cheated.status();
    expect(height).toBeLessThan(alice.running.status().height);
    expect(cheated.update({ kind: 'clock' }, world.nowMs).events).toContainEqual({ kind: 'truncated', height });
  });

  it('[D1] fetches what was lost from the end of its history', () => {
    const { world, alice, bob } = two();
    for (const id of ['b1', 'b2', 'b3']) bob.request(id, toyCall('add', 5));
    world.runFor(1_000);
    world.crash(bob);
    const [last] = [...bob.store.batches.keys()].sort((a, b) => (a < b ? 1 : -1));
    if (last !== undefined) bob.store.batches.delete(last);
    world.restart(bob);
    expect(bob.running.status().height).toBeLessThan(alice.running.status().height);
    world.runFor(5_000);
    expect(toHex(bob.running.status().root)).toBe(toHex(alice.running.status().root));
  });

  it('[T1] [T5] a store that is lost altogether gives no number twice', () => {
    const { world, alice, bob } = two();
    bob.request('b1', toyCall('add', 5));
    world.runFor(1_000);
    world.crash(bob);
    bob.store.snapshot = undefined;
    bob.store.batches.clear();
    bob.store.queue.clear();
    world.restart(bob);
    bob.request('b2', toyCall('add', 6));
    world.runFor(5_000);
    expect(bob.requests.get('b2')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(11n);
    world.invariants.checkExactlyOnce();
  });

  it('[T5] a number that turns out to be taken is given anew once the other is final', () => {
    const { world, alice, bob } = two();
    // In another life bob signed something that this store knows nothing of, and it has reached the leader.
    const other = two();
    other.bob.request('other', toyCall('add', 100));
    other.world.runFor(1_000);
    const stranger = other.bob.store
      .history()
      .flatMap(({ transactions }) => transactions)
      .find(({ kind }) => kind === 'member');
    if (stranger?.kind !== 'member') throw new Error('bob wrote nothing');
    world.partition([[alice], [bob]]);
    bob.request('b', toyCall('add', 5));
    world.runFor(200);
    alice.input({ kind: 'message', from: bob.nodeKey, message: { kind: 'transaction', transaction: stranger } });
    world.runFor(200);
    world.partition([]);
    world.runFor(8_000);
    expect(bob.requests.get('b')?.grades.at(-1)).toMatchObject({ grade: 'final', sequence: stranger.sequence + 1n });
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(105n);
  });

  it('a leader that restarts asks what it had before it writes on', () => {
    const { world, alice, bob } = two();
    alice.request('a', toyCall('add', 5));
    world.runFor(500);
    world.crash(alice);
    const events: Event[] = alice.store.load();
    expect(events.map(({ kind }) => kind)).toContain('certified');
    world.restart(alice);
    world.runFor(3_000);
    expect(alice.running.status()).toMatchObject({ role: 'leader', term: 1n, height: bob.running.status().height });
  });
});

/** Damage: the last batches are gone, and the store knows it. */
function tear(node: SimNode, batches: number): bigint {
  const { height } = node.running.status();
  node.world.crash(node);
  expect(node.store.tear(batches)).toBe(batches);
  return height;
}

describe('[D4] a history that damage has cut short', () => {
  it('is not led on, in the same term, before the other member has given back what it holds', () => {
    const { world, alice, bob } = two();
    for (const id of ['a1', 'a2', 'a3']) {
      alice.request(id, toyCall('add', 5));
      world.runFor(200);
    }
    const final = alice.running.status().finalHeight;
    const height = tear(alice, 2);
    expect(final).toBe(height);
    // Of two members one answer meets every quorum, but not this one's own.
    world.partition([[alice], [bob]]);
    world.restart(alice);
    world.runFor(500);
    alice.request('a4', toyCall('add', 6));
    world.runFor(10_000);
    expect(alice.running.status()).toMatchObject({ role: 'recovering', term: 1n, storeDamage: 'mending' });
    expect(alice.running.status().height).toBe(height - 2n);
    world.partition([]);
    world.runFor(3_000);
    expect(alice.running.status()).toMatchObject({ role: 'leader', term: 1n });
    expect(alice.running.status().storeDamage).toBeUndefined();
    expect(alice.store.cutShort).toBe(false);
    expect(alice.requests.get('a4')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    expect(bob.running.status()).toMatchObject({ role: 'follower', height: alice.running.status().height });
    expect(bob.notices.some(({ kind }) => kind === 'dispute')).toBe(false);
    world.invariants.checkExactlyOnce();
  });

  it('is remembered over further restarts', () => {
    const { world, alice, bob } = two();
    alice.request('a', toyCall('add', 5));
    world.runFor(500);
    const height = tear(alice, 1);
    world.partition([[alice], [bob]]);
    world.restart(alice);
    world.runFor(1_000);
    world.crash(alice);
    world.restart(alice);
    world.runFor(10_000);
    expect(alice.running.status()).toMatchObject({ role: 'recovering', height: height - 1n, storeDamage: 'mending' });
  });

  it('is led on alone once the chain has called nobody else valid for the heartbeat window, and that is said', () => {
    const { world, alice, bob } = two();
    const height = tear(alice, 1);
    world.crash(bob);
    const isLapsed = () => !world.chain.isValid(bob.address, world.nowMs);
    expect(world.runUntil(isLapsed, 20_000)).toBe(true);
    world.restart(alice);
    world.runFor(14_000);
    expect(alice.running.status()).toMatchObject({ role: 'recovering', storeDamage: 'mending' });
    world.runFor(4_000);
    expect(alice.running.status()).toMatchObject({ role: 'leader', storeDamage: 'givenUp' });
    expect(alice.running.status().height).toBeGreaterThanOrEqual(height - 1n);
    expect(alice.store.cutShort).toBe(false);
  });

  it('gives no weight to the answer that a new leader gets', () => {
    const { world, nodes } = stage(['alice', 'bob', 'carol']);
    const [alice, bob, carol] = nodes;
    if (!alice || !bob || !carol) throw new Error('three were asked for');
    // Final by alice and carol alone; then carol forgets it, and alice cannot be reached.
    world.partition([[alice, carol], [bob]]);
    alice.request('a', toyCall('add', 5));
    world.runFor(500);
    const final = alice.running.status().finalHeight;
    expect(final).toBeGreaterThan(bob.running.status().height);
    tear(carol, 1);
    world.partition([[alice], [bob, carol]]);
    world.restart(carol);
    world.chain.depose();
    expect(world.chain.submit(bob.address, { kind: 'applyLeader' }, world.nowMs)).toBe('done');
    world.runFor(8_000);
    expect(bob.running.status().role).toBe('recovering');
    world.partition([]);
    world.runFor(5_000);
    for (const node of nodes) expect(node.running.status().finalHeight).toBeGreaterThan(final);
    expect(bob.running.status().role).toBe('leader');
    expect(carol.store.cutShort).toBe(false);
    world.invariants.checkExactlyOnce();
  });

  it('gives no number to a transaction before it knows which are taken', () => {
    const { world, alice, bob } = two();
    bob.request('b1', toyCall('add', 5));
    world.runFor(1_000);
    tear(bob, 1);
    world.partition([[alice], [bob]]);
    world.restart(bob);
    world.runFor(500);
    bob.request('b2', toyCall('add', 6));
    world.runFor(1_000);
    expect(bob.store.queue.size).toBe(0);
    world.partition([]);
    world.runFor(3_000);
    const { sequence } = bob.requests.get('b1') ?? {};
    if (sequence === undefined) throw new Error('b1 has no number');
    expect(bob.requests.get('b2')?.grades.at(-1)).toMatchObject({ grade: 'final', sequence: sequence + 1n });
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(11n);
  });

  it('is noticed without a damaged record, where the tip is below what was final', () => {
    const { alice } = two();
    const [last] = alice.store.history().slice(-1);
    if (last === undefined) throw new Error('alice wrote nothing');
    alice.store.batches.delete(last.header.firstHeight);
    const again = Channel.restore(optionsOf(alice), alice.store.load());
    expect(again.status().storeDamage).toBe('mending');
    expect(again.update({ kind: 'clock' }, alice.world.nowMs).events).toContainEqual({ kind: 'cutShort' });
  });
});
