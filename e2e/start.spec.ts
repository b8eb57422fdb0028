// `npm start` itself, as the README has it: everything comes up, works, and goes away.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, test } from '@playwright/test';

const ANY_PORTS = [
  '--page-port',
  '0',
  '--chain-port',
  '0',
  '--faucet-port',
  '0',
  '--relay-port',
  '0',
  '--data-dir',
  '',
];

function start(...options: readonly string[]): {
  process: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
} {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts', '--no-build', ...options]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { process: child, output: () => output, ended };
}

test('npm start brings up chain, relay and page, and Ctrl+C stops them', async ({ page }) => {
  const run = start(...ANY_PORTS);
  try {
    await expect.poll(run.output, { timeout: 60_000 }).toContain('Ctrl+C stops everything');
    const url = /Open (\S+) in two tabs/.exec(run.output())?.[1];
    if (!url) throw new Error(`no address in: ${run.output()}`);
    await page.goto(url);
    await page.getByTestId('connect').first().click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByTestId('new-channel').click();
    await page.getByLabel('Title').fill('Started');
    await page.getByRole('button', { name: 'Create and join' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeEnabled({ timeout: 30_000 });
  } finally {
    run.process.kill('SIGINT');
  }
  expect(await run.ended).toBe(0);
});

test('npm start says which port is taken, and what was started stops', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const run = start(...ANY_PORTS, '--relay-port', String(address.port));
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain('The relay did not start');
  expect(run.output()).toContain('npm start -- --help');
  await new Promise((resolve) => taken.close(resolve));
});

test('npm start refuses a port that is none', async () => {
  const run = start('--page-port', 'harbour');
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain('--page-port: not a port: "harbour"');
});
