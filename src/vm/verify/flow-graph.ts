// A function's basic blocks, the jumps between them, and the order in which the analyses walk them.

import { at, endsFlow } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';

export interface BasicBlock {
  /** Offset of the first instruction; names the block. */
  readonly start: number;
  /** Offset of the last instruction. */
  readonly end: number;
  /** Starts of the blocks that may follow, in ascending order. */
  readonly successors: readonly number[];
}

export interface FlowGraph {
  /** By start, in ascending order; those that nothing reaches too. */
  readonly blocks: ReadonlyMap<number, BasicBlock>;
  /** The blocks that can be reached, each after its predecessors but for loops (reverse post-order). */
  readonly order: readonly BasicBlock[];
  /** Position of each reachable block in `order`. */
  readonly position: ReadonlyMap<number, number>;
  /** `from start → starts` of the edges that close a loop in the walk. */
  readonly backEdges: ReadonlyMap<number, ReadonlySet<number>>;
}

/** `code` is not empty, and every target in it lies in it. */
export function buildFlowGraph(code: readonly Instruction[]): FlowGraph {
  const blocks = splitBlocks(code);
  const { order, backEdges } = walk(blocks);
  return { blocks, order, position: new Map(order.map((block, index) => [block.start, index])), backEdges };
}

function splitBlocks(code: readonly Instruction[]): Map<number, BasicBlock> {
  const starts = new Set([0]);
  for (let offset = 0; offset < code.length; offset++) {
    const instruction = at(code, offset);
    if ('target' in instruction) starts.add(instruction.target);
    if ('target' in instruction || endsFlow(instruction)) starts.add(offset + 1);
  }
  const blocks = new Map<number, BasicBlock>();
  let start = 0;
  for (let end = 0; end < code.length; end++) {
    const instruction = at(code, end);
    const next = end + 1;
    if (next < code.length && !starts.has(next)) continue;
    const successors = new Set<number>();
    if ('target' in instruction) successors.add(instruction.target);
    if (!endsFlow(instruction) && next < code.length) successors.add(next);
    blocks.set(start, { start, end, successors: [...successors].sort((a, b) => a - b) });
    start = next;
  }
  return blocks;
}

/** Depth-first from the first block; the last successor is explored first. */
function walk(blocks: ReadonlyMap<number, BasicBlock>): {
  readonly order: readonly BasicBlock[];
  readonly backEdges: ReadonlyMap<number, ReadonlySet<number>>;
} {
  const state = new Map<number, 'open' | 'done'>();
  const backEdges = new Map<number, Set<number>>();
  const finished: BasicBlock[] = [];
  const stack = [0];
  for (let start = stack.pop(); start !== undefined; start = stack.pop()) {
    const block = blocks.get(start);
    if (!block || state.get(start) === 'done') continue;
    if (state.get(start) === 'open') {
      state.set(start, 'done');
      finished.push(block);
      continue;
    }
    state.set(start, 'open');
    stack.push(start);
    for (const successor of block.successors) {
      const seen = state.get(successor);
      if (seen === undefined) stack.push(successor);
      else if (seen === 'open') {
        const edges = backEdges.get(start) ?? new Set();
        backEdges.set(start, edges.add(successor));
      }
    }
  }
  return { order: finished.reverse(), backEdges };
}
