// The contracts' compiled bytecode on the local chain, called by the plain ts-sdk: a chat session from the first join to the last
// stake paid back, as wallets and nodes run it.

import * as sdk from '@aptos-labs/ts-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { parseAddress, writeAddress } from '../../src/base/ids.ts';
import { APT, type CallArguments, SdkClient } from '../../src/devchain/sdk-client.suite.ts';
import { type Devchain, startDevchain } from '../../src/devchain/server.ts';

const CONTRACT = parseAddress('0x57a17');
const CHAT = parseAddress('0xc4a7');
const STAKE = 5_000_000;
const SESSION_GAS = 50_000_000;
const CHANNEL = 1;

/** A wallet, and the session account of its node. */
interface Person {
  readonly wallet: sdk.Ed25519Account;
  readonly session: sdk.Ed25519Account;
}

let nowMicros = 1_900_000_000_000_000n;
let devchain: Devchain;
let client: SdkClient;
let alice: Person;
let bob: Person;
let carol: Person;

beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0, clock: () => nowMicros });
  client = new SdkClient(sdk, devchain);
  [alice, bob, carol] = [await person(), await person(), await person()];
});
afterAll(() => devchain.close());

async function person(): Promise<Person> {
  const session = new sdk.Ed25519Account({ privateKey: sdk.Ed25519PrivateKey.generate() });
  return { wallet: await client.funded(APT), session };
}

function run(
  sender: sdk.Account,
  name: string,
  functionArguments: CallArguments,
): Promise<sdk.UserTransactionResponse> {
  const options = { expireTimestamp: Number(nowMicros / 1_000_000n) + 60, maxGasAmount: 200_000, gasUnitPrice: 100 };
  return client.send(sender, { function: name as sdk.MoveFunctionId, functionArguments }, options);
}

/** Runs what must succeed; the names of its events. */
async function done(sender: sdk.Account, name: string, functionArguments: CallArguments): Promise<string[]> {
  const response = await run(sender, name, functionArguments);
  expect(response.vm_status).toBe('Executed successfully');
  return response.events.map((event) => event.type.split('::')[2] ?? '');
}

/** By `viewJson`: `view` reads the ABI first, and ts-sdk refuses the short addresses that a node writes there for `0xc4a7`. */
async function view(name: string, args: (string | number)[]): Promise<unknown> {
  const [value] = await client.aptos.viewJson({
    payload: { function: name as sdk.MoveFunctionId, functionArguments: args.map(String) },
  });
  return value;
}

const balance = (account: sdk.Account): Promise<number> => client.balance(account);
/** What the transaction cost in octas, less what came back for storage that it freed. */
function feeOf({ gas_used, gas_unit_price, events }: sdk.UserTransactionResponse): number {
  const statement = events.find(({ type }) => type === '0x1::transaction_fee::FeeStatement');
  return Number(gas_used) * Number(gas_unit_price) - Number(statement?.data.storage_fee_refund_octas ?? 0);
}

const addressOf = (account: sdk.Account): string => parseAddress(account.accountAddress.toString());

interface Message {
  readonly id: bigint;
  readonly author: sdk.Account;
  readonly text: string;
}

/** A chat group in BCS. */
function group(messages: readonly Message[]): Bytes {
  return encodeBcs((w) => {
    w.string('Tea').vector([], () => {});
    w.vector(messages, (writer, { id, author, text }) => {
      writeAddress(writer.u64(id), parseAddress(addressOf(author)));
      writer.string(text).u64(7n).bool(false);
    });
    w.u64(BigInt(messages.length + 1)).u64(0n);
    w.u64(messages.reduce((sum, { text }) => sum + 51n + BigInt(text.length), 0n));
  });
}

