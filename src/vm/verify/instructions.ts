// Pass 5: generic instructions are for generic functions and structs, plain ones for plain; vector literals are not absurd; closures capture
// arguments that there are.

import { assert } from '../../base/errors.ts';
import {
  at,
  type ClosureInstruction,
  type IndexInstruction,
  isForModules,
  operandTarget,
  parametersOf,
  structHandleOf,
  type Unit,
} from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import type { CodeUnit } from '../bytecode/module.ts';
import { refuse } from './error.ts';
import { VECTOR_LITERAL_MAX } from './limits.ts';
import { refuseInScript } from './script-rules.ts';

/** @throws VerificationError */
export function checkInstructions(unit: Unit): void {
  if (unit.kind === 'script') {
    checkCode(unit, unit.body, {});
    return;
  }
  for (let index = 0; index < unit.functions.length; index++) {
    const definition = at(unit.functions, index);
    if (definition.body) checkCode(unit, definition.body, { function: index });
  }
}

function checkCode(unit: Unit, body: CodeUnit, place: Place): void {
  for (let offset = 0; offset < body.code.length; offset++) {
    const instruction = at(body.code, offset);
    if (unit.kind === 'script' && 'index' in instruction && isForModules(instruction)) {
      refuseInScript(unit, instruction, { ...place, offset });
    }
    if ('index' in instruction) checkForm(unit, instruction, place, offset);
    if ('mask' in instruction) checkMask(unit, instruction, { ...place, offset });
    if ('count' in instruction && instruction.count > VECTOR_LITERAL_MAX) {
      const problem = `a vector literal of ${instruction.count} elements`;
      refuse(unit, 'CONSTRAINT_NOT_SATISFIED', problem, { ...place, offset });
    }
  }
}

function checkForm(unit: Unit, instruction: IndexInstruction, place: Place, offset: number): void {
  const target = operandTarget(unit, instruction);
  if (target.kind === 'constant') return;
  const isGeneric = target.typeArgs !== undefined;
  if (parameterCount(unit, target) > 0 === isGeneric) return;
  const problem = isGeneric ? 'takes no type arguments' : 'needs type arguments';
  refuse(unit, 'GENERIC_MEMBER_OPCODE_MISMATCH', `what ${instruction.op} works on ${problem}`, { ...place, offset });
}

/** A closure captures no more arguments than its function has. */
function checkMask(unit: Unit, instruction: ClosureInstruction, place: Place): void {
  const target = operandTarget(unit, instruction);
  assert(target.kind === 'function', 'a closure of no function');
  const { length } = parametersOf(unit, at(unit.functionHandles, target.handle));
  if (instruction.mask >> BigInt(length) === 0n) return;
  refuse(unit, 'INVALID_CLOSURE_MASK', `mask 0x${instruction.mask.toString(16)} for ${length} parameters`, place);
}

function parameterCount(
  unit: Unit,
  target: { readonly kind: 'function'; readonly handle: number } | { readonly kind: string; readonly struct: number },
): number {
  if (!('struct' in target)) return at(unit.functionHandles, target.handle).typeParameters.length;
  return unit.kind === 'module' ? structHandleOf(unit, at(unit.structs, target.struct)).typeParameters.length : 0;
}
