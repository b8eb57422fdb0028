// The instruction set: code, name, what follows the opcode, and the version that brought it.

import {
  VERSION_CLOSURES,
  VERSION_ENUMS,
  VERSION_INTEGERS,
  VERSION_MIN,
  VERSION_SIGNED,
  VERSION_STRUCT_API,
} from './format.ts';
import type { Instruction } from './module.ts';

/**
 * What stands after an opcode: table indices, targets, locals and closure masks in ULEB128, integers as they are (two's complement), an
 * element count as u64.
 */
export type Operand = keyof OpsByOperand;

type Op = Instruction['op'];
type OpWith<Field extends string> = Extract<Instruction, { readonly [K in Field]: unknown }>['op'];
type PlainOp = Exclude<Op, OpWith<'target'> | OpWith<'local'> | OpWith<'index'> | OpWith<'type'> | OpWith<'value'>>;
/** The instructions that have an operand of this kind. */
interface OpsByOperand {
  none: PlainOp;
  target: OpWith<'target'>;
  local: OpWith<'local'>;
  index: Exclude<OpWith<'index'>, OpWith<'mask'>>;
  indexAndMask: OpWith<'mask'>;
  type: Exclude<OpWith<'type'>, OpWith<'count'>>;
  typeAndCount: OpWith<'count'>;
  u8: 'ldU8';
  u16: 'ldU16';
  u32: 'ldU32';
  u64: 'ldU64';
  u128: 'ldU128';
  u256: 'ldU256';
  i8: 'ldI8';
  i16: 'ldI16';
  i32: 'ldI32';
  i64: 'ldI64';
  i128: 'ldI128';
  i256: 'ldI256';
}

/** One instruction form. `op` and `operand` go together, so a switch over `operand` knows the names. */
export type Opcode = {
  [O in Operand]: { readonly code: number; readonly op: OpsByOperand[O]; readonly operand: O; readonly since: number };
}[Operand];

function form<O extends Operand>(code: number, op: OpsByOperand[O], operand: O, since = VERSION_MIN): Opcode {
  return { code, op, operand, since } as Opcode;
}

