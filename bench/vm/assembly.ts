// Compiles the hand-written programs (AssemblyScript, `assembly/*.as`) and instantiates them.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCES = path.join(import.meta.dirname, 'assembly');
/** Speed above all, no help from a runtime: memory is the program's own affair. */
const OPTIONS = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='];

/** A program's exported functions take and give u64 (as bigint), but `begin`, which takes gas. */
export type Assembly = Readonly<Record<string, (...args: readonly bigint[]) => bigint | undefined>>;

/** @throws Error with the compiler's messages */
export async function compileAssembly(name: string): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([`${name}.ts`, '--outFile', 'out.wasm', ...OPTIONS], {
    readFile: async (file) => {
      // Named `.as`, as what they hold is not TypeScript to any other tool.
      const source = path.join(SOURCES, `${path.basename(file, '.ts')}.as`);
      return file.endsWith('.ts') && !file.includes('~lib') ? await readFile(source, 'utf8').catch(() => null) : null;
    },
    writeFile: (_file, contents) => {
      if (typeof contents !== 'string') wasm = new Uint8Array(contents);
    },
    listFiles: () => [],
  });
  if (error || wasm === undefined)
    throw new Error(`${name}.as: ${error?.message ?? 'no output'}\n${stderr.toString()}`);
  return wasm;
}

export function instantiateAssembly(wasm: Uint8Array<ArrayBuffer>): Assembly {
  return new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as unknown as Assembly;
}
