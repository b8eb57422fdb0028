// Every entry function of the applications, from what has to be there before a session to what is taken home from it.

import { encodeBcs } from '../../../src/base/bcs.ts';
import type { Bytes } from '../../../src/base/bytes.ts';
import { ADDRESS_SIZE, addressFromBytes, type ChannelId, type Height } from '../../../src/base/ids.ts';
import type { ChangeSet, StateKey } from '../../../src/base/state.ts';
import { structTag } from '../../../src/base/type-tag.ts';
import { APTOS_ASSET } from '../../../src/devchain/accounts.ts';
import { chatSession, editorSession, landSession } from '../../../src/testing/applications.ts';
import { complaintEvidence, NOTHING_DONE } from '../../../src/testing/complaint.ts';
import {
  AIR,
  COLUMNS_IN_CHUNK,
  decodeAssets,
  encodeAssets,
  encodeChunk,
  HEIGHT,
  NEW_HERO,
} from '../../../src/testing/land-assets.ts';
import { LandBooks } from '../../../src/testing/land-books.ts';
import { type AssetBooks, Lifecycle, type SessionApplication } from '../../../src/testing/lifecycle.ts';
import { address, bytes, CONTRACT, type Person, u8, u64 } from '../../../src/testing/lifecycle-chain.ts';
import { ChannelChanges } from './channel-changes.ts';
import type { CostBook } from './cost-book.ts';

/** In the channel: no transaction of the chain, and no fee. */
export interface ChannelRow {
  readonly call: string;
  readonly when: string;
  /** Units of the channel's VM. */
  readonly gas: bigint;
}

/** Octas: odd, as in the tests; what is staked does not change what it costs. */
const STAKED = 1_001n;
const NUMBERS_TRIED = 40;
/** Of MoveCraft's items. */
const [LOG, PLANKS, IRON_PICK] = [6, 8, 42];
const NOTHING = new Uint8Array([0]);
const text = (value: string): Bytes => encodeBcs((w) => w.string(value));
const SENTENCE = 'The ferry leaves at ten past eight from the pier.';
/** Messages of a settlement, edits of another. */
const MESSAGES = 20;

export type Session = {
  readonly life: Lifecycle;
  readonly people: readonly Person[];
  readonly nodes: readonly Person[];
};
type Five = [Person, Person, Person, Person, Person];

/** Without assets: only what settlements say of the state. */
export class StateBooks implements AssetBooks {
  next: ChangeSet = [];
  prepare(): void {}
  opened(): void {}
  joined(): void {}
  left(): void {}
  changes(): ChangeSet {
    return this.next;
  }
  judge() {
    return { kind: 'lawful', enter: () => {} } as const;
  }
  decided(): void {}
  isOwnRefusal(): boolean {
    return false;
  }
  audit(): void {}
}

export function measureChat(book: CostBook): ChannelRow[] {
  const { world } = book;
  const [alice] = book.people('alice');
  if (alice === undefined) return [];
  const chat = (name: string) => ({ ...chatSession, name });
  const own = address(alice.address);
  book.measure('', () => world.send(alice, chat('open_server'), []));
  book.measure('', () => world.send(alice, chat('create_group'), [own, text('Harbour')]));
  book.measure('for a group that is there', () =>
    world.send(alice, chat('chat_session_create'), [own, u64(1n), u64(STAKED), u64(60_000n), text('')]),
  );
  const books = new StateBooks();
  const session = openSession(book, chatSession, books, 'chat');
  const [first] = session.people as Five;
  const rows: ChannelRow[] = [];
  measureSession(book, session, books, `${MESSAGES} messages of ${SENTENCE.length} bytes`, () => {
    const channel = channelOf(book, chatSession, session.life);
    const row = (name: string, args: readonly Bytes[], when: string) =>
      rows.push(channelRow(channel, name, first, args, when));
    row('set_nickname', [text('Alice')], '5 bytes');
    row('set_topic', [text('Harbour')], '7 bytes');
    row('post_message', [text(SENTENCE)], `${SENTENCE.length} bytes, the first message`);
    for (let n = 1; n < MESSAGES; n++) channel.call(first.address, 'post_message', [text(SENTENCE)]);
    row('post_message', [text(SENTENCE)], `${SENTENCE.length} bytes, after ${MESSAGES}`);
    row('edit_message', [u64(7n), text(SENTENCE)], `one of ${MESSAGES}`);
    row('delete_message', [u64(BigInt(MESSAGES + 1))], `one of ${MESSAGES}`);
    return channel.changes;
  });
  return rows;
}

