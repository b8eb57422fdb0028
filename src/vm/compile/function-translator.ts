// Writes one Move function as one WebAssembly function: its frame, its blocks as `structure.ts` places them, and what is done once a block: gas
// and the room on the operand stack. What an instruction becomes is in `instructions.ts`.

import { assert } from '../../base/errors.ts';
import { at } from '../bytecode/access.ts';
import type { FunctionDefinition, Instruction } from '../bytecode/module.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import type { Type } from '../types/type.ts';
import { type Code, I64_LATER_WIDTH, Op } from '../wasm/code.ts';
import type { FunctionRef } from '../wasm/module-builder.ts';
import { ValType } from '../wasm/opcodes.ts';
import { emitEnterRule } from './access-rules.ts';
import { planAliases } from './alias-plan.ts';
import { type Block, buildControlFlow } from './control-flow.ts';
import { findDivisionPairs } from './division-pairs.ts';
import { FunctionContext } from './function-context.ts';
import { CALL_STATE, ENGINE_SLOT_WEIGHT, type FunctionInstance, OPERAND_STACK_MAX } from './function-instance.ts';
import { instructionGas, valueGas } from './instruction-gas.ts';
import { emitInstruction } from './instructions.ts';
import { framesEnd } from './layout.ts';
import { Locals } from './locals.ts';
import { emitStructured } from './structure.ts';
import { TypedOperands } from './typed-operands.ts';
import type { UnitContext } from './unit-context.ts';

/**
 * The engine keeps a compiled function's locals, what it has on the operand stack and what it passes to a call on its own stack: those above
 * this count weigh on the frame's size, `ENGINE_SLOT_WEIGHT` each.
 */
const UNWEIGHED_SLOTS = 16;

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
  readonly #code: Code;
  readonly #body: readonly Instruction[];
  readonly #locals: Locals;
  readonly #operands: TypedOperands;
  /** Local with the number of values that the operand stack may still take. */
  readonly #room: number;

  constructor(
    unit: UnitContext,
    instance: FunctionInstance,
    module: LoadedModule,
    definition: FunctionDefinition,
    code: Code,
  ) {
    assert(definition.body !== undefined, `${instance.name} is native`);
    this.#unit = unit;
    this.#code = code;
    this.#body = definition.body.code;
    this.#context = new FunctionContext(unit, instance, module, code);
    this.#operands = new TypedOperands(this.#context);
    this.#context.openTrap(code.block(ValType.i32));
    this.#context.openGas();
    this.#room = code.local(ValType.i32);
    this.#enter();
    emitEnterRule(this.#context);
    const types = [...instance.params, ...this.#context.typesOf(definition.body.locals)];
    this.#locals = new Locals(this.#context, types, instance.params.length, this.#body);
  }

  run(): void {
    const code = this.#code;
    emitStructured(code, buildControlFlow(this.#body), (block) => this.#block(block));
    code.op(Op.unreachable).end().call(this.#unit.runtime.raise).op(Op.unreachable);
    const { operandsMost, passedMost } = this.#context;
    const slots = code.locals.length + operandsMost + passedMost;
    const weighed = Math.max(0, slots - UNWEIGHED_SLOTS) * ENGINE_SLOT_WEIGHT;
    const size = ((this.#context.frameSize + 7) & ~7) + weighed;
    for (const place of this.#context.frameSizes) code.sink.patch(place, size);
  }

  /** Is there room for the frame? How many values may the operand stack still take? */
  #enter(): void {
    const code = this.#code;
    this.#unit.trace?.enter(this.#context);
    const { callState } = this.#context;
    this.#context.trapIf('CALL_STACK_OVERFLOW', () => {
      this.#context.pushNextFrame();
      code.i32(framesEnd(this.#unit.limits)).op(Op.i32GtU);
    });
    code.i32(OPERAND_STACK_MAX).get(callState).i32(CALL_STATE.heightMask).op(Op.i32And, Op.i32Sub).set(this.#room);
  }

  #block(block: Block): void {
    const context = this.#context;
    const { facts } = this.#operands;
    context.beginBlock();
    context.offset = block.start;
    const gas = this.#chargeGas(block);
    let cost = gas.cost;
    this.#checkHeight(block);
    context.divisionPairs = findDivisionPairs(this.#body, block.start, block.end, (local) =>
      this.#locals.isMutablyBorrowed(local),
    );
    const uses = planAliases(this.#body, block.start, block.end, (instruction) => facts.effect(instruction));
    for (let offset = block.start; offset < block.end; offset++) {
      context.offset = offset;
      const site = { context, locals: this.#locals, operands: this.#operands, use: uses.get(offset) };
      const instruction = at(this.#body, offset);
      const before = context.stack.at(-1);
      this.#unit.trace?.before(context);
      emitInstruction(instruction, site);
      cost += this.#valueGas(instruction, before, context.stack.at(-1));
    }
    this.#code.sink.patch(gas.place, cost, I64_LATER_WIDTH);
    assert(context.stack.length === 0, 'operand stack not empty between blocks');
  }

  /** What the instruction's value weighs by its type: the one that it leaves a copy of, or each of the two that it compares. */
  #valueGas({ op }: Instruction, before: Type | undefined, after: Type | undefined): number {
    if ((op === 'copyLoc' || op === 'readRef') && after !== undefined) return valueGas(this.#unit.gas, after);
    if ((op !== 'eq' && op !== 'neq') || before === undefined) return 0;
    return 2 * valueGas(this.#unit.gas, before.kind === 'reference' ? before.inner : before);
  }

  /** What the block costs so far, and where in the code to fill in the whole cost. */
  #chargeGas(block: Block): { readonly cost: number; readonly place: number } {
    let cost = 0;
    for (let offset = block.start; offset < block.end; offset++) {
      const instruction = at(this.#body, offset);
      cost += instructionGas(this.#unit.gas, instruction, () => this.#operands.facts.gasFacts(instruction));
      if (instruction.op === 'call' || instruction.op === 'callGeneric') cost += this.#operands.callee(instruction).gas;
    }
    return { cost, place: this.#context.takeGas() };
  }

  /** Ends the run when the block would put more on the operand stack than it may hold, at the instruction that would. */
  #checkHeight(block: Block): void {
    const code = this.#code;
    const reached: number[] = [];
    let height = 0;
    for (let offset = block.start; offset < block.end; offset++) {
      const { pops, pushes } = this.#operands.facts.effect(at(this.#body, offset));
      height += pushes - pops;
      while (reached.length < height) reached.push(offset);
    }
    if (reached.length === 0) return;
    this.#context.operandsMost = Math.max(this.#context.operandsMost, reached.length);
    code.get(this.#room).i32(reached.length).op(Op.i32LtU).if();
    code.i32(this.#unit.heights(this.#context.instance, reached)).get(this.#room);
    code
      .call(this.#unit.runtime.host('stackOverflow', [ValType.i32, ValType.i32], []))
      .op(Op.unreachable)
      .end();
  }
}
