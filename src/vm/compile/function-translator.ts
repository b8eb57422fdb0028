// Writes one Move function as one WebAssembly function: instruction by instruction onto the same kind of stack, blocks placed by
// `structure.ts`, gas charged once a block. What an instruction becomes is in the files named after the things it works on.

import { AssertionError, assert, unreachable } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { FunctionDefinition, Instruction } from '../bytecode/module.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import type { NominalType, Type } from '../types/type.ts';
import { isNominal } from '../types/type.ts';
import { type Code, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import { planAliases, type Use } from './alias-plan.ts';
import { emitCall, emitReturn } from './calls.ts';
import { emitConstant } from './constants.ts';
import { type Block, buildControlFlow } from './control-flow.ts';
import { FunctionContext } from './function-context.ts';
import { CALL_STATE, type FunctionInstance, OPERAND_STACK_MAX, staysInMemory } from './function-instance.ts';
import { emitBorrowGlobal, emitExists, emitMoveFrom, emitMoveTo } from './globals.ts';
import { instructionGas } from './instruction-gas.ts';
import { emitArithmetic, emitBitwise, emitCast, emitComparison, emitShift, emitWideConstant } from './integers.ts';
import { framesEnd } from './layout.ts';
import { emitRead, Locals, mayAliasMemory } from './locals.ts';
import { Operands } from './operands.ts';
import {
  emitBorrowField,
  emitBorrowVariantField,
  emitPack,
  emitPackVariant,
  emitTestVariant,
  emitUnpack,
  emitUnpackVariant,
} from './structs.ts';
import { emitStructured } from './structure.ts';
import type { UnitContext } from './unit-context.ts';
import { storeFrom } from './values.ts';
import {
  emitVectorBorrow,
  emitVectorLength,
  emitVectorPack,
  emitVectorPop,
  emitVectorPush,
  emitVectorSwap,
  emitVectorUnpack,
} from './vectors.ts';

/** The engine keeps a compiled function's locals on its own stack: those above this count weigh on the frame's size, 8 bytes each. */
const UNWEIGHED_LOCALS = 16;

export function translateFunction(
  unit: UnitContext,
  instance: FunctionInstance,
  module: LoadedModule,
  definition: FunctionDefinition,
  ref: FunctionRef,
): void {
  unit.builder.define(ref, (code) => new Translator(unit, instance, module, definition, code).run());
}

class Translator {
  readonly #context: FunctionContext;
  readonly #unit: UnitContext;
  readonly #module: LoadedModule;
  readonly #code: Code;
  readonly #body: readonly Instruction[];
  readonly #locals: Locals;
  readonly #operands: Operands;
  /** Local with the number of values that the operand stack may still take. */
  readonly #room: number;
  #uses: ReadonlyMap<number, Use> = new Map();

  constructor(
    unit: UnitContext,
    instance: FunctionInstance,
    module: LoadedModule,
    definition: FunctionDefinition,
    code: Code,
  ) {
    assert(definition.body !== undefined, `${instance.name} is native`);
    this.#unit = unit;
    this.#module = module;
    this.#code = code;
    this.#body = definition.body.code;
    this.#operands = new Operands(module, instance.returns.length);
    this.#context = new FunctionContext(unit, instance, module, code);
    this.#context.openTrap(code.block(ValType.i32));
    this.#room = code.local(ValType.i32);
    this.#enter();
    const types = [...instance.params, ...this.#context.typesOf(definition.body.locals)];
    this.#locals = new Locals(this.#context, types, instance.params.length, this.#body);
  }

  run(): void {
    const code = this.#code;
    emitStructured(code, buildControlFlow(this.#body), (block) => this.#block(block));
    code.op(Op.unreachable).end().call(this.#unit.runtime.raise).op(Op.unreachable);
    const weighed = Math.max(0, code.locals.length - UNWEIGHED_LOCALS) * 8;
    const size = ((this.#context.frameSize + 7) & ~7) + weighed;
    for (const place of this.#context.frameSizes) code.sink.patch(place, size);
  }

  /** Is there room for the frame? How many values may the operand stack still take? */
  #enter(): void {
    const code = this.#code;
    const { callState } = this.#context;
    this.#context.trapIf('CALL_STACK_OVERFLOW', () => {
      this.#context.pushNextFrame();
      code.i32(framesEnd(this.#unit.limits)).op(Op.i32GtU);
    });
    code.i32(OPERAND_STACK_MAX).get(callState).i32(CALL_STATE.heightMask).op(Op.i32And, Op.i32Sub).set(this.#room);
  }

  /** Ends the run when the block would put more on the operand stack than it may hold, at the instruction that would. */
  #checkHeight(block: Block): void {
    const code = this.#code;
    const reached: number[] = [];
    let height = 0;
    for (let offset = block.start; offset < block.end; offset++) {
      const { pops, pushes } = this.#operands.effect(at(this.#body, offset));
      height += pushes - pops;
      while (reached.length < height) reached.push(offset);
    }
    if (reached.length === 0) return;
    code.get(this.#room).i32(reached.length).op(Op.i32LtU).if();
    code.i32(this.#unit.heights(this.#context.instance, reached)).get(this.#room);
    code
      .call(this.#unit.runtime.host('stackOverflow', [ValType.i32, ValType.i32], []))
      .op(Op.unreachable)
      .end();
  }

  #block(block: Block): void {
    this.#context.beginBlock();
    this.#context.offset = block.start;
    this.#chargeGas(block);
    this.#checkHeight(block);
    this.#uses = planAliases(this.#body, block.start, block.end, (instruction) => this.#operands.effect(instruction));
    for (let offset = block.start; offset < block.end; offset++) {
      this.#context.offset = offset;
      this.#instruction(at(this.#body, offset), offset);
    }
    assert(this.#context.stack.length === 0, 'operand stack not empty between blocks');
  }

  #chargeGas(block: Block): void {
    const code = this.#code;
    const { gas } = this.#unit.runtime;
    let cost = 0;
    for (let offset = block.start; offset < block.end; offset++) {
      const instruction = at(this.#body, offset);
      cost += instructionGas(this.#unit.gas, instruction, () => this.#operands.gasFacts(instruction));
      if (instruction.op === 'call' || instruction.op === 'callGeneric') cost += this.#callee(instruction).gas;
    }
    const left = this.#context.scratch.i64(0);
    code.globalGet(gas).i64(BigInt(cost)).op(Op.i64Sub).tee(left).globalSet(gas);
    this.#context.trapIf('OUT_OF_GAS', () => code.get(left).i64(0n).op(Op.i64LtS));
  }

  #instruction(instruction: Instruction, offset: number): void {
    const context = this.#context;
    const code = this.#code;
    const { types } = this.#unit;
    const use = this.#uses.get(offset);
    switch (instruction.op) {
      case 'nop':
        return;
      case 'pop':
        context.pop();
        code.op(Op.drop);
        return;
      case 'ret':
        emitReturn(context);
        return;
      case 'abort':
        context.pop();
        code.i32(context.site('ABORTED')).call(this.#unit.runtime.host('abort', [ValType.i64, ValType.i32], []));
        code.op(Op.unreachable);
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
        code.i32(instruction.value);
        context.push(types.primitive(instruction.op === 'ldU8' ? 'u8' : instruction.op === 'ldU16' ? 'u16' : 'u32'));
        return;
      case 'ldU64':
        code.i64(instruction.value);
        context.push(types.primitive('u64'));
        return;
      case 'ldU128':
      case 'ldU256':
        emitWideConstant(context, instruction.op === 'ldU128' ? 'u128' : 'u256', instruction.value);
        return;
      case 'ldConst':
        emitConstant(context, at(this.#module.compiled.constants, instruction.index));
        return;
      case 'copyLoc':
        this.#locals.copy(instruction.local, use);
        return;
      case 'moveLoc':
        this.#locals.move(instruction.local, use);
        return;
      case 'stLoc':
        this.#locals.store(instruction.local);
        return;
      case 'mutBorrowLoc':
      case 'immBorrowLoc':
        this.#locals.borrow(instruction.local, instruction.op === 'mutBorrowLoc');
        return;
      case 'readRef': {
        const type = referenced(context.pop());
        emitRead(context, type, use);
        context.push(type);
        return;
      }
      case 'writeRef':
        this.#writeReference();
        return;
      case 'freezeRef':
        context.push(types.reference(referenced(context.pop()), false));
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
      case 'castU8':
        emitCast(context, 'u8');
        return;
      case 'castU16':
        emitCast(context, 'u16');
        return;
      case 'castU32':
        emitCast(context, 'u32');
        return;
      case 'castU64':
        emitCast(context, 'u64');
        return;
      case 'castU128':
        emitCast(context, 'u128');
        return;
      case 'castU256':
        emitCast(context, 'u256');
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
        this.#equality(instruction.op === 'neq');
        return;
      case 'call':
      case 'callGeneric':
        emitCall(context, this.#callee(instruction));
        return;
      case 'pack':
      case 'packGeneric':
        emitPack(context, this.#structOf(instruction));
        return;
      case 'unpack':
      case 'unpackGeneric':
        emitUnpack(context, this.#structOf(instruction));
        return;
      case 'packVariant':
      case 'packVariantGeneric':
        emitPackVariant(context, this.#structOf(instruction), this.#operands.variant(instruction));
        return;
      case 'unpackVariant':
      case 'unpackVariantGeneric':
        emitUnpackVariant(context, this.#structOf(instruction), this.#operands.variant(instruction));
        return;
      case 'testVariant':
      case 'testVariantGeneric':
        emitTestVariant(context, this.#operands.variant(instruction));
        return;
      case 'mutBorrowField':
      case 'immBorrowField':
      case 'mutBorrowFieldGeneric':
      case 'immBorrowFieldGeneric':
        emitBorrowField(
          context,
          this.#structOf(instruction),
          this.#operands.field(instruction),
          instruction.op.startsWith('mut'),
        );
        return;
      case 'mutBorrowVariantField':
      case 'immBorrowVariantField':
      case 'mutBorrowVariantFieldGeneric':
      case 'immBorrowVariantFieldGeneric': {
        const { variants, field } = this.#operands.variantField(instruction);
        emitBorrowVariantField(context, this.#structOf(instruction), variants, field, instruction.op.startsWith('mut'));
        return;
      }
      case 'mutBorrowGlobal':
      case 'mutBorrowGlobalGeneric':
      case 'immBorrowGlobal':
      case 'immBorrowGlobalGeneric':
        emitBorrowGlobal(context, this.#structOf(instruction), instruction.op.startsWith('mut'));
        return;
      case 'exists':
      case 'existsGeneric':
        emitExists(context, this.#structOf(instruction));
        return;
      case 'moveFrom':
      case 'moveFromGeneric':
        emitMoveFrom(context, this.#structOf(instruction));
        return;
      case 'moveTo':
      case 'moveToGeneric':
        emitMoveTo(context, this.#structOf(instruction));
        return;
      case 'vecLen':
        emitVectorLength(context);
        return;
      case 'vecImmBorrow':
      case 'vecMutBorrow':
        emitVectorBorrow(context, this.#elementOf(instruction.type), instruction.op === 'vecMutBorrow');
        return;
      case 'vecPushBack':
        emitVectorPush(context, this.#elementOf(instruction.type));
        return;
      case 'vecPopBack':
        emitVectorPop(context, this.#elementOf(instruction.type), mayAliasMemory(use));
        return;
      case 'vecSwap':
        emitVectorSwap(context, this.#elementOf(instruction.type));
        return;
      case 'vecPack':
        emitVectorPack(context, types.vector(this.#elementOf(instruction.type)), instruction.count);
        return;
      case 'vecUnpack':
        emitVectorUnpack(context, this.#elementOf(instruction.type), instruction.count);
        return;
      default:
        unreachable(instruction);
    }
  }

  /** (value, reference) */
  #writeReference(): void {
    const { scratch } = this.#context;
    const type = referenced(this.#context.pop());
    this.#context.pop();
    const target = scratch.i32(1);
    const value = scratch.of(type);
    this.#code.set(target).set(value);
    storeFrom(this.#code, type, target, 0, value);
  }

  #equality(negated: boolean): void {
    const code = this.#code;
    const { typeFunctions, types } = this.#unit;
    const operand = this.#context.pop();
    this.#context.pop();
    if (operand.kind === 'reference' || staysInMemory(operand)) {
      code.call(typeFunctions.equal(operand.kind === 'reference' ? operand.inner : operand));
      if (negated) code.op(Op.i32Eqz);
    } else if (operand.representation === 'i64') {
      code.op(negated ? Op.i64Ne : Op.i64Eq);
    } else {
      code.op(negated ? Op.i32Ne : Op.i32Eq);
    }
    this.#context.push(types.primitive('bool'));
  }

  #callee(instruction: Instruction & { readonly index: number }): FunctionInstance {
    const { functionInstantiations } = this.#module.compiled;
    if (instruction.op === 'call') {
      return this.#unit.function(this.#module.functionName(this.#module.functionHandle(instruction.index)), []);
    }
    const { handle, typeArgs } = at(functionInstantiations, instruction.index);
    const name = this.#module.functionName(this.#module.functionHandle(handle));
    return this.#unit.function(name, this.#context.typesOf(typeArgs));
  }

  #elementOf(signature: number): Type {
    return at(this.#context.typesOf(signature), 0);
  }

  /** The struct or enum that an instruction works on, through whichever table it names it. */
  #structOf(instruction: Instruction): NominalType {
    const { compiled } = this.#module;
    const { definition, typeArgs } = this.#operands.structReference(instruction);
    const { handle } = at(compiled.structs, definition);
    const { module, name } = this.#module.structName(handle);
    const args = typeArgs === undefined ? [] : this.#context.typesOf(typeArgs);
    const type = this.#unit.types.struct(module, name, args);
    assert(isNominal(type), `${name} is no struct`);
    return type;
  }
}

function referenced(type: Type): Type {
  if (type.kind !== 'reference') throw new AssertionError(`${type.name} is no reference`);
  return type.inner;
}
