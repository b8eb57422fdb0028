// How bad the simulated world is: delays and losses, drawn from one generator. All can be healed at once.

import type { SeededRandom } from '../seeded-random.ts';

export interface FaultSettings {
  /** Probability that a message is lost without the link being lost. */
  readonly dropRate: number;
  readonly duplicateRate: number;
  /** Messages overtake each other where delays differ. */
  readonly delayMsMax: number;
  readonly persistMsMax: number;
  readonly chainMsMax: number;
}

export const CALM: FaultSettings = { dropRate: 0, duplicateRate: 0, delayMsMax: 0, persistMsMax: 0, chainMsMax: 20 };

export class Faults {
  readonly #random: SeededRandom;
  settings: FaultSettings;

  constructor(random: SeededRandom, settings: FaultSettings) {
    this.#random = random;
    this.settings = settings;
  }

  /** Delays of the copies that arrive: none, one or two. */
  deliveriesMs(): number[] {
    const { dropRate, duplicateRate, delayMsMax } = this.settings;
    if (this.#random.chance(dropRate)) return [];
    const copies = this.#random.chance(duplicateRate) ? 2 : 1;
    return Array.from({ length: copies }, () => 1 + this.#random.next() * delayMsMax);
  }

  persistMs(): number {
    return this.#random.next() * this.settings.persistMsMax;
  }

  actMs(): number {
    return this.#random.next() * this.settings.persistMsMax;
  }

  signMs(): number {
    return this.#random.next() * 2;
  }

  chainMs(): number {
    return 5 + this.#random.next() * this.settings.chainMsMax;
  }
}
