// Emitted code does not change under the same version of the compiler, or else a page would run what an older one kept (ADR 0007).

import { expect, it } from 'vitest';
import { emittedFunctions, recordedCode } from '../../testing/emitted-code.ts';
import { COMPILER_VERSION } from './compiler-version.ts';

it('emits the code that stands recorded for this version; if it should not, raise COMPILER_VERSION and record it (scripts/vm/record-emitted-code.ts)', () => {
  const recorded = recordedCode();
  expect(recorded.compilerVersion).toBe(COMPILER_VERSION);
  expect(Object.keys(recorded.functions).length).toBeGreaterThan(50);
  expect(emittedFunctions()).toMatchObject(recorded.functions);
});
