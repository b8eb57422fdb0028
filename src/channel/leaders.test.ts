// Changes of leader: who may open a term, what it carries on, what others take back, and what becomes final on the way.

import { describe, expect, it } from 'vitest';
import type { Height, Term } from '../base/ids.ts';
import { Forge } from '../testing/simulation/forge.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { give, sentBy, stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import { toySign } from '../testing/simulation/toy-signatures.ts';
import type { World } from '../testing/simulation/world.ts';
import { acknowledgementSigningMessage, batchHash, type Certificate, lastHeight } from './batch.ts';
import type { Update } from './update.ts';

interface Cast {
  readonly world: World;
  readonly alice: SimNode;
  readonly bob: SimNode;
  readonly carol: SimNode;
}

function three(): Cast {
  const { world, nodes } = stage(['alice', 'bob', 'carol'], { heartbeatWindowMs: 6_000 });
  const [alice, bob, carol] = nodes;
  if (!alice || !bob || !carol) throw new Error('three were asked for');
  return { world, alice, bob, carol };
}

function certificateOf(
  world: World,
  batch: Parameters<typeof lastHeight>[0],
  signers: readonly SimNode[],
): Certificate {
  const at = { term: batch.term, height: lastHeight(batch), batchHash: batchHash(batch) };
  const message = acknowledgementSigningMessage(world.scope, at);
  return {
    ...at,
    signatures: signers.map(({ nodeKey }) => ({ signer: nodeKey, signature: toySign(nodeKey, message) })),
  };
}

function isFinalized(update: Update): boolean {
  return update.events.some(({ kind }) => kind === 'certified');
}

describe('finality', () => {
  it('[F2] needs a quorum of the members that count, and the leader counts by its batch', () => {
    const { world, alice, bob, carol } = three();
    const batch = new Forge(world, alice, bob).batch([
      new Forge(world, alice, bob).transaction(bob, new Forge(world, alice, bob).nextSequence(bob), toyCall('add')),
    ]);
    give(bob, { kind: 'message', from: alice.nodeKey, message: { kind: 'batch', batch } });
    const offer = (certificate: Certificate) =>
      give(bob, { kind: 'message', from: carol.nodeKey, message: { kind: 'certificate', certificate } });
    expect(isFinalized(offer(certificateOf(world, batch.header, [])))).toBe(false);
    expect(isFinalized(offer(certificateOf(world, batch.header, [alice])))).toBe(false);
    const mallory = world.addNode('mallory');
    expect(isFinalized(offer(certificateOf(world, batch.header, [mallory])))).toBe(false);
    const misplaced = { ...certificateOf(world, batch.header, [bob]), height: 3n as Height };
    expect(isFinalized(offer(misplaced))).toBe(false);
    expect(isFinalized(offer(certificateOf(world, batch.header, [carol])))).toBe(true);
    expect(bob.running.status().finalHeight).toBe(lastHeight(batch.header));
  });

  it('[F1] an acknowledgement of an older term, or of nobody, is not counted', () => {
    const { world, alice, bob, carol } = three();
    world.partition([[alice], [bob, carol]]);
    alice.request('a', toyCall('add'));
    world.runFor(500);
    const [batch] = alice.store.history().slice(-1);
    if (batch === undefined) throw new Error('alice wrote nothing');
    const at = { term: batch.header.term, height: lastHeight(batch.header), batchHash: batchHash(batch.header) };
    const acknowledge = (signer: SimNode, term: bigint) => {
      const acknowledgement = {
        ...at,
        term: term as Term,
        signer: signer.nodeKey,
        signature: toySign(signer.nodeKey, acknowledgementSigningMessage(world.scope, at)),
      };
      return give(alice, { kind: 'message', from: bob.nodeKey, message: { kind: 'acknowledgement', acknowledgement } });
    };
    expect(isFinalized(acknowledge(bob, at.term + 1n))).toBe(false);
    expect(isFinalized(acknowledge(world.addNode('mallory'), at.term))).toBe(false);
    expect(isFinalized(acknowledge(bob, at.term))).toBe(true);
  });

  it('[F2] a change of membership is carried by the members before it too', () => {
    const { world, alice, bob, carol } = three();
    world.runFor(1_000);
    // Everyone but alice is cut off from her; dave and erin join, and only they can reach her.
    const [dave, erin] = [world.addNode('dave'), world.addNode('erin')];
    world.join(dave);
    world.join(erin);
    world.partition([
      [alice, dave, erin],
      [bob, carol],
    ]);
    const before = alice.running.status().finalHeight;
    world.runFor(4_000);
    // q(5) = 4 needs one of bob and carol; but already q(3) = 2 of the old members does.
    expect(alice.running.status().height).toBeGreaterThan(before);
    expect(alice.running.status().finalHeight).toBe(before);
    world.partition([]);
    world.runFor(6_000);
    expect(alice.running.status().finalHeight).toBe(alice.running.status().height);
  });
});

