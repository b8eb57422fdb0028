// MoveCraft in whole nodes on the local chain: a land that was built in before, people who come, go, cheat and come back, and what the chain has of it in the end.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../base/bytes.ts';
import { type ChannelId, parseAddress } from '../base/ids.ts';
import { SETUP_MS_MAX } from '../chain/chain.suite.ts';
import { CONTRACT } from '../chain/fixtures/chat-group.ts';
import type { WalletPerson } from '../chain/fixtures/wallets.ts';
import {
  type Chunk,
  decodeAssets,
  decodeChunk,
  encodeInventory,
  type Hero,
  NEW_HERO,
  SIDE,
  wholeChunk,
} from '../testing/land-assets.ts';
import { ChainWorld, type Seat, SLOW_MS, tampering } from './fixtures/chain-world.ts';

const MOVECRAFT = '0x4d6f766543726166740000000000000000000000000000000000000000000001';
const LAND = `${MOVECRAFT}::land::Land`;
const ASSETS = `${MOVECRAFT}::land::LandAssets`;
/** Where this seed's heroes enter there are trees, and water beside grass, in several chunks. */
const SEED = 42;
/** Chunks along the side of the land. */
const SIZE = 2;
const STAKE = 1_000;
const TICK_MS = 100;
/** A hero is free a moment before the batch that it acts in. */
const PACE_MS = 20;
const [EARTH, PLANKS, FLOWING, SPROUT, SEEDS] = [3, 8, 17, 24, 32] as const;
const [OUTSIDE, OUT_OF_REACH, NOT_HELD] = [0x1000bn, 0x20024n, 0x30028n] as const;

/** On the shore, each in a chunk of its own, within reach of where alice enters. */
const SHORE: readonly Place[] = [
  [9, 12, 13],
  [7, 12, 13],
  [11, 12, 7],
];
const LEAVES: Place = [10, 16, 9];
const TRUNK: Place = [10, 15, 9];
const CROP: Place = [10, 13, 11];

type Place = readonly [number, number, number];

let world: ChainWorld;
let alice: WalletPerson;
let bob: WalletPerson;
let carol: WalletPerson;
/** The land as the terrain made it. */
let made: readonly Chunk[];

beforeAll(async () => {
  world = await ChainWorld.open();
  [alice, bob, carol] = [await world.person(1), await world.person(2), await world.person(3)];
}, SETUP_MS_MAX);
afterAll(() => world.end());

const run = ({ account }: WalletPerson, name: string, args: Parameters<typeof world.wallets.run>[2]) =>
  world.wallets.run(account, `${MOVECRAFT}::world::${name}`, args);

function enter(person: WalletPerson, channelId: ChannelId, options: Parameters<ChainWorld['enter']>[3] = {}) {
  const args = (nodeKey: Uint8Array, gas: number) => [MOVECRAFT, channelId, nodeKey, gas];
  return world.enter(person, channelId, { name: `${MOVECRAFT}::world::land_session_join`, args }, options);
}

async function lend(person: WalletPerson, landId: number): Promise<ChannelId> {
  const args = [MOVECRAFT, landId, STAKE, TICK_MS, 0, ''];
  return world.opened(person, `${MOVECRAFT}::world::land_session_create`, args);
}

// ---- What is there

/** All chunks, whole, as the chain has them. */
async function chunksOnChain(landId: number): Promise<Chunk[]> {
  const args = [MOVECRAFT, String(landId), '0', String(SIZE * SIZE)];
  const chunks = (await world.view({ name: `${MOVECRAFT}::world::chunks`, args })) as { columns: string[] }[];
  return chunks.map(({ columns }) => columns.map((column) => fromHex(column.slice(2))));
}

/** All chunks, whole, as a node has them. */
function chunksOf({ channel }: Seat): Chunk[] {
  return made.map((chunk, number) => {
    const item = channel.state.entries.find(({ type }) => type === `item ${keyOfChunk(number)}`);
    return typeof item?.value === 'string' ? wholeChunk(decodeChunk(fromHex(item.value.slice(2))), chunk) : chunk;
  });
}

