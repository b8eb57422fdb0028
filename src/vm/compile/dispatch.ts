// Reentrancy (AIP-112). Dynamic calls can lead back into a module that is on the call stack already; its resources are locked then. Which modules
// are entered, and how often, is counted in memory at fixed addresses, and only by units in which a dynamic call can happen at all: without
// one, no module is entered twice, since modules do not depend on each other in a circle. The rules are those of the Rust VM's
// `reentrancy_checker.rs`: a call into another module and every dynamic call enter the callee's module; `module_lock` functions forbid
// to enter a module again while they run.

import type { ModuleId } from '../bytecode/module.ts';
import { EngineError } from '../errors.ts';
import { type Code, Op } from '../wasm/code.ts';
import { MemOp } from '../wasm/opcodes.ts';
import type { FunctionContext } from './function-context.ts';
import type { FunctionInstance } from './function-instance.ts';
import { type ActiveLayout, activeLayout, MODULES_COUNTED_MAX } from './layout.ts';
import type { UnitContext } from './unit-context.ts';

export const RUNTIME_DISPATCH_ERROR = 'RUNTIME_DISPATCH_ERROR';

/** How a module is entered: by a call that names it, by a dynamic one, or from outside. */
export type Entering = 'call' | 'dynamic' | 'outside';

/**
 * Before a call: counts the callee's module as entered, and keeps how often it was before in the local `entered`. With `trapIf` a module that is
 * entered already ends the run while a lock is held.
 */
export function emitEnter(
  unit: UnitContext,
  code: Code,
  callee: FunctionInstance,
  how: Entering,
  entered: number,
  trapIf: (condition: () => void) => void,
): void {
  const active = activeLayout(unit.limits);
  const count = countAddress(unit, active, callee.module);
  if (callee.hasModuleLock) add(code, active.locks, 1);
  code.i32(count).mem(MemOp.i32Load, 0).set(entered);
  if (how !== 'outside') {
    // Locks are rare: what else the rule asks is looked at under one alone.
    code.i32(active.locks).mem(MemOp.i32Load, 0).if();
    trapIf(() => {
      code.get(entered).i32(0).op(Op.i32Ne);
      if (how === 'dynamic') {
        code.i32(active.caller).mem(MemOp.i32Load, 0).i32(unit.closures.moduleNumber(callee.module));
        code.op(Op.i32Ne, Op.i32And);
      }
    });
    code.end();
  }
  code.i32(count).get(entered).i32(1).op(Op.i32Add).mem(MemOp.i32Store, 0);
}

/** After the call: what `emitEnter` did is undone. */
export function emitLeave(unit: UnitContext, code: Code, callee: FunctionInstance, entered: number): void {
  const active = activeLayout(unit.limits);
  code
    .i32(countAddress(unit, active, callee.module))
    .get(entered)
    .mem(MemOp.i32Store, 0);
  if (callee.hasModuleLock) add(code, active.locks, -1);
}

/** A call by name: into another module, or to a function that locks its own. */
export function emitEnterCall(context: FunctionContext, callee: FunctionInstance): void {
  const { code, instance, unit } = context;
  if (isOtherModule(instance.module, callee.module)) {
    emitEnter(unit, code, callee, 'call', context.entered, (condition) =>
      context.trapIf(RUNTIME_DISPATCH_ERROR, condition),
    );
  } else if (callee.hasModuleLock) {
    add(code, activeLayout(unit.limits).locks, 1);
  }
}

export function emitLeaveCall(context: FunctionContext, callee: FunctionInstance): void {
  const { code, instance, unit } = context;
  if (isOtherModule(instance.module, callee.module)) emitLeave(unit, code, callee, context.entered);
  else if (callee.hasModuleLock) add(code, activeLayout(unit.limits).locks, -1);
}

/** Tells the callee of a dynamic call which module it comes from. */
export function emitCaller({ code, instance, unit }: FunctionContext): void {
  code.i32(activeLayout(unit.limits).caller).i32(unit.closures.moduleNumber(instance.module)).mem(MemOp.i32Store, 0);
}

/** Ends the run when the module has been entered more than once: its resources are locked. */
export function emitResourceCheck(context: FunctionContext, module: ModuleId): void {
  const { code, unit } = context;
  if (!unit.dispatches) return;
  context.trapIf(RUNTIME_DISPATCH_ERROR, () => {
    code
      .i32(countAddress(unit, activeLayout(unit.limits), module))
      .mem(MemOp.i32Load, 0)
      .i32(1)
      .op(Op.i32GtU);
  });
}

/** @throws EngineError when one run meets half of all modules that can be counted: it began in a world with fewer than the other half */
function countAddress(unit: UnitContext, active: ActiveLayout, module: ModuleId): number {
  const number = unit.closures.moduleNumber(module);
  if (number >= MODULES_COUNTED_MAX) throw new EngineError('no room to count another module');
  return active.counts + 4 * number;
}

function isOtherModule(a: ModuleId, b: ModuleId): boolean {
  return a.address !== b.address || a.name !== b.name;
}

function add(code: Code, address: number, difference: 1 | -1): void {
  code.i32(address).i32(address).mem(MemOp.i32Load, 0).i32(1);
  code.op(difference === 1 ? Op.i32Add : Op.i32Sub).mem(MemOp.i32Store, 0);
}
