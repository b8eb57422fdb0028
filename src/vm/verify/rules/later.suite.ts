// Rules of bytecode versions 8 to 10. The Rust VM at hand (see `rules.suite.ts`) knows none of them: each status is what Aptos's source gives.

import { CLOSURES, FUNCTION_TYPES } from './closures.suite.ts';
import { call, code, copyLoc, moveLoc, mut, ONE, RET, type Rule, ref, U64 } from './rule.suite.ts';
import { MESSAGES, SIGNED } from './signed.suite.ts';
import { STRUCT_API } from './struct-api.suite.ts';

/** One field of an enum by two names: `x` of one variant and `y` of the other. Aptos took them for two fields once, and its VM at hand still does. */
const ALIASES: readonly Rule[] = [
  code(
    'CALL_BORROWED_MUTABLE_REFERENCE_ERROR',
    "an enum's field borrowed mutably by two names",
    (d) => {
      d.struct('E', { variants: { A: [['x', U64]], B: [['y', U64]] } });
      d.variantFieldHandles.push({ struct: 0, field: 0, variants: [0] }, { struct: 0, field: 0, variants: [1] });
      const g = d.function('g', { parameters: [mut(U64), mut(U64)], code: [RET] });
      return {
        parameters: [mut(d.typeOf(0))],
        code: [
          copyLoc(0),
          { op: 'mutBorrowVariantField', index: 0 },
          copyLoc(0),
          { op: 'mutBorrowVariantField', index: 1 },
          call(g),
          RET,
        ],
      };
    },
    { version: 8 },
  ),
  code(
    'WRITEREF_EXISTS_BORROW_ERROR',
    "an enum's field written by one name while it is read by the other",
    (d) => {
      d.struct('E', { variants: { A: [['x', U64]], B: [['y', U64]] } });
      d.variantFieldHandles.push({ struct: 0, field: 0, variants: [0] }, { struct: 0, field: 0, variants: [1] });
      return {
        parameters: [mut(d.typeOf(0))],
        locals: [ref(U64)],
        code: [
          ...[copyLoc(0), { op: 'immBorrowVariantField', index: 0 } as const, { op: 'stLoc', local: 1 } as const],
          ...[ONE, copyLoc(0), { op: 'mutBorrowVariantField', index: 1 } as const, { op: 'writeRef' } as const],
          ...[moveLoc(1), { op: 'readRef' } as const, { op: 'pop' } as const, RET],
        ],
      };
    },
    { version: 8 },
  ),
];

export const LATER_RULES: readonly Rule[] = [
  ...CLOSURES,
  ...FUNCTION_TYPES,
  ...SIGNED,
  ...MESSAGES,
  ...STRUCT_API,
  ...ALIASES,
];
