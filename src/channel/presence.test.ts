// [H1] [H2] Quiet channels: no transaction while all is well, and a leader that is gone is replaced all the same.

import { describe, expect, it } from 'vitest';
import { stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import { CHALLENGE_AGAIN_MS } from './limits.ts';
import type { ChannelSettings } from './update.ts';

function quiet() {
  const { world, nodes } = stage(['alice', 'bob', 'carol', 'dave'], { isQuiet: true, heartbeatWindowMs: 6_000 });
  const [alice, bob, carol, dave] = nodes;
  if (!alice || !bob || !carol || !dave) throw new Error('four were asked for');
  return { world, alice, bob, carol, dave };
}

/** As the chat opens its channels. */
const CHAT = { isQuiet: true, heartbeatWindowMs: 8_000 };

/** How long it takes until somebody else leads, after the leader and some others are gone at once. */
function takeoverMs(names: readonly string[], gone: number, settings: Partial<ChannelSettings>): number {
  const { world, nodes } = stage(names, settings);
  const rest = nodes.slice(gone);
  for (const node of nodes.slice(0, gone)) world.crash(node);
  const startMs = world.nowMs;
  const isLed = () => rest.some((node) => node.running.status().role === 'leader');
  if (!world.runUntil(isLed, 120_000)) throw new Error('nobody leads');
  return world.nowMs - startMs;
}

describe('a chat, whose heartbeats are quiet', () => {
  it('[H1] [X1] costs three members nothing but settlements in ten minutes of talk', () => {
    const settleIntervalMs = 60_000;
    const { world, nodes } = stage(['alice', 'bob', 'carol'], { ...CHAT, settleIntervalMs });
    const { transactions, settlements } = world.chain;
    const [before, settledBefore] = [transactions, settlements.length];
    for (let n = 0; n < 120; n++) {
      nodes[n % 3]?.request(`word ${n}`, toyCall('add', 1));
      world.runFor(5_000);
    }
    expect(world.chain.heartbeats).toBe(0);
    expect(settlements.length - settledBefore).toBeGreaterThanOrEqual(9);
    expect(world.chain.transactions - before).toBe(settlements.length - settledBefore);
  });

  it.each([
    [['alice', 'bob'], 1, 3_000],
    [['alice', 'bob', 'carol'], 1, 3_000],
    [['alice', 'bob', 'carol', 'dave'], 1, 1_000],
    // What carol would have had to say is asked for once alice does not answer.
    [['alice', 'carol', 'bob'], 2, 7_000],
  ] as const)(
    '[H2] of %j the first %i vanish: another leads about as soon as with heartbeats',
    (names, gone, moreMs) => {
      const loudMs = takeoverMs(names, gone, {});
      const quietMs = takeoverMs(names, gone, CHAT);
      expect(quietMs).toBeLessThan(loudMs + moreMs);
    },
  );
});

it('[H2] who comes back alone to a chat that all had left leads on within half a minute', () => {
  const { world, nodes } = stage(['alice', 'bob', 'carol'], CHAT);
  const [, , carol] = nodes;
  for (const node of nodes) world.crash(node);
  world.runFor(600_000);
  expect(world.chain.heartbeats).toBe(0);
  if (!carol) throw new Error('three were asked for');
  world.restart(carol);
  expect(world.runUntil(() => carol.running.status().role === 'leader', 30_000)).toBe(true);
});

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