function settlement(
  heights: readonly [bigint, bigint],
  change: { readonly old: Bytes; readonly new: Bytes } | undefined,
  leaving: readonly sdk.Account[],
  closing: boolean,
): Bytes {
  return encodeBcs((w) => {
    w.u64(heights[0]).u64(heights[1]);
    w.vector(change ? [change] : [], (writer, group) => {
      writeAddress(writer, CHAT);
      writer.vector(['0xc4a7::chat::ChatGroup'], (types, name) => {
        const bytes = (values: typeof writer, value: Bytes): void => {
          values.bytes(value);
        };
        types
          .string(name)
          .vector([], bytes)
          .vector([sha3_256(group.old), group.new], bytes)
          .vector([], bytes);
      });
    });
    w.vector([], () => {});
    w.vector(leaving, (writer, account) => writeAddress(writer, parseAddress(addressOf(account))));
    w.bool(closing)
      .bytes(sha3_256(new Uint8Array([1])))
      .bytes(sha3_256(new Uint8Array([2])));
  });
}

describe('a chat session on the local chain', () => {
  const talk = (count: number): Bytes =>
    group(Array.from({ length: count }, (_, i) => ({ id: BigInt(i + 1), author: alice.wallet, text: `line ${i}` })));

  it('[C9] opens and is joined with one transaction of each wallet', async () => {
    const events = await done(alice.wallet, `${CHAT}::chat::chat_session_create_and_join`, [
      CHAT,
      'Tea',
      STAKE,
      60_000,
      '/dns4/relay',
      alice.session.publicKey.toUint8Array(),
      SESSION_GAS,
    ]);
    expect(events).toEqual(expect.arrayContaining(['GroupCreated', 'ChannelCreated', 'SessionOpened', 'MemberJoined']));
    for (const { wallet, session } of [bob, carol]) {
      const args = [CHAT, CHANNEL, session.publicKey.toUint8Array(), SESSION_GAS];
      await done(wallet, `${CHAT}::chat::chat_session_join`, args);
    }
    expect(await view(`${CONTRACT}::state_channel::members`, [CHANNEL])).toMatchObject(
      [alice, bob, carol].map(({ wallet, session }, index) => ({
        member: addressOf(wallet),
        session: addressOf(session),
        join_sequence: String(index + 1),
        valid: true,
        stake: String(STAKE),
      })),
    );
    expect(await balance(bob.session)).toBe(SESSION_GAS);
    expect(await view(`${CHAT}::chat::sessions`, [CHAT])).toMatchObject([
      { channel_id: '1', title: 'Tea', member_count: '3', stake: String(STAKE) },
    ]);
  });

  it('[C13] [C35] elects a leader and refuses another while it is valid', async () => {
    await done(alice.session, `${CONTRACT}::state_channel::apply_leader_entry`, [CHANNEL]);
    const refused = await run(bob.session, `${CONTRACT}::state_channel::apply_leader_entry`, [CHANNEL]);
    expect(refused.success).toBe(false);
    expect(refused.vm_status).toContain('E_LEADER_VALID');
    nowMicros += 10_000_000n;
    await done(carol.session, `${CONTRACT}::state_channel::challenge_entry`, [CHANNEL, addressOf(alice.wallet)]);
    for (const { session, wallet } of [bob, carol]) {
      const args = [CHANNEL, [addressOf(alice.wallet), addressOf(wallet)], [12, 0]];
      await done(session, `${CONTRACT}::state_channel::keep_alive_entry`, args);
    }
    nowMicros += 9_000_000n;
    await done(bob.session, `${CONTRACT}::state_channel::apply_leader_entry`, [CHANNEL]);
    expect(await view(`${CONTRACT}::state_channel::channel_info`, [CHANNEL])).toMatchObject({
      leader: { vec: [addressOf(bob.wallet)] },
      term: '2',
    });
  });

  it('[CH8] settles the talk, and lets a member go with its stake', async () => {
    const change = { old: group([]), new: talk(100) };
    const data = settlement([0n, 103n], change, [carol.wallet], false);
    await done(bob.session, `${CONTRACT}::state_channel::create_proposal_entry`, [CHANNEL, 1, data]);
    await done(carol.session, `${CONTRACT}::state_channel::vote_proposal_entry`, [CHANNEL, 1, 1]);
    const events = await done(bob.session, `${CHAT}::chat::chat_group_settlement`, [CHANNEL, 1]);
    expect(events).toEqual(expect.arrayContaining(['ProposalExecuted', 'MemberSettledOut', 'SessionSettled']));

    const settled = (await view(`${CHAT}::chat::group`, [CHAT, 1])) as { messages: { text: string }[] };
    expect(settled.messages.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, i) => `line ${i}`));
    const before = await balance(carol.wallet);
    const left = await run(carol.wallet, `${CHAT}::chat::chat_session_leave`, [CHANNEL]);
    expect(await balance(carol.wallet)).toBe(before + STAKE - feeOf(left));
  });

  it('[CH4] settles the largest group within the limits of a transaction, and pays for its storage once', async () => {
    const full = (letter: string): Bytes =>
      group(
        Array.from({ length: 31 }, (_, i) => ({
          id: BigInt(i + 1),
          author: alice.wallet,
          text: letter.repeat(1_000),
        })),
      );
    const costs: number[] = [];
    const settle = async (heights: readonly [bigint, bigint], old: Bytes, next: Bytes, proposal: number) => {
      for (const { session } of [alice, bob]) {
        await done(session, `${CONTRACT}::state_channel::keep_alive_entry`, [CHANNEL, [], []]);
      }
      const data = settlement(heights, { old, new: next }, [], false);
      const proposed = await run(alice.session, `${CONTRACT}::state_channel::create_proposal_entry`, [
        CHANNEL,
        1,
        data,
      ]);
      expect(proposed.vm_status).toBe('Executed successfully');
      await done(bob.session, `${CONTRACT}::state_channel::vote_proposal_entry`, [CHANNEL, proposal, 1]);
      const executed = await run(alice.session, `${CHAT}::chat::chat_group_settlement`, [CHANNEL, proposal]);
      expect(executed.vm_status).toBe('Executed successfully');
      costs.push(Number(proposed.gas_used), Number(executed.gas_used));
    };
    await settle([103n, 150n], talk(100), full('a'), 2);
    await settle([150n, 200n], full('a'), full('b'), 3);
    const [proposedFirst, executedFirst, proposedAgain, executedAgain] = costs;
    expect(proposedFirst).toBeGreaterThan(50_000);
    expect(executedFirst).toBeGreaterThan(50_000);
    expect(proposedAgain).toBeLessThan(5_000);
    expect(executedAgain).toBeLessThan(5_000);
  });

  it('[C30] closes, gives the group back and every stake', async () => {
    await done(alice.session, `${CONTRACT}::state_channel::close_entry`, [CHANNEL]);
    const data = settlement([200n, 201n], undefined, [], true);
    await done(bob.session, `${CONTRACT}::state_channel::create_proposal_entry`, [CHANNEL, 1, data]);
    await done(alice.session, `${CONTRACT}::state_channel::vote_proposal_entry`, [CHANNEL, 4, 1]);
    await done(bob.session, `${CHAT}::chat::chat_group_settlement`, [CHANNEL, 4]);
    await done(bob.session, `${CHAT}::chat::chat_session_close`, [CHANNEL]);
    for (const { wallet } of [alice, bob]) {
      const before = await balance(wallet);
      const left = await run(wallet, `${CHAT}::chat::chat_session_leave`, [CHANNEL]);
      expect(await balance(wallet)).toBe(before + STAKE - feeOf(left));
    }
    expect(await view(`${CHAT}::chat::sessions`, [CHAT])).toEqual([]);
    expect(await view(`${CHAT}::chat::group_session`, [CHAT, 1])).toEqual({ vec: [] });
  });
});
