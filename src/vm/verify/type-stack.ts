// The operand stack of pass 12: types instead of values. Blocks start with an empty one, and the pass before saw to it that nothing is taken
// which is not there.

import { assert } from '../../base/errors.ts';
import { isAssignable, sameType } from '../bytecode/access.ts';
import type { AbilitySet, LeafKind, SignatureToken } from '../bytecode/module.ts';
import { abilitiesOf, hasAbility } from './abilities.ts';
import type { VerificationStatus } from './error.ts';
import { type FunctionBody, refuseAt } from './function-body.ts';
import type { Meter } from './meter.ts';

/** Cost of each node of a type that is pushed, in the meter's units. */
const UNITS_PER_TYPE_NODE = 30;

export class TypeStack {
  readonly body: FunctionBody;
  /** Of the instruction that is looked at. */
  offset = 0;
  readonly #meter: Meter;
  readonly #types: SignatureToken[] = [];

  constructor(body: FunctionBody, meter: Meter) {
    this.body = body;
    this.#meter = meter;
  }

  push(type: SignatureToken): void {
    this.charge(type);
    this.#types.push(type);
  }

  /** The Rust verifier does not charge for everything. */
  pushFree(type: SignatureToken): void {
    this.#types.push(type);
  }

  pushLeaf(kind: LeafKind): void {
    this.push({ kind });
  }

  pop(): SignatureToken {
    const type = this.#types.pop();
    assert(type !== undefined, 'the stack is empty after its use was checked');
    return type;
  }

  /** Takes a value that must be of this very type. */
  expect(type: SignatureToken, status: VerificationStatus): void {
    if (!sameType(this.pop(), type)) this.refuse(status);
  }

  expectLeaf(kind: LeafKind, status: VerificationStatus): void {
    if (this.pop().kind !== kind) this.refuse(status);
  }

  /** Takes a value that may stand where this type is asked for. Returns its own type. */
  expectAssignable(type: SignatureToken, status: VerificationStatus): SignatureToken {
    const found = this.pop();
    if (!isAssignable(type, found)) this.refuse(status);
    return found;
  }

  /** A mutable reference does for an immutable one. */
  expectReferenceTo(type: SignatureToken, isMutable: boolean, status: VerificationStatus): void {
    const operand = this.pop();
    const inner = referred(operand);
    if (!inner || (isMutable && operand.kind !== 'mutableReference') || !sameType(inner, type)) this.refuse(status);
  }

  abilities(type: SignatureToken): AbilitySet {
    return abilitiesOf(this.body.unit, type, this.body.typeParameters);
  }

  has(type: SignatureToken, ability: AbilitySet): boolean {
    return hasAbility(this.abilities(type), ability);
  }

  charge(type: SignatureToken): void {
    this.#meter.add(UNITS_PER_TYPE_NODE * nodesOf(type));
  }

  /** @throws VerificationError always. */
  refuse(status: VerificationStatus): never {
    const op = this.body.code[this.offset]?.op ?? 'nothing';
    refuseAt(this.body, status, `wrong operands of ${op}`, this.offset);
  }
}

/** What a reference refers to. */
export function referred(type: SignatureToken): SignatureToken | undefined {
  return type.kind === 'reference' || type.kind === 'mutableReference' ? type.inner : undefined;
}

export function referenceTo(inner: SignatureToken, isMutable: boolean): SignatureToken {
  return { kind: isMutable ? 'mutableReference' : 'reference', inner };
}

/** Of types that have others in them: the same one is pushed many times. */
const nodeCounts = new WeakMap<SignatureToken, number>();

function nodesOf(type: SignatureToken): number {
  const isLeaf = !('inner' in type) && type.kind !== 'struct' && type.kind !== 'function';
  if (isLeaf) return 1;
  let nodes = nodeCounts.get(type);
  if (nodes === undefined) {
    nodes = 1;
    if ('inner' in type) nodes += nodesOf(type.inner);
    else if (type.kind === 'struct') nodes += sum(type.typeArgs);
    else nodes += sum(type.parameters) + sum(type.returns);
    nodeCounts.set(type, nodes);
  }
  return nodes;
}

function sum(types: readonly SignatureToken[]): number {
  return types.reduce((nodes, type) => nodes + nodesOf(type), 0);
}
