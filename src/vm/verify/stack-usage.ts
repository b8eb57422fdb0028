// Pass 11: every basic block starts and ends with an empty operand stack, never takes more than it put there, and stays within the
// stack's size. The later passes can then pop without asking.

import { assert } from '../../base/errors.ts';
import { at, fieldsOf, type IndexInstruction, operandTarget, parametersOf, returnsOf } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { BasicBlock } from './flow-graph.ts';
import { type FunctionBody, type FunctionCode, refuseAt } from './function-body.ts';
import { BLOCK_PUSHES_MAX, STACK_SIZE_MAX } from './limits.ts';

export type Effect = readonly [pops: number, pushes: number];

/** @throws VerificationError */
export function checkStackUsage(body: FunctionBody): void {
  for (const block of body.graph.blocks.values()) checkBlock(body, block);
}

function checkBlock(body: FunctionBody, block: BasicBlock): void {
  let height = 0;
  let pushed = 0;
  for (let offset = block.start; offset <= block.end; offset++) {
    const effect = effectOf(body, at(body.code, offset));
    const pops = effect[0];
    const pushes = effect[1];
    pushed += pushes;
    if (pushed > BLOCK_PUSHES_MAX) refuseAt(body, 'VALUE_STACK_PUSH_OVERFLOW', `${pushed} pushes`, block.start);
    if (height < pops) {
      refuseAt(body, 'NEGATIVE_STACK_SIZE_WITHIN_BLOCK', `${pops} values taken of ${height}`, block.start);
    }
    height += pushes - pops;
    if (height > STACK_SIZE_MAX) refuseAt(body, 'VALUE_STACK_OVERFLOW', `${height} values`, block.start);
  }
  if (height > 0) refuseAt(body, 'POSITIVE_STACK_SIZE_AT_BLOCK_END', `${height} values are left`, block.start);
}

/** What an instruction takes from the operand stack and leaves there. */
export function effectOf(body: FunctionCode, instruction: Instruction): Effect {
  const fixed = FIXED_EFFECTS[instruction.op];
  if (fixed) return fixed;
  if (instruction.op === 'ret') return [body.returns.length, 0];
  if (instruction.op === 'vecPack') return [instruction.count, 1];
  if (instruction.op === 'vecUnpack') return [1, instruction.count];
  if (instruction.op === 'callClosure') return closureEffect(body, instruction.type);
  if ('mask' in instruction) return [captureCount(instruction.mask), 1];
  return 'index' in instruction ? indexEffect(body, instruction) : [0, 0];
}

/** Calls, packing and unpacking. */
function indexEffect(body: FunctionCode, instruction: IndexInstruction): Effect {
  const target = operandTarget(body.unit, instruction);
  if (target.kind === 'function') {
    const handle = at(body.unit.functionHandles, target.handle);
    return [parametersOf(body.unit, handle).length, returnsOf(body.unit, handle).length];
  }
  if (target.kind === 'constant' || body.unit.kind === 'script') return [0, 1];
  const variant = target.kind === 'variant' ? target.variant : undefined;
  const fields = fieldsOf(at(body.unit.structs, target.struct), variant).length;
  return instruction.op.startsWith('un') ? [1, fields] : [fields, 1];
}

function closureEffect(body: FunctionCode, signature: number): Effect {
  const type = at(at(body.unit.signatures, signature), 0);
  assert(type.kind === 'function', 'a call of what is no function');
  return [type.parameters.length + 1, type.returns.length];
}

function captureCount(mask: bigint): number {
  let count = 0;
  for (let rest = mask; rest > 0n; rest >>= 1n) count += Number(rest & 1n);
  return count;
}

const TAKES_ONE: Effect = [1, 0];
const GIVES_ONE: Effect = [0, 1];
const TURNS_ONE: Effect = [1, 1];
const JOINS_TWO: Effect = [2, 1];
const TAKES_TWO: Effect = [2, 0];
const NOTHING: Effect = [0, 0];

