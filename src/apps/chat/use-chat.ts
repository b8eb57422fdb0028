// The chat as React sees it: the group of the channel's state, how sure each message is, and what this tab has sent but not seen yet.

import { useEffect, useMemo, useReducer, useRef } from 'react';
import type { CallHandle, CallState } from '../../sdk/call.ts';
import type { ChannelState, ChannelUpdate, StraitChannel } from '../../sdk/channel.ts';
import { type ChatGroup, readChatGroup } from './chat-group.ts';

/** `verified`: this tab's own VM agrees. `final`: two thirds of the members have signed it. */
export type MessageGrade = 'verified' | 'final';

/** Sent from this tab and not yet part of its state. */
export interface OutgoingMessage {
  readonly key: string;
  readonly text: string;
  readonly state: CallState;
}

export interface Chat {
  readonly group: ChatGroup | undefined;
  readonly outgoing: readonly OutgoingMessage[];
  gradeOf(messageId: string): MessageGrade;
  post(text: string): void;
  retry(key: string): void;
  discard(key: string): void;
  edit(id: string, text: string): CallHandle;
  remove(id: string): CallHandle;
  setNickname(nickname: string): CallHandle;
}

interface Outgoing {
  readonly key: string;
  readonly text: string;
  call: CallHandle;
}

/** `stateType` is the channel's state, e.g. `0xc4a7::chat::ChatGroup`. */
export function useChat(channel: StraitChannel, stateType: string): Chat {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const heights = useRef(new Map<string, bigint>());
  const outgoing = useRef<Outgoing[]>([]);
  const state = useRef<ChannelState>(channel.state);
  const finalHeight = useRef(channel.state.finalHeight);

  const raw = state.current.entries.find((entry) => entry.type === stateType)?.value;
  const group = useMemo(() => (raw === undefined ? undefined : readChatGroup(raw)), [raw]);

  useEffect(
    () =>
      channel.subscribe((update: ChannelUpdate) => {
        if (update.kind === 'snapshot') {
          state.current = update.state;
          finalHeight.current = update.state.finalHeight;
          heights.current = new Map();
        } else if (update.kind === 'changes') {
          recordHeights(heights.current, state.current, update.state, stateType);
          state.current = update.state;
          outgoing.current = outgoing.current.filter(({ call }) => !isShown(call.state, update.state.height));
        } else if (update.kind === 'final') {
          finalHeight.current = update.height;
        }
        redraw();
      }),
    [channel, stateType],
  );

  const send = (text: string): CallHandle => {
    const call = channel.call('post_message', [text]);
    call.on((next) => {
      outgoing.current = outgoing.current.filter((item) => item.call !== call || !isShown(next, state.current.height));
      redraw();
    });
    return call;
  };

  return {
    group,
    outgoing: outgoing.current.map(({ key, text, call }) => ({ key, text, state: call.state })),
    gradeOf: (id) => ((heights.current.get(id) ?? 0n) <= finalHeight.current ? 'final' : 'verified'),
    post: (text) => {
      const call = send(text);
      outgoing.current = [...outgoing.current, { key: call.id, text, call }];
      redraw();
    },
    retry: (key) => {
      const item = outgoing.current.find((candidate) => candidate.key === key);
      if (item) item.call = send(item.text);
      redraw();
    },
    discard: (key) => {
      outgoing.current = outgoing.current.filter((item) => item.key !== key);
      redraw();
    },
    edit: (id, text) => channel.call('edit_message', [id, text]),
    remove: (id) => channel.call('delete_message', [id]),
    setNickname: (nickname) => channel.call('set_nickname', [nickname]),
  };
}

/** Part of the state at `height`, so that the message itself is on the screen. An aborted one stays, to say so. */
function isShown(call: CallState, height: bigint): boolean {
  if (call.grade !== 'verified' && call.grade !== 'final') return false;
  return call.outcome.status.kind === 'executed' && call.outcome.height <= height;
}

function recordHeights(
  heights: Map<string, bigint>,
  before: ChannelState,
  after: ChannelState,
  stateType: string,
): void {
  const known = new Set(messageIds(before, stateType));
  for (const id of messageIds(after, stateType)) if (!known.has(id)) heights.set(id, after.height);
}

function messageIds(state: ChannelState, stateType: string): string[] {
  const value = state.entries.find((entry) => entry.type === stateType)?.value;
  return value === undefined ? [] : readChatGroup(value).messages.map((message) => message.id);
}
