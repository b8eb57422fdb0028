// Random scripts of bytecode versions 8 to 10: one body of mostly well-typed instructions over function values, signed integers, references,
// vectors and generics, with calls of another module's functions and jumps anywhere. The seed fixes the script.

import { at, isAssignable, maskedParameters, sameType, substitute } from '../vm/bytecode/access.ts';
import {
  Ability,
  type AbilitySet,
  type CompiledScript,
  type FunctionAttribute,
  type FunctionType,
  type Instruction,
  type LeafKind,
  type SignatureToken,
} from '../vm/bytecode/module.ts';
import { EdgeRandom } from './edge-random.ts';
import { ModuleDraft } from './module-draft.ts';

const { copy, drop, store } = Ability;
const VERSIONS = [8, 9, 10] as const;
const BLOCKS_MAX = 4;
const STEPS_MAX = 14;
const MAKE_DEPTH_MAX = 3;

const leaf = (kind: LeafKind): SignatureToken => ({ kind });
const ref = (inner: SignatureToken): SignatureToken => ({ kind: 'reference', inner });
const mut = (inner: SignatureToken): SignatureToken => ({ kind: 'mutableReference', inner });
const vector = (inner: SignatureToken): SignatureToken => ({ kind: 'vector', inner });
const struct = (handle: number, ...typeArgs: SignatureToken[]): SignatureToken => ({
  kind: 'struct',
  handle,
  typeArgs,
});
const T0: SignatureToken = { kind: 'typeParameter', index: 0 };
const fun = (
  parameters: readonly SignatureToken[],
  returns: readonly SignatureToken[],
  abilities: AbilitySet = copy | drop,
): FunctionType => ({ kind: 'function', parameters, returns, abilities });

const U64 = leaf('u64');
const BYTES = vector(leaf('u8'));
/** Struct handles of the other module: abilities of each, and whether it has a type parameter. */
const STRUCTS = [
  { name: 'Plain', abilities: copy | drop | store, isGeneric: false },
  { name: 'Sticky', abilities: store, isGeneric: false },
  { name: 'Box', abilities: copy | drop | store, isGeneric: true },
] as const;
const PLAIN = struct(0);
const STICKY = struct(1);
/** Functions of the other module: type parameters, parameters, returns. */
const CALLEES: readonly (readonly [readonly AbilitySet[], readonly SignatureToken[], readonly SignatureToken[]])[] = [
  [[], [U64, U64], [U64]],
  [[], [], [PLAIN]],
  [[], [], [STICKY]],
  [[], [STICKY], []],
  [[], [ref(U64), U64], [ref(U64)]],
  [[], [mut(U64), U64], [mut(U64)]],
  [[], [PLAIN, STICKY, U64], [PLAIN]],
  [[], [fun([U64], [U64]), U64], [U64]],
  [[0], [T0], [T0]],
  [[copy | drop], [T0, U64], [struct(2, T0)]],
  [[], [mut(BYTES), leaf('u8')], []],
  [[], [ref(fun([U64], [U64]))], [U64]],
];
/** Types of parameters and locals. */
const TYPES: readonly SignatureToken[] = [
  ...[U64, leaf('u8'), leaf('bool'), leaf('address'), PLAIN, STICKY, struct(2, U64), BYTES, T0],
  ...[ref(U64), mut(U64), ref(PLAIN), mut(BYTES), ref(fun([U64], [U64]))],
  fun([U64], [U64]),
  fun([U64], [U64], drop),
  fun([U64], [U64], copy | drop | store),
  fun([U64], [U64], 0),
  fun([U64, U64], [U64]),
  fun([], [PLAIN], copy | drop | store),
  fun([STICKY, U64], [PLAIN]),
  fun([ref(U64)], [ref(U64)]),
  fun([mut(U64)], [mut(U64)]),
  vector(fun([U64], [U64])),
  fun([fun([U64], [U64]), U64], [U64]),
];
const SIGNED_TYPES: readonly SignatureToken[] = [
  leaf('i8'),
  leaf('i64'),
  leaf('i256'),
  ref(leaf('i64')),
  vector(leaf('i16')),
];
const UNSIGNED = ['u8', 'u16', 'u32', 'u64', 'u128', 'u256'] as const;
const SIGNED = ['i8', 'i16', 'i32', 'i64', 'i128', 'i256'] as const;
type NumberKind = (typeof UNSIGNED)[number] | (typeof SIGNED)[number];

