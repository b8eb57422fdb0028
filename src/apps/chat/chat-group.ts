// The chat's state as its Move module declares it (`chat::ChatGroup`), read from the JSON that the node renders it to.

import { StraitError } from '../../base/errors.ts';
import { parseAddress } from '../../base/ids.ts';

export interface ChatMessage {
  /** Counts the group's messages from 1; decimal text. */
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly sentAtMs: number;
  readonly edited: boolean;
}

export interface ChatGroup {
  readonly title: string;
  /** Member address → nickname. */
  readonly nicknames: ReadonlyMap<string, string>;
  readonly messages: readonly ChatMessage[];
  /** Old messages that the group no longer keeps. */
  readonly dropped: number;
}

/** As long as the contract lets them be, in UTF-8 bytes. */
export const TEXT_SIZE_MAX = 1000;
export const NICKNAME_SIZE_MAX = 32;
export const TITLE_SIZE_MAX = 64;

/** The state is not a ChatGroup: another contract, or another version of it. */
export class ChatStateError extends StraitError {
  override readonly name = 'ChatStateError';
}

/** States do not change, so each is read once. */
const read = new WeakMap<object, ChatGroup>();

/** @throws ChatStateError naming the field that is not as expected */
export function readChatGroup(value: unknown): ChatGroup {
  const json = record(value, 'ChatGroup');
  const known = read.get(json);
  if (known) return known;
  const group = parseChatGroup(json);
  read.set(json, group);
  return group;
}

function parseChatGroup(group: Readonly<Record<string, unknown>>): ChatGroup {
  return {
    title: text(group.title, 'title'),
    nicknames: new Map(
      list(group.profiles, 'profiles').map((item) => {
        const profile = record(item, 'profile');
        return [parseAddress(text(profile.member, 'member')), text(profile.nickname, 'nickname')] as const;
      }),
    ),
    messages: list(group.messages, 'messages').map((item) => {
      const message = record(item, 'message');
      return {
        id: text(message.id, 'id'),
        author: parseAddress(text(message.author, 'author')),
        text: text(message.text, 'text'),
        sentAtMs: Number(text(message.sent_at_ms, 'sent_at_ms')),
        edited: message.edited === true,
      };
    }),
    dropped: Number(text(group.dropped, 'dropped')),
  };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ChatStateError(`${what} is not a struct`);
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ChatStateError(`${what} is not a vector`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new ChatStateError(`${what} is not text`);
  return value;
}
