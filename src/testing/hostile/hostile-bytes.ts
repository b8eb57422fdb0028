// Byte strings that a hostile peer might send as bytecode: noise, noise behind a header that is right, and modules of every version with bits
// turned, pieces of others put in, lengths made larger, tables moved, versions changed, or instructions and types changed
// in the decoded form. The seed fixes them.

import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { APTOS_FLAVOUR, MAGIC, VERSION_MAX, VERSION_MIN } from '../../vm/bytecode/format.ts';
import type { CompiledModule } from '../../vm/bytecode/module.ts';
import { assembleModule } from '../assemble.ts';
import { EdgeRandom } from '../edge-random.ts';
import { mutateBytes } from '../mutate-bytes.ts';
import { mutateModule } from '../mutate-module.ts';
import { randomModule } from '../random-module.ts';
import { readHeader, type TableEntry, writeHeader } from './binary-header.ts';

const NOISE_LENGTH_MAX = 400;
const HEADER_SIZE = MAGIC.length + 4;
/** Lengths, counts and indices at which decoders go wrong. */
const TELLING_NUMBERS = [0, 1, 2, 127, 128, 255, 256, 0x3fff, 0x4000, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff];
/** As many times in a hundred. Changing a decoded module costs far more than the others, and random modules too. */
const DECODED_PERCENT = 6;

export interface Specimen {
  readonly bytes: Bytes;
  /** Absent: a script. */
  readonly module?: CompiledModule;
}

/** The input of this number. */
export function hostileBytes(specimens: readonly Specimen[], seed: string): Bytes {
  const random = new EdgeRandom(seed);
  if (random.below(100) < DECODED_PERCENT) {
    const module = random.oneIn(3) ? undefined : random.pick(specimens).module;
    return assembleModule(mutateModule(module ?? randomModule(seed), seed));
  }
  const { bytes } = random.pick(specimens);
  const other = random.pick(specimens).bytes;
  switch (random.below(10)) {
    case 0:
      return random.bytes(random.below(NOISE_LENGTH_MAX));
    case 1:
      return concatBytes(versioned(bytes, randomVersion(random)).subarray(0, HEADER_SIZE), noise(random));
    case 2:
      return versioned(bytes, randomVersion(random));
    case 3:
      return spliced(random, bytes, other);
    case 4:
    case 5:
    case 6:
      return withTables(random, bytes, other);
    default:
      return mutateBytes(random.oneIn(4) ? versioned(bytes, randomVersion(random)) : bytes, seed);
  }
}

/** ULEB128 that says little, and small numbers, more often than other bytes. */
function noise(random: EdgeRandom): Bytes {
  const limit = random.pick([8, 32, 256]);
  return Uint8Array.from({ length: random.below(NOISE_LENGTH_MAX) }, () => random.below(limit));
}

function randomVersion(random: EdgeRandom): number {
  if (random.oneIn(8)) return random.pick([0, 1, 4, 11, 255, 0x0500_0007]);
  const version = VERSION_MIN + random.below(VERSION_MAX - VERSION_MIN + 1);
  return random.oneIn(4) ? version : version | APTOS_FLAVOUR;
}

function versioned(bytes: Bytes, version: number): Bytes {
  const changed = bytes.slice();
  new DataView(changed.buffer).setUint32(MAGIC.length, version >>> 0, true);
  return changed;
}

/** The beginning of one and the end of the other, or a piece of the other put in. */
function spliced(random: EdgeRandom, bytes: Bytes, other: Bytes): Bytes {
  const place = random.below(bytes.length);
  const from = random.below(other.length);
  if (random.oneIn(2)) return concatBytes(bytes.subarray(0, place), other.subarray(from));
  const piece = other.subarray(from, from + 1 + random.below(64));
  return concatBytes(bytes.subarray(0, place), piece, bytes.subarray(place + (random.oneIn(2) ? piece.length : 0)));
}

/** Keeps to the form of the file and changes what stands in its table of contents, or the contents of a table. */
function withTables(random: EdgeRandom, bytes: Bytes, other: Bytes): Bytes {
  const { version, tables, rest } = readHeader(bytes);
  const changed: TableEntry[] = tables.map((table) => ({ ...table }));
  const at = random.below(changed.length);
  const table = changed[at];
  if (!table) return bytes;
  const replace = (entry: Partial<TableEntry>): void => {
    changed[at] = { ...table, ...entry };
  };
  const lengthens = random.pick(TELLING_NUMBERS);
  random.pick<() => void>([
    () => replace({ claimedLength: lengthens }),
    () => replace({ claimedOffset: lengthens }),
    () => replace({ kind: random.below(24) }),
    () => void changed.push(table),
    () => void changed.splice(at, 1),
    () => replace({ content: concatBytes(...new Array<Bytes>(1 + random.below(40)).fill(table.content)) }),
    () => replace({ content: mutateBytes(table.content, `${lengthens} ${random.below(1 << 20)}`) }),
    () => replace({ content: withNumber(random, table.content, lengthens) }),
    () => replace({ content: withNumber(random, table.content, lengthens) }),
    () => {
      const foreign = readHeader(other).tables.find(({ kind }) => kind === table.kind);
      replace({ content: foreign?.content ?? random.bytes(random.below(64)) });
    },
  ])();
  return writeHeader(version, changed, rest);
}

/** A number as ULEB128 in the place of a byte: a length, a count or an index that claims more than there is. */
function withNumber(random: EdgeRandom, content: Bytes, value: number): Bytes {
  const place = random.below(content.length + 1);
  const number: number[] = [];
  let rest = value;
  do {
    number.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return concatBytes(content.subarray(0, place), Uint8Array.from(number), content.subarray(place + 1));
}
