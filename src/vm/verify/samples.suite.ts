// Modules to try the verifier on, by seed: random ones, and mutants of the compiled fixtures and of the framework. Tests and
// `scripts/fuzz/verify.ts` draw from the same.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { mutateModule } from '../../testing/mutate-module.ts';
import { randomModule } from '../../testing/random-module.ts';
import { moduleKey, selfId } from '../bytecode/access.ts';
import { decodeModule } from '../bytecode/decode.ts';
import type { CompiledModule, ModuleId } from '../bytecode/module.ts';

const FIXTURES_DIR = path.resolve(import.meta.dirname, '../bytecode/fixtures');
/** Modules that the others use; they change with the framework, so no mutants are made of them. */
const FRAMEWORK_DIR = path.resolve(import.meta.dirname, '../../../move/framework/bytecode');
/** The Rust VM's verdicts on the samples `recorded 0`, `recorded 1`, … one a line. */
export const VERDICTS_FILE = path.join(import.meta.dirname, 'fixtures/verdicts.txt');

export interface Sample {
  readonly module: CompiledModule;
  /** What a mutant was made of. */
  readonly original: CompiledModule | undefined;
}

export class Samples {
  /** Modules that are published. */
  readonly background: readonly CompiledModule[];
  readonly #fixtures: readonly CompiledModule[];
  readonly #byKey: ReadonlyMap<string, CompiledModule>;

  private constructor(fixtures: readonly CompiledModule[], framework: readonly CompiledModule[]) {
    this.#fixtures = fixtures;
    this.background = [...framework, ...fixtures];
    this.#byKey = new Map(this.background.map((module) => [moduleKey(selfId(module)), module]));
  }

  static async load(): Promise<Samples> {
    const fixtures = await readModules(FIXTURES_DIR, ['features.mv', 'friendly.mv', 'plain-v7.mv']);
    const names = (await readdir(FRAMEWORK_DIR)).filter((name) => name.endsWith('.mv')).sort();
    return new Samples(fixtures, await readModules(FRAMEWORK_DIR, names));
  }

  /** Two of three are mutants of the first fixture, which shows most. */
  sample(seed: string): Sample {
    const number = Number(/\d+$/.exec(seed)?.[0] ?? 0);
    if (number % 3 === 0) return { module: randomModule(seed), original: undefined };
    const original = this.#fixtures[number % 10 < 8 ? 0 : 1 + (number % 2)];
    if (!original) throw new RangeError('no fixtures');
    const module = mutateModule(original, seed);
    const isSame = moduleKey(selfId(module)) === moduleKey(selfId(original));
    return isSame ? { module, original } : { module: original, original };
  }

  readonly resolve = (id: ModuleId): CompiledModule | undefined => this.#byKey.get(moduleKey(id));
}

async function readModules(directory: string, names: readonly string[]): Promise<readonly CompiledModule[]> {
  const files = names.map((name) => readFile(path.join(directory, name)));
  return (await Promise.all(files)).map((bytes) => decodeModule(new Uint8Array(bytes)));
}
