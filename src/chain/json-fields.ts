// Reads the JSON that a view function returns. The node behind the chain's address is not trusted to give the form it should: every
// field is checked as it is read.

import { type Bytes, fromHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, parseAddress, parseU64 } from '../base/ids.ts';

/** One object; every method throws `DecodeError` with the field's name. */
export class JsonFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DecodeError(what, 'not an object', 0);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
    this.#what = what;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') throw this.#wrong(name, 'not text');
    return value;
  }

  /** u64 and wider come as decimal text, narrower ones as numbers. */
  u64(name: string): bigint {
    const value = this.#fields[name];
    return parseU64(typeof value === 'number' ? String(value) : this.text(name), `${this.#what}.${name}`);
  }

  /** A u64 that is a time or an interval and fits a number. */
  ms(name: string): number {
    const value = this.u64(name);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#wrong(name, 'too large for milliseconds');
    return Number(value);
  }

  bool(name: string): boolean {
    const value = this.#fields[name];
    if (typeof value !== 'boolean') throw this.#wrong(name, 'not a bool');
    return value;
  }

  address(name: string): Address {
    return parseAddress(this.text(name), `${this.#what}.${name}`);
  }

  bytes(name: string): Bytes {
    return fromHex(this.text(name), `${this.#what}.${name}`);
  }

  /** At most `max` items. */
  list(name: string, max: number): readonly unknown[] {
    return asList(this.#fields[name], `${this.#what}.${name}`, max);
  }

  addresses(name: string, max: number): Address[] {
    return this.list(name, max).map((item) => {
      if (typeof item !== 'string') throw this.#wrong(name, 'not an address');
      return parseAddress(item, `${this.#what}.${name}`);
    });
  }

  object(name: string): JsonFields {
    return new JsonFields(this.#fields[name], `${this.#what}.${name}`);
  }

  /** `0x1::option::Option`: `{ vec: [] }` or `{ vec: [value] }`. */
  option(name: string): unknown {
    return this.object(name).list('vec', 1)[0];
  }

  #wrong(name: string, problem: string): DecodeError {
    return new DecodeError(`${this.#what}.${name}`, problem, 0);
  }
}

export function asList(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new DecodeError(what, 'not a list', 0);
  if (value.length > max) throw new DecodeError(what, `${value.length} items, over the limit of ${max}`, 0);
  return value;
}
