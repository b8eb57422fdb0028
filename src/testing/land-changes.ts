// Settlements of a land to try: what members could have done since the last one, and what none of them can have done.

import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import type { StateChange, StateKey } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import {
  AIR,
  BEDROCK,
  type Chunk,
  DROPS,
  encodeAssets,
  encodeChunk,
  HEIGHT,
  type Hero,
  IRON_PICK,
  ITEMS_MAX,
  NEW_HERO,
  PLACEABLE,
  SIDE,
  TICKS_AT,
  wholeChunk,
} from './land-assets.ts';
import { SeededRandom } from './seeded-random.ts';

/** What the chain has, and the settlement starts from. */
interface Before {
  readonly headKey: StateKey;
  readonly chunkKey: StateKey;
  readonly head: Bytes;
  /** The columns that are written. */
  readonly chunk: Chunk;
  readonly made: Chunk;
  readonly isStored: boolean;
}

interface HeroHere {
  readonly owner: Address;
  readonly hero: Hero;
  /** Not put out, nor gone by itself, nor settled out. */
  readonly isMember: boolean;
}

const DEEDS_MAX = 6;
const STONE = 2;
/** Where `last_tick_ms` is in the head's BCS: behind seed, size, ticker and interval. */
const LAST_TICK_AT = 56;

/** What is done to the land as a settlement begins with it. */
class Draft {
  readonly random: SeededRandom;
  /** Whole. */
  readonly chunk: Bytes[];
  readonly #written: (Bytes | undefined)[];
  readonly heroes: Map<Address, Hero>;
  readonly members: readonly Address[];

  constructor(before: Before, here: readonly HeroHere[], seed: number) {
    this.random = new SeededRandom(seed);
    this.chunk = wholeChunk(before.chunk, before.made).map((column) => column.slice());
    this.#written = before.chunk.map((column) => (column.length > 0 ? column : undefined));
    this.heroes = new Map(here.map(({ owner, hero }) => [owner, hero]));
    this.members = here.filter(({ isMember }) => isMember).map(({ owner }) => owner);
  }

  give(owner: Address, kind: number, count: bigint): void {
    const hero = this.heroes.get(owner) ?? NEW_HERO;
    const items = new Map(hero.items);
    const sum = (items.get(kind) ?? 0n) + count;
    if (sum > 0n) items.set(kind, sum);
    else items.delete(kind);
    this.heroes.set(owner, { ...hero, items });
  }

  has(owner: Address, kind: number): bigint {
    return this.heroes.get(owner)?.items.get(kind) ?? 0n;
  }

  set(at: { readonly column: number; readonly y: number }, kind: number): void {
    const column = this.chunk[at.column];
    if (column === undefined) return;
    column[at.y] = kind;
    this.#written[at.column] = column;
  }

  /** Nobody can: what is written stays. */
  unwrite(): void {
    const column = this.#written.findIndex((each) => each !== undefined);
    if (column >= 0) this.#written[column] = undefined;
  }

  /** The columns that are written now. */
  get written(): Chunk {
    return this.#written.map((column) => column ?? new Uint8Array());
  }

  /** The highest block of some column, and what is there. */
  top(): { readonly column: number; readonly y: number; readonly kind: number } {
    const column = this.random.integer(0, SIDE * SIDE - 1);
    const blocks = this.chunk[column] ?? new Uint8Array();
    let y = HEIGHT - 1;
    while (y > 0 && blocks[y] === AIR) y -= 1;
    return { column, y, kind: blocks[y] ?? AIR };
  }

  /** One thing that a member can do; nothing where it cannot. */
  deed(owner: Address): void {
    const { random } = this;
    const { column, y, kind } = this.top();
    const held = PLACEABLE.filter((each) => this.has(owner, each) > 0n);
    switch (random.integer(0, 4)) {
      case 0:
      case 1: {
        const drop = DROPS.get(kind);
        if (drop === undefined || this.has(owner, drop) >= ITEMS_MAX) return;
        this.set({ column, y }, AIR);
        this.give(owner, drop, 1n);
        return;
      }
      case 2: {
        if (held.length === 0 || y + 1 >= HEIGHT) return;
        const item = random.pick(held);
        this.set({ column, y: y + 1 }, item);
        this.give(owner, item, -1n);
        return;
      }
      case 3: {
        // One places and another mines.
        if (held.length === 0) return;
        const item = random.pick(held);
        const other = random.pick(this.members);
        if (this.has(other, item) >= ITEMS_MAX) return;
        this.give(owner, item, -1n);
        this.give(other, item, 1n);
        return;
      }
      default: {
        const hero = this.heroes.get(owner) ?? NEW_HERO;
        const place = [BigInt(column % SIDE), BigInt(Math.min(y + 1, HEIGHT - 1)), BigInt(column >> 3)] as const;
        this.heroes.set(owner, { ...hero, isInLand: true, place, busyUntilMs: BigInt(random.integer(0, 9_999)) });
      }
    }
  }
}

