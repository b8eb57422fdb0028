// `npm run test:move [package…] [-- --filter=text]`: runs the Move unit tests of the packages under move/ and counts them.

import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { testPackage } from './compiler.ts';
import { MOVE_DIR, PROJECT_ROOT, packagesInOrder } from './packages.ts';
import { runCommand } from './run-command.ts';

async function main(args: readonly string[]): Promise<number> {
  const filter = args.find((arg) => arg.startsWith('--filter='))?.slice('--filter='.length);
  const names = args.filter((arg) => !arg.startsWith('--'));
  let passed = 0;
  let failed = 0;
  for (const found of await packagesInOrder(names)) {
    // Named packages are tested without the ones that they need.
    if (names.length > 0 && !names.includes(path.relative(MOVE_DIR, found.dir))) continue;
    const report = await testPackage(found.dir, filter);
    console.log(`${path.relative(PROJECT_ROOT, found.dir)}:`);
    console.log(process.stdout.isTTY ? report.output : stripVTControlCharacters(report.output));
    passed += report.passed;
    failed += report.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await runCommand(main);
