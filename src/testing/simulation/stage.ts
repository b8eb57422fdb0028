// The usual beginning of a test: some members, the first of them leading, all at one final tip.

import type { ChannelSettings, Effect, Input, Notice, Update } from '../../channel/update.ts';
import type { SimNode } from './sim-node.ts';
import { World, type WorldOptions } from './world.ts';

export interface Stage {
  readonly world: World;
  readonly nodes: readonly SimNode[];
}

export function stage(
  names: readonly string[],
  settings: Partial<ChannelSettings> = {},
  options: WorldOptions = {},
): Stage {
  const world = new World({ ...options, settings });
  const nodes = names.map((name) => world.addNode(name));
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('a stage needs somebody');
  world.join(first);
  world.runFor(1_000);
  for (const node of others) world.join(node);
  const isReady = () =>
    nodes.every((node) => {
      const { finalHeight, height, role } = node.running.status();
      return ['leader', 'follower'].includes(role) && finalHeight === height && height >= BigInt(nodes.length + 1);
    });
  if (!world.runUntil(isReady, 30_000)) throw new Error('the members never agreed on anything');
  return { world, nodes };
}

/** One input, and what came of it, without the world's carrying it out. */
export function give(node: SimNode, input: Input, nowMs = node.world.nowMs): Update {
  return node.running.update(input, nowMs);
}

export function noticesOf(update: Update): Notice[] {
  return update.effects.flatMap((effect) => (effect.kind === 'notify' ? [effect.notice] : []));
}

export function sentBy(update: Update): Extract<Effect, { kind: 'send' }>[] {
  return update.effects.filter((effect) => effect.kind === 'send');
}