/** All but the instructions whose effect depends on a signature, a struct or a count. */
const FIXED_EFFECTS: Partial<Readonly<Record<Instruction['op'], Effect>>> = {
  pop: TAKES_ONE,
  brTrue: TAKES_ONE,
  brFalse: TAKES_ONE,
  stLoc: TAKES_ONE,
  abort: TAKES_ONE,
  ldU8: GIVES_ONE,
  ldU16: GIVES_ONE,
  ldU32: GIVES_ONE,
  ldU64: GIVES_ONE,
  ldU128: GIVES_ONE,
  ldU256: GIVES_ONE,
  ldI8: GIVES_ONE,
  ldI16: GIVES_ONE,
  ldI32: GIVES_ONE,
  ldI64: GIVES_ONE,
  ldI128: GIVES_ONE,
  ldI256: GIVES_ONE,
  ldTrue: GIVES_ONE,
  ldFalse: GIVES_ONE,
  ldConst: GIVES_ONE,
  copyLoc: GIVES_ONE,
  moveLoc: GIVES_ONE,
  mutBorrowLoc: GIVES_ONE,
  immBorrowLoc: GIVES_ONE,
  not: TURNS_ONE,
  freezeRef: TURNS_ONE,
  readRef: TURNS_ONE,
  exists: TURNS_ONE,
  existsGeneric: TURNS_ONE,
  mutBorrowGlobal: TURNS_ONE,
  mutBorrowGlobalGeneric: TURNS_ONE,
  immBorrowGlobal: TURNS_ONE,
  immBorrowGlobalGeneric: TURNS_ONE,
  mutBorrowField: TURNS_ONE,
  mutBorrowFieldGeneric: TURNS_ONE,
  immBorrowField: TURNS_ONE,
  immBorrowFieldGeneric: TURNS_ONE,
  mutBorrowVariantField: TURNS_ONE,
  mutBorrowVariantFieldGeneric: TURNS_ONE,
  immBorrowVariantField: TURNS_ONE,
  immBorrowVariantFieldGeneric: TURNS_ONE,
  testVariant: TURNS_ONE,
  testVariantGeneric: TURNS_ONE,
  moveFrom: TURNS_ONE,
  moveFromGeneric: TURNS_ONE,
  castU8: TURNS_ONE,
  castU16: TURNS_ONE,
  castU32: TURNS_ONE,
  castU64: TURNS_ONE,
  castU128: TURNS_ONE,
  castU256: TURNS_ONE,
  castI8: TURNS_ONE,
  castI16: TURNS_ONE,
  castI32: TURNS_ONE,
  castI64: TURNS_ONE,
  castI128: TURNS_ONE,
  castI256: TURNS_ONE,
  negate: TURNS_ONE,
  vecLen: TURNS_ONE,
  vecPopBack: TURNS_ONE,
  add: JOINS_TWO,
  sub: JOINS_TWO,
  mul: JOINS_TWO,
  mod: JOINS_TWO,
  div: JOINS_TWO,
  bitOr: JOINS_TWO,
  bitAnd: JOINS_TWO,
  xor: JOINS_TWO,
  shl: JOINS_TWO,
  shr: JOINS_TWO,
  or: JOINS_TWO,
  and: JOINS_TWO,
  eq: JOINS_TWO,
  neq: JOINS_TWO,
  lt: JOINS_TWO,
  gt: JOINS_TWO,
  le: JOINS_TWO,
  ge: JOINS_TWO,
  vecImmBorrow: JOINS_TWO,
  vecMutBorrow: JOINS_TWO,
  moveTo: TAKES_TWO,
  moveToGeneric: TAKES_TWO,
  writeRef: TAKES_TWO,
  abortMsg: TAKES_TWO,
  vecPushBack: TAKES_TWO,
  vecSwap: [3, 0],
  branch: NOTHING,
  nop: NOTHING,
};
