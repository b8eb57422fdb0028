// Making and calling function values.

import { describe, expect, it } from 'vitest';
import {
  assembled,
  CLOSURE_VERSION,
  ClosureWorld,
  callClosure,
  copyLoc,
  fn,
  moveLoc,
  packClosure,
  ret,
  U64,
  u64,
} from '../../testing/closure-programs.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';

describe('function values', () => {
  it('call their function with captured and given arguments in order, whichever were captured', () => {
    for (const mask of [0b00, 0b01, 0b10, 0b11]) {
      const draft = new ModuleDraft('m', CLOSURE_VERSION);
      const sub = draft.function('sub', {
        parameters: [U64, U64],
        returns: [U64],
        code: [moveLoc(0), moveLoc(1), { op: 'sub' }, ret],
      });
      const given = [0, 1].filter((index) => ((mask >> index) & 1) === 0);
      const taken = [0, 1].filter((index) => ((mask >> index) & 1) === 1);
      const type = draft.signature([
        fn(
          given.map(() => U64),
          [U64],
        ),
      ]);
      draft.function('run', {
        parameters: [U64, U64],
        returns: [U64],
        code: [...given.map(copyLoc), ...taken.map(copyLoc), packClosure(sub, mask), callClosure(type), ret],
      });
      const result = new ClosureWorld(assembled(draft)).run('run', [u64(50), u64(8)]);
      expect(result.status).toEqual({ kind: 'executed' });
      expect(result.returns).toEqual([u64(42)]);
    }
  });
});
