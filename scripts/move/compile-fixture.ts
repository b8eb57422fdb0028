// `npx tsx scripts/move/compile-fixture.ts <directory of .move files> <output directory> [--source-maps | --scripts]`: compiles loose sources against the
// framework and writes one `<module>.mv` each (and `<module>.mvsm`, its source map), for test fixtures. With --scripts the sources are scripts, and
// each is named after its function.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StraitError } from '../../src/base/errors.ts';
import { compileScripts, compileSourceUnits } from './compiler.ts';

async function main(sourceDir: string, outputDir: string, options: readonly string[]): Promise<void> {
  const files: Record<string, string> = {};
  for (const file of (await readdir(sourceDir)).sort()) {
    if (file.endsWith('.move')) files[file] = await readFile(path.join(sourceDir, file), 'utf8');
  }
  await mkdir(outputDir, { recursive: true });
  if (options.includes('--scripts')) {
    const scripts = await compileScripts(files);
    for (const [name, bytecode] of scripts) await writeFile(path.join(outputDir, `${name}.mv`), bytecode);
    console.log(`${scripts.size} scripts in ${outputDir}`);
    return;
  }
  const modules = await compileSourceUnits(files);
  for (const { name, bytecode, sourceMap } of modules) {
    await writeFile(path.join(outputDir, `${name}.mv`), bytecode);
    if (options.includes('--source-maps')) await writeFile(path.join(outputDir, `${name}.mvsm`), sourceMap);
  }
  console.log(`${modules.length} modules in ${outputDir}`);
}

const [sourceDir, outputDir] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
if (sourceDir === undefined || outputDir === undefined) {
  console.error('usage: compile-fixture <directory of .move files> <output directory>');
  process.exitCode = 2;
} else {
  try {
    await main(sourceDir, outputDir, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof StraitError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
