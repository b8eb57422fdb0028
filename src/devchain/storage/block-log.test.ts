// The ledger's file: what was appended comes back, a torn end is cut off, damage is reported and not repaired.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, toHex, utf8Encode } from '../../base/bytes.ts';
import { LedgerFileError } from '../errors.ts';
import { BlockLog } from './block-log.ts';

const RECORDS = ['one', 'two', 'a third one', ''].map(utf8Encode);
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'strait-log-'));
  path = join(directory, 'ledger.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

function readAll(): { records: string[]; tornBytes: number } {
  const records: string[] = [];
  const { log, tornBytes } = BlockLog.open(path, (record) => records.push(toHex(record)));
  log.close();
  return { records, tornBytes };
}

function write(records: readonly Bytes[]): void {
  const { log } = BlockLog.open(path, () => {});
  for (const record of records) log.append(record);
  log.close();
}

describe('the block log', () => {
  it('gives back what was appended, over several openings', () => {
    write(RECORDS.slice(0, 2));
    write(RECORDS.slice(2));
    expect(readAll()).toEqual({ records: RECORDS.map(toHex), tornBytes: 0 });
  });

  it('cut off anywhere gives back a prefix and takes further records', () => {
    write(RECORDS);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const { records } = readAll();
      expect(records).toEqual(RECORDS.slice(0, records.length).map(toHex));
      write([utf8Encode('next')]);
      expect(readAll()).toEqual({ records: [...records, toHex(utf8Encode('next'))], tornBytes: 0 });
    }
  });

  it('takes zeros at the end for a lost write', () => {
    write(RECORDS);
    appendFileSync(path, new Uint8Array(100));
    expect(readAll()).toEqual({ records: RECORDS.map(toHex), tornBytes: 100 });
  });

  it('takes a last record with a wrong checksum for a torn one', () => {
    write(RECORDS.slice(0, 3));
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = 0;
    writeFileSync(path, bytes);
    expect(readAll().records).toEqual(RECORDS.slice(0, 2).map(toHex));
  });

  it('reports any changed byte before the last record, and leaves the file alone', () => {
    write(RECORDS);
    const whole = readFileSync(path);
    // The last record is empty: its header is all of it.
    const lastRecord = whole.length - 20;
    fc.assert(
      fc.property(fc.nat(lastRecord - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        writeFileSync(path, bytes);
        expect(readAll).toThrow(LedgerFileError);
        expect(readFileSync(path).equals(bytes)).toBe(true);
      }),
    );
  });

  it('refuses a file that is something else', () => {
    writeFileSync(path, 'not a ledger, but somebody needs it');
    expect(readAll).toThrow(LedgerFileError);
    expect(readFileSync(path, 'utf8')).toBe('not a ledger, but somebody needs it');
  });

  it('reports a record that its reader cannot take', () => {
    write(RECORDS);
    const open = () =>
      BlockLog.open(path, () => {
        throw new Error('no such record');
      });
    expect(open).toThrow(/cannot be read/);
  });
});
