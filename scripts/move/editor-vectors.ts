// `npx tsx scripts/move/editor-vectors.ts`: writes move/editor/tests/vectors.move: evidence of edits that a leader has signed, for the Move tests, which
// cannot sign. What is short to say is said here by hand; what edits of a document with a past leave is what the channel's own VM makes of them.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BcsReader, encodeBcs } from '../../src/base/bcs.ts';
import { type Bytes, compareBytes } from '../../src/base/bytes.ts';
import { parseAddress, writeAddress } from '../../src/base/ids.ts';
import { encodeStateKey, type StateChange, type StateKey, stateKeyId } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import {
  complaintEvidence,
  NOTHING_DONE,
  testKeySeed,
  type Vector,
  vectorModule,
} from '../../src/testing/complaint.ts';
import { SCOPE } from '../../src/testing/package-modules.ts';
import { ALICE, BOB, channelCode, EvidenceChannel } from './evidence-channel.ts';
import { MOVE_DIR, NAMED_ADDRESSES } from './packages.ts';

const EDITOR = parseAddress(NAMED_ADDRESSES.editor ?? '');
const HANDLE = parseAddress('0x7ab1e');
const TEXT = 'abcdefgh'.repeat(48);
/** As many as are gone and not forgotten at most, and four more. */
const PIECES = 36;
const GONE_MAX = 32;
/** A piece's text on the way through an edit. */
const PIECE_SIZE_MAX = 1_016;

const DOCUMENT: StateKey = { kind: 'resource', address: EDITOR, type: structTag(EDITOR, 'editor', 'Document') };
const piece = (id: bigint): StateKey => ({ kind: 'item', handle: HANDLE, key: u64(id) });

function u64(value: bigint): Bytes {
  return encodeBcs((w) => w.u64(value));
}

function string(text: string): Bytes {
  return encodeBcs((w) => w.string(text));
}

function documentValue(head: { title?: string; length: number; pieces?: bigint; edits: bigint }): Bytes {
  const pieces = head.pieces ?? 1n;
  return encodeBcs((w) => {
    writeAddress(w, HANDLE);
    w.string(head.title ?? 'Notes')
      .u64(BigInt(head.length))
      .u64(pieces)
      .u64(pieces + 1n)
      .u64(head.edits)
      .uleb128(0);
  });
}

interface Change {
  readonly kind: number;
  readonly at: number;
  readonly removed?: number;
  readonly added?: number;
  readonly other?: readonly bigint[];
}

function pieceValue(
  text: string,
  log: readonly Change[] = [],
  links: { previous?: bigint; next?: bigint } = {},
): Bytes {
  return encodeBcs((w) => {
    w.string(text)
      .u64(links.previous ?? 0n)
      .u64(links.next ?? 0n)
      .u64(BigInt(log.length + 1));
    writeAddress(w, BOB);
    w.vector(log, (writer, { kind, at, removed = 0, added = 0, other = [] }) => {
      writer.u8(kind).u16(at).u16(removed).u16(added);
      writer.vector(other, (inner, id) => inner.u64(id));
    });
    w.bool(false);
  });
}

const before = new Map([
  [DOCUMENT, documentValue({ length: TEXT.length, edits: 0n })],
  [piece(1n), pieceValue(TEXT)],
]);

function left(document: Bytes, ...pieces: readonly Bytes[]): ExecutionOutcome {
  const values: [StateKey, Bytes][] = [[DOCUMENT, document]];
  for (const [index, value] of pieces.entries()) values.push([piece(BigInt(index + 1)), value]);
  const old = (key: StateKey) => (key === DOCUMENT ? before.get(key) : undefined);
  const changes = values.map(([key, value], index): StateChange => {
    const was = index === 1 ? pieceValue(TEXT) : old(key);
    return was ? { key, old: was, new: value } : { key, new: value };
  });
  return { status: { kind: 'executed' }, changes, events: [], gasUsed: 9n };
}

/** Without the changes of these pieces. */
function unchanged(outcome: ExecutionOutcome, ...ids: readonly bigint[]): ExecutionOutcome {
  const kept = new Set(ids.map((id) => stateKeyId(piece(id))));
  return { ...outcome, changes: outcome.changes.filter(({ key }) => !kept.has(stateKeyId(key))) };
}

/** With one piece more forgotten, in its place among the changes. */
function forgetting(outcome: ExecutionOutcome, id: bigint, old: Bytes): ExecutionOutcome {
  const changes: StateChange[] = [...outcome.changes, { key: piece(id), old }];
  changes.sort((a, b) => compareBytes(encodeStateKey(a.key), encodeStateKey(b.key)));
  return { ...outcome, changes };
}

