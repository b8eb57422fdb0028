// Pass 12, numbers and truth values: which integers each operation takes, and what it leaves.

import { unreachable } from '../../base/errors.ts';
import { sameType } from '../bytecode/access.ts';
import { Ability, type Instruction, type LeafKind, type SignatureToken } from '../bytecode/module.ts';
import type { TypeStack } from './type-stack.ts';

const UNSIGNED: ReadonlySet<SignatureToken['kind']> = new Set(['u8', 'u16', 'u32', 'u64', 'u128', 'u256']);
const SIGNED: ReadonlySet<SignatureToken['kind']> = new Set(['i8', 'i16', 'i32', 'i64', 'i128', 'i256']);
const INTEGERS: ReadonlySet<SignatureToken['kind']> = new Set([...UNSIGNED, ...SIGNED]);

/** What the instructions leave that load a number or turn one into another type. */
const NUMBER_OF = {
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
} as const satisfies Partial<Record<Instruction['op'], LeafKind>>;

export type NumberOp = keyof typeof NUMBER_OF;
export type ArithmeticOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'mod'
  | 'div'
  | 'negate'
  | 'bitOr'
  | 'bitAnd'
  | 'xor'
  | 'shl'
  | 'shr'
  | 'lt'
  | 'gt'
  | 'le'
  | 'ge'
  | 'or'
  | 'and'
  | 'not'
  | 'eq'
  | 'neq';

export function isNumberOp(op: Instruction['op']): op is NumberOp {
  return op in NUMBER_OF;
}

export function checkNumber(stack: TypeStack, op: NumberOp): void {
  if (op.startsWith('cast') && !INTEGERS.has(stack.pop().kind)) stack.refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
  stack.pushLeaf(NUMBER_OF[op]);
}

export function checkArithmetic(stack: TypeStack, op: ArithmeticOp): void {
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'mod':
    case 'div':
      stack.push(twoIntegers(stack, INTEGERS));
      return;
    case 'bitOr':
    case 'bitAnd':
    case 'xor':
      stack.push(twoIntegers(stack, UNSIGNED));
      return;
    case 'negate': {
      const type = stack.pop();
      if (!SIGNED.has(type.kind)) stack.refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
      stack.push(type);
      return;
    }
    case 'lt':
    case 'gt':
    case 'le':
    case 'ge':
      twoIntegers(stack, INTEGERS);
      stack.pushLeaf('bool');
      return;
    case 'shl':
    case 'shr': {
      const distance = stack.pop();
      const value = stack.pop();
      if (!UNSIGNED.has(value.kind) || distance.kind !== 'u8') stack.refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
      stack.push(value);
      return;
    }
    case 'or':
    case 'and':
      stack.expectLeaf('bool', 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
      stack.expectLeaf('bool', 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
      stack.pushLeaf('bool');
      return;
    case 'not':
      stack.expectLeaf('bool', 'BOOLEAN_OP_TYPE_MISMATCH_ERROR');
      stack.pushLeaf('bool');
      return;
    case 'eq':
    case 'neq': {
      const right = stack.pop();
      const left = stack.pop();
      if (!stack.has(right, Ability.drop) || !sameType(left, right)) stack.refuse('EQUALITY_OP_TYPE_MISMATCH_ERROR');
      stack.pushLeaf('bool');
      return;
    }
    default:
      unreachable(op);
  }
}

function twoIntegers(stack: TypeStack, allowed: ReadonlySet<SignatureToken['kind']>): SignatureToken {
  const right = stack.pop();
  const left = stack.pop();
  if (!allowed.has(right.kind) || left.kind !== right.kind) stack.refuse('INTEGER_OP_TYPE_MISMATCH_ERROR');
  return right;
}
