// One consistent set of modules with the types made from them. A world lives as long as the code it was read from stays as it is: when a
// module changes, a new world is begun (see `world-cache.ts`), so nothing in here is ever invalidated piecemeal.

import { type Bytes, bytesEqual } from '../../base/bytes.ts';
import { shortAddress } from '../../base/ids.ts';
import type { StateView } from '../../base/state.ts';
import { moduleKey } from '../bytecode/access.ts';
import { BytecodeError } from '../bytecode/error.ts';
import type { CompiledModule, ModuleId } from '../bytecode/module.ts';
import { LoadError } from '../errors.ts';
import type { VmLimits } from '../limits.ts';
import { TypeTable } from '../types/type-table.ts';
import { VerificationError } from '../verify/error.ts';
import { checkCycles, checkLinking } from '../verify/linking.ts';
import { ClosureShapes } from './closure-shapes.ts';
import type { LoadedModule } from './loaded-module.ts';
import type { ModuleCache } from './module-cache.ts';

/** A module as a world read it, or looked for it where it is not. */
export interface ReadModule {
  readonly id: ModuleId;
  readonly bytes: Bytes | undefined;
}

interface Entry {
  readonly module: LoadedModule;
  /** The array that the view last gave for it. */
  bytes: Bytes;
}

export class CodeWorld {
  readonly types: TypeTable;
  readonly closures = new ClosureShapes();
  readonly #modules = new Map<string, Entry>();
  readonly #cache: ModuleCache;
  /** Verified in this world: by themselves, and in their links to what else is here. */
  readonly #verified = new Set<LoadedModule>();
  /** What was looked for and is not there, or does not decode. */
  readonly #missed = new Map<string, ReadModule>();
  /** What units made by an earlier world rest on. */
  readonly #restedOn = new Map<string, ReadModule>();
  #view: StateView;

  constructor(view: StateView, limits: VmLimits, cache: ModuleCache) {
    this.#view = view;
    this.#cache = cache;
    this.types = new TypeTable((id) => this.module(id), limits);
  }

  /** Whether the view shows the same code as far as this world has read it. If so, the view is read from now on. */
  adopt(view: StateView): boolean {
    for (const entry of this.#modules.values()) {
      const { address, name } = entry.module.id;
      const bytes = view.module(address, name);
      if (bytes === undefined || (bytes !== entry.bytes && !bytesEqual(bytes, entry.bytes))) return false;
      entry.bytes = bytes;
    }
    for (const { id, bytes } of [...this.#missed.values(), ...this.#restedOn.values()]) {
      const now = view.module(id.address, id.name);
      if (now !== bytes && !(now && bytes && bytesEqual(now, bytes))) return false;
    }
    this.#view = view;
    return true;
  }

  get view(): StateView {
    return this.#view;
  }

  /** All modules that this world has decoded, and those that it missed: what anything compiled in it can rest on. */
  read(): readonly ReadModule[] {
    const decoded = [...this.#modules.values()].map(({ module, bytes }) => ({ id: module.id, bytes }));
    return [...decoded, ...this.#missed.values()];
  }

  /** From now on this world is one where these are so. */
  restOn(modules: readonly ReadModule[]): void {
    for (const module of modules) this.#restedOn.set(moduleKey(module.id), module);
  }

  /** For a view known to show the same code. */
  use(view: StateView): void {
    this.#view = view;
  }

  /** A module that is decoded and verified. @throws LoadError */
  module(id: ModuleId): LoadedModule {
    const module = this.#load(id);
    if (!this.#verified.has(module)) {
      this.#verify(module);
      this.#verified.add(module);
    }
    return module;
  }

  /** A module that may be anything: to look at, never to compile. @throws LoadError */
  decoded(id: ModuleId): LoadedModule | undefined {
    const key = moduleKey(id);
    const known = this.#modules.get(key);
    if (known) return known.module;
    const bytes = this.#view.module(id.address, id.name);
    if (bytes === undefined) {
      this.#missed.set(key, { id, bytes });
      return undefined;
    }
    const module = this.#decode(bytes, id);
    if (module.id.address !== id.address || module.id.name !== id.name) {
      throw new LoadError(
        'UNEXPECTED_DESERIALIZATION_ERROR',
        `${formatModuleId(module.id)} stored as ${formatModuleId(id)}`,
      );
    }
    this.#modules.set(key, { module, bytes });
    return module;
  }

  /** A module that may be anything; none when it does not decode. */
  look(id: ModuleId): LoadedModule | undefined {
    try {
      return this.decoded(id);
    } catch (error) {
      if (error instanceof LoadError) return undefined;
      throw error;
    }
  }

  hasDecoded(id: ModuleId): boolean {
    return this.#modules.has(moduleKey(id));
  }

  hasVerified(id: ModuleId): boolean {
    const known = this.#modules.get(moduleKey(id));
    return known !== undefined && this.#verified.has(known.module);
  }

  #verify(module: LoadedModule): void {
    try {
      const resolve = (id: ModuleId): CompiledModule | undefined => this.decoded(id)?.compiled;
      this.#cache.verifyAlone(module);
      checkLinking(module.compiled, resolve);
      checkCycles(module.compiled, resolve);
    } catch (cause) {
      if (cause instanceof VerificationError) throw new LoadError(cause.status, cause.message, { cause });
      throw cause;
    }
  }

  #load(id: ModuleId): LoadedModule {
    const module = this.decoded(id);
    if (module === undefined) throw new LoadError('LINKER_ERROR', `no module ${formatModuleId(id)}`);
    return module;
  }

  #decode(bytes: Bytes, id: ModuleId): LoadedModule {
    try {
      return this.#cache.load(bytes);
    } catch (cause) {
      if (cause instanceof BytecodeError) {
        this.#missed.set(moduleKey(id), { id, bytes });
        throw new LoadError('CODE_DESERIALIZATION_ERROR', `${formatModuleId(id)}: ${cause.message}`, { cause });
      }
      throw cause;
    }
  }
}

export function formatModuleId(id: ModuleId): string {
  return `${shortAddress(id.address)}::${id.name}`;
}
