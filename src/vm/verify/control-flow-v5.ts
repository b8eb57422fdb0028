// The loop rules of bytecode version 5, in terms of offsets: a jump back goes to the head of the innermost loop, a jump out of a loop goes right
// behind it, and no other jump enters or leaves one.

import type { Instruction } from '../bytecode/module.ts';
import { type FunctionCode, refuseAt } from './function-body.ts';
import { LOOP_DEPTH_MAX } from './limits.ts';

/** A loop reaches from the target of jumps back to the last of these jumps. */
interface Loop {
  readonly head: number;
  readonly last: number;
}

/** @throws VerificationError */
export function checkLoopsV5(code: FunctionCode): void {
  const lastOf = loopEnds(code.code);
  checkContinues(code, lastOf);
  checkBreaks(code, lastOf);
  checkSplits(code, lastOf);
}

/** Head of each loop → offset of its last jump back. */
function loopEnds(code: readonly Instruction[]): ReadonlyMap<number, number> {
  const lastOf = new Map<number, number>();
  for (const [offset, instruction] of code.entries()) {
    if ('target' in instruction && instruction.target <= offset) lastOf.set(instruction.target, offset);
  }
  return lastOf;
}

/** Calls `check` for every jump with the loops that are open there, the innermost last. */
function eachJump(
  code: FunctionCode,
  lastOf: ReadonlyMap<number, number>,
  check: (offset: number, target: number, innermost: Loop | undefined) => void,
): void {
  const open: Loop[] = [];
  for (const [offset, instruction] of code.code.entries()) {
    const last = lastOf.get(offset);
    if (last !== undefined) open.push({ head: offset, last });
    if (!('target' in instruction)) continue;
    check(offset, instruction.target, open.at(-1));
    if (instruction.target <= offset && open.at(-1)?.last === offset) open.pop();
  }
}

function checkContinues(code: FunctionCode, lastOf: ReadonlyMap<number, number>): void {
  eachJump(code, lastOf, (offset, target, innermost) => {
    if (target > offset || target === innermost?.head) return;
    refuseAt(code, 'INVALID_LOOP_CONTINUE', 'a jump back that is not to the innermost loop', offset);
  });
}

function checkBreaks(code: FunctionCode, lastOf: ReadonlyMap<number, number>): void {
  eachJump(code, lastOf, (offset, target, innermost) => {
    if (target <= offset || !innermost || target <= innermost.last + 1) return;
    refuseAt(code, 'INVALID_LOOP_BREAK', 'a jump out of the innermost loop that is not to its end', offset);
  });
}

function checkSplits(code: FunctionCode, lastOf: ReadonlyMap<number, number>): void {
  const depth = loopDepths(code.code.length, lastOf);
  eachJump(code, lastOf, (offset, target, innermost) => {
    const isBreak = innermost !== undefined && target > innermost.last;
    if (target <= offset || isBreak) return;
    const targetDepth = (depth[target] ?? 0) - (lastOf.has(target) ? 1 : 0);
    if (depth[offset] === targetDepth) return;
    refuseAt(code, 'INVALID_LOOP_SPLIT', 'a jump into the middle of a loop', offset);
  });
  const tooDeep = depth.findIndex((loops) => loops > LOOP_DEPTH_MAX);
  if (tooDeep >= 0) {
    refuseAt(code, 'LOOP_MAX_DEPTH_REACHED', `loops nested over ${LOOP_DEPTH_MAX} deep`, tooDeep);
  }
}

/** In how many loops each instruction lies. */
function loopDepths(length: number, lastOf: ReadonlyMap<number, number>): readonly number[] {
  const ends = new Set(lastOf.values());
  const depths: number[] = [];
  let depth = 0;
  for (let offset = 0; offset < length; offset++) {
    if (lastOf.has(offset)) depth++;
    depths.push(depth);
    if (ends.has(offset)) depth--;
  }
  return depths;
}
