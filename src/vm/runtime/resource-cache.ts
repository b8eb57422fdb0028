// The host's side of the cache that compiled code finds resources in (`RESOURCE_CACHE` in `compile/layout.ts`).

import { RESOURCE_CACHE } from '../compile/layout.ts';
import type { Machine } from './machine.ts';
import type { Slot } from './run-storage.ts';

const ADDRESS_SIZE = 32;

export function fillEntry(machine: Machine, entry: number, account: number, slot: Slot): void {
  machine.copyWithin(entry + RESOURCE_CACHE.account, account, account + ADDRESS_SIZE);
  machine.writeU32(entry + RESOURCE_CACHE.value, slot.address);
  machine.writeU32(entry + RESOURCE_CACHE.touched, slot.touched ? 1 : 0);
}

/** The entry, and those of other units in the run for the same resource. */
export function emptyEntries(machine: Machine, entry: number, account: number, id: number): void {
  emptyEntry(machine, entry);
  if (machine.units.length === 1) return;
  const { entries, entrySize } = RESOURCE_CACHE;
  const [lowest = 0] = machine.peek(account + ADDRESS_SIZE - 1, 1);
  for (const { unit, exports } of machine.units) {
    const slot = unit.closures?.resources.get(id);
    if (slot === undefined) continue;
    emptyEntry(machine, exports.cache.value + (slot * entries + (lowest & (entries - 1))) * entrySize);
  }
}

function emptyEntry(machine: Machine, entry: number): void {
  machine.writeU32(entry + RESOURCE_CACHE.value, 0);
  machine.writeU32(entry + RESOURCE_CACHE.touched, 0);
}
