// Pass 12: every instruction finds operands of the types it works on, with the abilities it needs. Blocks start with an empty stack (the pass before
// saw to it), so each is looked at once, whether anything reaches it or not. The rules are here, in `type-arithmetic.ts`, `type-calls.ts`,
// `type-structs.ts` and `type-vectors.ts`.

import { at, type IndexInstruction, isAssignable, operandTarget, typeArgsAt } from '../bytecode/access.ts';
import { Ability, type Instruction, type SignatureToken } from '../bytecode/module.ts';
import type { FunctionBody } from './function-body.ts';
import type { Meter } from './meter.ts';
import { checkArithmetic, checkNumber, isNumberOp, type NumberOp } from './type-arithmetic.ts';
import { checkCall, checkCallClosure, checkPackClosure } from './type-calls.ts';
import { referenceTo, referred, TypeStack } from './type-stack.ts';
import { checkStructOperation } from './type-structs.ts';
import { checkVector } from './type-vectors.ts';

type LocalInstruction = Extract<Instruction, { readonly local: number }>;
type TypeInstruction = Extract<Instruction, { readonly type: number }>;

const MESSAGE: SignatureToken = { kind: 'vector', inner: { kind: 'u8' } };

/** @throws VerificationError */
export function checkTypeSafety(body: FunctionBody, meter: Meter): void {
  const stack = new TypeStack(body, meter);
  for (const block of body.graph.blocks.values()) {
    for (let offset = block.start; offset <= block.end; offset++) {
      stack.offset = offset;
      checkInstruction(stack, at(body.code, offset));
    }
  }
}

function checkInstruction(stack: TypeStack, instruction: Instruction): void {
  if ('index' in instruction) checkIndexed(stack, instruction);
  else if ('local' in instruction) checkLocal(stack, instruction);
  else if (instruction.op === 'callClosure') checkCallClosure(stack, instruction.type);
  else if ('type' in instruction) checkVector(stack, instruction);
  else if (isNumberOp(instruction.op)) checkNumber(stack, instruction.op);
  else checkSimple(stack, instruction.op);
}

type SimpleOp = Exclude<Instruction['op'], (IndexInstruction | LocalInstruction | TypeInstruction)['op'] | NumberOp>;

function checkSimple(stack: TypeStack, op: SimpleOp): void {
  switch (op) {
    case 'pop':
      if (!stack.has(stack.pop(), Ability.drop)) stack.refuse('POP_WITHOUT_DROP_ABILITY');
      return;
    case 'brTrue':
    case 'brFalse':
      stack.expectLeaf('bool', 'BR_TYPE_MISMATCH_ERROR');
      return;
    case 'abort':
      stack.expectLeaf('u64', 'ABORT_TYPE_MISMATCH_ERROR');
      return;
    case 'abortMsg':
      stack.expect(MESSAGE, 'ABORT_TYPE_MISMATCH_ERROR');
      stack.expectLeaf('u64', 'ABORT_TYPE_MISMATCH_ERROR');
      return;
    case 'ret':
      for (const type of stack.body.returns.toReversed()) stack.expectAssignable(type, 'RET_TYPE_MISMATCH_ERROR');
      return;
    case 'branch':
    case 'nop':
      return;
    case 'freezeRef': {
      const type = stack.pop();
      if (type.kind !== 'mutableReference') stack.refuse('FREEZEREF_TYPE_MISMATCH_ERROR');
      stack.push({ kind: 'reference', inner: type.inner });
      return;
    }
    case 'readRef': {
      const inner = referred(stack.pop());
      if (!inner) stack.refuse('READREF_TYPE_MISMATCH_ERROR');
      if (!stack.has(inner, Ability.copy)) stack.refuse('READREF_WITHOUT_COPY_ABILITY');
      stack.push(inner);
      return;
    }
    case 'writeRef':
      checkWrite(stack);
      return;
    case 'ldTrue':
    case 'ldFalse':
      stack.pushLeaf('bool');
      return;
    default:
      checkArithmetic(stack, op);
  }
}

function checkLocal(stack: TypeStack, instruction: LocalInstruction): void {
  const type = at(stack.body.locals, instruction.local);
  switch (instruction.op) {
    case 'stLoc':
      stack.expectAssignable(type, 'STLOC_TYPE_MISMATCH_ERROR');
      return;
    case 'copyLoc':
      if (!stack.has(type, Ability.copy)) stack.refuse('COPYLOC_WITHOUT_COPY_ABILITY');
      stack.push(type);
      return;
    case 'moveLoc':
      stack.push(type);
      return;
    case 'mutBorrowLoc':
    case 'immBorrowLoc':
      if (referred(type)) stack.refuse('BORROWLOC_REFERENCE_ERROR');
      stack.push(referenceTo(type, instruction.op === 'mutBorrowLoc'));
  }
}

function checkIndexed(stack: TypeStack, instruction: IndexInstruction): void {
  const { unit } = stack.body;
  const target = operandTarget(unit, instruction);
  if (target.kind === 'constant') {
    stack.push(at(unit.constants, target.constant).type);
    return;
  }
  const typeArgs = typeArgsAt(unit, target.typeArgs);
  // The Rust verifier does not charge for the arguments of `TestVariantGeneric`.
  if (instruction.op !== 'testVariantGeneric') for (const arg of typeArgs) stack.charge(arg);
  if (target.kind !== 'function') checkStructOperation(stack, instruction.op, target, typeArgs);
  else if ('mask' in instruction) checkPackClosure(stack, target.handle, typeArgs, instruction.mask);
  else checkCall(stack, target.handle, typeArgs);
}

function checkWrite(stack: TypeStack): void {
  const reference = stack.pop();
  const value = stack.pop();
  if (reference.kind !== 'mutableReference') stack.refuse('WRITEREF_NO_MUTABLE_REFERENCE_ERROR');
  if (!stack.has(reference.inner, Ability.drop)) stack.refuse('WRITEREF_WITHOUT_DROP_ABILITY');
  if (!isAssignable(reference.inner, value)) stack.refuse('WRITEREF_TYPE_MISMATCH_ERROR');
}
