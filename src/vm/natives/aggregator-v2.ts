// 0x1::aggregator_v2: counters with a limit, snapshots of them, and texts around a snapshot. On Aptos their values are kept apart and filled in when
// a block ends; executed one after the other, they stand where they belong. Limits, sizes (the padding of derived texts) and aborts are Aptos's.

import { concatBytes, utf8Encode } from '../../base/bytes.ts';
import type { GasSchedule } from '../gas.ts';
import { type Type, VECTOR } from '../types/type.ts';
import { readU128, writeU128 } from './aggregator.ts';
import {
  type HostFunction,
  host,
  type Native,
  type NativeHost,
  type NativeModule,
  type NativeSignature,
  type WasmValue,
} from './native.ts';

/** `error::invalid_state(5)`, `(7)`, `(8)` and `(9)` */
const EUNSUPPORTED_SNAPSHOT_TYPE = 0x30005n;
const EUNSUPPORTED_AGGREGATOR_TYPE = 0x30007n;
const EINPUT_STRING_TOO_LONG = 0x30008n;
const EFUNCTION_NOT_YET_SUPPORTED = 0x30009n;

const DERIVED_STRING_INPUT_MAX = 1024;
/** As Aptos reserves room for a text: the digits of the largest number that may stand in it. */
const U64_DIGITS_MAX = 20;
const U128_DIGITS_MAX = 39;

type Gas = (schedule: GasSchedule['natives']['aggregatorV2']) => number;

export const AGGREGATOR_V2: NativeModule = {
  create_aggregator: ofInteger(
    (gas) => gas.create,
    EUNSUPPORTED_AGGREGATOR_TYPE,
    (native, integer) => {
      return (max: WasmValue, result: number) => integer.writePair(native, result, 0n, integer.of(native, max));
    },
  ),
  create_unbounded_aggregator: ofInteger(
    (gas) => gas.create,
    EUNSUPPORTED_AGGREGATOR_TYPE,
    (native, integer) => {
      return (result: number) => integer.writePair(native, result, 0n, integer.max);
    },
  ),
  try_add: ofInteger(
    (gas) => gas.tryAdd,
    EUNSUPPORTED_AGGREGATOR_TYPE,
    (native, integer) => {
      return (aggregator: number, value: WasmValue) => {
        const sum = integer.read(native, aggregator) + integer.of(native, value);
        if (sum > integer.read(native, aggregator + integer.size)) return 0;
        integer.write(native, aggregator, sum);
        return 1;
      };
    },
  ),
  try_sub: ofInteger(
    (gas) => gas.trySub,
    EUNSUPPORTED_AGGREGATOR_TYPE,
    (native, integer) => {
      return (aggregator: number, value: WasmValue) => {
        const difference = integer.read(native, aggregator) - integer.of(native, value);
        if (difference < 0n) return 0;
        integer.write(native, aggregator, difference);
        return 1;
      };
    },
  ),
  is_at_least_impl: ofInteger(
    (gas) => gas.isAtLeast,
    EUNSUPPORTED_AGGREGATOR_TYPE,
    (native, integer) => {
      return (aggregator: number, value: WasmValue) =>
        integer.read(native, aggregator) >= integer.of(native, value) ? 1 : 0;
    },
  ),
  read: ofInteger((gas) => gas.read, EUNSUPPORTED_AGGREGATOR_TYPE, readValue),
  snapshot: ofInteger((gas) => gas.snapshot, EUNSUPPORTED_AGGREGATOR_TYPE, copyValue),
  create_snapshot: ofInteger(
    (gas) => gas.createSnapshot,
    EUNSUPPORTED_SNAPSHOT_TYPE,
    (native, integer) => {
      return (value: WasmValue, result: number) => integer.write(native, result, integer.of(native, value));
    },
  ),
  read_snapshot: ofInteger((gas) => gas.readSnapshot, EUNSUPPORTED_SNAPSHOT_TYPE, readValue),
  read_derived_string: host(
    ({ natives }) => natives.aggregatorV2.readSnapshot,
    (native) => (snapshot: number, result: number) => native.writeVector(result, native.readVector(snapshot)),
  ),
  create_derived_string: host(
    ({ natives }) => natives.aggregatorV2.createSnapshot,
    (native) => (text: number, result: number) => {
      const bytes = native.readVector(text);
      native.charge(native.gas.natives.aggregatorV2.createSnapshotPerByte * bytes.length);
      if (bytes.length > DERIVED_STRING_INPUT_MAX) native.abort(EINPUT_STRING_TOO_LONG);
      const width = Math.max(encodedSize(bytes.length) + 1, U64_DIGITS_MAX + 2);
      writeDerived(native, result, bytes, width);
    },
  ),
  derive_string_concat: host(
    ({ natives }) => natives.aggregatorV2.concat,
    (native, { typeArgs: [type] }) =>
      (before: number, snapshot: number, after: number, result: number) => {
        const [prefix, suffix] = [native.readVector(before), native.readVector(after)];
        const length = prefix.length + suffix.length;
        native.charge(native.gas.natives.aggregatorV2.concatPerByte * length);
        if (length > DERIVED_STRING_INPUT_MAX) native.abort(EINPUT_STRING_TOO_LONG);
        const integer = integerOf(type) ?? native.abort(EUNSUPPORTED_SNAPSHOT_TYPE);
        const digits = utf8Encode(integer.read(native, snapshot).toString());
        const width = encodedSize(length + integer.digitsMax) + 1;
        writeDerived(native, result, concatBytes(prefix, digits, suffix), width);
      },
  ),
  copy_snapshot: unsupported(),
  string_concat: unsupported(),
};

