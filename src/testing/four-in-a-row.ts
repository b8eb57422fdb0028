// The tutorial's game as a node runs it: the package's checked-in bytecode in the channel's own VM, on a state that tests can look at.

import { BcsReader, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { type Address, parseAddress, readAddress } from '../base/ids.ts';
import { type StateKey, stateKeyId } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import type { ExecutionOutcome } from '../channel/executor.ts';
import type { StateEntry } from '../channel/state-tree.ts';
import { MoveExecutor } from '../node/move-executor.ts';
import { MoveVm } from '../vm/index.ts';
import { applicationModules, SCOPE } from './package-modules.ts';

export const FOUR_IN_A_ROW = parseAddress('0x666f75725f696e5f615f726f7700000000000000000000000000000000000001');
export const [ALICE, BOB] = [parseAddress('0xa11ce'), parseAddress('0xb0b')];
export const GAME_TYPE = structTag(FOUR_IN_A_ROW, 'game', 'Game');
export const GAME: StateKey = { kind: 'resource', address: FOUR_IN_A_ROW, type: GAME_TYPE };

/** What a test reads of a game. */
export interface GameRead {
  /** Each from the bottom up: discs 1 and 2. */
  readonly columns: readonly (readonly number[])[];
  readonly seats: readonly Address[];
  readonly isOver: boolean;
  readonly winners: readonly number[];
}

/** Nobody has sat down. */
export const NEW_GAME: Bytes = encodeBcs((w) => {
  w.uleb128(7);
  for (let column = 0; column < 7; column++) w.uleb128(0);
  w.uleb128(0).bool(false).u64(0n).uleb128(0);
});

export function readGame(bytes: Bytes): GameRead {
  const r = new BcsReader(bytes);
  const columns = r.vector('columns', 7, (column) => [...column.bytes('column', 6)]);
  const seats = r.vector('seats', 2, (seat) => readAddress(seat, 'seat'));
  const isOver = r.bool('is over');
  r.u64('turn began');
  const winners = r.vector('results', 16, (result) => {
    result.vector('seats', 2, (seat) => readAddress(seat, 'seat'));
    return result.u8('winner');
  });
  r.end('game');
  return { columns, seats, isOver, winners };
}

let executor: MoveExecutor | undefined;

/** A channel's state, and what members' calls make of it. */
export class FourInARow {
  readonly #state = new Map<string, StateEntry>();
  timestampMs = 1_000_500n;

  constructor(game: Bytes = NEW_GAME) {
    this.#put(GAME, game);
  }

  static withoutGame(): FourInARow {
    const none = new FourInARow();
    none.#state.clear();
    return none;
  }

  copy(): FourInARow {
    const copy = new FourInARow(this.bytes());
    copy.timestampMs = this.timestampMs;
    return copy;
  }

  pass(durationMs: bigint): void {
    this.timestampMs += durationMs;
  }

  /** What the call makes of the state now; the state stays. No function: the tick. */
  outcome(sender: Address, fn: string, args: readonly Bytes[]): ExecutionOutcome {
    executor ??= newExecutor();
    return executor.execute((key) => this.#state.get(stateKeyId(key))?.value, {
      call: fn === '' ? 'tick' : { address: FOUR_IN_A_ROW, module: 'game', function: fn, typeArgs: [], args },
      sender,
      timestampMs: this.timestampMs,
      transactionHash: new Uint8Array(32),
    });
  }

  /** Does it, a second before what comes next. */
  play(sender: Address, fn: string, ...args: readonly Bytes[]): ExecutionOutcome {
    const outcome = this.outcome(sender, fn, args);
    for (const { key, new: value } of outcome.changes) if (value) this.#put(key, value);
    this.pass(1_000n);
    return outcome;
  }

  /** In BCS. */
  bytes(): Bytes {
    const game = this.#state.get(stateKeyId(GAME));
    if (!game) throw new Error('there is no game');
    return game.value;
  }

  read(): GameRead {
    return readGame(this.bytes());
  }

  entries(): readonly StateEntry[] {
    return [...this.#state.values()];
  }

  #put(key: StateKey, value: Bytes): void {
    this.#state.set(stateKeyId(key), { key, value });
  }
}

function newExecutor(): MoveExecutor {
  const channel = {
    scope: SCOPE,
    creator: ALICE,
    stateType: GAME_TYPE,
    assetsType: structTag(FOUR_IN_A_ROW, 'game', 'NoAssets'),
    coinType: structTag(parseAddress('0x1'), 'aptos_coin', 'AptosCoin'),
    stake: 0n,
    settings: { heartbeatWindowMs: 15_000, settleIntervalMs: 0 },
    labels: new Map<string, string>(),
    tickFunction: `${FOUR_IN_A_ROW}::game::tick`,
  };
  return new MoveExecutor(new MoveVm(), channel, applicationModules('four_in_a_row', FOUR_IN_A_ROW));
}
