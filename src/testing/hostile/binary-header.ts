// The table of contents of a binary, read from one that is right and written with whatever it is to claim.

import { BcsReader, BcsWriter } from '../../base/bcs.ts';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { MAGIC, TABLE_COUNT_MAX } from '../../vm/bytecode/format.ts';

export interface TableEntry {
  readonly kind: number;
  readonly content: Bytes;
  /** What the table of contents says, where it lies. */
  readonly claimedOffset?: number;
  readonly claimedLength?: number;
}

export interface BinaryParts {
  /** The whole version word. */
  readonly version: number;
  readonly tables: readonly TableEntry[];
  /** Behind the tables. */
  readonly rest: Bytes;
}

/** Of a binary that is in order. */
export function readHeader(bytes: Bytes): BinaryParts {
  const reader = new BcsReader(bytes.subarray(MAGIC.length));
  const version = reader.u32('version');
  const entries = reader.vector('tables', TABLE_COUNT_MAX, (entry) => {
    const kind = entry.u8('table');
    return { kind, offset: entry.uleb128('offset'), length: entry.uleb128('length') };
  });
  const start = bytes.length - reader.remaining;
  const end = Math.max(start, ...entries.map(({ offset, length }) => start + offset + length));
  return {
    version,
    tables: entries.map(({ kind, offset, length }) => ({
      kind,
      content: bytes.slice(start + offset, start + offset + length),
    })),
    rest: bytes.slice(end),
  };
}

export function writeHeader(version: number, tables: readonly TableEntry[], rest: Uint8Array): Bytes {
  const header = new BcsWriter().fixed(Uint8Array.from(MAGIC)).u32(version);
  let offset = 0;
  header.vector(tables, (writer, { kind, content, claimedOffset, claimedLength }) => {
    writer
      .u8(kind)
      .uleb128(claimedOffset ?? offset)
      .uleb128(claimedLength ?? content.length);
    offset += content.length;
  });
  return concatBytes(header.finish(), ...tables.map(({ content }) => content), rest);
}
