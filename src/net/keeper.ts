// Keeps the link to one peer: dials and redials while it is held, greets over every new pipe, tries for a direct road in the background,
// and looks for another road when the one in use is silent or about to be cut.

import type { Clock } from '../ports/clock.ts';
import { RoadError } from './errors.ts';
import type { Frame, OpenFrame, RoadId } from './frames.ts';
import {
  CIRCUIT_BYTES_MARGIN,
  CIRCUIT_DIAL_TIMEOUT_MS,
  CIRCUIT_SECONDS_MARGIN,
  GREETING_TIMEOUT_MS,
  LINK_CHECK_MS,
  PROBE_AFTER_MS,
  REDIAL_MS_MAX,
  REDIAL_MS_MIN,
  STALL_AFTER_MS,
  UPGRADE_RETRY_MS,
  UPGRADE_SETTLE_MS,
  UPGRADE_TIMEOUT_MS,
} from './limits.ts';
import type { Link, Road } from './link.ts';
import type { Pipe, PipeKind } from './pipe.ts';

/** A road that lasted this long was a good one: the next dial starts without waiting. */
const GOOD_ROAD_MS = 5_000;
/** A peer that refuses us may admit us once it has read the chain again; asking much sooner is of no use. */
const REFUSED_ATTEMPT = 5;

export interface KeeperOptions {
  readonly link: Link;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newRoadId: () => RoadId;
  /** @throws RoadError */
  readonly dial: (kind: PipeKind, signal: AbortSignal) => Promise<Pipe>;
  /** This end tries for the direct road; the other waits for it. */
  readonly upgrades: boolean;
  /** The relay knows who is there: our own place at it is not new. */
  readonly isRelaySteady: () => boolean;
}

