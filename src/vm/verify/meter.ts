// Bounds the work of verifying: the analyses count their steps, and a module that makes them too long is refused. Units and costs are
// the Rust verifier's, so that a module which it takes is taken here too.

import type { Unit } from '../bytecode/access.ts';
import { refuse } from './error.ts';

/** Of one function, and of a module's functions together (aptos-vm-environment/prod_configs.rs). */
const UNITS_MAX = 80_000_000;

export class Meter {
  readonly #unit: Unit;
  #functionUnits = 0;
  #moduleUnits = 0;
  #function: number | undefined;

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  enterFunction(index: number | undefined): void {
    this.#function = index;
    this.#functionUnits = 0;
  }

  /** @throws VerificationError when the function has used up its units. */
  add(units: number): void {
    this.#functionUnits += units;
    if (this.#functionUnits > UNITS_MAX) this.#refuse();
  }

  /** `items` steps, each dearer than the one before by `growth`; single precision, as in Rust. */
  addGrowing(firstUnits: number, items: number, growth: number): void {
    let units = firstUnits;
    for (let i = 0; i < items; i++) {
      this.add(units);
      units = Math.floor(Math.fround(growth * Math.fround(units)));
    }
  }

  /** The function is done; the module is charged what it used. @throws VerificationError */
  leaveFunction(): void {
    this.#moduleUnits += Math.fround(this.#functionUnits);
    if (this.#moduleUnits > UNITS_MAX) this.#refuse();
  }

  #refuse(): never {
    const place = this.#function === undefined ? {} : { function: this.#function };
    refuse(this.#unit, 'CONSTRAINT_NOT_SATISFIED', `too complex: over ${UNITS_MAX} units of verification`, place);
  }
}
