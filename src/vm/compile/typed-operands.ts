// What the operands of an instruction mean in one instance of a function: with its type arguments filled in.

import { AssertionError, assert } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { Instruction } from '../bytecode/module.ts';
import type { FunctionName } from '../code/loaded-module.ts';
import type { FunctionType, NominalType, Type } from '../types/type.ts';
import { isNominal } from '../types/type.ts';
import type { Thunk } from './closures.ts';
import type { FunctionContext } from './function-context.ts';
import type { FunctionInstance } from './function-instance.ts';
import { Operands } from './operands.ts';

export class TypedOperands {
  /** What does not depend on types. */
  readonly facts: Operands;
  readonly #context: FunctionContext;

  constructor(context: FunctionContext) {
    this.#context = context;
    this.facts = new Operands(context.module, context.instance.returns.length);
  }

  /** The struct or enum that an instruction works on, through whichever table it names it. */
  struct(instruction: Instruction): NominalType {
    const { module: own, unit } = this.#context;
    const { definition, typeArgs } = this.facts.structReference(instruction);
    const { module, name } = own.structName(at(own.compiled.structs, definition).handle);
    const args = typeArgs === undefined ? [] : this.#context.typesOf(typeArgs);
    const type = unit.types.struct(module, name, args);
    assert(isNominal(type), `${name} is no struct`);
    return type;
  }

  callee(instruction: Instruction): FunctionInstance {
    const { name, typeArgs } = this.#called(instruction);
    return this.#context.unit.function(name, typeArgs);
  }

  /** What a function value that is packed here leads to. */
  thunk(instruction: Instruction & { readonly mask: bigint }): Thunk {
    const { name, typeArgs } = this.#called(instruction);
    return this.#context.unit.thunk(name, typeArgs, instruction.mask);
  }

  /** The type of the function value that is called, by the signature that names it. */
  functionType(signature: number): FunctionType {
    const type = at(this.#context.typesOf(signature), 0);
    if (type.kind !== 'function') throw new AssertionError(`${type.name} is no function`);
    return type;
  }

  #called(instruction: Instruction): { readonly name: FunctionName; readonly typeArgs: readonly Type[] } {
    const { module } = this.#context;
    switch (instruction.op) {
      case 'call':
      case 'packClosure':
        return { name: module.functionName(module.functionHandle(instruction.index)), typeArgs: [] };
      case 'callGeneric':
      case 'packClosureGeneric': {
        const { handle, typeArgs } = at(module.compiled.functionInstantiations, instruction.index);
        return { name: module.functionName(module.functionHandle(handle)), typeArgs: this.#context.typesOf(typeArgs) };
      }
      default:
        throw new AssertionError(`${instruction.op} calls nothing`);
    }
  }

  /** Element type of a vector instruction, by its signature. */
  element(signature: number): Type {
    return at(this.#context.typesOf(signature), 0);
  }
}
