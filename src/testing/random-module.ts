// Random modules for the verifier: one function of well-typed instructions over values, references, resources, enums and vectors, with jumps
// anywhere. Types and the stack are mostly right, so that the verdict hangs on locals, references and loops. The seed fixes the module.

import { at, sameType } from '../vm/bytecode/access.ts';
import { Ability, type CompiledModule, type Instruction, type SignatureToken } from '../vm/bytecode/module.ts';
import { EdgeRandom } from './edge-random.ts';
import { ModuleDraft } from './module-draft.ts';

const { copy, drop, store, key } = Ability;
const U64: SignatureToken = { kind: 'u64' };
const ref = (inner: SignatureToken): SignatureToken => ({ kind: 'reference', inner });
const mut = (inner: SignatureToken): SignatureToken => ({ kind: 'mutableReference', inner });
const vector = (inner: SignatureToken): SignatureToken => ({ kind: 'vector', inner });
const struct = (handle: number): SignatureToken => ({ kind: 'struct', handle, typeArgs: [] });

/** The module's types, in the order in which they are defined. */
const INNER = struct(0);
const OUTER = struct(1);
const STICKY = struct(2);
const SHAPE = struct(3);
const RESOURCE = struct(4);
const ABILITIES = [copy | drop | store, drop | store, store, drop | store, key | drop] as const;
/** Of the field handles: owner and type. */
const FIELDS = [
  [INNER, U64],
  [OUTER, INNER],
  [OUTER, U64],
  [RESOURCE, U64],
  [RESOURCE, INNER],
] as const;
/** Of the variant field handles, of `SHAPE`. */
const VARIANT_FIELDS = [U64, INNER] as const;
/** What parameters and locals are of. */
const TYPES: readonly SignatureToken[] = [
  ...[U64, INNER, OUTER, STICKY, SHAPE, vector(U64), vector(INNER)],
  ...[U64, INNER, OUTER, SHAPE, vector(U64), vector(INNER), RESOURCE].flatMap((type) => [ref(type), mut(type)]),
];
const RETURNS: readonly SignatureToken[] = [mut(U64), ref(U64), mut(INNER), ref(OUTER), U64];
/** What the function can call: parameters and returns. The first takes the resource from storage. */
const CALLEES: readonly (readonly [readonly SignatureToken[], readonly SignatureToken[]])[] = [
  [[], []],
  [[mut(OUTER)], [mut(U64)]],
  [[ref(OUTER), ref(U64)], [ref(U64)]],
  [[mut(U64), U64], []],
  [
    [mut(OUTER), mut(OUTER)],
    [mut(INNER), ref(U64)],
  ],
  [[ref(OUTER)], [ref(INNER)]],
];
const BLOCKS_MAX = 4;
const STEPS_MAX = 15;

/** One function under test, `f`, and what it needs around it. */
export function randomModule(seed: string): CompiledModule {
  const draft = new ModuleDraft();
  draft.struct('Inner', { abilities: ABILITIES[0] });
  draft.struct('Outer', { abilities: ABILITIES[1], fields: [...pairs(['a', INNER], ['b', U64])] });
  draft.struct('Sticky', { abilities: ABILITIES[2] });
  const variants = { A: pairs(['x', U64]), B: pairs(['x', U64], ['y', INNER]) };
  draft.struct('Shape', { abilities: ABILITIES[3], variants });
  draft.struct('Resource', { abilities: ABILITIES[4], fields: pairs(['x', U64], ['a', INNER]) });
  draft.fieldHandles.push(
    ...FIELDS.map(([owner], i) => ({ owner: handleOf(owner), field: i === 2 || i === 4 ? 1 : 0 })),
  );
  draft.structVariantHandles.push({ struct: 3, variant: 0 });
  draft.variantFieldHandles.push({ struct: 3, variants: [0, 1], field: 0 }, { struct: 3, variants: [1], field: 1 });
  const address = draft.constant({ kind: 'address' }, new Uint8Array(32));
  for (const [index, [parameters, returns]] of CALLEES.entries()) {
    const take: readonly Instruction[] = [
      { op: 'ldConst', index: address },
      { op: 'moveFrom', index: 4 },
      { op: 'pop' },
      { op: 'ret' },
    ];
    const fail: readonly Instruction[] = [{ op: 'ldU64', value: 1n }, { op: 'abort' }];
    const body = index === 0 ? { acquires: [4], code: take } : { code: fail };
    draft.function(`g${index}`, { parameters, returns, ...body });
  }
  new FunctionWriter(new EdgeRandom(seed), draft, address).write();
  return draft.build();
}