/** Life: any of the calls, then `stop` once. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #link: Link;
  #held = false;
  #stopped = false;
  /** Dials since the last good road. */
  #attempts = 0;
  #dialling: AbortController | undefined;
  #cancelRedial: (() => void) | undefined;
  #upgradeAttempts = 0;
  #upgrading: AbortController | undefined;
  #cancelUpgrade: (() => void) | undefined;
  #cancelCheck: (() => void) | undefined;
  #checkedMs = 0;
  /** Since when the link has waited for an acknowledgement, as far as this end was awake. */
  #awaitingSinceMs: number | undefined;
  #stalled: Road | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#link = options.link;
  }

  get isHeld(): boolean {
    return this.#held;
  }

  hold(): void {
    this.#held = true;
    this.review();
  }

  /** Lets the link go and dials no more. */
  release(): void {
    this.#held = false;
    this.#attempts = 0;
    this.#abandon('released');
    this.#link.letGo();
  }

  /** The surroundings may have changed for the better (the network is back, the tab is seen): do now what waits for later. */
  nudge(): void {
    this.#attempts = 0;
    this.#upgradeAttempts = 0;
    this.#cancelRedial?.();
    this.#cancelRedial = undefined;
    this.#cancelUpgrade?.();
    this.#cancelUpgrade = undefined;
    this.review();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#held = false;
    this.#abandon('stopped');
    this.#cancelCheck?.();
    this.#link.letGo();
  }

  /** Does what the link's roads ask for; called whenever they change. */
  review(): void {
    if (this.#stopped) return;
    const road = this.#link.current;
    if (this.#link.state === 'lost') this.#upgradeAttempts = 0;
    const needsRoad = this.#held && (!road || road.retiring);
    if (needsRoad) this.#redial();
    else {
      this.#cancelRedial?.();
      this.#cancelRedial = undefined;
    }
    if (this.#options.upgrades && road?.pipe.kind === 'relayed' && !road.retiring) this.#tryUpgrade();
    else {
      this.#cancelUpgrade?.();
      this.#cancelUpgrade = undefined;
    }
    if (road && !this.#cancelCheck) this.#startChecking();
  }

  /** Greets over a pipe that this end has dialled; resolves when the road is in use. @throws RoadError */
  #greet(pipe: Pipe): Promise<void> {
    return new Promise((resolve, reject) => {
      const open: OpenFrame = this.#link.opening(this.#options.newRoadId());
      const fail = (error: RoadError): void => {
        cancel();
        pipe.abort(error.message);
        reject(error);
      };
      const cancel = this.#options.clock.after(GREETING_TIMEOUT_MS, () =>
        fail(new RoadError('unreachable', 'the greeting was not answered')),
      );
      pipe.attach({
        next: () => undefined,
        closed: () => fail(new RoadError('unreachable', 'the pipe closed before the greeting was answered')),
        frame: (frame: Frame) => {
          if (this.#stopped) fail(new RoadError('stale', 'stopped'));
          else if (frame.kind === 'refuse') fail(new RoadError('refused', frame.reason));
          else if (frame.kind !== 'accept') fail(new RoadError('unreachable', `"${frame.kind}" is no greeting`));
          else if (!this.#link.accepted(open, frame, pipe)) fail(new RoadError('stale', 'sessions crossed'));
          else {
            cancel();
            resolve();
          }
        },
      });
      pipe.put(open);
    });
  }

  #redial(): void {
    if (this.#dialling || this.#cancelRedial) return;
    if (this.#attempts === 0) {
      void this.#dialCircuit();
      return;
    }
    const longest = Math.min(REDIAL_MS_MAX, REDIAL_MS_MIN * 2 ** Math.min(this.#attempts - 1, 16));
    this.#cancelRedial = this.#options.clock.after(longest * (0.5 + this.#options.random() / 2), () => {
      this.#cancelRedial = undefined;
      void this.#dialCircuit();
    });
  }

  async #dialCircuit(): Promise<void> {
    const control = new AbortController();
    this.#dialling = control;
    this.#attempts++;
    try {
      await this.#connect('relayed', CIRCUIT_DIAL_TIMEOUT_MS, control);
    } catch (error) {
      if (!control.signal.aborted) this.#dialFailed(error);
    }
    if (this.#dialling === control) this.#dialling = undefined;
    this.review();
  }

  #dialFailed(error: unknown): void {
    const reason = error instanceof RoadError ? error.reason : 'unreachable';
    if (reason === 'refused') this.#attempts = Math.max(this.#attempts, REFUSED_ATTEMPT);
    // No need to wait out the time for resuming: there is nobody to resume with.
    if (reason === 'absent' && this.#link.isResuming && this.#options.isRelaySteady())
      this.#link.lose('the peer is gone');
  }

  #tryUpgrade(): void {
    if (this.#upgrading || this.#cancelUpgrade) return;
    const retry = UPGRADE_RETRY_MS[Math.min(this.#upgradeAttempts, UPGRADE_RETRY_MS.length) - 1];
    const delayMs = retry === undefined ? UPGRADE_SETTLE_MS : retry * (0.75 + this.#options.random() / 2);
    this.#cancelUpgrade = this.#options.clock.after(delayMs, () => {
      this.#cancelUpgrade = undefined;
      void this.#upgrade();
    });
  }

  async #upgrade(): Promise<void> {
    const control = new AbortController();
    const road = this.#link.current;
    this.#upgrading = control;
    this.#upgradeAttempts++;
    try {
      await this.#connect('direct', UPGRADE_TIMEOUT_MS, control);
      // Should it break, the next try has not failed before.
      this.#upgradeAttempts = 1;
    } catch {
      // The relayed road goes on; the next try comes later, but at once if it was that road that went away under this one.
      if (this.#link.current !== road) this.#upgradeAttempts = 0;
    }
    if (this.#upgrading === control) this.#upgrading = undefined;
    this.review();
  }

  async #connect(kind: PipeKind, timeoutMs: number, control: AbortController): Promise<void> {
    const cancel = this.#options.clock.after(timeoutMs, () => control.abort(new RoadError('unreachable', 'timed out')));
    let pipe: Pipe;
    try {
      pipe = await this.#options.dial(kind, control.signal);
    } finally {
      cancel();
    }
    if (control.signal.aborted || this.#stopped) {
      pipe.abort('no longer wanted');
      throw new RoadError('stale', 'no longer wanted');
    }
    await this.#greet(pipe);
  }

  #abandon(reason: string): void {
    for (const control of [this.#dialling, this.#upgrading]) control?.abort(new RoadError('stale', reason));
    this.#dialling = undefined;
    this.#upgrading = undefined;
    this.#cancelRedial?.();
    this.#cancelRedial = undefined;
    this.#cancelUpgrade?.();
    this.#cancelUpgrade = undefined;
  }

  #startChecking(): void {
    this.#checkedMs = this.#options.clock.monotonicMs();
    this.#cancelCheck = this.#options.clock.after(LINK_CHECK_MS, () => this.#check());
  }

  #check(): void {
    this.#cancelCheck = undefined;
    const road = this.#link.current;
    const now = this.#options.clock.monotonicMs();
    // Were we ourselves stalled? Then the time does not count against the peer ([L6]).
    if (now - this.#checkedMs > 2 * LINK_CHECK_MS) this.#awaitingSinceMs = undefined;
    if (!road) return;
    if (now - road.sinceMs >= GOOD_ROAD_MS) this.#attempts = 0;
    this.#checkSilence(road, now);
    this.#checkAllowance(road);
    this.#startChecking();
    this.review();
  }

  #checkSilence(road: Road, now: number): void {
    if (!this.#link.isAwaiting) {
      this.#awaitingSinceMs = undefined;
      return;
    }
    this.#awaitingSinceMs ??= now;
    const silenceMs = now - Math.max(road.heardMs, this.#awaitingSinceMs);
    if (silenceMs >= STALL_AFTER_MS) {
      this.#stalled = road;
      this.#link.retire(road);
    } else if (silenceMs >= PROBE_AFTER_MS) this.#link.probe();
    else if (this.#stalled === road) {
      this.#stalled = undefined;
      road.retiring = false;
    }
  }

  #checkAllowance(road: Road): void {
    if (!this.#held || road.pipe.kind !== 'relayed' || road.retiring) return;
    const { bytes, seconds } = road.pipe.allowance();
    if ((bytes ?? Infinity) < CIRCUIT_BYTES_MARGIN || (seconds ?? Infinity) < CIRCUIT_SECONDS_MARGIN) {
      this.#attempts = 0;
      this.#link.retire(road);
    }
  }
}
