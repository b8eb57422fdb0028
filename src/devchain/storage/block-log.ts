// An append-only file of records, each with its length and checksums. A record that a crash left half written at the end is cut off when
// the file is opened; anything else that does not fit is reported and left as it is.

import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { BcsReader, BcsWriter } from '../../base/bcs.ts';
import { type Bytes, bytesEqual, concatBytes, utf8Encode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { sha3_256 } from '../../base/hash.ts';
import { LedgerFileError } from '../errors.ts';

/** First bytes of the file: what it is, and the version of this framing. */
const MAGIC = utf8Encode('strait-devchain-log-1\n');
const CHECKSUM_SIZE = 8;
/** Length of the payload, checksum of the length, checksum of the payload. */
const HEADER_SIZE = 4 + 2 * CHECKSUM_SIZE;
/** A genesis block holds all modules; this is some hundred times as much. */
const RECORD_SIZE_MAX = 256 * 1024 * 1024;

export class BlockLog {
  readonly path: string;
  readonly #file: number;
  #end: number;
  #isBroken = false;

  private constructor(path: string, file: number, end: number) {
    this.path = path;
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens or creates the file and hands every record in it to `onRecord`, in order.
   *
   * @returns the log, and how many bytes of an unfinished last record were cut off
   * @throws LedgerFileError when the file is not such a log or is damaged before its end
   */
  static open(path: string, onRecord: (record: Bytes) => void): { readonly log: BlockLog; readonly tornBytes: number } {
    const file = openSync(path, 'a+');
    try {
      const size = fstatSync(file).size;
      const start = readMagic(path, file, size);
      const end = start === size ? start : readRecords(path, file, start, size, onRecord);
      if (end < size) {
        ftruncateSync(file, end);
        fdatasyncSync(file);
      }
      return { log: new BlockLog(path, file, Math.max(end, MAGIC.length)), tornBytes: size - Math.min(end, size) };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** Returns once the record is on disk. @throws LedgerFileError; after that nothing more is taken. */
  append(record: Bytes): void {
    if (this.#isBroken) throw new LedgerFileError(this.path, 'an earlier write failed; restart to go on');
    try {
      writeAll(this.#file, concatBytes(header(record), record));
      fdatasyncSync(this.#file);
      this.#end += HEADER_SIZE + record.length;
    } catch (cause) {
      this.#isBroken = true;
      throw new LedgerFileError(this.path, 'cannot be written', { cause });
    }
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#end;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Where the first record starts. A file cut off within the magic is as good as new. */
function readMagic(path: string, file: number, size: number): number {
  const found = read(file, 0, Math.min(size, MAGIC.length));
  if (!bytesEqual(found, MAGIC.slice(0, found.length))) {
    throw new LedgerFileError(path, 'is not a ledger of this version; move it away or name another --data-dir');
  }
  if (found.length < MAGIC.length) {
    ftruncateSync(file, 0);
    writeAll(file, MAGIC);
    fdatasyncSync(file);
    return size;
  }
  return MAGIC.length;
}

/** Where the last whole record ends. */
function readRecords(path: string, file: number, start: number, size: number, onRecord: (r: Bytes) => void): number {
  let offset = start;
  while (offset < size) {
    const left = size - offset;
    if (left < HEADER_SIZE) return offset;
    const head = read(file, offset, HEADER_SIZE);
    const length = readLength(head);
    if (length === undefined) {
      // Some file systems leave zeros where a write was lost.
      if (read(file, offset, left).every((byte) => byte === 0)) return offset;
      throw damaged(path, offset, 'a record header is damaged');
    }
    const next = offset + HEADER_SIZE + length;
    if (next > size) return offset;
    const record = read(file, offset + HEADER_SIZE, length);
    if (!bytesEqual(checksum(record), head.slice(4 + CHECKSUM_SIZE))) {
      if (next === size) return offset;
      throw damaged(path, offset, 'a record does not have its checksum');
    }
    try {
      onRecord(record);
    } catch (cause) {
      const reason = cause instanceof DecodeError ? `: ${cause.message}` : '';
      throw damaged(path, offset, `a record cannot be read${reason}`, cause);
    }
    offset = next;
  }
  return offset;
}

function header(record: Bytes): Bytes {
  const length = new BcsWriter(4).u32(record.length).finish();
  return concatBytes(length, checksum(length), checksum(record));
}

/** The length in a header, if the header is whole. */
function readLength(head: Bytes): number | undefined {
  const length = head.slice(0, 4);
  if (!bytesEqual(checksum(length), head.slice(4, 4 + CHECKSUM_SIZE))) return undefined;
  const value = new BcsReader(length).u32('record length');
  return value <= RECORD_SIZE_MAX ? value : undefined;
}

function checksum(bytes: Bytes): Bytes {
  return sha3_256(bytes).slice(0, CHECKSUM_SIZE);
}

function read(file: number, offset: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done === length ? bytes : bytes.slice(0, done);
}

function writeAll(file: number, bytes: Bytes): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done);
}

function damaged(path: string, offset: number, problem: string, cause?: unknown): LedgerFileError {
  const advice = 'move it away to start from genesis';
  return new LedgerFileError(path, `${problem} (at byte ${offset}); ${advice}`, cause === undefined ? {} : { cause });
}
