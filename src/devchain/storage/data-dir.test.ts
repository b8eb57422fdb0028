// A chain that is stopped and started again on its data directory is the same chain, whatever the crash left at the end of its file.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../base/ids.ts';
import { readBalance } from '../accounts.ts';
import type { Chain } from '../chain.ts';
import { LedgerFileError } from '../errors.ts';
import { fund } from '../faucet.ts';
import { ScriptedVm } from '../scripted-vm.suite.ts';
import { startDevchain } from '../server.ts';

const ALICE = parseAddress('0xa11ce');
let dataDir: string;
let ledger: string;

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'strait-chain-')), 'nested');
  ledger = join(dataDir, 'ledger.log');
});
afterEach(() => rmSync(join(dataDir, '..'), { recursive: true }));

function start() {
  return startDevchain({ port: 0, faucetPort: 0, genesisPackages: [], vm: new ScriptedVm(), dataDir });
}

/** Starts the chain, does something with it, stops it. */
async function session<T>(use: (chain: Chain) => T): Promise<T> {
  const devchain = await start();
  try {
    return use(devchain.chain);
  } finally {
    await devchain.close();
  }
}

const balance = (chain: Chain) => readBalance(chain.world.view(), ALICE);

describe('a chain on a data directory', () => {
  it('goes on where it stopped: state, history, ledger', async () => {
    const before = await session((chain) => {
      fund(chain, ALICE, 5n);
      fund(chain, ALICE, 6n);
      return [...chain.ledger.range(0, 10)];
    });
    await session((chain) => {
      expect(chain.ledger.range(0, 10)).toEqual(before);
      expect(balance(chain)).toBe(11n);
      expect(readBalance(chain.world.view(2), ALICE)).toBe(5n);
      fund(chain, ALICE, 7n);
      expect(chain.ledger.tip).toMatchObject({ version: 6, height: 3 });
      expect(balance(chain)).toBe(18n);
    });
    await session((chain) => expect(balance(chain)).toBe(18n));
  });

  it('knows what was paid for its slots, so that it can be given back', async () => {
    const paid = await session((chain) => {
      fund(chain, ALICE, 5n);
      return chain.ledger.tip.outcome.deposits;
    });
    expect(paid.length).toBeGreaterThan(0);
    await session((chain) => {
      for (const { slot, deposit } of paid) expect(chain.world.deposit(slot)).toEqual(deposit);
    });
  });

  it('forgets a transaction that was half written, and only that one', async () => {
    await session((chain) => fund(chain, ALICE, 5n));
    const whole = readFileSync(ledger).length;
    await session((chain) => fund(chain, ALICE, 6n));
    const written = readFileSync(ledger).length;
    truncateSync(ledger, written - 3);
    const devchain = await start();
    expect(devchain.tornBytes).toBeGreaterThan(0);
    expect(balance(devchain.chain)).toBe(5n);
    // Its block had begun, and is empty now.
    expect(devchain.chain.ledger.block(2)?.entries).toHaveLength(1);
    expect(readFileSync(ledger).length).toBeGreaterThan(whole);
    expect(readFileSync(ledger).length).toBe(written - 3 - devchain.tornBytes);
    expect(fund(devchain.chain, ALICE, 6n)).toMatch(/^0x/);
    expect(devchain.chain.ledger.tip.height).toBe(3);
    await devchain.close();
  });

  it('starts from genesis when not even that was written whole', async () => {
    await session(() => {});
    truncateSync(ledger, 100);
    await session((chain) => expect(chain.ledger.length).toBe(1));
    await session((chain) => expect(chain.ledger.length).toBe(1));
  });

  it('does not start on a damaged file, and says where it is damaged', async () => {
    await session((chain) => fund(chain, ALICE, 5n));
    const bytes = readFileSync(ledger);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(ledger, bytes);
    await expect(start()).rejects.toThrow(/ledger\.log: a record does not have its checksum \(at byte \d+\)/);
    expect(readFileSync(ledger).equals(bytes)).toBe(true);
    expect(existsSync(join(dataDir, 'lock'))).toBe(false);
  });

  it('does not start on a record that is whole but of no block', async () => {
    const { BlockLog } = await import('./block-log.ts');
    await session(() => {});
    const { log } = BlockLog.open(ledger, () => {});
    log.append(new Uint8Array([9, 9, 9]));
    log.close();
    await expect(start()).rejects.toThrow(LedgerFileError);
  });

  it('does not start on blocks of a program before this one, and says so', async () => {
    const { BlockLog } = await import('./block-log.ts');
    mkdirSync(dataDir, { recursive: true });
    const { log } = BlockLog.open(ledger, () => {});
    log.append(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0]));
    log.close();
    await expect(start()).rejects.toThrow(/record version 1, which this program does not read/);
  });

  it('does not start on something else', async () => {
    await session(() => {});
    writeFileSync(ledger, 'letters from home');
    await expect(start()).rejects.toThrow(LedgerFileError);
    appendFileSync(ledger, '');
    expect(readFileSync(ledger, 'utf8')).toBe('letters from home');
  });

  it('is one process at a time, but a lock of a process that is gone does not matter', async () => {
    const devchain = await start();
    await expect(start()).rejects.toThrow(/uses this directory/);
    await devchain.close();
    writeFileSync(join(dataDir, 'lock'), '999999999');
    await session((chain) => expect(chain.ledger.length).toBe(1));
  });
});
