// [X8] [X9] Settlements by signatures: one transaction where all play along, votes where they do not, and nothing gained by those who lie.

import { describe, expect, it } from 'vitest';
import { bytesEqual } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Height } from '../base/ids.ts';
import { encodeToySettlement } from '../testing/simulation/sim-chain.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { give, sentBy, stage } from '../testing/simulation/stage.ts';
import { counterKey, number, toyCall } from '../testing/simulation/toy-executor.ts';
import { toySign } from '../testing/simulation/toy-signatures.ts';
import type { World } from '../testing/simulation/world.ts';
import { SETTLEMENT_SIGNATURES_MS_MAX } from './limits.ts';
import type { ChannelMessage } from './messages.ts';
import { settlementSigningMessage } from './signed-settlement.ts';

const HASH = new Uint8Array(32).fill(7);

function five() {
  const { world, nodes } = stage(['alice', 'bob', 'carol', 'dave', 'erin']);
  const [alice, bob, carol, dave, erin] = nodes;
  if (!alice || !bob || !carol || !dave || !erin) throw new Error('five were asked for');
  alice.request('a', toyCall('add', 5));
  world.runFor(1_000);
  return { world, alice, bob, carol, dave, erin };
}

function settles(world: World, node: SimNode, withinMs: number): boolean {
  const before = world.chain.settlements.length;
  node.input({ kind: 'settle' });
  return world.runUntil(() => world.chain.settlements.length > before, withinMs);
}

/** What `node` answers to a message of its peer. */
function answer(node: SimNode, from: SimNode, message: ChannelMessage): ChannelMessage['kind'][] {
  return sentBy(give(node, { kind: 'message', from: from.nodeKey, message })).map((sent) => sent.message.kind);
}

describe('a settlement by signatures', () => {
  it('[X8] of five members is one transaction', () => {
    const { world, alice } = five();
    const transactions = world.chain.transactions;
    expect(settles(world, alice, SETTLEMENT_SIGNATURES_MS_MAX)).toBe(true);
    world.runFor(20_000);
    expect(world.chain.transactions - transactions).toBe(1);
    expect(world.chain.signedSettlements).toBe(1);
    expect(world.chain.proposals).toEqual([]);
    for (const node of world.nodes) expect(node.running.status().settledHeight).toBe(world.chain.settledHeight);
  });

  it('[X8] is brought by whoever asks for it, and by the leader on its timer', () => {
    const { world, nodes } = stage(['alice', 'bob', 'carol'], { settleIntervalMs: 5_000 });
    const [, bob] = nodes;
    if (!bob) throw new Error('three were asked for');
    bob.request('b', toyCall('add', 5));
    world.runFor(1_000);
    expect(settles(world, bob, 4_000)).toBe(true);
    bob.request('b2', toyCall('add', 5));
    world.runFor(12_000);
    expect([world.chain.settlements.length, world.chain.signedSettlements]).toEqual([2, 2]);
  });

  it('[X8] needs two thirds of all: with two of five away it goes on to votes after a while', () => {
    const { world, alice, dave, erin } = five();
    for (const node of [dave, erin]) world.crash(node);
    expect(settles(world, alice, SETTLEMENT_SIGNATURES_MS_MAX / 2)).toBe(false);
    expect(world.runUntil(() => world.chain.settlements.length === 1, 60_000)).toBe(true);
    expect(world.chain.signedSettlements).toBe(0);
  });

  it('[X8] [X9] goes on to votes when a linked member does not sign in time', () => {
    const { world, alice, carol, dave, erin } = five();
    const mute: SimNode['tamper'] = (_, message) => (message.kind === 'settlementSigned' ? [] : [message]);
    for (const node of [dave, erin]) node.tamper = mute;
    expect(settles(world, alice, SETTLEMENT_SIGNATURES_MS_MAX - 500)).toBe(false);
    expect(world.runUntil(() => world.chain.settlements.length === 1, 20_000)).toBe(true);
    expect(world.chain.signedSettlements).toBe(0);
    world.runFor(3_000);
    expect(carol.running.status().settledHeight).toBe(world.chain.settledHeight);
  });

  it('[X8] survives a restart of the proposer and of a signer in the middle', () => {
    const { world, alice, bob } = five();
    for (const node of world.nodes) {
      node.tamper = (_, message) => (message.kind === 'settlementSigned' ? [] : [message]);
    }
    alice.input({ kind: 'settle' });
    world.runFor(1_000);
    for (const node of [alice, bob]) {
      world.crash(node);
      world.restart(node);
    }
    for (const node of world.nodes) node.tamper = (_, message) => [message];
    world.runFor(3_000);
    expect(settles(world, bob, 20_000)).toBe(true);
    world.runFor(5_000);
    for (const node of world.nodes) expect(node.running.status().settledHeight).toBe(world.chain.settledHeight);
  });

  it('[X8] [X6] lets a leaver go, and closes the channel', () => {
    const { world, alice, bob } = five();
    bob.request('leave', { kind: 'leave' });
    world.runFor(10_000);
    expect(world.chain.settlements.at(-1)?.leaving).toEqual([bob.address]);
    alice.request('close', { kind: 'close' });
    world.runFor(20_000);
    expect(world.chain.settlements.at(-1)?.closing).toBe(true);
    expect(world.chain.signedSettlements).toBe(2);
    expect(alice.running.status().role).toBe('closed');
  });
});

