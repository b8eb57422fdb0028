// The books of MoveCraft's lands of one chunk: what every hero carries and what the land is made of, as the settlements left them that have passed; which settlement
// is lawful ([M12], [M13] of docs/contract-movecraft.md); and settlements to try, most of them honest. After each transaction the chain must hold
// exactly that.

import { BcsReader, encodeBcs } from '../base/bcs.ts';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { type Address, addressFromBytes } from '../base/ids.ts';
import type { ChangeSet, StateChange, StateKey } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import type { Settlement } from '../channel/update.ts';
import {
  add,
  BEDROCK,
  type Chunk,
  decodeAssets,
  decodeChunk,
  encodeAssets,
  encodeChunk,
  encodeHero,
  encodeInventory,
  HEIGHT,
  type Hero,
  ITEMS_MAX,
  isBlock,
  isItem,
  isWithin,
  type Materials,
  materialsOfChunk,
  materialsOfItems,
  NEW_HERO,
  NO_MATERIALS,
  SIDE,
  subtract,
  TICKS_AT,
  UNWRITTEN,
  wholeChunk,
} from './land-assets.ts';
import { landChanges } from './land-changes.ts';
import type { AssetBooks, Lifecycle, Verdict } from './lifecycle.ts';
import { address, CONTRACT, type EntryFunction, type LifecycleChain, type Person, u64 } from './lifecycle-chain.ts';

/** The only chunk of a land of one. */
const CHUNK_AT = encodeBcs((w) => w.u32(0).u32(0));
/** Modules whose aborts are refusals of a settlement by the application, or the library it stands on. */
const OWN_MODULES = ['world', 'land', 'chunks', 'stock', 'rules', 'items', 'body', 'nature', 'settling'];

/** A land and its session, as the chain has them. */
export interface LandRecord {
  readonly landId: bigint;
  readonly headKey: StateKey;
  readonly chunkKey: StateKey;
  /** `Land` in BCS. */
  head: Bytes;
  /** The columns that are written. */
  chunk: Chunk;
  /** The chunk as the terrain made it. */
  readonly made: Chunk;
  /** The table has the chunk. */
  isStored: boolean;
  /** Members that a settlement can say something of. */
  readonly seats: Map<Address, { isFresh: boolean }>;
  /** What members may hold at most. */
  budget: Materials;
  /** What there was when the session began. */
  readonly atStart: Materials;
  /** What those had who were put out or went by themselves: it may be there twice. */
  twice: Materials;
}

export class LandBooks implements AssetBooks {
  readonly #world: LifecycleChain;
  readonly #movecraft: Address;
  /** Heroes by owner, and the channel that each is in. */
  readonly #heroes = new Map<Address, { hero: Hero; awayIn?: bigint }>();
  readonly #lands = new Map<bigint, LandRecord>();
  /** What has been tried, and how often: what was settled, and why what was refused. */
  readonly tally = new Map<string, number>();

  constructor(world: LifecycleChain, movecraft: Address) {
    this.#world = world;
    this.#movecraft = movecraft;
  }

