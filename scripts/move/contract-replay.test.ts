// What a leader did wrong to a chat is proved on the local chain by running the transaction again; who accuses it falsely pays.

import { ed25519 } from '@noble/curves/ed25519.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { type ChannelId, type Height, nodeKeyFromBytes, type Term, writeAddress } from '../../src/base/ids.ts';
import type { StateKey } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import { emptyGroup } from '../../src/chain/fixtures/chat-group.ts';
import { type BatchHeader, batchSigningMessage, effectsHash, transactionsHash } from '../../src/channel/batch.ts';
import { effectsDigest } from '../../src/channel/effects.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import { genesisHash } from '../../src/channel/history.ts';
import { channelRoot, GENESIS_LEDGER } from '../../src/channel/ledger.ts';
import { StateTree } from '../../src/channel/state-tree.ts';
import { type MemberTransaction, transactionSigningMessage } from '../../src/channel/transaction.ts';
import { type Devchain, startDevchain } from '../../src/devchain/server.ts';
import { punishmentData, replayEvidence } from '../../src/testing/evidence.ts';
import {
  bytes,
  CHAT,
  CONTRACT,
  Lifecycle,
  LifecycleChain,
  type Person,
  STAKE,
  u64,
} from '../../src/testing/lifecycle.ts';

const GROUP: StateKey = { kind: 'resource', address: CHAT, type: structTag(CHAT, 'chat', 'ChatGroup') };
const TIME_MS = 1_900_000_000_500n;
const NOTHING: ExecutionOutcome = { status: { kind: 'executed' }, changes: [], events: [], gasUsed: 0n };
const before = emptyGroup('Harbour');
const clock = { micros: 1_900_000_000_000_000n };

let devchain: Devchain;
let world: LifecycleChain;
let [leader, reporter, third]: Person[] = [];

beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0, clock: () => clock.micros });
  world = new LifecycleChain(devchain.chain, clock, ['alice', 'bob', 'carol']);
  [leader, reporter, third] = world.people;
}, 60_000);
afterAll(() => devchain.close());

/** The chat after its first message. */
function groupWith(author: Person, text: string): Bytes {
  return encodeBcs((w) => {
    w.string('Harbour').uleb128(0).uleb128(1).u64(1n);
    writeAddress(w, author.address);
    w.string(text).u64(TIME_MS).bool(false);
    w.u64(2n)
      .u64(0n)
      .u64(BigInt(51 + text.length));
  });
}

function changed(after: Bytes): ExecutionOutcome {
  return { status: { kind: 'executed' }, changes: [{ key: GROUP, old: before, new: after }], events: [], gasUsed: 9n };
}

/** The reporter calls the function in a new channel of three, and the leader signs that this came of it. Returns the evidence. */
function claim(fn: string, args: readonly Bytes[], outcome: ExecutionOutcome): { life: Lifecycle; evidence: Bytes } {
  if (!leader || !reporter || !third) throw new Error('nobody there');
  const life = Lifecycle.open(world, leader);
  for (const member of [reporter, third]) life.join(member, false);
  life.node(leader, 'apply_leader_entry');
  const scope = { chainId: devchain.chain.chainId, contract: CONTRACT, channelId: life.id as ChannelId };
  const unsigned = {
    kind: 'member',
    sender: nodeKeyFromBytes(reporter.nodeKey),
    sequence: 1n,
    action: { kind: 'call', call: { address: CHAT, module: 'chat', function: fn, typeArgs: [], args } },
  } as const;
  const signature = ed25519.sign(transactionSigningMessage(scope, unsigned), reporter.nodeSeed) as Bytes;
  const transactions = [{ kind: 'opened' } as const, { ...unsigned, signature } satisfies MemberTransaction];
  const outcomes = [NOTHING, outcome];
  const state = StateTree.from([{ key: GROUP, value: before }]);
  const root = channelRoot(state.root(), GENESIS_LEDGER);
  const header: BatchHeader = {
    term: 1n as Term,
    leader: nodeKeyFromBytes(leader.nodeKey),
    firstHeight: 1n as Height,
    count: 2,
    timestampMs: TIME_MS,
    previousHash: genesisHash(root),
    transactionsHash: transactionsHash(transactions),
    effectsHash: effectsHash(outcomes.map(effectsDigest)),
    rootAfter: root,
  };
  const signed = { header, signature: ed25519.sign(batchSigningMessage(scope, header), leader.nodeSeed) as Bytes };
  const accusation = punishmentData(leader.address, 2n, { ...signed, transactions, outcomes });
  const evidence = replayEvidence(accusation, { state, ledger: GENESIS_LEDGER }, [GROUP], [NOTHING]);
  return { life, evidence };
}

const textArg = (text: string): Bytes => encodeBcs((w) => w.string(text));

/** Who is put out when the reporter proves the claim, and what the reporter gains of it. */
function prove({ life, evidence }: { life: Lifecycle; evidence: Bytes }): { out: readonly string[]; gained: bigint } {
  if (!reporter) throw new Error('nobody there');
  const balance = world.balance(reporter);
  expect(world.send(reporter, 'chat', 'chat_prove_wrong', [u64(life.id), bytes(evidence)])).toBeUndefined();
  expect(world.moneyMissing()).toBe(0n);
  const out = world.members(life.id).filter(({ settledOut }) => settledOut);
  expect(out.map(({ stake }) => stake)).toEqual([0n]);
  return { out: out.map(({ address }) => address), gained: world.balance(reporter) + world.gasOfLast() - balance };
}

describe('[CH12] a chat run again', () => {
  it('puts the leader out that wrote another text', () => {
    if (!leader || !reporter) throw new Error('nobody there');
    const proved = prove(claim('post_message', [textArg('hello')], changed(groupWith(reporter, 'goodbye'))));
    expect(proved).toEqual({ out: [leader.address], gained: STAKE / 2n });
  });

  it('puts the leader out that dropped the message', () => {
    expect(prove(claim('post_message', [textArg('hello')], NOTHING)).out).toEqual([leader?.address]);
  });

  it('puts the leader out that let pass what aborts', () => {
    if (!reporter) throw new Error('nobody there');
    expect(prove(claim('post_message', [textArg('')], changed(groupWith(reporter, '')))).out).toEqual([
      leader?.address,
    ]);
  });

  it('puts out who accuses the leader of what it did right', () => {
    if (!reporter) throw new Error('nobody there');
    const proved = prove(claim('post_message', [textArg('hello')], changed(groupWith(reporter, 'hello'))));
    expect(proved).toEqual({ out: [reporter.address], gained: 0n });
  });

  it('and of an abort that happened', () => {
    const aborted: ExecutionOutcome = {
      status: { kind: 'aborted', code: 0x60005n, location: '0xc4a7::chat' },
      changes: [],
      events: [],
      gasUsed: 9n,
    };
    expect(prove(claim('delete_message', [u64(1n)], aborted)).out).toEqual([reporter?.address]);
  });
});
