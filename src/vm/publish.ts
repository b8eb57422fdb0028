// Whether modules may be published together: they decode, belong to the sender, verify, link with each other and with what is there, and
// replace old versions only compatibly.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { StateView } from '../base/state.ts';
import { moduleKey, selfId } from './bytecode/access.ts';
import { decodeModule } from './bytecode/decode.ts';
import { BytecodeError } from './bytecode/error.ts';
import type { CompiledModule, ModuleId } from './bytecode/module.ts';
import { VerificationError } from './verify/error.ts';
import { dependenciesOf } from './verify/linking.ts';
import { checkNatives } from './verify/natives.ts';
import { checkUpgrade } from './verify/upgrade.ts';
import { verifyModule } from './verify/verify.ts';

/** Why a module cannot be published. `code` is the Rust VM's status name. */
export interface PublishRefusal {
  readonly code: string;
  /** `0x…::name` as far as it could be read. */
  readonly module?: string;
  readonly message: string;
}

export function checkPublish(
  view: StateView,
  sender: Address,
  modules: readonly Bytes[],
): Result<readonly CompiledModule[], PublishRefusal> {
  const bundle = new Map<string, CompiledModule>();
  for (const bytes of modules) {
    const decoded = decode(bytes);
    if (!decoded.ok) return decoded;
    const id = selfId(decoded.value);
    const key = moduleKey(id);
    if (id.address !== sender) {
      return refusal('MODULE_ADDRESS_DOES_NOT_MATCH_SENDER', `published by ${sender}`, key);
    }
    if (bundle.has(key)) return refusal('DUPLICATE_MODULE_NAME', 'twice in one publication', key);
    bundle.set(key, decoded.value);
  }
  const published = (id: ModuleId): CompiledModule | undefined => {
    const bytes = view.module(id.address, id.name);
    return bytes === undefined ? undefined : decodeModule(bytes);
  };
  const known = new Map<string, CompiledModule | undefined>();
  const resolve = (id: ModuleId): CompiledModule | undefined => {
    const key = moduleKey(id);
    const own = bundle.get(key);
    if (own) return own;
    if (!known.has(key)) known.set(key, published(id));
    return known.get(key);
  };
  for (const [key, module] of bundle) {
    try {
      verifyModule(module, resolve);
      checkNatives(module);
      const old = published(selfId(module));
      if (old) checkUpgrade(old, module);
    } catch (error) {
      if (error instanceof VerificationError) return refusal(error.status, error.message, key);
      throw error;
    }
  }
  return ok(inOrder(bundle));
}

function decode(bytes: Bytes): Result<CompiledModule, PublishRefusal> {
  try {
    return ok(decodeModule(bytes));
  } catch (error) {
    if (error instanceof BytecodeError) return refusal('CODE_DESERIALIZATION_ERROR', error.message);
    throw error;
  }
}

/** Dependencies first. There is no circle: the verifier has looked. */
function inOrder(bundle: ReadonlyMap<string, CompiledModule>): readonly CompiledModule[] {
  const ordered = new Set<CompiledModule>();
  const add = (module: CompiledModule): void => {
    if (ordered.has(module)) return;
    for (const id of dependenciesOf(module)) {
      const dependency = bundle.get(moduleKey(id));
      if (dependency && dependency !== module) add(dependency);
    }
    ordered.add(module);
  };
  for (const module of bundle.values()) add(module);
  return [...ordered];
}

function refusal(
  code: string,
  message: string,
  module?: string,
): { readonly ok: false; readonly error: PublishRefusal } {
  return err({ code, message, ...(module !== undefined && { module }) });
}
