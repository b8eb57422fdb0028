// What compiled code asks the host about function values: their encoding, equality, and what a value from storage calls. The last is found
// when it is called (AIP-112): its module is loaded then, the function looked up and checked against what was captured and what the caller
// gives, and compiled in a unit of its own, unless a unit that is running has it already.

import type { Bytes } from '../../base/bytes.ts';
import { type ClosureShape, type ClosureShapes, targetKey } from '../code/closure-shapes.ts';
import { givenParams, type Thunk } from '../compile/closures.ts';
import { CLOSURE } from '../compile/layout.ts';
import { LoadError, Trap, UnsupportedError } from '../errors.ts';
import type { VmLimits } from '../limits.ts';
import type { FunctionType, Type } from '../types/type.ts';
import type { TypeTable } from '../types/type-table.ts';
import { ClosureCodec, type ClosureMemory } from './closure-codec.ts';
import { type EqualityContext, equalClosures } from './closure-equality.ts';
import { compareClosures } from './closure-order.ts';
import { isCompatibleLayout, sameLayout } from './layout.ts';

/** A thunk that stands in the table. */
export interface PlacedThunk {
  readonly thunk: Thunk;
  /** Where in the table. */
  readonly entry: number;
}

/** What finding a function takes. */
export interface ClosureLinker {
  /** The thunk, if a unit of the run under way has it. */
  running(key: string): PlacedThunk | undefined;
  /** Compiles the function, if it was not, and makes its unit one of the run's. @throws LoadError, UnsupportedError, Trap */
  link(shape: ClosureShape, key: string): PlacedThunk;
}

export interface ClosureHostMemory extends ClosureMemory {
  charge(units: number): void;
  readonly gas: { readonly data: { readonly comparePerByte: number } };
  readonly limits: VmLimits;
}

export class ClosureHost {
  readonly #memory: ClosureHostMemory;
  readonly #codec: ClosureCodec;
  readonly #linker: ClosureLinker;
  readonly #comparing: EqualityContext;
  /** Encodings of the run's function values, which do not change. */
  readonly #encoded = new Map<number, Bytes>();
  #abortCode = 0n;
  /** Names of functions with type arguments. */
  readonly #functionOf = new Map<ClosureShape, string>();

  constructor(memory: ClosureHostMemory, types: TypeTable, shapes: ClosureShapes, linker: ClosureLinker) {
    this.#memory = memory;
    this.#codec = new ClosureCodec(memory, types, shapes, memory.limits.typeDepthMax);
    this.#linker = linker;
    this.#comparing = {
      memory,
      shapeOf: (closure) => this.#codec.shapeOf(closure),
      sameFunction: (left, right) => this.#functionKey(left) === this.#functionKey(right),
      charge: (bytes) => memory.charge(bytes * memory.gas.data.comparePerByte),
    };
  }

  /** A run begins or ends: addresses mean nothing any more. */
  forget(): void {
    this.#encoded.clear();
    this.#abortCode = 0n;
  }

  /** Encoding what cannot be stored aborts with this code, until it is 0 again. */
  abortForTransient(code: bigint): void {
    this.#abortCode = code;
  }

  /** Bytes of the encoding. @throws Trap */
  size(closure: number): number {
    return this.#encode(closure).length;
  }

  /** Gives the address behind the encoding. */
  encode(closure: number, target: number): number {
    const bytes = this.#encode(closure);
    this.#memory.write(target, bytes);
    return target + bytes.length;
  }

  /** Gives the address behind what was read, or 0 when no function value stands there. */
  decode(source: number, end: number, target: number): number {
    const found = this.#codec.decode(this.#memory.peek(source, end - source));
    if (found === undefined) return 0;
    this.#memory.writeU32(target, found.closure);
    return source + found.length;
  }

  equal(a: number, b: number): boolean {
    return equalClosures(this.#comparing, a, b);
  }

  /** Below zero when `a` comes first, 0 when they are equal. */
  compare(a: number, b: number): number {
    return compareClosures(this.#comparing, a, b);
  }

  /** Finds what a function value from storage calls, which the caller calls as `type`. @throws Trap */
  resolve(closure: number, type: FunctionType): void {
    const shape = this.#codec.shapeOf(closure);
    const key = targetKey(shape);
    const { thunk, entry } = this.#linker.running(key) ?? this.#link(shape, key);
    const declared = thunk.shape;
    checkCaptured(shape, declared);
    checkType(thunk, type);
    if (!shape.captured.every((part, index) => sameLayout(part.type, declared.captured[index]?.type ?? part.type))) {
      const place = this.#codec.convert(closure, declared.captured, declared.capturedSize);
      this.#memory.writeU32(closure + CLOSURE.captured, place);
    }
    this.#memory.writeU32(closure + CLOSURE.entry, entry);
  }

  #link(shape: ClosureShape, key: string): PlacedThunk {
    try {
      return this.#linker.link(shape, key);
    } catch (error) {
      if (error instanceof LoadError) throw new Trap(error.code, { message: error.message });
      if (error instanceof UnsupportedError) throw new Trap('UNSUPPORTED', { message: error.message });
      throw error;
    }
  }

  #encode(closure: number): Bytes {
    let bytes = this.#encoded.get(closure);
    if (bytes === undefined) {
      bytes = this.#codec.encode(closure, this.#abortCode);
      this.#encoded.set(closure, bytes);
    }
    return bytes;
  }

  #functionKey(shape: ClosureShape): string {
    let key = this.#functionOf.get(shape);
    if (key === undefined) {
      key = targetKey({ ...shape, mask: 0n });
      this.#functionOf.set(shape, key);
    }
    return key;
  }
}

/** @throws Trap when the function takes other values than were captured */
function checkCaptured(stored: ClosureShape, declared: ClosureShape): void {
  const fits =
    stored.captured.length === declared.captured.length &&
    stored.captured.every(({ type }, index) => {
      const part = declared.captured[index];
      return part !== undefined && isCompatibleLayout(type, part.type);
    });
  if (fits) return;
  throw new Trap('FUNCTION_RESOLUTION_FAILURE', {
    message: `${stored.module.name}::${stored.function} does not take what was captured for it`,
  });
}

/** @throws Trap when the function is not of the type that it is called as */
function checkType({ instance, shape }: Thunk, type: FunctionType): void {
  const same = (a: readonly Type[], b: readonly Type[]): boolean =>
    a.length === b.length && a.every((part, index) => part === b[index]);
  if (same(givenParams(instance, shape.mask), type.params) && same(instance.returns, type.returns)) return;
  throw new Trap('UNKNOWN_INVARIANT_VIOLATION_ERROR', {
    message: `${shape.module.name}::${shape.function} called as ${type.name}`,
  });
}
