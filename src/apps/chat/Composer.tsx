// Where a message is written. Enter sends, Shift+Enter breaks the line, ArrowUp in an empty field edits one's last message, Escape ends that.

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { TEXT_SIZE_MAX } from './chat-group.ts';

export interface EditedMessage {
  readonly id: string;
  readonly text: string;
}

interface ComposerProps {
  /** Why nothing can be sent now; undefined when it can. */
  readonly blocked: string | undefined;
  readonly editing: EditedMessage | undefined;
  readonly onSend: (text: string) => void;
  readonly onEditLast: () => void;
  readonly onEndEdit: () => void;
}

const encoder = new TextEncoder();
/** Some seven lines; longer drafts scroll. */
const HEIGHT_PX_MAX = 172;
/** Shown from here on, so that the limit is no surprise. */
const WARN_FROM = TEXT_SIZE_MAX - 100;

export function Composer({ blocked, editing, onSend, onEditLast, onEndEdit }: ComposerProps) {
  const [draft, setDraft] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const size = encoder.encode(draft.trim()).length;
  const tooLong = size > TEXT_SIZE_MAX;

  useEffect(() => {
    if (editing) setDraft(editing.text);
    field.current?.focus();
  }, [editing]);

  useEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = 'auto';
    // `scrollHeight` is without the border.
    area.style.height = `${Math.min(area.scrollHeight + 2, HEIGHT_PX_MAX)}px`;
    // The height follows the text.
    void draft;
  }, [draft]);

  const submit = (): void => {
    const text = draft.trim();
    if (blocked || text === '' || tooLong) return;
    onSend(text);
    setDraft('');
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' && draft === '') {
      event.preventDefault();
      onEditLast();
    } else if (event.key === 'Escape' && editing) {
      setDraft('');
      onEndEdit();
    }
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {editing && (
        <div className="composer-editing small">
          Editing your message
          <button
            type="button"
            className="button small icon"
            aria-label="Stop editing"
            onClick={() => {
              setDraft('');
              onEndEdit();
            }}
          >
            ✕
          </button>
        </div>
      )}
      <div className="composer-row">
        <textarea
          ref={field}
          className="input"
          rows={1}
          value={draft}
          placeholder={blocked ?? 'Write a message'}
          aria-label="Message"
          aria-invalid={tooLong}
          disabled={blocked !== undefined}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="button primary"
          disabled={blocked !== undefined || draft.trim() === '' || tooLong}
        >
          {editing ? 'Save' : 'Send'}
        </button>
      </div>
      {size > WARN_FROM && (
        <p className="small muted" role="status">
          {tooLong ? `${size - TEXT_SIZE_MAX} bytes too long` : `${TEXT_SIZE_MAX - size} bytes left`}
        </p>
      )}
    </form>
  );
}
