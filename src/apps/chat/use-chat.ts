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
  readonly actions: ChatActions;
}

export interface ChatActions {
  post(text: string): void;
  /** Sends an outgoing message again that was refused. */
  retry(key: string): void;
  discard(key: string): void;
  edit(id: string, text: string): CallHandle;
  remove(id: string): CallHandle;
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

  // One set of actions as long as the channel is the same, so that messages that did not change need not be drawn again.
  const actions = useMemo((): ChatActions => {
    const send = (text: string): CallHandle => {
      const call = channel.call('post_message', [text]);
      call.on((next) => {
        outgoing.current = outgoing.current.filter(
          (item) => item.call !== call || !isShown(next, state.current.height),
        );
        redraw();
      });
      return call;
    };
    return {
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
    };
  }, [channel]);

  return {
    group,
    outgoing: outgoing.current.map(({ key, text, call }) => ({ key, text, state: call.state })),
    gradeOf: (id) => ((heights.current.get(id) ?? 0n) <= finalHeight.current ? 'final' : 'verified'),
    actions,
  };
}

/** Part of the state at `height`, so that the message itself is on the screen. An aborted one stays, to say so. */
function isShown(call: CallState, height: bigint): boolean {
  if (call.grade !== 'verified' && call.grade !== 'final') return false;
  const { outcome } = call;
  // Not run here, yet final: the state that this tab was given has it.
  if (outcome.height === undefined) return call.grade === 'final';
  return outcome.status.kind === 'executed' && outcome.height <= height;
}

/** Messages that were not there before came with this batch. Ids ascend, so only those above the highest known are new. */
function recordHeights(
  heights: Map<string, bigint>,
  before: ChannelState,
  after: ChannelState,
  stateType: string,
): void {
  const last = readMessages(before, stateType).at(-1);
  for (const message of readMessages(after, stateType)) {
    if (last === undefined || BigInt(message.id) > BigInt(last.id)) heights.set(message.id, after.height);
  }
}

function readMessages(state: ChannelState, stateType: string): ChatGroup['messages'] {
  const value = state.entries.find((entry) => entry.type === stateType)?.value;
  return value === undefined ? [] : readChatGroup(value).messages;
}