export const OPCODES: readonly Opcode[] = [
  form(0x01, 'pop', 'none'),
  form(0x02, 'ret', 'none'),
  form(0x03, 'brTrue', 'target'),
  form(0x04, 'brFalse', 'target'),
  form(0x05, 'branch', 'target'),
  form(0x06, 'ldU64', 'u64'),
  form(0x07, 'ldConst', 'index'),
  form(0x08, 'ldTrue', 'none'),
  form(0x09, 'ldFalse', 'none'),
  form(0x0a, 'copyLoc', 'local'),
  form(0x0b, 'moveLoc', 'local'),
  form(0x0c, 'stLoc', 'local'),
  form(0x0d, 'mutBorrowLoc', 'local'),
  form(0x0e, 'immBorrowLoc', 'local'),
  form(0x0f, 'mutBorrowField', 'index'),
  form(0x10, 'immBorrowField', 'index'),
  form(0x11, 'call', 'index'),
  form(0x12, 'pack', 'index'),
  form(0x13, 'unpack', 'index'),
  form(0x14, 'readRef', 'none'),
  form(0x15, 'writeRef', 'none'),
  form(0x16, 'add', 'none'),
  form(0x17, 'sub', 'none'),
  form(0x18, 'mul', 'none'),
  form(0x19, 'mod', 'none'),
  form(0x1a, 'div', 'none'),
  form(0x1b, 'bitOr', 'none'),
  form(0x1c, 'bitAnd', 'none'),
  form(0x1d, 'xor', 'none'),
  form(0x1e, 'or', 'none'),
  form(0x1f, 'and', 'none'),
  form(0x20, 'not', 'none'),
  form(0x21, 'eq', 'none'),
  form(0x22, 'neq', 'none'),
  form(0x23, 'lt', 'none'),
  form(0x24, 'gt', 'none'),
  form(0x25, 'le', 'none'),
  form(0x26, 'ge', 'none'),
  form(0x27, 'abort', 'none'),
  form(0x28, 'nop', 'none'),
  form(0x29, 'exists', 'index'),
  form(0x2a, 'mutBorrowGlobal', 'index'),
  form(0x2b, 'immBorrowGlobal', 'index'),
  form(0x2c, 'moveFrom', 'index'),
  form(0x2d, 'moveTo', 'index'),
  form(0x2e, 'freezeRef', 'none'),
  form(0x2f, 'shl', 'none'),
  form(0x30, 'shr', 'none'),
  form(0x31, 'ldU8', 'u8'),
  form(0x32, 'ldU128', 'u128'),
  form(0x33, 'castU8', 'none'),
  form(0x34, 'castU64', 'none'),
  form(0x35, 'castU128', 'none'),
  form(0x36, 'mutBorrowFieldGeneric', 'index'),
  form(0x37, 'immBorrowFieldGeneric', 'index'),
  form(0x38, 'callGeneric', 'index'),
  form(0x39, 'packGeneric', 'index'),
  form(0x3a, 'unpackGeneric', 'index'),
  form(0x3b, 'existsGeneric', 'index'),
  form(0x3c, 'mutBorrowGlobalGeneric', 'index'),
  form(0x3d, 'immBorrowGlobalGeneric', 'index'),
  form(0x3e, 'moveFromGeneric', 'index'),
  form(0x3f, 'moveToGeneric', 'index'),
  form(0x40, 'vecPack', 'typeAndCount'),
  form(0x41, 'vecLen', 'type'),
  form(0x42, 'vecImmBorrow', 'type'),
  form(0x43, 'vecMutBorrow', 'type'),
  form(0x44, 'vecPushBack', 'type'),
  form(0x45, 'vecPopBack', 'type'),
  form(0x46, 'vecUnpack', 'typeAndCount'),
  form(0x47, 'vecSwap', 'type'),
  form(0x48, 'ldU16', 'u16', VERSION_INTEGERS),
  form(0x49, 'ldU32', 'u32', VERSION_INTEGERS),
  form(0x4a, 'ldU256', 'u256', VERSION_INTEGERS),
  form(0x4b, 'castU16', 'none', VERSION_INTEGERS),
  form(0x4c, 'castU32', 'none', VERSION_INTEGERS),
  form(0x4d, 'castU256', 'none', VERSION_INTEGERS),
  form(0x4e, 'immBorrowVariantField', 'index', VERSION_ENUMS),
  form(0x4f, 'mutBorrowVariantField', 'index', VERSION_ENUMS),
  form(0x50, 'immBorrowVariantFieldGeneric', 'index', VERSION_ENUMS),
  form(0x51, 'mutBorrowVariantFieldGeneric', 'index', VERSION_ENUMS),
  form(0x52, 'packVariant', 'index', VERSION_ENUMS),
  form(0x53, 'packVariantGeneric', 'index', VERSION_ENUMS),
  // Aptos reads these two in every version; without the tables of version 7 their indices lead nowhere.
  form(0x54, 'unpackVariant', 'index'),
  form(0x55, 'unpackVariantGeneric', 'index'),
  form(0x56, 'testVariant', 'index', VERSION_ENUMS),
  form(0x57, 'testVariantGeneric', 'index', VERSION_ENUMS),
  form(0x58, 'packClosure', 'indexAndMask', VERSION_CLOSURES),
  form(0x59, 'packClosureGeneric', 'indexAndMask', VERSION_CLOSURES),
  form(0x5a, 'callClosure', 'type', VERSION_CLOSURES),
  form(0x5b, 'ldI8', 'i8', VERSION_SIGNED),
  form(0x5c, 'ldI16', 'i16', VERSION_SIGNED),
  form(0x5d, 'ldI32', 'i32', VERSION_SIGNED),
  form(0x5e, 'ldI64', 'i64', VERSION_SIGNED),
  form(0x5f, 'ldI128', 'i128', VERSION_SIGNED),
  form(0x60, 'ldI256', 'i256', VERSION_SIGNED),
  form(0x61, 'castI8', 'none', VERSION_SIGNED),
  form(0x62, 'castI16', 'none', VERSION_SIGNED),
  form(0x63, 'castI32', 'none', VERSION_SIGNED),
  form(0x64, 'castI64', 'none', VERSION_SIGNED),
  form(0x65, 'castI128', 'none', VERSION_SIGNED),
  form(0x66, 'castI256', 'none', VERSION_SIGNED),
  form(0x67, 'negate', 'none', VERSION_SIGNED),
  form(0x68, 'abortMsg', 'none', VERSION_STRUCT_API),
];

const BY_CODE: ReadonlyMap<number, Opcode> = new Map(OPCODES.map((opcode) => [opcode.code, opcode]));
const BY_OP: ReadonlyMap<Op, Opcode> = new Map(OPCODES.map((opcode) => [opcode.op, opcode]));

export function opcodeOf(code: number): Opcode | undefined {
  return BY_CODE.get(code);
}

export function opcodeFor(op: Op): Opcode | undefined {
  return BY_OP.get(op);
}
