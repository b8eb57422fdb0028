// A channel whose state hangs on tables, in nodes on the local chain: the editor's document, loaded page by page, written in by two and settled.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type ChannelId, nodeKeyToBytes } from '../base/ids.ts';
import { AptosChain } from '../chain/aptos.ts';
import { SETUP_MS_MAX } from '../chain/chain.suite.ts';
import { CONTRACT } from '../chain/fixtures/chat-group.ts';
import { openWallets, type WalletPerson, type Wallets } from '../chain/fixtures/wallets.ts';
import { sessionAddress } from '../chain/session-address.ts';
import type { Executor } from '../channel/executor.ts';
import { type OpenOptions, World } from './fixtures/world.ts';

const EDITOR = '0xed17000000000000000000000000000000000000000000000000000000000001';
const STAKE = 1_000;
const SESSION_GAS = 500_000_000;
/** More pieces than one page of items holds. */
const TEXT = 'All this is one line of the letter. '.repeat(250);
const FIRST_PIECE = '1';
const SLOW_MS = 20_000;

let wallets: Wallets;
const world = new World();
beforeAll(async () => {
  wallets = await openWallets();
}, SETUP_MS_MAX);
afterAll(async () => {
  await world.end();
  await wallets.close();
});

async function lendDocument({ account }: WalletPerson): Promise<ChannelId> {
  await wallets.run(account, `${EDITOR}::editor::document_create`, [EDITOR, 'Letters', TEXT]);
  const [count] = await wallets.aptos.view({
    payload: { function: `${EDITOR}::editor::document_count`, functionArguments: [EDITOR] },
  });
  const args = [EDITOR, Number(count), STAKE, 0, ''];
  const opened = await wallets.run(account, `${EDITOR}::editor::document_editor_open_with`, args);
  const event = opened.events.find(({ type }) => type.endsWith('::channel_events::ChannelCreated'));
  return BigInt(String(event?.data.channel_id)) as ChannelId;
}

async function enter(person: WalletPerson, channelId: ChannelId, wrapExecutor?: OpenOptions['wrapExecutor']) {
  const character = world.character('', person.address);
  const key = nodeKeyToBytes((await character.keys()).nodeKey);
  await wallets.run(person.account, `${EDITOR}::editor::document_editor_join`, [channelId, key, SESSION_GAS]);
  const chain = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
  const tab = await character.open({ chain, ...(wrapExecutor && { wrapExecutor }) });
  const account = sessionAddress((await character.keys()).nodeKey);
  return { channel: await tab.client.join(channelId, person.address), account };
}

async function textOnChain(): Promise<string> {
  const [count] = await wallets.aptos.view({
    payload: { function: `${EDITOR}::editor::document_count`, functionArguments: [EDITOR] },
  });
  const [text] = await wallets.aptos.view({
    payload: { function: `${EDITOR}::editor::text`, functionArguments: [EDITOR, Number(count)] },
  });
  return String(text);
}

it('[G1] loads the items of the tables with the state, runs on them, and settles them', {
  timeout: 2 * SLOW_MS,
}, async () => {
  const alice = await wallets.person();
  const bob = await wallets.person();
  const channelId = await lendDocument(alice);
  const atAlice = await enter(alice, channelId);
  const atBob = await enter(bob, channelId);
  await vi.waitFor(() => expect(atBob.channel.status.role).toBe('follower'), { timeout: SLOW_MS });

  const edit = (at: typeof atAlice, version: string, text: string) =>
    at.channel.call(`${EDITOR}::editor::edit`, [FIRST_PIECE, version, '0', '0', text]);
  const hers = edit(atAlice, '1', 'Dear Bob, ');
  await vi.waitFor(() => expect(hers.state.grade).toBe('final'), { timeout: SLOW_MS });
  const his = edit(atBob, '2', 'P.S. ');
  await vi.waitFor(
    () => expect(his.state).toMatchObject({ grade: 'final', outcome: { status: { kind: 'executed' } } }),
    {
      timeout: SLOW_MS,
    },
  );

  await atBob.channel.settle();
  expect(await textOnChain()).toBe(`P.S. Dear Bob, ${TEXT}`);
  // [X8] One transaction of bob's node, which carries the signatures.
  expect(await functionsOf(atBob)).toEqual(['document_settlement_signed']);
});

it('[N6] begins anew with what the tables hold on the chain, once everybody has left', {
  timeout: 4 * SLOW_MS,
}, async () => {
  const alice = await wallets.person();
  const carol = await wallets.person();
  const channelId = await lendDocument(alice);
  const atAlice = await enter(alice, channelId);
  const hers = atAlice.channel.call(`${EDITOR}::editor::edit`, [FIRST_PIECE, '1', '0', '0', 'Dear Carol, ']);
  await vi.waitFor(() => expect(hers.state.grade).toBe('final'), { timeout: SLOW_MS });
  await atAlice.channel.leave();

  const atCarol = await enter(carol, channelId);
  const after = atCarol.channel.call(`${EDITOR}::editor::edit`, [FIRST_PIECE, '2', '0', '0', 'P.S. ']);
  await vi.waitFor(
    () => expect(after.state).toMatchObject({ grade: 'final', outcome: { status: { kind: 'executed' } } }),
    { timeout: 2 * SLOW_MS },
  );
  await atCarol.channel.settle();
  expect(await textOnChain()).toBe(`P.S. Dear Carol, ${TEXT}`);
  expect(await functionsOf(atCarol)).toEqual(['document_settlement_signed', 'document_settlement_signed']);
});

it('[E5] proves to the application that a leader claims a wrong result', { timeout: 3 * SLOW_MS }, async () => {
  const mallory = await wallets.person();
  const bob = await wallets.person();
  const channelId = await lendDocument(mallory);
  await enter(mallory, channelId, tampering);
  const atBob = await enter(bob, channelId);
  await vi.waitFor(() => expect(atBob.channel.status.role).toBe('follower'), { timeout: SLOW_MS });
  const title = atBob.channel.call(`${EDITOR}::editor::set_title`, ['Post']);
  await vi.waitFor(() => expect(title.state.grade).toBe('final'), { timeout: 2 * SLOW_MS });
  expect(atBob.channel.status.role).toBe('leader');
  expect(await functionsOf(atBob)).toContain('document_prove_wrong');
});

/** What a node's session account has called on the chain, heartbeats and leadership aside. */
async function functionsOf({ account }: Awaited<ReturnType<typeof enter>>): Promise<string[]> {
  const sent = await wallets.aptos.getAccountTransactions({ accountAddress: account });
  const names = sent.flatMap((each) =>
    'payload' in each && 'function' in each.payload ? [String(each.payload.function).split('::').at(-1) ?? ''] : [],
  );
  return names.filter((name) => name !== 'keep_alive_entry' && name !== 'apply_leader_entry');
}

/** Every value that a call leaves has one bit more at its end. */
function tampering(executor: Executor): Executor {
  return {
    execute(read, request) {
      const outcome = executor.execute(read, request);
      const changes = outcome.changes.map((change) => {
        const value = change.new?.slice();
        if (value === undefined) return change;
        value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
        return { ...change, new: value };
      });
      return { ...outcome, changes };
    },
  };
}
