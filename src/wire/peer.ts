// Messages between the nodes of a channel as bytes: a version, a kind, then the message in BCS. The bytes are frozen by a golden file
// for each kind (golden/); a change to any of them is a new version. Signatures are not checked here, only the form and the caps.

import { BcsReader, type BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, utf8Decode, utf8Encode } from '../base/bytes.ts';
import { assert, DecodeError, unreachable } from '../base/errors.ts';
import { HASH_SIZE } from '../base/hash.ts';
import { type Height, nodeKeyToBytes, readAddress, SIGNATURE_SIZE, type Term, writeAddress } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  readAcknowledgement,
  readBatch,
  readCertificate,
  writeAcknowledgement,
  writeBatch,
  writeCertificate,
} from '../channel/batch.ts';
import type { ChannelMessage, RefusalCode } from '../channel/messages.ts';
import { readNodeKey, readTransaction, writeTransaction } from '../channel/transaction.ts';
import {
  GAS_SCHEDULE_SIZE_MAX,
  HISTORY_BATCHES_MAX,
  KNOWN_POSITIONS_MAX,
  LEADER_LATENCY_MS_MAX,
  PEER_MESSAGE_SIZE_MAX,
  REASON_SIZE_MAX,
} from './limits.ts';
import { readPosition, readSnapshot, writePosition, writeSnapshot } from './snapshot.ts';

/** First byte of every message. A node refuses every other version: the members of a channel run the same protocol. */
export const PEER_PROTOCOL_VERSION = 5;

/** Why bytes from a peer are no message. */
export interface WireRefusal {
  /** The field that is wrong. */
  readonly field: string;
  /** Byte at which it was found, from the start of the message. */
  readonly offset: number;
  /** For the log and for people. */
  readonly problem: string;
}

/** Second byte of every message. Append only. */
const KINDS = [
  'hello',
  'history',
  'snapshot',
  'transaction',
  'batch',
  'acknowledgement',
  'certificate',
  'recover',
  'recovered',
  'heartbeat',
  'refused',
  'settlement',
  'settlementSigned',
  'election',
  'electionSigned',
  'seek',
  'sought',
] as const satisfies readonly ChannelMessage['kind'][];

/** Append only. */
const REFUSAL_CODES = ['other', 'genesis', 'gasSchedule'] as const satisfies readonly RefusalCode[];

/** Latencies travel in whole microseconds, so that the encoding is exact and links on one machine can still be told apart. */
const MICROSECONDS_PER_MS = 1_000;

/** @throws AssertionError when the message is over `PEER_MESSAGE_SIZE_MAX`: whoever made it had to keep it under. */
export function encodePeerMessage(message: ChannelMessage): Bytes {
  const bytes = encodeBcs((w) => {
    w.u8(PEER_PROTOCOL_VERSION).u8(KINDS.indexOf(message.kind));
    writeBody(w, message);
  });
  assert(bytes.length <= PEER_MESSAGE_SIZE_MAX, `a ${message.kind} message of ${bytes.length} bytes is over the limit`);
  return bytes;
}

