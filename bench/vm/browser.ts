// The rows that a browser makes: builds the page, serves it on loopback, and asks a worker of Chromium.

import path from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { moduleBytes } from '../../src/testing/test-state.ts';
import { type Measurement, percentile } from '../report.ts';
import { benchModules } from './ours.ts';
import type { Answers, Question } from './page/protocol.ts';

const ROOT = `${import.meta.dirname}/page`;
const OUT_DIR = path.resolve(import.meta.dirname, '../../dist-bench');
const MOVE_DIR = path.resolve(import.meta.dirname, '../../move');
const STARTS = 7;
/** Names of rows that have a target. */
export const BROWSER_ROWS = {
  cold: 'chat and its framework ready, cold',
  kept: 'chat and its framework ready, from IndexedDB',
  trivial: 'trivial call in the worker',
} as const;
/** One page of a kilobyte, and ten thousand. */
const STATE_PAGES = [1, 10_000] as const;

/** Versions of the browser and rows. */
export async function measureBrowser(): Promise<{ readonly browser: string; readonly rows: readonly Measurement[] }> {
  const common = { configFile: false, root: ROOT, logLevel: 'warn' } as const;
  await build({
    ...common,
    build: { outDir: OUT_DIR, emptyOutDir: true, target: 'es2023' },
    worker: { format: 'es' },
  });
  const server = await preview({ ...common, build: { outDir: OUT_DIR }, preview: { host: '127.0.0.1', port: 0 } });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const address = server.httpServer.address();
    if (address === null || typeof address === 'string') throw new Error('the page has no port');
    return {
      browser: `Chromium ${browser.version()}`,
      rows: await rowsOf(browser, `http://127.0.0.1:${address.port}/`),
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function rowsOf(browser: Browser, url: string): Promise<Measurement[]> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'ask' in window);
  const bench = benchModules();
  const framework = moduleBytes(path.join(MOVE_DIR, 'framework/bytecode'));
  const application = ['state_channel', 'channel_app', 'chat'].flatMap((name) =>
    moduleBytes(path.join(MOVE_DIR, name, 'bytecode')),
  );
  const modules = [...framework, ...application];
  const rows: Measurement[] = [];
  const row = (name: string, unit: string, ours: number, peers: Measurement['peers'] = {}): void =>
    void rows.push({ name, unit, ours, peers });

  const verified = await several(() => ask(page, { kind: 'verify', modules }));
  row(
    `${modules.length} modules decoded and verified, cold`,
    'ms',
    median(verified, ({ ms }) => ms),
  );
  const cold = await several(() => ask(page, { kind: 'load', modules }));
  const database = 'strait-bench';
  await ask(page, { kind: 'load', modules, database });
  const kept = await several(() => ask(page, { kind: 'load', modules, database }));
  const coldMs = median(cold, ({ readyMs }) => readyMs);
  const keptMs = median(kept, ({ readyMs }) => readyMs);
  row(BROWSER_ROWS.cold, 'ms', coldMs);
  row(BROWSER_ROWS.kept, 'ms', keptMs, { cold: coldMs });
  row(
    'of that, reading the database',
    'ms',
    median(kept, ({ readMs }) => readMs),
  );
  const withBench = [...framework, ...bench];
  const trivial = await ask(page, { kind: 'trivial', modules: withBench });
  row(BROWSER_ROWS.trivial, 'µs', trivial.microseconds);
  const [little, much] = await ask(page, { kind: 'state', modules: withBench, pages: STATE_PAGES });
  if (little === undefined || much === undefined) throw new Error('no states');
  row('one call, 10 MB in a table', 'µs', much.microseconds, { '1 KB in it': little.microseconds });
  row('the same with the state root', 'µs', much.withRootMicroseconds, { '1 KB in it': little.withRootMicroseconds });
  const { name } = await ask(page, { kind: 'storesModules', modules: [] });
  // Should that change, compiled modules could be kept instead of their bytes (docs/adr/0007-cached-units.md).
  if (name !== 'DataCloneError') console.log(`IndexedDB takes compiled modules now: ${name}`);
  return rows;
}

async function ask<K extends Question['kind']>(page: Page, question: Question & { kind: K }): Promise<Answers[K]> {
  // Bytes travel as base64, which is what a page takes from outside without a copy for each element.
  const { modules, ...rest } = question;
  const encoded = modules.map((bytes) => Buffer.from(bytes).toString('base64'));
  return await page.evaluate(
    async ([text, given]) => {
      const { ask } = window as unknown as { ask: (question: unknown) => Promise<never> };
      const bytes = text.map((one) => Uint8Array.from(atob(one), (char) => char.charCodeAt(0)));
      return await ask({ ...given, modules: bytes });
    },
    [encoded, rest] as const,
  );
}

async function several<T>(measure: () => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  for (let i = 0; i < STARTS; i++) found.push(await measure());
  return found;
}

function median<T>(found: readonly T[], value: (one: T) => number): number {
  return percentile(found.map(value), 50);
}
