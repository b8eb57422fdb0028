// What an instruction costs before anything is known of the values it meets. To that comes what a value weighs by its type (`valueGas`), for the
// instructions that copy or compare one; what depends on its size at run time is charged where it is touched.

import { unreachable } from '../../base/errors.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { GasSchedule } from '../gas.ts';
import type { Field, Type } from '../types/type.ts';

/** Values taken and left, and bytes of a constant. */
export interface InstructionFacts {
  readonly pops: number;
  readonly pushes: number;
  readonly bytes: number;
}

export function instructionGas(
  { instructions: gas }: GasSchedule,
  instruction: Instruction,
  factsOf: () => InstructionFacts,
): number {
  switch (instruction.op) {
    case 'nop':
      return gas.nop;
    case 'freezeRef':
      return gas.freezeReference;
    case 'pop':
      return gas.pop;
    case 'ret':
      return gas.ret;
    case 'abort':
      return gas.abort;
    case 'abortMsg':
      return gas.abortMessage;
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
    case 'ldI8':
    case 'ldI16':
    case 'ldI32':
    case 'ldI64':
      return gas.load;
    case 'ldU128':
    case 'ldU256':
    case 'ldI128':
    case 'ldI256':
      return gas.loadWide;
    case 'ldConst':
      return gas.constant + gas.constantPerByte * factsOf().bytes;
    case 'copyLoc':
      return gas.copyLocal;
    case 'moveLoc':
      return gas.moveLocal;
    case 'stLoc':
      return gas.storeLocal;
    case 'mutBorrowLoc':
    case 'immBorrowLoc':
      return gas.borrowLocal;
    case 'readRef':
      return gas.readReference;
    case 'writeRef':
      return gas.writeReference;
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
    case 'negate':
      return gas.arithmetic;
    case 'lt':
    case 'gt':
    case 'le':
    case 'ge':
      return gas.comparison;
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
      return gas.cast;
    case 'eq':
    case 'neq':
      return gas.equality;
    case 'call':
    case 'callGeneric':
      return gas.call + gas.callPerArgument * factsOf().pops;
    case 'callClosure':
      // The function value itself is no argument; what it captured is charged for when it is called.
      return gas.call + gas.callPerArgument * (factsOf().pops - 1);
    case 'packClosure':
    case 'packClosureGeneric':
      return gas.packClosure + gas.packClosurePerArgument * factsOf().pops;
    case 'pack':
    case 'packGeneric':
    case 'packVariant':
    case 'packVariantGeneric':
      return gas.pack + gas.packPerField * factsOf().pops;
    case 'unpack':
    case 'unpackGeneric':
    case 'unpackVariant':
    case 'unpackVariantGeneric':
      return gas.unpack + gas.packPerField * factsOf().pushes;
    case 'testVariant':
    case 'testVariantGeneric':
      return gas.testVariant;
    case 'mutBorrowField':
    case 'mutBorrowFieldGeneric':
    case 'immBorrowField':
    case 'immBorrowFieldGeneric':
      return gas.borrowField;
    case 'mutBorrowVariantField':
    case 'mutBorrowVariantFieldGeneric':
    case 'immBorrowVariantField':
    case 'immBorrowVariantFieldGeneric':
      return gas.borrowVariantField;
    case 'mutBorrowGlobal':
    case 'mutBorrowGlobalGeneric':
    case 'immBorrowGlobal':
    case 'immBorrowGlobalGeneric':
      return gas.borrowGlobal;
    case 'moveFrom':
    case 'moveFromGeneric':
      return gas.moveFrom;
    case 'moveTo':
    case 'moveToGeneric':
      return gas.moveTo;
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
      return gas.vectorPack + gas.vectorPerElement * instruction.count;
    case 'vecUnpack':
      return gas.vectorUnpack + gas.vectorPerElement * instruction.count;
    default:
      return unreachable(instruction);
  }
}

/** Beyond the call instruction and its arguments: what a function's locals and type arguments weigh. */
export function calleeGas({ instructions }: GasSchedule, locals: number, typeArguments: number): number {
  return instructions.callPerLocal * locals + instructions.callPerTypeArgument * typeArguments;
}

/** Copying a value of the type, or looking at it to compare: the part that does not hang on vectors. */
export function valueGas({ data }: GasSchedule, type: Type): number {
  return data.perUnit * data.unitsPerPart * parts(type);
}

const partsOf = new WeakMap<Type, number>();

/** Integers, addresses, structs, vector headers and references in a value. An enum weighs as its largest variant. */
function parts(type: Type): number {
  let count = partsOf.get(type);
  if (count === undefined) {
    count = 1;
    if (type.kind === 'struct') count += sum(type.fields);
    if (type.kind === 'enum') count += 1 + Math.max(...type.variants.map(({ fields }) => sum(fields)));
    partsOf.set(type, count);
  }
  return count;
}

function sum(fields: readonly Field[]): number {
  return fields.reduce((total, field) => total + parts(field.type), 0);
}
