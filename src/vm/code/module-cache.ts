// Decoded modules and whether they passed verification by themselves, kept while the code worlds come and go: what depends on one module's
// bytes alone is done once for those bytes.

import { type Bytes, bytesEqual } from '../../base/bytes.ts';
import { moduleKey } from '../bytecode/access.ts';
import { decodeModule } from '../bytecode/decode.ts';
import { verifyModuleAlone } from '../verify/verify.ts';
import { LoadedModule } from './loaded-module.ts';

/** Versions of one module that are known by content: that before an upgrade, that after it, and one on another chain. */
const VERSIONS_MAX = 3;
/** Names that versions are kept for; more than a chain's framework and a user's packages have. */
const NAMES_MAX = 1024;

export class ModuleCache {
  readonly #byBytes = new WeakMap<Bytes, LoadedModule>();
  /** The last ones by name, for the same bytes in another array. */
  readonly #byName = new Map<string, readonly LoadedModule[]>();
  readonly #verified = new WeakSet<LoadedModule>();

  /** @throws BytecodeError */
  load(bytes: Bytes): LoadedModule {
    const known = this.#byBytes.get(bytes);
    if (known) return known;
    const module = this.#sameAs(new LoadedModule(bytes, decodeModule(bytes)));
    this.#byBytes.set(bytes, module);
    return module;
  }

  /** All that can be said of the module without looking at others. @throws VerificationError */
  verifyAlone(module: LoadedModule): void {
    if (this.#verified.has(module)) return;
    verifyModuleAlone(module.compiled);
    this.#verified.add(module);
  }

  #sameAs(module: LoadedModule): LoadedModule {
    const key = moduleKey(module.id);
    const versions = this.#byName.get(key) ?? [];
    const same = versions.find((version) => bytesEqual(version.bytes, module.bytes));
    if (same) return same;
    if (this.#byName.size >= NAMES_MAX) this.#byName.clear();
    this.#byName.set(key, [module, ...versions].slice(0, VERSIONS_MAX));
    return module;
  }
}
