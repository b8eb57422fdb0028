// `npx tsx scripts/move/movecraft-vectors.ts`: writes move/movecraft/tests/vectors.move: evidence of what heroes did and a leader has signed, for the Move
// tests, which cannot sign. What an honest leader claims is what the channel's own VM makes of the call.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBcs } from '../../src/base/bcs.ts';
import { type Bytes, utf8Encode } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { type Address, type Height, parseAddress, writeAddress } from '../../src/base/ids.ts';
import { type StateKey, stateKeyId } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import { encodeSettlementData } from '../../src/chain/settlement-data.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import { settlementSigningMessage } from '../../src/channel/signed-settlement.ts';
import type { Call } from '../../src/channel/transaction.ts';
import type { Settlement } from '../../src/channel/update.ts';
import { MoveExecutor } from '../../src/node/move-executor.ts';
import {
  complaintEvidence,
  NOTHING_DONE,
  testKeySeed,
  type Vector,
  vectorModule,
} from '../../src/testing/complaint.ts';
import { decodeChunk, encodeChunk } from '../../src/testing/land-assets.ts';
import { applicationModules, SCOPE } from '../../src/testing/package-modules.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { MOVE_DIR, NAMED_ADDRESSES } from './packages.ts';

const MOVECRAFT = parseAddress(NAMED_ADDRESSES.movecraft ?? '');
const [ALICE, BOB, CAROL] = [parseAddress('0xa11ce'), parseAddress('0xb0b'), parseAddress('0xca401')];
const HANDLE = parseAddress('0x7ab1e');

const LAND: StateKey = { kind: 'resource', address: MOVECRAFT, type: structTag(MOVECRAFT, 'land', 'Land') };
const ASSETS = assetsOf(BOB);
/** The land is two chunks wide. */
const CHUNKS = [0, 1, 2, 3].map(
  (n): StateKey => ({
    kind: 'item',
    handle: HANDLE,
    key: encodeBcs((w) => w.u32(n % 2).u32(n >> 1)),
  }),
);
const SHOWN = [LAND, ASSETS, ...CHUNKS];

const [DIRT, LOG, SPROUT, SEEDS] = [3, 6, 24, 32];

/** Of what Carol, a member no more, did before she went. The hashes are the Move tests'. */
const GONE_SETTLEMENT: Settlement = {
  fromHeight: 0n as Height,
  toHeight: 1n as Height,
  changes: [{ key: assetsOf(CAROL), old: carried([]), new: carried([SEEDS]) }],
  leaving: [],
  closing: false,
  stateRoot: sha3_256(utf8Encode('root')),
  historyHash: sha3_256(utf8Encode('history')),
};

function assetsOf(address: Address): StateKey {
  return { kind: 'resource', address, type: structTag(MOVECRAFT, 'land', 'LandAssets') };
}

/** One of each kind, and a hero outside on its first journey, in BCS. */
function carried(kinds: readonly number[]): Bytes {
  return encodeBcs((w) => {
    w.bool(false).u64(0n).u64(0n).u64(0n).u64(0n).u64(1n).uleb128(kinds.length);
    for (const kind of kinds) w.u8(kind).u64(1n);
  });
}

const executor = new MoveExecutor(
  new MoveVm(),
  {
    scope: SCOPE,
    creator: ALICE,
    stateType: structTag(MOVECRAFT, 'land', 'Land'),
    assetsType: structTag(MOVECRAFT, 'land', 'LandAssets'),
    coinType: structTag(parseAddress('0x1'), 'aptos_coin', 'AptosCoin'),
    stake: 0n,
    settings: { heartbeatWindowMs: 15_000, settleIntervalMs: 0 },
    labels: new Map(),
    tickFunction: `${MOVECRAFT}::land::tick`,
  },
  applicationModules('movecraft', MOVECRAFT),
);

function callOf(fn: string, args: readonly Bytes[]): Call {
  return { address: MOVECRAFT, module: 'land', function: fn, typeArgs: [], args };
}

/** A channel in which only Bob acts. */
class Game {
  readonly #state = new Map<string, { readonly key: StateKey; readonly value: Bytes }>();
  #timestampMs = 1_000_500n;

