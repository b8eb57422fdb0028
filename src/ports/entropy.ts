// Randomness for keys and ids; the simulator hands in a seeded one.

import type { Bytes } from '../base/bytes.ts';

export interface Entropy {
  bytes(size: number): Bytes;
}