/** What a replay costs by what it has to show: a group of so many messages, and a message that the leader left out. */
export function measureEvidence(book: CostBook): void {
  for (const count of [20, 200]) {
    const { life, people, nodes } = openChatOf(book, new StateBooks(), `replay of ${count}`);
    const [first, second] = people as Five;
    const [nodeA] = nodes as Five;
    const channel = channelOf(book, chatSession, life);
    for (let n = 0; n < count; n++) channel.call(first.address, 'post_message', [text(SENTENCE)]);
    const key: StateKey = { kind: 'resource', address: chatSession.address, type: chatSession.state };
    const evidence = complaintEvidence({
      scope: { chainId: book.world.chain.chainId, contract: CONTRACT, channelId: life.id as ChannelId },
      accused: second.address,
      leaderSeed: second.nodeSeed,
      callerSeed: first.nodeSeed,
      call: {
        address: chatSession.address,
        module: 'chat',
        function: 'post_message',
        typeArgs: [],
        args: [text(SENTENCE)],
      },
      timestampMs: 1n,
      state: [{ key, value: channel.get(key) ?? new Uint8Array() }],
      outcome: NOTHING_DONE,
      shown: [key],
    });
    for (const node of nodes) life.node(node, 'keep_alive_entry', NOTHING, NOTHING);
    book.measure(`of a group of ${count} messages, a message that the leader left out`, () =>
      book.world.send(nodeA, { ...chatSession, name: 'chat_prove_wrong' }, [u64(life.id), bytes(evidence)]),
    );
  }
}

export function measureEditor(book: CostBook): ChannelRow[] {
  const { world } = book;
  const [alice] = book.people('alice');
  if (alice === undefined) return [];
  const editor = (name: string) => ({ ...editorSession, name });
  const own = address(alice.address);
  book.measure('', () => world.send(alice, editor('shelf_open'), [Uint8Array.of(1)]));
  book.measure('with a text of 2,000 bytes', () =>
    world.send(alice, editor('document_create'), [own, text('Letters'), text('x'.repeat(2_000))]),
  );
  book.measure('a document that is there', () =>
    world.send(alice, editor('document_editor_open'), [own, u64(1n), text('')]),
  );
  world.send(alice, editor('document_create'), [own, text('Letters'), text('')]);
  book.measure('a document that is there', () =>
    world.send(alice, editor('document_editor_open_with'), [own, u64(2n), u64(STAKED), u64(60_000n), text('')]),
  );
  const books = new StateBooks();
  const session = openSession(book, editorSession, books, 'editor');
  const [first] = session.people as Five;
  const rows: ChannelRow[] = [];
  measureSession(book, session, books, `${MESSAGES} edits of ${SENTENCE.length} bytes`, () => {
    const channel = channelOf(book, editorSession, session.life);
    const row = (name: string, args: readonly Bytes[], when: string) =>
      rows.push(channelRow(channel, name, first, args, when));
    const edit = (version: number, what: string) => [u64(1n), u64(BigInt(version)), u64(0n), u64(0n), text(what)];
    row('set_title', [text('Letters')], '7 bytes');
    row('edit', edit(1, SENTENCE), `${SENTENCE.length} bytes into an empty document`);
    for (let n = 1; n < MESSAGES; n++) channel.call(first.address, 'edit', edit(n + 1, SENTENCE));
    row('edit', edit(MESSAGES + 1, 'a'), `1 byte into ${MESSAGES * SENTENCE.length}`);
    return channel.changes;
  });
  return rows;
}

export function measureLand(book: CostBook): ChannelRow[] {
  const { world } = book;
  const [alice, heidi] = book.people('alice', 'heidi') as [Person, Person];
  const land = (name: string) => ({ ...landSession, name });
  const own = address(alice.address);
  book.measure('', () => world.send(alice, land('open_world'), []));
  book.measure('', () => world.send(heidi, land('create_hero'), []));
  book.measure('of 16 chunks', () => world.send(alice, land('create_land'), [own, u64(7n), u64(4n)]));
  const create = [own, u64(1n), encodeBcs((w) => w.uleb128(1).u64(STAKED)), u64(0n), u64(60_000n), text('')];
  book.measure('for a land that is there', () => world.send(alice, land('land_session_create'), create));
  const books = new LandBooks(world, landSession.address);
  const session = openSession(book, landSession, books, 'land');
  const rows = landCalls(book, session);
  measureSession(book, session, books, 'what five heroes did in a land of one chunk');
  return rows;
}

/** Of a settlement: chunks, columns that are written in each, blocks that were taken out of each column. */
const CHANGED = [
  [1, 1, 1],
  [8, 1, 1],
  [64, 1, 1],
  [150, 1, 1],
  [16, 16, 1],
  [1, 64, 1],
  [8, 64, 1],
  [1, 64, 12],
  [5, 64, 12],
] as const;

