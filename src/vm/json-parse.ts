// Values of a type from JSON. `rest` takes what Aptos's REST API takes (aptos-core, api/types/src/convert.rs) and nothing else; `lenient` also
// takes what people write and can only mean one thing. What does not fit is told with the place in the JSON.

import { BcsWriter } from '../base/bcs.ts';
import { type Bytes, fromHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { parseAddress, writeAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { formatTypeTag, type StructTag, type TypeTag } from '../base/type-tag.ts';
import { type Field, type Fields, fieldsOfStruct } from './declared-types.ts';
import { isObject, isOption, isString, type Json, VALUE_DEPTH_MAX } from './json.ts';
import { INTEGER_BITS, type IntegerKind, isSigned } from './types/integer-kind.ts';

/**
 * | | `rest` | `lenient` takes too |
 * |---|---|---|
 * | integers to 32 bits | number | decimal string |
 * | wider integers | decimal string | exact number |
 * | `vector<u8>` | hex string | array of numbers |
 * | `Option<T>` | `{ vec: [] }`, `{ vec: [value] }`; `{ vec: hex }` of u8 | `null`, the value |
 * | `Object<T>` as an argument | address | |
 * | `Object<T>` within others | `{ inner: address }` | address |
 */
export type JsonForms = 'rest' | 'lenient';

/** As many bytes as a transaction on Aptos can bring at all. */
export const JSON_VALUE_SIZE_MAX = 1_048_576;
/** How much of a wrong value an error shows. */
const SHOWN_LENGTH_MAX = 80;
/** The longest decimal integer: an i256 with its sign. */
const DECIMAL = /^[+-]?\d{1,78}$/;
/** From here on the API has integers as strings. */
const STRING_BITS = 64;

/** @throws DecodeError when the JSON does not stand for a value of the type; `what` begins the path that it names */
export function jsonToValue(
  state: StateView,
  type: TypeTag,
  json: Json,
  forms: JsonForms = 'lenient',
  what = 'value',
): Bytes {
  const parser = new Parser(state, forms);
  // As an argument an object is its address alone.
  if (type.kind === 'struct' && isObject(type) && typeof json === 'string')
    parser.value({ kind: 'address' }, json, what, 0);
  else parser.value(type, json, what, 0);
  return parser.finish();
}

class Parser {
  readonly #state: StateView;
  readonly #isLenient: boolean;
  readonly #writer = new BcsWriter();
  /** The elements of a vector share the tag of their type. */
  readonly #layouts = new Map<StructTag, Fields>();
  #size = 0;

  constructor(state: StateView, forms: JsonForms) {
    this.#state = state;
    this.#isLenient = forms === 'lenient';
  }

  finish(): Bytes {
    return this.#writer.finish();
  }

  value(type: TypeTag, json: Json, path: string, depth: number): void {
    if (depth > VALUE_DEPTH_MAX) throw new DecodeError(path, 'nested too deeply', 0);
    switch (type.kind) {
      case 'bool':
        if (typeof json !== 'boolean') throw mismatch(type, json, path);
        this.#grow(1, path);
        this.#writer.bool(json);
        return;
      case 'address':
        if (typeof json !== 'string') throw mismatch(type, json, path);
        this.#grow(32, path);
        writeAddress(this.#writer, parseAddress(json, path));
        return;
      case 'signer':
      case 'function':
        throw new DecodeError(path, `nobody can send a ${type.kind === 'signer' ? 'signer' : 'function value'}`, 0);
      case 'vector':
        this.#vector(type, json, path, depth);
        return;
      case 'struct':
        this.#struct(type, json, path, depth);
        return;
      default:
        this.#integer(type.kind, json, path);
    }
  }

  #vector(type: TypeTag & { readonly kind: 'vector' }, json: Json, path: string, depth: number): void {
    if (type.element.kind === 'u8' && typeof json === 'string') {
      const bytes = fromHex(json, path);
      this.#grow(bytes.length, path);
      this.#writer.bytes(bytes);
      return;
    }
    if (!Array.isArray(json) || (type.element.kind === 'u8' && !this.#isLenient)) throw mismatch(type, json, path);
    this.#items(type.element, json as readonly Json[], path, depth);
  }

  #items(element: TypeTag, items: readonly Json[], path: string, depth: number): void {
    this.#grow(items.length, path);
    this.#writer.uleb128(items.length);
    // By index: a hole in an array is no value, and not skipped.
    for (let i = 0; i < items.length; i++) this.value(element, items[i] ?? null, `${path}[${i}]`, depth + 1);
  }

  #struct(type: StructTag, json: Json, path: string, depth: number): void {
    if (isString(type)) {
      if (typeof json !== 'string') throw mismatch(type, json, path);
      this.#grow(json.length, path);
      this.#writer.string(json);
      return;
    }
    const [some] = type.typeArgs;
    if (isOption(type) && some !== undefined) {
      this.#option(type, some, json, path, depth);
      return;
    }
    if (isObject(type) && this.#isLenient && typeof json === 'string') {
      this.value({ kind: 'address' }, json, path, depth);
      return;
    }
    let layout = this.#layouts.get(type);
    if (layout === undefined) {
      layout = fieldsOfStruct(this.#state, type);
      this.#layouts.set(type, layout);
    }
    this.#fields(type, layout, json, path, depth);
  }

  #fields(type: StructTag, layout: Fields, json: Json, path: string, depth: number): void {
    if (!isRecord(json)) throw mismatch(type, json, path);
    let fields: readonly Field[] | undefined;
    if (layout.kind === 'struct') fields = layout.fields;
    else {
      const name = own(json, '__variant__');
      const index = layout.variants.findIndex((variant) => variant.name === name);
      fields = layout.variants[index]?.fields;
      if (fields) this.#writer.uleb128(index);
    }
    if (!fields) throw new DecodeError(`${path}.__variant__`, `no variant of ${formatTypeTag(type)}`, 0);
    for (const field of fields) {
      const value = own(json, field.name);
      const at = `${path}.${field.name}`;
      if (value === undefined) throw new DecodeError(at, `missing in ${formatTypeTag(type)}`, 0);
      this.value(field.type, value, at, depth + 1);
    }
  }

  #option(type: TypeTag, some: TypeTag, json: Json, path: string, depth: number): void {
    const vec = isRecord(json) ? own(json, 'vec') : undefined;
    const length = Array.isArray(vec) ? vec.length : typeof vec === 'string' && some.kind === 'u8' ? hexLength(vec) : 2;
    if (length <= 1) this.#vector({ kind: 'vector', element: some }, vec ?? null, `${path}.vec`, depth);
    else if (this.#isLenient) this.#items(some, json === null ? [] : [json], path, depth);
    else throw mismatch(type, json, path);
  }

  #integer(kind: IntegerKind, json: Json, path: string): void {
    const bits = INTEGER_BITS[kind];
    const isText = typeof json === 'string' && DECIMAL.test(json) && (bits >= STRING_BITS || this.#isLenient);
    const isNumber = Number.isSafeInteger(json) && (bits < STRING_BITS || this.#isLenient);
    if (!isText && !isNumber) throw mismatch({ kind }, json, path);
    const value = BigInt(isText ? String(json).replace(/^\+/, '') : Number(json));
    const fits = isSigned(kind) ? BigInt.asIntN(bits, value) === value : BigInt.asUintN(bits, value) === value;
    if (!fits) throw mismatch({ kind }, json, path);
    this.#grow(bits / 8, path);
    writeUnsigned(this.#writer, bits, BigInt.asUintN(bits, value));
  }

  #grow(bytes: number, path: string): void {
    this.#size += bytes;
    if (this.#size > JSON_VALUE_SIZE_MAX) throw new DecodeError(path, `over ${JSON_VALUE_SIZE_MAX} bytes`, 0);
  }
}

function writeUnsigned(writer: BcsWriter, bits: number, value: bigint): void {
  switch (bits) {
    case 8:
      writer.u8(Number(value));
      return;
    case 16:
      writer.u16(Number(value));
      return;
    case 32:
      writer.u32(Number(value));
      return;
    case 64:
      writer.u64(value);
      return;
    case 128:
      writer.u128(value);
      return;
    default:
      writer.u256(value);
  }
}

function isRecord(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Bytes that a hex string stands for. */
function hexLength(text: string): number {
  return (text.startsWith('0x') ? text.length - 2 : text.length) / 2;
}

/** What the object itself has by that name: Move allows fields named like what every object inherits. */
function own(object: { readonly [key: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function mismatch(type: TypeTag, json: Json, path: string): DecodeError {
  return new DecodeError(path, `${shown(json)} is no ${formatTypeTag(type)}`, 0);
}

/** Never the whole: it may be large, and nested deeper than can be written. */
function shown(json: Json): string {
  if (typeof json === 'string') return JSON.stringify(json.slice(0, SHOWN_LENGTH_MAX));
  if (Array.isArray(json)) return `an array of ${json.length}`;
  return typeof json === 'object' && json !== null ? 'an object' : String(json);
}
