// What a node keeps of one channel, as records: how each is encoded (version, kind, payload, checksum), and keys that sort as the history
// runs. Reading trusts nothing: a record that is torn, altered or misplaced comes back as damaged ([D1] of docs/protocol.md).

import { type BcsReader, type BcsWriter, decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, bytesEqual, concatBytes, utf8Encode } from '../base/bytes.ts';
import { DecodeError, unreachable } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type ChannelId, readAddress, type Term, writeAddress } from '../base/ids.ts';
import { readStateKey, writeStateKey } from '../base/state.ts';
import { readIdentifier, readStructTag, writeStructTag } from '../base/type-tag.ts';
import {
  type Certificate,
  readBatch,
  readCertificate,
  type SignedBatch,
  writeBatch,
  writeCertificate,
} from '../channel/batch.ts';
import type { Snapshot } from '../channel/messages.ts';
import type { StateEntry } from '../channel/state-tree.ts';
import { type MemberTransaction, readTransaction, writeTransaction } from '../channel/transaction.ts';
import type { ChannelDescription, ChannelModule } from '../ports/chain.ts';
import type { StoredRecord } from '../ports/store.ts';
import { SNAPSHOT_ENTRIES_MAX, STATE_VALUE_SIZE_MAX } from '../wire/limits.ts';
import { readSnapshot, writeSnapshot } from '../wire/snapshot.ts';

/** First byte of every record. Another version is damage: a newer page wrote it, and this one cannot go on from it. */
export const RECORD_VERSION = 4;
/** A check against torn and flipped bytes, not against an attacker, who could as well write a right one. */
const CHECKSUM_SIZE = 8;
/** As Aptos bounds a module, with room. */
const BYTECODE_SIZE_MAX = 1 << 20;
const TEXT_SIZE_MAX = 1_024;
const LABELS_MAX = 64;

/** What the chain says of the channel and never changes: a node that starts while the chain is down goes on from it. */
export interface ChannelBasis {
  readonly description: ChannelDescription;
  /** The application's state at height 0, with the items of its tables; absent where the channel was settled before this node came to it. */
  readonly genesis?: readonly StateEntry[];
  readonly modules: readonly ChannelModule[];
}

export type Record =
  | { readonly kind: 'basis'; readonly description: ChannelDescription; readonly genesis?: readonly StateEntry[] }
  | { readonly kind: 'module'; readonly module: ChannelModule }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'batch'; readonly batch: SignedBatch }
  | { readonly kind: 'promised'; readonly term: Term }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'queued'; readonly transaction: MemberTransaction }
  /** [D4] Stands while what damage took from the history is not made up for. */
  | { readonly kind: 'cutShort' };

/** Second byte of every record. Append only. */
const KINDS = [
  'basis',
  'module',
  'snapshot',
  'batch',
  'promised',
  'certificate',
  'queued',
  'cutShort',
] as const satisfies readonly Record['kind'][];

export function recordKey(record: Record): string {
  switch (record.kind) {
    case 'module':
      return `module/${record.module.address}::${record.module.name}`;
    case 'batch':
      return batchKey(record.batch);
    case 'queued':
      return queuedKey(record.transaction.sequence);
    default:
      return record.kind;
  }
}

/** By first height: no two batches of one history begin at the same. */
export function batchKey({ header }: SignedBatch): string {
  return batchKeyAt(header.firstHeight);
}

export function batchKeyAt(firstHeight: bigint): string {
  return `batch/${hex(firstHeight)}`;
}

export function queuedKey(sequence: bigint): string {
  return `queued/${hex(sequence)}`;
}

export function encodeRecord(record: Record): StoredRecord {
  const key = recordKey(record);
  const body = encodeBcs((w) => {
    w.u8(RECORD_VERSION).u8(KINDS.indexOf(record.kind));
    writeBody(w, record);
  });
  return { key, value: concatBytes(body, checksum(key, body)) };
}