/** `ChunkAt` in BCS. */
function keyOfChunk(number: number): string {
  const byte = (value: number): string => `0${value}000000`;
  return `0x${byte(number % SIZE)}${byte(Math.floor(number / SIZE))}`;
}

function storedChunks({ channel }: Seat): number {
  return channel.state.entries.filter(({ type }) => type.startsWith('item ')).length;
}

function blockAt(seat: Seat, [x, y, z]: Place): number | undefined {
  const chunk = chunksOf(seat)[Math.floor(x / SIDE) + SIZE * Math.floor(z / SIDE)];
  return chunk?.[(x % SIDE) + SIDE * (z % SIDE)]?.[y];
}

async function heroOnChain({ id }: { readonly id: ChannelId }, person: WalletPerson): Promise<Hero> {
  const name = `${CONTRACT}::state_channel::assets_bytes`;
  const value = await world.view({ name, types: [ASSETS], args: [String(id), person.address] });
  return decodeAssets(fromHex(String(value).slice(2)));
}

async function heroOf({ channel }: Seat, person: WalletPerson): Promise<Hero | undefined> {
  const { entries } = await channel.getState();
  const entry = entries.find(({ address, type }) => type === ASSETS && address === person.address);
  return entry && decodeAssets(entry.bytes);
}

interface LandJson {
  readonly head: { readonly nature: { readonly waters: readonly string[] }; readonly heroes: readonly unknown[] };
}

function headOf({ channel }: Seat): LandJson['head'] {
  return (channel.resource(LAND) as unknown as LandJson).head;
}

const soon = (look: () => void) => vi.waitFor(look, { timeout: SLOW_MS, interval: 20 });

/** Both at one height, and there the same. */
async function agree(one: Seat, other: Seat): Promise<void> {
  await soon(() => {
    expect(one.channel.status.height).toBe(other.channel.status.height);
    expect(one.channel.status.root).toEqual(other.channel.status.root);
  });
}

// ---- What is done

/** Once the hero is free for so long a deed. */
async function act(seat: Seat, costMs: number, fn: string, ...args: (string | number)[]) {
  const busyUntilMs = Number((await heroOf(seat, seat.person))?.busyUntilMs ?? 0n);
  await new Promise((resolve) => setTimeout(resolve, busyUntilMs + costMs + PACE_MS - Date.now()));
  return (await seat.channel.call(fn, args).final).status;
}

const place = ([x, y, z]: Place): [string, string, string] => [String(x), String(y), String(z)];
const mine = (seat: Seat, at: Place, costMs: number) => act(seat, costMs, 'mine', ...place(at));
const put = (seat: Seat, at: Place, item: number) => act(seat, 200, 'place', ...place(at), item);

/** What a hero stands on, one to the side: the ground is even there. */
function besides(hero: Hero | undefined): Place {
  if (!hero) throw new Error('no hero there');
  const [x, y, z] = hero.place;
  return [Number(x), Number(y) - 1, Number(z) + 1];
}
const DONE = { kind: 'executed' };

