// The filters, orders and pages of a query over rows in memory: `where`, `order_by`, `offset` and `limit` as Aptos's indexer reads them.

import { assert, DecodeError } from '../../base/errors.ts';
import { type Cell, type ColumnType, type Row, shapeOf, type TableName } from './shape.ts';

export type Condition = Readonly<Record<string, unknown>>;
export type FindRelated = (table: TableName, row: Row, relation: string) => Row | undefined;

/** No query gets more rows than this at once, as on Aptos. */
export const ROWS_MAX = 100;

export const ORDERS = [
  'asc',
  'asc_nulls_first',
  'asc_nulls_last',
  'desc',
  'desc_nulls_first',
  'desc_nulls_last',
] as const;

/** In a pattern: `%` and `_`. */
const ANY_TEXT = Symbol('any text');
const ANY_CHARACTER = Symbol('any character');

/** Whether a row meets a condition that the schema has checked. */
export function matches(table: TableName, condition: Condition, row: Row, related: FindRelated): boolean {
  const shape = shapeOf(table);
  return Object.entries(condition).every(([name, expected]) => {
    if (expected === null || expected === undefined) return true;
    if (name === '_and') return asList(expected).every((part) => matches(table, part, row, related));
    if (name === '_or') return asList(expected).some((part) => matches(table, part, row, related));
    if (name === '_not') return !matches(table, expected as Condition, row, related);
    const relation = shape.relations?.[name];
    if (relation) {
      const other = related(table, row, name);
      return other !== undefined && matches(relation.table, expected as Condition, other, related);
    }
    const type = shape.columns[name];
    assert(type !== undefined, `the schema let a column in that is none: ${name}`);
    return meets(type, row[name] ?? null, expected as Condition);
  });
}

/** Sorted by the first order that tells two rows apart; rows that none tells apart stay as they were. */
export function sorted(rows: readonly Row[], orders: readonly Condition[]): readonly Row[] {
  const keys = orders.flatMap((order) => Object.entries(order).filter(([, direction]) => direction));
  if (keys.length === 0) return rows;
  return rows.toSorted((a, b) => {
    for (const [name, direction] of keys) {
      const sign = compareForOrder(a[name] ?? null, b[name] ?? null, String(direction));
      if (sign !== 0) return sign;
    }
    return 0;
  });
}

function meets(type: ColumnType, value: Cell, comparison: Condition): boolean {
  return Object.entries(comparison).every(([operator, operand]) => {
    if (operand === null || operand === undefined) return true;
    return meetsOne(type, value, operator, operand);
  });
}

function meetsOne(type: ColumnType, value: Cell, operator: string, operand: unknown): boolean {
  if (operator === '_is_null') return (value === null) === operand;
  // As in SQL: what is not there is neither equal nor unequal to anything.
  if (value === null) return false;
  const other = (item: unknown) => compare(value, asCell(type, item));
  switch (operator) {
    case '_eq':
      return other(operand) === 0;
    case '_neq':
      return other(operand) !== 0;
    case '_gt':
      return other(operand) > 0;
    case '_gte':
      return other(operand) >= 0;
    case '_lt':
      return other(operand) < 0;
    case '_lte':
      return other(operand) <= 0;
    case '_in':
      return (operand as readonly unknown[]).some((item) => other(item) === 0);
    case '_nin':
      return (operand as readonly unknown[]).every((item) => other(item) !== 0);
    case '_like':
      return isLike(String(value), String(operand));
    case '_nlike':
      return !isLike(String(value), String(operand));
    case '_ilike':
      return isLike(String(value).toLowerCase(), String(operand).toLowerCase());
    case '_nilike':
      return !isLike(String(value).toLowerCase(), String(operand).toLowerCase());
    case '_contains':
      return contains(value, operand as Cell);
    case '_has_key':
      return typeof value === 'object' && Object.hasOwn(value, String(operand));
    default:
      throw new DecodeError('where', `no operator ${operator}`, 0);
  }
}

/** What a query gave for a column, as rows hold it. Timestamps compare as text, once the zone is off. */
function asCell(type: ColumnType, operand: unknown): Cell {
  if (type === 'bigint' || type === 'numeric') return operand as bigint;
  return type === 'timestamp' ? String(operand).replace(/(Z|\+00(:?00)?)$/, '') : (operand as Cell);
}

function compare(a: Cell, b: Cell): number {
  if (typeof a === 'object' || typeof b === 'object') {
    const [left, right] = [stable(a), stable(b)];
    return left === right ? 0 : left < right ? -1 : 1;
  }
  return a === b ? 0 : a < b ? -1 : 1;
}

/** JSON with sorted keys: equal text for equal values. */
function stable(value: Cell): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Postgres's `@>`: every part of `part` is in `whole`. */
function contains(whole: Cell, part: Cell): boolean {
  if (typeof part !== 'object' || part === null) return compare(whole, part) === 0;
  if (typeof whole !== 'object' || whole === null) return false;
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((candidate) => contains(candidate, item)));
  }
  if (Array.isArray(whole)) return false;
  const fields = whole as Readonly<Record<string, Cell>>;
  return Object.entries(part).every(([name, item]) => {
    const field = fields[name];
    return field !== undefined && contains(field, item);
  });
}

/** SQL's `LIKE`: `%` for any text, `_` for one character, a backslash before what is meant as it stands. Never backtracks further than the last `%`. */
function isLike(text: string, pattern: string): boolean {
  const wanted = parsePattern(pattern);
  let at = 0;
  let next = 0;
  /** After the last `%`: where in the pattern, and how much of the text it has taken so far. */
  let retry: { readonly next: number; readonly at: number } | undefined;
  while (at < text.length) {
    const part = wanted[next];
    if (part === ANY_TEXT) {
      next++;
      retry = { next, at };
    } else if (part === ANY_CHARACTER || part === text[at]) {
      next++;
      at++;
    } else if (retry) {
      retry = { next: retry.next, at: retry.at + 1 };
      ({ next, at } = retry);
    } else return false;
  }
  return wanted.slice(next).every((part) => part === ANY_TEXT);
}

function parsePattern(pattern: string): (string | symbol)[] {
  const parts: (string | symbol)[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '%') parts.push(ANY_TEXT);
    else if (character === '_') parts.push(ANY_CHARACTER);
    else parts.push(character === '\\' ? pattern.charAt(++index) : character);
  }
  return parts;
}

/** Nulls come last in ascending and first in descending order, unless the order says otherwise. */
function compareForOrder(a: Cell, b: Cell, direction: string): number {
  const isDescending = direction.startsWith('desc');
  if (a === null || b === null) {
    if (a === b) return 0;
    const isNullFirst = direction.endsWith('nulls_first') || direction === 'desc';
    return (a === null) === isNullFirst ? -1 : 1;
  }
  return isDescending ? compare(b, a) : compare(a, b);
}

/** GraphQL takes one value where a list is wanted. */
function asList(value: unknown): readonly Condition[] {
  return Array.isArray(value) ? value : [value as Condition];
}
