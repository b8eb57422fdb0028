// `npm run coverage:move [package…]`: runs the unit tests of packages under move/ on the project's own VM and tells which lines of their sources ran. A
// line counts as covered when all of its code ran, so a check that no test makes fail leaves its line uncovered. Fails when a test fails, or a
// package that must be covered whole (and, without names, only such are looked at) is not.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MOVE_DIR, PROJECT_ROOT } from './packages.ts';
import { ProbedTests, type TestedModule } from './probed-tests.ts';
import { runCommand } from './run-command.ts';
import { describeOutcome, isAsExpected } from './unit-test-list.ts';

/** Packages whose every line must be covered. */
const COVERED_WHOLE = ['state_channel', 'channel_app', 'four_in_a_row'];
/** It aborts: nothing behind it on its line ever runs, so that the line is covered when it is reached. */
const NEVER_RETURNS = 'rerun::refuse()';

interface ModuleCoverage {
  readonly name: string;
  readonly file: string;
  /** Lines with code, from 1. */
  readonly coverable: number;
  readonly uncovered: readonly number[];
}

async function main(names: readonly string[]): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const name of names.length > 0 ? names : COVERED_WHOLE) {
    const dir = path.join(MOVE_DIR, name);
    const tests = await ProbedTests.of(dir, { coverage: true, mutants: false });
    tests.probes.forget();
    for (const test of tests.tests) {
      const { status } = tests.run(test);
      if (isAsExpected(test, status)) {
        passed += 1;
        continue;
      }
      failed += 1;
      console.log(`FAILED ${test.module}::${test.name}: ${describeOutcome(status)}`);
    }
    const modules = tests.modules.map((module) => coverageOf(tests, module)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const uncovered = print(name, modules);
    if (COVERED_WHOLE.includes(name) && uncovered > 0) failed += 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function coverageOf(tests: ProbedTests, module: TestedModule): ModuleCoverage {
  const lines = new Map<number, boolean>();
  let file = '';
  const isReached = new Set<number>();
  for (const [functionName, reachedBy] of module.reached) {
    for (const [offset, probe] of reachedBy.entries()) {
      const position = tests.locate(module, { functionName, offset });
      if (position === undefined || probe === undefined) continue;
      file = position.file;
      const isMet = tests.probes.met[probe] === 1;
      if (isMet && position.text.includes(NEVER_RETURNS)) isReached.add(position.line);
      lines.set(position.line, (lines.get(position.line) ?? true) && isMet);
    }
  }
  const uncovered = [...lines].filter(([line, isCovered]) => !isCovered && !isReached.has(line)).map(([line]) => line);
  return { name: module.id.name, file, coverable: lines.size, uncovered: uncovered.sort((a, b) => a - b) };
}

/** Returns how many lines are not covered. */
function print(packageName: string, modules: readonly ModuleCoverage[]): number {
  let coverable = 0;
  let missing = 0;
  console.log(`move/${packageName}: lines covered / lines with code`);
  for (const { name, ...module } of modules) {
    if (module.coverable === 0) continue;
    const covered = module.coverable - module.uncovered.length;
    coverable += module.coverable;
    missing += module.uncovered.length;
    console.log(`  ${name.padEnd(20)} ${String(covered).padStart(4)} / ${String(module.coverable).padStart(4)}`);
    const text = readFileSync(path.join(PROJECT_ROOT, module.file), 'utf8').split('\n');
    for (const line of module.uncovered) console.log(`    ${module.file}:${line}: ${text[line - 1]?.trim()}`);
  }
  console.log(`  ${'all'.padEnd(20)} ${String(coverable - missing).padStart(4)} / ${String(coverable).padStart(4)}`);
  return missing;
}

await runCommand(main);
