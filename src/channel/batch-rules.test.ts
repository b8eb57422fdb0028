// What a follower makes of a batch that is bent in one place: one healthy batch, then one mutation for each rule.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import type { Height, Term } from '../base/ids.ts';
import { Forge } from '../testing/simulation/forge.ts';
import type { SimNode } from '../testing/simulation/sim-node.ts';
import { give, noticesOf, sentBy, stage } from '../testing/simulation/stage.ts';
import { toyCall } from '../testing/simulation/toy-executor.ts';
import { toyKey } from '../testing/simulation/toy-signatures.ts';
import type { World } from '../testing/simulation/world.ts';
import { effectsHash, type SignedBatch, transactionsHash } from './batch.ts';
import type { ChannelTransaction } from './transaction.ts';
import type { Dispute, Update } from './update.ts';

let world: World;
let alice: SimNode;
let bob: SimNode;
let carol: SimNode;
let forge: Forge;

function begin(settings: Parameters<typeof stage>[1] = {}): void {
  const set = stage(['alice', 'bob', 'carol'], settings);
  world = set.world;
  [alice, bob, carol] = set.nodes as [SimNode, SimNode, SimNode];
  forge = new Forge(world, alice, bob);
}

beforeEach(() => begin());

function calls(count = 1, sender = bob): ChannelTransaction[] {
  const first = forge.nextSequence(sender);
  return Array.from({ length: count }, (_, index) =>
    forge.transaction(sender, first + BigInt(index), toyCall('add', 5)),
  );
}

function offer(batch: SignedBatch): Update {
  return give(bob, { kind: 'message', from: alice.nodeKey, message: { kind: 'batch', batch } });
}

function disputeIn(update: Update): Dispute['kind'] | undefined {
  for (const notice of noticesOf(update)) if (notice.kind === 'dispute') return notice.dispute.kind;
  return undefined;
}

function isTaken(update: Update): boolean {
  return update.events.some(({ kind }) => kind === 'appended');
}

function refusalIn(update: Update): string | undefined {
  for (const { message } of sentBy(update)) if (message.kind === 'refused') return message.reason;
  return undefined;
}

const flipped = (bytes: Bytes): Bytes => bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte));