/** What a settlement of a land costs by what it changes for the first time. */
export function measureChunks(book: CostBook): void {
  const books = new StateBooks();
  const side = 32;
  const size = (args: readonly Bytes[]) => args.map((arg, index) => (index === 2 ? u64(BigInt(side)) : arg));
  const application = { ...landSession, createArgs: size(landSession.createArgs) };
  const people = book.people(...['1', '2', '3', '4', '5'].map((n) => `chunks ${n}`));
  const [first, ...others] = people as Five;
  const land = (name: string) => ({ ...landSession, name });
  for (const each of people) book.world.send(each, land('create_hero'), []);
  const life = Lifecycle.open(book.world, application, first, books);
  for (const each of others) life.join(each, false);
  const node = book.session(first);
  const own = address(landSession.address);
  const landId = book.world.view(land('land_count'), [own])[0]?.u64('lands') ?? 0n;
  // The land's table is the last of its fields.
  const handle = addressFromBytes(stateBytes(book, landSession, life).slice(-ADDRESS_SIZE));
  const u32 = (value: number) => encodeBcs((w) => w.u32(value));
  let next = 0;
  for (const [count, columns, blocks] of CHANGED) {
    books.next = Array.from({ length: count }, () => {
      const at = [next % side, Math.floor(next / side)] as const;
      next++;
      const [seen] = book.world.view(land('chunk'), [own, u64(landId), u32(at[0]), u32(at[1])]);
      const chunk = seen?.vector('columns', COLUMNS_IN_CHUNK, (r) => r.bytes('column', HEIGHT)) ?? [];
      const written = chunk.map((column, index) => (index < columns ? mined(column, blocks) : new Uint8Array()));
      const key: StateKey = { kind: 'item', handle, key: encodeBcs((w) => w.u32(at[0]).u32(at[1])) };
      return { key, new: encodeChunk(written) };
    });
    const height = life.settledHeight + 10n;
    const what = `${plural(columns, 'column')} of ${plural(count, 'new chunk')}, ${plural(blocks, 'block')} of each`;
    book.measure(`${what}, signed by four of five`, () =>
      life.settleSigned(node, life.settlement(height, [], false, 0), people.slice(0, 4)),
    );
  }
}

/** The column without its highest blocks. */
function mined(column: Bytes, count: number): Bytes {
  const left = column.slice();
  for (let n = 0; n < count; n++) left[left.findLastIndex((block) => block !== AIR)] = AIR;
  return left;
}

