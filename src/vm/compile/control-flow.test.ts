// Blocks, loops and merges of small functions, and the control flow that is refused.

import { describe, expect, it } from 'vitest';
import type { Instruction } from '../bytecode/module.ts';
import { UnsupportedError } from '../errors.ts';
import { buildControlFlow } from './control-flow.ts';

const nop: Instruction = { op: 'nop' };
const ret: Instruction = { op: 'ret' };
const yes: Instruction = { op: 'ldTrue' };
const branch = (target: number): Instruction => ({ op: 'branch', target });
const brTrue = (target: number): Instruction => ({ op: 'brTrue', target });

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

  it('refuses a loop with two entries', () => {
    // 0: if true goto 4; 2: a; if … goto 4 falls through to: branch 4; 4: b; back to 2
    const code = [yes, brTrue(4), nop, branch(4), yes, brTrue(2), ret];
    expect(() => buildControlFlow(code)).toThrow(UnsupportedError);
  });
});
