// Every way of dividing a run's gas between its parts ends as two separate counters would end it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GasBudget } from './gas-budget.ts';

type Charge = { readonly part: 'execution' | 'io'; readonly units: number };
type Parts = { readonly execution: bigint; readonly io: bigint };

/** Compiled code's side: one number, and the run is over when it is less than nothing. */
function runWithBudget(charges: readonly Charge[], total: bigint, parts?: Parts) {
  const budget = new GasBudget(total, parts);
  let left = budget.start;
  for (const { part, units } of charges) {
    left -= BigInt(part === 'io' ? budget.takeIo(units) : units);
    if (left < 0n) return { stop: budget.stop(left), ...budget.spent(left) };
    if (part === 'io' && budget.isIoOver) return { stop: 'IO_LIMIT_REACHED', ...budget.spent(left) };
  }
  return { stop: undefined, ...budget.spent(left) };
}

/** A balance and two counters beside it. */
function runWithCounters(charges: readonly Charge[], total: bigint, parts?: Parts) {
  const used = { execution: 0n, io: 0n };
  const LIMIT_REACHED = { execution: 'EXECUTION_LIMIT_REACHED', io: 'IO_LIMIT_REACHED' } as const;
  for (const { part, units } of charges) {
    used[part] += BigInt(units);
    if (used.execution + used.io > total) return { stop: 'OUT_OF_GAS' };
    if (parts !== undefined && used[part] > parts[part]) return { stop: LIMIT_REACHED[part], ...used };
  }
  return { stop: undefined, ...used };
}

describe('the gas of a run', () => {
  const charge = fc.record({ part: fc.constantFrom('execution' as const, 'io' as const), units: fc.nat(40) });
  const units = fc.bigInt(0n, 120n);

  it('ends at the balance or at the limit of a part, whichever comes first, with what had been used by then', () => {
    fc.assert(
      fc.property(
        fc.array(charge, { maxLength: 12 }),
        units,
        fc.option(fc.record({ execution: units, io: units }), { nil: undefined }),
        (charges, total, parts) => {
          const ended = runWithBudget(charges, total, parts);
          expect(ended).toMatchObject(runWithCounters(charges, total, parts));
          if (ended.stop === 'OUT_OF_GAS') expect(ended.execution + ended.io).toBe(total);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
