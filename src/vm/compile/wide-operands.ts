// Wide integers on the operand stack, as words in WebAssembly locals. What is on the engine's stack is the address, as of every value that stays in
// memory; what is at the address is written only when an instruction asks for it there (`FunctionContext.settle`). In functions that keep words,
// Move's locals of u128 and u256 are in such locals too (`locals.ts`), and all of them are locals that do not weigh on the frame: the frame has the
// same room for each value as if it were written at once.

import type { Instruction } from '../bytecode/module.ts';
import { INTEGER_BITS } from '../types/integer-kind.ts';
import type { Type } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import type { Operands } from './operands.ts';
import { setWords, type Words } from './wide-words.ts';

export interface KnownWords {
  readonly words: Words;
  /** Where in the frame the address points that is on the stack. */
  readonly place: number;
  /** Whether the words are there too. */
  isWritten: boolean;
  /** Whether they came about in locals that weigh on the frame: a u128 that was made by an instruction, not read. */
  readonly weighs: boolean;
}

export type KeptKind = 'u128' | 'u256';

/** Locals that instructions use within themselves: any, and those that multiply and divide in place besides. */
const SCRATCH_SLOTS = { any: 18, mul: 13, div: 20 } as const;
/**
 * Locals, operands and passed values, words among them. Of functions that call others as many may nest as calls do: with what is inlined besides
 * (`inlining.ts`) they take no more of the engine's stack than the heaviest frames do. Of those that call none there is one at a time.
 */
const SLOTS_MAX = { calling: 72, leaf: 288 } as const;
/** These take wide integers from locals, or look after what they take themselves. */
const WORDS_TAKEN: ReadonlySet<Instruction['op']> = new Set<Instruction['op']>([
  'pop',
  'stLoc',
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'bitAnd',
  'bitOr',
  'xor',
  'shl',
  'shr',
  'lt',
  'gt',
  'le',
  'ge',
  'eq',
  'neq',
  'castU8',
  'castU16',
  'castU32',
  'castU64',
  'castU128',
  'castU256',
]);

export function takesWords({ op }: Instruction): boolean {
  return WORDS_TAKEN.has(op);
}

export function isKept(kind: string | undefined): kind is KeptKind {
  return kind === 'u128' || kind === 'u256';
}

export function wordCount(kind: KeptKind): number {
  return INTEGER_BITS[kind] / 64;
}

/** Whether a function of these locals may keep words: `code` has the parameters, and what is fixed. */
export function mayKeepWords(
  code: Code,
  types: readonly Type[],
  body: readonly Instruction[],
  { facts, parameterCount }: { readonly facts: Operands; readonly parameterCount: number },
): boolean {
  const kept = types.flatMap(({ kind }) => (isKept(kind) ? wordCount(kind) : []));
  if (kept.length === 0 && !body.some(makesWords)) return false;
  let [height, highest, passed] = [0, 0, 0];
  let [isLeaf, multiplies, divides] = [true, false, false];
  for (const instruction of body) {
    const { pops, pushes } = facts.effect(instruction);
    height += pushes - pops;
    highest = Math.max(highest, height);
    passed = Math.max(passed, pops + pushes);
    switch (instruction.op) {
      case 'call':
      case 'callGeneric':
      case 'callClosure':
        isLeaf = false;
        break;
      case 'mul':
        multiplies = true;
        break;
      case 'div':
      case 'mod':
        divides = true;
    }
  }
  const scratch = SCRATCH_SLOTS.any + (multiplies ? SCRATCH_SLOTS.mul : 0) + (divides ? SCRATCH_SLOTS.div : 0);
  const fixed = code.locals.length + types.length - parameterCount + passed;
  const words = kept.reduce((sum, count) => sum + count, scratch);
  const slots = fixed + words + (1 + wordCount('u256')) * highest;
  return slots <= (isLeaf ? SLOTS_MAX.leaf : SLOTS_MAX.calling);
}

function makesWords({ op }: Instruction): boolean {
  return op === 'ldU128' || op === 'ldU256' || op === 'castU128' || op === 'castU256';
}

/** The wide integer on top of the stack leaves it; its words are in these locals until something else is put at its height. */
export function takeWords(context: FunctionContext, kind: KeptKind): Words {
  const { code } = context;
  const known = context.wordsOfTop;
  context.pop();
  if (known) {
    code.op(Op.drop);
    return known.words;
  }
  const words = context.extraWords(`${context.stack.length}`, wordCount(kind));
  loadInto(code, words, context.extraAddress);
  return words;
}

/** The words that the locals hold become a value on the stack, for which there is room in the frame at `place`. */
export function giveWords(context: FunctionContext, kind: KeptKind, words: Words, place: number): void {
  const kept = context.extraWords(`${context.stack.length}`, wordCount(kind));
  setWords(context.code, kept, words);
  pushWords(context, context.unit.types.primitive(kind), { words: kept, place, isWritten: false, weighs: false });
}

/** Words in locals that keep them as long as the value is on the stack. */
export function pushWords(context: FunctionContext, type: Type, known: KnownWords): void {
  context.pushFrameAddress(known.place);
  context.push(type, known);
}

/** (address) → the words there, in locals. */
export function loadInto(code: Code, words: Words, address: number): void {
  for (const [i, word] of words.entries()) {
    if (i === 0) code.tee(address);
    else code.get(address);
    code.mem(MemOp.i64Load, 8 * i).set(word);
  }
}
