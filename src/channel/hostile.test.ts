// Anything at any time: a channel never throws on what others send, holds a bounded amount of it, and keeps working.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import { anyMessage } from '../wire/fixtures/arbitrary.ts';
import { POOL_PER_SENDER_MAX, WAITING_REQUESTS_MAX } from './limits.ts';

function members(names: readonly string[]) {
  const { world, nodes } = stage(names);
  const [alice, bob, carol] = nodes;
  if (!alice || !bob) throw new Error('two were asked for');
  return { world, alice, bob, carol: carol ?? bob };
}

describe('messages of any kind and content', () => {
  it('[P4] from followers and strangers are refused or ignored, and everyone carries on', () => {
    const { world, alice, bob, carol } = members(['alice', 'bob', 'carol']);
    const mallory = world.addNode('mallory');
    fc.assert(
      fc.property(anyMessage, fc.boolean(), fc.boolean(), (message, toLeader, isMember) => {
        const to = toLeader ? alice : bob;
        to.input({ kind: 'message', from: isMember ? carol.nodeKey : mallory.nodeKey, message });
        world.runFor(1);
      }),
      { numRuns: 3_000 },
    );
    bob.request('after', toyCall('add', 1));
    world.runFor(30_000);
    expect(bob.running.status().dispute).toBeUndefined();
    expect(bob.requests.get('after')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    expect(alice.running.status().refusedMessages).toBeGreaterThan(0);
  });

  it('[P4] from the leader lead to a dispute at worst', () => {
    const { world, alice, bob } = members(['alice', 'bob', 'carol']);
    const height = bob.running.status().finalHeight;
    fc.assert(
      fc.property(anyMessage, (message) => {
        bob.input({ kind: 'message', from: alice.nodeKey, message });
        world.runFor(1);
      }),
      { numRuns: 2_000 },
    );
    expect(bob.running.status().finalHeight).toBe(height);
  });

  it('out of place answers to `sign` and chain effects do nothing', () => {
    const { world, nodes } = stage(['alice', 'bob']);
    for (const node of nodes) {
      for (let token = 0; token < 200; token++) node.input({ kind: 'signed', token, signature: new Uint8Array(64) });
      node.input({ kind: 'submitted', action: { kind: 'vote', proposal: 9n, option: 'for' }, result: 'done' });
      node.input({ kind: 'submitted', action: { kind: 'applyLeader' }, result: { refused: 'E_LEADER_VALID' } });
    }
    world.runFor(5_000);
    expect(nodes.map((node) => node.running.status().role)).toEqual(['leader', 'follower']);
  });
});

describe('buffers', () => {
  it('[L5] hold requests before a node is a member, up to a bound, and refuse the rest in words', () => {
    const { world } = stage(['alice']);
    const dave = world.addNode('dave');
    dave.start();
    world.runFor(1_000);
    for (let index = 0; index < WAITING_REQUESTS_MAX + 5; index++) dave.request(`d${index}`, toyCall('add'));
    world.runFor(1_000);
    const refused = dave.notices.filter(({ kind }) => kind === 'requestRefused');
    expect(refused.length).toBe(5);
    expect(refused[0]).toMatchObject({ reason: 'too many transactions are not final yet' });
  });

  it('[B1] hold a sender that runs ahead up to a bound', () => {
    const { world, alice, bob } = members(['alice', 'bob']);
    for (let index = 0; index < 400; index++) bob.request(`b${index}`, toyCall('add'));
    expect(POOL_PER_SENDER_MAX).toBeGreaterThan(400);
    world.runFor(10_000);
    expect(bob.requests.get('b399')?.grades.at(-1)).toMatchObject({ grade: 'final' });
    expect(Math.max(...alice.store.history().map(({ header }) => header.count))).toBeLessThanOrEqual(256);
  });
});
