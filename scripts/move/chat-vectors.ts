// `npx tsx scripts/move/chat-vectors.ts`: writes move/chat/tests/vectors.move: evidence of what members said and a leader has signed, for the Move tests,
// which cannot sign. What an honest leader claims is what the channel's own VM makes of the call.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { StateKey } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import { NOTHING_DONE, type Vector, vectorModule } from '../../src/testing/complaint.ts';
import { ALICE, BOB, channelCode, EvidenceChannel } from './evidence-channel.ts';
import { MOVE_DIR } from './packages.ts';

const CODE = channelCode('chat', 'chat', 'ChatGroup');
const GROUP: StateKey = {
  kind: 'resource',
  address: CODE.address,
  type: structTag(CODE.address, 'chat', 'ChatGroup'),
};
/** Nobody has said anything. */
const NEW_GROUP: Bytes = encodeBcs((w) => w.string('Tea').uleb128(0).uleb128(0).u64(1n).u64(0n).u64(0n));
/** As many as a group keeps. */
const MESSAGES_MAX = 256;

function string(text: string): Bytes {
  return encodeBcs((w) => w.string(text));
}

function u64(value: bigint): Bytes {
  return encodeBcs((w) => w.u64(value));
}

function group(channel: EvidenceChannel): Bytes {
  const value = channel.value(GROUP);
  if (value === undefined) throw new Error('there is no group');
  return value;
}

/** Where Alice says that the call did what another would have. */
function instead(channel: EvidenceChannel, fn: string, ...args: readonly Bytes[]): ExecutionOutcome {
  return channel.outcome(BOB, fn, args);
}

