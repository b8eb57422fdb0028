// What a module must be beyond safe to be published: no natives of its own, metadata that Aptos takes, types in proportion to its bytes.

import type { CompiledModule } from '../bytecode/module.ts';
import { checkComplexity } from './complexity.ts';
import { checkMetadata } from './metadata.ts';
import { checkNatives } from './natives.ts';

/** `size` is that of the binary, in bytes. Comes after verification. @throws VerificationError */
export function checkPublishable(module: CompiledModule, size: number): void {
  checkComplexity(module, size);
  checkNatives(module);
  checkMetadata(module);
}
