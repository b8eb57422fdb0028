// What the operands of an instruction mean in its module's tables: which struct, variant or field, and how many values it takes and leaves. Types
// are not looked at: these questions have one answer for all instances of a function.

import { AssertionError } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { FunctionType, Instruction, SignatureToken } from '../bytecode/module.ts';
import { isCaptured } from '../code/closure-shapes.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import type { StackEffect } from './alias-plan.ts';
import type { InstructionFacts } from './instruction-gas.ts';

export class Operands {
  readonly #module: LoadedModule;
  /** Values that the function returns. */
  readonly #returnCount: number;

  constructor(module: LoadedModule, returnCount: number) {
    this.#module = module;
    this.#returnCount = returnCount;
  }

  /** Index of the struct's definition and, in a generic instruction, of the signature with its type arguments. */
  structReference(instruction: Instruction): { readonly definition: number; readonly typeArgs?: number } {
    const { compiled } = this.#module;
    if (!('index' in instruction)) throw new AssertionError(`${instruction.op} has no struct`);
    const { index } = instruction;
    switch (instruction.op) {
      case 'packGeneric':
      case 'unpackGeneric':
      case 'mutBorrowGlobalGeneric':
      case 'immBorrowGlobalGeneric':
      case 'existsGeneric':
      case 'moveFromGeneric':
      case 'moveToGeneric': {
        const instantiation = at(compiled.structInstantiations, index);
        return { definition: instantiation.handle, typeArgs: instantiation.typeArgs };
      }
      case 'packVariant':
      case 'unpackVariant':
      case 'testVariant':
        return { definition: at(compiled.structVariantHandles, index).struct };
      case 'packVariantGeneric':
      case 'unpackVariantGeneric':
      case 'testVariantGeneric': {
        const instantiation = at(compiled.structVariantInstantiations, index);
        return {
          definition: at(compiled.structVariantHandles, instantiation.handle).struct,
          typeArgs: instantiation.typeArgs,
        };
      }
      case 'mutBorrowField':
      case 'immBorrowField':
        return { definition: at(compiled.fieldHandles, index).owner };
      case 'mutBorrowFieldGeneric':
      case 'immBorrowFieldGeneric': {
        const instantiation = at(compiled.fieldInstantiations, index);
        return { definition: at(compiled.fieldHandles, instantiation.handle).owner, typeArgs: instantiation.typeArgs };
      }
      case 'mutBorrowVariantField':
      case 'immBorrowVariantField':
        return { definition: at(compiled.variantFieldHandles, index).struct };
      case 'mutBorrowVariantFieldGeneric':
      case 'immBorrowVariantFieldGeneric': {
        const instantiation = at(compiled.variantFieldInstantiations, index);
        return {
          definition: at(compiled.variantFieldHandles, instantiation.handle).struct,
          typeArgs: instantiation.typeArgs,
        };
      }
      default:
        return { definition: index };
    }
  }

  variant(instruction: Instruction & { readonly index: number }): number {
    const { compiled } = this.#module;
    const handle = instruction.op.endsWith('Generic')
      ? at(compiled.structVariantInstantiations, instruction.index).handle
      : instruction.index;
    return at(compiled.structVariantHandles, handle).variant;
  }

  field(instruction: Instruction & { readonly index: number }): number {
    const { compiled } = this.#module;
    const handle = instruction.op.endsWith('Generic')
      ? at(compiled.fieldInstantiations, instruction.index).handle
      : instruction.index;
    return at(compiled.fieldHandles, handle).field;
  }

  variantField(instruction: Instruction & { readonly index: number }): {
    readonly variants: readonly number[];
    readonly field: number;
  } {
    const { compiled } = this.#module;
    const handle = instruction.op.endsWith('Generic')
      ? at(compiled.variantFieldInstantiations, instruction.index).handle
      : instruction.index;
    return at(compiled.variantFieldHandles, handle);
  }

