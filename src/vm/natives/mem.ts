// 0x1::mem: values changing places behind references.

import type { InlineNative, NativeModule, NativeSignature } from './native.ts';

export const MEM: NativeModule = {
  swap: { kind: 'inline', gas: (gas) => gas.natives.mem.swap, emit: emitSwap },
};

/** (a, b) */
function emitSwap({ code, unit }: InlineNative, { typeArgs: [type] }: NativeSignature): void {
  code.i32(type?.size ?? 0).call(unit.runtime.swapBytes);
}
