// A channel of five for one hour, every transaction of it sent: with heartbeats, without, and a chat's settlements.

import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBcs } from '../../../src/base/bcs.ts';
import type { Bytes } from '../../../src/base/bytes.ts';
import { sha3_256 } from '../../../src/base/hash.ts';
import type { ChannelId, Height, Term } from '../../../src/base/ids.ts';
import type { ChangeSet } from '../../../src/base/state.ts';
import { encodeSettlementData } from '../../../src/chain/settlement-data.ts';
import { signingMessage } from '../../../src/channel/scope.ts';
import { KEEP_ALIVE_MS } from '../../../src/node/chain-poller.ts';
import { chatSession } from '../../../src/testing/applications.ts';
import {
  address,
  addresses,
  byteStrings,
  bytes,
  CONTRACT,
  type Person,
  u64,
} from '../../../src/testing/lifecycle-chain.ts';
import { channelOf, openChatOf, StateBooks } from './application-costs.ts';
import { delays, openRoom, ROOM, type RoomChannel } from './contract-costs.ts';
import { addCosts, type Cost, type CostBook, NO_COST } from './cost-book.ts';

const HOUR_MS = 3_600_000;
export const SETTLE_MS = 60_000;
const MESSAGES_PER_MINUTE = 5;
const MESSAGE = 'The ferry leaves at ten past eight from the pier.';

export interface HourPart {
  readonly what: string;
  readonly count: number;
  readonly cost: Cost;
}

export interface Hour {
  readonly opening: readonly HourPart[];
  readonly normal: readonly HourPart[];
  readonly quiet: readonly HourPart[];
  readonly chat: HourPart;
  readonly closing: readonly HourPart[];
}

export function measureHour(book: CostBook): Hour {
  const people = book.people('h1', 'h2', 'h3', 'h4', 'h5');
  const rooms: { normal?: RoomChannel; quiet?: RoomChannel } = {};
  const opening = summed(book, 'opening the channel and joining it, five members', () => {
    rooms.normal = openRoom(book, people, false);
    return [];
  });
  const { normal } = rooms;
  const others = book.people('q1', 'q2', 'q3', 'q4', 'q5');
  const quiet = openRoom(book, others, true);
  if (normal === undefined) throw new Error('no room');
  const chat = measureChatHour(book);
  return {
    opening: [opening],
    normal: hourOf(book, normal, people, KEEP_ALIVE_MS),
    quiet: hourOf(book, quiet, others, undefined),
    chat,
    closing: closeRoom(book, normal, people),
  };
}

/** A heartbeat of each member every so often, if at all, and a settlement a minute that four of five have signed. */
function hourOf(book: CostBook, room: RoomChannel, members: readonly Person[], beatMs: number | undefined): HourPart[] {
  let beats: HourPart = { what: 'heartbeats', count: 0, cost: NO_COST };
  let settlements: HourPart = { what: 'settlements', count: 0, cost: NO_COST };
  const step = beatMs ?? SETTLE_MS;
  for (let elapsedMs = 0; elapsedMs < HOUR_MS; elapsedMs += step) {
    if (beatMs !== undefined) {
      const { count, cost } = book.sum(() =>
        room.nodes.map((node, index) => beatOnce(book, room, node, members, index)),
      );
      beats = { ...beats, count: beats.count + count, cost: addCosts(beats.cost, cost) };
    }
    if (elapsedMs % SETTLE_MS === 0) {
      const height = BigInt(elapsedMs / SETTLE_MS) * 100n;
      const { count, cost } = book.sum(() => [settle(book, room, members, height, height + 100n, false)]);
      settlements = { ...settlements, count: settlements.count + count, cost: addCosts(settlements.cost, cost) };
    }
    book.world.pass(step);
  }
  return [beats, settlements];
}

