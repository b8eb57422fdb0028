// Section E: what a leader has signed against itself, brought before the contract; what others report, judged; and reports that are false.

import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes } from '../base/bytes.ts';
import type { Height } from '../base/ids.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { Forge } from '../testing/simulation/forge.ts';
import { corrupt } from '../testing/simulation/mallory.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import type { World } from '../testing/simulation/world.ts';
import { effectsHash, type SignedBatch } from './batch.ts';
import { EFFECTS_DIGEST_SIZE } from './effects.ts';
import { decodeAccusation, encodeAccusation } from './evidence.ts';
import type { ApplicationOffers } from './facts.ts';
import type { ChannelSettings } from './update.ts';

function members(
  names: readonly string[],
  offers: Partial<ApplicationOffers>,
  settings: Partial<ChannelSettings> = {},
) {
  const { world, nodes } = stage(names, settings, { offers });
  const [leader, ...others] = nodes;
  if (!leader) throw new Error('a stage needs somebody');
  return { world, leader, others };
}

const FIVE = ['mallory', 'alice', 'bob', 'carol', 'dave'] as const;

/** Changes one byte of the last digest of each batch that goes out, and signs that. */
function claimOtherwise(world: World, leader: SimNode, at: number): void {
  leader.isHonest = false;
  const forge = new Forge(world, leader, leader);
  leader.tamper = (_, message) => {
    if (message.kind !== 'batch') return [message];
    const { batch } = message;
    const effects = [...batch.effects];
    const last = effects.pop() ?? new Uint8Array(EFFECTS_DIGEST_SIZE);
    effects.push(last.map((byte, index) => (index === at ? byte ^ 1 : byte)) as Bytes);
    const header = { ...batch.header, effectsHash: effectsHash(effects) };
    return [{ kind: 'batch', batch: forge.sign({ ...batch, header, effects }) }];
  };
}

/** In the status, in the digest of the result, in that of the trace. */
const [RESULT, TRACE] = [1, 33];

function speak(world: World, node: SimNode, ...calls: Parameters<typeof toyCall>[0][]): void {
  for (const [index, call] of calls.entries())
    node.request(`${call} ${index} ${world.nowMs}`, toyCall(call, index + 1));
}

describe('a leader that claims a wrong result', () => {
  it('[E5] is put out by a replay, where the application offers one, without votes', () => {
    const { world, leader, others } = members(FIVE, { replays: true });
    const [alice, bob] = others;
    if (!alice || !bob) throw new Error('five were asked for');
    claimOtherwise(world, leader, RESULT);
    speak(world, bob, 'add', 'put', 'add');
    expect(world.runUntil(() => world.chain.punished.length > 0, 5_000)).toBe(true);
    expect(world.chain.punished).toEqual([{ member: leader.address, other: alice.address, how: 'replay' }]);
    expect(world.chain.reports).toEqual([]);
    world.runFor(20_000);
    expect(world.chain.leader).toBe(alice.address);
    expect(bob.running.status()).toMatchObject({ role: 'follower' });
    expect([...bob.requests.values()].every(({ grades }) => grades.at(-1)?.kind === 'grade')).toBe(true);
    expect(bob.running.status().queued).toBe(0);
  });

  it('[E5] is so right after a settlement too, and by one that has restarted since', () => {
    const { world, leader, others } = members(FIVE, { replays: true });
    const [alice, bob] = others;
    if (!alice || !bob) throw new Error('five were asked for');
    speak(world, bob, 'add');
    world.runFor(1_000);
    alice.input({ kind: 'settle' });
    expect(world.runUntil(() => world.chain.settlements.length === 1, 10_000)).toBe(true);
    world.runFor(5_000);
    expect(bob.store.history()).toEqual([]);
    for (const node of [alice, bob]) {
      world.crash(node);
      world.restart(node);
    }
    world.runFor(2_000);
    claimOtherwise(world, leader, RESULT);
    speak(world, bob, 'add');
    expect(world.runUntil(() => world.chain.punished.length > 0, 15_000)).toBe(true);
    expect(world.chain.punished[0]).toMatchObject({ member: leader.address, how: 'replay' });
  });

  it('[E1] [E2] [E3] is put out by the votes of the others, where there is no replay', () => {
    const { world, leader, others } = members(FIVE, { replays: false });
    const [alice, bob] = others;
    if (!alice || !bob) throw new Error('five were asked for');
    claimOtherwise(world, leader, RESULT);
    speak(world, bob, 'add');
    expect(world.runUntil(() => world.chain.punished.length > 0, 20_000)).toBe(true);
    expect(world.chain.punished).toEqual([{ member: leader.address, other: alice.address, how: 'report' }]);
    expect(world.chain.reports.length).toBe(1);
    world.runFor(20_000);
    expect(bob.running.status()).toMatchObject({ role: 'follower', queued: 0 });
  });

  it('[E5] is left to the votes where only the trace is wrong: the chain would call the reporter a liar', () => {
    const { world, leader, others } = members(FIVE, { replays: true });
    const [alice, bob] = others;
    if (!alice || !bob) throw new Error('five were asked for');
    claimOtherwise(world, leader, TRACE);
    speak(world, bob, 'add');
    expect(world.runUntil(() => world.chain.punished.length > 0, 20_000)).toBe(true);
    expect(world.chain.punished).toEqual([{ member: leader.address, other: alice.address, how: 'report' }]);
  });

  it('[E1] parts from the other where there are two', () => {
    const { world, leader, others } = members(['mallory', 'alice'], { replays: false });
    const [alice] = others;
    if (!alice) throw new Error('two were asked for');
    claimOtherwise(world, leader, RESULT);
    speak(world, alice, 'add');
    expect(world.runUntil(() => world.chain.punished.length > 0, 10_000)).toBe(true);
    world.runFor(20_000);
    const { height } = alice.running.status();
    // What only the other's acknowledgement could make final, the chain has: nobody is left to wait for.
    expect(alice.running.status()).toMatchObject({ role: 'leader', queued: 0, finalHeight: height });
  });

  it('[E1] is put out for a wrong root as well', () => {
    const { world, leader, others } = members(FIVE, {});
    corrupt(world, leader, 'root', new SeededRandom(1));
    const [, bob] = others;
    if (!bob) throw new Error('five were asked for');
    speak(world, bob, 'add');
    expect(world.runUntil(() => world.chain.punished.length > 0, 20_000)).toBe(true);
    expect(world.chain.punished[0]).toMatchObject({ member: leader.address, how: 'report' });
  });

  it('[E4] is put out for two batches of one place, without votes', () => {
    const { world, leader, others } = members(FIVE, {});
    const [alice, bob] = others;
    if (!alice || !bob) throw new Error('five were asked for');
    corrupt(world, leader, 'equivocation', new SeededRandom(1));
    for (let round = 0; round < 5; round++) {
      speak(world, bob, 'add');
      speak(world, leader, 'add');
      world.runFor(300);
    }
    // Who got which is found out when the leader is gone and its followers compare.
    world.crash(leader);
    expect(world.runUntil(() => world.chain.punished.length > 0, 60_000)).toBe(true);
    expect(world.chain.punished).toMatchObject([{ member: leader.address, how: 'twins' }]);
  });
});

