// What a run may use: a balance for all of it and, where its caller sets them, limits of its parts. Compiled code counts one number down and
// stops when it is gone; so that number is always the nearer of the two that execution can come to: the balance, or its own limit.

import type { GasSpent } from '../run.ts';

/** All in internal units. */
export class GasBudget {
  readonly #total: bigint;
  readonly #parts: GasSpent | undefined;
  /** How far beyond the limit of execution the balance reaches: less than nothing when it ends before. */
  #beyond: bigint;
  #io = 0;

  constructor(total: bigint, parts?: GasSpent) {
    this.#total = total;
    this.#parts = parts;
    this.#beyond = parts === undefined ? 0n : total - parts.execution;
  }

  /** What compiled code starts to count down from. */
  get start(): bigint {
    return this.#total - atLeastZero(this.#beyond);
  }

  /** Counts input or output, and gives what it takes from compiled code's number: nothing while the balance reaches beyond the other limit. */
  takeIo(units: number): number {
    this.#io += units;
    if (this.#parts === undefined) return units;
    const before = atMostZero(this.#beyond);
    this.#beyond -= BigInt(units);
    return Number(before - atMostZero(this.#beyond));
  }

  get isIoOver(): boolean {
    return this.#parts !== undefined && BigInt(this.#io) > this.#parts.io;
  }

  /** Why compiled code's number, at `left` now, ended the run. What nobody could pay for comes before any limit. */
  stop(left: bigint): 'OUT_OF_GAS' | 'EXECUTION_LIMIT_REACHED' {
    return this.#parts === undefined || this.#balance(left) < 0n ? 'OUT_OF_GAS' : 'EXECUTION_LIMIT_REACHED';
  }

  /** What was used when compiled code's number is at `left`: all, when more was asked for than there was. */
  spent(left: bigint): GasSpent {
    const used = this.#total - atLeastZero(this.#balance(left));
    const asked = BigInt(this.#io);
    const io = asked < used ? asked : used;
    return { execution: used - io, io };
  }

  #balance(left: bigint): bigint {
    return left + atLeastZero(this.#beyond);
  }
}

function atLeastZero(value: bigint): bigint {
  return value > 0n ? value : 0n;
}

function atMostZero(value: bigint): bigint {
  return value < 0n ? value : 0n;
}
