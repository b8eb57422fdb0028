// A clock that tests drive, in the process or over HTTP (`rest/clock-routes.ts`), so that hours pass when they are told to.

/** `manual`: stands still until it is driven. `running`: goes with the machine's clock, ahead of it by what it was driven. */
export type DrivenClockMode = 'manual' | 'running';

/** The last microsecond that `0x1::timestamp` and a transaction's expiry, in seconds, leave room beyond. */
export const CLOCK_MICROS_MAX = (1n << 63n) - 1n;

export class DrivenClock {
  readonly mode: DrivenClockMode;
  readonly #machine: () => bigint;
  /** Of the machine's clock, when it stands still. */
  readonly #stoodAt: bigint;
  #aheadMicros = 0n;

  /** `machine`: microseconds since 1970. */
  constructor(mode: DrivenClockMode, machine: () => bigint = wallClock) {
    this.mode = mode;
    this.#machine = machine;
    this.#stoodAt = machine();
  }

  now(): bigint {
    return (this.mode === 'manual' ? this.#stoodAt : this.#machine()) + this.#aheadMicros;
  }

  /** False, and nothing happens, for a time that is past or too far away. */
  advanceTo(micros: bigint): boolean {
    const ahead = micros - this.now();
    if (ahead < 0n || micros > CLOCK_MICROS_MAX) return false;
    this.#aheadMicros += ahead;
    return true;
  }
}

/** Microseconds since 1970. */
export function wallClock(): bigint {
  return BigInt(Date.now()) * 1000n;
}
