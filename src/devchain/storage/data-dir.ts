// The directory that keeps a chain across restarts: one ledger file, and a lock so that no two processes write it.

import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Chain } from '../chain.ts';
import { LedgerFileError } from '../errors.ts';
import type { NewEntry } from '../ledger.ts';
import { BlockLog } from './block-log.ts';
import { decodeEntry, encodeEntry } from './block-record.ts';

const LEDGER_FILE = 'ledger.log';
const LOCK_FILE = 'lock';

export interface DataDir {
  /** Bytes of a half-written block that were cut off. */
  readonly tornBytes: number;
  append(block: NewEntry): void;
  close(): void;
}

/** Opens the directory, creating it where needed, and restores every block in it into `chain`. @throws LedgerFileError */
export function openDataDir(path: string, chain: Chain): DataDir {
  mkdirSync(path, { recursive: true });
  const lock = join(path, LOCK_FILE);
  takeLock(lock);
  try {
    const { log, tornBytes } = BlockLog.open(join(path, LEDGER_FILE), (record) => {
      chain.restore(decodeEntry(record, chain.world.view()));
    });
    return {
      tornBytes,
      append: (block) => log.append(encodeEntry(block)),
      close: () => {
        log.close();
        rmSync(lock, { force: true });
      },
    };
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
}

/** The lock file holds the process id of its owner; one whose owner is gone is taken over. */
function takeLock(path: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (cause) {
      if (!isErrno(cause, 'EEXIST')) throw new LedgerFileError(path, 'cannot be created', { cause });
      const owner = Number(readFileSync(path, 'utf8'));
      if (isRunning(owner)) throw new LedgerFileError(path, `process ${owner} uses this directory`);
      rmSync(path, { force: true });
    }
  }
  throw new LedgerFileError(path, 'another process has just taken this directory');
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
