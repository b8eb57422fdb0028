// Which types the keys and values of a table have. The state itself does not say: a table is only a handle. Its type stands where the handle
// is stored, in a field `Table<K, V>` of some value, so that every value that could hold one is looked through once, when somebody asks.

import { DecodeError } from '../base/errors.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type { StateChange, StateView } from '../base/state.ts';
import { formatTypeTag, type StructTag, type TypeTag } from '../base/type-tag.ts';
import { fieldsOfStruct } from '../vm/declared-types.ts';
import { isOption, type Json } from '../vm/json.ts';
import { FRAMEWORK } from './accounts.ts';
import type { Ledger } from './ledger.ts';
import { renderValue } from './values.ts';
import type { World } from './world.ts';

export interface TableTypes {
  readonly key: TypeTag;
  readonly value: TypeTag;
}

export class TableTypeIndex {
  readonly #ledger: Ledger;
  readonly #world: World;
  readonly #tables = new Map<Address, TableTypes>();
  /** Types that hold no table, however deep, by their text. */
  readonly #barren = new Set<string>();
  #next = 0;

  constructor(ledger: Ledger, world: World) {
    this.#ledger = ledger;
    this.#world = world;
  }

  /** Undefined while no value has been stored that holds the table. */
  of(handle: Address): TableTypes | undefined {
    this.#catchUp();
    return this.#tables.get(handle);
  }

  entries(): IterableIterator<[Address, TableTypes]> {
    this.#catchUp();
    return this.#tables.entries();
  }

  #catchUp(): void {
    for (const { version, outcome } of this.#ledger.range(this.#next, this.#ledger.length)) {
      const state = this.#world.view(version);
      // Resources first: they say what the tables are whose items may hold further tables.
      for (const change of outcome.changes) this.#read(state, change, 'resource');
      for (const change of outcome.changes) this.#read(state, change, 'item');
      this.#next = version + 1;
    }
  }

  #read(state: StateView, { key, new: bytes }: StateChange, kind: 'resource' | 'item'): void {
    if (bytes === undefined || key.kind !== kind) return;
    const type = key.kind === 'resource' ? key.type : this.#tables.get(key.handle)?.value;
    if (type === undefined || !this.#canHold(state, type, new Set())) return;
    this.#learn(state, type, renderValue(state, type, bytes));
  }

  /** Looks for tables in a value that the API shows as `json`. */
  #learn(state: StateView, type: TypeTag, json: Json): void {
    if (type.kind === 'vector') {
      if (Array.isArray(json) && this.#canHold(state, type.element, new Set())) {
        for (const item of json) this.#learn(state, type.element, item);
      }
      return;
    }
    if (type.kind !== 'struct' || !isObject(json)) return;
    const [key, value] = type.typeArgs;
    if (isTable(type)) {
      if (key && value && typeof json.handle === 'string') this.#tables.set(parseAddress(json.handle), { key, value });
      return;
    }
    if (!this.#canHold(state, type, new Set())) return;
    if (isOption(type)) {
      if (key && Array.isArray(json.vec)) for (const item of json.vec as readonly Json[]) this.#learn(state, key, item);
      return;
    }
    for (const { name, type: field } of fieldsFor(state, type, json)) this.#learn(state, field, json[name] ?? null);
  }

  #canHold(state: StateView, type: TypeTag, above: Set<string>): boolean {
    if (type.kind === 'vector') return this.#canHold(state, type.element, above);
    if (type.kind !== 'struct') return false;
    if (isTable(type)) return true;
    const text = formatTypeTag(type);
    if (this.#barren.has(text) || above.has(text)) return false;
    const inside = new Set(above).add(text);
    const holds = allFields(state, type).some((field) => this.#canHold(state, field, inside));
    // Inside a type that is still looked through the answer may only be half of it.
    if (!holds && above.size === 0) this.#barren.add(text);
    return holds;
  }
}

function isTable(type: StructTag): boolean {
  return type.address === FRAMEWORK && type.module === 'table' && type.name === 'Table';
}

function allFields(state: StateView, type: StructTag): readonly TypeTag[] {
  if (isOption(type)) return type.typeArgs;
  const layout = declared(state, type);
  if (layout === undefined) return [];
  const fields = layout.kind === 'struct' ? layout.fields : layout.variants.flatMap((variant) => variant.fields);
  return fields.map((field) => field.type);
}

function fieldsFor(state: StateView, type: StructTag, json: Readonly<Record<string, Json>>) {
  const layout = declared(state, type);
  if (layout === undefined) return [];
  if (layout.kind === 'struct') return layout.fields;
  return layout.variants.find(({ name }) => name === json.__variant__)?.fields ?? [];
}

/** Undefined for a type whose module is not there or which is native. */
function declared(state: StateView, type: StructTag) {
  try {
    return fieldsOfStruct(state, type);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
