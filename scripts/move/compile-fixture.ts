// `npx tsx scripts/move/compile-fixture.ts <directory of .move files> <output directory>`: compiles loose sources against the framework and
// writes one `<module>.mv` each, for test fixtures.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StraitError } from '../../src/base/errors.ts';
import { compileSource } from './compiler.ts';

async function main(sourceDir: string, outputDir: string): Promise<void> {
  const files: Record<string, string> = {};
  for (const file of (await readdir(sourceDir)).sort()) {
    if (file.endsWith('.move')) files[file] = await readFile(path.join(sourceDir, file), 'utf8');
  }
  const modules = await compileSource(files);
  await mkdir(outputDir, { recursive: true });
  for (const [name, bytecode] of modules) await writeFile(path.join(outputDir, `${name}.mv`), bytecode);
  console.log(`${modules.size} modules in ${outputDir}`);
}

const [sourceDir, outputDir] = process.argv.slice(2);
if (sourceDir === undefined || outputDir === undefined) {
  console.error('usage: compile-fixture <directory of .move files> <output directory>');
  process.exitCode = 2;
} else {
  try {
    await main(sourceDir, outputDir);
  } catch (error) {
    if (!(error instanceof StraitError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
