// The conversation: messages grouped by author and day, what is on its way at the end, and a view that stays at the newest unless the
// reader has scrolled up.

import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Avatar, shortAccount } from '../shared/Avatar.tsx';
import type { EditedMessage } from './Composer.tsx';
import type { ChatGroup, ChatMessage } from './chat-group.ts';
import { GradeMark } from './GradeMark.tsx';
import type { Chat, MessageGrade, OutgoingMessage } from './use-chat.ts';

interface MessageListProps {
  readonly chat: Chat;
  readonly group: ChatGroup;
  readonly self: string;
  readonly onEdit: (message: EditedMessage) => void;
}

/** Messages of one author closer together than this share one heading. */
const GROUP_WITHIN_MS = 5 * 60_000;
/** Scrolled this near to the end counts as being there. */
const NEAR_END_PX = 80;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

export function MessageList({ chat, group, self, onEdit }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [unseen, setUnseen] = useState(0);
  const count = group.messages.length + chat.outgoing.length;
  const before = useRef(count);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  });

  useEffect(() => {
    if (count > before.current && !atEnd.current) setUnseen((unread) => unread + count - before.current);
    before.current = count;
  }, [count]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (atEnd.current) setUnseen(0);
  };

  const toEnd = (): void => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  return (
    <div className="messages-frame">
      <div
        className="messages"
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-label="Messages"
        data-testid="messages"
      >
        {group.dropped > 0 && (
          <p className="messages-dropped small muted">
            {group.dropped} older messages are no longer kept in the channel.
          </p>
        )}
        {count === 0 && (
          <div className="messages-empty muted">
            <strong>No messages yet</strong>
            <p>Say hello. Your tab and every other member’s will run the contract on it.</p>
          </div>
        )}
        {group.messages.map((message, index) => {
          const previous = group.messages[index - 1];
          const newDay = !previous || !isSameDay(previous.sentAtMs, message.sentAtMs);
          const heads =
            newDay || previous.author !== message.author || message.sentAtMs - previous.sentAtMs > GROUP_WITHIN_MS;
          return (
            <div key={message.id}>
              {newDay && <p className="messages-day small muted">{day.format(message.sentAtMs)}</p>}
              <Message
                id={message.id}
                author={message.author}
                text={message.text}
                sentAtMs={message.sentAtMs}
                edited={message.edited}
                heads={heads}
                own={message.author === self}
                name={group.nicknames.get(message.author)}
                grade={chat.gradeOf(message.id)}
                onEdit={onEdit}
                onRemove={chat.actions.remove}
              />
            </div>
          );
        })}
        {chat.outgoing.map((message) => (
          <Outgoing key={message.key} message={message} chat={chat} />
        ))}
      </div>
      {unseen > 0 && (
        <button type="button" className="button small messages-unseen" onClick={toEnd}>
          {unseen} new ↓
        </button>
      )}
    </div>
  );
}

interface MessageProps extends ChatMessage {
  /** Opens a run of messages by its author. */
  readonly heads: boolean;
  readonly own: boolean;
  readonly name: string | undefined;
  readonly grade: MessageGrade;
  readonly onEdit: (message: EditedMessage) => void;
  readonly onRemove: (id: string) => void;
}

const Message = memo(function Message(message: MessageProps) {
  const { id, author, text, sentAtMs, edited, heads, own, name, grade, onEdit, onRemove } = message;
  return (
    <article className={`message${own ? ' own' : ''}${heads ? ' heads' : ''}`} data-testid="message" data-id={id}>
      {!own && heads ? <Avatar address={author} name={name} /> : <span />}
      <div className="bubble-column">
        {heads && !own && <span className="author small">{name ?? shortAccount(author)}</span>}
        <div className="bubble">
          <p className="text" data-testid="text">
            {text}
          </p>
          <span className="meta">
            {edited && <span>edited</span>}
            <time dateTime={new Date(sentAtMs).toISOString()}>{clock.format(sentAtMs)}</time>
            <GradeMark grade={grade} />
          </span>
        </div>
        {own && (
          <span className="message-actions">
            <button type="button" onClick={() => onEdit({ id, text })}>
              Edit
            </button>
            <button type="button" onClick={() => onRemove(id)}>
              Delete
            </button>
          </span>
        )}
      </div>
    </article>
  );
});

function Outgoing({ message, chat }: { readonly message: OutgoingMessage; readonly chat: Chat }) {
  const { state } = message;
  const problem = problemOf(state);
  return (
    <article className="message own outgoing" data-testid="outgoing">
      <span />
      <div className="bubble-column">
        <div className="bubble">
          <p className="text">{message.text}</p>
          <span className="meta">
            <GradeMark grade={problem ? 'refused' : state.grade} />
          </span>
        </div>
        {problem && (
          <span className="message-problem small" role="alert">
            {problem}
            <button type="button" onClick={() => chat.actions.retry(message.key)}>
              Send again
            </button>
            <button type="button" onClick={() => chat.actions.discard(message.key)}>
              Discard
            </button>
          </span>
        )}
      </div>
    </article>
  );
}

function isSameDay(aMs: number, bMs: number): boolean {
  return new Date(aMs).toDateString() === new Date(bMs).toDateString();
}

function problemOf(state: OutgoingMessage['state']): string | undefined {
  if (state.grade === 'refused') return state.error.message;
  if (state.grade === 'sending' || state.grade === 'queued') return undefined;
  const { status } = state.outcome;
  if (status.kind === 'aborted') return status.reason ?? `The contract refused it (code ${status.code}).`;
  if (status.kind === 'failed') return status.message ?? `The contract could not run (${status.code}).`;
  return undefined;
}
