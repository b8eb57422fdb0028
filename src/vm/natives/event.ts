// 0x1::event: module events, and events of a handle.

import type { MoveEvent } from '../run.ts';
import { type Type, tagOf } from '../types/type.ts';
import { encodeArgument, host, type NativeHost, type NativeModule } from './native.ts';

/** A number and an address. */
const GUID_SIZE = 40;

/** That an event is a struct of the module that emits it is seen to where `emit` is called (`compile/calls.ts`). */
export const EVENT: NativeModule = {
  write_module_event_to_store: host(
    (gas) => gas.natives.event.write,
    (native, { typeArgs: [type] }) =>
      (message: number) =>
        emit(native, type, message, undefined),
    ({ typeArgs }) => typeArgs,
  ),
  write_to_event_store: host(
    (gas) => gas.natives.event.write,
    (native, { typeArgs: [type] }) =>
      (guid: number, sequence: bigint, message: number) => {
        const key = native.readVector(guid);
        if (key.length !== GUID_SIZE) native.fail('EVENT_KEY_MISMATCH', `a guid of ${key.length} bytes`);
        emit(native, type, message, { guid: key, sequence: BigInt.asUintN(64, sequence) });
      },
    ({ typeArgs }) => typeArgs,
  ),
};

function emit(native: NativeHost, type: Type | undefined, message: number, handle: MoveEvent['handle']): void {
  if (type === undefined) return;
  const { events } = native.run;
  if (events.length >= native.limits.eventsMax) native.fail('STORAGE_WRITE_LIMIT_REACHED', 'too many events');
  const data = encodeArgument(native, type, message);
  const { storage, natives } = native.gas;
  const perByteStored = native.run.request.isWriteFree ? 0 : storage.eventPerByte;
  native.charge((natives.event.writePerByte + perByteStored) * data.length);
  events.push({ type: tagOf(type), data, ...(handle && { handle }) });
}
