// Move values as the JSON of Aptos's REST API (aptos-core, api/types/src/move_types.rs): integers up to 32 bits as numbers, wider ones as
// strings, `vector<u8>` as hex, `String` as text, structs as objects by field (positional fields are named by their position), `Option` as
// `{ vec }`, enums with `__variant__`, tables as `{ handle }`, function values by their function's name. The way back is in `json-parse.ts`.

import { BcsReader } from '../base/bcs.ts';
import { type Bytes, toHex, utf8Decode } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, readAddress, shortAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { type FunctionTag, formatTypeTag, type StructTag, type TypeTag } from '../base/type-tag.ts';
import { allParameterTypes, type Field, type Fields, fieldsOfStruct } from './declared-types.ts';
import { readFunctionValue, skipLayout } from './json-function.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What is read, and the layouts that were met: the elements of a vector share the tag of their type. */
interface Source {
  readonly state: StateView;
  readonly reader: BcsReader;
  readonly layouts: Map<StructTag, Fields>;
}

/** Deeper values than Move can make are not read. */
export const VALUE_DEPTH_MAX = 128;

/** @throws DecodeError when the bytes are not a value of the type */
export function valueToJson(state: StateView, type: TypeTag, bytes: Bytes): Json {
  const source: Source = { state, reader: new BcsReader(bytes), layouts: new Map() };
  const json = readJson(source, type, 0);
  source.reader.end(formatTypeTag(type));
  return json;
}

export function isString(type: StructTag): boolean {
  return isFramework(type, 'string', 'String');
}

export function isOption(type: StructTag): boolean {
  return isFramework(type, 'option', 'Option');
}

export function isObject(type: StructTag): boolean {
  return isFramework(type, 'object', 'Object');
}

/** `0x1` for the special addresses 0x0 to 0xf, all 64 digits for the others (AIP-40). */
export function jsonAddress(address: Address): string {
  const short = shortAddress(address);
  return short.length === 3 ? short : address;
}

function readJson(source: Source, type: TypeTag, depth: number): Json {
  const { reader } = source;
  if (depth > VALUE_DEPTH_MAX) throw new DecodeError('value', 'nested too deeply', reader.offset);
  switch (type.kind) {
    case 'bool':
      return reader.bool('bool');
    case 'u8':
      return reader.u8('u8');
    case 'u16':
      return reader.u16('u16');
    case 'u32':
      return reader.u32('u32');
    case 'u64':
      return String(reader.u64('u64'));
    case 'u128':
      return String(reader.u128('u128'));
    case 'u256':
      return String(reader.u256('u256'));
    case 'i8':
      return (reader.u8('i8') << 24) >> 24;
    case 'i16':
      return (reader.u16('i16') << 16) >> 16;
    case 'i32':
      return reader.u32('i32') | 0;
    case 'i64':
      return String(BigInt.asIntN(64, reader.u64('i64')));
    case 'i128':
      return String(BigInt.asIntN(128, reader.u128('i128')));
    case 'i256':
      return String(BigInt.asIntN(256, reader.u256('i256')));
    case 'address':
    case 'signer':
      return jsonAddress(readAddress(reader, type.kind));
    case 'vector': {
      const { element } = type;
      if (element.kind === 'u8') return `0x${toHex(reader.bytes('vector<u8>', reader.remaining))}`;
      // No value takes less than a byte: a struct has a field at least, says the verifier.
      return reader.vector('vector', reader.remaining, () => readJson(source, element, depth + 1));
    }
    case 'struct':
      if (isString(type)) return readText(reader);
      return readStruct(source, type, depth);
    case 'function':
      return readFunction(source, type, depth);
  }
}

/** A String can come to be without being UTF-8 only where code makes it so; the API says it in these words. */
function readText(reader: BcsReader): string {
  const bytes = reader.bytes('String', reader.remaining);
  try {
    return utf8Decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return `Unparsable utf-8 0x${toHex(bytes)}`;
    throw error;
  }
}

function readStruct(source: Source, type: StructTag, depth: number): Json {
  const { reader } = source;
  let layout = source.layouts.get(type);
  if (layout === undefined) {
    layout = fieldsOfStruct(source.state, type);
    source.layouts.set(type, layout);
  }
  const read = (fields: readonly Field[]) =>
    fields.map((field): [string, Json] => [field.name, readJson(source, field.type, depth + 1)]);
  if (layout.kind === 'struct') return Object.fromEntries(read(layout.fields));
  const variant = layout.variants[reader.variant('variant', layout.variants.length)];
  if (variant === undefined) throw new DecodeError('variant', 'no such variant', reader.offset);
  const entries = read(variant.fields);
  if (isOption(type)) return { vec: optionVector(type, entries) };
  return Object.fromEntries([['__variant__', variant.name] as [string, Json], ...entries]);
}

/** Option was a struct around a vector before it was an enum, and is shown as that: a `vector<u8>` in hex as any. */
function optionVector(type: StructTag, entries: readonly (readonly [string, Json])[]): Json {
  const values = entries.map(([, value]) => value);
  return type.typeArgs[0]?.kind === 'u8' ? `0x${toHex(Uint8Array.from(values, Number))}` : values;
}

function readFunction(source: Source, type: FunctionTag, depth: number): Json {
  const { state, reader } = source;
  const value = readFunctionValue(reader, formatTypeTag(type));
  const { module, name, typeArgs, mask, captured } = value;
  const params = allParameterTypes(state, { module, function: name, typeArgs });
  const types = params.filter((_, index) => ((mask >> BigInt(index)) & 1n) === 1n);
  const values: Json[] = [];
  for (let i = 0; i < captured; i++) {
    skipLayout(reader);
    const captive = types[i];
    if (captive === undefined) throw new DecodeError('function value', 'more captured than taken', reader.offset);
    values.push(readJson(source, captive, depth + 1));
  }
  return {
    __fun_name__: `${shortAddress(module.address)}::${module.name}::${name}`,
    ...(typeArgs.length > 0 && { __ty_args__: typeArgs.map(formatTypeTag) }),
    __mask__: mask.toString(2),
    ...(values.length > 0 && { __captured__: values }),
  };
}

function isFramework(type: StructTag, module: string, name: string): boolean {
  return type.module === module && type.name === name && shortAddress(type.address) === '0x1';
}
