// What goes wrong with durable memory, as a node has to tell it apart.

import { StraitError } from '../base/errors.ts';

/**
 * - `quota`: the platform gives no more room; what was stored before is whole.
 * - `closed`: the store was closed, here or by a newer version of the page in another tab.
 * - `blocked`: another tab holds an older version of the database open.
 * - `corrupt`: the database holds something that no version of Strait wrote.
 * - `unavailable`: the platform refuses storage (private mode, disk failure, …).
 */
export type StoreErrorKind = 'quota' | 'closed' | 'blocked' | 'corrupt' | 'unavailable';

/** A read or write did not happen. A failed write changed nothing. */
export class StoreError extends StraitError {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
