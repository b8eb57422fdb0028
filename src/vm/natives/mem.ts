// 0x1::mem: values changing places behind references.

import type { Type } from '../types/type.ts';
import type { InlineNative, NativeModule } from './native.ts';

export const MEM: NativeModule = {
  swap: { kind: 'inline', gas: (gas) => gas.natives.mem.swap, emit: emitSwap },
};

/** (a, b) */
function emitSwap({ code, unit }: InlineNative, [type]: readonly Type[]): void {
  code.i32(type?.size ?? 0).call(unit.runtime.swapBytes);
}
