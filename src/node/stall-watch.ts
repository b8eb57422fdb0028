// Notices when this node's own loop did not run for a while (a busy thread, a sleeping laptop), so that it does not take its own silence
// for another's ([L6] of docs/protocol.md).

/** Beats come every 50 ms; browsers slow the timers of hidden pages to one a second, though not those of workers. */
export const STALL_MS_MIN = 2_000;

export class StallWatch {
  #lastMs: number | undefined;
  #stalls = 0;

  /** How often the loop has stalled. */
  get stalls(): number {
    return this.#stalls;
  }

  /** Called with every beat of the loop; returns for how long it has stalled before this one, 0 if it has not. */
  beat(monotonicMs: number): number {
    const gapMs = this.#lastMs === undefined ? 0 : monotonicMs - this.#lastMs;
    this.#lastMs = monotonicMs;
    if (gapMs < STALL_MS_MIN) return 0;
    this.#stalls++;
    return gapMs;
  }
}
