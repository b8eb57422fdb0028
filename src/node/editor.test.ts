// The editor in whole nodes on the local chain: a short and a long document that two write in at once, and what the chain has of them in the end.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BcsReader } from '../base/bcs.ts';
import { fromHex } from '../base/bytes.ts';
import type { ChannelId } from '../base/ids.ts';
import { SETUP_MS_MAX } from '../chain/chain.suite.ts';
import type { WalletPerson } from '../chain/fixtures/wallets.ts';
import { ChainWorld, type Seat, SLOW_MS, tampering } from './fixtures/chain-world.ts';

const EDITOR = '0xed17000000000000000000000000000000000000000000000000000000000001';
const STAKE = 1_000;
const FIRST_PIECE = '1';
/** Pieces in a page of the view. */
const PAGE = '256';
const PIECE_SIZE_MAX = 512;
/** Of one edit. */
const INSERTED_MAX = 504;
/** More pieces than a transaction of the chain brings, and than the view shows at once. */
const LONG_SIZE = 80_000;
/** More pieces than one page of items holds. */
const MANY_LINES = 'All this is one line of the letter. '.repeat(250);
/** In bytes: a few pieces, the head and the roots. */
const SETTLED_OF_WORDS_MAX = 4_096;

interface Piece {
  readonly id: string;
  readonly text: string;
  readonly next: string;
  readonly version: string;
}

let world: ChainWorld;
let alice: WalletPerson;
let bob: WalletPerson;
let carol: WalletPerson;
beforeAll(async () => {
  world = await ChainWorld.open();
  [alice, bob, carol] = [await world.person(1), await world.person(2), await world.person(3)];
}, SETUP_MS_MAX);
afterAll(() => world.end());

async function lendDocument(person: WalletPerson, text: string): Promise<{ documentId: string; id: ChannelId }> {
  await world.wallets.run(person.account, `${EDITOR}::editor::document_create`, [EDITOR, 'Letters', text]);
  const documentId = String(await world.view({ name: `${EDITOR}::editor::document_count`, args: [EDITOR] }));
  const args = [EDITOR, Number(documentId), STAKE, 0, ''];
  return { documentId, id: await world.opened(person, `${EDITOR}::editor::document_editor_open_with`, args) };
}

function enter(person: WalletPerson, channelId: ChannelId, options: Parameters<ChainWorld['enter']>[3] = {}) {
  const args = (nodeKey: Uint8Array, gas: number) => [channelId, nodeKey, gas];
  return world.enter(person, channelId, { name: `${EDITOR}::editor::document_editor_join`, args }, options);
}

async function textOnChain(documentId: string): Promise<string> {
  let [text, from] = ['', '0'];
  do {
    const args = [EDITOR, documentId, from, PAGE];
    const page = (await world.view({ name: `${EDITOR}::editor::pieces`, args })) as {
      readonly pieces: readonly { readonly text: string }[];
      readonly next_piece: string;
    };
    text += page.pieces.map((piece) => piece.text).join('');
    from = page.next_piece;
  } while (from !== '0');
  return text;
}

/** In the order of the text, as a node has them. */
function piecesOf({ channel }: Seat): Piece[] {
  const items = new Map(channel.state.entries.map(({ type, value }) => [type, value]));
  const pieces: Piece[] = [];
  for (let id = FIRST_PIECE; id !== '0'; ) {
    const value = items.get(`item ${pieceKey(id)}`);
    if (typeof value !== 'string') throw new Error(`there is no piece ${id}`);
    const piece = readPiece(id, value);
    pieces.push(piece);
    id = piece.next;
  }
  return pieces;
}

function pieceKey(id: string): string {
  return `0x${Array.from({ length: 8 }, (_, i) => ((BigInt(id) >> BigInt(8 * i)) & 255n).toString(16).padStart(2, '0')).join('')}`;
}

function readPiece(id: string, value: string): Piece {
  const r = new BcsReader(fromHex(value.slice(2)));
  const text = r.string('text', PIECE_SIZE_MAX);
  r.u64('previous');
  return { id, text, next: String(r.u64('next')), version: String(r.u64('version')) };
}

const textOf = (seat: Seat): string =>
  piecesOf(seat)
    .map(({ text }) => text)
    .join('');

type Pick = (pieces: readonly Piece[]) => Piece | undefined;
const last: Pick = (pieces) => pieces.at(-1);
const middle: Pick = (pieces) => pieces[pieces.length >> 1];

/** At the end of the piece that it picks among those that this tab sees now. */
async function write(seat: Seat, pick: Pick, text: string): Promise<void> {
  const piece = pick(piecesOf(seat));
  if (!piece) throw new Error('there is no piece');
  const args = [piece.id, piece.version, String(piece.text.length), '0', text];
  expect((await seat.channel.call('edit', args).verified).status).toEqual({ kind: 'executed' });
}

