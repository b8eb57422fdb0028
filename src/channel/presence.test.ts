// [H1] [H2] Quiet channels: no transaction while all is well, and a leader that is gone is replaced all the same.

import { describe, expect, it } from 'vitest';
import { stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import { CHALLENGE_AGAIN_MS } from './limits.ts';

function quiet() {
  const { world, nodes } = stage(['alice', 'bob', 'carol', 'dave'], { isQuiet: true, heartbeatWindowMs: 6_000 });
  const [alice, bob, carol, dave] = nodes;
  if (!alice || !bob || !carol || !dave) throw new Error('four were asked for');
  return { world, alice, bob, carol, dave };
}

describe('a quiet channel', () => {
  it('[H1] costs nothing while all is well', () => {
    const { world, bob } = quiet();
    const before = world.chain.transactions + world.chain.heartbeats;
    for (let minute = 0; minute < 10; minute++) {
      bob.request(`b${minute}`, toyCall('add', 1));
      world.runFor(60_000);
    }
    expect(world.chain.transactions + world.chain.heartbeats - before).toBe(0);
    expect(world.nodes.every((node) => node.running.status().members.every(({ valid }) => valid))).toBe(true);
  });

  it('[H2] asks for a follower that is gone, once, by its leader; it counts no more, and again when it is back', () => {
    const { world, alice, dave } = quiet();
    const before = world.chain.transactions;
    world.crash(dave);
    expect(world.runUntil(() => !world.chain.isValid(dave.address, world.nowMs), 30_000)).toBe(true);
    world.runFor(CHALLENGE_AGAIN_MS);
    expect(world.chain.transactions - before).toBe(1);
    expect(alice.running.status().members.find(({ address }) => address === dave.address)?.valid).toBe(false);
    world.restart(dave);
    expect(world.runUntil(() => world.chain.isValid(dave.address, world.nowMs), 10_000)).toBe(true);
    expect(world.chain.heartbeats).toBe(1);
  });

  it('[H1] answers when it is asked, and is not asked again for a while by who still misses it', () => {
    const { world, alice, bob, carol, dave } = quiet();
    world.partition([[alice, bob, carol], [dave]]);
    world.runFor(CHALLENGE_AGAIN_MS / 2);
    // Alice's too: dave, who is alone, misses its leader.
    expect(world.chain.heartbeats).toBe(2);
    expect(world.chain.isValid(dave.address, world.nowMs)).toBe(true);
  });

  it('[H2] replaces a leader that is gone', () => {
    const { world, alice, bob } = quiet();
    world.crash(alice);
    expect(world.runUntil(() => world.chain.leader === bob.address, 40_000)).toBe(true);
    bob.request('b', toyCall('add', 5));
    world.runFor(5_000);
    expect(bob.requests.get('b')?.grades.at(-1)).toMatchObject({ grade: 'final' });
  });
});