  constructor() {
    this.#put(
      LAND,
      encodeBcs((w) => {
        w.u64(7n).u64(2n);
        writeAddress(w, ALICE);
        w.u64(500n).u64(0n).u64(0n).uleb128(0).uleb128(0).uleb128(0);
        writeAddress(w, HANDLE);
      }),
    );
    this.#put(
      ASSETS,
      encodeBcs((w) => {
        // Outside, on the first journey.
        w.bool(false).u64(0n).u64(0n).u64(0n).u64(0n).u64(1n);
        w.uleb128(3).u8(DIRT).u64(2n).u8(LOG).u64(1n).u8(SEEDS).u64(1n);
      }),
    );
  }

  /** What the call makes of the state now; the state stays. */
  outcome(fn: string, args: readonly Bytes[]): ExecutionOutcome {
    return this.#execute(fn === 'tick' ? 'tick' : callOf(fn, args), fn === 'tick' ? ALICE : BOB);
  }

  /** The same of a call without arguments, whoever makes it. */
  outcomeOf(fn: string, sender: Address): ExecutionOutcome {
    return this.#execute(callOf(fn, []), sender);
  }

  /** Whether the call would be executed. */
  does(fn: string, args: readonly Bytes[]): boolean {
    return this.outcome(fn, args).status.kind === 'executed';
  }

  #execute(call: Call | 'tick', sender: Address): ExecutionOutcome {
    const transactionHash = new Uint8Array(32);
    const request = { call, sender, timestampMs: this.#timestampMs, transactionHash };
    return executor.execute((key) => this.#state.get(stateKeyId(key))?.value, request);
  }

  /** Another in which this is not there. */
  without(key: StateKey): Game {
    const other = this.#copy();
    other.#state.delete(stateKeyId(key));
    return other;
  }

  /** Another after the tick, at the same time. */
  again(): Game {
    const other = this.#copy();
    for (const { key, new: value } of other.outcome('tick', []).changes) if (value) other.#put(key, value);
    return other;
  }

  /** Another that nobody has entered, with three crops about to grow, two of them in one chunk. */
  overgrown(): Game {
    const other = this.#copy();
    const crops = [1, 2, 9].map((x) => ({ x, y: 20, z: 1 }));
    other.#put(
      LAND,
      encodeBcs((w) => {
        w.u64(7n).u64(2n);
        writeAddress(w, ALICE);
        w.u64(500n).u64(0n).u64(31n).uleb128(0).uleb128(crops.length);
        for (const { x, y, z } of crops) w.u64((BigInt(x) << 32n) | BigInt((z << 8) | y)).u64(0n);
        w.uleb128(0);
        writeAddress(w, HANDLE);
      }),
    );
    for (const [n, chunk] of CHUNKS.slice(0, 2).entries()) {
      const columns = Array.from({ length: 64 }, () => new Uint8Array());
      for (const { x, y, z } of crops) {
        if (x >> 3 === n) columns[z * 8 + (x % 8)] = new Uint8Array(32).fill(SPROUT, y, y + 1);
      }
      other.#put(chunk, encodeChunk(columns));
    }
    return other;
  }

  #copy(): Game {
    const other = new Game();
    other.#state.clear();
    for (const { key, value } of this.#state.values()) other.#put(key, value);
    other.#timestampMs = this.#timestampMs;
    return other;
  }

  /** Does it, five seconds before what comes next. */
  play(fn: string, ...args: readonly Bytes[]): void {
    for (const { key, new: value } of this.outcome(fn, args).changes) if (value) this.#put(key, value);
    this.#timestampMs += 5_000n;
  }

  /** Where Bob's feet are. */
  position(): readonly [bigint, bigint, bigint] {
    const value = this.#state.get(stateKeyId(ASSETS))?.value ?? new Uint8Array();
    const view = new DataView(value.buffer, value.byteOffset);
    return [view.getBigUint64(1, true), view.getBigUint64(9, true), view.getBigUint64(17, true)];
  }

  /** Bob calls the function, and Alice signs that this came of it: what did, if nothing is given. */
  evidence(
    fn: string,
    args: readonly Bytes[],
    outcome = this.outcome(fn, args),
    shown: readonly StateKey[] = SHOWN,
    caller: 'member' | 'channel' = fn === 'tick' ? 'channel' : 'member',
  ): Bytes {
    return complaintEvidence({
      scope: SCOPE,
      accused: ALICE,
      leaderSeed: testKeySeed(0),
      callerSeed: testKeySeed(1),
      call: caller === 'channel' ? 'tick' : callOf(fn, args),
      timestampMs: this.#timestampMs,
      state: this.#state.values(),
      outcome,
      shown,
    });
  }

  #put(key: StateKey, value: Bytes): void {
    this.#state.set(stateKeyId(key), { key, value });
  }
}

