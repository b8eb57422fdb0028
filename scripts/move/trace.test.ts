// The command that traces one call over a storage directory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { trace } from './trace.ts';

const BUILD = path.resolve(import.meta.dirname, '../../src/vm/fixtures/debug');

it('tells what a call does, keeps it if asked to, and where it fails', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'trace-'));
  try {
    const call = (...args: string[]): { code: number; lines: string[] } => {
      const lines: string[] = [];
      return { code: trace([dir, ...args], (line) => lines.push(...line.split('\n'))), lines };
    };
    expect(call().code).toBe(2);
    expect(call('0xcafe::shop::open', '--signer', '0xa11ce', '--build', BUILD, '--keep').code).toBe(0);
    expect(call('0xcafe::shop::stock', 'tea', '3', '9', '--signer', '0xa11ce', '--keep').code).toBe(0);
    const { code, lines } = call('0xcafe::shop::buy', '0xa11ce', 'tea', '4', '--signer', '0xb0b', '--build', BUILD);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^0xcafe::shop::buy\+0 moveLoc shop \[\] {2}\/\/ .*shop\.move:29:20$/);
    expect(lines.at(-3)).toMatch(
      /^aborted in 0xcafe::shop::pay at \d+: EPRICE, .* \(code 77\) \(\d+ instructions, \d+ gas\)$/,
    );
    expect(lines.at(-1)).toMatch(/^at 0xcafe::shop::buy\+\d+ \(.*shop\.move:31:9\)$/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
