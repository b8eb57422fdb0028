// 0x1::debug: prints to whoever runs the VM, and shows no stack, so that nothing which code can see depends on where it runs (as on Aptos outside of
// unit tests). Neither costs more than the call.

import { host, type NativeModule } from './native.ts';

const TEXT = new TextDecoder();

export const DEBUG: NativeModule = {
  native_print: host(
    () => 0,
    (native) => (text: number) => native.print(TEXT.decode(native.readVector(text))),
  ),
  native_stack_trace: host(
    () => 0,
    (native) => (result: number) => native.writeVector(result, new Uint8Array(0)),
  ),
};