function numbers(...values: readonly bigint[]): readonly Bytes[] {
  return values.map((value) => encodeBcs((w) => w.u64(value)));
}

function way(...steps: readonly number[]): Bytes {
  return encodeBcs((w) => w.bytes(new Uint8Array(steps)));
}

function byte(value: number): Bytes {
  return encodeBcs((w) => w.u8(value));
}

function withoutLand(game: Game): ExecutionOutcome {
  const outcome = game.outcome('tick', []);
  return { ...outcome, changes: outcome.changes.filter(({ key }) => key.kind === 'item') };
}

/** Another chunk: with the last of its written columns only, or with the first that is not written as that one is. */
function withColumns(outcome: ExecutionOutcome, which: 'last' | 'more'): ExecutionOutcome {
  const changes = outcome.changes.map((change) => {
    if (change.key.kind !== 'item' || change.new === undefined) return change;
    const columns = decodeChunk(change.new);
    const last = columns.findLastIndex(({ length }) => length > 0);
    const other = columns.findIndex(({ length }) => length === 0);
    const value = columns.map((column, index) => {
      if (which === 'last') return index === last ? column : new Uint8Array();
      return index === other ? (columns[last] ?? column) : column;
    });
    return { ...change, new: encodeChunk(value) };
  });
  return { ...outcome, changes };
}