describe('a follower', () => {
  it('[B4] [B5] [F1] takes a healthy batch, persists it, and asks to sign its acknowledgement', () => {
    const update = offer(forge.batch(calls(3)));
    expect(isTaken(update)).toBe(true);
    expect(update.effects.some(({ kind }) => kind === 'sign')).toBe(true);
    expect(disputeIn(update)).toBeUndefined();
  });

  const bends: readonly [rule: string, bend: (batch: SignedBatch) => SignedBatch][] = [
    ['of a past term', ({ header, ...rest }) => ({ ...rest, header: { ...header, term: 0n as Term } })],
    [
      'signed by another than the leader',
      ({ header, ...rest }) => ({ ...rest, header: { ...header, leader: carol.nodeKey } }),
    ],
    ['further up', ({ header, ...rest }) => ({ ...rest, header: { ...header, firstHeight: 99n as Height } })],
    ['with a wrong count', ({ header, ...rest }) => ({ ...rest, header: { ...header, count: 7 } })],
    [
      'with other bodies than its header says',
      ({ transactions, ...rest }) => ({ ...rest, transactions: [...transactions].reverse() }),
    ],
    ['with other effects than its header says', ({ effects, ...rest }) => ({ ...rest, effects: effects.map(flipped) })],
    [
      'without transactions',
      ({ header }) => ({
        header: { ...header, count: 0, transactionsHash: transactionsHash([]), effectsHash: effectsHash([]) },
        transactions: [],
        effects: [],
        signature: new Uint8Array(64),
      }),
    ],
  ];
  for (const [rule, bend] of bends) {
    it(`[B3] refuses a batch ${rule}, without a dispute: it proves nothing`, () => {
      const update = offer(forge.sign(bend(forge.batch(calls(2)))));
      expect(isTaken(update)).toBe(false);
      expect(refusalIn(update)).toBeDefined();
      expect(disputeIn(update)).toBeUndefined();
      expect(isTaken(offer(forge.batch(calls(2))))).toBe(true);
    });
  }

  it('[P1] asks for what lies between when a batch follows something unknown', () => {
    world.runFor(1_000);
    const first = forge.take(forge.batch(calls(1)));
    expect(first.header.count).toBe(1);
    const update = offer(forge.batch(calls(1)));
    expect(isTaken(update)).toBe(false);
    expect(sentBy(update).map(({ message }) => message.kind)).toContain('hello');
  });

  it('[B3] disputes a timestamp that runs back', () => {
    const healthy = forge.batch(calls(1));
    const timestampMs = forge.state.ledger.timestampMs - 1n;
    const update = offer(forge.sign({ ...healthy, header: { ...healthy.header, timestampMs } }));
    expect(disputeIn(update)).toBe('transaction');
  });

  it('[B3] holds back a timestamp that is ahead of its clock, takes it when the clock is there, disputes it after 15 s', () => {
    const ahead = forge.batch(calls(1), { timestampMs: BigInt(Math.floor(world.nowMs)) + 14_000n });
    expect(isTaken(offer(ahead))).toBe(false);
    expect(isTaken(give(bob, { kind: 'clock' }, world.nowMs + 2_000))).toBe(false);
    expect(isTaken(give(bob, { kind: 'clock' }, world.nowMs + 5_000))).toBe(true);
    const far = forge.take(ahead) && forge.batch(calls(1), { timestampMs: BigInt(Math.floor(world.nowMs)) + 90_000n });
    expect(
      isTaken(
        give(
          bob,
          { kind: 'message', from: alice.nodeKey, message: { kind: 'batch', batch: far } },
          world.nowMs + 5_000,
        ),
      ),
    ).toBe(false);
    expect(disputeIn(give(bob, { kind: 'clock' }, world.nowMs + 21_000))).toBe('transaction');
  });

  it('[B4] disputes effects that differ, keeps nothing and acknowledges nothing more', () => {
    const { header, transactions, effects } = forge.batch(calls(3));
    const claimed = effects.map((digest, index) => (index === 1 ? flipped(digest) : digest));
    const bent = forge.sign({
      transactions,
      effects: claimed,
      header: { ...header, effectsHash: effectsHash(claimed) },
    });
    const heightBefore = bob.running.status().height;
    const update = offer(bent);
    expect(disputeIn(update)).toBe('effects');
    const { dispute, role, height } = bob.running.status();
    expect({ role, height }).toEqual({ role: 'disputed', height: heightBefore });
    expect(dispute).toMatchObject({ accused: alice.nodeKey, batch: bent, claimed: claimed[1], computed: effects[1] });
    const next = offer(forge.batch(calls(1)));
    expect(isTaken(next)).toBe(false);
    expect(next.effects.some(({ kind }) => kind === 'sign')).toBe(false);
  });

  it('[B4] disputes a root that differs', () => {
    const { header, ...rest } = forge.batch(calls(1));
    const update = offer(forge.sign({ ...rest, header: { ...header, rootAfter: flipped(header.rootAfter) } }));
    expect(disputeIn(update)).toBe('root');
  });

  it('[B6] disputes a second batch for one height and term', () => {
    const one = forge.batch(calls(1));
    const other = forge.batch(calls(2));
    expect(isTaken(offer(one))).toBe(true);
    expect(disputeIn(offer(other))).toBe('conflict');
  });

  it('[F3] disputes a batch that contradicts what is final', () => {
    const before = forge.batch(calls(1));
    bob.request('b', toyCall('add'));
    world.runFor(1_000);
    expect(bob.running.status().finalHeight).toBeGreaterThanOrEqual(before.header.firstHeight);
    expect(disputeIn(offer(before))).toBe('conflict');
  });
});

