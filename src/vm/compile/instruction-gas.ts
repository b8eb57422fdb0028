// What an instruction costs before anything is known of the values it meets; what depends on their size is charged where they are touched.

import { unreachable } from '../../base/errors.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { GasSchedule } from '../gas.ts';

/** Values taken and left, and bytes of a constant. */
export interface InstructionFacts {
  readonly pops: number;
  readonly pushes: number;
  readonly bytes: number;
}

export function instructionGas(gas: GasSchedule, instruction: Instruction, factsOf: () => InstructionFacts): number {
  switch (instruction.op) {
    case 'nop':
    case 'freezeRef':
    case 'pop':
      return gas.nop;
    case 'ret':
    case 'abort':
      return gas.simple;
    case 'branch':
      return gas.branch;
    case 'brTrue':
    case 'brFalse':
      return gas.conditionalBranch;
    case 'ldTrue':
    case 'ldFalse':
    case 'ldU8':
    case 'ldU16':
    case 'ldU32':
    case 'ldU64':
      return gas.load;
    case 'ldU128':
    case 'ldU256':
      return gas.loadWide;
    case 'ldConst':
      return gas.constant + gas.constantPerByte * factsOf().bytes;
    case 'copyLoc':
    case 'moveLoc':
    case 'stLoc':
      return gas.local;
    case 'mutBorrowLoc':
    case 'immBorrowLoc':
      return gas.borrowLocal;
    case 'readRef':
    case 'writeRef':
      return gas.reference;
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'mod':
    case 'bitAnd':
    case 'bitOr':
    case 'xor':
    case 'shl':
    case 'shr':
    case 'and':
    case 'or':
    case 'not':
    case 'lt':
    case 'gt':
    case 'le':
    case 'ge':
      return gas.arithmetic;
    case 'castU8':
    case 'castU16':
    case 'castU32':
    case 'castU64':
    case 'castU128':
    case 'castU256':
      return gas.cast;
    case 'eq':
    case 'neq':
      return gas.compare;
    case 'call':
    case 'callGeneric':
      return gas.call + gas.callPerArgument * factsOf().pops;
    case 'pack':
    case 'packGeneric':
    case 'packVariant':
    case 'packVariantGeneric':
      return gas.pack + gas.packPerField * factsOf().pops;
    case 'unpack':
    case 'unpackGeneric':
    case 'unpackVariant':
    case 'unpackVariantGeneric':
      return gas.pack + gas.packPerField * factsOf().pushes;
    case 'testVariant':
    case 'testVariantGeneric':
      return gas.testVariant;
    case 'mutBorrowField':
    case 'mutBorrowFieldGeneric':
    case 'immBorrowField':
    case 'immBorrowFieldGeneric':
    case 'mutBorrowVariantField':
    case 'mutBorrowVariantFieldGeneric':
    case 'immBorrowVariantField':
    case 'immBorrowVariantFieldGeneric':
      return gas.borrowField;
    case 'mutBorrowGlobal':
    case 'mutBorrowGlobalGeneric':
    case 'immBorrowGlobal':
    case 'immBorrowGlobalGeneric':
    case 'moveFrom':
    case 'moveFromGeneric':
    case 'moveTo':
    case 'moveToGeneric':
      return gas.global;
    case 'exists':
    case 'existsGeneric':
      return gas.exists;
    case 'vecLen':
      return gas.vectorLength;
    case 'vecImmBorrow':
    case 'vecMutBorrow':
      return gas.vectorBorrow;
    case 'vecPushBack':
      return gas.vectorPush;
    case 'vecPopBack':
      return gas.vectorPop;
    case 'vecSwap':
      return gas.vectorSwap;
    case 'vecPack':
    case 'vecUnpack':
      return gas.vectorPack + gas.packPerField * instruction.count;
    default:
      return unreachable(instruction);
  }
}
