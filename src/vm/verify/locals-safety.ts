// Pass 13: locals have a value when they are read, and a value without `drop` is neither overwritten nor forgotten.

import { at } from '../bytecode/access.ts';
import { Ability, type Instruction } from '../bytecode/module.ts';
import { abilitiesOf, hasAbility } from './abilities.ts';
import { type Analysis, analyse } from './fixpoint.ts';
import { type FunctionBody, refuseAt } from './function-body.ts';
import type { Meter } from './meter.ts';

/** Whether a local has a value: on no way here, on some, on all. */
type Availability = 'no' | 'maybe' | 'yes';
type State = Availability[];

/** Costs of the analysis, in the meter's units. */
const STEP_UNITS = 15;
const RETURN_UNITS_PER_LOCAL = 30;
const JOIN_UNITS = 10;
const JOIN_UNITS_PER_LOCAL = 5;

/** @throws VerificationError */
export function checkLocalsSafety(body: FunctionBody, meter: Meter): void {
  analyse(body, new LocalsSafety(body, meter));
}

class LocalsSafety implements Analysis<State> {
  readonly initial: State;
  readonly #body: FunctionBody;
  readonly #meter: Meter;
  readonly #canDrop: readonly boolean[];

  constructor(body: FunctionBody, meter: Meter) {
    this.#body = body;
    this.#meter = meter;
    this.initial = body.locals.map((_, local) => (local < body.parameters.length ? 'yes' : 'no'));
    this.#canDrop = body.locals.map((type) =>
      hasAbility(abilitiesOf(body.unit, type, body.typeParameters), Ability.drop),
    );
  }

  clone(state: State): State {
    return [...state];
  }

  execute(state: State, instruction: Instruction, offset: number): void {
    this.#meter.add(STEP_UNITS);
    switch (instruction.op) {
      case 'stLoc':
        if (at(state, instruction.local) !== 'no' && !at(this.#canDrop, instruction.local)) {
          const problem = `local ${instruction.local} is overwritten but cannot be dropped`;
          refuseAt(this.#body, 'STLOC_UNSAFE_TO_DESTROY_ERROR', problem, offset);
        }
        state[instruction.local] = 'yes';
        return;
      case 'moveLoc':
        this.#mustHave(state, instruction.local, 'MOVELOC_UNAVAILABLE_ERROR', offset);
        state[instruction.local] = 'no';
        return;
      case 'copyLoc':
        this.#mustHave(state, instruction.local, 'COPYLOC_UNAVAILABLE_ERROR', offset);
        return;
      case 'mutBorrowLoc':
      case 'immBorrowLoc':
        this.#mustHave(state, instruction.local, 'BORROWLOC_UNAVAILABLE_ERROR', offset);
        return;
      case 'ret': {
        this.#meter.add(RETURN_UNITS_PER_LOCAL * state.length);
        const left = state.findIndex((available, local) => available !== 'no' && !this.#canDrop[local]);
        if (left < 0) return;
        const problem = `local ${left} still has a value that cannot be dropped`;
        refuseAt(this.#body, 'UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP', problem, offset);
      }
    }
  }

  join(known: State, incoming: State): State | undefined {
    this.#meter.add(JOIN_UNITS + JOIN_UNITS_PER_LOCAL * incoming.length);
    const joined = known.map((available, local) => (available === incoming[local] ? available : 'maybe'));
    return joined.every((available, local) => available === known[local]) ? undefined : joined;
  }

  #mustHave(
    state: State,
    local: number,
    status: 'MOVELOC_UNAVAILABLE_ERROR' | 'COPYLOC_UNAVAILABLE_ERROR' | 'BORROWLOC_UNAVAILABLE_ERROR',
    offset: number,
  ): void {
    if (at(state, local) !== 'yes') refuseAt(this.#body, status, `local ${local} may have no value`, offset);
  }
}
