// One module per rule of the verifier, each broken in one way, with the status that the Rust verifier gives it. `../rules.test.ts` runs them all
// here; `scripts/fuzz/verify.ts` runs those of versions 5 to 7 in the Rust VM too.

import type { Rule } from './rule.suite.ts';
import { ACQUIRES, LOCALS, REFERENCES } from './safety.suite.ts';
import { BOUNDS, LIMITS, TABLES } from './tables.suite.ts';
import { FLOW, TYPES } from './types.suite.ts';

export const RULES: readonly Rule[] = [
  ...BOUNDS,
  ...LIMITS,
  ...TABLES,
  ...FLOW,
  ...TYPES,
  ...LOCALS,
  ...REFERENCES,
  ...ACQUIRES,
];
