// `npm run build:move [package…] [-- --check]`: compiles the packages under move/ and writes bytecode, ABI and manifest beside the
// sources; with --check it writes nothing and fails when what is checked in is not what the sources give.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { toHex } from '../../src/base/bytes.ts';
import { StraitError } from '../../src/base/errors.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { type CompiledUnit, CompileError, compilePackage } from './compiler.ts';
import { moduleNames } from './metadata.ts';
import { type MovePackage, PROJECT_ROOT, packagesInOrder } from './packages.ts';

const OUTPUT_DIR = 'bytecode';
const MANIFEST = 'manifest.json';

async function main(args: readonly string[]): Promise<number> {
  const check = args.includes('--check');
  const names = args.filter((arg) => !arg.startsWith('--'));
  let differing = 0;
  for (const found of await packagesInOrder(names)) {
    const { modules, diagnostics } = await compilePackage(found.dir);
    print(diagnostics);
    const files = outputFiles(found, modules);
    const changed = await changedFiles(path.join(found.dir, OUTPUT_DIR), files);
    if (check) differing += changed.length;
    else await writeFiles(path.join(found.dir, OUTPUT_DIR), files, changed);
    const where = path.relative(PROJECT_ROOT, found.dir);
    console.log(`${where}: ${modules.length} modules, ${changed.length} files ${check ? 'differ' : 'changed'}`);
    for (const file of changed) console.log(`  ${where}/${OUTPUT_DIR}/${file}`);
  }
  if (check && differing > 0) {
    console.error(
      'The checked-in bytecode is not what the sources give. Run `npm run build:move` and commit the result.',
    );
    return 1;
  }
  return 0;
}

/** File name → content of the package's output directory. */
function outputFiles(found: MovePackage, modules: readonly CompiledUnit[]): Map<string, Uint8Array | string> {
  const files = new Map<string, Uint8Array | string>();
  for (const module of modules) {
    files.set(`${module.name}.mv`, module.bytecode);
    files.set(`${module.name}.abi.json`, `${JSON.stringify(module.abi, null, 2)}\n`);
  }
  const manifest = {
    package: found.name,
    namedAddresses: found.addresses,
    modules: inDependencyOrder(modules).map((module) => ({
      name: module.name,
      sha3_256: toHex(sha3_256(module.bytecode)),
    })),
  };
  return files.set(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Each module after those of the package that it imports; otherwise by name. The compiler has excluded cycles. */
function inDependencyOrder(modules: readonly CompiledUnit[]): readonly CompiledUnit[] {
  const byName = new Map(modules.map((module) => [moduleNames(module.bytecode).self, module]));
  const ordered = new Set<CompiledUnit>();
  const visit = (module: CompiledUnit): void => {
    if (ordered.has(module)) return;
    for (const name of [...moduleNames(module.bytecode).imports].sort()) {
      const imported = byName.get(name);
      if (imported !== undefined) visit(imported);
    }
    ordered.add(module);
  };
  for (const module of modules) visit(module);
  return [...ordered];
}

/** Names of the files that are missing, differ, or are there though the build does not make them. */
async function changedFiles(dir: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<string[]> {
  const present = await readdir(dir).catch(() => [] as string[]);
  const changed = present.filter((file) => !files.has(file));
  for (const [file, content] of files) {
    const old = present.includes(file) ? await readFile(path.join(dir, file)) : undefined;
    if (old === undefined || !old.equals(Buffer.from(content as Uint8Array))) changed.push(file);
  }
  return changed.sort();
}

/** Each file appears whole, by a rename: somebody may be reading the old one. */
async function writeFiles(
  dir: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  changed: readonly string[],
): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const file of changed) {
    const content = files.get(file);
    const target = path.join(dir, file);
    if (content === undefined) {
      await rm(target);
      continue;
    }
    const unfinished = `${target}.${process.pid}`;
    await writeFile(unfinished, content);
    await rename(unfinished, target);
  }
}

function print(diagnostics: string): void {
  if (diagnostics === '') return;
  console.error(process.stderr.isTTY ? diagnostics : stripVTControlCharacters(diagnostics));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StraitError)) throw error;
  if (error instanceof CompileError && process.stderr.isTTY) console.error(error.diagnostics);
  console.error(error.message);
  process.exitCode = 1;
}
