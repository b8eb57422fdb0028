// Pass 10: code ends where it says so, and every loop has one entry. From version 6 on the flow graph must be reducible (Tarjan, "Testing flow
// graph reducibility", 1974); version 5 has stricter rules of its own (`control-flow-v5.ts`).

import { assert } from '../../base/errors.ts';
import { endsFlow } from '../bytecode/access.ts';
import { checkLoopsV5 } from './control-flow-v5.ts';
import { refuse } from './error.ts';
import { buildFlowGraph, type FlowGraph } from './flow-graph.ts';
import { type FunctionBody, type FunctionCode, refuseAt } from './function-body.ts';
import { BASIC_BLOCKS_MAX, LOOP_DEPTH_MAX } from './limits.ts';

/** The last version with the old rules. */
const VERSION_STRUCTURED = 5;

/** @throws VerificationError */
export function checkControlFlow(code: FunctionCode): FunctionBody {
  const place = code.index === undefined ? {} : { function: code.index };
  const last = code.code.at(-1);
  if (!last) refuse(code.unit, 'EMPTY_CODE_UNIT', 'a function without instructions', place);
  if (!endsFlow(last)) refuseAt(code, 'INVALID_FALL_THROUGH', 'the code runs out', code.code.length - 1);
  if (code.unit.version <= VERSION_STRUCTURED) checkLoopsV5(code);
  const graph = buildFlowGraph(code.code);
  // Before the loops are looked at, since that takes longer than linear time.
  if (graph.blocks.size > BASIC_BLOCKS_MAX) {
    refuseAt(code, 'TOO_MANY_BASIC_BLOCKS', `${graph.blocks.size} basic blocks`, 0);
  }
  if (code.unit.version > VERSION_STRUCTURED) checkReducible(code, graph);
  return { ...code, graph };
}

/**
 * Takes the loops from the innermost out. All that leads back to a loop's head without passing it is the loop's body; if some of that does
 * not lie below the head in the depth-first tree, the loop has a second entry. A loop that was looked at counts as one node.
 */
function checkReducible(code: FunctionCode, graph: FlowGraph): void {
  const tree = new DepthFirstTree(graph);
  const loops = new LoopNest(tree.size);
  for (let head = tree.size - 1; head >= 0; head--) {
    const back = tree.backEdges(head);
    if (back.length === 0) continue;
    const body = new Set(back.map((node) => loops.headOf(node)));
    body.delete(head);
    const frontier = [...body];
    for (let node = frontier.pop(); node !== undefined; node = frontier.pop()) {
      for (const edge of tree.otherEdges(node)) {
        const before = loops.headOf(edge);
        if (!tree.isBelow(before, head)) {
          refuseAt(code, 'INVALID_LOOP_SPLIT', 'a jump into the middle of a loop', tree.startOf(before));
        }
        if (before === head || body.has(before)) continue;
        body.add(before);
        frontier.push(before);
      }
    }
    if (loops.collapse(head, body) > LOOP_DEPTH_MAX) {
      refuseAt(code, 'LOOP_MAX_DEPTH_REACHED', `loops nested over ${LOOP_DEPTH_MAX} deep`, tree.startOf(head));
    }
  }
}

/** The reachable blocks, numbered as a depth-first walk first meets them: what lies below a node has the numbers that follow. */
class DepthFirstTree {
  readonly #starts: number[] = [];
  /** Nodes below each node. */
  readonly #below: number[] = [];
  /** Sources of the edges into each node: those that close a loop in the walk, and the others. */
  readonly #back: number[][] = [];
  readonly #other: number[][] = [];

  constructor(graph: FlowGraph) {
    const nodeOf = new Map<number, number>();
    const isOpen: boolean[] = [];
    const enter = (start: number, stack: Step[], parent: number | undefined): void => {
      const node = this.#starts.length;
      nodeOf.set(start, node);
      isOpen[node] = true;
      this.#starts.push(start);
      this.#below.push(0);
      this.#back.push([]);
      this.#other.push(parent === undefined ? [] : [parent]);
      stack.push({ kind: 'leave', node, parent });
      for (const to of graph.blocks.get(start)?.successors ?? []) stack.push({ kind: 'edge', from: node, to });
    };
    const stack: Step[] = [];
    enter(0, stack, undefined);
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (step.kind === 'leave') {
        isOpen[step.node] = false;
        if (step.parent !== undefined) increase(this.#below, step.parent, 1 + (this.#below[step.node] ?? 0));
        continue;
      }
      const node = nodeOf.get(step.to);
      if (node === undefined) enter(step.to, stack, step.from);
      else (isOpen[node] ? this.#back : this.#other)[node]?.push(step.from);
    }
  }

  get size(): number {
    return this.#starts.length;
  }

  startOf(node: number): number {
    const start = this.#starts[node];
    assert(start !== undefined, 'no such node');
    return start;
  }

  backEdges(node: number): readonly number[] {
    return this.#back[node] ?? [];
  }

  otherEdges(node: number): readonly number[] {
    return this.#other[node] ?? [];
  }

  /** Whether `node` is `ancestor` or below it. */
  isBelow(node: number, ancestor: number): boolean {
    return node >= ancestor && node <= ancestor + (this.#below[ancestor] ?? 0);
  }
}

type Step =
  | { readonly kind: 'edge'; readonly from: number; readonly to: number }
  | { readonly kind: 'leave'; readonly node: number; readonly parent: number | undefined };

/** Which nodes were collapsed into which loop heads (a disjoint-set forest), and how deep loops nest in each. */
class LoopNest {
  readonly #parent: number[];
  readonly #depth: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, node) => node);
    this.#depth = new Array<number>(size).fill(0);
  }

  /** The head of the outermost loop so far that holds `node`; itself where none does. */
  headOf(node: number): number {
    let head = node;
    for (let up = this.#up(head); up !== head; up = this.#up(head)) head = up;
    for (let next = node; next !== head; ) {
      const up = this.#up(next);
      this.#parent[next] = head;
      next = up;
    }
    return head;
  }

  /** Makes the loop one node. Returns how deep loops nest in it. */
  collapse(head: number, body: ReadonlySet<number>): number {
    let depth = this.#depth[head] ?? 0;
    for (const node of body) {
      this.#parent[node] = head;
      depth = Math.max(depth, this.#depth[node] ?? 0);
    }
    this.#depth[head] = depth + 1;
    return depth + 1;
  }

  #up(node: number): number {
    return this.#parent[node] ?? node;
  }
}

function increase(counts: number[], index: number, by: number): void {
  counts[index] = (counts[index] ?? 0) + by;
}
