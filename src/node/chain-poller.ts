// Looks at the chain for one channel, again and again: soon after somebody asks, every 2 s otherwise, less often while the chain does not
// answer. Sends the member's heartbeat. Never throws; what goes wrong is told as a notice.

import type { ChainView } from '../channel/update.ts';
import type { Clock } from '../ports/clock.ts';
import { isChainSilent } from './stream-error.ts';

/** A channel's view is three small requests; half the patience of a settlement's voters. */
export const POLL_MS = 2_000;
/** Requests to look now come in bursts: one look answers all. */
const REFRESH_MS_MIN = 200;
/** The longest pause while the chain does not answer. */
const BACK_OFF_MS_MAX = 16_000;
/** A third of the heartbeat window of 15 s: two may fail. */
export const KEEP_ALIVE_MS = 5_000;

export interface ChainReachability {
  readonly reachable: boolean;
  readonly detail?: string;
  /** Gas money left, once known. */
  readonly sessionBalance?: bigint;
}

export interface ChainPollerOptions {
  readonly clock: Clock;
  readonly view: () => Promise<ChainView>;
  readonly keepAlive: () => Promise<void>;
  readonly balance: () => Promise<bigint>;
  readonly onView: (view: ChainView) => void;
  /** Told when it changes, and with every new balance. */
  readonly onReachability: (state: ChainReachability) => void;
}

/** Life: `start` once, `refresh` at any time, `stop` once; nothing is called back after `stop`. */
export class ChainPoller {
  readonly #options: ChainPollerOptions;
  #cancelPoll: (() => void) | undefined;
  #cancelKeepAlive: (() => void) | undefined;
  #polling = false;
  #refreshWanted = false;
  #lastPollMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #state: ChainReachability | undefined;
  #stopped = false;
  #keepAliveWanted = false;
  /** A quiet channel's node may not pay for anything in a long time; its people want to know what it has all the same. */
  #balanceWanted = true;

  constructor(options: ChainPollerOptions) {
    this.#options = options;
  }

  start(): void {
    this.refresh();
  }

  /** Whether this node owes the contract heartbeats: as a member, and in a quiet channel once it is asked for one ([H1]). */
  set owesHeartbeats(owes: boolean) {
    if (this.#keepAliveWanted === owes) return;
    this.#keepAliveWanted = owes;
    this.#cancelKeepAlive?.();
    this.#cancelKeepAlive = undefined;
    if (owes) void this.#keepAlive();
  }

  /** This node has paid for something: what is left is read again. */
  spent(): void {
    this.#balanceWanted = true;
    this.refresh();
  }

  /** Look soon. */
  refresh(): void {
    if (this.#stopped) return;
    if (this.#polling) {
      this.#refreshWanted = true;
      return;
    }
    const sinceMs = this.#options.clock.monotonicMs() - this.#lastPollMs;
    this.#schedule(Math.max(0, REFRESH_MS_MIN - sinceMs));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelPoll?.();
    this.#cancelKeepAlive?.();
  }

  #schedule(delayMs: number): void {
    this.#cancelPoll?.();
    this.#cancelPoll = this.#options.clock.after(delayMs, () => {
      this.#cancelPoll = undefined;
      void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    this.#refreshWanted = false;
    this.#lastPollMs = this.#options.clock.monotonicMs();
    try {
      const view = await this.#options.view();
      if (this.#stopped) return;
      this.#failures = 0;
      this.#report({ ...this.#state, reachable: true });
      this.#options.onView(view);
      if (this.#balanceWanted) await this.#readBalance();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#polling = false;
    }
    if (this.#stopped) return;
    const backOffMs = Math.min(BACK_OFF_MS_MAX, POLL_MS * 2 ** this.#failures);
    this.#schedule(this.#refreshWanted && this.#failures === 0 ? REFRESH_MS_MIN : backOffMs);
  }

  async #keepAlive(): Promise<void> {
    try {
      await this.#options.keepAlive();
      await this.#readBalance();
    } catch (error) {
      this.#failed(error);
    }
    if (this.#stopped || !this.#keepAliveWanted || this.#cancelKeepAlive) return;
    this.#cancelKeepAlive = this.#options.clock.after(KEEP_ALIVE_MS, () => {
      this.#cancelKeepAlive = undefined;
      void this.#keepAlive();
    });
  }

  async #readBalance(): Promise<void> {
    this.#balanceWanted = false;
    try {
      const sessionBalance = await this.#options.balance();
      if (!this.#stopped) this.#report({ reachable: true, sessionBalance });
    } catch (error) {
      this.#balanceWanted = true;
      throw error;
    }
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    const detail = error instanceof Error ? error.message : String(error);
    // A refusal is an answer: the chain is there.
    const isSilent = isChainSilent(error);
    if (isSilent) this.#failures++;
    this.#report({ ...this.#state, reachable: !isSilent, detail });
  }

  #report(state: ChainReachability): void {
    const before = this.#state;
    // What was wrong is over once the chain answers.
    const next = state.reachable && before?.reachable === false ? withoutDetail(state) : state;
    this.#state = next;
    const isSame =
      before?.reachable === next.reachable &&
      before.detail === next.detail &&
      before.sessionBalance === next.sessionBalance;
    if (!isSame) this.#options.onReachability(next);
  }
}

function withoutDetail({ detail: _, ...rest }: ChainReachability): ChainReachability {
  return rest;
}
