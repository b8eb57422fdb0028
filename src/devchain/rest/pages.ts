// Lists that are given a page at a time: sorted by a key, cut at a limit, with the key of the first item left out as the cursor that asks
// for the next page.

import { type Bytes, compareBytes } from '../../base/bytes.ts';
import { formatBytes } from '../format.ts';

export interface Keyed<T> {
  readonly key: Bytes;
  readonly item: T;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** `start`: the key to begin at, itself included; the first where absent. */
export function pageOf<T>(all: readonly Keyed<T>[], start: Bytes | undefined, limit: number): Page<T> {
  const sorted = all.toSorted((a, b) => compareBytes(a.key, b.key));
  const first = start === undefined ? 0 : sorted.findIndex(({ key }) => compareBytes(key, start) >= 0);
  if (first < 0) return { items: [] };
  const next = sorted[first + limit];
  const items = sorted.slice(first, first + limit).map(({ item }) => item);
  return { items, ...(next && { cursor: formatBytes(next.key) }) };
}