  prepare(person: Person): void {
    if (this.#heroes.has(person.address)) return;
    const refused = this.#world.send(person, this.#function('create_hero'), []);
    if (refused !== undefined) throw new Error(`no hero: ${refused}`);
    this.#heroes.set(person.address, { hero: NEW_HERO });
  }

  opened(life: Lifecycle): void {
    const landId = this.#number('land_count', [address(this.#movecraft)]);
    const head = this.#stateBytes(life.id);
    const handle = addressFromBytes(head.slice(-32));
    const made = this.#chunk(landId);
    this.#lands.set(life.id, {
      landId,
      headKey: { kind: 'resource', address: this.#movecraft, type: structTag(this.#movecraft, 'land', 'Land') },
      chunkKey: { kind: 'item', handle, key: CHUNK_AT },
      head,
      chunk: UNWRITTEN,
      made,
      isStored: false,
      seats: new Map(),
      budget: NO_MATERIALS,
      atStart: add(materialsOfChunk(made), this.#carried()),
      twice: NO_MATERIALS,
    });
  }

  joined(life: Lifecycle, person: Person): void {
    const land = this.#land(life);
    const record = this.#record(person.address);
    this.#forgetGone(life, land, person.address);
    const { hero } = record;
    record.hero = { ...NEW_HERO, journeys: hero.journeys + 1n, items: hero.items };
    record.awayIn = life.id;
    land.seats.set(person.address, { isFresh: true });
    land.budget = add(land.budget, materialsOfItems(hero.items));
  }

  left(_life: Lifecycle, person: Person): void {
    delete this.#record(person.address).awayIn;
  }

  isOwnRefusal(code: string): boolean {
    return OWN_MODULES.some((module) => code.startsWith(`${module}::`));
  }

  decided(verdict: Verdict, code: string | undefined): void {
    if (code !== undefined && !this.isOwnRefusal(code)) return;
    this.#count(verdict.kind === 'unlawful' ? verdict.why : 'settled');
  }

  /** [M12] [M13] */
  judge(life: Lifecycle, settlement: Settlement): Verdict {
    const land = this.#land(life);
    const members = new Set(life.members().map((member) => member.address));
    const seats = new Map([...land.seats].filter(([member]) => members.has(member)));
    const heroes = new Map<Address, Hero>();
    let { head, chunk } = land;
    for (const change of settlement.changes) {
      const { key } = change;
      const is = (other: StateKey) => JSON.stringify(other) === JSON.stringify(key);
      if (is(land.headKey)) {
        if (!isModification(change, head)) return unlawful('the head starts from elsewhere');
        if (ticksOf(change.new) < ticksOf(head)) return unlawful('a land goes back');
        head = change.new;
      } else if (key.kind === 'item' && land.chunkKey.kind === 'item' && key.handle === land.chunkKey.handle) {
        if (!bytesEqual(key.key, CHUNK_AT)) return unlawful('a chunk that is none');
        const from = encodeChunk(chunk);
        if (land.isStored ? !isModification(change, from) : change.old !== undefined || change.new === undefined) {
          return unlawful('the chunk starts from elsewhere');
        }
        const after = decodeChunk(change.new ?? from);
        if (!isLawfulChunk(after, chunk)) return unlawful('a chunk not of blocks');
        chunk = after;
      } else if (key.kind === 'resource' && key.type.name === 'LandAssets') {
        const seat = seats.get(key.address);
        if (seat === undefined) {
          this.#count('said of somebody who is gone');
          continue;
        }
        const { hero } = this.#record(key.address);
        if (change.old === undefined || change.new === undefined) return unlawful('a hero comes or goes');
        if (!bytesEqual(change.old, encodeAssets(hero))) {
          if (!seat.isFresh) return unlawful('a hero starts from elsewhere');
          this.#count('said of an earlier stay');
          continue;
        }
        const after = decodeAssets(change.new);
        if (!isLawfulHero(after, hero)) return unlawful('a hero that cannot be');
        heroes.set(key.address, after);
      }
    }
    const mined = subtract(materialsOf(land), materialsOf({ ...land, chunk }));
    const held = (member: Address) => materialsOfItems((heroes.get(member) ?? this.#record(member).hero).items);
    const allowed = add(land.budget, mined);
    if (!isWithin([...seats.keys()].map(held).reduce(add, NO_MATERIALS), allowed)) return unlawful('out of nothing');

    const enter = (): void => {
      this.#forgetGone(life, land, undefined, members);
      land.head = head;
      if (settlement.changes.some(({ key }) => key.kind === 'item')) land.isStored = true;
      land.chunk = chunk;
      land.budget = allowed;
      for (const [member, hero] of heroes) {
        this.#record(member).hero = hero;
        seats.set(member, { isFresh: false });
        land.seats.set(member, { isFresh: false });
      }
      for (const member of settlement.leaving) {
        if (land.seats.delete(member)) land.budget = subtract(land.budget, held(member));
      }
    };
    return { kind: 'lawful', enter };
  }

  changes(life: Lifecycle, n: number): ChangeSet {
    const land = this.#land(life);
    const members = new Set(life.members().map((member) => member.address));
    const here = [...this.#heroes].flatMap(([owner, { hero, awayIn }]) =>
      awayIn === life.id ? [{ owner, hero, isMember: members.has(owner) }] : [],
    );
    const seed = Number(life.id) * 7_919 + Number(life.settledHeight) * 31 + n;
    return landChanges(land, here, this.#movecraft, n, seed);
  }

  audit(life: Lifecycle): void {
    const land = this.#land(life);
    for (const [owner, { hero, awayIn }] of this.#heroes) {
      const isAsSettled =
        awayIn === undefined
          ? bytesEqual(this.#bytes('hero', [address(owner)]), encodeHero(hero)) &&
            bytesEqual(this.#bytes('inventory', [address(owner)]), encodeInventory(hero))
          : bytesEqual(this.#assetsBytes(awayIn, owner), encodeAssets(hero));
      if (!isAsSettled) throw new Error(`the hero of ${owner} is not as the settlements left it`);
    }
    const whole = wholeChunk(land.chunk, land.made);
    if (!bytesEqual(encodeChunk(this.#chunk(land.landId)), encodeChunk(whole))) {
      throw new Error(`land ${land.landId} is not as the settlements left it`);
    }
    const now = add(materialsOf(land), this.#carried());
    if (!isWithin(now, add(land.atStart, land.twice))) throw new Error('something has come out of nothing');
  }

  // ---- Helpers

  #count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  /** Of members that were put out or went by themselves nothing is settled any more. */
  #forgetGone(life: Lifecycle, land: LandRecord, joining: Address | undefined, known?: ReadonlySet<Address>): void {
    const members = known ?? new Set(life.members().map((member) => member.address));
    for (const member of [...land.seats.keys()]) {
      if (members.has(member) && member !== joining) continue;
      land.seats.delete(member);
      land.twice = add(land.twice, materialsOfItems(this.#record(member).hero.items));
    }
  }

  #carried(): Materials {
    return [...this.#heroes.values()].map(({ hero }) => materialsOfItems(hero.items)).reduce(add, NO_MATERIALS);
  }

  #land(life: Lifecycle): LandRecord {
    const land = this.#lands.get(life.id);
    if (land === undefined) throw new Error(`channel ${life.id} has no land`);
    return land;
  }

  #record(owner: Address): { hero: Hero; awayIn?: bigint } {
    const record = this.#heroes.get(owner);
    if (record === undefined) throw new Error(`${owner} has no hero`);
    return record;
  }

  #function(name: string): EntryFunction {
    return { address: this.#movecraft, module: 'world', name };
  }

  #number(name: string, args: readonly Bytes[]): bigint {
    return this.#world.view(this.#function(name), args)[0]?.u64(name) ?? 0n;
  }

  #bytes(name: string, args: readonly Bytes[]): Bytes {
    return this.#world.view(this.#function(name), args)[0]?.bytes(name, 10_000) ?? new Uint8Array();
  }

  #chunk(landId: bigint): Chunk {
    const at = encodeBcs((w) => w.u32(0));
    const [chunk] = this.#world.view(this.#function('chunk'), [address(this.#movecraft), u64(landId), at, at]);
    if (chunk === undefined) throw new Error('no chunk');
    return chunk.vector('columns', 64, (r) => r.bytes('column', HEIGHT));
  }

  #stateBytes(id: bigint): Bytes {
    const view = { address: CONTRACT, module: 'state_channel', name: 'state_bytes' };
    const land = structTag(this.#movecraft, 'land', 'Land');
    return this.#world.view(view, [u64(id)], [land])[0]?.bytes('state', 100_000) ?? new Uint8Array();
  }

  #assetsBytes(id: bigint, owner: Address): Bytes {
    const view = { address: CONTRACT, module: 'state_channel', name: 'assets_bytes' };
    const assets = structTag(this.#movecraft, 'land', 'LandAssets');
    const [value] = this.#world.view(view, [u64(id), address(owner)], [assets]);
    return value?.bytes('assets', 10_000) ?? new Uint8Array();
  }
}

function unlawful(why: string): Verdict {
  return { kind: 'unlawful', why };
}

function ticksOf(head: Bytes): bigint {
  return new BcsReader(head.slice(TICKS_AT)).u64('ticks');
}

function isModification(change: StateChange, from: Bytes): change is StateChange & { readonly new: Bytes } {
  return change.old !== undefined && change.new !== undefined && bytesEqual(change.old, from);
}

function materialsOf({ chunk, made }: Pick<LandRecord, 'chunk' | 'made'>): Materials {
  return materialsOfChunk(wholeChunk(chunk, made));
}

/** What is written is of blocks, and stays written. */
function isLawfulChunk(chunk: Chunk, before: Chunk): boolean {
  return chunk.every((column, index) => {
    if (column.length === 0) return before[index]?.length === 0;
    return column.length === HEIGHT && column[0] === BEDROCK && column.slice(1).every((kind) => isBlock(kind));
  });
}

function isLawfulHero(after: Hero, before: Hero): boolean {
  const [x, y, z] = after.place;
  const isInside = !after.isInLand || (x < SIDE && z < SIDE);
  const areItems = [...after.items].every(([kind, count]) => isItem(kind) && count > 0n && count <= ITEMS_MAX);
  return isInside && y < HEIGHT && areItems && after.journeys === before.journeys;
}
