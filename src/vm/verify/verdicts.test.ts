// The Rust VM's verdicts on random and broken modules, recorded by `npm run fuzz:verify -- --record`: ours are the same, to the instruction.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assembleModule } from '../../testing/assemble.ts';
import { decodeModule } from '../bytecode/decode.ts';
import { VERSION_ENUMS } from '../bytecode/format.ts';
import { verdictOf } from './outcome.suite.ts';
import { Samples, VERDICTS_FILE } from './samples.suite.ts';
import { verifyModule } from './verify.ts';

/** A thousand samples take seconds on a busy machine. */
const TIMEOUT_MS = 60_000;
const SAMPLES_OF_LATER_VERSIONS = 300;

it('judges every recorded sample as the Rust VM does', { timeout: TIMEOUT_MS }, async () => {
  const samples = await Samples.load();
  const recorded = readFileSync(VERDICTS_FILE, 'utf8').trim().split('\n');
  const differences: string[] = [];
  for (const [i, theirs] of recorded.entries()) {
    const { module } = samples.sample(`recorded ${i}`);
    const bytes = assembleModule(module);
    const ours = verdictOf(() => verifyModule(decodeModule(bytes), samples.resolve));
    if (!isSame(ours, theirs)) differences.push(`recorded ${i}: ours ${ours}, theirs ${theirs}`);
  }
  expect(recorded.length).toBeGreaterThanOrEqual(1_000);
  expect(differences).toEqual([]);
});

it.each([8, 9, 10])(
  'judges what is in version 7 no other way in version %i',
  { timeout: TIMEOUT_MS },
  async (version) => {
    const samples = await Samples.load();
    const differences: string[] = [];
    for (let i = 0; i < SAMPLES_OF_LATER_VERSIONS; i++) {
      const { module } = samples.sample(`recorded ${i}`);
      if (module.version < VERSION_ENUMS) continue;
      const [before, after] = [module, { ...module, version }].map((unit) => {
        const bytes = assembleModule(unit);
        return verdictOf(() => verifyModule(decodeModule(bytes), samples.resolve));
      });
      if (before !== after) differences.push(`recorded ${i}: ${before}, then ${after}`);
    }
    expect(differences).toEqual([]);
  },
);

function isSame(ours: string, theirs: string): boolean {
  // As in `scripts/fuzz/verify.ts`: dependencies come first there, enums are not looked into, and not both always give the place.
  if (ours === 'RECURSIVE_STRUCT_DEFINITION') return true;
  if (theirs === 'LINKER_ERROR' || theirs === 'CYCLIC_MODULE_DEPENDENCY') return ours !== 'OK';
  return ours === theirs || theirs.startsWith(`${ours}@`) || ours.startsWith(`${theirs}@`);
}
