// Decodes a function's body: the signature of its locals and its instructions.

import { unreachable } from '../../base/errors.ts';
import type { Cursor } from './cursor.ts';
import { CODE_LENGTH_MAX, INDEX_MAX, LOCAL_INDEX_MAX } from './format.ts';
import type { CodeUnit, Instruction } from './module.ts';
import { opcodeOf } from './opcodes.ts';

export function decodeCodeUnit(cursor: Cursor): CodeUnit {
  const locals = cursor.uleb('signature of locals', INDEX_MAX);
  const code = cursor.list('instructions', CODE_LENGTH_MAX, decodeInstruction);
  return { locals, code };
}

function decodeInstruction(cursor: Cursor): Instruction {
  const start = cursor.offset;
  const code = cursor.u8('opcode');
  const opcode = opcodeOf(code);
  if (!opcode) cursor.fail('UNKNOWN_OPCODE', `opcode 0x${code.toString(16)}`, start);
  if (cursor.version < opcode.since) {
    cursor.fail('MALFORMED', `${opcode.op} in bytecode version ${cursor.version}`, start);
  }
  switch (opcode.operand) {
    case 'none':
      return { op: opcode.op };
    case 'target':
      return { op: opcode.op, target: cursor.uleb('branch target', CODE_LENGTH_MAX) };
    case 'local':
      return { op: opcode.op, local: cursor.uleb('local', LOCAL_INDEX_MAX) };
    case 'index':
      return { op: opcode.op, index: cursor.uleb('operand', INDEX_MAX) };
    case 'indexAndMask': {
      const index = cursor.uleb('operand', INDEX_MAX);
      return { op: opcode.op, index, mask: cursor.ulebU64('closure mask') };
    }
    case 'type':
      return { op: opcode.op, type: cursor.uleb('signature', INDEX_MAX) };
    case 'typeAndCount': {
      const type = cursor.uleb('element signature', INDEX_MAX);
      // Rounded above 2^53, which is far above what the verifier allows.
      return { op: opcode.op, type, count: Number(cursor.u64()) };
    }
    case 'u8':
      return { op: 'ldU8', value: cursor.u8('u8') };
    case 'u16':
      return { op: 'ldU16', value: cursor.u16() };
    case 'u32':
      return { op: 'ldU32', value: cursor.u32() };
    case 'u64':
      return { op: 'ldU64', value: cursor.u64() };
    case 'u128':
      return { op: 'ldU128', value: cursor.u128() };
    case 'u256':
      return { op: 'ldU256', value: cursor.u256() };
    case 'i8':
      return { op: 'ldI8', value: Number(cursor.signed(1)) };
    case 'i16':
      return { op: 'ldI16', value: Number(cursor.signed(2)) };
    case 'i32':
      return { op: 'ldI32', value: Number(cursor.signed(4)) };
    case 'i64':
      return { op: 'ldI64', value: cursor.signed(8) };
    case 'i128':
      return { op: 'ldI128', value: cursor.signed(16) };
    case 'i256':
      return { op: 'ldI256', value: cursor.signed(32) };
    default:
      return unreachable(opcode);
  }
}
