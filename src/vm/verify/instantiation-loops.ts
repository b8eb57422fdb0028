// Pass 9: generic functions do not call themselves, directly or in a circle, with ever larger type arguments: that would make infinitely
// many instances. The graph has a node for every type parameter of every function and an edge wherever a call or closure hands one on; a circle is
// harmless as long as no edge in it wraps the parameter into a larger type.

import { at, typeArgsAt, visitTypes } from '../bytecode/access.ts';
import type { CompiledModule, SignatureToken } from '../bytecode/module.ts';
import { refuse } from './error.ts';
import { strongComponents } from './strong-components.ts';

/** @throws VerificationError */
export function checkInstantiationLoops(module: CompiledModule): void {
  const graph = new ParameterGraph();
  const definitionOf = new Map(module.functions.map((definition, index) => [definition.handle, index]));
  for (const [caller, definition] of module.functions.entries()) {
    const seen = new Set<number>();
    for (const instruction of definition.body?.code ?? []) {
      if (instruction.op !== 'callGeneric' && instruction.op !== 'packClosureGeneric') continue;
      if (seen.has(instruction.index)) continue;
      seen.add(instruction.index);
      const { handle, typeArgs } = at(module.functionInstantiations, instruction.index);
      const callee = definitionOf.get(handle);
      if (callee === undefined) continue;
      for (const [parameter, arg] of typeArgsAt(module, typeArgs).entries()) {
        for (const used of parametersIn(arg)) {
          graph.add([caller, used], [callee, parameter], arg.kind !== 'typeParameter');
        }
      }
    }
  }
  const index = graph.growingFunction();
  if (index === undefined) return;
  refuse(module, 'LOOP_IN_INSTANTIATION_GRAPH', 'type arguments grow without end', { table: 'functions', index });
}

/** A function definition and one of its type parameters. */
type Parameter = readonly [definition: number, parameter: number];

class ParameterGraph {
  readonly #nodes = new Map<string, number>();
  readonly #parameters: Parameter[] = [];
  readonly #successors: number[][] = [];
  /** Edges that wrap the parameter into a larger type. */
  readonly #growing: (readonly [from: number, to: number])[] = [];

  add(from: Parameter, to: Parameter, grows: boolean): void {
    const source = this.#node(from);
    const target = this.#node(to);
    this.#successors[source]?.push(target);
    if (grows) this.#growing.push([source, target]);
  }

  /** A function on a circle with a growing edge. */
  growingFunction(): number | undefined {
    const componentOf = new Map<number, number>();
    for (const [component, nodes] of strongComponents(this.#successors).entries()) {
      for (const node of nodes) componentOf.set(node, component);
    }
    const edge = this.#growing.find(([from, to]) => componentOf.get(from) === componentOf.get(to));
    return edge && this.#parameters[edge[0]]?.[0];
  }

  #node(parameter: Parameter): number {
    const key = parameter.join(' ');
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = this.#parameters.length;
      this.#nodes.set(key, node);
      this.#parameters.push(parameter);
      this.#successors.push([]);
    }
    return node;
  }
}

function parametersIn(type: SignatureToken): ReadonlySet<number> {
  const parameters = new Set<number>();
  visitTypes(type, (part) => {
    if (part.kind === 'typeParameter') parameters.add(part.index);
  });
  return parameters;
}
