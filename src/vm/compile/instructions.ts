// What each instruction becomes: one case, one function from the file named after the things that it works on. Branches leave their condition
// on the stack for `structure.ts`.

import { unreachable } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';
import { Op } from '../wasm/code.ts';
import { emitAbort, emitAbortMessage } from './aborts.ts';
import { emitLeaveRule } from './access-rules.ts';
import type { Use } from './alias-plan.ts';
import { emitCall, emitReturn } from './calls.ts';
import { emitCast } from './casts.ts';
import { emitCallClosure, emitPackClosure } from './closures.ts';
import { emitConstant } from './constants.ts';
import { emitEquality } from './equality.ts';
import type { FunctionContext } from './function-context.ts';
import { emitBorrowGlobal, emitExists, emitMoveFrom, emitMoveTo } from './globals.ts';
import { emitArithmetic, emitBitwise, emitComparison, emitNegate, emitShift } from './integers.ts';
import { type Locals, mayAliasMemory } from './locals.ts';
import { emitFreeze, emitRead, emitWrite } from './references.ts';
import {
  emitBorrowField,
  emitBorrowVariantField,
  emitPack,
  emitPackVariant,
  emitTestVariant,
  emitUnpack,
  emitUnpackVariant,
} from './structs.ts';
import type { TypedOperands } from './typed-operands.ts';
import {
  emitVectorBorrow,
  emitVectorLength,
  emitVectorPack,
  emitVectorPop,
  emitVectorPush,
  emitVectorSwap,
  emitVectorUnpack,
} from './vectors.ts';
import { emitWideConstant } from './wide-instructions.ts';

const LOADED = {
  ldU8: 'u8',
  ldU16: 'u16',
  ldU32: 'u32',
  ldU64: 'u64',
  ldU128: 'u128',
  ldU256: 'u256',
  ldI8: 'i8',
  ldI16: 'i16',
  ldI32: 'i32',
  ldI64: 'i64',
  ldI128: 'i128',
  ldI256: 'i256',
} as const;
const CAST = {
  castU8: 'u8',
  castU16: 'u16',
  castU32: 'u32',
  castU64: 'u64',
  castU128: 'u128',
  castU256: 'u256',
  castI8: 'i8',
  castI16: 'i16',
  castI32: 'i32',
  castI64: 'i64',
  castI128: 'i128',
  castI256: 'i256',
} as const;

/** What an instruction meets: the function as far as it is written, its locals, the meaning of its operands. */
export interface InstructionSite {
  readonly context: FunctionContext;
  readonly locals: Locals;
  readonly operands: TypedOperands;
  /** What becomes of the value that it leaves. */
  readonly use: Use | undefined;
}

