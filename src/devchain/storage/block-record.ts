// A committed transaction as the ledger's file holds it. What the state was before is not stored: reading goes forward through the blocks and knows it.

import { type BcsReader, type BcsWriter, decodeBcs, encodeBcs } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { DecodeError, unreachable } from '../../base/errors.ts';
import { HASH_SIZE } from '../../base/hash.ts';
import { readAddress, writeAddress } from '../../base/ids.ts';
import {
  type ChangeSet,
  ITEM_KEY_SIZE_MAX,
  readStateKey,
  type StateKey,
  type StateView,
  writeStateKey,
} from '../../base/state.ts';
import { IDENTIFIER_LENGTH_MAX, readTypeTag, writeTypeTag } from '../../base/type-tag.ts';
import type { CodeLocation, MoveEvent, RunStatus } from '../../vm/run.ts';
import type { NewEntry } from '../ledger.ts';
import type { DepositChange } from '../slots.ts';
import { decodeSignedTransaction, TRANSACTION_SIZE_MAX } from '../transaction.ts';
import type { ModuleWrite } from '../world.ts';

/** Goes up with every change of the layout below. 2: deposits for storage, without which a log does not say what is to be refunded. 3: what begins a block. */
const RECORD_VERSION = 3;
/** Genesis writes every module of every package at once; nothing else comes near. */
const ITEMS_MAX = 65_536;
/** Aptos's bound on one write. */
const VALUE_SIZE_MAX = 1_048_576;
const TEXT_SIZE_MAX = 4096;
/** The longest key in hexadecimal, with its owner. */
const SLOT_ID_SIZE_MAX = 2 * ITEM_KEY_SIZE_MAX + 256;
/** Characters kept of a VM's message, so that its UTF-8 stays below `TEXT_SIZE_MAX`. */
const MESSAGE_LENGTH_MAX = 1024;

export function encodeEntry(entry: NewEntry): Bytes {
  const { timestampMicros, metadata, transaction, outcome } = entry;
  return encodeBcs((writer) => {
    writer.u8(RECORD_VERSION).u64(timestampMicros);
    writer.option(metadata, (w, { id }) => w.fixed(id));
    writer.option(transaction, (w, { bytes }) => w.bytes(bytes));
    writeStatus(writer, outcome.status);
    writer.u64(outcome.gasUsed);
    writer.vector(outcome.changes, (w, change) => {
      writeStateKey(w, change.key);
      w.option(change.new, (v, bytes) => v.bytes(bytes));
    });
    writer.vector(outcome.modules, (w, module) => {
      writeAddress(w, module.address);
      w.string(module.name).bytes(module.code);
    });
    writer.vector(outcome.events, (w, event) => {
      writeTypeTag(w, event.type);
      w.bytes(event.data).option(event.handle, (v, handle) => v.bytes(handle.guid).u64(handle.sequence));
    });
    writer.vector(outcome.deposits, (w, { slot, deposit }) => {
      w.string(slot).option(deposit, (v, { slotOctas, bytesOctas }) => v.u64(slotOctas).u64(bytesOctas));
    });
  });
}

/** `before` is the state that the transaction was executed on. @throws DecodeError, also for a record of another version. */
export function decodeEntry(bytes: Uint8Array, before: StateView): NewEntry {
  return decodeBcs(bytes, 'block', (reader) => {
    const version = reader.u8('record version');
    if (version !== RECORD_VERSION) {
      const problem = `record version ${version}, which this program does not read (it reads ${RECORD_VERSION})`;
      throw new DecodeError('block', problem, 0);
    }
    const timestampMicros = reader.u64('timestamp');
    const metadata = reader.option('metadata', (r) => ({ id: r.fixed('block id', HASH_SIZE) }));
    const transaction = reader.option('transaction', (r) =>
      decodeSignedTransaction(r.bytes('transaction', TRANSACTION_SIZE_MAX)),
    );
    const outcome = {
      status: readStatus(reader),
      gasUsed: reader.u64('gas used'),
      changes: readChanges(reader, before),
      modules: reader.vector('modules', ITEMS_MAX, (r) => readModule(r, before)),
      events: reader.vector('events', ITEMS_MAX, readEvent),
      deposits: reader.vector('deposits', ITEMS_MAX, readDeposit),
    };
    return { timestampMicros, outcome, ...(metadata && { metadata }), ...(transaction && { transaction }) };
  });
}

