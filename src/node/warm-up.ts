// Compiles a channel's code ahead of the first call, while nobody waits: short turns of work, and between them the channel's inputs. Nothing
// depends on it; where it cannot go on, calls compile what they need, as they would without it.

import type { Clock } from '../ports/clock.ts';

/** A turn ends with the piece that passes this: a third of the time between two clock inputs of a channel with a tick. */
const TURN_MS = 8;
/** Between turns: time for messages, timers and the channel's clock. A chat's code is ready after some ten turns. */
export const PAUSE_MS = 15;

export interface WarmUpOptions {
  readonly clock: Clock;
  /** Each `next` does one piece of the work. */
  readonly pieces: Iterator<void>;
  /** Calls back when the channel has nothing to do but what comes later; never, once the channel has stopped. */
  readonly whenIdle: (call: () => void) => void;
}

/** Life: `start` once, `stop` at any time; no piece is done after `stop`. */
export class WarmUp {
  readonly #options: WarmUpOptions;
  #cancelTimer: (() => void) | undefined;
  #ended = false;

  constructor(options: WarmUpOptions) {
    this.#options = options;
  }

  start(): void {
    this.#later(PAUSE_MS);
  }

  stop(): void {
    this.#ended = true;
    this.#cancelTimer?.();
  }

  #later(delayMs: number): void {
    if (this.#ended) return;
    const { clock, whenIdle } = this.#options;
    this.#cancelTimer = clock.after(delayMs, () =>
      whenIdle(() => {
        // Not within the channel's turn: what it has just said goes out first, and what fails here is not its failure.
        if (!this.#ended) this.#cancelTimer = clock.after(0, () => this.#turn());
      }),
    );
  }

  #turn(): void {
    const { clock, pieces } = this.#options;
    const startMs = clock.monotonicMs();
    try {
      do {
        if (pieces.next().done) {
          this.#ended = true;
          return;
        }
      } while (clock.monotonicMs() - startMs < TURN_MS);
    } catch {
      // The engine is out of memory, or there is a bug in the VM: the call that meets it tells, to whoever made it.
      this.#ended = true;
      return;
    }
    this.#later(PAUSE_MS);
  }
}