function pairs(
  ...fields: readonly (readonly [string, SignatureToken])[]
): readonly (readonly [string, SignatureToken])[] {
  return fields;
}

class FunctionWriter {
  readonly #random: EdgeRandom;
  readonly #draft: ModuleDraft;
  readonly #address: number;
  readonly #parameters: readonly SignatureToken[];
  readonly #locals: readonly SignatureToken[];
  /** Which locals have a value, as far as the code so far was run from its start to its end. */
  readonly #available: boolean[];
  readonly #stack: SignatureToken[] = [];
  readonly #code: Instruction[] = [];
  #usesStorage = false;

  constructor(random: EdgeRandom, draft: ModuleDraft, address: number) {
    this.#random = random;
    this.#draft = draft;
    this.#address = address;
    this.#parameters = this.#types(1, 4);
    this.#locals = [...this.#parameters, ...this.#types(2, 8)];
    this.#available = this.#locals.map((_, local) => local < this.#parameters.length);
  }

  write(): void {
    const random = this.#random;
    const returns = random.oneIn(2) ? [] : [random.pick(RETURNS)];
    const starts: number[] = [];
    const jumps: { readonly at: number; readonly block: number }[] = [];
    const blocks = 1 + random.below(BLOCKS_MAX);
    for (let block = 0; block < blocks; block++) {
      starts.push(this.#code.length);
      const steps = 2 + random.below(STEPS_MAX);
      for (let step = 0; step < steps; step++) this.#step();
      this.#emptyStack();
      if (block === blocks - 1 && !random.oneIn(5)) continue;
      this.#code.push({ op: random.pick(['ldTrue', 'ldFalse']) });
      jumps.push({ at: this.#code.length, block: random.below(blocks) });
      this.#code.push({ op: 'nop' });
    }
    this.#finish(returns);
    for (const { at: offset, block } of jumps) {
      this.#code[offset] = { op: random.pick(['brTrue', 'brFalse']), target: at(starts, block) };
    }
    this.#draft.function('f', {
      parameters: this.#parameters,
      locals: this.#locals.slice(this.#parameters.length),
      returns,
      acquires: this.#usesStorage ? [4] : [],
      code: this.#code,
    });
  }

  #types(least: number, more: number): readonly SignatureToken[] {
    return Array.from({ length: least + this.#random.below(more) }, () => this.#random.pick(TYPES));
  }

  /** One instruction, or a few that belong together, of those that fit the stack. */
  #step(): void {
    const steps: (() => void)[] = [];
    const offer = (weight: number, step: () => void): void => {
      for (let i = 0; i < weight; i++) steps.push(step);
    };
    this.#offerLoads(offer);
    const top = this.#stack.at(-1);
    if (top) this.#offerUses(offer, top, this.#stack.at(-2));
    this.#random.pick(steps)();
  }

  #offerLoads(offer: Offer): void {
    const random = this.#random;
    offer(1, () => this.#emit({ op: 'ldU64', value: 1n }, 0, U64));
    offer(3, () => {
      const local = this.#anyLocal();
      const type = at(this.#locals, local);
      if ((abilities(type) & copy) !== 0) this.#emit({ op: 'copyLoc', local }, 0, type);
    });
    offer(3, () => {
      const local = this.#anyLocal();
      this.#available[local] = false;
      this.#emit({ op: 'moveLoc', local }, 0, at(this.#locals, local));
    });
    offer(4, () => {
      const local = this.#anyLocal();
      const type = at(this.#locals, local);
      if (referred(type)) return;
      const isMutable = !random.oneIn(3);
      this.#emit({ op: isMutable ? 'mutBorrowLoc' : 'immBorrowLoc', local }, 0, isMutable ? mut(type) : ref(type));
    });
    offer(1, () => {
      const isMutable = random.oneIn(2);
      this.#code.push({ op: 'ldConst', index: this.#address });
      const op = isMutable ? 'mutBorrowGlobal' : 'immBorrowGlobal';
      this.#emit({ op, index: 4 }, 0, isMutable ? mut(RESOURCE) : ref(RESOURCE));
      this.#usesStorage = true;
    });
    offer(1, () => {
      this.#usesStorage = true;
      if (random.oneIn(2)) this.#emit({ op: 'call', index: 0 }, 0);
      else this.#code.push({ op: 'ldConst', index: this.#address }, { op: 'moveFrom', index: 4 }, { op: 'pop' });
    });
  }

  #offerUses(offer: Offer, top: SignatureToken, second: SignatureToken | undefined): void {
    if (this.#localsOf(top).length > 0) offer(6, () => this.#store(top));
    if ((abilities(top) & drop) !== 0) offer(1, () => this.#emit({ op: 'pop' }, 1));
    const inner = referred(top);
    if (inner) this.#offerReferenceUses(offer, inner, top.kind === 'mutableReference');
    for (const [index, [parameters, returns]] of CALLEES.entries()) {
      const args = parameters.length > 0 ? this.#stack.slice(-parameters.length) : [];
      const isMatch =
        args.length > 0 && parameters.every((type, i) => args[i] !== undefined && sameType(args[i], type));
      if (isMatch) offer(5, () => this.#emit({ op: 'call', index }, parameters.length, ...returns));
    }
    if (!second) return;
    if (sameType(top, second) && (abilities(top) & drop) !== 0) {
      offer(3, () => {
        this.#emit({ op: 'eq' }, 2);
        this.#code.push({ op: 'pop' });
      });
    }
    if (inner && top.kind === 'mutableReference' && sameType(inner, second) && (abilities(inner) & drop) !== 0) {
      offer(5, () => this.#emit({ op: 'writeRef' }, 2));
    }
    const list = second.kind === 'mutableReference' && second.inner.kind === 'vector' ? second.inner : undefined;
    if (list && sameType(list.inner, top)) {
      offer(3, () => this.#emit({ op: 'vecPushBack', type: this.#draft.signature([top]) }, 2));
    }
  }

  #offerReferenceUses(offer: Offer, inner: SignatureToken, isMutable: boolean): void {
    const random = this.#random;
    const borrow = (part: SignatureToken, instruction: (mutably: boolean) => Instruction): void => {
      const mutably = isMutable && !random.oneIn(3);
      this.#emit(instruction(mutably), 1, mutably ? mut(part) : ref(part));
    };
    if (isMutable) offer(1, () => this.#emit({ op: 'freezeRef' }, 1, ref(inner)));
    if ((abilities(inner) & copy) !== 0) offer(1, () => this.#emit({ op: 'readRef' }, 1, inner));
    for (const [index, [owner, type]] of FIELDS.entries()) {
      if (!sameType(owner, inner)) continue;
      offer(3, () => borrow(type, (mutably) => ({ op: mutably ? 'mutBorrowField' : 'immBorrowField', index })));
    }
    if (sameType(inner, SHAPE)) {
      for (const [index, type] of VARIANT_FIELDS.entries()) {
        const op = (mutably: boolean) => (mutably ? 'mutBorrowVariantField' : 'immBorrowVariantField');
        offer(2, () => borrow(type, (mutably) => ({ op: op(mutably), index })));
      }
      offer(1, () => {
        this.#emit({ op: 'testVariant', index: 0 }, 1);
        this.#code.push({ op: 'pop' });
      });
    }
    if (inner.kind === 'vector') this.#offerVectorUses(offer, inner.inner, isMutable, borrow);
  }

  #offerVectorUses(
    offer: Offer,
    element: SignatureToken,
    isMutable: boolean,
    borrow: (part: SignatureToken, instruction: (mutably: boolean) => Instruction) => void,
  ): void {
    const type = this.#draft.signature([element]);
    const zero: Instruction = { op: 'ldU64', value: 0n };
    offer(3, () => {
      this.#code.push(zero);
      borrow(element, (mutably) => ({ op: mutably ? 'vecMutBorrow' : 'vecImmBorrow', type }));
    });
    offer(1, () => this.#emit({ op: 'vecLen', type }, 1, U64));
    if (!isMutable) return;
    offer(1, () => this.#emit({ op: 'vecPopBack', type }, 1, element));
    offer(1, () => {
      this.#code.push(zero, zero);
      this.#emit({ op: 'vecSwap', type }, 1);
    });
  }

  /** Blocks end with an empty stack. */
  #emptyStack(): void {
    for (let top = this.#stack.at(-1); top; top = this.#stack.at(-1)) {
      const canDrop = (abilities(top) & drop) !== 0;
      if (this.#localsOf(top).length > 0 && (!canDrop || !this.#random.oneIn(3))) this.#store(top);
      else this.#dispose(canDrop);
    }
  }

  /** Gets rid of what must not be forgotten, then returns (or aborts, where there is nothing to return). */
  #finish(returns: readonly SignatureToken[]): void {
    for (const [local, type] of this.#locals.entries()) {
      if ((abilities(type) & drop) !== 0 || !this.#available[local] || this.#random.oneIn(50)) continue;
      this.#emit({ op: 'moveLoc', local }, 0, type);
      this.#dispose(false);
    }
    for (const type of returns) {
      if (this.#pushReturn(type)) continue;
      this.#code.push({ op: 'ldU64', value: 0n }, { op: 'abort' });
      return;
    }
    this.#code.push({ op: 'ret' });
  }

  #pushReturn(type: SignatureToken): boolean {
    const random = this.#random;
    const ready = (local: number) => this.#available[local] === true || random.oneIn(20);
    const held = this.#localsOf(type).filter(ready);
    const inner = referred(type);
    const owners = inner ? this.#localsOf(inner).filter(ready) : [];
    if (held.length > 0) {
      const isCopied = (abilities(type) & copy) !== 0 && random.oneIn(2);
      this.#code.push({ op: isCopied ? 'copyLoc' : 'moveLoc', local: random.pick(held) });
    } else if (owners.length > 0) {
      this.#code.push({ op: type.kind === 'reference' ? 'immBorrowLoc' : 'mutBorrowLoc', local: random.pick(owners) });
    } else if (!inner) {
      this.#code.push({ op: 'ldU64', value: 0n });
    } else {
      return false;
    }
    return true;
  }

  #store(type: SignatureToken): void {
    const local = this.#random.pick(this.#localsOf(type));
    this.#available[local] = true;
    this.#emit({ op: 'stLoc', local }, 1);
  }

  /** Takes the top value off the stack; what cannot be dropped is a `STICKY`, which has one number in it. */
  #dispose(canDrop: boolean): void {
    if (!canDrop) this.#code.push({ op: 'unpack', index: 2 });
    this.#emit({ op: 'pop' }, 1);
  }

  #emit(instruction: Instruction, pops: number, ...pushes: readonly SignatureToken[]): void {
    this.#code.push(instruction);
    this.#stack.splice(this.#stack.length - pops, pops, ...pushes);
  }

  #anyLocal(): number {
    const ready = [...this.#locals.keys()].filter((local) => this.#available[local]);
    return ready.length > 0 && !this.#random.oneIn(30)
      ? this.#random.pick(ready)
      : this.#random.below(this.#locals.length);
  }

  #localsOf(type: SignatureToken): readonly number[] {
    return [...this.#locals.keys()].filter((local) => sameType(at(this.#locals, local), type));
  }
}

/** Puts a step among those that may come next, as often as its weight says. */
type Offer = (weight: number, step: () => void) => void;

function handleOf(type: SignatureToken): number {
  return type.kind === 'struct' ? type.handle : 0;
}

function referred(type: SignatureToken): SignatureToken | undefined {
  return type.kind === 'reference' || type.kind === 'mutableReference' ? type.inner : undefined;
}

function abilities(type: SignatureToken): number {
  if (type.kind === 'struct') return ABILITIES[type.handle] ?? 0;
  return referred(type) ? copy | drop : copy | drop | store;
}