/** Move source. */
export function chatVectors(): string {
  const vectors: Vector[] = [];
  const add = (name: string, what: string, value: Bytes) => vectors.push({ name, what, value });
  const post = [string('hello')];

  const none = new EvidenceChannel(CODE, []);
  add('post_without_group', 'Bob writes where there is no group.', none.evidence('post_message', post));

  const chat = new EvidenceChannel(CODE, [{ key: GROUP, value: NEW_GROUP }]);
  add('post_honest', 'Bob writes a message.', chat.evidence('post_message', post));
  add(
    'post_wrong',
    'The same, and Alice has him say something else.',
    chat.evidence('post_message', post, instead(chat, 'post_message', string('goodbye'))),
  );
  add(
    'post_forged',
    'The same, and Alice says that it was she who wrote it.',
    chat.evidence('post_message', post, chat.outcome(ALICE, 'post_message', post)),
  );
  add('post_dropped', 'The same, and Alice does nothing.', chat.evidence('post_message', post, NOTHING_DONE));
  add('post_refused', 'Bob writes nothing, and is refused.', chat.evidence('post_message', [string('')]));
  add(
    'post_censored',
    'Bob writes a message, and Alice says that it was empty.',
    chat.evidence('post_message', post, instead(chat, 'post_message', string(''))),
  );
  add('other_function', 'Bob calls what is not for channels.', chat.evidence('open_server', [], NOTHING_DONE, [GROUP]));
  const doubled = [string('hello'), string('again')];
  add('post_twice', 'Bob writes two messages at once.', chat.evidence('post_message', doubled, NOTHING_DONE, [GROUP]));

  chat.play(ALICE, 'post_message', string('good morning'));
  chat.play(BOB, 'post_message', ...post);
  chat.play(BOB, 'post_message', string('is anybody there?'));

  const edit = [u64(2n), string('hi')];
  add('edit_honest', 'Bob changes his message.', chat.evidence('edit_message', edit));
  add(
    'edit_wrong',
    'The same, and Alice changes another of his.',
    chat.evidence('edit_message', edit, instead(chat, 'edit_message', u64(3n), string('hi'))),
  );
  add(
    'edit_posted',
    'The same, and Alice posts the text instead.',
    chat.evidence('edit_message', edit, instead(chat, 'post_message', string('hi'))),
  );
  add(
    'edit_refused',
    "Bob changes Alice's message, and is refused.",
    chat.evidence('edit_message', [u64(1n), string('bye')]),
  );
  add(
    'edit_allowed',
    'The same, and Alice lets him.',
    chat.evidence(
      'edit_message',
      [u64(1n), string('bye')],
      chat.outcome(ALICE, 'edit_message', [u64(1n), string('bye')]),
    ),
  );
  add(
    'edit_nothing',
    'Bob changes a message that is not there.',
    chat.evidence('edit_message', [u64(9n), string('x')]),
  );
  add(
    'edit_empty',
    'Bob leaves nothing of his message, and is refused.',
    chat.evidence('edit_message', [u64(2n), string('')]),
  );

  const drop = [u64(2n)];
  add('delete_honest', 'Bob deletes his message.', chat.evidence('delete_message', drop));
  add(
    'delete_wrong',
    'The same, and Alice deletes another of his.',
    chat.evidence('delete_message', drop, instead(chat, 'delete_message', u64(3n))),
  );
  add('delete_dropped', 'The same, and Alice keeps it.', chat.evidence('delete_message', drop, NOTHING_DONE));
  add('delete_refused', "Bob deletes Alice's message, and is refused.", chat.evidence('delete_message', [u64(1n)]));
  add(
    'delete_allowed',
    'The same, and Alice lets him.',
    chat.evidence('delete_message', [u64(1n)], chat.outcome(ALICE, 'delete_message', [u64(1n)])),
  );

  const name = [string('Bob')];
  add('nickname_honest', 'Bob sets his nickname.', chat.evidence('set_nickname', name));
  add(
    'nickname_wrong',
    'The same, and Alice gives him another.',
    chat.evidence('set_nickname', name, instead(chat, 'set_nickname', string('Rob'))),
  );
  add(
    'nickname_stolen',
    'The same, and Alice takes it herself.',
    chat.evidence('set_nickname', name, chat.outcome(ALICE, 'set_nickname', name)),
  );
  add('nickname_refused', 'Bob sets no nickname, and is refused.', chat.evidence('set_nickname', [string('')]));
  const named = chat.copy();
  named.play(BOB, 'set_nickname', ...name);
  named.play(ALICE, 'set_nickname', string('Alice'));
  add('nickname_again', 'Bob sets another nickname.', named.evidence('set_nickname', [string('Robert')]));
  add(
    'nickname_same',
    'Bob sets the nickname that he has, after Alice set hers.',
    named.evidence('set_nickname', name),
  );

  const last = named.copy();
  last.play(BOB, 'set_nickname', ...name);
  add('nickname_unchanged', 'Bob sets it once more, and nothing changes.', last.evidence('set_nickname', name));

  add('topic_honest', 'Bob sets the title.', chat.evidence('set_topic', [string('Coffee')]));
  add(
    'topic_wrong',
    'The same, and Alice sets another.',
    chat.evidence('set_topic', [string('Coffee')], instead(chat, 'set_topic', string('Cocoa'))),
  );
  add('topic_unchanged', 'Bob sets the title that there is.', chat.evidence('set_topic', [string('Tea')]));

  const full = new EvidenceChannel(CODE, [{ key: GROUP, value: NEW_GROUP }]);
  for (let n = 0; n < MESSAGES_MAX; n++) full.play(ALICE, 'post_message', string('x'));
  add('room_honest', 'Bob writes one message too many: the oldest make room.', full.evidence('post_message', post));
  const roomier = full.copy();
  roomier.play(ALICE, 'delete_message', u64(1n));
  roomier.play(BOB, 'post_message', ...post);
  add(
    'room_wrong',
    'The same, and Alice drops the oldest alone.',
    full.evidence('post_message', post, {
      ...NOTHING_DONE,
      changes: [{ key: GROUP, old: group(full), new: group(roomier) }],
    }),
  );
  return vectorModule('chat', 'scripts/move/chat-vectors.ts', vectors);
}

export const CHAT_VECTORS_FILE = path.join(MOVE_DIR, 'chat/tests/vectors.move');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(CHAT_VECTORS_FILE, chatVectors());
