// Whether modules may be published together: they decode, belong to the sender, verify, link with each other and with what is there, and
// replace old versions only compatibly.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { StateView } from '../base/state.ts';
import { moduleKey } from './bytecode/access.ts';
import { BytecodeError } from './bytecode/error.ts';
import type { CompiledModule, ModuleId } from './bytecode/module.ts';
import type { LoadedModule } from './code/loaded-module.ts';
import type { ModuleCache } from './code/module-cache.ts';
import { VerificationError } from './verify/error.ts';
import { checkCycles, checkLinking, dependenciesOf } from './verify/linking.ts';
import { checkPublishable } from './verify/publishable.ts';
import { checkUpgrade } from './verify/upgrade.ts';

/** Why a module cannot be published. `code` is the Rust VM's status name. */
export interface PublishRefusal {
  readonly code: string;
  /** `0x…::name` as far as it could be read. */
  readonly module?: string;
  readonly message: string;
}

/** Modules that pass are remembered in `cache` as verified, and need not be again when they are run. */
export function checkPublish(
  cache: ModuleCache,
  view: StateView,
  sender: Address,
  modules: readonly Bytes[],
): Result<readonly CompiledModule[], PublishRefusal> {
  const bundle = new Map<string, LoadedModule>();
  for (const bytes of modules) {
    const decoded = load(cache, bytes);
    if (!decoded.ok) return decoded;
    const { id } = decoded.value;
    const key = moduleKey(id);
    if (id.address !== sender) {
      return refusal('MODULE_ADDRESS_DOES_NOT_MATCH_SENDER', `published by ${sender}`, key);
    }
    if (bundle.has(key)) return refusal('DUPLICATE_MODULE_NAME', 'twice in one publication', key);
    bundle.set(key, decoded.value);
  }
  const published = (id: ModuleId): CompiledModule | undefined => {
    const bytes = view.module(id.address, id.name);
    return bytes === undefined ? undefined : cache.load(bytes).compiled;
  };
  const resolve = (id: ModuleId): CompiledModule | undefined => bundle.get(moduleKey(id))?.compiled ?? published(id);
  for (const [key, module] of bundle) {
    const { compiled, id } = module;
    try {
      cache.verifyAlone(module);
      checkLinking(compiled, resolve);
      checkCycles(compiled, resolve);
      checkPublishable(compiled, module.bytes.length);
      const old = published(id);
      if (old) checkUpgrade(old, compiled);
    } catch (error) {
      if (error instanceof VerificationError) return refusal(error.status, error.message, key);
      throw error;
    }
  }
  return ok(inOrder(bundle));
}

function load(cache: ModuleCache, bytes: Bytes): Result<LoadedModule, PublishRefusal> {
  try {
    return ok(cache.load(bytes));
  } catch (error) {
    if (error instanceof BytecodeError) return refusal('CODE_DESERIALIZATION_ERROR', error.message);
    throw error;
  }
}

/** Dependencies first. There is no circle: the verifier has looked. */
function inOrder(bundle: ReadonlyMap<string, LoadedModule>): readonly CompiledModule[] {
  const ordered = new Set<CompiledModule>();
  const add = (module: LoadedModule): void => {
    if (ordered.has(module.compiled)) return;
    for (const id of dependenciesOf(module.compiled)) {
      const dependency = bundle.get(moduleKey(id));
      if (dependency && dependency !== module) add(dependency);
    }
    ordered.add(module.compiled);
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
