// Abstract interpretation: runs a function's code on abstract states, joins the states where ways meet, and repeats loops until nothing
// changes. The order of blocks is the Rust verifier's, so that the same fault is found first.

import { at } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { FunctionBody } from './function-body.ts';

export interface Analysis<State> {
  readonly initial: State;
  /** A state that may be changed without changing `state`. */
  clone(state: State): State;
  /** Changes `state` as `instruction` does. `isLast`: the block ends here. @throws VerificationError */
  execute(state: State, instruction: Instruction, offset: number, isLast: boolean): void;
  /** What holds on both ways, or nothing where that is `known` already. Changes neither. */
  join(known: State, incoming: State): State | undefined;
}

/** @throws VerificationError of `analysis` */
export function analyse<State>(body: FunctionBody, analysis: Analysis<State>): void {
  const { order, position, backEdges } = body.graph;
  const before = new Map<number, State>([[0, analysis.initial]]);
  for (let index = 0; index < order.length; ) {
    const block = at(order, index);
    let next = index + 1;
    const known = before.get(block.start);
    if (known !== undefined) {
      const state = analysis.clone(known);
      for (let offset = block.start; offset <= block.end; offset++) {
        analysis.execute(state, at(body.code, offset), offset, offset === block.end);
      }
      for (const successor of block.successors) {
        const old = before.get(successor);
        if (old === undefined) {
          before.set(successor, analysis.clone(state));
          continue;
        }
        const joined = analysis.join(old, state);
        if (joined === undefined) continue;
        before.set(successor, joined);
        if (backEdges.get(block.start)?.has(successor)) next = Math.min(next, position.get(successor) ?? next);
      }
    }
    index = next;
  }
}