  effect(instruction: Instruction): StackEffect {
    switch (instruction.op) {
      case 'nop':
      case 'branch':
        return { pops: 0, pushes: 0 };
      case 'pop':
      case 'brTrue':
      case 'brFalse':
      case 'stLoc':
      case 'abort':
        return { pops: 1, pushes: 0 };
      case 'abortMsg':
        return { pops: 2, pushes: 0 };
      case 'ret':
        return { pops: this.#returnCount, pushes: 0 };
      case 'ldTrue':
      case 'ldFalse':
      case 'ldU8':
      case 'ldU16':
      case 'ldU32':
      case 'ldU64':
      case 'ldU128':
      case 'ldU256':
      case 'ldI8':
      case 'ldI16':
      case 'ldI32':
      case 'ldI64':
      case 'ldI128':
      case 'ldI256':
      case 'ldConst':
      case 'copyLoc':
      case 'moveLoc':
      case 'mutBorrowLoc':
      case 'immBorrowLoc':
        return { pops: 0, pushes: 1 };
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
      case 'lt':
      case 'gt':
      case 'le':
      case 'ge':
      case 'and':
      case 'or':
      case 'eq':
      case 'neq':
      case 'vecImmBorrow':
      case 'vecMutBorrow':
        return { pops: 2, pushes: 1 };
      case 'writeRef':
      case 'moveTo':
      case 'moveToGeneric':
      case 'vecPushBack':
        return { pops: 2, pushes: 0 };
      case 'vecSwap':
        return { pops: 3, pushes: 0 };
      case 'vecPack':
        return { pops: instruction.count, pushes: 1 };
      case 'vecUnpack':
        return { pops: 1, pushes: instruction.count };
      case 'call':
      case 'callGeneric': {
        const { parameters, returns } = this.#calledHandle(instruction);
        return { pops: parameters.length, pushes: returns.length };
      }
      case 'packClosure':
      case 'packClosureGeneric':
        return { pops: this.#capturedCount(instruction), pushes: 1 };
      case 'callClosure': {
        const { parameters, returns } = this.functionType(instruction.type);
        return { pops: parameters.length + 1, pushes: returns.length };
      }
      case 'pack':
      case 'packGeneric':
        return { pops: this.#fieldCount(instruction), pushes: 1 };
      case 'unpack':
      case 'unpackGeneric':
        return { pops: 1, pushes: this.#fieldCount(instruction) };
      case 'packVariant':
      case 'packVariantGeneric':
        return { pops: this.#fieldCount(instruction), pushes: 1 };
      case 'unpackVariant':
      case 'unpackVariantGeneric':
        return { pops: 1, pushes: this.#fieldCount(instruction) };
      default:
        return { pops: 1, pushes: 1 };
    }
  }

  /** The type of the function value that is called, by the signature that names it. */
  functionType(signature: number): FunctionType {
    const [type] = this.#module.signature(signature);
    if (type?.kind !== 'function') throw new AssertionError('a call of what is no function');
    return type;
  }

  #capturedCount(instruction: Instruction & { readonly index: number; readonly mask: bigint }): number {
    const { parameters } = this.#calledHandle(instruction);
    return parameters.filter((_, index) => isCaptured(instruction.mask, index)).length;
  }

  #calledHandle(instruction: Instruction & { readonly index: number }): {
    readonly parameters: readonly SignatureToken[];
    readonly returns: readonly SignatureToken[];
  } {
    const { compiled } = this.#module;
    const index =
      instruction.op === 'callGeneric' || instruction.op === 'packClosureGeneric'
        ? at(compiled.functionInstantiations, instruction.index).handle
        : instruction.index;
    const handle = this.#module.functionHandle(index);
    return { parameters: this.#module.signature(handle.parameters), returns: this.#module.signature(handle.returns) };
  }

  #fieldCount(instruction: Instruction & { readonly index: number }): number {
    const { layout } = at(this.#module.compiled.structs, this.structReference(instruction).definition);
    switch (layout.kind) {
      case 'struct':
        return layout.fields.length;
      case 'enum':
        return at(layout.variants, this.variant(instruction)).fields.length;
      case 'native':
        throw new AssertionError('native struct taken apart');
    }
  }

  gasFacts(instruction: Instruction): InstructionFacts {
    const { pops, pushes } = this.effect(instruction);
    const bytes = instruction.op === 'ldConst' ? at(this.#module.compiled.constants, instruction.index).data.length : 0;
    return { pops, pushes, bytes };
  }
}