describe('transactions in a batch', () => {
  function verdict(transactions: readonly ChannelTransaction[]): Dispute['kind'] | 'taken' | 'waits' {
    let batch: SignedBatch;
    try {
      batch = forge.batch(transactions);
    } catch {
      // Not even an execution: make the header by hand.
      const healthy = forge.batch([{ kind: 'opened' }]);
      const effects = transactions.map(() => healthy.header.rootAfter);
      const header = {
        ...healthy.header,
        count: transactions.length,
        transactionsHash: transactionsHash(transactions),
        effectsHash: effectsHash(effects),
      };
      batch = forge.sign({ header, transactions, effects });
    }
    const update = offer(batch);
    return disputeIn(update) ?? (isTaken(update) ? 'taken' : 'waits');
  }

  it('[T1] must be in order, without gap or repetition', () => {
    const next = forge.nextSequence(bob);
    const at = (sequence: bigint) => forge.transaction(bob, sequence, toyCall('add'));
    expect(verdict([at(next + 1n)])).toBe('transaction');
    begin();
    expect(verdict([at(next), at(next)])).toBe('transaction');
    begin();
    expect(verdict([at(next - 1n)])).toBe('transaction');
    begin();
    expect(verdict([at(next), at(next + 1n)])).toBe('taken');
  });

  it('[S4] must be of a member', () => {
    const mallory = world.addNode('mallory');
    expect(verdict([forge.transaction(mallory, 1n, toyCall('add'))])).toBe('transaction');
  });

  it('[T4] may not follow the sender leaving, nor the channel closing', () => {
    const next = forge.nextSequence(bob);
    const leave = forge.transaction(bob, next, { kind: 'leave' });
    expect(verdict([leave, forge.transaction(bob, next + 1n, toyCall('add'))])).toBe('transaction');
    begin();
    const close = forge.transaction(bob, next, { kind: 'close' });
    expect(verdict([close, forge.transaction(carol, forge.nextSequence(carol), toyCall('add'))])).toBe('transaction');
  });

  it('[T6] may not open a term that is open', () => {
    expect(verdict([{ kind: 'opened' }])).toBe('transaction');
    begin();
    expect(verdict([...calls(1), { kind: 'opened' }])).toBe('transaction');
  });

  it('[T2] a join that the chain does not show waits, is taken when it does, and is disputed after 15 s', () => {
    const dave = world.addNode('dave');
    const member = { address: dave.address, nodeKey: dave.nodeKey, joinSequence: 4n };
    const joined: ChannelTransaction = { kind: 'joined', member };
    expect(verdict([joined])).toBe('waits');
    world.chain.join(dave.address, dave.nodeKey, undefined, world.nowMs);
    expect(isTaken(give(bob, { kind: 'chain', view: world.chain.view(world.nowMs) }))).toBe(true);
    begin();
    expect(verdict([joined])).toBe('waits');
    expect(disputeIn(give(bob, { kind: 'clock' }, world.nowMs + 14_000))).toBeUndefined();
    expect(disputeIn(give(bob, { kind: 'clock' }, world.nowMs + 16_000))).toBe('transaction');
  });

  it('[T2] a join with another key, or other assets, than the chain shows is disputed at once', () => {
    const dave = world.addNode('dave');
    world.chain.join(dave.address, dave.nodeKey, undefined, world.nowMs);
    give(bob, { kind: 'chain', view: world.chain.view(world.nowMs) });
    const member = { address: dave.address, nodeKey: toyKey('mallory'), joinSequence: 4n };
    expect(verdict([{ kind: 'joined', member }])).toBe('transaction');
  });

  it('[T2] a removal of one whom the chain still lists waits', () => {
    expect(verdict([{ kind: 'removed', address: carol.address, joinSequence: 3n }])).toBe('waits');
  });

  it('[T2] a tick without a tick function, or before it is due, is disputed', () => {
    expect(verdict([{ kind: 'tick' }])).toBe('transaction');
    begin({ tick: { intervalMs: 60_000 } });
    const tooSoon = forge.state.ledger.timestampMs + 1n;
    const isDue = tooSoon / 60_000n > forge.state.ledger.timestampMs / 60_000n;
    expect(isDue).toBe(false);
    expect(disputeIn(offer(forge.batch([{ kind: 'tick' }], { timestampMs: tooSoon })))).toBe('transaction');
    begin({ tick: { intervalMs: 60_000 } });
    const due = (forge.state.ledger.timestampMs / 60_000n + 1n) * 60_000n;
    const update = give(
      bob,
      {
        kind: 'message',
        from: alice.nodeKey,
        message: { kind: 'batch', batch: forge.batch([{ kind: 'tick' }], { timestampMs: due }) },
      },
      Number(due),
    );
    expect(isTaken(update)).toBe(true);
  });

  it('[T3] a call that aborts or cannot run is part of the history and changes only the sequence', () => {
    const next = forge.nextSequence(bob);
    const failing = ['fail', 'burn', 'unknown'] as const;
    const transactions = failing.map((name, index) => forge.transaction(bob, next + BigInt(index), toyCall(name, 3)));
    const update = offer(forge.batch(transactions));
    expect(isTaken(update)).toBe(true);
    const [changes] = noticesOf(update).filter((notice) => notice.kind === 'changes');
    expect(changes).toMatchObject({ changes: [] });
    expect(changes?.transactions.map(({ status }) => status.kind)).toEqual(['aborted', 'failed', 'failed']);
  });
});