/** @param n which kind of settlement; of 16 kinds nine are honest */
export function landChanges(
  before: Before,
  here: readonly HeroHere[],
  movecraft: Address,
  n: number,
  seed: number,
): StateChange[] {
  const draft = new Draft(before, here, seed);
  const { random, members } = draft;
  if (n % 16 === 0) return [];
  if (members.length > 0) {
    for (let deeds = random.integer(0, DEEDS_MAX); deeds > 0; deeds--) draft.deed(random.pick(members));
  }
  const head = before.head.slice();
  if (n % 3 === 0) {
    head[LAST_TICK_AT] = random.integer(0, 255);
    // Mostly on; what has come round to 0 has gone back.
    head[TICKS_AT] = (head[TICKS_AT] ?? 0) + (n % 16 === 15 ? 255 : random.integer(0, 2));
  }
  const assetsOf = (owner: Address): StateKey => ({
    kind: 'resource',
    address: owner,
    type: structTag(movecraft, 'land', 'LandAssets'),
  });
  spoil(draft, here, n % 16);
  const changes: StateChange[] = [];
  const change = (key: StateKey, old: Bytes, after: Bytes, isThere = true): void => {
    if (Buffer.compare(old, after) !== 0) changes.push(isThere ? { key, old, new: after } : { key, new: after });
  };
  change(before.headKey, before.head, head);
  change(before.chunkKey, encodeChunk(before.chunk), encodeChunk(draft.written), before.isStored);
  for (const { owner, hero } of here) {
    change(assetsOf(owner), encodeAssets(hero), encodeAssets(draft.heroes.get(owner) ?? hero));
  }
  const someone = here.length > 0 ? random.pick(here) : undefined;
  return someone === undefined ? changes : mutated(changes, assetsOf(someone.owner), someone.hero, before, n % 16);
}

/** What nobody can have done; and what the one did that is gone. */
function spoil(draft: Draft, here: readonly HeroHere[], kind: number): void {
  const { random, members } = draft;
  const gone = here.filter(({ isMember }) => !isMember);
  const [one] = gone;
  if (kind === 9 && one !== undefined) {
    // All that it had it gave away, they say.
    for (const [item, count] of one.hero.items) {
      draft.give(one.owner, item, -count);
      const [other] = members;
      if (other !== undefined && draft.has(other, item) + count <= ITEMS_MAX) draft.give(other, item, count);
    }
  }
  if (kind === 11 && members.length > 0) draft.give(random.pick(members), IRON_PICK, 1n);
  if (kind === 12) {
    const { column, y } = draft.top();
    if (random.chance(0.3)) draft.unwrite();
    else if (y + 1 < HEIGHT) draft.set({ column, y: y + 1 }, STONE);
  }
  if (kind === 15) draft.set({ column: random.integer(0, SIDE * SIDE - 1), y: 0 }, random.chance(0.5) ? AIR : BEDROCK);
}

/** The change of one key another than it would be. */
function mutated(changes: StateChange[], key: StateKey, hero: Hero, before: Before, kind: number): StateChange[] {
  const rest = changes.filter(
    ({ key: each }) => each.kind !== 'resource' || JSON.stringify(each) !== JSON.stringify(key),
  );
  const now = encodeAssets(hero);
  switch (kind) {
    case 10:
      // Of an earlier stay.
      return [
        ...rest,
        { key, old: encodeAssets({ ...hero, journeys: hero.journeys - 1n }), new: encodeAssets(NEW_HERO) },
      ];
    case 13:
      return [...rest, { key, old: encodeAssets({ ...hero, busyUntilMs: hero.busyUntilMs + 1n }), new: now }];
    case 14:
      return [...rest, hero.items.size % 2 === 0 ? { key, old: now } : { key, new: now }];
    case 15: {
      const outside: StateKey = { ...before.chunkKey, ...{ key: encodeBcs((w) => w.u32(1).u32(0)) } } as StateKey;
      return hero.items.size % 2 === 0 ? changes : [...changes, { key: outside, new: encodeChunk(before.chunk) }];
    }
    default:
      return changes;
  }
}
