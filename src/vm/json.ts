// Move values between BCS and the JSON of Aptos's REST API (aptos-core, api/types/src/move_types.rs): u64 and wider as strings,
// `vector<u8>` as hex, `String` as text, structs as objects, `Option` as `{ vec }`, enums with `__variant__`.

import { BcsReader, BcsWriter, U64_MAX, U128_MAX, U256_MAX } from '../base/bcs.ts';
import { type Bytes, fromHex, toHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, parseAddress, readAddress, shortAddress, writeAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { formatTypeTag, type StructTag, type TypeTag } from '../base/type-tag.ts';
import { type Field, type Fields, fieldsOfStruct } from './declared-types.ts';
import { INTEGER_BITS, largest, type SignedKind, smallest } from './types/integer-kind.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deeper values than Move can make are not read. */
const VALUE_DEPTH_MAX = 128;
/** Elements of a vector whose elements take no bytes; others are bounded by the bytes that there are. */
const LENGTH_MAX = 1_048_576;

/** @throws DecodeError when the bytes are not a value of the type */
export function valueToJson(state: StateView, type: TypeTag, bytes: Bytes): Json {
  const reader = new BcsReader(bytes);
  const json = readJson(state, type, reader, 0);
  reader.end(formatTypeTag(type));
  return json;
}

/** @throws DecodeError when the JSON does not stand for a value of the type */
export function jsonToValue(state: StateView, type: TypeTag, json: Json): Bytes {
  const writer = new BcsWriter();
  writeJson(state, type, json, writer, 0);
  return writer.finish();
}

function readJson(state: StateView, type: TypeTag, reader: BcsReader, depth: number): Json {
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
    case 'i16':
    case 'i32':
      return Number(readSigned(reader, type.kind));
    case 'i64':
    case 'i128':
    case 'i256':
      return String(readSigned(reader, type.kind));
    case 'address':
    case 'signer':
      return jsonAddress(readAddress(reader, type.kind));
    case 'vector': {
      const { element } = type;
      if (element.kind === 'u8') return `0x${toHex(reader.bytes('vector<u8>', reader.remaining))}`;
      return reader.vector('vector', LENGTH_MAX, () => readJson(state, element, reader, depth + 1));
    }
    case 'struct':
      if (isString(type)) return reader.string('String', reader.remaining);
      return readStruct(state, fieldsOfStruct(state, type), reader, depth);
  }
}

function readStruct(state: StateView, layout: Fields, reader: BcsReader, depth: number): Json {
  const read = (fields: readonly Field[]) =>
    fields.map(({ name, type }): [string, Json] => [name, readJson(state, type, reader, depth + 1)]);
  if (layout.kind === 'struct') return Object.fromEntries(read(layout.fields));
  const variant = layout.variants[reader.variant('variant', layout.variants.length)];
  if (variant === undefined) throw new DecodeError('variant', 'no such variant', reader.offset);
  return Object.fromEntries([['__variant__', variant.name] as [string, Json], ...read(variant.fields)]);
}

function writeJson(state: StateView, type: TypeTag, json: Json, writer: BcsWriter, depth: number): void {
  if (depth > VALUE_DEPTH_MAX) throw new DecodeError('value', 'nested too deeply', 0);
  switch (type.kind) {
    case 'bool':
      if (typeof json !== 'boolean') throw mismatch(type, json);
      writer.bool(json);
      return;
    case 'u8':
      writer.u8(Number(integer(type, json, 0xffn)));
      return;
    case 'u16':
      writer.u16(Number(integer(type, json, 0xffffn)));
      return;
    case 'u32':
      writer.u32(Number(integer(type, json, 0xffff_ffffn)));
      return;
    case 'u64':
      writer.u64(integer(type, json, U64_MAX));
      return;
    case 'u128':
      writer.u128(integer(type, json, U128_MAX));
      return;
    case 'u256':
      writer.u256(integer(type, json, U256_MAX));
      return;
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
    case 'i128':
    case 'i256':
      writeSigned(type, type.kind, json, writer);
      return;
    case 'address':
      if (typeof json !== 'string') throw mismatch(type, json);
      writeAddress(writer, parseAddress(json));
      return;
    case 'signer':
      throw new DecodeError('value', 'nobody can send a signer', 0);
    case 'vector': {
      if (type.element.kind === 'u8' && typeof json === 'string') {
        writer.bytes(fromHex(json, 'vector<u8>'));
        return;
      }
      if (!Array.isArray(json)) throw mismatch(type, json);
      writer.vector(json as readonly Json[], (w, item) => writeJson(state, type.element, item, w, depth + 1));
      return;
    }
    case 'struct':
      writeStruct(state, type, json, writer, depth);
  }
}

