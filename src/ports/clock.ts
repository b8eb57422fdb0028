// Time, so that tests can hold it. Wall time may jump; `monotonicMs` does not.

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Milliseconds since some start; never runs back. */
  monotonicMs(): number;
  /** Calls after at least `delayMs`. Returns how to call it off. */
  after(delayMs: number, call: () => void): () => void;
}
