// Runs every suite, one after the other, prints each one's counts and, last, `N passed, N failed`. `npm test -- unit move` runs only those.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Suite {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const VITEST_JSON = 'test-results/unit.json';
const E2E_JSON = 'test-results/e2e.json';

/** Runs a command with its output shown; resolves to its exit code and all it printed. */
function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        process.stdout.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function bin(name: string): string {
  return `node_modules/.bin/${name}`;
}

/** Commands that either pass or fail as a whole: one count each. */
async function checks(...commands: readonly (readonly [string, ...string[]])[]): Promise<Counts> {
  let passed = 0;
  for (const [command, ...args] of commands) {
    const { code } = await run(command, args);
    if (code === 0) passed++;
    else console.log(`FAILED: ${command} ${args.join(' ')}`);
  }
  return { passed, failed: commands.length - passed };
}

/** A runner's JSON report; no report, or a failure it did not count, is a failure. */
function report(file: string, code: number, read: (json: unknown) => Counts): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const counts = read(JSON.parse(readFileSync(file, 'utf8')));
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function unit(): Promise<Counts> {
  rmSync(VITEST_JSON, { force: true });
  const { code } = await run(bin('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${VITEST_JSON}`,
  ]);
  return report(VITEST_JSON, code, (json) => {
    const { numPassedTests, numFailedTests } = json as { numPassedTests: number; numFailedTests: number };
    return { passed: numPassedTests, failed: numFailedTests };
  });
}

async function move(): Promise<Counts> {
  const built = await checks([bin('tsx'), 'scripts/move/build.ts', '--check']);
  const tested = await counted('scripts/move/unit-tests.ts');
  // The contract's own tests once more, on the project's VM: they must run every line.
  const covered = await counted('scripts/move/coverage.ts');
  return {
    passed: built.passed + tested.passed + covered.passed,
    failed: built.failed + tested.failed + covered.failed,
  };
}

/** Runs a script whose last line is `N passed, N failed`. */
async function counted(script: string): Promise<Counts> {
  const { code, output } = await run(bin('tsx'), [script]);
  const line = [...output.matchAll(/^(?:.*: )?(\d+) passed, (\d+) failed/gm)].at(-1);
  const passed = Number(line?.[1] ?? 0);
  const failed = line ? Number(line[2]) : 1;
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function browser(): Promise<Counts> {
  rmSync(E2E_JSON, { force: true });
  const { code } = await run(bin('tsx'), ['scripts/isolated.ts', bin('playwright'), 'test']);
  return report(E2E_JSON, code, (json) => {
    const { stats } = json as { stats: { expected: number; unexpected: number; flaky: number } };
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
  });
}

const SUITES: readonly Suite[] = [
  { name: 'types', run: () => checks([bin('tsc'), '-p', 'tsconfig.core.json'], [bin('tsc'), '-p', 'tsconfig.json']) },
  { name: 'style', run: () => checks([bin('biome'), 'ci', '.'], [bin('knip')]) },
  { name: 'move', run: move },
  { name: 'unit', run: unit },
  { name: 'browser', run: browser },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(', ')}. There are: ${SUITES.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}

const results: { name: string; counts: Counts; seconds: number }[] = [];
for (const suite of SUITES) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  console.log(`\n── ${suite.name} ──`);
  const started = performance.now();
  const counts = await suite.run();
  results.push({ name: suite.name, counts, seconds: (performance.now() - started) / 1000 });
}

console.log('\n── summary ──');
for (const { name, counts, seconds } of results) {
  console.log(
    `${name.padEnd(8)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${seconds.toFixed(0).padStart(5)} s`,
  );
}
const passed = results.reduce((sum, { counts }) => sum + counts.passed, 0);
const failed = results.reduce((sum, { counts }) => sum + counts.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