describe('a report that is false', () => {
  function falsely(replays: boolean) {
    const stagedMembers = members(['alice', 'mallory', 'bob', 'carol'], { replays });
    const { world, leader, others } = stagedMembers;
    const [mallory] = others;
    if (!mallory) throw new Error('four were asked for');
    mallory.isHonest = false;
    speak(world, leader, 'add');
    world.runFor(1_000);
    const batch = leader.store.history().at(-1);
    if (!batch) throw new Error('alice has no batch');
    return { ...stagedMembers, mallory, batch };
  }

  it('[E3] costs the reporter its seat, by the votes of the others', () => {
    const { world, leader, mallory, batch } = falsely(false);
    const data = encodeAccusation({ accused: leader.address, height: batch.header.firstHeight, batch });
    expect(world.chain.submit(mallory.address, { kind: 'accuse', member: leader.address, data }, world.nowMs)).toBe(
      'done',
    );
    expect(world.runUntil(() => world.chain.punished.length > 0, 20_000)).toBe(true);
    expect(world.chain.punished).toEqual([{ member: mallory.address, other: leader.address, how: 'false report' }]);
    expect(world.chain.leader).toBe(leader.address);
  });

  it('[E3] is left alone by who cannot tell: its batch builds on nothing that this node has', () => {
    const { world, leader, mallory, batch } = falsely(false);
    const forge = new Forge(world, leader, leader);
    const elsewhere: SignedBatch = forge.sign({
      ...batch,
      header: { ...batch.header, previousHash: batch.header.rootAfter },
    });
    const data = encodeAccusation({ accused: leader.address, height: batch.header.firstHeight, batch: elsewhere });
    world.chain.submit(mallory.address, { kind: 'accuse', member: leader.address, data }, world.nowMs);
    world.runFor(10_000);
    expect(world.chain.reports[0]).toMatchObject({ votesFor: [mallory.address], votesAgainst: [] });
  });
});

describe('the data of an accusation', () => {
  const { world, leader } = members(['alice', 'bob'], {});
  const batch = new Forge(world, leader, leader).batch([{ kind: 'tick' }, { kind: 'tick' }]);
  const data = encodeAccusation({ accused: leader.address, height: batch.header.firstHeight, batch });

  it('comes back as what it was', () => {
    expect(decodeAccusation(data)).toEqual({ accused: leader.address, height: batch.header.firstHeight, batch });
  });

  it('is none where a byte is cut off, added, or is not what was signed', () => {
    for (let size = 0; size < data.length; size++) expect(decodeAccusation(data.slice(0, size))).toBeUndefined();
    expect(decodeAccusation(concatBytes(data, new Uint8Array(1)))).toBeUndefined();
    const other = batch.effects.map((digest) => digest.map((byte) => byte ^ 1) as Bytes);
    const bent = encodeAccusation({
      accused: leader.address,
      height: 3n as Height,
      batch: { ...batch, effects: other },
    });
    expect(decodeAccusation(bent)).toBeUndefined();
    const outside = (batch.header.firstHeight + 2n) as Height;
    expect(decodeAccusation(encodeAccusation({ accused: leader.address, height: outside, batch }))).toBeUndefined();
    expect(decodeAccusation(encodeBcs((w) => w.u64(1n)))).toBeUndefined();
  });
});