describe('a land in nodes', () => {
  let landId: number;
  let id: ChannelId;
  let atAlice: Seat;
  let atBob: Seat;
  let atCarol: Seat;

  it('[M12] is built in, closed, and on the chain what it was in the channel', { timeout: 2 * SLOW_MS }, async () => {
    await run(alice, 'create_land', [MOVECRAFT, SEED, SIZE]);
    landId = Number(await world.view({ name: `${MOVECRAFT}::world::land_count`, args: [MOVECRAFT] }));
    made = await chunksOnChain(landId);
    await run(alice, 'create_hero', []);
    const id = await lend(alice, landId);
    const atAlice = await enter(alice, id);
    await soon(() => expect(atAlice.channel.status.role).toBe('leader'));

    expect(await act(atAlice, 0, 'enter')).toEqual(DONE);
    for (const at of SHORE) expect(await mine(atAlice, at, 300)).toEqual(DONE);
    expect(await mine(atAlice, LEAVES, 100)).toEqual(DONE);
    expect(await mine(atAlice, TRUNK, 600)).toEqual(DONE);
    expect(await act(atAlice, 0, 'craft', 0)).toEqual(DONE);
    // [M7] The leader's ticks let the water in.
    await soon(() => expect(SHORE.map((at) => blockAt(atAlice, at))).toEqual([FLOWING, FLOWING, FLOWING]));
    await soon(() => expect(headOf(atAlice).nature.waters).toEqual([]));
    const hero = await heroOf(atAlice, alice);
    expect(hero?.items).toEqual(
      new Map([
        [EARTH, 3n],
        [PLANKS, 4n],
        [SEEDS, 1n],
      ]),
    );

    await atAlice.channel.close();
    expect(await chunksOnChain(landId)).toEqual(chunksOf(atAlice));
    expect(await heroOnChain({ id }, alice)).toEqual(hero);
    const head = await world.view({ name: `${MOVECRAFT}::world::land_head`, args: [MOVECRAFT, String(landId)] });
    expect(head).toEqual(headOf(atAlice));
    await run(alice, 'land_session_close', [id]);
    await run(alice, 'land_session_leave', [id]);
  });

  it('is lent again, and its chunks come from the table; who joins later has the same', {
    timeout: 3 * SLOW_MS,
  }, async () => {
    id = await lend(alice, landId);
    atAlice = await enter(alice, id);
    // [G1] What was settled of it, and what alice brings in.
    expect(storedChunks(atAlice)).toBe(SHORE.length);
    expect(chunksOf(atAlice)).toEqual(await chunksOnChain(landId));
    expect((await heroOnChain({ id }, alice)).items.get(EARTH)).toBe(3n);
    await soon(() => expect(atAlice.channel.status.role).toBe('leader'));
    expect(await act(atAlice, 0, 'enter')).toEqual(DONE);
    expect(await put(atAlice, CROP, SEEDS)).toEqual(DONE);
    expect(await put(atAlice, [8, 13, 11], EARTH)).toEqual(DONE);

    await run(bob, 'create_hero', []);
    atBob = await enter(bob, id);
    await soon(() => expect(atBob.channel.status.role).toBe('follower'));
    await agree(atAlice, atBob);
    expect(await act(atBob, 0, 'enter')).toEqual(DONE);
    expect(await act(atBob, 200, 'walk', '0x00')).toEqual(DONE);
    expect((await heroOf(atAlice, bob))?.place).toEqual([6n, 14n, 8n]);
    // [M7] The crop grows in both.
    for (const seat of [atAlice, atBob]) await soon(() => expect(blockAt(seat, CROP)).toBe(SPROUT + 1));
    expect(await mine(atAlice, CROP, 100)).toEqual(DONE);
    await agree(atAlice, atBob);
  });

  it('[T3] stays as it is where somebody does what is not allowed', { timeout: SLOW_MS }, async () => {
    const seen = async () => {
      const heroes = await Promise.all([alice, bob, carol].map((person) => heroOf(atAlice, person)));
      return { chunks: chunksOf(atAlice), heroes, standing: headOf(atAlice).heroes };
    };
    await soon(() => expect(headOf(atAlice).nature.waters).toEqual([]));
    const before = await seen();
    // Too far away; alice's, not his; and somebody's who has none here.
    expect(await mine(atBob, [0, 15, 0], 300)).toMatchObject({ kind: 'aborted', code: OUT_OF_REACH });
    expect(await put(atBob, [6, 14, 9], PLANKS)).toMatchObject({ kind: 'aborted', code: NOT_HELD });
    expect(await act(atBob, 200, 'walk', '0x0004')).toMatchObject({ kind: 'aborted', code: OUTSIDE });
    await agree(atAlice, atBob);
    expect(await seen()).toEqual(before);
  });

  it('[X8] is settled by signatures, in one transaction, as the nodes have it', { timeout: 2 * SLOW_MS }, async () => {
    expect(await mine(atBob, [6, 13, 9], 300)).toEqual(DONE);
    await agree(atAlice, atBob);
    await atBob.channel.settle();
    for (const seat of [atAlice, atBob]) expect(await chunksOnChain(landId)).toEqual(chunksOf(seat));
    for (const person of [alice, bob]) expect(await heroOnChain({ id }, person)).toEqual(await heroOf(atBob, person));
    expect(await world.functionsOf(atBob)).toEqual(['land_settlement_signed']);
    expect(await world.functionsOf(atAlice)).not.toContain('create_proposal_entry');
  });

  it('[G3] is handed to who comes after a settlement, and [D3] is there after a restart', {
    timeout: 3 * SLOW_MS,
  }, async () => {
    await run(carol, 'create_hero', []);
    atCarol = await enter(carol, id);
    await soon(() => expect(atCarol.channel.status.role).toBe('follower'));
    await agree(atAlice, atCarol);
    expect(chunksOf(atCarol)).toEqual(chunksOf(atAlice));
    expect(await act(atCarol, 0, 'enter')).toEqual(DONE);
    expect(await mine(atCarol, [10, 13, 5], 300)).toEqual(DONE);

    atBob = await world.reopen(atBob);
    await soon(() => expect(atBob.channel.status.role).toBe('follower'));
    await agree(atAlice, atBob);
    expect(blockAt(atBob, [10, 13, 5])).toBe(0);
    expect(await put(atBob, [6, 13, 9], EARTH)).toEqual(DONE);
    expect((await heroOf(atCarol, bob))?.items).toEqual(new Map());
  });

  it('lets a member go with what it has, and loses nothing', { timeout: 3 * SLOW_MS }, async () => {
    expect(await mine(atBob, [6, 13, 7], 300)).toEqual(DONE);
    const hero = await heroOf(atBob, bob);
    await atBob.channel.leave();
    await run(bob, 'land_session_leave', [id]);
    const items = await world.view({ name: `${MOVECRAFT}::world::inventory`, args: [bob.address] });
    expect(items).toBe(`0x${toHex(encodeInventory({ ...NEW_HERO, items: new Map([[EARTH, 1n]]) }))}`);
    expect(hero?.items).toEqual(new Map([[EARTH, 1n]]));
    // [M7] Its place in the land goes with it.
    await soon(() => expect(headOf(atCarol).heroes).toHaveLength(2));
    await atCarol.channel.settle();
    expect(await chunksOnChain(landId)).toEqual(chunksOf(atAlice));
    expect(await heroOnChain({ id }, carol)).toEqual(await heroOf(atAlice, carol));
  });
});

