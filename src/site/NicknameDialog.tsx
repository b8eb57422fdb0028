// Sets the name under which others see this member: a call of the contract like any other.

import { Dialog } from 'radix-ui';
import { type FormEvent, useState } from 'react';
import { NICKNAME_SIZE_MAX } from '../apps/chat/chat-group.ts';
import type { StraitChannel } from '../sdk/index.ts';

interface NicknameDialogProps {
  readonly channel: StraitChannel;
  readonly current: string | undefined;
}

export function NicknameDialog({ channel, current }: NicknameDialogProps) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const size = new TextEncoder().encode(name.trim()).length;
  const valid = size > 0 && size <= NICKNAME_SIZE_MAX;

  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (!valid) return;
    channel.call('set_nickname', [name.trim()]);
    setOpen(false);
  };

  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) setName(current ?? '');
      }}
    >
      <Dialog.Trigger className="button small" data-testid="nickname">
        {current ? 'Change your name' : 'Choose a name'}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title asChild>
            <h2>Your name in this channel</h2>
          </Dialog.Title>
          <form onSubmit={save} style={{ display: 'grid', gap: 16 }}>
            <label className="field">
              <span>Name</span>
              <input
                className="input"
                name="nickname"
                value={name}
                aria-invalid={size > NICKNAME_SIZE_MAX}
                onChange={(event) => setName(event.target.value)}
              />
              {size > NICKNAME_SIZE_MAX && <small>{size - NICKNAME_SIZE_MAX} bytes too long</small>}
            </label>
            <div className="actions">
              <Dialog.Close className="button">Cancel</Dialog.Close>
              <button type="submit" className="button primary" disabled={!valid}>
                Save
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
