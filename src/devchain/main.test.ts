// The command line, as a user starts and stops it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
const ANY_PORTS = ['--port', '0', '--faucet-port', '0', '--indexer-port', '0'];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  const listening = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const url = /^node\s+(\S+)$/m.exec(output)?.[1];
        if (url !== undefined && output.includes('indexer')) resolve(url);
      });
    }
  });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
  return { child, listening, ended };
}

describe('npm run devchain', () => {
  it('serves until it is told to stop, and goes on where it stopped', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'strait-devchain-'));
    try {
      for (const expected of ['0', '0']) {
        const { child, listening, ended } = start(...ANY_PORTS, '--data-dir', dataDir);
        const info = (await (await fetch(await listening)).json()) as Record<string, unknown>;
        expect(info).toMatchObject({ chain_id: 4, ledger_version: expected });
        child.kill('SIGTERM');
        expect((await ended).code).toBe(0);
      }
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('lets its clock be driven when it is told to', async () => {
    const { listening, ended } = start(...ANY_PORTS, '--clock', 'manual');
    const response = await fetch(`${await listening}/-/clock`, {
      method: 'POST',
      body: '{"set_micros":"2000000000000000"}',
    });
    expect(await response.json()).toEqual({ mode: 'manual', now_micros: '2000000000000001' });
    for (const child of children) child.kill('SIGTERM');
    expect((await ended).output).toMatch(/^clock {3}\S+\/v1\/-\/clock \(manual\)$/m);
    expect((await start('--clock', 'sun').ended).output).toMatch(/^devchain: no such clock: sun/);
  });

  it('begins with the packages that it is given', async () => {
    const found = start(...ANY_PORTS, '--package', join(import.meta.dirname, '../../move/four_in_a_row'));
    const url = `${await found.listening}/accounts/0x666f75725f696e5f615f726f7700000000000000000000000000000000000001/module/game`;
    expect((await fetch(url)).status).toBe(200);
    expect((await start(...ANY_PORTS, '--package', 'nowhere').ended).output).toMatch(/^devchain: package nowhere: /);
  });

  it('says in one line what is wrong', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await start('--port', String(port), '--faucet-port', '0', '--indexer-port', '0').ended;
    other.close();
    expect(taken).toEqual({ code: 1, output: expect.stringMatching(/^devchain: listen EADDRINUSE[^\n]*\n$/) });
    expect(await start('--port', 'http').ended).toEqual({
      code: 1,
      output: expect.stringMatching(/^devchain: port: not a u64[^\n]*\n$/),
    });
    expect((await start('--colour').ended).output).toMatch(/^devchain: Unknown option '--colour'/);
  });
});
