// Compiles Move packages and loose sources to Aptos bytecode. The compiler runs in a child process, one a job and one at a time; what
// it leaves in its build directory is read only after it has succeeded.

import { fork } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Bytes } from '../../src/base/bytes.ts';
import { StraitError } from '../../src/base/errors.ts';
import type { CompilerJob, CompilerReply } from './compiler-worker.ts';
import { toAptosMetadata } from './metadata.ts';
import { FRAMEWORK_DIR, NAMED_ADDRESSES, PROJECT_ROOT, readMovePackage } from './packages.ts';
import { copyForTests, copyFrameworkForComparison } from './test-variant.ts';

/** The message has the compiler's errors in plain text; `diagnostics` is all that it printed, with its colours. */
export class CompileError extends StraitError {
  override readonly name = 'CompileError';
  readonly diagnostics: string;

  constructor(what: string, problem: string, diagnostics: string) {
    super(`${what}: ${problem}\n${errorsIn(stripVTControlCharacters(diagnostics))}`.trimEnd());
    this.diagnostics = diagnostics;
  }
}

export interface CompiledUnit {
  readonly name: string;
  readonly bytecode: Bytes;
  /** What the compiler writes as `.mvsm`. */
  readonly sourceMap: Bytes;
  /** The module's public face in the form of Aptos's REST API, as JSON. */
  readonly abi: unknown;
}

export interface CompiledPackage {
  /** Sorted by name. */
  readonly modules: readonly CompiledUnit[];
  /** Warnings, with colours; empty when there were none. */
  readonly diagnostics: string;
}

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  /** The runner's report, with colours. */
  readonly output: string;
}

/** A package of 40 modules takes 5 s; whatever takes this long hangs. */
const JOB_DURATION_MS_MAX = 180_000;

/** Lines that the compiler prints on every run and that say nothing. */
const CHATTER =
  /^(Compiling, may take a little while to download git dependencies\.\.\.|INCLUDING DEPENDENCY .*|BUILDING .*)$/;

/** Compiles the package in `dir` (and, in memory, its dependencies). @throws CompileError */
export async function compilePackage(dir: string): Promise<CompiledPackage> {
  const { name } = await readMovePackage(dir);
  return await withTemporaryDir(async (installDir) => {
    const options = { packageDir: dir, installDir, namedAddresses: {}, testMode: false };
    const { reply, output } = await runJob({ kind: 'build', options }, dir);
    if (!reply.ok) throw new CompileError(name, reply.problem, output);
    return { modules: await readModules(path.join(installDir, 'build', name)), diagnostics: output };
  });
}

/** Runs the Move unit tests of the package in `dir`. A failed test is counted, not thrown. @throws CompileError */
export async function testPackage(dir: string, filter?: string): Promise<TestReport> {
  const { name } = await readMovePackage(dir);
  return await withTemporaryDir(async (installDir) => {
    const packageDir = await copyForTests(dir, installDir);
    const options = { packageDir, installDir, namedAddresses: {}, testMode: true };
    const job: CompilerJob = filter === undefined ? { kind: 'test', options } : { kind: 'test', options, filter };
    const { reply, output } = await runJob(job, dir);
    const counts = /Test result: \S+ Total tests: \d+; passed: (\d+); failed: (\d+)/.exec(
      stripVTControlCharacters(output),
    );
    if (!counts) throw new CompileError(name, reply.ok ? 'the test runner gave no result' : reply.problem, output);
    return { passed: Number(counts[1]), failed: Number(counts[2]), output };
  });
}

export interface CompileSourceOptions {
  /** Added to the project's own named addresses. */
  readonly namedAddresses?: Readonly<Record<string, string>>;
  /** `false`: the sources stand alone and bring what they use of 0x1 themselves. */
  readonly withFramework?: boolean;
}

/**
 * Compiles loose sources, for tests: file name → source text in, module name → bytecode out (the framework's modules not among them).
 * @throws CompileError
 */
export async function compileSource(
  files: Readonly<Record<string, string>>,
  options: CompileSourceOptions = {},
): Promise<Map<string, Bytes>> {
  const modules = await compileSourceUnits(files, options);
  return new Map(modules.map((module) => [module.name, module.bytecode]));
}

/** As `compileSource`, with all that the compiler writes of a module. @throws CompileError */
export async function compileSourceUnits(
  files: Readonly<Record<string, string>>,
  options: CompileSourceOptions = {},
): Promise<readonly CompiledUnit[]> {
  return await withSourcePackage(files, options, async (dir) => (await compilePackage(dir)).modules);
}

/**
 * Compiles loose scripts against the framework: file name → source text in, name of the script's function → bytecode out.
 * @throws CompileError
 */
export async function compileScripts(files: Readonly<Record<string, string>>): Promise<Map<string, Bytes>> {
  return await withSourcePackage(files, {}, async (packageDir) => {
    return await withTemporaryDir(async (installDir) => {
      const options = { packageDir, installDir, namedAddresses: {}, testMode: false };
      const { reply, output } = await runJob({ kind: 'build', options }, packageDir);
      if (!reply.ok) throw new CompileError('Fixture', reply.problem, output);
      const dir = path.join(installDir, 'build', 'Fixture', 'bytecode_scripts');
      const scripts = new Map<string, Bytes>();
      for (const file of (await readdir(dir)).sort()) {
        // The compiler numbers scripts, whose functions may have the same name.
        const name = /^(\w+)_\d+\.mv$/.exec(file)?.[1];
        if (name !== undefined) scripts.set(name, new Uint8Array(await readFile(path.join(dir, file))));
      }
      return scripts;
    });
  });
}

