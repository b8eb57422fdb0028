// Two members on calm links: the shortest way through everything.

import { describe, expect, it } from 'vitest';
import { counterKey, numberOf, toyCall } from './toy-executor.ts';
import { World } from './world.ts';

describe('two members', () => {
  it('[G4] [B4] [F2] join, write, execute and agree', () => {
    const world = new World();
    const alice = world.addNode('alice');
    const bob = world.addNode('bob');
    world.join(alice);
    world.runFor(3_000);
    expect(alice.running.status().role).toBe('leader');
    world.join(bob);
    world.runFor(5_000);
    expect(bob.running.status().role).toBe('follower');
    alice.request('a1', toyCall('add', 5));
    bob.request('b1', toyCall('add', 7));
    bob.request('b2', toyCall('fail', 3));
    world.runFor(1_000);
    expect(bob.requests.get('b1')?.grades.map((g) => g.kind === 'grade' && g.grade)).toEqual([
      'queued',
      'executed',
      'verified',
      'final',
    ]);
    expect(alice.running.status()).toMatchObject({
      height: bob.running.status().height,
      root: bob.running.status().root,
    });
    expect(alice.running.status().finalHeight).toBe(alice.running.status().height);
    expect(bob.running.status().finalHeight).toBe(alice.running.status().height);
    expect(numberOf(alice.running.read(counterKey(bob.address)))).toBe(7n);
    world.crash(bob);
    alice.request('a2', toyCall('add', 2));
    world.runFor(2_000);
    world.restart(bob);
    world.runFor(5_000);
    expect(bob.running.status()).toMatchObject({
      height: alice.running.status().height,
      root: alice.running.status().root,
    });
    world.crash(alice);
    bob.request('b3', toyCall('add', 2));
    world.runFor(40_000);
    expect(bob.running.status().role).toBe('leader');
    world.restart(alice);
    world.runFor(5_000);
    expect(alice.running.status().role).toBe('follower');
    expect(alice.running.status().finalHeight).toBe(bob.running.status().height);
    world.invariants.checkExactlyOnce();
  });
});