/** An element type that aggregators and snapshots can have. */
interface Integer {
  readonly size: number;
  readonly max: bigint;
  readonly digitsMax: number;
  /** As a function's argument. */
  of(native: NativeHost, value: WasmValue): bigint;
  read(native: NativeHost, address: number): bigint;
  write(native: NativeHost, address: number, value: bigint): void;
  writePair(native: NativeHost, address: number, first: bigint, second: bigint): void;
}

const U64: Integer = {
  size: 8,
  max: (1n << 64n) - 1n,
  digitsMax: U64_DIGITS_MAX,
  of: (_, value) => BigInt.asUintN(64, BigInt(value)),
  read: (native, address) => native.readU64(address),
  write: (native, address, value) => native.writeU64(address, value),
  writePair(native, address, first, second) {
    native.writeU64(address, first);
    native.writeU64(address + 8, second);
  },
};

const U128: Integer = {
  size: 16,
  max: (1n << 128n) - 1n,
  digitsMax: U128_DIGITS_MAX,
  of: (native, address) => readU128(native, Number(address)),
  read: readU128,
  write: writeU128,
  writePair(native, address, first, second) {
    writeU128(native, address, first);
    writeU128(native, address + 16, second);
  },
};

function integerOf(type: Type | undefined): Integer | undefined {
  if (type?.kind === 'u64') return U64;
  return type?.kind === 'u128' ? U128 : undefined;
}

/** A native that has to know its element type, and aborts with `code` when it is another. */
function ofInteger(
  gas: Gas,
  code: bigint,
  bind: (native: NativeHost, integer: Integer, signature: NativeSignature) => HostFunction,
): Native {
  return host(
    ({ natives }) => gas(natives.aggregatorV2),
    (native, signature) => {
      const integer = integerOf(signature.typeArgs[0]);
      return integer ? bind(native, integer, signature) : () => native.abort(code);
    },
  );
}

function readValue(native: NativeHost, integer: Integer): HostFunction {
  if (integer === U64) return (struct: number) => native.readU64(struct);
  return copyValue(native, integer);
}

function copyValue(native: NativeHost, integer: Integer): HostFunction {
  return (struct: number, result: number) => integer.write(native, result, integer.read(native, struct));
}

function unsupported(): Native {
  return host(
    () => 0,
    (native) => () => native.abort(EFUNCTION_NOT_YET_SUPPORTED),
  );
}

/** `DerivedStringSnapshot { value: String, padding: vector<u8> }`, padded so that its encoding is `width` bytes long. */
function writeDerived(native: NativeHost, address: number, bytes: Uint8Array, width: number): void {
  native.writeVector(address, bytes);
  native.writeVector(address + VECTOR.size, new Uint8Array(width - encodedSize(bytes.length) - 1));
}

/** BCS of so many bytes behind their number. */
function encodedSize(bytes: number): number {
  let size = bytes + 1;
  for (let rest = bytes >> 7; rest > 0; rest >>= 7) size++;
  return size;
}
