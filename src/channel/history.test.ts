// The history on its own: whatever is appended, taken back, finalised and trimmed, the state is that of the batches that are left.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { AssertionError } from '../base/errors.ts';
import { type Address, type Height, type NodeKey, nodeKeyFromBytes, parseAddress, type Term } from '../base/ids.ts';
import { TOY_GENESIS, ToyExecutor, toyCall } from '../testing/simulation/toy-executor.ts';
import type { SignedBatch } from './batch.ts';
import { executeBatch } from './execution.ts';
import { baseOf, genesisBase, History, rootOf } from './history.ts';
import { quorumOf } from './ledger.ts';
import type { ChannelTransaction, MemberTransaction } from './transaction.ts';

const CREATOR = parseAddress('0xc4ea704');
const KEYS = [1, 2, 3, 4, 5].map((byte) => nodeKeyFromBytes(new Uint8Array(32).fill(byte)));

function append(history: History, transactions: readonly ChannelTransaction[], timestampMs: bigint): void {
  const place = { term: 1n as Term, firstHeight: (history.tip.height + 1n) as Height, timestampMs };
  const execution = executeBatch({ executor: new ToyExecutor(), creator: CREATOR }, history.world, place, transactions);
  const header = {
    ...place,
    leader: KEYS[0] as NodeKey,
    count: transactions.length,
    previousHash: history.tip.hash,
    transactionsHash: new Uint8Array(32),
    effectsHash: new Uint8Array(32),
    rootAfter: execution.root,
  };
  const batch: SignedBatch = { header, transactions, effects: execution.effects, signature: new Uint8Array(64) };
  history.append(batch, execution);
}

function joined(index: number): ChannelTransaction {
  const address = `0x${String(index + 1).padStart(64, '0')}` as Address;
  return { kind: 'joined', member: { address, nodeKey: KEYS[index] as NodeKey, joinSequence: BigInt(index + 1) } };
}

function call(history: History, amount: number): MemberTransaction {
  const sequence = (history.ledger.members[0]?.lastSequence ?? 0n) + 1n;
  const name = amount % 3 === 0 ? 'erase' : amount % 3 === 1 ? 'put' : 'add';
  return {
    kind: 'member',
    sender: KEYS[0] as NodeKey,
    sequence,
    action: toyCall(name, amount),
    signature: new Uint8Array(64),
  };
}

function begun(): History {
  const history = new History(genesisBase(TOY_GENESIS));
  append(history, [{ kind: 'opened' }, joined(0), joined(1), joined(2)], 1n);
  return history;
}

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), amount: fc.nat(40) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('back' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('final' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('trim' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
  ),
  { maxLength: 40 },
);

describe('the history', () => {
  it('[L4] [X2] [X5] is what is left of it, in state, places, snapshots and change sets', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const history = begun();
        // Whoever writes below has joined for good.
        const { height, hash, term } = history.tip;
        history.finalize({ term, height, batchHash: hash, signatures: [] });
        for (const [index, step] of script.entries()) {
          const between = (from: number, to: number, share: number) => from + Math.floor((to - from) * share);
          if (step.kind === 'append') append(history, [call(history, step.amount)], BigInt(index + 2));
          if (step.kind === 'back') history.takeBackTo(between(history.finalCount, history.length, step.share));
          if (step.kind === 'trim') history.trimTo(between(0, history.length, step.share));
          if (step.kind === 'final') {
            const { height, hash, term } = history.positionAt(between(history.finalCount, history.length, step.share));
            history.finalize({ term, height, batchHash: hash, signatures: [] });
          }
          expect(toHex(rootOf(history.world))).toBe(toHex(history.root));
        }
        const middle = Math.floor(history.length / 2);
        for (const place of [0, middle, history.length]) {
          expect(history.placeOf(history.positionAt(place).hash)).toBe(place);
          expect(history.placeAt(history.positionAt(place).height)).toBe(place);
          const again = baseOf(history.snapshotAt(place));
          expect(toHex(rootOf(again.world))).toBe(toHex(rootOf(history.worldAt(place))));
        }
        const changes = history.changesBetween(middle, history.length);
        const moved = history.worldAt(middle).state.apply(changes);
        expect(toHex(moved.root())).toBe(toHex(history.state.root()));
        expect(history.placeAt((history.tip.height + 1n) as Height)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('[F3] never takes back what is final', () => {
    const history = begun();
    append(history, [call(history, 5)], 2n);
    const { height, hash, term } = history.tip;
    history.finalize({ term, height, batchHash: hash, signatures: [] });
    expect(() => history.takeBackTo(1)).toThrow(AssertionError);
  });

  it('[F2] asks for the quorums of the members before and after each change', () => {
    const history = begun();
    const [a, b, c, d] = KEYS as [NodeKey, NodeKey, NodeKey, NodeKey];
    history.finalize({ term: 1n as Term, height: history.tip.height, batchHash: history.tip.hash, signatures: [] });
    append(history, [joined(3), joined(4)], 3n);
    // q(3) = 2 of a, b, c; q(5) = 4 of all.
    expect(history.isQuorum(2, new Set([a, d, KEYS[4] as NodeKey]))).toBe(false);
    expect(history.isQuorum(2, new Set([a, b, c]))).toBe(false);
    expect(history.isQuorum(2, new Set([a, b, c, d]))).toBe(true);
    expect([1, 2, 3, 4, 5, 6, 16].map(quorumOf)).toEqual([1, 2, 2, 3, 4, 4, 11]);
  });

  it('[P1] names positions in growing steps, the tip first and the base last', () => {
    const history = begun();
    for (let index = 0; index < 300; index++) append(history, [{ kind: 'tick' }], BigInt(index + 2));
    const heights = history.knownPositions().map(({ height }) => Number(height));
    expect(heights.slice(0, 4)).toEqual([304, 303, 302, 301]);
    expect(heights.at(-1)).toBe(0);
    expect(heights.length).toBeLessThan(25);
    expect([...heights].sort((x, y) => y - x)).toEqual(heights);
  });
});
