// A value that stays in memory (a struct, a vector, a u128) can be handed on as the address it already has, if nothing changes that memory
// before the value is used. This looks at one basic block and says, for each instruction that could hand on an address, what happens
// between it and the last use. Nothing outlives a block on the operand stack.

import { AssertionError } from '../../base/errors.ts';
import type { Instruction } from '../bytecode/module.ts';

/** How many values an instruction takes off the stack and puts on it. */
export interface StackEffect {
  readonly pops: number;
  readonly pushes: number;
}

/** What becomes of a value that an instruction at some offset put on the stack. */
export interface Use {
  /** Operations that take the value, or a part of it after `unpack`. */
  readonly consumers: ReadonlySet<Instruction['op']>;
  /** The local that the instruction reads is stored to before the last use. */
  readonly localStored: boolean;
  /** Nothing before the last use writes to memory that a reference may point into. */
  readonly quiet: boolean;
}

interface Draft {
  readonly consumers: Set<Instruction['op']>;
  last: number;
}

/** Write to memory that existed before: what follows them may see another value behind a reference. */
const WRITING: ReadonlySet<Instruction['op']> = new Set<Instruction['op']>([
  'stLoc',
  'writeRef',
  'call',
  'callGeneric',
  'callClosure',
  'moveTo',
  'moveToGeneric',
  'moveFrom',
  'moveFromGeneric',
  'vecPushBack',
  'vecPopBack',
  'vecSwap',
]);

/** By the offset of the instruction. Only those that read from memory have an entry. */
export function planAliases(
  code: readonly Instruction[],
  start: number,
  end: number,
  effectOf: (instruction: Instruction) => StackEffect,
): ReadonlyMap<number, Use> {
  const drafts = new Map<number, Draft>();
  /** For each value on the stack, the instruction whose memory it may be in. */
  const stack: (number | undefined)[] = [];
  for (let offset = start; offset < end; offset++) {
    const instruction = code[offset];
    if (instruction === undefined) throw new AssertionError('past the end of the code');
    const { pops, pushes } = effectOf(instruction);
    let origin: number | undefined;
    for (let i = 0; i < pops; i++) {
      const taken = stack.pop();
      const draft = taken === undefined ? undefined : drafts.get(taken);
      if (draft === undefined) continue;
      draft.consumers.add(instruction.op);
      draft.last = offset;
      origin = taken;
    }
    if (isReader(instruction)) {
      drafts.set(offset, { consumers: new Set(), last: offset });
      origin = offset;
    } else if (!takesApart(instruction)) {
      origin = undefined;
    }
    for (let i = 0; i < pushes; i++) stack.push(origin);
  }
  return new Map([...drafts].map(([offset, draft]) => [offset, useOf(code, offset, draft)]));
}

function useOf(code: readonly Instruction[], offset: number, draft: Draft): Use {
  const reader = code[offset];
  const local = reader && 'local' in reader ? reader.local : undefined;
  let localStored = false;
  let quiet = true;
  for (let between = offset + 1; between < draft.last; between++) {
    const instruction = code[between];
    if (instruction === undefined) continue;
    if (WRITING.has(instruction.op)) quiet = false;
    if (instruction.op === 'stLoc' && instruction.local === local) localStored = true;
  }
  return { consumers: draft.consumers, localStored, quiet };
}

function isReader({ op }: Instruction): boolean {
  return op === 'moveLoc' || op === 'copyLoc' || op === 'readRef' || op === 'vecPopBack';
}

/** Gives out addresses inside what it took. */
function takesApart({ op }: Instruction): boolean {
  switch (op) {
    case 'unpack':
    case 'unpackGeneric':
    case 'unpackVariant':
    case 'unpackVariantGeneric':
    // A cast that keeps the bits of a wide integer gives on its address.
    case 'castU128':
    case 'castU256':
    case 'castI128':
    case 'castI256':
      return true;
    default:
      return false;
  }
}
