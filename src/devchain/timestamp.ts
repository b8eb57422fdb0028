// The chain's clock as contracts read it: `0x1::timestamp::CurrentTimeMicroseconds`, set anew for every block.

import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import type { StateKey } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import { FRAMEWORK } from './accounts.ts';

export const CLOCK_KEY: StateKey = {
  kind: 'resource',
  address: FRAMEWORK,
  type: structTag(FRAMEWORK, 'timestamp', 'CurrentTimeMicroseconds'),
};

export function encodeClock(micros: bigint): Bytes {
  return encodeBcs((writer) => writer.u64(micros));
}
