// Who may publish native functions: only the framework's accounts, since natives are the VM's own code.

import { selfId } from '../bytecode/access.ts';
import type { CompiledModule } from '../bytecode/module.ts';
import { refuse } from './error.ts';

/** Addresses 0x0 to 0xf. */
const SPECIAL_ADDRESS = /^0x0{63}[0-9a-f]$/;

/** Aptos's rule for publishing (aptos-vm, native_validation.rs). @throws VerificationError `USER_DEFINED_NATIVE_NOT_ALLOWED` */
export function checkNatives(module: CompiledModule): void {
  const isSpecial = SPECIAL_ADDRESS.test(selfId(module).address);
  for (const [index, definition] of module.functions.entries()) {
    if (definition.body || (isSpecial && !definition.isEntry)) continue;
    refuse(module, 'USER_DEFINED_NATIVE_NOT_ALLOWED', 'a native function', { table: 'functions', index });
  }
}