function beatOnce(book: CostBook, room: RoomChannel, node: Person, members: readonly Person[], index: number) {
  const member = members[index];
  if (member === undefined) throw new Error('nobody');
  const entry = { address: CONTRACT, module: 'state_channel', name: 'keep_alive_entry' };
  return book.world.send(node, entry, [u64(room.id), ...delays(member, members)]);
}

/** Of a room; the first member's node sends it. */
function settle(
  book: CostBook,
  room: RoomChannel,
  members: readonly Person[],
  from: bigint,
  to: bigint,
  closing: boolean,
): string | undefined {
  const [sender] = room.nodes;
  if (sender === undefined) throw new Error('nobody');
  const signers = members.slice(0, Math.ceil((2 * members.length) / 3));
  return book.world.send(sender, { address: ROOM, module: 'room', name: 'settle_signed' }, [
    address(room.owner.address),
    u64(room.id),
    ...settlementArguments(book, room.id, signers, [from, to], { closing }),
  ]);
}

/** A settlement's data, who has signed it, and their signatures, as entry functions take them. */
export function settlementArguments(
  book: CostBook,
  id: bigint,
  signers: readonly Person[],
  [from, to]: readonly [bigint, bigint],
  { changes = [], closing = false }: { readonly changes?: ChangeSet; readonly closing?: boolean },
): readonly [Bytes, Bytes, Bytes] {
  const root = sha3_256(u64(to));
  const data = encodeSettlementData({
    fromHeight: from as Height,
    toHeight: to as Height,
    changes,
    leaving: [],
    closing,
    stateRoot: root,
    historyHash: root,
  });
  const scope = { chainId: book.world.chain.chainId, contract: CONTRACT, channelId: id as ChannelId };
  const message = signingMessage('settlement:1', scope, 0n as Term, sha3_256(data));
  return [
    bytes(data),
    addresses(signers.map((each) => each.address)),
    byteStrings(signers.map((each) => ed25519.sign(message, each.nodeSeed) as Bytes)),
  ];
}

function closeRoom(book: CostBook, room: RoomChannel, members: readonly Person[]): HourPart[] {
  const [sender] = room.nodes;
  if (sender === undefined) throw new Error('nobody');
  const height = BigInt(HOUR_MS / SETTLE_MS) * 100n;
  const entry = { address: CONTRACT, module: 'state_channel', name: 'close_entry' };
  return [
    summed(book, 'saying that it closes, and the last settlement', () => [
      book.world.send(sender, entry, [u64(room.id)]),
      settle(book, room, members, height, height + 1n, true),
    ]),
    summed(book, 'leaving, five members', () =>
      members.map((each) => book.world.send(each, { address: ROOM, module: 'room', name: 'leave' }, [u64(room.id)])),
    ),
    summed(book, 'taking the state back', () => [
      book.world.send(room.owner, { address: ROOM, module: 'room', name: 'close' }, [u64(room.id)]),
    ]),
  ];
}

/** The group grows by some messages a minute, and every settlement carries all of it. */
function measureChatHour(book: CostBook): HourPart {
  const books = new StateBooks();
  const { life, people, nodes } = openChatOf(book, books, 'hour');
  const [first] = people;
  const [node] = nodes;
  if (first === undefined || node === undefined) throw new Error('nobody');
  return summed(book, `settlements of a chat with ${MESSAGES_PER_MINUTE} messages a minute`, () =>
    Array.from({ length: HOUR_MS / SETTLE_MS }, (_, minute) => {
      const channel = channelOf(book, chatSession, life);
      for (let n = 0; n < MESSAGES_PER_MINUTE; n++) {
        channel.call(first.address, 'post_message', [encodeBcs((w) => w.string(MESSAGE))]);
      }
      books.next = channel.changes;
      return life.settleSigned(node, life.settlement(BigInt(minute + 1) * 100n, [], false, 0), people.slice(0, 4));
    }),
  );
}

function summed(book: CostBook, what: string, send: () => readonly (string | undefined)[]): HourPart {
  return { what, ...book.sum(send) };
}
