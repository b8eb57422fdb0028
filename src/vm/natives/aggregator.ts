// 0x1::aggregator and 0x1::aggregator_factory: a u128 with an upper limit, kept as a table item under the factory's handle. Executed one after the
// other, each addition and subtraction is made at once, and ends the run where Aptos's would end with it.

import { AssertionError } from '../../base/errors.ts';
import { sha3_256 } from '../../base/hash.ts';
import type { Slot } from '../runtime/run-storage.ts';
import type { Type } from '../types/type.ts';
import { host, type Native, type NativeHost, type NativeModule, perRun } from './native.ts';

/** `error::out_of_range(1)` and `(2)` */
const EADD_OVERFLOW = 0x20001n;
const ESUB_UNDERFLOW = 0x20002n;
/** `Aggregator { handle: address, key: address, limit: u128 }` */
const FIELD = { handle: 0, key: 32, limit: 64 } as const;
const ADDRESS_SIZE = 32;
const U128_SIZE = 16;

const made = perRun(() => ({ count: 0 }));

export const AGGREGATOR: NativeModule = {
  add: host(
    (gas) => gas.natives.aggregator.add,
    (native, { params: [, u128] }) =>
      (aggregator: number, value: number) => {
        const { address } = changed(openSlot(native, u128, aggregator));
        const sum = readU128(native, address) + readU128(native, value);
        if (sum > readU128(native, aggregator + FIELD.limit)) native.abort(EADD_OVERFLOW);
        writeU128(native, address, sum);
      },
    ({ params: [, u128] }) => [known(u128)],
  ),
  sub: host(
    (gas) => gas.natives.aggregator.sub,
    (native, { params: [, u128] }) =>
      (aggregator: number, value: number) => {
        const { address } = changed(openSlot(native, u128, aggregator));
        const difference = readU128(native, address) - readU128(native, value);
        if (difference < 0n) native.abort(ESUB_UNDERFLOW);
        writeU128(native, address, difference);
      },
    ({ params: [, u128] }) => [known(u128)],
  ),
  read: host(
    (gas) => gas.natives.aggregator.read,
    (native, { returns: [u128] }) =>
      (aggregator: number, result: number) =>
        native.write(result, native.read(openSlot(native, u128, aggregator).address, U128_SIZE)),
    ({ returns: [u128] }) => [known(u128)],
  ),
  destroy: host(
    (gas) => gas.natives.aggregator.destroy,
    (native, { params: [aggregatorType] }) =>
      (aggregator: number) => {
        changed(openSlot(native, limitType(aggregatorType), aggregator)).address = 0;
      },
    ({ params: [aggregatorType] }) => [known(limitType(aggregatorType))],
  ),
};

export const AGGREGATOR_FACTORY: NativeModule = {
  /** Keys are made as table handles are. The factory begins with the handle. */
  new_aggregator: newAggregator(),
};

function newAggregator(): Native {
  return host(
    (gas) => gas.natives.aggregator.create,
    (native, { params: [, u128] }) =>
      (factory: number, limit: number, result: number) => {
        const number = new Uint8Array(4);
        new DataView(number.buffer).setUint32(0, made(native).count++);
        native.write(result + FIELD.handle, native.read(factory, ADDRESS_SIZE));
        native.write(result + FIELD.key, sha3_256(native.run.request.transactionHash, number));
        native.write(result + FIELD.limit, native.read(limit, U128_SIZE));
        const slot = changed(slotOf(native, u128, result));
        slot.address = native.allocate(U128_SIZE);
        writeU128(native, slot.address, 0n);
      },
    ({ params: [, u128] }) => [known(u128)],
  );
}

/** Of an aggregator that was not destroyed. */
function openSlot(native: NativeHost, u128: Type | undefined, aggregator: number): Slot {
  const slot = slotOf(native, u128, aggregator);
  if (slot.address === 0) native.fail('VM_EXTENSION_ERROR', 'no value of the aggregator');
  return slot;
}

function slotOf(native: NativeHost, u128: Type | undefined, aggregator: number): Slot {
  const key = native.read(aggregator + FIELD.key, ADDRESS_SIZE);
  return native.run.storage.item(known(u128), native.read(aggregator + FIELD.handle, ADDRESS_SIZE), key);
}

function changed(slot: Slot): Slot {
  slot.touched = true;
  return slot;
}

function limitType(aggregator: Type | undefined): Type | undefined {
  return aggregator?.kind === 'struct' ? aggregator.fields[2]?.type : undefined;
}

function known(type: Type | undefined): Type {
  if (type?.kind !== 'u128') throw new AssertionError('an aggregator of another shape');
  return type;
}

export function readU128(native: NativeHost, address: number): bigint {
  return native.readU64(address) | (native.readU64(address + 8) << 64n);
}

export function writeU128(native: NativeHost, address: number, value: bigint): void {
  native.writeU64(address, BigInt.asUintN(64, value));
  native.writeU64(address + 8, value >> 64n);
}