/** Move source. */
export function moveCraftVectors(): string {
  const game = new Game();
  const vectors: Vector[] = [];
  const add = (name: string, what: string, value: Bytes) => vectors.push({ name, what, value });

  add('walk_outside', 'Bob walks before he has entered, and is refused.', game.evidence('walk', [way(0)]));
  const aborted = (code: bigint): ExecutionOutcome => ({
    ...NOTHING_DONE,
    status: { kind: 'aborted', code, location: `${MOVECRAFT}::land` },
  });
  const nowhere = new Game().without(LAND);
  add('no_land', 'Bob enters where there is no land.', nowhere.evidence('enter', [], aborted(0x30001n), [LAND]));
  const heroless = new Game().without(ASSETS);
  add('no_hero', 'Bob enters without a hero.', heroless.evidence('enter', []));
  add('tick_of_bob', 'Bob calls the tick.', game.evidence('tick', [], game.outcomeOf('tick', BOB), SHOWN, 'member'));
  add('enter_honest', 'Bob enters.', game.evidence('enter', []));
  add('enter_dropped', 'The same, and Alice does nothing.', game.evidence('enter', [], NOTHING_DONE));
  game.play('enter');
  add('walk_honest', 'Bob walks.', game.evidence('walk', [way(0, 1)]));
  add(
    'walk_wrong',
    'The same, and Alice leaves him where a shorter way leads.',
    game.evidence('walk', [way(0, 1)], game.outcome('walk', [way(1)])),
  );
  const [x, y, z] = game.position();
  const below = numbers(x, y - 1n, z);
  add('mine_honest', 'Bob mines in a chunk that nobody has touched.', game.evidence('mine', below));
  add(
    'mine_wrong',
    'The same, and Alice claims that he was refused.',
    game.evidence('mine', below, game.outcome('mine', numbers(x, y - 2n, z))),
  );
  add('mine_not_shown', 'The same without the chunks.', game.evidence('mine', below, NOTHING_DONE, [LAND, ASSETS]));
  add('mine_far', 'Bob mines out of reach, and is refused.', game.evidence('mine', numbers(0n, 1n, 0n)));
  game.play('mine', ...below);
  const beside = [...numbers(x, y - 1n, z + 1n)];
  // Beside what he mined, in the same chunk: he stands at its last corner.
  const near = [y, y - 1n, y - 2n].map((up) => numbers(x - 1n, up, z)).find((at) => game.does('mine', at));
  if (near === undefined) throw new Error('nothing to mine');
  add(
    'mine_beside',
    'Bob mines a column that nobody has written, in a chunk that is stored.',
    game.evidence('mine', near),
  );
  const mined = game.outcome('mine', near);
  add(
    'mine_vanished',
    'The same, and Alice leaves out what was written before.',
    game.evidence('mine', near, withColumns(mined, 'last')),
  );
  add(
    'mine_overwritten',
    'The same, and Alice writes another column, too.',
    game.evidence('mine', near, withColumns(mined, 'more')),
  );
  game.play('mine', ...near);
  add('place_back', 'Bob places earth in a column that is written.', game.evidence('place', [...near, byte(DIRT)]));
  add(
    'place_honest',
    'Bob places earth in a chunk that nobody has touched.',
    game.evidence('place', [...beside, byte(DIRT)]),
  );
  add(
    'place_free',
    'The same, and Alice lets him keep it.',
    game.evidence('place', [...beside, byte(DIRT)], NOTHING_DONE),
  );
  add('place_refused', 'Bob places a tool that he has not.', game.evidence('place', [...beside, byte(40)]));
  add('craft_honest', 'Bob crafts.', game.evidence('craft', [byte(0)]));
  add('craft_refused', 'Bob crafts what he has no parts for.', game.evidence('craft', [byte(3)]));
  add('tick_honest', 'The tick.', game.evidence('tick', []));
  add('tick_dropped', 'The tick, and Alice does nothing.', game.evidence('tick', [], NOTHING_DONE));
  game.play('place', ...beside, byte(DIRT));
  game.play('place', ...numbers(x, y, z + 1n), byte(SEEDS));
  for (let n = 1; n < 32; n++) game.play('tick');
  add('tick_grown', 'A tick that lets a crop grow.', game.evidence('tick', []));
  add(
    'tick_hurried',
    'The same, and Alice lets it grow without counting.',
    game.evidence('tick', [], withoutLand(game)),
  );
  const overgrown = new Game().overgrown();
  add('tick_grown_much', 'A tick that lets three crops grow in two chunks.', overgrown.evidence('tick', []));
  add('tick_again', 'A tick that comes too soon is refused.', game.again().evidence('tick', []));
  const left = game.without(ASSETS);
  add('tick_gone', 'A tick that finds that Bob is gone.', left.evidence('tick', []));
  add('tick_kept', 'The same, and Alice keeps his place.', left.evidence('tick', [], game.outcome('tick', [])));
  const more: readonly (readonly [fn: string, args: readonly Bytes[]])[] = [
    ['enter', []],
    ['walk', [way(0)]],
    ['mine', below],
    ['place', [...below, byte(DIRT)]],
    ['craft', [byte(0)]],
  ];
  for (const [fn, args] of more) {
    const evidence = game.evidence(fn, [...args, byte(0)], NOTHING_DONE, [LAND, ASSETS]);
    add(`${fn}_more`, 'Bob calls it with one argument more than it has.', evidence);
  }
  const ticked = game.evidence('tick', [byte(0)], NOTHING_DONE, [LAND, ASSETS], 'member');
  add('tick_more', 'Bob calls the tick with an argument.', ticked);
  add('other_function', 'Bob calls what is not for channels.', game.evidence('fly', [byte(0)], NOTHING_DONE));
  const said = encodeSettlementData(GONE_SETTLEMENT);
  add('of_who_is_gone', 'A settlement that says that Carol carries a seed.', said);
  for (const [n, name] of ['alice', 'bob'].entries()) {
    const message = settlementSigningMessage(SCOPE, sha3_256(said));
    const signature = ed25519.sign(message, testKeySeed(n)) as Bytes;
    add(`of_who_is_gone_by_${name}`, 'A signature of it.', signature);
  }
  return vectorModule('movecraft', 'scripts/move/movecraft-vectors.ts', vectors);
}

export const MOVECRAFT_VECTORS_FILE = path.join(MOVE_DIR, 'movecraft/tests/vectors.move');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(MOVECRAFT_VECTORS_FILE, moveCraftVectors());
