// A life with mallory in it: first among honest members, then at its mischief, then gone. The honest ones never execute what is
// false, never contradict each other, and carry on without it.

import { bytesEqual } from '../../base/bytes.ts';
import { SeededRandom } from '../seeded-random.ts';
import { corrupt, type Mischief } from './mallory.ts';
import type { SimNode } from './sim-node.ts';
import { ToyExecutor, toyCall } from './toy-executor.ts';
import { World } from './world.ts';

export interface ByzantineResult {
  readonly disputes: number;
  readonly refused: number;
  readonly height: bigint;
  readonly terms: bigint;
  /** New beginnings. */
  readonly restarts: bigint;
  /** That mallory was put out of the channel. */
  readonly isPutOut: boolean;
}

export function runWithMallory(seed: number, mischief: Mischief, leads: boolean): ByzantineResult {
  const random = new SeededRandom(seed);
  const world = new World({ seed, settings: { heartbeatWindowMs: 6_000 } });
  const mallory = world.addNode('mallory');
  const honest = ['alice', 'bob', 'carol', 'dave'].map((name) => world.addNode(name));
  const order = leads ? [mallory, ...honest] : [...honest, mallory];
  world.join(order[0] ?? mallory);
  world.runFor(2_000);
  for (const node of order.slice(1)) world.join(node);
  const isReady = () => order.every((node) => node.running.status().finalHeight >= 6n);
  if (!world.runUntil(isReady, 20_000)) world.invariants.fail('the members never agreed on anything');
  talk(random, honest);
  world.runFor(1_000);

  corrupt(world, mallory, mischief, random);
  for (let round = 0; round < 10; round++) {
    talk(random, honest);
    talk(random, [mallory]);
    world.runFor(random.integer(50, 500));
  }
  checkHonest(world, honest);

  // Where it does not lead, the leader goes for a while, so that mallory has a say in a recovery.
  const gone = leads ? mallory : honest[0];
  if (gone) world.crash(gone);
  world.runFor(40_000);
  talk(
    random,
    honest.filter((node) => node.isUp),
  );
  world.runFor(10_000);
  if (gone && gone !== mallory) world.restart(gone);
  const isHealed = () => {
    const statuses = honest.map((node) => node.running.status());
    const [first] = statuses;
    return statuses.every(
      (status) =>
        first !== undefined &&
        ['leader', 'follower'].includes(status.role) &&
        status.queued === 0 &&
        status.finalHeight === status.height &&
        bytesEqual(status.root, first.root),
    );
  };
  if (!world.runUntil(isHealed, 60_000)) {
    world.invariants.fail(
      `the honest have not come together: ${honest.map((node) => `${node.name} ${node.running.status().role} ${node.running.status().height}/${node.running.status().finalHeight} q${node.running.status().queued}`).join(', ')}`,
    );
  }
  checkHonest(world, honest);
  world.invariants.checkExactlyOnce();
  return {
    disputes: honest.filter((node) => node.notices.some(({ kind }) => kind === 'dispute')).length,
    refused: honest.reduce((sum, node) => sum + node.refusedAtDoor + node.running.status().refusedMessages, 0),
    height: world.invariants.finalHeight,
    terms: world.chain.term,
    restarts: world.chain.restarts,
    isPutOut: world.chain.punished.some(({ member }) => member === mallory.address),
  };
}

function talk(random: SeededRandom, nodes: readonly SimNode[]): void {
  for (const node of nodes) node.request(`${node.name} ${node.requests.size}`, toyCall('add', random.integer(1, 100)));
}

/** [B4] What honest members keep is what an honest virtual machine makes of it, and they keep the same. */
function checkHonest(world: World, honest: readonly SimNode[]): void {
  for (const node of honest) world.invariants.checkReplay(node, new ToyExecutor());
}
