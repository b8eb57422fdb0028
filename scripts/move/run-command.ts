// How a command of this folder ends.

import { StraitError } from '../../src/base/errors.ts';

/** The process's exit code is what `main` gives; `failed`, with one sentence, when something is wrong that whoever called it can mend. */
export async function runCommand(
  main: (args: readonly string[]) => number | Promise<number>,
  failed = 1,
): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof StraitError)) throw error;
    console.error(error.message);
    process.exitCode = failed;
  }
}
