// What a code world knows of the function values in it: for each function with type arguments and captured parameters one "shape", numbered,
// which compiled code writes into the values it makes; and numbers for modules, by which running code counts how often each is entered.

import { encodeBcs } from '../../base/bcs.ts';
import { toHex } from '../../base/bytes.ts';
import { type TypeTag, writeTypeTag } from '../../base/type-tag.ts';
import { moduleKey } from '../bytecode/access.ts';
import type { ModuleId } from '../bytecode/module.ts';
import type { Type } from '../types/type.ts';

/** Bits of a mask: as many parameters can be captured. */
export const MASK_BITS = 64;

/** A captured value, from the start of all captured. */
export interface Captured {
  readonly type: Type;
  readonly offset: number;
}

export interface ClosureTarget {
  readonly module: ModuleId;
  readonly function: string;
  readonly typeArgs: readonly TypeTag[];
  /** Bit n: parameter n is captured. */
  readonly mask: bigint;
}

export interface ClosureShape extends ClosureTarget {
  readonly id: number;
  readonly captured: readonly Captured[];
  readonly capturedSize: number;
  /** Of a function that stays as it is when its module is upgraded; only such values can be encoded. */
  readonly isPersistent: boolean;
}

export class ClosureShapes {
  readonly #shapes: ClosureShape[] = [];
  readonly #byKey = new Map<string, ClosureShape>();
  readonly #modules = new Map<string, number>();

  get count(): number {
    return this.#shapes.length;
  }

  get moduleCount(): number {
    return this.#modules.size;
  }

  /** The shape with these captured types, known or new. */
  intern(target: ClosureTarget, capturedTypes: readonly Type[], isPersistent: boolean): ClosureShape {
    const key = `${targetKey(target)} ${capturedTypes.map((type) => type.id).join()} ${isPersistent}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    let capturedSize = 0;
    const captured = capturedTypes.map((type) => {
      const offset = capturedSize;
      capturedSize += type.size;
      return { type, offset };
    });
    const { module, function: name, typeArgs, mask } = target;
    const id = this.#shapes.length;
    const shape = { module, function: name, typeArgs, mask, id, captured, capturedSize, isPersistent };
    this.#shapes.push(shape);
    this.#byKey.set(key, shape);
    return shape;
  }

  shape(id: number): ClosureShape | undefined {
    return this.#shapes[id];
  }

  moduleNumber(id: ModuleId): number {
    const key = moduleKey(id);
    let number = this.#modules.get(key);
    if (number === undefined) {
      number = this.#modules.size;
      this.#modules.set(key, number);
    }
    return number;
  }
}

/** Names what is called, apart from what is captured. */
export function targetKey({ module, function: name, typeArgs, mask }: ClosureTarget): string {
  const args = typeArgs.map((tag) => toHex(encodeBcs((writer) => writeTypeTag(writer, tag))));
  return `${moduleKey(module)}::${name}<${args.join()}>#${mask.toString(16)}`;
}

export function isCaptured(mask: bigint, parameter: number): boolean {
  return parameter < MASK_BITS && ((mask >> BigInt(parameter)) & 1n) === 1n;
}
