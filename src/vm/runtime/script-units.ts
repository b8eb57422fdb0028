// The scripts of one world that were run last, ready to be run again. A script comes with every transaction that runs it, so a world keeps but
// a few.

import { toHex } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { formatTypeTag } from '../../base/type-tag.ts';
import { BytecodeError } from '../bytecode/error.ts';
import type { CodeWorld } from '../code/code-world.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import { type LoadedScript, loadScript } from '../code/script-module.ts';
import { LoadError } from '../errors.ts';
import type { ScriptCall } from '../run.ts';
import type { Type } from '../types/type.ts';
import { VerificationError } from '../verify/error.ts';
import { verifyScript } from '../verify/verify.ts';
import { checkTypeArguments } from './call-plan.ts';

/** More than are run side by side by an application's users. */
const SCRIPTS_MAX = 32;

export class ScriptUnits<T> {
  readonly #code: CodeWorld;
  readonly #compile: (script: LoadedModule, typeArgs: readonly Type[]) => T;
  /** By the code's hash and the type arguments, the last used last. */
  readonly #ready = new Map<string, T>();
  #compiled = 0;

  /** `compile` is asked for verified scripts only. */
  constructor(code: CodeWorld, compile: (script: LoadedModule, typeArgs: readonly Type[]) => T) {
    this.#code = code;
    this.#compile = compile;
  }

  /** Compiled so far, whether still here or not: what they left in the world's table stays. */
  get compiled(): number {
    return this.#compiled;
  }

  /** @throws LoadError, UnsupportedError */
  get(call: Omit<ScriptCall, 'args'>): T {
    const key = `${toHex(sha3_256(call.code))}<${call.typeArgs.map(formatTypeTag).join()}>`;
    const found = this.#ready.get(key) ?? this.#make(call);
    this.#ready.delete(key);
    this.#ready.set(key, found);
    for (const [oldest] of this.#ready) {
      if (this.#ready.size <= SCRIPTS_MAX) break;
      this.#ready.delete(oldest);
    }
    return found;
  }

  #make(call: Omit<ScriptCall, 'args'>): T {
    const { compiled, module } = this.#verified(call);
    const typeArgs = call.typeArgs.map((tag) => this.#code.types.fromTag(tag));
    checkTypeArguments(compiled.typeParameters, typeArgs);
    this.#compiled++;
    return this.#compile(module, typeArgs);
  }

  #verified(call: Omit<ScriptCall, 'args'>): LoadedScript {
    try {
      const script = loadScript(call.code);
      verifyScript(script.compiled, (id) => this.#code.module(id).compiled);
      return script;
    } catch (cause) {
      if (cause instanceof BytecodeError) throw new LoadError('CODE_DESERIALIZATION_ERROR', cause.message, { cause });
      if (cause instanceof VerificationError) throw new LoadError(cause.status, cause.message, { cause });
      throw cause;
    }
  }
}
