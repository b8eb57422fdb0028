// What a hero carries and what a chunk is made of, in BCS as `movecraft::land` has them (docs/contract-movecraft.md), and how much of each material that is.
// Written from the documentation, not from the contract: the books of the lifecycle tests rest on it.

import { BcsReader, type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';

export const COLUMNS_IN_CHUNK = 64;
export const HEIGHT = 32;
/** Along the side of a chunk, in columns. */
export const SIDE = 8;
/** Where the count of ticks, a u64, is in the BCS of a land. */
export const TICKS_AT = 64;
export const ITEMS_MAX = 9_999n;

export const AIR = 0;
export const BEDROCK = 1;
const [STONE, EARTH, GRASS, SAND, LOG, LEAVES, PLANKS, ORE] = [2, 3, 4, 5, 6, 7, 8, 9] as const;
export const IRON_PICK = 42;
const [SEEDS, WHEAT, WOODEN_PICK, STONE_PICK] = [32, 33, 40, 41];

/** Stone, earth, sand, wood, iron. */
export type Materials = readonly [bigint, bigint, bigint, bigint, bigint];
export const NO_MATERIALS: Materials = [0n, 0n, 0n, 0n, 0n];

/** Of one block or item. A log is four planks; a pick is what it was made of. */
const MADE_OF: ReadonlyMap<number, Materials> = new Map([
  [STONE, [1n, 0n, 0n, 0n, 0n]],
  [EARTH, [0n, 1n, 0n, 0n, 0n]],
  [GRASS, [0n, 1n, 0n, 0n, 0n]],
  [SAND, [0n, 0n, 1n, 0n, 0n]],
  [LOG, [0n, 0n, 0n, 4n, 0n]],
  [PLANKS, [0n, 0n, 0n, 1n, 0n]],
  [ORE, [0n, 0n, 0n, 0n, 1n]],
  [WOODEN_PICK, [0n, 0n, 0n, 5n, 0n]],
  [STONE_PICK, [3n, 0n, 0n, 2n, 0n]],
  [IRON_PICK, [0n, 0n, 0n, 2n, 3n]],
]);

/** What a chunk says in which nobody has written. */
export const UNWRITTEN: readonly Bytes[] = Array.from({ length: COLUMNS_IN_CHUNK }, () => new Uint8Array());

/** Blocks that can be mined for an item, and the item. */
export const DROPS: ReadonlyMap<number, number> = new Map([
  [STONE, STONE],
  [EARTH, EARTH],
  [GRASS, EARTH],
  [SAND, SAND],
  [LOG, LOG],
  [LEAVES, SEEDS],
  [PLANKS, PLANKS],
  [ORE, ORE],
]);

/** Items that are placed as the block of their kind. */
export const PLACEABLE: readonly number[] = [STONE, EARTH, SAND, LOG, PLANKS, ORE];

export interface Hero {
  /** `is_in_land`, x, y, z, `busy_until_ms`. */
  readonly isInLand: boolean;
  readonly place: readonly [bigint, bigint, bigint];
  readonly busyUntilMs: bigint;
  readonly journeys: bigint;
  /** By kind. */
  readonly items: ReadonlyMap<number, bigint>;
}

export const NEW_HERO: Hero = {
  isInLand: false,
  place: [0n, 0n, 0n],
  busyUntilMs: 0n,
  journeys: 0n,
  items: new Map(),
};

/** Columns by z and then x, each from the bottom; an empty one is as the terrain made it. */
export type Chunk = readonly Bytes[];

export function add(a: Materials, b: Materials): Materials {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]];
}

export function subtract(a: Materials, b: Materials): Materials {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3], a[4] - b[4]];
}

export function isWithin(a: Materials, b: Materials): boolean {
  return subtract(b, a).every((left) => left >= 0n);
}

export function materialsOfItems(items: ReadonlyMap<number, bigint>): Materials {
  let sum = NO_MATERIALS;
  for (const [kind, count] of items) {
    const [stone, earth, sand, wood, iron] = MADE_OF.get(kind) ?? NO_MATERIALS;
    sum = add(sum, [stone * count, earth * count, sand * count, wood * count, iron * count]);
  }
  return sum;
}

/** The chunk with every column, of what was written and what the terrain made. */
export function wholeChunk(written: Chunk, made: Chunk): Chunk {
  return made.map((column, index) => {
    const own = written[index];
    return own !== undefined && own.length > 0 ? own : column;
  });
}

/** Of a whole chunk. */
export function materialsOfChunk(chunk: Chunk): Materials {
  const counts = new Map<number, bigint>();
  for (const column of chunk) for (const kind of column) counts.set(kind, (counts.get(kind) ?? 0n) + 1n);
  return materialsOfItems(counts);
}

export function isItem(kind: number): boolean {
  return (kind >= STONE && kind <= ORE) || [SEEDS, WHEAT, WOODEN_PICK, STONE_PICK, IRON_PICK].includes(kind);
}

/** What can be in a land above the bedrock. */
export function isBlock(kind: number): boolean {
  return kind === AIR || (kind >= STONE && kind <= ORE) || (kind >= 16 && kind <= 19) || (kind >= 24 && kind <= 27);
}

// ---- BCS

function writeBody(w: BcsWriter, { isInLand, place, busyUntilMs, journeys }: Hero): void {
  w.bool(isInLand);
  for (const coordinate of place) w.u64(coordinate);
  w.u64(busyUntilMs).u64(journeys);
}

function writeItems(w: BcsWriter, { items }: Hero): void {
  const slots = [...items].filter(([, count]) => count > 0n).sort(([a], [b]) => a - b);
  w.vector(slots, (writer, [kind, count]) => writer.u8(kind).u64(count));
}

/** `Hero`: the resource at home. */
export function encodeHero(hero: Hero): Bytes {
  return encodeBcs((w) => writeBody(w, hero));
}

/** `Inventory`, likewise. */
export function encodeInventory(hero: Hero): Bytes {
  return encodeBcs((w) => writeItems(w, hero));
}

/** `LandAssets`: what a member brings in and takes out. */
export function encodeAssets(hero: Hero): Bytes {
  return encodeBcs((w) => {
    writeBody(w, hero);
    writeItems(w, hero);
  });
}

export function encodeChunk(chunk: Chunk): Bytes {
  return encodeBcs((w) => w.vector(chunk, (writer, column) => writer.bytes(column)));
}

/** @throws DecodeError */
export function decodeChunk(value: Bytes): Chunk {
  return new BcsReader(value).vector('columns', COLUMNS_IN_CHUNK, (r) => r.bytes('column', HEIGHT));
}

/** @throws DecodeError */
export function decodeAssets(value: Bytes): Hero {
  const r = new BcsReader(value);
  const isInLand = r.bool('is in land');
  const place = [r.u64('x'), r.u64('y'), r.u64('z')] as const;
  const [busyUntilMs, journeys] = [r.u64('busy until'), r.u64('journeys')];
  const slots = r.vector('items', 100, (slot) => [slot.u8('kind'), slot.u64('count')] as const);
  return { isInLand, place, busyUntilMs, journeys, items: new Map(slots) };
}