describe('a change of leader', () => {
  it('[L1] persists the new term before anything of it leaves, and never follows an older one', () => {
    const { world, bob } = three();
    const newer = { ...world.chain.view(world.nowMs), term: 9n as Term };
    const update = give(bob, { kind: 'chain', view: newer });
    expect(update.events).toContainEqual({ kind: 'promised', term: 9n });
    give(bob, { kind: 'chain', view: world.chain.view(world.nowMs) });
    expect(bob.running.status().term).toBe(9n);
  });

  it('[L2] happens when the leader has been silent for the window, by join sequence', () => {
    const { world, alice, bob, carol } = three();
    world.crash(alice);
    world.runFor(5_000);
    expect(world.chain.term).toBe(1n);
    world.runFor(10_000);
    expect(world.chain.leader).toBe(bob.address);
    expect(bob.running.status().role).toBe('leader');
    expect(carol.running.status()).toMatchObject({ role: 'follower', height: bob.running.status().height });
  });

  it('[L6] is not asked for by a node that was itself asleep', () => {
    const { world, alice, bob } = three();
    const asleepMs = 60_000;
    const update = give(bob, { kind: 'clock' }, world.nowMs + asleepMs);
    expect(update.effects.some(({ kind }) => kind === 'chain')).toBe(false);
    expect(alice.running.status().role).toBe('leader');
  });

  it('[L3] does not begin before enough members have said what they have', () => {
    const { world, alice, bob, carol } = three();
    world.partition([[bob], [alice, carol]]);
    world.runFor(500);
    carol.request('c', toyCall('add', 5));
    world.runFor(500);
    expect(carol.requests.get('c')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    // Bob, who lacks what is final, comes to lead, and can reach nobody.
    world.partition([[alice], [bob], [carol]]);
    world.crash(alice);
    world.chain.depose();
    expect(world.chain.submit(bob.address, { kind: 'applyLeader' }, world.nowMs)).toBe('done');
    world.runFor(8_000);
    expect(bob.running.status().role).toBe('recovering');
    world.partition([]);
    world.runFor(5_000);
    expect(bob.running.status().role).toBe('leader');
    world.restart(alice);
    world.runFor(10_000);
    expect(alice.running.status().root).toEqual(bob.running.status().root);
    world.invariants.checkExactlyOnce();
  });

  it('[L3] does without members that have lapsed and cannot be reached, after a while', () => {
    const { world, alice, bob, carol } = three();
    world.crash(alice);
    world.crash(carol);
    world.runFor(20_000);
    expect(bob.running.status().role).toBe('leader');
    bob.request('b', toyCall('add'));
    world.runFor(1_000);
    expect(bob.requests.get('b')?.grades.at(-1)).toMatchObject({ grade: 'verified' });
  });

  it('[L4] [T5] takes back what nobody else has, and its writer writes it again', () => {
    const { world, alice, bob, carol } = three();
    world.partition([[alice], [bob, carol]]);
    alice.request('a', toyCall('add', 7));
    world.runFor(500);
    expect(alice.requests.get('a')?.grades.at(-1)).toMatchObject({ grade: 'verified' });
    world.crash(alice);
    world.partition([]);
    world.runFor(12_000);
    expect(bob.running.status().role).toBe('leader');
    bob.request('b', toyCall('add', 8));
    world.runFor(500);
    world.restart(alice);
    world.runFor(10_000);
    expect(world.invariants.takenBack).toBe(1);
    expect(alice.running.status()).toMatchObject({
      role: 'follower',
      queued: 0,
      height: carol.running.status().height,
    });
    expect(alice.running.status().finalHeight).toBe(alice.running.status().height);
    world.invariants.checkExactlyOnce();
  });

  it('[L5] lets nobody lose what was written while there was no leader', () => {
    const { world, alice, bob, carol } = three();
    world.crash(alice);
    world.runFor(1_000);
    carol.request('c', toyCall('add', 7));
    bob.request('b', toyCall('add', 7));
    world.runFor(1_000);
    expect(carol.requests.get('c')?.grades.at(-1)).toMatchObject({ grade: 'queued' });
    world.runFor(14_000);
    for (const [node, id] of [
      [carol, 'c'],
      [bob, 'b'],
    ] as const) {
      expect(node.requests.get(id)?.grades.at(-1)).toMatchObject({ grade: 'final' });
    }
  });

  it('[L3] is answered only for the leader of the term, and a newer term makes a node look at the chain', () => {
    const { alice, bob, carol } = three();
    const asked = give(bob, { kind: 'message', from: carol.nodeKey, message: { kind: 'recover', term: 1n as Term } });
    expect(asked.effects.some(({ kind }) => kind === 'sign')).toBe(false);
    const newer = give(bob, { kind: 'message', from: alice.nodeKey, message: { kind: 'recover', term: 7n as Term } });
    expect(newer.effects.map(({ kind }) => kind)).toContain('refreshChain');
    expect(sentBy(newer)).toEqual([]);
    const lawful = give(bob, { kind: 'message', from: alice.nodeKey, message: { kind: 'recover', term: 1n as Term } });
    expect(lawful.effects.map(({ kind }) => kind)).toContain('sign');
  });
});
