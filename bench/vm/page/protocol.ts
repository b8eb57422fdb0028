// What the page asks of a worker, each time a new one: nothing is warm but what the question warms.

import type { Bytes } from '../../../src/base/bytes.ts';

export interface LoadTimes {
  /** From nothing until every entry function of the application is ready to be called. */
  readonly readyMs: number;
  /** Of that, reading what was kept of an earlier start. */
  readonly readMs: number;
  readonly functions: number;
  readonly wasmBytes: number;
}

export type Question =
  /** Decodes and verifies every module there is. */
  | { readonly kind: 'verify'; readonly modules: readonly Bytes[] }
  /** Gets the application ready; `kept`: with what an earlier start left in IndexedDB, else leaving it there. */
  | { readonly kind: 'load'; readonly modules: readonly Bytes[]; readonly kept: boolean }
  /** Microseconds of a call that does nothing. */
  | { readonly kind: 'trivial'; readonly modules: readonly Bytes[] }
  /** Microseconds of the same call over states of these many pages of a KB, without and with the channel's Merkle root. */
  | { readonly kind: 'state'; readonly modules: readonly Bytes[]; readonly pages: number };

export interface Answers {
  readonly verify: { readonly ms: number; readonly modules: number };
  readonly load: LoadTimes;
  readonly trivial: { readonly microseconds: number };
  readonly state: { readonly microseconds: number; readonly withRootMicroseconds: number; readonly bytes: number };
}
