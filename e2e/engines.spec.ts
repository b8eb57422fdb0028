// Two engines, one result: Node and Chromium run the same calls and see the same statuses, places, gas, writes, events and results.
// `npm run fuzz:engines` does more of them (ENGINE_MUTANTS, ENGINE_FLOWS, ENGINE_PROGRAMS, ENGINE_SEED).

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build, preview } from 'vite';
import { CompileError, compileSource } from '../scripts/move/compiler.ts';
import type { Bytes } from '../src/base/bytes.ts';
import { digestOf, type EngineWork, transcribe } from '../src/testing/engines/transcript.ts';
import { engineWork } from '../src/testing/engines/work.ts';
import { generateProgram } from '../src/testing/programs/program.ts';

const MUTANTS = Number(process.env.ENGINE_MUTANTS ?? 30);
const FLOWS = Number(process.env.ENGINE_FLOWS ?? 4);
const PROGRAMS = Number(process.env.ENGINE_PROGRAMS ?? 2);
const SEED = process.env.ENGINE_SEED ?? 'engines';
/** The page takes this many tasks at a time. */
const BATCH = 50;

/** A busy machine takes its time. */
test.setTimeout(Math.max(300_000, 6_000 * (MUTANTS + FLOWS + 10 * PROGRAMS)));

test('Node and Chromium make the same of every call', async ({ page }) => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'strait-engines-'));
  const common = { configFile: false, root: path.join(import.meta.dirname, 'engines'), logLevel: 'warn' } as const;
  await build({ ...common, build: { outDir, emptyOutDir: true, target: 'es2023' }, worker: { format: 'es' } });
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  try {
    const address = server.httpServer.address();
    if (address === null || typeof address === 'string') throw new Error('the page has no port');
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.waitForFunction(() => 'transcribe' in window);
    const work = engineWork({ mutants: MUTANTS, flows: FLOWS, programs: await programs(), seed: SEED });
    const statuses = new Map<string, number>();
    for (let first = 0; first < work.tasks.length; first += BATCH) {
      await compare(page, { ...work, tasks: work.tasks.slice(first, first + BATCH) }, statuses);
    }
    const ways = [...statuses].sort(([, a], [, b]) => b - a).map(([status, count]) => `${count} ${status}`);
    console.log(`${page.context().browser()?.version()} and Node ${process.version}: ${ways.join(', ')}`);
    // Every way to end that there is was among them.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining(WAYS));
  } finally {
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
});

const WAYS = [
  ...[
    'executed',
    'abort',
    'OUT_OF_GAS',
    'ARITHMETIC_ERROR',
    'VECTOR_OPERATION_ERROR',
    'MISSING_DATA',
    'RESOURCE_ALREADY_EXISTS',
  ],
  ...[
    'STRUCT_VARIANT_MISMATCH',
    'CALL_STACK_OVERFLOW',
    'EXECUTION_STACK_OVERFLOW',
    'MEMORY_LIMIT_EXCEEDED',
    'UNSUPPORTED',
  ],
];

async function compare(page: Page, work: EngineWork, statuses: Map<string, number>): Promise<void> {
  const ours = transcribe(work);
  const theirs = await page.evaluate(
    (given) => (window as unknown as { transcribe(work: EngineWork): Promise<string[][]> }).transcribe(given),
    work,
  );
  for (const [index, task] of work.tasks.entries()) {
    expect(theirs[index], task.name).toEqual(ours[index]);
    for (const line of ours[index] ?? []) {
      const told = JSON.parse(line.slice(0, line.lastIndexOf(' gas '))) as { kind: string; code?: string };
      const way = told.kind === 'failure' ? (told.code ?? '') : told.kind;
      statuses.set(way, (statuses.get(way) ?? 0) + 1);
    }
  }
  expect(digestOf(theirs)).toBe(digestOf(ours));
}

async function programs(): Promise<readonly (readonly Bytes[])[]> {
  const compiled: (readonly Bytes[])[] = [];
  for (let number = 0; compiled.length < PROGRAMS; number++) {
    const { files } = generateProgram(`${SEED} ${number}`, `p${number}`);
    try {
      compiled.push([...(await compileSource(files)).values()]);
    } catch (error) {
      // The compiler trips over some.
      if (!(error instanceof CompileError)) throw error;
    }
  }
  return compiled;
}
