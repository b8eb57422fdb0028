// Pass 9: generic functions do not call themselves, directly or in a circle, with ever larger type arguments: that would make infinitely
// many instances. The graph has a node for every type parameter of every function and an edge wherever a call or closure hands one on; a circle is
// harmless as long as no edge in it wraps the parameter into a larger type.

import { at, typeArgsAt, visitTypes } from '../bytecode/access.ts';
import type { CompiledModule } from '../bytecode/module.ts';
import { refuse } from './error.ts';
import { strongComponents } from './strong-components.ts';

/** A module of 400 KB that may be published comes up to it: `complexity.ts` lets no module use more than five types for every two of its bytes. */
const EDGES_MAX = 1_000_000;
const BITS = 32;

/** @throws VerificationError */
export function checkInstantiationLoops(module: CompiledModule): void {
  const index = new ParameterGraph(module).growingFunction();
  if (index === undefined) return;
  refuse(module, 'LOOP_IN_INSTANTIATION_GRAPH', 'type arguments grow without end', { table: 'functions', index });
}

/** A type argument: which type parameters occur in it, as bits, and whether it is more than one itself. */
interface Use {
  readonly parameters: number;
  readonly grows: boolean;
}

/** Edges from one function to another, for each of the latter's type parameters: the former's that it is made of. */
interface Edges {
  readonly all: number[];
  readonly growing: number[];
}

class ParameterGraph {
  readonly #module: CompiledModule;
  /** By signature. */
  readonly #uses = new Map<number, readonly Use[]>();
  /** Node of each function's first type parameter. The others follow. */
  readonly #firstNodes: number[] = [];
  #size = 0;
  /** By function, then by the function called. */
  readonly #edges: readonly ReadonlyMap<number, Edges>[];

  constructor(module: CompiledModule) {
    this.#module = module;
    this.#edges = [];
    if (!this.#canGrow()) return;
    const definitionOf = new Map<number, number>();
    for (const [index, { handle }] of module.functions.entries()) {
      definitionOf.set(handle, index);
      this.#firstNodes.push(this.#size);
      this.#size += at(module.functionHandles, handle).typeParameters.length;
    }
    this.#edges = module.functions.map((_, index) => this.#edgesOf(index, definitionOf));
  }

  /** A function on a circle with a growing edge. */
  growingFunction(): number | undefined {
    const componentOf: number[] = [];
    for (const [component, nodes] of strongComponents(this.#successors()).entries()) {
      for (const node of nodes) componentOf[node] = component;
    }
    for (const [index, edges] of this.#edges.entries()) {
      for (const [callee, { growing }] of edges) {
        for (const [from, to] of this.#pairs(index, callee, growing)) {
          if (componentOf[from] === componentOf[to]) return index;
        }
      }
    }
    return undefined;
  }

  /** Most modules hand on type parameters as they are, or none. */
  #canGrow(): boolean {
    const { functionInstantiations } = this.#module;
    return functionInstantiations.some(({ typeArgs }) =>
      this.#usesIn(typeArgs).some((use) => use.grows && use.parameters !== 0),
    );
  }

  #edgesOf(index: number, definitionOf: ReadonlyMap<number, number>): ReadonlyMap<number, Edges> {
    const module = this.#module;
    const edges = new Map<number, Edges>();
    const seen = new Set<number>();
    for (const instruction of at(module.functions, index).body?.code ?? []) {
      if (instruction.op !== 'callGeneric' && instruction.op !== 'packClosureGeneric') continue;
      if (seen.has(instruction.index)) continue;
      seen.add(instruction.index);
      const { handle, typeArgs } = at(module.functionInstantiations, instruction.index);
      const callee = definitionOf.get(handle);
      if (callee === undefined) continue;
      const uses = this.#usesIn(typeArgs);
      let known = edges.get(callee);
      if (!known) {
        known = { all: uses.map(() => 0), growing: uses.map(() => 0) };
        edges.set(callee, known);
      }
      for (const [parameter, use] of uses.entries()) {
        known.all[parameter] = at(known.all, parameter) | use.parameters;
        if (use.grows) known.growing[parameter] = at(known.growing, parameter) | use.parameters;
      }
    }
    return edges;
  }

  /** @throws VerificationError `PROGRAM_TOO_COMPLEX` */
  #successors(): readonly (readonly number[])[] {
    const successors = Array.from({ length: this.#size }, (): number[] => []);
    let left = EDGES_MAX;
    for (const [index, edges] of this.#edges.entries()) {
      for (const [callee, { all }] of edges) {
        for (const [from, to] of this.#pairs(index, callee, all)) {
          if (left-- === 0) refuse(this.#module, 'PROGRAM_TOO_COMPLEX', 'too many type arguments for its size');
          at(successors, from).push(to);
        }
      }
    }
    return successors;
  }

  /** Edges one by one. */
  *#pairs(caller: number, callee: number, edges: readonly number[]): Generator<readonly [from: number, to: number]> {
    const firstFrom = at(this.#firstNodes, caller);
    const firstTo = at(this.#firstNodes, callee);
    for (const [parameter, used] of edges.entries()) {
      for (let bits = used; bits !== 0; bits &= bits - 1) {
        yield [firstFrom + BITS - 1 - Math.clz32(bits & -bits), firstTo + parameter];
      }
    }
  }

  #usesIn(typeArgs: number): readonly Use[] {
    let uses = this.#uses.get(typeArgs);
    if (!uses) {
      uses = typeArgsAt(this.#module, typeArgs).map((arg) => {
        let parameters = 0;
        visitTypes(arg, (part) => {
          if (part.kind === 'typeParameter') parameters |= 1 << part.index;
        });
        return { parameters, grows: arg.kind !== 'typeParameter' };
      });
      this.#uses.set(typeArgs, uses);
    }
    return uses;
  }
}