function plural(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

/** By the hero of the session's creator, who is the one that ticks. */
function landCalls(book: CostBook, { life, people }: Session): ChannelRow[] {
  const [first] = people as Five;
  const assets: StateKey = {
    kind: 'resource',
    address: first.address,
    type: structTag(landSession.address, 'land', 'LandAssets'),
  };
  const hero = {
    ...NEW_HERO,
    journeys: 1n,
    items: new Map([
      [LOG, 8n],
      [PLANKS, 8n],
      [IRON_PICK, 1n],
    ]),
  };
  const channel = channelOf(book, landSession, life, [{ key: assets, value: encodeAssets(hero) }]);
  const rows: ChannelRow[] = [];
  const row = (name: string, args: readonly Bytes[], when: string) =>
    rows.push(channelRow(channel, name, first, args, when));
  row('enter', [], '');
  row('walk', [bytes(Uint8Array.of(0, 1))], 'two steps');
  const [x, y, z] = decodeAssets(channel.get(assets) ?? encodeAssets(hero)).place;
  row('mine', [u64(x), u64(y - 1n), u64(z)], 'in a chunk that nobody has touched');
  // Into the first place beside the hero that the land's shape leaves free.
  const beside = [-1n, 0n, 1n].flatMap((up) => [
    [x, y + up, z + 1n],
    [x + 1n, y + up, z],
  ]);
  const free = beside.find((at) => channel.executes(first.address, 'place', [...at.map(u64), u8(PLANKS)]));
  if (free === undefined) throw new Error('no place to build');
  row('place', [...free.map(u64), u8(PLANKS)], 'in one that is stored');
  row('mine', free.map(u64), 'in one that is stored');
  row('craft', [u8(0)], 'planks of a log');
  row('tick', [], 'over a land of one chunk');
  return rows;
}

/** A chat of five, not measured. */
export function openChatOf(book: CostBook, books: StateBooks, label: string): Session {
  const people = book.people(...['1', '2', '3', '4', '5'].map((n) => `${label} ${n}`));
  const [first, ...others] = people;
  if (first === undefined) throw new Error('nobody');
  const life = Lifecycle.open(book.world, chatSession, first, books);
  for (const each of others) life.join(each, false);
  return { life, people, nodes: people.map((each) => book.session(each)) };
}

function openSession(book: CostBook, application: SessionApplication, books: AssetBooks, label: string): Session {
  const people = book.people(...['1', '2', '3', '4', '5'].map((n) => `${label} ${n}`));
  const [first, second, third, fourth, fifth] = people as Five;
  for (const each of people) books.prepare(each);
  let life: Lifecycle | undefined;
  book.measure('', () => {
    life = Lifecycle.open(book.world, application, first, books);
    return undefined;
  });
  if (life === undefined) throw new Error('no session');
  const opened = life;
  book.measure('the second of five', () => opened.join(second, false));
  const staking = { address: CONTRACT, module: 'staking', name: 'stake_entry' };
  book.world.send(third, staking, [address(APTOS_ASSET), u64(STAKED)]);
  book.measure('the third of five', () => opened.join(third, true));
  opened.join(fourth, false);
  opened.join(fifth, false);
  return { life, people, nodes: people.map((each) => book.session(each)) };
}

/** From the first settlement to the last member's leaving. */
function measureSession(
  book: CostBook,
  { life, people, nodes }: Session,
  books: AssetBooks,
  what: string,
  work?: () => ChangeSet,
): void {
  const [first, second, third, fourth, fifth] = people as Five;
  const [nodeA, nodeB, nodeC, nodeD] = nodes as Five;
  const signers = people.slice(0, 4);
  for (const node of nodes) life.node(node, 'keep_alive_entry', NOTHING, NOTHING);
  if (books instanceof StateBooks && work) books.next = work();
  const data = life.settlement(10n, [], false, lawfulNumber(life, books));
  book.measure(`${what}, signed by four of five`, () => life.settleSigned(nodeA, data, signers));
  if (books instanceof StateBooks) books.next = [];
  const later = life.settlement(20n, [], false, lawfulNumber(life, books));
  life.node(nodeA, 'create_proposal_entry', u8(1), bytes(later));
  for (const node of [nodeB, nodeC, nodeD]) life.node(node, 'vote_proposal_entry', u64(1n), u8(1));
  const voted = `${books instanceof StateBooks ? 'nothing but heights' : what}, voted for by four of five`;
  book.measure(voted, () => life.settle(nodeA, 1n));
  book.measure('a call where there is no state, the least evidence', () =>
    life.proveWrong(nodeA, fourth, first, false),
  );
  life.settleSigned(nodeA, life.settlement(30n, [second.address], false, 0), [first, third, fifth]);
  book.measure('settled out', () => life.leave(second));
  life.node(nodeA, 'close_entry');
  life.settleSigned(nodeA, life.settlement(40n, [], true, 0), [first, third, fifth]);
  book.measure('when the channel is closed', () => life.leave(first));
  book.measure('with a stake from a deposit', () => life.leave(third));
  life.leave(fourth);
  life.leave(fifth);
  book.measure('when all are gone', () => life.close(first));
}

/** One whose changes the application accepts; of those that were tried the one with the most. */
function lawfulNumber(life: Lifecycle, books: AssetBooks): number {
  let [best, most] = [0, -1];
  for (let n = 0; n < NUMBERS_TRIED; n++) {
    const changes = books.changes(life, n);
    const settlement = {
      fromHeight: life.settledHeight as Height,
      toHeight: (life.settledHeight + 10n) as Height,
      changes,
      leaving: [],
      closing: false,
      stateRoot: new Uint8Array(32),
      historyHash: new Uint8Array(32),
    };
    if (changes.length > most && books.judge(life, settlement).kind === 'lawful') [best, most] = [n, changes.length];
  }
  return best;
}

/** The channel's state as its members have it when it begins. */
export function channelOf(
  book: CostBook,
  application: SessionApplication,
  life: Lifecycle,
  assets: readonly { readonly key: StateKey; readonly value: Bytes }[] = [],
): ChannelChanges {
  const key: StateKey = { kind: 'resource', address: application.address, type: application.state };
  const value = stateBytes(book, application, life);
  return new ChannelChanges(application, book.world.chain.world.view(), [{ key, value }, ...assets]);
}

function stateBytes(book: CostBook, application: SessionApplication, life: Lifecycle): Bytes {
  const view = { address: CONTRACT, module: 'state_channel', name: 'state_bytes' };
  const [state] = book.world.view(view, [u64(life.id)], [application.state]);
  return state?.bytes('state', 1_000_000) ?? new Uint8Array();
}

function channelRow(
  channel: ChannelChanges,
  name: string,
  who: Person,
  args: readonly Bytes[],
  when: string,
): ChannelRow {
  return { call: `${channel.module}::${name}`, when, gas: channel.call(who.address, name, args) };
}
