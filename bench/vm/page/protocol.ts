// What the page asks of a worker, each time a new one: nothing is warm but what the question warms.

import type { Bytes } from '../../../src/base/bytes.ts';

export interface LoadTimes {
  /** From nothing until every entry function of the application is ready to be called. */
  readonly readyMs: number;
  /** Of that, reading what was kept of an earlier start. */
  readonly readMs: number;
  /** Pieces of work that it took. */
  readonly pieces: number;
}

export type Question =
  /** Decodes and verifies every module there is. */
  | { readonly kind: 'verify'; readonly modules: readonly Bytes[] }
  /** Gets the application ready, with what an earlier start left in this database, and leaves there what is new. Without one: all anew. */
  | { readonly kind: 'load'; readonly modules: readonly Bytes[]; readonly database?: string }
  /** Microseconds of a call that does nothing. */
  | { readonly kind: 'trivial'; readonly modules: readonly Bytes[] }
  /** Microseconds of the same call over states of these many pages of a KB each, taken by turns. */
  | { readonly kind: 'state'; readonly modules: readonly Bytes[]; readonly pages: readonly number[] }
  /** Whether IndexedDB takes a compiled module. */
  | { readonly kind: 'storesModules'; readonly modules: readonly Bytes[] };

export interface Answers {
  readonly verify: { readonly ms: number; readonly modules: number };
  readonly load: LoadTimes;
  readonly trivial: { readonly microseconds: number };
  /** For each number of pages: the VM alone, and with the channel's Merkle tree and its root. */
  readonly state: readonly { readonly microseconds: number; readonly withRootMicroseconds: number }[];
  readonly storesModules: { readonly name: string };
}
