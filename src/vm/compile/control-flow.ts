// The control-flow graph of one function: basic blocks, reverse postorder, dominators, and whether every loop has one entry. Between blocks
// Move's operand stack is empty (the verifier demands it), so a block is known by its instructions alone.

import { assert } from '../../base/errors.ts';
import { endsFlow } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';

export interface Block {
  /** Position in `ControlFlow.blocks`, which is a reverse postorder: a forward edge goes to a higher index. */
  readonly index: number;
  /** First instruction and the one after the last. */
  readonly start: number;
  readonly end: number;
  readonly exit: Exit;
  /** Has a backward edge to it. */
  readonly isLoop: boolean;
  /** Has several forward edges to it. */
  readonly isMerge: boolean;
  /** Blocks whose immediate dominator this is, ascending. */
  readonly dominated: readonly Block[];
  /** Blocks in the dominator tree from here on, itself too. */
  readonly weight: number;
}

/** How a block ends. `branch` to a block index; a `condition` was left on the stack and chooses. */
export type Exit =
  | { readonly kind: 'end' }
  | { readonly kind: 'branch'; readonly to: number }
  | { readonly kind: 'condition'; readonly whenTrue: number; readonly whenFalse: number };

interface Draft {
  readonly start: number;
  readonly end: number;
  readonly successors: readonly number[];
}

/** Of verified code, so every loop has one entry. Unreachable code has no block. */
export function buildControlFlow(code: readonly Instruction[]): readonly Block[] {
  const drafts = splitBlocks(code);
  const order = reversePostorder(drafts);
  const indexOfStart = new Map(order.map((start, index) => [start, index]));
  const successors = order.map((start) =>
    draftAt(drafts, start).successors.map((target) => numberOf(indexOfStart, target)),
  );
  const predecessors: number[][] = order.map(() => []);
  successors.forEach((targets, from) => {
    for (const target of targets) predecessors[target]?.push(from);
  });
  const dominators = immediateDominators(predecessors);

  const blocks: (Block & { isLoop: boolean; isMerge: boolean; dominated: Block[]; weight: number })[] = order.map(
    (start, index) => {
      const draft = draftAt(drafts, start);
      return {
        index,
        start,
        end: draft.end,
        exit: exitOf(code[draft.end - 1], successors[index] ?? []),
        isLoop: false,
        isMerge: false,
        dominated: [],
        weight: 1,
      };
    },
  );
  for (const block of blocks) {
    const from = predecessors[block.index] ?? [];
    const backward = from.filter((source) => source >= block.index);
    for (const source of backward) {
      assert(dominates(dominators, block.index, source), 'a loop with two entries, which the verifier refuses');
    }
    block.isLoop = backward.length > 0;
    block.isMerge = from.length - backward.length > 1;
    if (block.index > 0) blocks[dominators[block.index] ?? 0]?.dominated.push(block);
  }
  for (const block of [...blocks].reverse()) {
    for (const child of block.dominated) block.weight += child.weight;
  }
  return blocks;
}

function splitBlocks(code: readonly Instruction[]): ReadonlyMap<number, Draft> {
  const starts = new Set([0]);
  code.forEach((instruction, offset) => {
    if ('target' in instruction) starts.add(instruction.target).add(offset + 1);
    else if (endsFlow(instruction)) starts.add(offset + 1);
  });
  const sorted = [...starts].filter((start) => start < code.length).sort((a, b) => a - b);
  const drafts = new Map<number, Draft>();
  sorted.forEach((start, index) => {
    const end = sorted[index + 1] ?? code.length;
    const last = code[end - 1];
    let successors: readonly number[] = [end];
    if (last && 'target' in last) successors = last.op === 'branch' ? [last.target] : [last.target, end];
    else if (last && endsFlow(last)) successors = [];
    drafts.set(start, { start, end, successors });
  });
  return drafts;
}

/** Starts of the blocks that can be reached. */
function reversePostorder(drafts: ReadonlyMap<number, Draft>): readonly number[] {
  const order: number[] = [];
  const seen = new Set([0]);
  const path: { readonly draft: Draft; next: number }[] = [{ draft: draftAt(drafts, 0), next: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const target = top.draft.successors[top.next++];
    if (target === undefined) {
      order.push(top.draft.start);
      path.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      path.push({ draft: draftAt(drafts, target), next: 0 });
    }
  }
  return order.reverse();
}

/** Cooper, Harvey and Kennedy's iteration: for each block in reverse postorder the index of its immediate dominator (its own for 0). */
function immediateDominators(predecessors: readonly (readonly number[])[]): readonly number[] {
  const idom: (number | undefined)[] = predecessors.map((_, index) => (index === 0 ? 0 : undefined));
  const intersect = (a: number, b: number): number => {
    let x = a;
    let y = b;
    while (x !== y) {
      while (x > y) x = idom[x] ?? 0;
      while (y > x) y = idom[y] ?? 0;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    predecessors.forEach((sources, index) => {
      if (index === 0) return;
      const known = sources.filter((source) => idom[source] !== undefined);
      const dominator = known.reduce(intersect);
      if (idom[index] !== dominator) {
        idom[index] = dominator;
        changed = true;
      }
    });
  }
  return idom.map((dominator) => dominator ?? 0);
}

function dominates(dominators: readonly number[], ancestor: number, block: number): boolean {
  let at = block;
  while (at > ancestor) at = dominators[at] ?? 0;
  return at === ancestor;
}

function exitOf(last: Instruction | undefined, successors: readonly number[]): Exit {
  const [first, second] = successors;
  if (first === undefined) return { kind: 'end' };
  if (second === undefined) return { kind: 'branch', to: first };
  return last?.op === 'brFalse'
    ? { kind: 'condition', whenTrue: second, whenFalse: first }
    : { kind: 'condition', whenTrue: first, whenFalse: second };
}

function draftAt(drafts: ReadonlyMap<number, Draft>, start: number): Draft {
  const draft = drafts.get(start);
  assert(draft !== undefined, `no block at ${start}`);
  return draft;
}

function numberOf(indices: ReadonlyMap<number, number>, start: number): number {
  const index = indices.get(start);
  assert(index !== undefined, `no block at ${start}`);
  return index;
}
