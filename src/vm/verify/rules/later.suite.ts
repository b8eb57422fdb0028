// Rules of bytecode versions 8 to 10. The Rust VM at hand (see `rules.suite.ts`) knows none of them: each status is what Aptos's source gives.

import { CLOSURES, FUNCTION_TYPES } from './closures.suite.ts';
import type { Rule } from './rule.suite.ts';
import { MESSAGES, SIGNED } from './signed.suite.ts';
import { STRUCT_API } from './struct-api.suite.ts';

export const LATER_RULES: readonly Rule[] = [...CLOSURES, ...FUNCTION_TYPES, ...SIGNED, ...MESSAGES, ...STRUCT_API];
