// What the node layer throws. Clients never see it: they get the Stream error that `stream-error.ts` makes of it.

import { StraitError } from '../base/errors.ts';

/**
 * - `identity-in-use`: another tab of this browser runs this identity.
 * - `damaged-key`: the stored node key is not whole.
 * - `taken-over`: another tab has asked for this identity and got it.
 */
export type NodeErrorKind = 'identity-in-use' | 'damaged-key' | 'taken-over';

export class NodeError extends StraitError {
  override readonly name = 'NodeError';
  readonly kind: NodeErrorKind;

  constructor(kind: NodeErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
