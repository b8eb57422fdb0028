// Where the rows are kept: tables of what happened, which only grow, and tables of what is, in which a later row takes the place of an earlier.

import type { StateView } from '../../base/state.ts';
import type { Entry } from '../ledger.ts';
import type { KeyedRow } from './key-rows.ts';
import type { Row, TableName } from './shape.ts';

/** What the rows of one transaction share. */
export interface Place {
  readonly entry: Entry;
  /** After the transaction. */
  readonly state: StateView;
  readonly version: bigint;
  readonly timestamp: string;
}

export class RowStore {
  readonly #lists = new Map<TableName, Row[]>();
  readonly #current = new Map<TableName, Map<string, Row>>();

  /** In the order in which they came about; those of what is in the order in which they were first there. */
  rows(table: TableName): readonly Row[] {
    return this.#lists.get(table) ?? [...(this.#current.get(table)?.values() ?? [])];
  }

  append(table: TableName, row: Row): void {
    const list = this.#lists.get(table);
    if (list) list.push(row);
    else this.#lists.set(table, [row]);
  }

  find(table: TableName, id: string): Row | undefined {
    return this.#current.get(table)?.get(id);
  }

  put(table: TableName, { id, row }: KeyedRow): void {
    const rows = this.#current.get(table);
    if (rows) rows.set(id, row);
    else this.#current.set(table, new Map([[id, row]]));
  }

  remove(table: TableName, id: string): void {
    this.#current.get(table)?.delete(id);
  }
}
