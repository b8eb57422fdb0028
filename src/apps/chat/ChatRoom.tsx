// The chat application: a conversation in a channel, on the sdk alone. Whoever mounts it gives it an open channel.

import { useEffect, useState } from 'react';
import type { StraitChannel } from '../../sdk/channel.ts';
import { Composer, type EditedMessage } from './Composer.tsx';
import { MessageList } from './MessageList.tsx';
import { useChat } from './use-chat.ts';
import './chat.css';

interface ChatRoomProps {
  readonly channel: StraitChannel;
  /** The channel's state, e.g. `0xc4a7::chat::ChatGroup`. */
  readonly stateType: string;
  /** Why nothing can be written now, if so. */
  readonly blocked?: string | undefined;
  /** Told whenever the group's names change, for member lists outside of the chat. */
  readonly onGroup?: (title: string, nicknames: ReadonlyMap<string, string>) => void;
}

export function ChatRoom({ channel, stateType, blocked, onGroup }: ChatRoomProps) {
  const chat = useChat(channel, stateType);
  const [editing, setEditing] = useState<EditedMessage>();
  const { group } = chat;

  useEffect(() => {
    if (group) onGroup?.(group.title, group.nicknames);
  }, [group, onGroup]);

  if (!group) {
    return (
      <div className="centered muted" role="status">
        <span className="spinner" /> Loading the conversation…
      </div>
    );
  }

  const editLast = (): void => {
    const last = group.messages.findLast((message) => message.author === channel.sender);
    if (last) setEditing({ id: last.id, text: last.text });
  };

  return (
    <section className="chat" aria-label={`Chat: ${group.title}`}>
      <MessageList chat={chat} group={group} self={channel.sender} onEdit={setEditing} />
      <Composer
        blocked={blocked}
        editing={editing}
        onEditLast={editLast}
        onEndEdit={() => setEditing(undefined)}
        onSend={(text) => {
          if (editing) chat.actions.edit(editing.id, text);
          else chat.actions.post(text);
          setEditing(undefined);
        }}
      />
    </section>
  );
}
