// Pass 14: no dangling reference, no write under somebody's nose. Runs every function on the abstract states of `reference-state.ts`; the rules
// are there.

import { assert } from '../../base/errors.ts';
import {
  at,
  fieldsOf,
  type IndexInstruction,
  maskedParameters,
  operandTarget,
  parametersOf,
  returnsOf,
  type VectorInstruction,
} from '../bytecode/access.ts';
import type { Instruction, SignatureToken } from '../bytecode/module.ts';
import type { AcquiredBy } from './acquires.ts';
import { type Analysis, analyse } from './fixpoint.ts';
import { type FunctionBody, refuseAt } from './function-body.ts';
import type { Meter } from './meter.ts';
import { type AbstractValue, fieldLabel, ReferenceState, type Refuse } from './reference-state.ts';

/** Costs of the analysis, in the meter's units. */
const STEP_UNITS = 10;
const STEP_UNITS_PER_LOCAL = 20;
const STEP_UNITS_PER_GRAPH_ITEM = 50;
const JOIN_UNITS = 100;
const JOIN_UNITS_PER_LOCAL = 10;
const JOIN_UNITS_PER_GRAPH_ITEM = 50;
const CALL_UNITS_PER_ACQUIRES = 100;
/** Of an edge from an argument to a returned reference; each next one of a call is dearer. */
const CALL_UNITS_FIRST_EDGE = 100;
const CALL_EDGE_GROWTH = 1.5;

/** @throws VerificationError */
export function checkReferenceSafety(body: FunctionBody, acquired: AcquiredBy, meter: Meter): void {
  analyse(body, new ReferenceSafety(body, acquired, meter));
}

class ReferenceSafety implements Analysis<ReferenceState> {
  readonly initial: ReferenceState;
  readonly #body: FunctionBody;
  readonly #acquired: AcquiredBy;
  readonly #meter: Meter;
  /** Empty between blocks. */
  readonly #stack: AbstractValue[] = [];
  #offset = 0;
  readonly #refuse: Refuse = (status, problem) => refuseAt(this.#body, status, problem, this.#offset);

  constructor(body: FunctionBody, acquired: AcquiredBy, meter: Meter) {
    this.#body = body;
    this.#acquired = acquired;
    this.#meter = meter;
    this.initial = ReferenceState.initial(body.parameters, body.locals.length);
  }

  clone(state: ReferenceState): ReferenceState {
    return state.clone();
  }

