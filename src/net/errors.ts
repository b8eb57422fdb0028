// What the network throws. A peer or a relay that is not there is no error but a state that is reported.

import { StraitError } from '../base/errors.ts';

export class NetError extends StraitError {
  override readonly name = 'NetError';
  readonly reason: 'bad-relay-address' | 'bad-seed' | 'start-failed';

  constructor(reason: NetError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Why a road to a peer could not be made. Kept within `net/`: it decides when to try again. */
export class RoadError extends StraitError {
  override readonly name = 'RoadError';
  /** `absent`: the relay says that the peer is not there. `refused`: the peer does not admit us. `stale`: the two sides' sessions crossed. */
  readonly reason: 'absent' | 'refused' | 'stale' | 'unreachable';

  constructor(reason: RoadError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