function aborted(code: bigint): ExecutionOutcome {
  return { status: { kind: 'aborted', code, location: `${EDITOR}::editor` }, changes: [], events: [], gasUsed: 9n };
}

function edit(pieceId: bigint, at: bigint, removed: bigint, text: string, version = 1n): readonly Bytes[] {
  return [u64(pieceId), u64(version), u64(at), u64(removed), string(text)];
}

/** Bob calls the function in term 1, and Alice signs that this came of it. */
function evidence(
  fn: string,
  args: readonly Bytes[],
  outcome: ExecutionOutcome,
  shown: readonly StateKey[],
  state: ReadonlyMap<StateKey, Bytes> = before,
): Bytes {
  return complaintEvidence({
    scope: SCOPE,
    accused: ALICE,
    leaderSeed: testKeySeed(0),
    callerSeed: testKeySeed(1),
    call: { address: EDITOR, module: 'editor', function: fn, typeArgs: [], args },
    timestampMs: 1_000_500n,
    state: [...state].map(([key, value]) => ({ key, value })),
    outcome,
    shown,
  });
}

/** How often the text of the piece has changed, and one. */
function versionOf(channel: EvidenceChannel, id: bigint): bigint {
  const value = channel.value(piece(id));
  if (value === undefined) throw new Error(`there is no piece ${id}`);
  const r = new BcsReader(value);
  r.string('text', PIECE_SIZE_MAX);
  r.u64('previous');
  r.u64('next');
  return r.u64('version');
}

/**
 * A document whose pieces have gone, as many as are not forgotten: piece 36, the oldest, into 35, and 2 to 32 into 1. What is left, in order: 1, 33 and 34,
 * full, and 35 with the last hundred bytes.
 */
function worn(): EvidenceChannel {
  const ids = Array.from({ length: PIECES }, (_, index) => BigInt(index + 1));
  const last = BigInt(PIECES);
  const pieces = ids.map((id) => ({
    key: piece(id),
    value: pieceValue(TEXT, [], { previous: id - 1n, next: id < last ? id + 1n : 0n }),
  }));
  const document = documentValue({ length: PIECES * TEXT.length, pieces: last, edits: 0n });
  const channel = new EvidenceChannel(channelCode('editor', 'editor', 'Document'), [
    { key: DOCUMENT, value: document },
    ...pieces,
  ]);
  const all = BigInt(TEXT.length);
  channel.play(ALICE, 'edit', ...edit(last, 100n, all - 100n, ''));
  channel.play(ALICE, 'edit', ...edit(last - 1n, 0n, all, ''));
  for (let n = 1; n < GONE_MAX; n++) channel.play(ALICE, 'edit', ...edit(1n, 0n, all, '', versionOf(channel, 1n)));
  return channel;
}

/** Edits that forget a piece, or come too late for one. */
function forgettingVectors(): readonly Vector[] {
  const vectors: Vector[] = [];
  const add = (name: string, what: string, value: Bytes) => vectors.push({ name, what, value });
  const channel = worn();
  const third = channel.value(piece(3n));
  if (third === undefined) throw new Error('piece 3 has been forgotten');

  const emptied = edit(1n, 0n, BigInt(TEXT.length), '', versionOf(channel, 1n));
  const honest = channel.outcome(BOB, 'edit', emptied);
  add('forget_honest', 'A 33rd piece goes, and the oldest is forgotten.', channel.evidence('edit', emptied));
  add(
    'forget_kept',
    'The same, and Alice keeps the oldest.',
    channel.evidence('edit', emptied, unchanged(honest, 36n)),
  );
  add(
    'forget_more',
    'The same, and Alice forgets another, too.',
    channel.evidence('edit', emptied, forgetting(honest, 3n, third)),
  );
  add(
    'forget_other',
    'The same, and Alice forgets another instead.',
    channel.evidence('edit', emptied, forgetting(unchanged(honest, 36n), 3n, third)),
  );
  add('forget_dropped', 'The same, and Alice does nothing.', channel.evidence('edit', emptied, NOTHING_DONE));

  const shown = edit(36n, 0n, 100n, '', 2n);
  const way = channel.outcome(BOB, 'edit', shown);
  add('way_honest', 'The piece that shows where a text went is forgotten with it.', channel.evidence('edit', shown));
  add('way_kept', 'The same, and Alice keeps it.', channel.evidence('edit', shown, unchanged(way, 36n)));
  add('way_lost', 'A text has gone on too far from where Bob saw it.', channel.evidence('edit', edit(2n, 0n, 1n, '')));

  const narrow = channel.copy();
  narrow.play(ALICE, 'edit', ...edit(33n, 100n, 284n, ''));
  const both = edit(34n, 0n, 334n, '');
  const joined = narrow.outcome(BOB, 'edit', both);
  add('forget_two_honest', 'Two pieces go at once, and two are forgotten.', narrow.evidence('edit', both));
  add('forget_two_kept', 'The same, and Alice keeps the second.', narrow.evidence('edit', both, unchanged(joined, 2n)));

  const later = channel.copy();
  later.play(BOB, 'edit', ...emptied);
  add('forgotten_honest', 'Bob edits a piece that has been forgotten.', later.evidence('edit', shown));
  add(
    'forgotten_accepted',
    'The same, and Alice says that nothing was wrong.',
    later.evidence('edit', shown, NOTHING_DONE),
  );

  const busy = channel.copy();
  busy.play(ALICE, 'edit', ...edit(34n, 200n, 0n, 'ALICE'));
  const around = edit(34n, 100n, 200n, 'BOB');
  const lost = busy.outcome(BOB, 'edit', edit(34n, 100n, 205n, 'BOB', 2n));
  add('around_honest', 'Bob replaces a stretch that Alice has written into.', busy.evidence('edit', around));
  add('around_wrong', 'The same, and what Alice wrote is removed with it.', busy.evidence('edit', around, lost));
  return vectors;
}