const soon = (look: () => void) => vi.waitFor(look, { timeout: SLOW_MS, interval: 20 });

async function agree(one: Seat, other: Seat): Promise<void> {
  await soon(() => {
    expect(one.channel.status.finalHeight).toBe(one.channel.status.height);
    expect(one.channel.status.height).toBe(other.channel.status.height);
    expect(one.channel.status.root).toEqual(other.channel.status.root);
  });
  expect(textOf(other)).toBe(textOf(one));
}

/** The data of the settlements that the node has brought with signatures, in bytes. */
async function settledSizes({ account }: Seat): Promise<number[]> {
  const sent = await world.wallets.aptos.getAccountTransactions({ accountAddress: account });
  return sent.flatMap((each) => {
    if (!('payload' in each && 'function' in each.payload && 'success' in each)) return [];
    const isSettled = each.success && each.payload.function.endsWith('_settlement_signed');
    return isSettled ? [String(each.payload.arguments[1]).length / 2 - 1] : [];
  });
}

describe('a document in nodes', () => {
  it.each([
    { kind: 'short', size: 1_000 },
    { kind: 'long', size: LONG_SIZE },
  ])(
    'that is $kind is written by two at once, settled, and read by who comes later',
    {
      timeout: 5 * SLOW_MS,
    },
    async ({ size }) => {
      const { documentId, id } = await lendDocument(alice, MANY_LINES.slice(0, size));
      const atAlice = await enter(alice, id);
      const atBob = await enter(bob, id);
      await soon(() => expect(atBob.channel.status.role).toBe('follower'));
      const grow = async (seat: Seat, letter: string, pick: Pick) => {
        while (textOf(seat).length < size) await write(seat, pick, letter.repeat(INSERTED_MAX));
      };
      await Promise.all([grow(atAlice, 'a', last), grow(atBob, 'b', middle)]);
      await agree(atAlice, atBob);
      await atBob.channel.settle();
      expect(await textOnChain(documentId)).toBe(textOf(atBob));
      const settledBefore = (await settledSizes(atBob)).length;

      // Both at the end of the piece in the middle, and neither waits for the other.
      const words = (letter: string) => Array.from({ length: 20 }, (_, n) => `${letter}${n} `);
      const type = async (seat: Seat, letter: string) => {
        for (const word of words(letter)) await write(seat, middle, word);
      };
      await Promise.all([type(atAlice, 'A'), type(atBob, 'B')]);
      await agree(atAlice, atBob);
      const text = textOf(atBob);
      for (const word of [...words('A'), ...words('B')]) expect(text).toContain(word);
      await atBob.channel.settle();
      expect(await textOnChain(documentId)).toBe(text);
      // [X8] In one transaction, and of no more bytes where the document is long.
      const after = (await settledSizes(atBob)).slice(settledBefore);
      expect(after).toHaveLength(1);
      expect(after[0]).toBeLessThan(SETTLED_OF_WORDS_MAX);
      expect(await world.functionsOf(atAlice)).toEqual([]);

      // [G3] The history is settled: from a snapshot.
      const atCarol = await enter(carol, id);
      await soon(() => expect(atCarol.channel.status.role).toBe('follower'));
      await agree(atAlice, atCarol);
      await write(atCarol, last, 'The end.');
      await soon(() => expect(textOf(atAlice)).toBe(`${text}The end.`));
    },
  );

  it.each([
    { fn: 'edit', numbers: [4, 5], args: [FIRST_PIECE, '1', '0', '0', 'Dear Bob, '] },
    { fn: 'set_title', numbers: [6, 7], args: ['Post'] },
  ])(
    '[E5] puts a leader out that misreports $fn, by running it again',
    { timeout: 3 * SLOW_MS },
    async ({ fn, numbers, args }) => {
      const [alice, bob] = await Promise.all(numbers.map((number) => world.person(number)));
      if (!alice || !bob) throw new Error('nobody there');
      const { id } = await lendDocument(alice, MANY_LINES);
      await enter(alice, id, { wrapExecutor: tampering(() => true) });
      const atBob = await enter(bob, id);
      await soon(() => expect(atBob.channel.status.role).toBe('follower'));
      expect((await atBob.channel.call(fn, args).final).status).toEqual({ kind: 'executed' });
      await soon(() => expect(atBob.channel.status.role).toBe('leader'));
      const called = await world.functionsOf(atBob);
      expect(called[0]).toBe('document_prove_wrong');
      expect(called).not.toContain('execute_punishment_entry');
    },
  );
});
