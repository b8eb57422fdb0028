// A quotient and a remainder of the same two values, both asked for in one block (`x / 10` and `x % 10`): dividing gives both at once, so the
// second of the two instructions has nothing to do. Which instructions these are is read off the bytecode.

import type { Instruction } from '../bytecode/module.ts';

/** For each division the later one in the same block that it does the work of. `isBorrowed`: the local may be changed through a reference. */
export function findDivisionPairs(
  code: readonly Instruction[],
  start: number,
  end: number,
  isBorrowed: (local: number) => boolean,
): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const paired = new Set<number>();
  for (let first = start + 2; first < end; first++) {
    const operation = code[first]?.op;
    if ((operation !== 'div' && operation !== 'mod') || paired.has(first)) continue;
    const operands = [code[first - 2], code[first - 1]];
    const locals = operands.map((operand) => (operand ? readLocal(operand) : undefined));
    if (!operands.every(isFixed) || locals.some((local) => local !== undefined && isBorrowed(local))) continue;
    const other = operation === 'div' ? 'mod' : 'div';
    for (let second = first + 3; second < end; second++) {
      const between = code[second - 2];
      if (between?.op === 'stLoc' && locals.includes(between.local)) break;
      if (code[second]?.op !== other) continue;
      if (!operands.every((operand, i) => isSameValue(operand, code[second - 2 + i]))) continue;
      pairs.set(first, second);
      paired.add(second);
      break;
    }
  }
  return pairs;
}

function readLocal(instruction: Instruction): number | undefined {
  return instruction.op === 'copyLoc' || instruction.op === 'moveLoc' ? instruction.local : undefined;
}

/** Leaves the same value wherever it stands, as long as no local is stored to. */
function isFixed(instruction: Instruction | undefined): boolean {
  return instruction !== undefined && (instruction.op === 'ldU128' || readLocal(instruction) !== undefined);
}

function isSameValue(a: Instruction | undefined, b: Instruction | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.op === 'ldU128') return b.op === 'ldU128' && a.value === b.value;
  const local = readLocal(a);
  return local !== undefined && local === readLocal(b);
}
