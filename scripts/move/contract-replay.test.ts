// What a leader did wrong to a chat is proved on the local chain by running the transaction again; who accuses it falsely pays.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { type ChannelId, parseAddress, writeAddress } from '../../src/base/ids.ts';
import type { StateKey } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import { emptyGroup } from '../../src/chain/fixtures/chat-group.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import { type Devchain, startDevchain } from '../../src/devchain/server.ts';
import { chatSession } from '../../src/testing/applications.ts';
import { complaintEvidence, NOTHING_DONE } from '../../src/testing/complaint.ts';
import { Lifecycle, STAKE } from '../../src/testing/lifecycle.ts';
import { bytes, CONTRACT, LifecycleChain, type Person, u64 } from '../../src/testing/lifecycle-chain.ts';

const CHAT = parseAddress('0xc4a7');
const GROUP: StateKey = { kind: 'resource', address: CHAT, type: structTag(CHAT, 'chat', 'ChatGroup') };
const TIME_MS = 1_900_000_000_500n;
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
  const life = Lifecycle.open(world, chatSession, leader);
  for (const member of [reporter, third]) life.join(member, false);
  life.node(leader, 'apply_leader_entry');
  const evidence = complaintEvidence({
    scope: { chainId: devchain.chain.chainId, contract: CONTRACT, channelId: life.id as ChannelId },
    accused: leader.address,
    leaderSeed: leader.nodeSeed,
    callerSeed: reporter.nodeSeed,
    call: { address: CHAT, module: 'chat', function: fn, typeArgs: [], args },
    timestampMs: TIME_MS,
    state: [{ key: GROUP, value: before }],
    outcome,
    shown: [GROUP],
  });
  return { life, evidence };
}

const textArg = (text: string): Bytes => encodeBcs((w) => w.string(text));

/** Who is put out when the reporter proves the claim, and what the reporter gains of it. */
function prove({ life, evidence }: { life: Lifecycle; evidence: Bytes }): { out: readonly string[]; gained: bigint } {
  if (!reporter) throw new Error('nobody there');
  const balance = world.balance(reporter);
  expect(
    world.send(reporter, { ...chatSession, name: chatSession.names.proveWrong }, [u64(life.id), bytes(evidence)]),
  ).toBeUndefined();
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
    expect(prove(claim('post_message', [textArg('hello')], NOTHING_DONE)).out).toEqual([leader?.address]);
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
