// Bytes of a snapshot and of what it is made of: positions and members.

import type { BcsReader, BcsWriter } from '../base/bcs.ts';
import { HASH_SIZE } from '../base/hash.ts';
import { type Height, nodeKeyToBytes, readAddress, type Term, writeAddress } from '../base/ids.ts';
import { readStateKey, writeStateKey } from '../base/state.ts';
import { MEMBERS_MAX, readHeader, writeHeader } from '../channel/batch.ts';
import type { MemberRecord, Position, Snapshot } from '../channel/messages.ts';
import { readNodeKey } from '../channel/transaction.ts';
import { SNAPSHOT_ENTRIES_MAX, STATE_VALUE_SIZE_MAX } from './limits.ts';

export function writePosition(w: BcsWriter, position: Position): void {
  w.u64(position.height).fixed(position.hash).u64(position.term);
}

export function readPosition(r: BcsReader, what: string): Position {
  return {
    height: r.u64(`${what} height`) as Height,
    hash: r.fixed(`${what} hash`, HASH_SIZE),
    term: r.u64(`${what} term`) as Term,
  };
}

export function writeSnapshot(w: BcsWriter, snapshot: Snapshot): void {
  writePosition(w, snapshot.position);
  w.option(snapshot.header, writeHeader);
  w.u64(snapshot.timestampMs).vector(snapshot.members, writeMember).bool(snapshot.closing);
  w.u64(snapshot.restarts);
  w.vector(snapshot.entries, (writer, entry) => {
    writeStateKey(writer, entry.key);
    writer.bytes(entry.value);
  });
}

/** Reads the form; that its root is the settled one is checked by the channel ([G3]). @throws DecodeError */
export function readSnapshot(r: BcsReader): Snapshot {
  const position = readPosition(r, 'snapshot position');
  const header = r.option('snapshot header', readHeader);
  return {
    position,
    ...(header && { header }),
    timestampMs: r.u64('snapshot timestamp'),
    members: r.vector('snapshot members', MEMBERS_MAX, readMember),
    closing: r.bool('snapshot closing'),
    restarts: r.u64('snapshot restarts'),
    entries: r.vector('snapshot entries', SNAPSHOT_ENTRIES_MAX, (reader) => ({
      key: readStateKey(reader, 'snapshot key'),
      value: reader.bytes('snapshot value', STATE_VALUE_SIZE_MAX),
    })),
  };
}

function writeMember(w: BcsWriter, member: MemberRecord): void {
  writeAddress(w, member.address);
  w.fixed(nodeKeyToBytes(member.nodeKey)).u64(member.joinSequence).u64(member.lastSequence).bool(member.leaving);
}

function readMember(r: BcsReader): MemberRecord {
  return {
    address: readAddress(r, 'member address'),
    nodeKey: readNodeKey(r, 'member node key'),
    joinSequence: r.u64('member join sequence'),
    lastSequence: r.u64('member last sequence'),
    leaving: r.bool('member leaving'),
  };
}