/** Undefined: damaged. */
export function decodeRecord({ key, value }: StoredRecord): Record | undefined {
  if (value.length < CHECKSUM_SIZE + 2) return undefined;
  const body = value.subarray(0, value.length - CHECKSUM_SIZE);
  if (!bytesEqual(checksum(key, body), value.subarray(value.length - CHECKSUM_SIZE))) return undefined;
  try {
    const record = decodeBcs(body, 'record', readRecord);
    return recordKey(record) === key ? record : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Binds the key too: a record under another's key is damage. */
function checksum(key: string, body: Uint8Array): Bytes {
  return sha3_256(utf8Encode(key), new Uint8Array([0]), body).slice(0, CHECKSUM_SIZE);
}

function hex(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

function writeBody(w: BcsWriter, record: Record): void {
  switch (record.kind) {
    case 'basis':
      writeDescription(w, record.description);
      w.option(record.genesis, (writer, entries) => {
        writer.vector(entries, (inner, { key, value }) => {
          writeStateKey(inner, key);
          inner.bytes(value);
        });
      });
      return;
    case 'module':
      writeAddress(w, record.module.address);
      w.string(record.module.name).bytes(record.module.bytecode);
      return;
    case 'snapshot':
      writeSnapshot(w, record.snapshot);
      return;
    case 'batch':
      writeBatch(w, record.batch);
      return;
    case 'promised':
      w.u64(record.term);
      return;
    case 'certificate':
      writeCertificate(w, record.certificate);
      return;
    case 'queued':
      writeTransaction(w, record.transaction);
      return;
    case 'cutShort':
      return;
    default:
      unreachable(record);
  }
}

function readRecord(r: BcsReader): Record {
  const version = r.u8('record version');
  if (version !== RECORD_VERSION) throw new DecodeError('record version', String(version), 0);
  const kind = KINDS[r.u8('record kind')];
  switch (kind) {
    case 'basis': {
      const description = readDescription(r);
      const genesis = r.option('genesis', (reader) =>
        reader.vector('genesis', SNAPSHOT_ENTRIES_MAX, (each) => ({
          key: readStateKey(each, 'genesis key'),
          value: each.bytes('genesis value', STATE_VALUE_SIZE_MAX),
        })),
      );
      return { kind, description, ...(genesis && { genesis }) };
    }
    case 'module':
      return {
        kind,
        module: {
          address: readAddress(r, 'module address'),
          name: readIdentifier(r, 'module name'),
          bytecode: r.bytes('bytecode', BYTECODE_SIZE_MAX),
        },
      };
    case 'snapshot':
      return { kind, snapshot: readSnapshot(r) };
    case 'batch':
      return { kind, batch: readBatch(r) };
    case 'promised':
      return { kind, term: r.u64('term') as Term };
    case 'certificate':
      return { kind, certificate: readCertificate(r) };
    case 'queued': {
      const transaction = readTransaction(r);
      if (transaction.kind !== 'member') throw new DecodeError('queued', 'not a member transaction', r.offset);
      return { kind, transaction };
    }
    case 'cutShort':
      return { kind };
    case undefined:
      throw new DecodeError('record kind', 'unknown', 1);
    default:
      return unreachable(kind);
  }
}

function writeDescription(w: BcsWriter, description: ChannelDescription): void {
  const { scope, settings } = description;
  w.u8(scope.chainId);
  writeAddress(w, scope.contract);
  w.u64(scope.channelId);
  writeAddress(w, description.creator);
  writeStructTag(w, description.stateType);
  writeStructTag(w, description.assetsType);
  w.option(description.coinType, writeStructTag);
  w.u64(description.stake).u64(BigInt(settings.heartbeatWindowMs)).u64(BigInt(settings.settleIntervalMs));
  w.option(settings.tick, (writer, tick) => writer.u64(BigInt(tick.intervalMs)));
  w.bool(settings.isQuiet === true);
  w.option(description.tickFunction, (writer, name) => writer.string(name));
  w.vector([...description.labels], (writer, [name, value]) => writer.string(name).string(value));
}

function readDescription(r: BcsReader): ChannelDescription {
  const scope = {
    chainId: r.u8('chain id'),
    contract: readAddress(r, 'contract'),
    channelId: r.u64('channel id') as ChannelId,
  };
  const creator = readAddress(r, 'creator');
  const stateType = readStructTag(r, 'state type');
  const assetsType = readStructTag(r, 'assets type');
  const coinType = r.option('coin type', (reader) => readStructTag(reader, 'coin type'));
  const stake = r.u64('stake');
  const heartbeatWindowMs = Number(r.u64('heartbeat window'));
  const settleIntervalMs = Number(r.u64('settle interval'));
  const tick = r.option('tick', (reader) => ({ intervalMs: Number(reader.u64('tick interval')) }));
  const isQuiet = r.bool('quiet');
  const tickFunction = r.option('tick function', (reader) => reader.string('tick function', TEXT_SIZE_MAX));
  const labels = r.vector('labels', LABELS_MAX, (reader): [string, string] => [
    reader.string('label', TEXT_SIZE_MAX),
    reader.string('label value', TEXT_SIZE_MAX),
  ]);
  return {
    scope,
    creator,
    stateType,
    assetsType,
    ...(coinType && { coinType }),
    stake,
    settings: { heartbeatWindowMs, settleIntervalMs, ...(tick && { tick }), ...(isQuiet && { isQuiet }) },
    ...(tickFunction !== undefined && { tickFunction }),
    labels: new Map(labels),
  };
}
