// A pipe carries frames between two nodes over one stream, in order, until it closes: the part of a road that depends on what it runs
// over. Links know pipes only by this interface.

import type { Frame } from './frames.ts';

export type PipeKind = 'direct' | 'relayed';

/** What is left of a relayed circuit before the relay cuts it. */
export interface Allowance {
  readonly bytes?: number;
  readonly seconds?: number;
}

/** Life: `attach` first (again to hand the pipe on), then any of the others; after `close` or `abort` the user hears nothing more but `closed`. */
export interface Pipe {
  readonly kind: PipeKind;
  /** For people and tests: where it leads and how. */
  readonly address: string;
  attach(user: PipeUser): void;
  /** Sends ahead of what `user.next` still has. */
  put(frame: Frame): void;
  /** From now on frames up to the largest message are taken. */
  greeted(): void;
  /** `user.next` has something again. */
  wake(): void;
  allowance(): Allowance;
  /** Sends what was put, then closes. */
  close(): void;
  /** Drops whatever is under way. */
  abort(reason: string): void;
}

export interface PipeUser {
  /** The next message to send, asked for whenever there is room. */
  next(): Extract<Frame, { kind: 'data' }> | undefined;
  frame(frame: Frame): void;
  /** Once, however it came about. Never within a call to the pipe. */
  closed(): void;
}