  execute(state: ReferenceState, instruction: Instruction, offset: number, isLast: boolean): void {
    this.#offset = offset;
    const perLocal = STEP_UNITS_PER_LOCAL * state.localCount;
    this.#meter.add(STEP_UNITS + perLocal + STEP_UNITS_PER_GRAPH_ITEM * state.graphSize);
    if ('index' in instruction) this.#indexed(state, instruction);
    else this.#simple(state, instruction);
    if (!isLast) return;
    assert(this.#stack.length === 0, 'values are left after the stack was checked');
    state.canonicalise();
  }

  join(known: ReferenceState, incoming: ReferenceState): ReferenceState | undefined {
    const joined = known.join(incoming);
    const perLocal = JOIN_UNITS_PER_LOCAL * known.localCount;
    this.#meter.add(JOIN_UNITS + perLocal + JOIN_UNITS_PER_GRAPH_ITEM * known.graphSize);
    return joined;
  }

  #simple(state: ReferenceState, instruction: Exclude<Instruction, IndexInstruction>): void {
    const refuse = this.#refuse;
    switch (instruction.op) {
      case 'pop':
        state.release(this.#pop());
        return;
      case 'copyLoc':
        this.#stack.push(state.copyLocal(instruction.local, refuse));
        return;
      case 'moveLoc':
        this.#stack.push(state.moveLocal(instruction.local, refuse));
        return;
      case 'stLoc':
        state.storeLocal(instruction.local, this.#pop(), refuse);
        return;
      case 'mutBorrowLoc':
      case 'immBorrowLoc':
        this.#stack.push(state.borrowLocal(instruction.local, instruction.op === 'mutBorrowLoc', refuse));
        return;
      case 'freezeRef':
        this.#stack.push(state.freeze(this.#popReference(), refuse));
        return;
      case 'eq':
      case 'neq':
        state.compare(this.#pop(), this.#pop(), refuse);
        this.#stack.push(undefined);
        return;
      case 'readRef':
        state.read(this.#popReference(), refuse);
        this.#stack.push(undefined);
        return;
      case 'writeRef': {
        const reference = this.#popReference();
        this.#popValues(1);
        state.write(reference, refuse);
        return;
      }
      case 'ret':
        state.return(this.#popMany(this.#body.returns.length), refuse);
        return;
      case 'brTrue':
      case 'brFalse':
      case 'abort':
        this.#popValues(1);
        return;
      case 'abortMsg':
        this.#popValues(2);
        return;
      case 'branch':
      case 'nop':
        return;
      case 'ldU8':
      case 'ldU16':
      case 'ldU32':
      case 'ldU64':
      case 'ldU128':
      case 'ldU256':
      case 'ldI8':
      case 'ldI16':
      case 'ldI32':
      case 'ldI64':
      case 'ldI128':
      case 'ldI256':
      case 'ldTrue':
      case 'ldFalse':
        this.#stack.push(undefined);
        return;
      case 'castU8':
      case 'castU16':
      case 'castU32':
      case 'castU64':
      case 'castU128':
      case 'castU256':
      case 'castI8':
      case 'castI16':
      case 'castI32':
      case 'castI64':
      case 'castI128':
      case 'castI256':
      case 'negate':
      case 'not':
        this.#replaceValues(1, 1);
        return;
      case 'vecPack':
      case 'vecUnpack':
      case 'vecLen':
      case 'vecImmBorrow':
      case 'vecMutBorrow':
      case 'vecPushBack':
      case 'vecPopBack':
      case 'vecSwap':
        this.#vector(state, instruction);
        return;
      case 'callClosure':
        this.#callClosure(state, instruction.type);
        return;
      default:
        // Arithmetic, logic and order on two values.
        this.#replaceValues(2, 1);
    }
  }

  #vector(state: ReferenceState, instruction: VectorInstruction): void {
    const refuse = this.#refuse;
    switch (instruction.op) {
      case 'vecPack':
        this.#replaceValues(instruction.count, 1);
        return;
      case 'vecUnpack':
        this.#replaceValues(1, instruction.count);
        return;
      case 'vecLen':
        state.accessVector(this.#popReference(), false, refuse);
        this.#stack.push(undefined);
        return;
      case 'vecImmBorrow':
      case 'vecMutBorrow':
        this.#popValues(1);
        this.#stack.push(state.borrowElement(this.#popReference(), instruction.op === 'vecMutBorrow', refuse));
        return;
      case 'vecPushBack':
        this.#popValues(1);
        state.accessVector(this.#popReference(), true, refuse);
        return;
      case 'vecPopBack':
        state.accessVector(this.#popReference(), true, refuse);
        this.#stack.push(undefined);
        return;
      case 'vecSwap':
        this.#popValues(2);
        state.accessVector(this.#popReference(), true, refuse);
    }
  }

  #indexed(state: ReferenceState, instruction: IndexInstruction): void {
    const { unit } = this.#body;
    const target = operandTarget(unit, instruction);
    const refuse = this.#refuse;
    if ('mask' in instruction) {
      assert(target.kind === 'function', 'a closure of no function');
      const parameters = parametersOf(unit, at(unit.functionHandles, target.handle));
      // What is captured is no reference: the types say so.
      this.#replaceValues(maskedParameters(parameters, instruction.mask, true).length, 1);
      return;
    }
    const isMutable = instruction.op.startsWith('mut');
    switch (target.kind) {
      case 'constant':
        this.#stack.push(undefined);
        return;
      case 'function':
        this.#call(state, target.handle);
        return;
      case 'field':
      case 'variantField':
        this.#stack.push(state.borrowField(this.#popReference(), fieldLabel(target.field), isMutable, refuse));
        return;
    }
    switch (instruction.op) {
      case 'mutBorrowGlobal':
      case 'mutBorrowGlobalGeneric':
      case 'immBorrowGlobal':
      case 'immBorrowGlobalGeneric':
        this.#popValues(1);
        this.#stack.push(state.borrowGlobal(target.struct, isMutable, refuse));
        return;
      case 'moveFrom':
      case 'moveFromGeneric':
        this.#popValues(1);
        state.moveFrom(target.struct, refuse);
        this.#stack.push(undefined);
        return;
      case 'exists':
      case 'existsGeneric':
        this.#replaceValues(1, 1);
        return;
      case 'moveTo':
      case 'moveToGeneric':
        this.#popValues(1);
        state.release(this.#pop());
        return;
      case 'testVariant':
      case 'testVariantGeneric':
        state.read(this.#popReference(), refuse);
        this.#stack.push(undefined);
        return;
    }
    assert(unit.kind === 'module', 'a struct in a script');
    const variant = target.kind === 'variant' ? target.variant : undefined;
    const fields = fieldsOf(at(unit.structs, target.struct), variant).length;
    if (instruction.op.startsWith('un')) this.#replaceValues(1, fields);
    else this.#replaceValues(fields, 1);
  }

  #call(state: ReferenceState, index: number): void {
    const { unit } = this.#body;
    const handle = at(unit.functionHandles, index);
    const acquired = this.#acquired.get(index) ?? [];
    this.#meter.add(CALL_UNITS_PER_ACQUIRES * acquired.length);
    this.#finishCall(state, parametersOf(unit, handle).length, acquired, returnsOf(unit, handle));
  }

  /** What the function behind it acquires is not known here; while it runs, its module cannot be entered again. */
  #callClosure(state: ReferenceState, signature: number): void {
    const type = at(at(this.#body.unit.signatures, signature), 0);
    assert(type.kind === 'function', 'a call of what is no function');
    this.#popValues(1);
    this.#finishCall(state, type.parameters.length, [], type.returns);
  }

  #finishCall(
    state: ReferenceState,
    argCount: number,
    acquired: readonly number[],
    returns: readonly SignatureToken[],
  ): void {
    const args = this.#popMany(argCount);
    const { values, edges } = state.call(args, acquired, returns, this.#refuse);
    this.#meter.addGrowing(CALL_UNITS_FIRST_EDGE, edges, CALL_EDGE_GROWTH);
    this.#stack.push(...values);
  }

  #pop(): AbstractValue {
    assert(this.#stack.length > 0, 'the stack is empty after its use was checked');
    return this.#stack.pop();
  }

  #popReference(): number {
    const value = this.#pop();
    assert(value !== undefined, 'a value where the types say a reference');
    return value;
  }

  #popMany(count: number): readonly AbstractValue[] {
    assert(this.#stack.length >= count, 'the stack is empty after its use was checked');
    if (count === 0) return [];
    return this.#stack.splice(this.#stack.length - count, count);
  }

  #popValues(count: number): void {
    for (let i = 0; i < count; i++) assert(this.#pop() === undefined, 'a reference where the types say a value');
  }

  #replaceValues(count: number, by: number): void {
    this.#popValues(count);
    for (let i = 0; i < by; i++) this.#stack.push(undefined);
  }
}