export function randomScript(seed: string): CompiledScript {
  return new ScriptWriter(new EdgeRandom(seed)).write();
}

class ScriptWriter {
  readonly #random: EdgeRandom;
  readonly #draft: ModuleDraft;
  readonly #parameters: readonly SignatureToken[];
  readonly #locals: readonly SignatureToken[];
  readonly #available: boolean[];
  readonly #stack: SignatureToken[] = [];
  readonly #code: Instruction[] = [];

  constructor(random: EdgeRandom) {
    this.#random = random;
    this.#draft = new ModuleDraft('script', random.pick(VERSIONS));
    const other = this.#draft.module('other');
    for (const { name, abilities, isGeneric } of STRUCTS) {
      this.#draft.structHandle(other, name, { abilities, typeParameters: isGeneric ? [0] : [] });
    }
    for (const [index, [typeParameters, parameters, returns]] of CALLEES.entries()) {
      const attributes = this.#attributes();
      this.#draft.functionHandle(other, `f${index}`, { typeParameters, parameters, returns, attributes });
    }
    this.#parameters = this.#types(1, 4);
    this.#locals = [...this.#parameters, ...this.#types(2, 8)];
    this.#available = this.#locals.map((_, local) => local < this.#parameters.length);
  }

  write(): CompiledScript {
    const random = this.#random;
    const starts: number[] = [];
    const jumps: { readonly at: number; readonly block: number }[] = [];
    const blocks = 1 + random.below(BLOCKS_MAX);
    for (let block = 0; block < blocks; block++) {
      starts.push(this.#code.length);
      const steps = 1 + random.below(STEPS_MAX);
      for (let step = 0; step < steps; step++) this.#step();
      this.#emptyStack();
      if (block === blocks - 1) continue;
      this.#code.push({ op: random.pick(['ldTrue', 'ldFalse']) });
      jumps.push({ at: this.#code.length, block: random.below(blocks) });
      this.#code.push({ op: 'nop' });
    }
    this.#finish();
    for (const { at: offset, block } of jumps) {
      this.#code[offset] = { op: random.pick(['brTrue', 'brFalse']), target: at(starts, block) };
    }
    return this.#draft.buildScript({
      typeParameters: [random.pick([0, copy | drop, copy | drop | store])],
      parameters: this.#parameters,
      locals: this.#locals.slice(this.#parameters.length),
      code: this.#code,
    });
  }

  #attributes(): readonly FunctionAttribute[] {
    return this.#random.pick<readonly FunctionAttribute[]>([
      [],
      [{ kind: 'persistent' }],
      [{ kind: 'moduleLock' }],
      [{ kind: 'persistent' }, { kind: 'moduleLock' }],
    ]);
  }

  get #hasSigned(): boolean {
    return this.#draft.version >= 9;
  }

  #types(least: number, more: number): readonly SignatureToken[] {
    const types = this.#hasSigned ? [...TYPES, ...SIGNED_TYPES] : TYPES;
    return Array.from({ length: least + this.#random.below(more) }, () => this.#random.pick(types));
  }

  #step(): void {
    const random = this.#random;
    const steps: (() => void)[] = [
      () => {
        const type = random.pick(this.#locals);
        if (this.#canMake(type)) this.#make(type, 0);
      },
      () => this.#call(random.below(CALLEES.length)),
      () => this.#callClosure(),
      () => this.#callClosure(),
      () => this.#packClosure(...this.#anyClosure()),
      () => this.#arithmetic(),
      () => this.#storeTop(),
      () => this.#storeTop(),
      () => this.#useTop(),
      () => this.#useTop(),
    ];
    random.pick(steps)();
  }

  /** Whether there is a way to get a value of the type, or it shall be tried without one. */
  #canMake(type: SignatureToken, depth = 0): boolean {
    if (this.#random.oneIn(200)) return true;
    const isHeld = this.#locals.some((local, i) => this.#available[i] === true && isAssignable(type, local));
    if (isHeld) return true;
    switch (type.kind) {
      case 'vector':
        return depth < MAKE_DEPTH_MAX && this.#canMake(type.inner, depth + 1);
      case 'reference':
      case 'mutableReference':
        return this.#locals.some((local, i) => this.#available[i] === true && isAssignable(type.inner, local));
      case 'function':
        return this.#closuresOf(type).length > 0;
      case 'struct':
        return type.handle < 2 || this.#canMake(at(type.typeArgs, 0), depth + 1);
      case 'typeParameter':
        return false;
      default:
        return true;
    }
  }

  /** Puts a value of the type on the stack, or one that is not quite of it. */
  #make(type: SignatureToken, depth: number): void {
    const random = this.#random;
    const held = [...this.#locals.keys()].filter((local) => isAssignable(type, at(this.#locals, local)));
    const ready = held.filter((local) => this.#available[local] === true);
    if (ready.length > 0 && !random.oneIn(3)) {
      const local = random.pick(ready);
      const isCopied = has(at(this.#locals, local), copy) ? !random.oneIn(3) : random.oneIn(40);
      if (!isCopied) this.#available[local] = false;
      this.#emit({ op: isCopied ? 'copyLoc' : 'moveLoc', local }, 0, at(this.#locals, local));
      return;
    }
    if (depth < MAKE_DEPTH_MAX && this.#build(type, depth)) return;
    if (held.length === 0) this.#emit({ op: 'ldTrue' }, 0, leaf('bool'));
    else {
      const local = random.pick(held);
      this.#emit({ op: 'moveLoc', local }, 0, at(this.#locals, local));
    }
  }

  /** Of parts. False: there is no way to. */
  #build(type: SignatureToken, depth: number): boolean {
    const random = this.#random;
    switch (type.kind) {
      case 'bool':
        this.#emit({ op: random.pick(['ldTrue', 'ldFalse']) }, 0, type);
        return true;
      case 'address': {
        const index = this.#draft.constant(type, random.bytes(32));
        this.#emit({ op: 'ldConst', index }, 0, type);
        return true;
      }
      case 'vector':
        if (type.inner.kind === 'u8' && random.oneIn(2)) {
          this.#emit(
            { op: 'ldConst', index: this.#draft.constant(type, Uint8Array.of(1, random.below(256))) },
            0,
            type,
          );
          return true;
        }
        this.#make(type.inner, depth + 1);
        this.#emit({ op: 'vecPack', type: this.#draft.signature([type.inner]), count: 1 }, 1, type);
        return true;
      case 'reference':
      case 'mutableReference': {
        const owners = [...this.#locals.keys()].filter((local) => isAssignable(type.inner, at(this.#locals, local)));
        if (owners.length === 0) return false;
        const local = random.pick(owners);
        const op = type.kind === 'reference' ? 'immBorrowLoc' : 'mutBorrowLoc';
        this.#emit({ op, local }, 0, { kind: type.kind, inner: at(this.#locals, local) });
        return true;
      }
      case 'function':
        return this.#buildClosure(type);
      case 'struct': {
        const callee = CALLEES.findIndex(([, , [result]]) => result && sameType(result, type));
        if (callee < 0) return false;
        this.#call(callee, depth + 1);
        return true;
      }
      default:
        return isNumber(type.kind) && this.#number(type.kind);
    }
  }

  #buildClosure(type: FunctionType): boolean {
    const fits = this.#closuresOf(type);
    if (fits.length === 0) return false;
    this.#packClosure(...this.#random.pick(fits));
    return true;
  }

  /** Functions and masks that give a value of the type, but for its abilities. */
  #closuresOf(type: FunctionType): readonly (readonly [index: number, mask: bigint])[] {
    const fits: (readonly [number, bigint])[] = [];
    for (const [index, [, parameters, returns]] of CALLEES.entries()) {
      for (let mask = 0n; mask < 1n << BigInt(parameters.length); mask++) {
        const left = maskedParameters(parameters, mask, false);
        const captured = maskedParameters(parameters, mask, true);
        const isPossible = captured.every((part) => 'inner' in part === false || part.kind === 'vector');
        if (isPossible && sameType(fun(left, returns, type.abilities), type)) fits.push([index, mask]);
      }
    }
    return fits;
  }

  #number(kind: NumberKind): true {
    const random = this.#random;
    const bits = Number(kind.slice(1));
    const isSigned = kind.startsWith('i');
    const raw = random.integer(bits);
    const value = isSigned ? BigInt.asIntN(bits, raw) : raw;
    const op = `ld${kind.toUpperCase()}`;
    const instruction = { op, value: bits <= 32 ? Number(value) : value } as Instruction;
    this.#emit(instruction, 0, leaf(kind));
    return true;
  }

  #call(index: number, depth = 0): void {
    const [typeParameters, parameters, returns] = at(CALLEES, index);
    const typeArgs = typeParameters.map(() => this.#random.pick([U64, PLAIN, T0, fun([U64], [U64])]));
    if (!parameters.every((parameter) => this.#canMake(substitute(parameter, typeArgs)))) return;
    for (const parameter of parameters) this.#make(substitute(parameter, typeArgs), depth + 1);
    const isGeneric = typeArgs.length > 0;
    const op = isGeneric ? 'callGeneric' : 'call';
    const operand = isGeneric ? this.#draft.instantiate('functionInstantiations', index, typeArgs) : index;
    this.#emit({ op, index: operand }, parameters.length, ...returns.map((type) => substitute(type, typeArgs)));
  }

  /** A function and a mask that mostly has no bit too many. */
  #anyClosure(): readonly [index: number, mask: bigint] {
    const index = this.#random.below(CALLEES.length);
    const [, { length }] = at(CALLEES, index);
    return [index, BigInt(this.#random.below(this.#random.oneIn(30) ? 16 : 1 << length))];
  }

  #packClosure(index: number, mask: bigint): void {
    const [typeParameters, parameters, returns] = at(CALLEES, index);
    const typeArgs = typeParameters.map(() => this.#random.pick([U64, PLAIN, T0]));
    const captured = maskedParameters(parameters, mask, true);
    if (!captured.every((parameter) => this.#canMake(substitute(parameter, typeArgs)))) return;
    for (const parameter of captured) this.#make(substitute(parameter, typeArgs), 1);
    const type = substitute(fun(maskedParameters(parameters, mask, false), returns), typeArgs);
    const isGeneric = typeArgs.length > 0;
    const op = isGeneric ? 'packClosureGeneric' : 'packClosure';
    const operand = isGeneric ? this.#draft.instantiate('functionInstantiations', index, typeArgs) : index;
    this.#emit({ op, index: operand, mask }, captured.length, type);
  }

  #callClosure(): void {
    const random = this.#random;
    const types = this.#locals.filter((local) => local.kind === 'function');
    const type = types.length > 0 ? random.pick(types) : fun([U64], [U64]);
    if (![...type.parameters, type].every((part) => this.#canMake(part))) return;
    for (const parameter of type.parameters) this.#make(parameter, 1);
    this.#make(type, 0);
    const expected = random.oneIn(10) ? { ...type, abilities: random.below(8) } : type;
    this.#emit(
      { op: 'callClosure', type: this.#draft.signature([expected]) },
      type.parameters.length + 1,
      ...type.returns,
    );
  }

  #arithmetic(): void {
    const random = this.#random;
    const kind = random.pick(this.#hasSigned ? [...UNSIGNED, ...SIGNED] : UNSIGNED);
    const type = leaf(kind);
    const isSigned = kind.startsWith('i');
    this.#number(kind);
    if (random.oneIn(3)) {
      const to = random.pick(this.#hasSigned ? [...UNSIGNED, ...SIGNED] : UNSIGNED);
      this.#emit({ op: `cast${to.toUpperCase()}` } as Instruction, 1, leaf(to));
    } else if (isSigned && random.oneIn(2)) this.#emit({ op: 'negate' }, 1, type);
    else if (!isSigned && random.oneIn(4)) {
      this.#number('u8');
      this.#emit({ op: random.pick(['shl', 'shr']) }, 2, type);
    } else {
      this.#number(kind);
      if (random.oneIn(3)) this.#emit({ op: random.pick(['lt', 'gt', 'le', 'ge', 'eq', 'neq']) }, 2, leaf('bool'));
      else this.#emit({ op: random.pick(isSigned ? SIGNED_OPS : UNSIGNED_OPS) }, 2, type);
    }
  }

  #storeTop(): void {
    const top = this.#stack.at(-1);
    if (!top) return;
    const locals = [...this.#locals.keys()].filter((local) => isAssignable(at(this.#locals, local), top));
    if (locals.length === 0) return;
    const local = this.#random.pick(locals);
    this.#available[local] = true;
    this.#emit({ op: 'stLoc', local }, 1);
  }

  /** Reads, freezes, writes, compares or drops what is on top. */
  #useTop(): void {
    const random = this.#random;
    const top = this.#stack.at(-1);
    if (!top) return;
    const inner = 'inner' in top ? top.inner : undefined;
    if (top.kind === 'mutableReference' && inner && random.oneIn(2)) {
      this.#emit({ op: 'freezeRef' }, 1, ref(inner));
      return;
    }
    if ((top.kind === 'reference' || top.kind === 'mutableReference') && inner && random.oneIn(2)) {
      if (inner.kind === 'vector' && random.oneIn(2)) {
        this.#code.push({ op: 'ldU64', value: 0n });
        const op = top.kind === 'reference' ? 'vecImmBorrow' : 'vecMutBorrow';
        this.#emit({ op, type: this.#draft.signature([inner.inner]) }, 1, { kind: top.kind, inner: inner.inner });
        return;
      }
      if (has(inner, copy) || random.oneIn(40)) this.#emit({ op: 'readRef' }, 1, inner);
      return;
    }
    const second = this.#stack.at(-2);
    if (second && sameType(top, second) && has(top, drop) && random.oneIn(2)) {
      this.#emit({ op: random.pick(['eq', 'neq']) }, 2, leaf('bool'));
      return;
    }
    if (!random.oneIn(3) && has(top, drop)) this.#dispose(top);
  }

  #emptyStack(): void {
    for (let top = this.#stack.at(-1); top; top = this.#stack.at(-1)) {
      if (this.#random.oneIn(2) || !has(top, drop)) this.#storeTop();
      if (this.#stack.at(-1) === top) this.#dispose(top);
    }
  }

  #dispose(type: SignatureToken): void {
    if (sameType(type, STICKY)) this.#emit({ op: 'call', index: 3 }, 1);
    else this.#emit({ op: 'pop' }, 1);
  }

  #finish(): void {
    const random = this.#random;
    if (random.oneIn(4)) {
      this.#code.push({ op: 'ldU64', value: random.integer(64) });
      if (this.#draft.version < 10 || random.oneIn(2)) this.#code.push({ op: 'abort' });
      else {
        this.#code.push(
          { op: 'ldConst', index: this.#draft.constant(BYTES, Uint8Array.of(1, 0x41)) },
          { op: 'abortMsg' },
        );
      }
      return;
    }
    for (const [local, type] of this.#locals.entries()) {
      if (!sameType(type, STICKY) || !this.#available[local]) continue;
      this.#emit({ op: 'moveLoc', local }, 0, type);
      this.#dispose(type);
    }
    this.#code.push({ op: 'ret' });
  }

  #emit(instruction: Instruction, pops: number, ...pushes: readonly SignatureToken[]): void {
    this.#code.push(instruction);
    this.#stack.splice(Math.max(0, this.#stack.length - pops), pops, ...pushes);
  }
}

const SIGNED_OPS = ['add', 'sub', 'mul', 'div', 'mod'] as const;
const UNSIGNED_OPS = [...SIGNED_OPS, 'bitOr', 'bitAnd', 'xor'] as const;

function isNumber(kind: SignatureToken['kind']): kind is NumberKind {
  return (UNSIGNED as readonly string[]).includes(kind) || (SIGNED as readonly string[]).includes(kind);
}

/** Whether a value of the type has the ability; a type parameter is taken to have none. */
function has(type: SignatureToken, ability: AbilitySet): boolean {
  switch (type.kind) {
    case 'function':
      return (type.abilities & ability) !== 0;
    case 'struct':
      return (at(STRUCTS, type.handle).abilities & ability) !== 0 && type.typeArgs.every((arg) => has(arg, ability));
    case 'vector':
      return has(type.inner, ability);
    case 'typeParameter':
      return false;
    default:
      return true;
  }
}
