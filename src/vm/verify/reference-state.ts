// The abstract state of reference safety: which locals hold references, and the borrow graph between them. Its methods are what
// instructions do to references, and the rules under which they may.

import { assert } from '../../base/errors.ts';
import type { SignatureToken } from '../bytecode/module.ts';
import { BorrowGraph, type Label } from './borrow-graph.ts';
import type { VerificationStatus } from './error.ts';

/** A value on the stack or in a local: the id of a reference, or `undefined` for everything else. */
export type AbstractValue = number | undefined;

/** Ends the analysis. @throws VerificationError always. */
export type Refuse = (status: VerificationStatus, problem: string) => never;

export class ReferenceState {
  /** Between blocks the reference in local `i` has id `i`, so that states can be joined. */
  #locals: AbstractValue[];
  #graph: BorrowGraph;
  #nextId: number;

  private constructor(locals: AbstractValue[], graph: BorrowGraph, nextId: number) {
    this.#locals = locals;
    this.#graph = graph;
    this.#nextId = nextId;
  }

  /** The state at a function's start. */
  static initial(parameters: readonly SignatureToken[], locals: number): ReferenceState {
    const graph = new BorrowGraph();
    const values = new Array<AbstractValue>(locals).fill(undefined);
    for (const [local, type] of parameters.entries()) {
      if (type.kind !== 'reference' && type.kind !== 'mutableReference') continue;
      graph.add(local, type.kind === 'mutableReference');
      values[local] = local;
    }
    graph.add(locals, true);
    return new ReferenceState(values, graph, locals + 1);
  }

  get localCount(): number {
    return this.#locals.length;
  }

  get graphSize(): number {
    return this.#graph.size;
  }