async function withSourcePackage<T>(
  files: Readonly<Record<string, string>>,
  options: CompileSourceOptions,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  return await withTemporaryDir(async (dir) => {
    const addresses = { ...NAMED_ADDRESSES, ...options.namedAddresses };
    const manifest = [
      '[package]',
      'name = "Fixture"',
      'version = "0.0.0"',
      '[addresses]',
      ...Object.entries(addresses).map(([name, address]) => `${name} = ${JSON.stringify(address)}`),
      '[dependencies]',
      ...(options.withFramework === false ? [] : [`Framework = { local = ${JSON.stringify(FRAMEWORK_DIR)} }`]),
    ];
    await mkdir(path.join(dir, 'sources'));
    await writeFile(path.join(dir, 'Move.toml'), `${manifest.join('\n')}\n`);
    for (const [name, source] of Object.entries(files)) await writeFile(path.join(dir, 'sources', name), source);
    return await use(dir);
  });
}

/**
 * The framework in the terms of the compiler's own VM (see test-variant.ts), to run contracts on that VM outside of unit tests. Module
 * name → bytecode.
 */
export async function compileFrameworkForTestVm(): Promise<Map<string, Bytes>> {
  return await withTemporaryDir(async (dir) => {
    const { modules } = await compilePackage(await copyFrameworkForComparison(dir));
    return new Map(modules.map((module) => [module.name, module.bytecode]));
  });
}

/**
 * The package in `dir` with its unit tests as functions: private, with their signers as arguments. Nothing is replaced by stand-ins.
 * Module name → bytecode. @throws CompileError
 */
export async function compileWithTests(dir: string): Promise<Map<string, Bytes>> {
  const modules = await compileUnitsWithTests(dir);
  return new Map(modules.map((module) => [module.name, module.bytecode]));
}

/**
 * As `compileWithTests`, with all that the compiler writes of a module. `hasExactMaps`: source maps that say for each instruction where it comes from;
 * the compiler's last optimisation takes instructions out and leaves the map as it was, so it is left out. @throws CompileError
 */
export async function compileUnitsWithTests(dir: string, hasExactMaps = false): Promise<readonly CompiledUnit[]> {
  const { name } = await readMovePackage(dir);
  return await withTemporaryDir(async (installDir) => {
    const options = { packageDir: dir, installDir, namedAddresses: {}, testMode: true };
    const environment = hasExactMaps ? { MVC_EXP: 'peephole-optimization=off' } : {};
    const { reply, output } = await runJob({ kind: 'build', options }, dir, environment);
    if (!reply.ok) throw new CompileError(name, reply.problem, output);
    return await readModules(path.join(installDir, 'build', name));
  });
}

async function readModules(buildDir: string): Promise<CompiledUnit[]> {
  const dir = path.join(buildDir, 'bytecode_modules');
  const names = (await readdir(dir)).filter((file) => file.endsWith('.mv')).sort();
  const files = names.map((file) => path.join(dir, file));
  const { reply, output } = await runJob({ kind: 'describe', files }, dir);
  if (!reply.ok) throw new CompileError(dir, reply.problem, output);
  const modules: CompiledUnit[] = [];
  for (const [index, file] of files.entries()) {
    const bytecode = toAptosMetadata(new Uint8Array(await readFile(file)));
    const name = path.basename(file, '.mv');
    const sourceMap = new Uint8Array(await readFile(path.join(buildDir, 'source_maps', `${name}.mvsm`)));
    modules.push({ name, bytecode, sourceMap, abi: JSON.parse(reply.texts[index] ?? 'null') });
  }
  return modules;
}

/** Runs one job in a child process of its own. `output` is what the child printed on both of its streams, in order. */
async function runJob(
  job: CompilerJob,
  dir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ reply: CompilerReply; output: string }> {
  return await withTemporaryDir(async (logDir) => {
    // A file and not a pipe: the library panics when a pipe is full for a moment.
    const log = await open(path.join(logDir, 'output'), 'w+');
    try {
      const reply = await forkWorker(job, log.fd, environment);
      const output = await readFile(path.join(logDir, 'output'), 'utf8');
      return { reply, output: readable(output, dir) };
    } finally {
      await log.close();
    }
  });
}

async function forkWorker(
  job: CompilerJob,
  outputFd: number,
  environment: Readonly<Record<string, string>>,
): Promise<CompilerReply> {
  const child = fork(path.join(import.meta.dirname, 'compiler-worker.ts'), {
    cwd: PROJECT_ROOT,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', outputFd, outputFd, 'ipc'],
    env: { ...process.env, RUST_BACKTRACE: '0', ...environment },
  });
  let reply: CompilerReply | undefined;
  child.on('message', (message: CompilerReply) => {
    reply = message;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), JOB_DURATION_MS_MAX);
  const ending = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  child.send(job);
  const end = await ending;
  clearTimeout(timer);
  return reply ?? { ok: false, problem: `the compiler's process ended without a result (${end})` };
}

/** Without the lines that say nothing, and with file names that stand from the project's root. */
function readable(output: string, dir: string): string {
  const relative = path.relative(PROJECT_ROOT, dir);
  const shown = relative.startsWith('..') ? '' : `${relative}/`;
  return output
    .split('\n')
    .filter((line) => !CHATTER.test(stripVTControlCharacters(line).trim()))
    .map((line) => line.replace(/(┌─\S* )\.\//, `$1${shown}`))
    .join('\n')
    .trim();
}

/** Warnings say little once there is an error. */
function errorsIn(diagnostics: string): string {
  const blocks = diagnostics.split(/^(?=(?:error|warning|bug)\b)/m);
  const errors = blocks.filter((block) => !block.startsWith('warning'));
  return (errors.length > 0 ? errors : blocks).join('');
}

async function withTemporaryDir<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'strait-move-'));
  try {
    return await run(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
