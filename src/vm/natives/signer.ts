// 0x1::signer and 0x1::create_signer. A signer lies in memory as its address.

import { copyBytes } from '../compile/values.ts';
import type { InlineNative, NativeModule } from './native.ts';

const ADDRESS_SIZE = 32;

export const SIGNER: NativeModule = {
  /** `&signer` → `&address`: the same place. */
  borrow_address: { kind: 'inline', gas: (gas) => gas.natives.signer.borrowAddress, emit: () => undefined },
};

export const CREATE_SIGNER: NativeModule = {
  create_signer: { kind: 'inline', gas: (gas) => gas.natives.account.createSigner, emit: emitCopyAddress },
};

/** (address, result) */
function emitCopyAddress({ code, scratch }: InlineNative): void {
  const [source, target] = [scratch.i32(0), scratch.i32(1)];
  code.set(target).set(source);
  copyBytes(code, target, 0, source, 0, ADDRESS_SIZE);
}
