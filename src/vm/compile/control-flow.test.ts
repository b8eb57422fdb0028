// Blocks, loops and merges of small functions; that all control flow which passes the verifier can be placed.

import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../base/errors.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { Instruction } from '../bytecode/module.ts';
import { checkControlFlow } from '../verify/control-flow.ts';
import { VerificationError } from '../verify/error.ts';
import { buildControlFlow } from './control-flow.ts';

const nop: Instruction = { op: 'nop' };
const ret: Instruction = { op: 'ret' };
const yes: Instruction = { op: 'ldTrue' };
const branch = (target: number): Instruction => ({ op: 'branch', target });
const brTrue = (target: number): Instruction => ({ op: 'brTrue', target });

function isAccepted(code: readonly Instruction[], version: number): boolean {
  const unit = new ModuleDraft('m', version).build();
  try {
    checkControlFlow({ unit, index: 0, typeParameters: [], parameters: [], locals: [], returns: [], code });
    return true;
  } catch (error) {
    if (error instanceof VerificationError) return false;
    throw error;
  }
}

/** Mostly jumps, most of them short. */
function randomJumps(random: SeededRandom): Instruction[] {
  const length = random.integer(3, 14);
  const code = Array.from({ length }, (_, offset): Instruction => {
    if (random.chance(0.4)) return nop;
    const target = random.chance(0.7) ? offset + random.integer(-4, 4) : random.integer(0, length);
    const inside = Math.min(Math.max(target, 0), length);
    return random.chance(0.7) ? brTrue(inside) : branch(inside);
  });
  return [...code, ret];
}

describe('control flow', () => {
  it('is one block for straight code, and leaves out what is never reached', () => {
    const blocks = buildControlFlow([nop, ret, nop, ret]);
    expect(blocks).toMatchObject([{ start: 0, end: 2, exit: { kind: 'end' }, isLoop: false, isMerge: false }]);
  });

  it('finds a loop and the block behind it', () => {
    // 0: header: if true goto 4; 2: body; back to 0; 4: out
    const blocks = buildControlFlow([yes, brTrue(4), nop, branch(0), ret]);
    expect(blocks.map(({ start, isLoop, isMerge }) => [start, isLoop, isMerge])).toEqual([
      [0, true, false],
      [2, false, false],
      [4, false, false],
    ]);
    expect(blocks[0]?.dominated.map(({ start }) => start)).toEqual([2, 4]);
  });

  it('places what both arms of a choice lead to behind both', () => {
    // if true goto 4; 2: then; goto 6; 4: else; goto 6; 6: out
    const blocks = buildControlFlow([yes, brTrue(4), nop, branch(6), nop, branch(6), ret]);
    const merge = blocks.find(({ start }) => start === 6);
    expect(merge).toMatchObject({ isMerge: true });
    expect(blocks[0]?.dominated).toContain(merge);
    expect(blocks[0]?.weight).toBe(4);
  });

  it('counts a branch to the next instruction as two ways to one block', () => {
    const blocks = buildControlFlow([yes, brTrue(2), ret]);
    expect(blocks[1]).toMatchObject({ start: 2, isMerge: true });
  });

  it('is told of a loop with two entries by the verifier, in every version', () => {
    // 0: if true goto 4; 2: a; if … goto 4 falls through to: branch 4; 4: b; back to 2
    const code = [yes, brTrue(4), nop, branch(4), yes, brTrue(2), ret];
    for (const version of [5, 6, 7, 10]) expect(isAccepted(code, version)).toBe(false);
    expect(() => buildControlFlow(code)).toThrow(AssertionError);
  });

  it.each([5, 6])('has every loop that version %i lets pass', (version) => {
    const random = new SeededRandom(version);
    let loops = 0;
    for (let i = 0; i < 20_000; i++) {
      const code = randomJumps(random);
      if (isAccepted(code, version)) loops += buildControlFlow(code).filter(({ isLoop }) => isLoop).length;
    }
    expect(loops).toBeGreaterThan(1_000);
  });
});
