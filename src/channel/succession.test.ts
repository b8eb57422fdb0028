// [L7] [L8] A leader that is gone, or cut off, or caught, makes way before its heartbeat on the chain has lapsed; one that others hear does not.

import { describe, expect, it } from 'vitest';
import type { Term } from '../base/ids.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { corrupt } from '../testing/simulation/mallory.ts';
import { give, sentBy, stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import { toySign } from '../testing/simulation/toy-signatures.ts';
import { ELECTION_SILENCE_MS } from './limits.ts';
import { electionSigningMessage } from './succession.ts';

function members(names: readonly string[]) {
  const { world, nodes } = stage(names);
  const [alice, bob, carol] = nodes;
  if (!alice || !bob || !carol) throw new Error('three at least');
  return { world, nodes, alice, bob, carol };
}

const FIVE = ['alice', 'bob', 'carol', 'dave', 'erin'];

describe('an election among members', () => {
  it('[L8] gives five members another leader within seconds, not after the heartbeat window', () => {
    const { world, alice, bob } = members(FIVE);
    world.runFor(5_000);
    world.crash(alice);
    expect(world.runUntil(() => world.chain.leader === bob.address, ELECTION_SILENCE_MS + 4_000)).toBe(true);
    expect(world.chain.elections).toBe(1);
    bob.request('b', toyCall('add', 5));
    world.runFor(5_000);
    expect(bob.requests.get('b')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    world.restart(alice);
    world.runFor(5_000);
    expect(alice.running.status()).toMatchObject({ role: 'follower', term: 2n });
  });

  it('[L8] passes over a member that is gone too', () => {
    const { world, alice, bob, carol } = members([...FIVE, 'frank', 'grace']);
    world.crash(alice);
    world.crash(bob);
    expect(world.runUntil(() => world.chain.leader === carol.address, ELECTION_SILENCE_MS + 6_000)).toBe(true);
  });

  it('[L8] takes the lead from one that is cut off and does not know it', () => {
    const { world, nodes, alice, bob } = members(FIVE);
    world.partition([[alice], nodes.filter((node) => node !== alice)]);
    expect(world.runUntil(() => world.chain.leader === bob.address, ELECTION_SILENCE_MS + 4_000)).toBe(true);
    world.partition([]);
    world.runFor(10_000);
    expect(alice.running.status()).toMatchObject({ role: 'follower' });
  });

  it('[L8] is not held by a few who miss a leader that the others hear', () => {
    const { world, nodes, alice, bob } = members(FIVE);
    world.partition([[bob], nodes.filter((node) => node !== bob)]);
    world.runFor(40_000);
    expect([world.chain.leader, world.chain.term]).toEqual([alice.address, 1n]);
  });

  it('[L8] gets no signature of a member that hears its leader, nor for another than who asks', () => {
    const { world, alice, bob, carol } = members(FIVE);
    const ask = (successor = bob.address) =>
      give(carol, {
        kind: 'message',
        from: bob.nodeKey,
        message: { kind: 'election', term: 2n as Term, successor },
      }).effects.map(({ kind }) => kind);
    expect(ask()).not.toContain('sign');
    world.crash(alice);
    world.runFor(ELECTION_SILENCE_MS + 100);
    expect(ask(carol.address)).not.toContain('sign');
    expect(ask()).toContain('sign');
  });

  it('[L8] takes nobody’s signature for another', () => {
    const { world, bob, carol } = members(FIVE);
    const signature = toySign(carol.nodeKey, electionSigningMessage(world.scope, 2n as Term, bob.address));
    const vote = {
      kind: 'electionSigned',
      term: 2n as Term,
      successor: bob.address,
      signer: carol.nodeKey,
      signature,
    } as const;
    const fromAnother = give(bob, { kind: 'message', from: world.nodes[3]?.nodeKey ?? carol.nodeKey, message: vote });
    expect(sentBy(fromAnother).map(({ message }) => message.kind)).toContain('refused');
    bob.receive(carol.nodeKey, { ...vote, signature: toySign(bob.nodeKey, signature) });
    expect(bob.refusedAtDoor).toBe(1);
    const action = {
      kind: 'replaceLeader',
      successor: bob.address,
      signatures: [{ member: carol.address, signature }],
    } as const;
    expect(world.chain.submit(bob.address, action, world.nowMs)).toEqual({ refused: 'E_TOO_FEW_SIGNERS' });
  });

  it('[L8] puts a leader aside that proves to be lying and cannot be punished for it', () => {
    const { world, alice, bob } = members(FIVE);
    corrupt(world, alice, 'stranger', new SeededRandom(1));
    bob.request('b', toyCall('add', 5));
    expect(world.runUntil(() => world.chain.leader !== alice.address, 60_000)).toBe(true);
    world.runFor(10_000);
    expect(bob.requests.get('b')?.grades.at(-1)).toMatchObject({ grade: 'final' });
  });
});

describe('silence', () => {
  it('[L7] of a leader that keeps its heart beating on the chain ends its lead, when two say so', () => {
    const { world, alice, bob, carol } = members(['alice', 'bob', 'carol']);
    world.partition([[alice], [bob, carol]]);
    expect(world.runUntil(() => world.chain.leader !== alice.address, 40_000)).toBe(true);
    expect(world.chain.silences).toBe(1);
    world.partition([]);
    world.runFor(10_000);
    expect(world.chain.closing).toBe(false);
    expect(alice.running.status()).toMatchObject({ role: 'follower' });
  });

  it('[L7] is not told by one that is cut off itself, nor among two', () => {
    const { world, alice, bob, carol } = members(['alice', 'bob', 'carol']);
    world.partition([[bob], [alice, carol]]);
    world.runFor(120_000);
    expect([world.chain.leader, world.chain.closing]).toEqual([alice.address, false]);
    const { world: small, nodes } = stage(['alice', 'bob']);
    small.partition(nodes.map((node) => [node]));
    small.runFor(120_000);
    expect([small.chain.term, small.chain.closing]).toEqual([1n, false]);
  });
});
