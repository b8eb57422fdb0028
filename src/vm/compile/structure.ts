// Turns a control-flow graph into WebAssembly's nested blocks and loops, from the dominator tree, as Norman Ramsey describes in "Beyond
// Relooper" (ICFP 2022): every block is placed where its immediate dominator ends; a loop header opens a `loop`, a block that several
// forward edges lead to comes after a `block` that they branch out of.

import { AssertionError, assert } from '../../base/errors.ts';
import { type Code, type Label, Op } from '../wasm/code.ts';
import type { Block } from './control-flow.ts';

/** Writes a block's instructions without its final branch; a condition is left on the stack. */
export type EmitBlock = (block: Block) => void;

export function emitStructured(code: Code, blocks: readonly Block[], emitBlock: EmitBlock): void {
  new Structurer(code, blocks, emitBlock).tree(blockAt(blocks, 0));
}

class Structurer {
  readonly #code: Code;
  readonly #blocks: readonly Block[];
  readonly #emitBlock: EmitBlock;
  /** Where a backward branch to a loop header goes, and a forward branch to a merge block. */
  readonly #loops = new Map<number, Label>();
  readonly #merges = new Map<number, Label>();

  constructor(code: Code, blocks: readonly Block[], emitBlock: EmitBlock) {
    this.#code = code;
    this.#blocks = blocks;
    this.#emitBlock = emitBlock;
  }

  /** A block with all that it dominates. Control never falls out of the end. */
  tree(block: Block): void {
    if (block.isLoop) this.#loops.set(block.index, this.#code.loop());
    const merges = block.dominated.filter((child) => child.isMerge);
    for (const merge of [...merges].reverse()) this.#merges.set(merge.index, this.#code.block());
    this.#emitBlock(block);
    this.#exit(block);
    for (const merge of merges) {
      this.#code.end();
      this.tree(merge);
    }
    if (block.isLoop) this.#code.end().op(Op.unreachable);
  }

  #exit(block: Block): void {
    const { exit } = block;
    switch (exit.kind) {
      case 'end':
        return;
      case 'branch':
        this.#go(block, exit.to);
        return;
      case 'condition':
        this.#choose(block, exit.whenTrue, exit.whenFalse);
        return;
    }
  }

  #choose(block: Block, whenTrue: number, whenFalse: number): void {
    const trueLabel = this.#label(block, whenTrue);
    const falseLabel = this.#label(block, whenFalse);
    if (trueLabel) {
      this.#code.brIf(trueLabel);
      this.#go(block, whenFalse);
      return;
    }
    if (falseLabel) {
      this.#code.op(Op.i32Eqz).brIf(falseLabel);
      this.#go(block, whenTrue);
      return;
    }
    // Neither arm falls through, so one stands in an `if` and the other after it: the larger one stays at this level.
    const trueIsSmaller = blockAt(this.#blocks, whenTrue).weight <= blockAt(this.#blocks, whenFalse).weight;
    if (!trueIsSmaller) this.#code.op(Op.i32Eqz);
    this.#code.if();
    this.#go(block, trueIsSmaller ? whenTrue : whenFalse);
    this.#code.end();
    this.#go(block, trueIsSmaller ? whenFalse : whenTrue);
  }

  #go(from: Block, to: number): void {
    const label = this.#label(from, to);
    if (label) this.#code.br(label);
    else this.tree(blockAt(this.#blocks, to));
  }

  /** Where to branch to; nothing when the target is to be placed right here, its only way in. */
  #label(from: Block, to: number): Label | undefined {
    if (to <= from.index) return labelOf(this.#loops, to);
    return blockAt(this.#blocks, to).isMerge ? labelOf(this.#merges, to) : undefined;
  }
}

function labelOf(labels: ReadonlyMap<number, Label>, index: number): Label {
  const label = labels.get(index);
  assert(label !== undefined, `block ${index} is not enclosing`);
  return label;
}

function blockAt(blocks: readonly Block[], index: number): Block {
  const block = blocks[index];
  if (block === undefined) throw new AssertionError(`no block ${index}`);
  return block;
}
