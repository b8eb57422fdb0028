// A sandbox's whole state as one byte string: the same state gives the same bytes. Version 1, in BCS: tag, version, runs so far, modules by
// address and name, entries by their keys' encodings, and the SHA3-256 of all that.

import { BcsReader, BcsWriter } from '../base/bcs.ts';
import { type Bytes, bytesEqual, compareBytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, addressToBytes, readAddress, writeAddress } from '../base/ids.ts';
import { encodeStateKey, readStateKey, type StateKey, writeStateKey } from '../base/state.ts';
import { readIdentifier } from '../base/type-tag.ts';
import { selfId } from './bytecode/access.ts';
import { decodeModule } from './bytecode/decode.ts';
import { BytecodeError } from './bytecode/error.ts';

export interface StateEntry {
  readonly key: StateKey;
  readonly value: Bytes;
}

export interface StateModule {
  readonly address: Address;
  readonly name: string;
  readonly code: Bytes;
}

export interface SandboxState {
  /** Runs that changed something: what the next run derives its table handles and addresses from. */
  readonly runs: bigint;
  readonly modules: readonly StateModule[];
  readonly entries: readonly StateEntry[];
}

const TAG = 'strait-sandbox';
const VERSION = 1;
const HASH_SIZE = 32;
/** What bounds counts and lengths is the bytes that there are. */
const LENGTH_MAX = 0x7fff_ffff;

export function encodeState({ runs, modules, entries }: SandboxState): Bytes {
  const writer = new BcsWriter();
  writer.string(TAG).u8(VERSION).u64(runs);
  writer.vector([...modules].sort(compareModules), (w, { address, name, code }) => {
    writeAddress(w, address);
    w.string(name).bytes(code);
  });
  const keyed = entries.map((entry) => ({ ...entry, encoded: encodeStateKey(entry.key) }));
  keyed.sort((a, b) => compareBytes(a.encoded, b.encoded));
  writer.vector(keyed, (w, { key, value }) => {
    writeStateKey(w, key);
    w.bytes(value);
  });
  const body = writer.finish();
  return new BcsWriter().fixed(body).fixed(sha3_256(body)).finish();
}

/** Modules are of the name that they are under; whether they pass the verifier is found when they are run. @throws DecodeError */
export function decodeState(bytes: Uint8Array): SandboxState {
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_SIZE));
  if (!bytesEqual(sha3_256(body), bytes.subarray(body.length)))
    throw new DecodeError('state', 'wrong checksum', body.length);
  const reader = new BcsReader(body);
  if (reader.string('tag', TAG.length) !== TAG) throw new DecodeError('tag', 'no state of a sandbox', 0);
  const version = reader.u8('version');
  if (version !== VERSION) throw new DecodeError('version', `${version} is unknown`, reader.offset);
  const runs = reader.u64('runs');
  const modules = reader.vector('modules', LENGTH_MAX, readModule);
  modules.forEach((module, index) => {
    const before = modules[index - 1];
    if (before && compareModules(before, module) >= 0) throw new DecodeError('modules', 'out of order', reader.offset);
  });
  let last: Bytes | undefined;
  const entries = reader.vector('entries', LENGTH_MAX, (r) => {
    const key = readStateKey(r);
    const encoded = encodeStateKey(key);
    if (last && compareBytes(last, encoded) >= 0) throw new DecodeError('entries', 'out of order', r.offset);
    last = encoded;
    return { key, value: r.bytes('value', LENGTH_MAX) };
  });
  reader.end('state');
  return { runs, modules, entries };
}

function readModule(reader: BcsReader): StateModule {
  const start = reader.offset;
  const module = {
    address: readAddress(reader, 'module address'),
    name: readIdentifier(reader, 'module name'),
    code: reader.bytes('module', LENGTH_MAX),
  };
  checkModule(module, start);
  return module;
}

/** @throws DecodeError when the bytecode is none, or that of another module */
export function checkModule({ address, name, code }: StateModule, offset = 0): void {
  let id: ReturnType<typeof selfId>;
  try {
    id = selfId(decodeModule(code));
  } catch (error) {
    if (!(error instanceof BytecodeError)) throw error;
    throw new DecodeError(`module ${name}`, error.message, offset, { cause: error });
  }
  if (id.address !== address || id.name !== name) {
    throw new DecodeError(`module ${name}`, `holds ${id.address}::${id.name}`, offset);
  }
}

function compareModules(a: StateModule, b: StateModule): number {
  const byAddress = compareBytes(addressToBytes(a.address), addressToBytes(b.address));
  return byAddress !== 0 ? byAddress : a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