describe('[E5] a leader of two that misreports', () => {
  const cases = [
    { name: 'what was mined', fn: 'mine', numbers: [4, 5] },
    { name: 'a tick', fn: 'tick', numbers: [6, 7] },
  ] as const;

  it.each(cases)('$name is proved wrong, and out without a vote', { timeout: 3 * SLOW_MS }, async ({ fn, numbers }) => {
    const [mallory, dave] = [await world.person(numbers[0]), await world.person(numbers[1])];
    await run(mallory, 'create_land', [MOVECRAFT, SEED, SIZE]);
    const count = await world.view({ name: `${MOVECRAFT}::world::land_count`, args: [MOVECRAFT] });
    const id = await lend(mallory, Number(count));
    let isCheating = false;
    const wrapExecutor = tampering((call) => isCheating && (call === 'tick' ? 'tick' : call.function) === fn);
    for (const person of [mallory, dave]) await run(person, 'create_hero', []);
    await enter(mallory, id, { wrapExecutor });
    const atDave = await enter(dave, id);
    await soon(() => expect(atDave.channel.status.role).toBe('follower'));
    expect(await act(atDave, 0, 'enter')).toEqual(DONE);

    isCheating = true;
    expect(await mine(atDave, besides(await heroOf(atDave, dave)), 300)).toEqual(DONE);
    await soon(() => expect(atDave.channel.status.role).toBe('leader'));
    const called = await world.functionsOf(atDave);
    expect(called[0]).toBe('land_prove_wrong');
    expect(called).not.toContain('execute_punishment_entry');
    const members = (await world.view({ name: `${CONTRACT}::state_channel::members`, args: [String(id)] })) as {
      readonly member: string;
      readonly stake: string;
    }[];
    expect(members.find(({ member }) => parseAddress(member) === mallory.address)).toMatchObject({ stake: '0' });
    // What is right of it is settled.
    await atDave.channel.settle();
    expect((await heroOnChain({ id }, dave)).items).toEqual(new Map([[EARTH, 1n]]));
  });
});
