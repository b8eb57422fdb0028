// Channels whose history nobody has any more: how the members find that out, what they agree on, and what they go on from.

import { describe, expect, it } from 'vitest';
import type { Height } from '../base/ids.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { stage } from '../testing/simulation/stage.ts';
import { counterKey, numberOf, TOTAL_KEY, toyCall } from '../testing/simulation/toy-executor.ts';
import type { World, WorldOptions } from '../testing/simulation/world.ts';
import { firstSequenceBefore } from './transaction.ts';

/** All that were there leave, one after the other; what they did is settled. Who has joined meanwhile has not been reached. */
function deserted(newcomers: readonly string[], options: WorldOptions = {}) {
  const { world, nodes } = stage(['alice', 'bob'], {}, options);
  const [alice, bob] = nodes;
  if (!alice || !bob) throw new Error('two were asked for');
  alice.request('a', toyCall('add', 5));
  bob.request('b', toyCall('add', 7));
  world.runFor(1_000);
  const late = newcomers.map((name) => world.addNode(name));
  for (const node of [bob, alice]) {
    node.request(`leave ${node.name}`, { kind: 'leave' });
    const isOut = () => !world.chain.seats.some(({ address }) => address === node.address);
    if (!world.runUntil(isOut, 60_000)) throw new Error(`${node.name} was not settled out`);
    world.crash(node);
  }
  expect(world.chain.seats).toEqual([]);
  for (const node of late) world.join(node);
  return { world, alice, bob, late };
}

function isTogether(world: World, nodes: readonly SimNode[], restarts = 1n): boolean {
  const statuses = nodes.map((node) => node.running.status());
  return (
    world.chain.restarts === restarts &&
    statuses.every(({ role, height, finalHeight }) => {
      const isUp = role === 'leader' || role === 'follower';
      return isUp && height === statuses[0]?.height && finalHeight === height && height > world.chain.settledHeight;
    })
  );
}

describe('a channel whose history nobody has any more', () => {
  it('[N4] [N6] goes on with who joins next, from what was settled', () => {
    const { world, late } = deserted(['carol']);
    const [carol] = late;
    if (!carol) throw new Error('one was asked for');
    const { settledHeight } = world.chain;
    expect(world.runUntil(() => isTogether(world, [carol]), 60_000)).toBe(true);
    expect(world.chain.settledHeight).toBe(settledHeight + 1n);
    expect(numberOf(carol.running.read(TOTAL_KEY))).toBe(12n);
    carol.request('c', toyCall('add', 1));
    world.runFor(2_000);
    const grade = carol.requests.get('c')?.grades.at(-1);
    expect(grade).toMatchObject({ grade: 'final', sequence: firstSequenceBefore(3n, 1n) + 1n });
    expect(numberOf(carol.running.read(counterKey(carol.address)))).toBe(1n);
    expect(carol.running.status().height).toBeGreaterThan(settledHeight + 1n);
    carol.input({ kind: 'settle' });
    world.runFor(10_000);
    expect(world.chain.settledHeight).toBe(carol.running.status().height as Height);
    expect(world.chain.restarts).toBe(1n);
  });
});