function writeStruct(state: StateView, type: StructTag, json: Json, writer: BcsWriter, depth: number): void {
  if (isString(type)) {
    if (typeof json !== 'string') throw mismatch(type, json);
    writer.string(json);
    return;
  }
  const [some] = type.typeArgs;
  if (isOption(type) && some !== undefined) {
    const items = optionItems(json);
    writer.vector(items, (w, item) => writeJson(state, some, item, w, depth + 1));
    return;
  }
  const layout = fieldsOfStruct(state, type);
  const [first, ...others] = layout.kind === 'struct' ? layout.fields : [];
  // An object of the framework is its address.
  if (typeof json === 'string' && first?.type.kind === 'address' && others.length === 0) {
    writeAddress(writer, parseAddress(json));
    return;
  }
  writeFields(state, type, layout, json, writer, depth);
}

function writeFields(
  state: StateView,
  type: StructTag,
  layout: Fields,
  json: Json,
  writer: BcsWriter,
  depth: number,
): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw mismatch(type, json);
  const object = json as Readonly<Record<string, Json>>;
  let fields: readonly Field[] | undefined;
  if (layout.kind === 'struct') fields = layout.fields;
  else {
    const index = layout.variants.findIndex(({ name }) => name === object.__variant__);
    fields = layout.variants[index]?.fields;
    if (fields) writer.uleb128(index);
  }
  if (!fields) throw mismatch(type, json);
  for (const field of fields) {
    const value = object[field.name];
    if (value === undefined) throw new DecodeError(field.name, `missing in ${formatTypeTag(type)}`, 0);
    writeJson(state, field.type, value, writer, depth + 1);
  }
}

/** `null`, a bare value, `{ vec: [] }` or `{ vec: [value] }`. */
function optionItems(json: Json): readonly Json[] {
  if (json === null) return [];
  if (typeof json === 'object' && !Array.isArray(json)) {
    const { vec } = json as { readonly vec?: Json };
    if (Array.isArray(vec) && vec.length <= 1) return vec as readonly Json[];
  }
  return [json];
}

/** A decimal string, or a number that is exact. */
function integer(type: TypeTag, json: Json, max: bigint, min = 0n): bigint {
  const isNumber =
    typeof json === 'number' ? Number.isSafeInteger(json) : typeof json === 'string' && /^-?\d{1,78}$/.test(json);
  const value = isNumber ? BigInt(json as number | string) : min - 1n;
  if (value < min || value > max) throw mismatch(type, json);
  return value;
}

function readSigned(reader: BcsReader, kind: SignedKind): bigint {
  const bits = INTEGER_BITS[kind];
  const bytes = reader.fixed(kind, bits / 8);
  return BigInt.asIntN(
    bits,
    bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n),
  );
}

function writeSigned(type: TypeTag, kind: SignedKind, json: Json, writer: BcsWriter): void {
  const value = integer(type, json, largest(kind), smallest(kind));
  writer.fixed(Uint8Array.from({ length: INTEGER_BITS[kind] / 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn)));
}

/** `0x1` for the special addresses 0x0 to 0xf, all 64 digits for the others (AIP-40). */
function jsonAddress(address: Address): string {
  const short = shortAddress(address);
  return short.length === 3 ? short : address;
}

function isString(type: StructTag): boolean {
  return shortAddress(type.address) === '0x1' && type.module === 'string' && type.name === 'String';
}

function isOption(type: StructTag): boolean {
  return shortAddress(type.address) === '0x1' && type.module === 'option' && type.name === 'Option';
}

function mismatch(type: TypeTag, json: Json): DecodeError {
  return new DecodeError('value', `${JSON.stringify(json)?.slice(0, 80)} is no ${formatTypeTag(type)}`, 0);
}