export function emitInstruction(instruction: Instruction, { context, locals, operands, use }: InstructionSite): void {
  const { code } = context;
  const { types } = context.unit;
  switch (instruction.op) {
    case 'nop':
      return;
    case 'pop':
      context.pop();
      code.op(Op.drop);
      return;
    case 'ret':
      emitLeaveRule(context);
      emitReturn(context);
      return;
    case 'abort':
      emitAbort(context);
      return;
    case 'abortMsg':
      emitAbortMessage(context);
      return;
    case 'branch':
      return;
    case 'brTrue':
      context.pop();
      return;
    case 'brFalse':
      context.pop();
      // The structurer's condition is true for the instruction that follows.
      return;
    case 'ldTrue':
    case 'ldFalse':
      code.i32(instruction.op === 'ldTrue' ? 1 : 0);
      context.push(types.primitive('bool'));
      return;
    case 'ldU8':
    case 'ldU16':
    case 'ldU32':
    case 'ldI8':
    case 'ldI16':
    case 'ldI32':
      code.i32(instruction.value);
      context.push(types.primitive(LOADED[instruction.op]));
      return;
    case 'ldU64':
    case 'ldI64':
      code.i64(instruction.value);
      context.push(types.primitive(LOADED[instruction.op]));
      return;
    case 'ldU128':
    case 'ldU256':
    case 'ldI128':
    case 'ldI256':
      emitWideConstant(context, LOADED[instruction.op], instruction.value);
      return;
    case 'ldConst':
      emitConstant(context, at(context.module.compiled.constants, instruction.index));
      return;
    case 'copyLoc':
      locals.copy(instruction.local, use);
      return;
    case 'moveLoc':
      locals.move(instruction.local, use);
      return;
    case 'stLoc':
      locals.store(instruction.local);
      return;
    case 'mutBorrowLoc':
    case 'immBorrowLoc':
      locals.borrow(instruction.local, instruction.op === 'mutBorrowLoc');
      return;
    case 'readRef':
      emitRead(context, use);
      return;
    case 'writeRef':
      emitWrite(context);
      return;
    case 'freezeRef':
      emitFreeze(context);
      return;
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'mod':
      emitArithmetic(context, instruction.op);
      return;
    case 'bitAnd':
    case 'bitOr':
    case 'xor':
      emitBitwise(context, instruction.op);
      return;
    case 'shl':
    case 'shr':
      emitShift(context, instruction.op);
      return;
    case 'lt':
    case 'gt':
    case 'le':
    case 'ge':
      emitComparison(context, instruction.op);
      return;
    case 'negate':
      emitNegate(context);
      return;
    case 'castU8':
    case 'castU16':
    case 'castU32':
    case 'castU64':
    case 'castU128':
    case 'castU256':
    case 'castI8':
    case 'castI16':
    case 'castI32':
    case 'castI64':
    case 'castI128':
    case 'castI256':
      emitCast(context, CAST[instruction.op]);
      return;
    case 'and':
    case 'or':
      context.pop();
      code.op(instruction.op === 'and' ? Op.i32And : Op.i32Or);
      return;
    case 'not':
      code.op(Op.i32Eqz);
      return;
    case 'eq':
    case 'neq':
      emitEquality(context, instruction.op === 'neq');
      return;
    case 'call':
    case 'callGeneric':
      emitCall(context, operands.callee(instruction));
      return;
    case 'pack':
    case 'packGeneric':
      emitPack(context, operands.struct(instruction));
      return;
    case 'unpack':
    case 'unpackGeneric':
      emitUnpack(context, operands.struct(instruction));
      return;
    case 'packVariant':
    case 'packVariantGeneric':
      emitPackVariant(context, operands.struct(instruction), operands.facts.variant(instruction));
      return;
    case 'unpackVariant':
    case 'unpackVariantGeneric':
      emitUnpackVariant(context, operands.struct(instruction), operands.facts.variant(instruction));
      return;
    case 'testVariant':
    case 'testVariantGeneric':
      emitTestVariant(context, operands.facts.variant(instruction));
      return;
    case 'mutBorrowField':
    case 'immBorrowField':
    case 'mutBorrowFieldGeneric':
    case 'immBorrowFieldGeneric':
      emitBorrowField(
        context,
        operands.struct(instruction),
        operands.facts.field(instruction),
        instruction.op.startsWith('mut'),
      );
      return;
    case 'mutBorrowVariantField':
    case 'immBorrowVariantField':
    case 'mutBorrowVariantFieldGeneric':
    case 'immBorrowVariantFieldGeneric': {
      const { variants, field } = operands.facts.variantField(instruction);
      emitBorrowVariantField(context, operands.struct(instruction), variants, field, instruction.op.startsWith('mut'));
      return;
    }
    case 'mutBorrowGlobal':
    case 'mutBorrowGlobalGeneric':
    case 'immBorrowGlobal':
    case 'immBorrowGlobalGeneric':
      emitBorrowGlobal(context, operands.struct(instruction), instruction.op.startsWith('mut'));
      return;
    case 'exists':
    case 'existsGeneric':
      emitExists(context, operands.struct(instruction));
      return;
    case 'moveFrom':
    case 'moveFromGeneric':
      emitMoveFrom(context, operands.struct(instruction));
      return;
    case 'moveTo':
    case 'moveToGeneric':
      emitMoveTo(context, operands.struct(instruction));
      return;
    case 'vecLen':
      emitVectorLength(context);
      return;
    case 'vecImmBorrow':
    case 'vecMutBorrow':
      emitVectorBorrow(context, operands.element(instruction.type), instruction.op === 'vecMutBorrow');
      return;
    case 'vecPushBack':
      emitVectorPush(context, operands.element(instruction.type));
      return;
    case 'vecPopBack':
      emitVectorPop(context, operands.element(instruction.type), mayAliasMemory(use));
      return;
    case 'vecSwap':
      emitVectorSwap(context, operands.element(instruction.type));
      return;
    case 'vecPack':
      emitVectorPack(context, types.vector(operands.element(instruction.type)), instruction.count);
      return;
    case 'vecUnpack':
      emitVectorUnpack(context, operands.element(instruction.type), instruction.count);
      return;
    case 'packClosure':
    case 'packClosureGeneric':
      emitPackClosure(context, operands.thunk(instruction));
      return;
    case 'callClosure':
      emitCallClosure(context, operands.functionType(instruction.type));
      return;
    default:
      unreachable(instruction);
  }
}