  clone(): ReferenceState {
    return new ReferenceState([...this.#locals], this.#graph.clone(), this.#nextId);
  }

  /** A new value of a type. */
  valueOf(type: SignatureToken): AbstractValue {
    if (type.kind === 'reference') return this.#newReference(false);
    return type.kind === 'mutableReference' ? this.#newReference(true) : undefined;
  }

  release(value: AbstractValue): void {
    if (value !== undefined) this.#graph.release(value);
  }

  copyLocal(local: number, refuse: Refuse): AbstractValue {
    const value = this.#locals[local];
    if (value !== undefined) {
      const copy = this.#newReference(this.#graph.isMutable(value));
      this.#graph.borrowStrong(value, [], copy);
      return copy;
    }
    if (this.#isLocalBorrowed(local, true)) {
      refuse('COPYLOC_EXISTS_BORROW_ERROR', `local ${local} is mutably borrowed`);
    }
    return undefined;
  }

  moveLocal(local: number, refuse: Refuse): AbstractValue {
    const value = this.#locals[local];
    this.#locals[local] = undefined;
    if (value === undefined && this.#isLocalBorrowed(local)) {
      refuse('MOVELOC_EXISTS_BORROW_ERROR', `local ${local} is borrowed`);
    }
    return value;
  }

  storeLocal(local: number, value: AbstractValue, refuse: Refuse): void {
    const old = this.#locals[local];
    this.#locals[local] = value;
    if (old !== undefined) this.#graph.release(old);
    else if (this.#isLocalBorrowed(local)) refuse('STLOC_UNSAFE_TO_DESTROY_ERROR', `local ${local} is borrowed`);
  }

  borrowLocal(local: number, isMutable: boolean, refuse: Refuse): AbstractValue {
    if (!isMutable && this.#isLocalBorrowed(local, true)) {
      refuse('BORROWLOC_EXISTS_BORROW_ERROR', `local ${local} is mutably borrowed`);
    }
    const id = this.#newReference(isMutable);
    this.#graph.borrowStrong(this.#frame, [localLabel(local)], id);
    return id;
  }

  freeze(id: number, refuse: Refuse): AbstractValue {
    if (!this.#graph.isFreezable(id)) {
      refuse('FREEZEREF_EXISTS_MUTABLE_BORROW_ERROR', 'what is frozen is mutably borrowed');
    }
    const frozen = this.#newReference(false);
    this.#graph.borrowStrong(id, [], frozen);
    this.#graph.release(id);
    return frozen;
  }

  /** Reads what both references point at; values need no check. */
  compare(left: AbstractValue, right: AbstractValue, refuse: Refuse): void {
    assert((left === undefined) === (right === undefined), 'a reference compared with a value');
    for (const id of [left, right]) {
      if (id !== undefined && !this.#graph.isReadable(id)) {
        refuse('READREF_EXISTS_MUTABLE_BORROW_ERROR', 'what is compared is mutably borrowed');
      }
    }
    this.release(left);
    this.release(right);
  }

  read(id: number, refuse: Refuse): void {
    if (!this.#graph.isReadable(id)) refuse('READREF_EXISTS_MUTABLE_BORROW_ERROR', 'what is read is mutably borrowed');
    this.#graph.release(id);
  }

  write(id: number, refuse: Refuse): void {
    if (!this.#graph.isWritable(id)) refuse('WRITEREF_EXISTS_BORROW_ERROR', 'what is written to is borrowed');
    this.#graph.release(id);
  }

  borrowField(id: number, field: Label, isMutable: boolean, refuse: Refuse): AbstractValue {
    const isBlocked = isMutable ? this.#graph.hasFullBorrows(id) : !this.#graph.isReadable(id, field);
    if (isBlocked) refuse('BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR', 'the field is borrowed');
    const borrowed = this.#newReference(isMutable);
    this.#graph.borrowStrong(id, [field], borrowed);
    this.#graph.release(id);
    return borrowed;
  }

  borrowGlobal(resource: number, isMutable: boolean, refuse: Refuse): AbstractValue {
    if (this.#isGlobalBorrowed(resource, !isMutable)) {
      refuse('GLOBAL_REFERENCE_ERROR', `resource ${resource} is borrowed`);
    }
    const id = this.#newReference(isMutable);
    // Weak, since the address is not known: two borrows need not be of the same resource.
    this.#graph.borrowWeak(this.#frame, [globalLabel(resource)], id);
    return id;
  }

  moveFrom(resource: number, refuse: Refuse): void {
    if (this.#isGlobalBorrowed(resource)) refuse('GLOBAL_REFERENCE_ERROR', `resource ${resource} is borrowed`);
  }

  accessVector(id: number, isUpdate: boolean, refuse: Refuse): void {
    if (isUpdate && !this.#graph.isWritable(id)) {
      refuse('VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR', 'the vector is borrowed');
    }
    this.#graph.release(id);
  }

  borrowElement(id: number, isMutable: boolean, refuse: Refuse): AbstractValue {
    if (isMutable && !this.#graph.isWritable(id)) {
      refuse('VEC_BORROW_ELEMENT_EXISTS_MUTABLE_BORROW_ERROR', 'the vector is borrowed');
    }
    const element = this.#newReference(isMutable);
    this.#graph.borrowWeak(id, [], element);
    this.#graph.release(id);
    return element;
  }

  /** A call takes its arguments; what it returns may point into any of them. Returns how many edges that took, for the meter, and the values. */
  call(
    args: readonly AbstractValue[],
    acquired: readonly number[],
    returns: readonly SignatureToken[],
    refuse: Refuse,
  ): { readonly values: readonly AbstractValue[]; readonly edges: number } {
    for (const resource of acquired) {
      if (this.#isGlobalBorrowed(resource)) {
        refuse('GLOBAL_REFERENCE_ERROR', `resource ${resource} is borrowed while the function called acquires it`);
      }
    }
    const parents = args.filter((value) => value !== undefined).sort((a, b) => a - b);
    const mutableParents = parents.filter((id) => this.#graph.isMutable(id));
    for (const id of mutableParents) {
      if (this.#graph.isWritable(id)) continue;
      refuse('CALL_BORROWED_MUTABLE_REFERENCE_ERROR', 'a mutable reference that is handed over is borrowed');
    }
    let references = 0;
    const values = returns.map((type) => {
      const id = this.valueOf(type);
      if (id === undefined) return undefined;
      references++;
      const from = type.kind === 'mutableReference' ? mutableParents : parents;
      for (const parent of from) this.#graph.borrowWeak(parent, [], id);
      return id;
    });
    for (const id of parents) this.#graph.release(id);
    return { values, edges: parents.length * references };
  }

  /** The frame ends: nothing that is returned may point into it, or be borrowed. */
  return(values: readonly AbstractValue[], refuse: Refuse): void {
    for (const value of this.#locals) this.release(value);
    if (this.#graph.isBorrowed(this.#frame, undefined)) {
      refuse('UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED', 'a reference to a local or resource is returned');
    }
    for (const id of values) {
      if (id === undefined || !this.#graph.isMutable(id) || this.#graph.isWritable(id)) continue;
      refuse('RET_BORROWED_MUTABLE_REFERENCE_ERROR', 'a mutable reference that is returned is borrowed');
    }
  }

  /** Names references after the locals that hold them. Nothing else may hold one: blocks end with an empty stack. */
  canonicalise(): void {
    this.#nextId = this.#locals.length + 1;
    if (this.#locals.every((value, local) => value === undefined || value === local)) return;
    const nameOf = new Map<number, number>([[this.#frame, this.#frame]]);
    for (const [local, value] of this.#locals.entries()) if (value !== undefined) nameOf.set(value, local);
    this.#locals = this.#locals.map((value, local) => (value === undefined ? undefined : local));
    this.#graph = this.#graph.renamed((id) => nameOf.get(id) ?? id);
  }

  /** Of two canonical states. A reference that is held on one way only is dropped. Nothing where `this` says it all already. */
  join(other: ReferenceState): ReferenceState | undefined {
    const onlyHere = this.#locals.filter((_, local) => other.#locals[local] === undefined);
    const onlyThere = other.#locals.filter((_, local) => this.#locals[local] === undefined);
    const otherGraph = other.#graph.without(onlyThere);
    if (onlyHere.every((value) => value === undefined) && this.#graph.covers(otherGraph)) return undefined;
    const locals = this.#locals.map((value, local) => (other.#locals[local] === undefined ? undefined : value));
    return new ReferenceState(locals, this.#graph.without(onlyHere).join(otherGraph), this.#nextId);
  }

  /** The id behind those of the locals. */
  get #frame(): number {
    return this.#locals.length;
  }

  #isLocalBorrowed(local: number, onlyMutably = false): boolean {
    return this.#graph.isBorrowed(this.#frame, localLabel(local), onlyMutably);
  }

  #isGlobalBorrowed(resource: number, onlyMutably = false): boolean {
    return this.#graph.isBorrowed(this.#frame, globalLabel(resource), onlyMutably);
  }

  #newReference(isMutable: boolean): number {
    const id = this.#nextId++;
    this.#graph.add(id, isMutable);
    return id;
  }
}

/**
 * By the field's place. What several variants of an enum have at the same place is the same memory, whichever of them an instruction names.
 */
export function fieldLabel(offset: number): Label {
  return `field ${offset}`;
}

function localLabel(local: number): Label {
  return `local ${local}`;
}

function globalLabel(struct: number): Label {
  return `global ${struct}`;
}