/** Never throws on what a peer sent. Whatever it accepts encodes to the same bytes again. */
export function decodePeerMessage(bytes: Uint8Array): Result<ChannelMessage, WireRefusal> {
  try {
    return ok(readMessage(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return err({ field: error.what, offset: error.offset, problem: error.message });
  }
}

function readMessage(bytes: Uint8Array): ChannelMessage {
  if (bytes.length > PEER_MESSAGE_SIZE_MAX) {
    throw new DecodeError('message', `${bytes.length} bytes, over the limit of ${PEER_MESSAGE_SIZE_MAX}`, 0);
  }
  const r = new BcsReader(bytes);
  const version = r.u8('protocol version');
  if (version !== PEER_PROTOCOL_VERSION) {
    throw new DecodeError('protocol version', `${version}, this node speaks ${PEER_PROTOCOL_VERSION}`, 0);
  }
  const kind = KINDS[r.u8('message kind')];
  if (kind === undefined) throw new DecodeError('message kind', 'unknown', 1);
  const message = readBody(r, kind);
  r.end(kind);
  return message;
}

function writeBody(w: BcsWriter, message: ChannelMessage): void {
  switch (message.kind) {
    case 'hello':
      w.u64(message.term).u64(message.restarts).fixed(message.genesisRoot).string(message.gasSchedule);
      w.vector(message.known, writePosition);
      return;
    case 'history':
      w.u64(message.term)
        .vector(message.batches, writeBatch)
        .option(message.certificate, writeCertificate)
        .bool(message.more);
      return;
    case 'snapshot':
      writeSnapshot(w, message.snapshot);
      return;
    case 'transaction':
      writeTransaction(w, message.transaction);
      return;
    case 'batch':
      writeBatch(w, message.batch);
      return;
    case 'acknowledgement':
      writeAcknowledgement(w, message.acknowledgement);
      return;
    case 'certificate':
      writeCertificate(w, message.certificate);
      return;
    case 'recover':
      w.u64(message.term);
      return;
    case 'recovered':
      w.u64(message.term);
      writePosition(w, message.tip);
      w.bool(message.isWhole).fixed(nodeKeyToBytes(message.signer)).fixed(message.signature);
      return;
    case 'heartbeat':
      w.u64(message.stamp).u64(message.echo).u64(message.term).u64(message.height).u64(message.finalHeight);
      w.option(message.leaderLatencyMs, writeLatency);
      return;
    case 'refused':
      w.uleb128(REFUSAL_CODES.indexOf(message.code)).bytes(reasonBytes(message.reason));
      return;
    case 'election':
      w.u64(message.term);
      writeAddress(w, message.successor);
      return;
    case 'electionSigned':
      w.u64(message.term);
      writeAddress(w, message.successor);
      w.fixed(nodeKeyToBytes(message.signer)).fixed(message.signature);
      return;
    case 'settlement':
      w.u64(message.fromHeight).u64(message.toHeight).fixed(message.dataHash);
      return;
    case 'settlementSigned':
      w.fixed(message.dataHash).fixed(nodeKeyToBytes(message.signer)).fixed(message.signature);
      return;
    case 'seek':
      w.u64(message.height).bool(message.give);
      return;
    case 'sought':
      w.u64(message.height).bool(message.isHeld);
      return;
    default:
      unreachable(message);
  }
}

function readBody(r: BcsReader, kind: ChannelMessage['kind']): ChannelMessage {
  switch (kind) {
    case 'hello':
      return {
        kind,
        term: r.u64('hello term') as Term,
        restarts: r.u64('hello restarts'),
        genesisRoot: r.fixed('genesis root', HASH_SIZE),
        gasSchedule: r.string('gas schedule', GAS_SCHEDULE_SIZE_MAX),
        known: r.vector('known positions', KNOWN_POSITIONS_MAX, (reader) => readPosition(reader, 'known')),
      };
    case 'history': {
      const term = r.u64('history term') as Term;
      const batches = r.vector('history batches', HISTORY_BATCHES_MAX, readBatch);
      const certificate = r.option('history certificate', readCertificate);
      return { kind, term, batches, ...(certificate && { certificate }), more: r.bool('history more') };
    }
    case 'snapshot':
      return { kind, snapshot: readSnapshot(r) };
    case 'transaction':
      return { kind, transaction: readMemberTransaction(r) };
    case 'batch':
      return { kind, batch: readBatch(r) };
    case 'acknowledgement':
      return { kind, acknowledgement: readAcknowledgement(r) };
    case 'certificate':
      return { kind, certificate: readCertificate(r) };
    case 'recover':
      return { kind, term: r.u64('recover term') as Term };
    case 'recovered':
      return {
        kind,
        term: r.u64('recovered term') as Term,
        tip: readPosition(r, 'recovered tip'),
        isWhole: r.bool('recovered whole'),
        signer: readNodeKey(r, 'recovered signer'),
        signature: r.fixed('recovered signature', SIGNATURE_SIZE),
      };
    case 'heartbeat': {
      const stamp = r.u64('heartbeat stamp');
      const echo = r.u64('heartbeat echo');
      const term = r.u64('heartbeat term') as Term;
      const height = r.u64('heartbeat height') as Height;
      const finalHeight = r.u64('heartbeat final height') as Height;
      const leaderLatencyMs = r.option('leader latency', readLatency);
      return {
        kind,
        stamp,
        echo,
        term,
        height,
        finalHeight,
        ...(leaderLatencyMs !== undefined && { leaderLatencyMs }),
      };
    }
    case 'refused':
      return {
        kind,
        code: REFUSAL_CODES[r.variant('refusal code', REFUSAL_CODES.length)] ?? 'other',
        reason: r.string('reason', REASON_SIZE_MAX),
      };
    case 'election':
      return { kind, term: r.u64('election term') as Term, successor: readAddress(r, 'successor') };
    case 'electionSigned':
      return {
        kind,
        term: r.u64('election term') as Term,
        successor: readAddress(r, 'successor'),
        signer: readNodeKey(r, 'elector'),
        signature: r.fixed('election signature', SIGNATURE_SIZE),
      };
    case 'settlement':
      return {
        kind,
        fromHeight: r.u64('settlement from height') as Height,
        toHeight: r.u64('settlement to height') as Height,
        dataHash: r.fixed('settlement hash', HASH_SIZE),
      };
    case 'settlementSigned':
      return {
        kind,
        dataHash: r.fixed('settlement hash', HASH_SIZE),
        signer: readNodeKey(r, 'settlement signer'),
        signature: r.fixed('settlement signature', SIGNATURE_SIZE),
      };
    case 'seek':
      return { kind, height: r.u64('sought height') as Height, give: r.bool('sought to be given') };
    case 'sought':
      return { kind, height: r.u64('sought height') as Height, isHeld: r.bool('sought held') };
    default:
      return unreachable(kind);
  }
}

/** Only members' own transactions are forwarded; the leader makes its own ([T2]). */
function readMemberTransaction(r: BcsReader) {
  const start = r.offset;
  const transaction = readTransaction(r);
  if (transaction.kind !== 'member')
    throw new DecodeError('transaction', `"${transaction.kind}" is the leader's`, start);
  return transaction;
}

function writeLatency(w: BcsWriter, latencyMs: number): void {
  w.u32(Math.round(Math.min(latencyMs, LEADER_LATENCY_MS_MAX) * MICROSECONDS_PER_MS));
}

function readLatency(r: BcsReader): number {
  const start = r.offset;
  const latencyMs = r.u32('leader latency') / MICROSECONDS_PER_MS;
  if (latencyMs > LEADER_LATENCY_MS_MAX) {
    throw new DecodeError('leader latency', `${latencyMs} ms, over the limit of ${LEADER_LATENCY_MS_MAX}`, start);
  }
  return latencyMs;
}

/** Cut to the cap, at a character's end. */
function reasonBytes(reason: string): Bytes {
  const bytes = utf8Encode(reason);
  if (bytes.length <= REASON_SIZE_MAX) return bytes;
  let end = REASON_SIZE_MAX;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return utf8Encode(utf8Decode(bytes.subarray(0, end)));
}
