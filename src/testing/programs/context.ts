// What the writers of a random program share: the choices, what is declared, what is in scope where the next line goes.

import { EdgeRandom } from '../edge-random.ts';
import { type Declaration, type MoveType, sameMoveType } from './move-types.ts';

export interface Variable {
  /** How its value is read and written: a name, or `*name` for a reference. */
  readonly place: string;
  readonly type: MoveType;
  /** A reference is read and written by `*name`, its fields by `name.field`. */
  readonly reference?: 'shared' | 'mutable';
}

export interface Parameter {
  readonly passing: 'value' | 'shared' | 'mutable';
  readonly type: MoveType;
}

/** A function that later ones can call. */
export interface ProgramFunction {
  readonly name: string;
  readonly module: string;
  readonly typeParameters: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly returns: readonly MoveType[];
  /** Names of resources, of those it calls too. */
  readonly acquires: ReadonlySet<string>;
  /** Statements that a call may come to run, roughly. */
  readonly weight: number;
}

export interface Resource {
  readonly name: string;
  /** Has one type parameter, `T`. */
  readonly isGeneric: boolean;
  readonly fields: readonly { readonly name: string; readonly type: MoveType }[];
  readonly table?: { readonly name: string; readonly key: MoveType; readonly value: MoveType };
}

/** No function runs more statements than about so many: gas is for other tests. */
export const WEIGHT_MAX = 3_000;

export class Context {
  readonly random: EdgeRandom;
  readonly declarations: Declaration[] = [];
  readonly functions: ProgramFunction[] = [];
  readonly resources: Resource[] = [];
  /** Types that values are made of here: few, so that there are often two of one. */
  pool: readonly MoveType[] = [];
  /** The module being written. */
  module = '';
  scope: Variable[] = [];
  /** Resources that a reference leads into: nothing may touch them. */
  held: ReadonlySet<string> = new Set();
  /** Resources that the function being written touches. */
  acquires = new Set<string>();
  /** The name of the `&signer` parameter, if there is one. */
  account: string | undefined;
  /** How often the next line runs in one call, roughly, and what the function's lines come to. */
  multiplier = 1;
  weight = 0;
  /** Loops around the next line, innermost last; what is inside a closure's body is in none. */
  labels: string[] = [];
  /** Of the function being written. */
  returns: readonly MoveType[] = [];
  #names = 0;
  #indent = 1;
  readonly lines: string[] = [];

  constructor(seed: string) {
    this.random = new EdgeRandom(seed);
  }

  beginFunction(): void {
    this.scope = [];
    this.held = new Set();
    this.acquires = new Set();
    this.account = undefined;
    this.multiplier = 1;
    this.weight = 0;
    this.labels = [];
    this.returns = [];
    this.#names = 0;
  }

  line(text: string): void {
    this.lines.push('    '.repeat(this.#indent) + text);
  }

  /** Lines of `body` one level further in. */
  indented(body: () => void): void {
    this.#indent++;
    body();
    this.#indent--;
  }

  /** What `body` declares is gone behind it. */
  nested(body: () => void): void {
    const outer = [...this.scope];
    this.indented(body);
    this.scope = outer;
  }

  fresh(prefix = 't'): string {
    return `${prefix}${this.#names++}`;
  }

  /** Counts what stands next as so many statements. */
  spend(statements: number): void {
    this.weight += statements * this.multiplier;
  }

  /** Whether a call of `target` may stand here. */
  mayCall(target: ProgramFunction): boolean {
    if ([...target.acquires].some((resource) => this.held.has(resource))) return false;
    return this.weight + target.weight * this.multiplier < WEIGHT_MAX;
  }

  called(target: ProgramFunction): string {
    this.spend(target.weight);
    for (const resource of target.acquires) this.acquires.add(resource);
    return target.module === this.module ? target.name : `${target.module}::${target.name}`;
  }

  variableOf(type: MoveType): Variable | undefined {
    return this.pickOf(this.scope.filter((variable) => sameMoveType(variable.type, type)));
  }

  pickOf<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : this.random.pick(items);
  }

  /** True so many times in a hundred. */
  percent(chance: number): boolean {
    return this.random.below(100) < chance;
  }

  isOwn(type: MoveType): boolean {
    return type.kind !== 'named' || type.declaration.module === this.module;
  }
}

/** How a place inside a variable is written: fields are reached through a reference as they are through a value. */
export function fieldPlace(variable: Variable, field: string): Variable {
  const base = variable.reference ? variable.place.slice(1) : variable.place;
  return { place: `${base}.${field}`, type: variable.type };
}

/** `&place` or `&mut place`; a reference is borrowed on. */
export function borrow(place: string, how: 'shared' | 'mutable'): string {
  return how === 'mutable' ? `&mut ${place}` : `&${place}`;
}