function readChanges(reader: BcsReader, before: StateView): ChangeSet {
  return reader.vector('changes', ITEMS_MAX, (r) => {
    const key: StateKey = readStateKey(r);
    const value = r.option('value', (v) => v.bytes('value', VALUE_SIZE_MAX));
    const old = before.get(key);
    return { key, ...(old !== undefined && { old }), ...(value !== undefined && { new: value }) };
  });
}

function readModule(reader: BcsReader, before: StateView): ModuleWrite {
  const address = readAddress(reader, 'module address');
  const name = reader.string('module name', IDENTIFIER_LENGTH_MAX);
  const code = reader.bytes('module code', VALUE_SIZE_MAX);
  const old = before.module(address, name);
  return { address, name, code, ...(old !== undefined && { old }) };
}

function readEvent(reader: BcsReader): MoveEvent {
  const type = readTypeTag(reader, 'event type');
  const data = reader.bytes('event', VALUE_SIZE_MAX);
  const handle = reader.option('event handle', (r) => ({
    guid: r.bytes('event guid', TEXT_SIZE_MAX),
    sequence: r.u64('event sequence number'),
  }));
  return { type, data, ...(handle && { handle }) };
}

function readDeposit(reader: BcsReader): DepositChange {
  const slot = reader.string('slot', SLOT_ID_SIZE_MAX);
  const deposit = reader.option('deposit', (r) => ({
    slotOctas: r.u64('slot deposit'),
    bytesOctas: r.u64('bytes deposit'),
  }));
  return { slot, ...(deposit && { deposit }) };
}

function writeStatus(writer: BcsWriter, status: RunStatus): void {
  switch (status.kind) {
    case 'executed':
      writer.uleb128(0);
      return;
    case 'abort':
      writer.uleb128(1).u64(status.code);
      writeLocation(writer, status.location);
      writer.option(status.reason, (w, { name, doc }) => w.string(name).string(doc));
      return;
    case 'failure':
      writer.uleb128(2).string(status.code).option(status.location, writeLocation);
      writer.option(status.message, (w, message) => w.string(message.slice(0, MESSAGE_LENGTH_MAX)));
      return;
    default:
      unreachable(status);
  }
}

function readStatus(reader: BcsReader): RunStatus {
  switch (reader.variant('status', 3)) {
    case 0:
      return { kind: 'executed' };
    case 1: {
      const code = reader.u64('abort code');
      const location = readLocation(reader);
      const reason = reader.option('abort reason', (r) => ({
        name: r.string('abort name', TEXT_SIZE_MAX),
        doc: r.string('abort doc', VALUE_SIZE_MAX),
      }));
      return { kind: 'abort', code, location, ...(reason && { reason }) };
    }
    default: {
      const code = reader.string('failure', TEXT_SIZE_MAX);
      const location = reader.option('failure location', readLocation);
      const message = reader.option('failure message', (r) => r.string('failure message', TEXT_SIZE_MAX));
      return { kind: 'failure', code, ...(location && { location }), ...(message !== undefined && { message }) };
    }
  }
}

function writeLocation(writer: BcsWriter, location: CodeLocation): void {
  writer.option(location.module === 'script' ? undefined : location.module, (w, module) => {
    writeAddress(w, module.address);
    w.string(module.name);
  });
  writer.string(location.function).u32(location.offset);
}

function readLocation(reader: BcsReader): CodeLocation {
  const module = reader.option('module', (r) => ({
    address: readAddress(r, 'module address'),
    name: r.string('module name', IDENTIFIER_LENGTH_MAX),
  }));
  return {
    module: module ?? 'script',
    function: reader.string('function', TEXT_SIZE_MAX),
    offset: reader.u32('code offset'),
  };
}
