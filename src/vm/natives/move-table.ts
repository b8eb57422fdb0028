// 0x1::table: items in global storage under a table's handle. `Table` is its handle alone, `Box` its value alone, so both lie in memory as
// those do. Type arguments: key, value, box.

import { sha3_256 } from '../../base/hash.ts';
import { ITEM_KEY_SIZE_MAX } from '../../base/state.ts';
import { UnsupportedError } from '../errors.ts';
import type { Slot } from '../runtime/run-storage.ts';
import type { Type } from '../types/type.ts';
import {
  encodeArgument,
  type HostFunction,
  host,
  type Native,
  type NativeHost,
  type NativeModule,
  type WasmValue,
} from './native.ts';

const HANDLE_SIZE = 32;
/** Aptos's error codes: `(100 << 8) + 7` and `(101 << 8) + 7`. */
const ALREADY_EXISTS = 0x6407n;
const NOT_FOUND = 0x6507n;

const u64Bytes = new Uint8Array(8);
const u64 = new DataView(u64Bytes.buffer);

export const TABLE: NativeModule = {
  new_table_handle: host(
    (gas) => gas.natives.table.newHandle,
    (native) => (result: number) => {
      const { run } = native;
      const number = new Uint8Array(4);
      new DataView(number.buffer).setUint32(0, run.tablesMade++);
      native.write(result, sha3_256(run.request.transactionHash, number));
    },
  ),
  add_box: operation((native, slotOf, box) => (table: number, key: WasmValue, value: number) => {
    const slot = slotOf(table, key);
    if (slot.address !== 0) native.abort(ALREADY_EXISTS);
    slot.touched = true;
    slot.address = native.keep(value, box.size);
  }),
  borrow_box: operation(
    (native, slotOf) => (table: number, key: WasmValue) => found(native, slotOf(table, key)).address,
  ),
  borrow_box_mut: operation((native, slotOf) => (table: number, key: WasmValue) => {
    const slot = found(native, slotOf(table, key));
    slot.touched = true;
    return slot.address;
  }),
  contains_box: operation((_, slotOf) => (table: number, key: WasmValue) => (slotOf(table, key).address === 0 ? 0 : 1)),
  remove_box: operation((native, slotOf, box) => (table: number, key: WasmValue, result: number) => {
    const slot = found(native, slotOf(table, key));
    native.write(result, native.read(slot.address, box.size));
    slot.touched = true;
    slot.address = 0;
  }),
  destroy_empty_box: host(
    (gas) => gas.natives.table.box,
    () => () => undefined,
  ),
  drop_unchecked_box: host(
    (gas) => gas.natives.table.dropUnchecked,
    () => () => undefined,
  ),
};

type SlotOf = (table: number, key: WasmValue) => Slot;

function operation(bind: (native: NativeHost, slotOf: SlotOf, box: Type) => HostFunction): Native {
  return host(
    (gas) => gas.natives.table.box,
    (native, { typeArgs: [key, , box] }) => {
      if (key === undefined || box === undefined) throw new UnsupportedError('a table without types');
      const slotOf: SlotOf = (table, keyValue) => {
        const bytes = keyBytes(native, key, keyValue);
        if (bytes.length > ITEM_KEY_SIZE_MAX)
          native.fail('STORAGE_WRITE_LIMIT_REACHED', `a table key of ${bytes.length} bytes`);
        native.charge(native.gas.natives.table.boxPerKeyByte * bytes.length);
        return native.run.storage.item(box, native.peek(table, HANDLE_SIZE), bytes);
      };
      return bind(native, slotOf, box);
    },
    ({ typeArgs: [key, , box] }) => (key && box ? [key, box] : []),
  );
}

/** BCS of the key, good until the next key's. */
function keyBytes(native: NativeHost, type: Type, value: WasmValue): Uint8Array {
  if (type.kind !== 'u64' || typeof value !== 'bigint') return encodeArgument(native, type, value);
  u64.setBigUint64(0, value, true);
  return u64Bytes;
}

function found(native: NativeHost, slot: Slot): Slot {
  if (slot.address === 0) native.abort(NOT_FOUND);
  return slot;
}
