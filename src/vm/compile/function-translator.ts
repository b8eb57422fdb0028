// Writes one Move function as one WebAssembly function: its frame, its blocks as `structure.ts` places them, and what is done once a block: gas
// and the room on the operand stack. What an instruction becomes is in `instructions.ts`.

import { AssertionError, assert } from '../../base/errors.ts';
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
import { CALL_STATE, type FunctionInstance, OPERAND_STACK_MAX, wasmSignature } from './function-instance.ts';
import { INLINED_CALLS_MAX, isLightFunction } from './inlining.ts';
import { instructionGas, valueGas } from './instruction-gas.ts';
import { emitInstruction } from './instructions.ts';
import { framesEnd } from './layout.ts';
import { Locals } from './locals.ts';
import { emitStructured } from './structure.ts';
import { TypedOperands } from './typed-operands.ts';
import type { UnitContext } from './unit-context.ts';
import { mayKeepWords, takesWords } from './wide-operands.ts';

export function translateFunction(
  unit: UnitContext,
  instance: FunctionInstance,
  module: LoadedModule,
  definition: FunctionDefinition,
  ref: FunctionRef,
): void {
  unit.builder.define(ref, (code) => writeFunction(new FunctionContext(unit, instance, module, code), definition));
}

/** A function of its own. */
export function writeFunction(context: FunctionContext, definition: FunctionDefinition): void {
  const { code } = context;
  context.openTrap(code.block(ValType.i32));
  context.openGas();
  const translator = new Translator(context, definition);
  translator.run();
  code.op(Op.unreachable).end().call(context.unit.runtime.raise).op(Op.unreachable);
  context.settleFrame(code.ownLocalCount);
}

/** In the place of a call, with all on the stack that a call takes; leaves what a call leaves. For functions of one block. */
export function writeInlined(
  caller: FunctionContext,
  callee: FunctionInstance,
  module: LoadedModule,
  definition: FunctionDefinition,
): void {
  const { code, unit } = caller;
  code.lend();
  const { params } = wasmSignature(callee.params, callee.returns, false);
  const parameters = params.map((type) => code.local(type));
  for (const local of parameters.toReversed()) code.set(local);
  const [frame, callState] = parameters.slice(-2);
  if (frame === undefined || callState === undefined) throw new AssertionError('a call without a frame');
  const context = new FunctionContext(unit, callee, module, code, { caller, parameters, frame, callState });
  new Translator(context, definition).run();
  // And one for gas, which the caller has.
  context.settleFrame(code.endLending() + 1);
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

  constructor(context: FunctionContext, definition: FunctionDefinition) {
    const { unit, instance, code } = context;
    assert(definition.body !== undefined, `${instance.name} is native`);
    this.#unit = unit;
    this.#code = code;
    this.#body = definition.body.code;
    this.#context = context;
    this.#operands = new TypedOperands(context);
    this.#room = code.local(ValType.i32);
    this.#enter();
    emitEnterRule(this.#context);
    const types = [...instance.params, ...this.#context.typesOf(definition.body.locals)];
    const parameterCount = instance.params.length;
    const { facts } = this.#operands;
    context.keepsWords =
      !context.isInlined &&
      unit.trace === undefined &&
      mayKeepWords(code, types, this.#body, { facts, parameterCount });
    this.#locals = new Locals(this.#context, types, instance.params.length, this.#body);
  }

  run(): void {
    if (!this.#context.isInlined) {
      const isLight = isLightFunction(this.#code, this.#body, this.#operands.facts);
      this.#context.isLight = isLight;
      if (isLight) this.#context.inlinesLeft = INLINED_CALLS_MAX;
    }
    emitStructured(this.#code, buildControlFlow(this.#body), (block) => this.#block(block));
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
      if (this.#unit.trace) {
        context.settle(context.stack.length);
        this.#unit.trace.before(context);
      }
      if (context.holdsWords && !takesWords(instruction)) context.settle(facts.effect(instruction).pops);
      context.previous = offset > block.start ? at(this.#body, offset - 1) : undefined;
      const next = offset + 1 < block.end ? at(this.#body, offset + 1) : undefined;
      context.storedTo = next?.op === 'stLoc' ? this.#locals.frameOffset(next.local) : undefined;
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
