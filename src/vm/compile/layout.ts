// Where things are in linear memory, which all compiled units of a VM share: frames from the bottom up, then what counts the modules that are
// entered, then the arena of the run.

import type { VmLimits } from '../limits.ts';

/** Address 0 stays free, so that it can mean "nothing". */
export const FRAMES_START = 16;
export const PAGE_SIZE = 65_536;

export function framesEnd(limits: VmLimits): number {
  return FRAMES_START + limits.frameBytesMax;
}

/** Modules that can be counted (`compile/dispatch.ts`). A code world with half as many is given up. */
export const MODULES_COUNTED_MAX = 8192;

/**
 * Addresses of 4 bytes each: access rules in force (`compile/access-rules.ts`), locks held, number of the module that a dynamic call comes
 * from, and for every module how often it is entered.
 */
export interface ActiveLayout {
  readonly rules: number;
  readonly locks: number;
  readonly caller: number;
  readonly counts: number;
  readonly end: number;
}

export function activeLayout(limits: VmLimits): ActiveLayout {
  const rules = (framesEnd(limits) + 3) & ~3;
  const counts = rules + 12;
  return { rules, locks: rules + 4, caller: rules + 8, counts, end: counts + 4 * MODULES_COUNTED_MAX };
}

/** First byte of the arena, which is all the rest. */
export function arenaStart(limits: VmLimits): number {
  return Math.ceil(activeLayout(limits).end / PAGE_SIZE) * PAGE_SIZE;
}

/** A byte past the last that a run may use. */
export function memoryEnd(limits: VmLimits): number {
  return arenaStart(limits) + limits.arenaBytesMax;
}

/** Names of what a unit imports and exports. */
export const HOST = 'host';
export const NATIVE = 'native';
export const IMPORTED = { table: 'table', tableBase: 'tableBase', siteBase: 'siteBase' } as const;
export const EXPORTED = {
  gas: 'gas',
  top: 'top',
  hostSite: 'site',
  main: 'main',
  alloc: 'alloc',
  charge: 'charge',
  cache: 'cache',
} as const;

/**
 * A function value in memory: where its thunk stands in the table (0: not known yet), the number of its shape, how deep it nests, and the
 * address of the captured values that the thunk takes. Behind these words come the values that were captured.
 */
export const CLOSURE = { entry: 0, shape: 4, depth: 8, captured: 12, size: 16 } as const;

/**
 * For every type of resource, the last accounts that were found to have one, by the lowest bits of the address: in a table of entries that
 * compiled code looks into before it asks the host. The host fills an entry and empties it.
 */
export const RESOURCE_CACHE = { entries: 8, account: 0, value: 32, touched: 36, entrySize: 40 } as const;

/**
 * A place's number in a unit's table of places: the first ones are no place in Move code, but a status that the runtime functions
 * find themselves.
 */
export const SITE_OUT_OF_GAS = 0;
export const SITE_MEMORY_LIMIT = 1;
export const RESERVED_SITES = ['OUT_OF_GAS', 'MEMORY_LIMIT_EXCEEDED'] as const;