describe('a member that is asked to sign', () => {
  it('[X8] waits where it has not got that far, and answers once it has', () => {
    const { world, alice, bob } = five();
    const { finalHeight } = bob.running.status();
    const toHeight = (finalHeight + 1n) as Height;
    expect(
      answer(bob, alice, { kind: 'settlement', fromHeight: 0n as Height, toHeight, dataHash: HASH }),
    ).not.toContain('refused');
    alice.request('a2', toyCall('add', 1));
    world.runFor(2_000);
    expect(bob.running.status().finalHeight).toBe(toHeight);
    expect(alice.running.status().refusedMessages + bob.running.status().refusedMessages).toBeGreaterThan(0);
  });

  it('[X8] signs no lie, says so once, and computes no two of one peer within a second', () => {
    const { alice, bob } = five();
    const { finalHeight: toHeight } = bob.running.status();
    const lie = (fill: number): ChannelMessage => ({
      kind: 'settlement',
      fromHeight: 0n as Height,
      toHeight,
      dataHash: new Uint8Array(32).fill(fill),
    });
    expect(answer(bob, alice, lie(1))).toContain('refused');
    expect(answer(bob, alice, lie(1))).not.toContain('refused');
    expect(answer(bob, alice, lie(2))).not.toContain('refused');
  });

  it('[X8] signs nothing in a dispute', () => {
    const { world, alice, bob } = five();
    const flip: SimNode['tamper'] = (_, message) => {
      if (message.kind !== 'batch') return [message];
      const { batch } = message;
      const header = { ...batch.header, timestampMs: 0n };
      return [message, { kind: 'batch', batch: { ...batch, header } }];
    };
    alice.tamper = flip;
    const before = bob.notices.length;
    alice.request('a2', toyCall('add', 1));
    world.runFor(500);
    // The second batch has no signature of alice's: it never came in, and there is no dispute.
    expect(bob.notices.slice(before).some(({ kind }) => kind === 'dispute')).toBe(false);
    expect(bob.refusedAtDoor).toBeGreaterThan(0);
  });
});

describe('a proposer among liars', () => {
  it('[X8] takes no signature of one by another, nor of another settlement', () => {
    const { world, alice, bob, carol } = five();
    for (const node of world.nodes) {
      node.tamper = (_, message) => (message.kind === 'settlementSigned' ? [] : [message]);
    }
    alice.input({ kind: 'settle' });
    world.runFor(200);
    const signature = toySign(bob.nodeKey, settlementSigningMessage(world.scope, HASH));
    const bobs: ChannelMessage = { kind: 'settlementSigned', dataHash: HASH, signer: bob.nodeKey, signature };
    expect(answer(alice, carol, bobs)).toContain('refused');
    expect(answer(alice, bob, bobs)).not.toContain('refused');
    carol.receive(bob.nodeKey, { ...bobs, signer: carol.nodeKey });
    expect(carol.refusedAtDoor).toBe(1);
    world.runFor(1_000);
    expect(world.chain.settlements).toEqual([]);
  });

  it('[X10] that is more than a transaction can do is cut until all of it is settled', () => {
    const { world, alice } = five();
    for (let n = 0; n < 40; n++) {
      alice.request(`more ${n}`, toyCall('add', 1));
      world.runFor(300);
    }
    const before = alice.running.status().finalHeight;
    world.chain.settledHeightsMax = before / 3n;
    alice.input({ kind: 'settle' });
    expect(world.runUntil(() => world.chain.settledHeight >= before, 900_000)).toBe(true);
    expect(world.chain.settlements.length).toBeGreaterThan(2);
    // All of it was said once: the chain has what the members have.
    expect(world.chain.settlements.every(({ fromHeight, toHeight }) => toHeight - fromHeight <= before / 3n)).toBe(
      true,
    );
    // Nothing is cut any more, or asked for.
    const { length } = world.chain.settlements;
    world.runFor(120_000);
    expect(world.chain.settlements.length - length).toBeLessThanOrEqual(1);
  });

  it('[X9] a lie that the proposer has signed alone is not taken by the chain', () => {
    const { world, alice } = five();
    const { finalHeight: toHeight, root } = alice.running.status();
    const lie = {
      fromHeight: 0n as Height,
      toHeight,
      changes: [{ key: counterKey(alice.address), new: number(1_000n) }],
      leaving: [],
      closing: false,
      stateRoot: root,
      historyHash: root,
    };
    const message = settlementSigningMessage(world.scope, sha3_256(encodeToySettlement(lie)));
    const signatures = world.nodes.map((node) => ({
      member: node.address,
      signature: toySign(alice.nodeKey, message),
    }));
    const all = world.chain.submit(alice.address, { kind: 'settleSigned', settlement: lie, signatures }, world.nowMs);
    expect(all).toEqual({ refused: 'E_SIGNATURE' });
    const own = signatures.slice(0, 1);
    const alone = world.chain.submit(
      alice.address,
      { kind: 'settleSigned', settlement: lie, signatures: own },
      world.nowMs,
    );
    expect(alone).toEqual({ refused: 'E_TOO_FEW_SIGNERS' });
    expect(bytesEqual(world.chain.settledRoot, root)).toBe(false);
  });
});
