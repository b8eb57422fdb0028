// The chat's state as the node renders it: read once, every field checked.

import { describe, expect, it } from 'vitest';
import { ChatStateError, readChatGroup } from './chat-group.ts';

const ALICE = `0x${'a'.repeat(64)}`;

function group(): Record<string, unknown> {
  return {
    title: 'Harbour',
    profiles: [{ member: ALICE, nickname: 'Alice' }],
    messages: [{ id: '1', author: '0x1', text: 'hello', sent_at_ms: '1700000000000', edited: false }],
    next_id: '2',
    dropped: '0',
    messages_bytes: '56',
  };
}

describe('readChatGroup', () => {
  it('brings addresses and numbers into the form that the page uses', () => {
    const read = readChatGroup(group());
    expect(read.nicknames.get(ALICE)).toBe('Alice');
    expect(read.messages).toEqual([
      { id: '1', author: `0x${'0'.repeat(63)}1`, text: 'hello', sentAtMs: 1_700_000_000_000, edited: false },
    ]);
  });

  it('reads one state once', () => {
    const state = group();
    expect(readChatGroup(state)).toBe(readChatGroup(state));
  });

  it.each([
    ['ChatGroup', null],
    ['title', { ...group(), title: 7 }],
    ['profiles', { ...group(), profiles: {} }],
    ['member', { ...group(), profiles: [{ nickname: 'x' }] }],
    ['text', { ...group(), messages: [{ id: '1', author: '0x1', sent_at_ms: '1' }] }],
    ['dropped', { ...group(), dropped: undefined }],
  ])('names %s when it is not as the contract declares it', (field, state) => {
    expect(() => readChatGroup(state)).toThrow(ChatStateError);
    expect(() => readChatGroup(state)).toThrow(field);
  });
});