/** Move source. */
export function editorVectors(): string {
  const short = edit(1n, 8n, 376n, 'BOB');
  const shortLeft = (text: string) =>
    left(documentValue({ length: 11, edits: 1n }), pieceValue(text, [{ kind: 0, at: 8, removed: 376, added: 3 }]));
  const long = 'x'.repeat(300);
  const whole = long + TEXT;
  const split = left(
    documentValue({ length: 684, pieces: 2n, edits: 1n }),
    pieceValue(
      whole.slice(0, 342),
      [
        { kind: 0, at: 0, added: 300 },
        { kind: 1, at: 342, other: [2n] },
      ],
      { next: 2n },
    ),
    pieceValue(whole.slice(342), [], { previous: 1n }),
  );
  const here = [DOCUMENT, piece(1n)];
  const beyond = edit(1n, 385n, 0n, 'BOB');
  const titled = left(documentValue({ title: 'Letter', length: TEXT.length, edits: 0n }));
  const vectors: readonly (readonly [name: string, what: string, value: Bytes])[] = [
    ['edit_honest', 'Bob replaces most of the text.', evidence('edit', short, shortLeft('abcdefghBOB'), here)],
    [
      'edit_wrong',
      'The same, and Alice writes something else.',
      evidence('edit', short, shortLeft('abcdefghEVE'), here),
    ],
    ['edit_dropped', 'The same, and Alice does nothing.', evidence('edit', short, NOTHING_DONE, here)],
    ['edit_not_shown', 'The same without the piece.', evidence('edit', short, NOTHING_DONE, [DOCUMENT])],
    [
      'split_honest',
      'Bob makes the piece split.',
      evidence('edit', edit(1n, 0n, 0n, long), split, [...here, piece(2n)]),
    ],
    ['refused_honest', 'Bob writes behind the end.', evidence('edit', beyond, aborted(0x2002dn), here)],
    ['refused_wrong', 'The same, and Alice says another code.', evidence('edit', beyond, aborted(0x6002an), here)],
    [
      'no_piece_honest',
      'Bob edits a piece that is not there.',
      evidence('edit', edit(2n, 0n, 1n, ''), aborted(0x6002an), [...here, piece(2n)]),
    ],
    ['title_honest', 'Bob sets the title.', evidence('set_title', [string('Letter')], titled, [DOCUMENT])],
    ['title_wrong', 'Alice sets another.', evidence('set_title', [string('Evil')], titled, [DOCUMENT])],
    ['title_refused', 'Bob sets no title.', evidence('set_title', [string('')], aborted(0x10015n), [DOCUMENT])],
    ['title_twice', 'With two arguments.', evidence('set_title', [string('a'), string('b')], NOTHING_DONE, [DOCUMENT])],
    [
      'other_function',
      'Bob calls what is not for channels.',
      evidence('shelf_open', [string('a')], NOTHING_DONE, [DOCUMENT]),
    ],
    [
      'no_document',
      'Bob edits where there is no document.',
      evidence('edit', short, aborted(0x30001n), [DOCUMENT], new Map()),
    ],
  ];
  return vectorModule('editor', 'scripts/move/editor-vectors.ts', [
    ...vectors.map(([name, what, value]) => ({ name, what, value })),
    ...forgettingVectors(),
  ]);
}

export const EDITOR_VECTORS_FILE = path.join(MOVE_DIR, 'editor/tests/vectors.move');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(EDITOR_VECTORS_FILE, editorVectors());
