// One call on its way from the click to finality: its grades as promises and as events.

import type { Grade, TransactionStatus } from '../channel/update.ts';
import type { NodeNotice } from '../wire/client.ts';
import type { StraitClientError } from './client-error.ts';
import { Listeners, type Unsubscribe } from './listeners.ts';

export interface CallOutcome {
  /** The caller's own count. */
  readonly sequence: bigint;
  /** Its place in the history; undefined as long as this tab has not seen it there itself. */
  readonly height: bigint | undefined;
  /**
   * An aborted call is part of the history too; look here before taking it for done. `unknown`: this tab has not run the call, because it has only the
   * leader's word (`executed` in a follower) or because the history came to it as a snapshot.
   */
  readonly status: TransactionStatus | { readonly kind: 'unknown' };
}

/** `sending`: not yet durable. `refused`: it will never be part of the history. */
export type CallState =
  | { readonly grade: 'sending' }
  | { readonly grade: 'queued'; readonly sequence: bigint }
  | { readonly grade: 'executed' | 'verified' | 'final'; readonly outcome: CallOutcome }
  | { readonly grade: 'refused'; readonly error: StraitClientError };

/**
 * Grades only go up: sending → queued → executed (the leader says so) → verified (this tab's own VM agrees) → final (two thirds of the
 * members have signed it). A grade that is skipped resolves with the one above it. If a leader is lost before finality the call may fall back to `queued`
 * and is carried out again by the next one, exactly once; `executed` and `verified` keep what they first resolved with, `final` is the truth.
 */
export interface CallHandle {
  readonly id: string;
  readonly state: CallState;
  /** Durable in this tab: it survives a reload. */
  readonly queued: Promise<bigint>;
  readonly executed: Promise<CallOutcome>;
  readonly verified: Promise<CallOutcome>;
  readonly final: Promise<CallOutcome>;
  on(listener: (state: CallState) => void): Unsubscribe;
}

type GradeNotice = Extract<NodeNotice, { kind: 'grade' }>;

const RANK: Readonly<Record<Grade, number>> = { queued: 0, executed: 1, verified: 2, final: 3 };

export class PendingCall implements CallHandle {
  readonly id: string;
  readonly queued: Promise<bigint>;
  readonly executed: Promise<CallOutcome>;
  readonly verified: Promise<CallOutcome>;
  readonly final: Promise<CallOutcome>;
  readonly #listeners = new Listeners<CallState>();
  readonly #queued = deferred<bigint>();
  readonly #executed = deferred<CallOutcome>();
  readonly #verified = deferred<CallOutcome>();
  readonly #final = deferred<CallOutcome>();
  #state: CallState = { grade: 'sending' };
  /** What this tab's own run of the call has shown. */
  #seen: Pick<GradeNotice, 'height' | 'status'> = {};

  constructor(id: string) {
    this.id = id;
    this.queued = this.#queued.promise;
    this.executed = this.#executed.promise;
    this.verified = this.#verified.promise;
    this.final = this.#final.promise;
  }

  get state(): CallState {
    return this.#state;
  }

  get settled(): boolean {
    return this.#state.grade === 'final' || this.#state.grade === 'refused';
  }

  on(listener: (state: CallState) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  onQueued(sequence: bigint): void {
    this.#queued.resolve(sequence);
    if (this.#state.grade === 'sending') this.#become({ grade: 'queued', sequence });
  }

  onGrade(notice: GradeNotice): void {
    if (this.settled) return;
    this.#queued.resolve(notice.sequence);
    if (notice.grade === 'queued') {
      this.#seen = {};
      this.#become({ grade: 'queued', sequence: notice.sequence });
      return;
    }
    // The last grades tell only that they are reached.
    this.#seen = { ...this.#seen, ...notice };
    const outcome: CallOutcome = {
      sequence: notice.sequence,
      height: this.#seen.height,
      status: this.#seen.status ?? { kind: 'unknown' },
    };
    const rank = RANK[notice.grade];
    this.#executed.resolve(outcome);
    if (rank >= RANK.verified) this.#verified.resolve(outcome);
    if (rank >= RANK.final) this.#final.resolve(outcome);
    this.#become({ grade: notice.grade, outcome });
  }

  onError(error: StraitClientError): void {
    if (this.settled) return;
    for (const each of [this.#queued, this.#executed, this.#verified, this.#final]) each.reject(error);
    this.#become({ grade: 'refused', error });
  }

  #become(state: CallState): void {
    this.#state = state;
    this.#listeners.emit(state);
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever looks only at one grade must not be told of the others as unhandled.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
