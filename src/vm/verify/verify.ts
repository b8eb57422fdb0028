// Bytecode verification: what the Rust VM of Aptos checks before it runs a module or script, in the same order and with the same verdicts
// (aptos-core, third_party/move/move-bytecode-verifier), for versions 5 to 10, with the features that its mainnet has on. Code that did not
// pass is never compiled. From version 5 on there is no rule for the signatures of scripts and entry functions here: what a transaction can
// pass is decided when it calls.

import { at, type Unit } from '../bytecode/access.ts';
import { checkBounds } from '../bytecode/bounds.ts';
import type { CompiledModule, CompiledScript } from '../bytecode/module.ts';
import { type AcquiredBy, acquiredBy, checkAcquires } from './acquires.ts';
import { checkConstants } from './constants.ts';
import { checkControlFlow } from './control-flow.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkFriends } from './friends.ts';
import { type FunctionCode, functionCode, scriptCode } from './function-body.ts';
import { checkInstantiationLoops } from './instantiation-loops.ts';
import { checkInstructions } from './instructions.ts';
import { checkLimits } from './limits.ts';
import { checkCycles, checkLinking, type ResolveModule } from './linking.ts';
import { checkLocalsSafety } from './locals-safety.ts';
import { Meter } from './meter.ts';
import { checkRecursiveStructs } from './recursive-structs.ts';
import { checkReferenceSafety } from './reference-safety.ts';
import { checkScriptHandles } from './script-rules.ts';
import { checkSignatures } from './signatures.ts';
import { checkStackUsage } from './stack-usage.ts';
import { StructApi } from './struct-api.ts';
import { checkTypeSafety } from './type-safety.ts';

/**
 * Checks a module and its links to the modules that `resolve` finds, which are taken to be verified themselves.
 * @throws VerificationError, or BytecodeError for wrong indices in a module that was not decoded but made
 */
export function verifyModule(module: CompiledModule, resolve: ResolveModule): void {
  verifyModuleAlone(module);
  checkLinking(module, resolve);
  checkCycles(module, resolve);
}

/** @throws VerificationError */
export function verifyScript(script: CompiledScript, resolve: ResolveModule): void {
  checkTables(script);
  checkScriptHandles(script);
  const meter = new Meter(script);
  meter.enterFunction(undefined);
  checkCode(scriptCode(script), new Map(), meter);
  checkLinking(script, resolve);
}

/** All that can be said of a module without looking at others. @throws VerificationError */
export function verifyModuleAlone(module: CompiledModule): void {
  checkTables(module);
  checkFriends(module);
  checkRecursiveStructs(module);
  checkInstantiationLoops(module);
  const meter = new Meter(module);
  const acquired = acquiredBy(module);
  const structApi = new StructApi(module);
  for (let index = 0; index < module.functions.length; index++) {
    const definition = at(module.functions, index);
    structApi.check(index);
    const code = functionCode(module, index, definition);
    if (!code) continue;
    meter.enterFunction(index);
    checkCode(code, acquired, meter);
    checkAcquires(module, index, acquired);
    meter.leaveFunction();
  }
}

function checkTables(unit: Unit): void {
  checkBounds(unit);
  checkLimits(unit);
  checkDuplicates(unit);
  checkSignatures(unit);
  checkInstructions(unit);
  checkConstants(unit);
}

function checkCode(code: FunctionCode, acquired: AcquiredBy, meter: Meter): void {
  const body = checkControlFlow(code);
  checkStackUsage(body);
  checkTypeSafety(body, meter);
  checkLocalsSafety(body, meter);
  checkReferenceSafety(body, acquired, meter);
}
