// Leaving: the channel is told, the departure is settled on the chain, then the wallet takes the stake out. Each step shows.

import { Dialog } from 'radix-ui';
import { useState } from 'react';
import type { ChannelStatus, StraitChannel } from '../sdk/index.ts';
import { formatApt } from './amounts.ts';
import { type ChannelFacts, explain } from './channel-facts.ts';
import { clockTime } from './clock-time.ts';
import { Icon } from './Icon.tsx';

interface LeaveDialogProps {
  readonly facts: ChannelFacts;
  readonly channel: StraitChannel;
  readonly status: ChannelStatus;
  readonly onGone: () => Promise<void>;
}

export function LeaveDialog({ facts, channel, status, onGone }: LeaveDialogProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const announced = status.members.some((member) => member.isSelf && member.leaving) || status.role === 'left';

  const leave = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await channel.leave();
      // The chain now lists this member as settled out, and the page shows how to take the stake out.
      await onGone();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  const settling =
    status.settlesAtMs === undefined
      ? 'The members vote and the chain settles'
      : `The chain settles: it can be contested until ${clockTime(status.settlesAtMs)}`;
  const steps = [
    { words: 'The channel records that you leave', done: announced },
    { words: settling, done: false },
    {
      words: facts.stake === 0n ? 'Your wallet confirms' : `Your wallet takes ${formatApt(facts.stake)} out`,
      done: false,
    },
  ];
  const now = steps.findIndex((step) => !step.done);
  if (status.role === 'left' && !open) return null;

  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="button danger" data-testid="leave">
        Leave
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog">
          <Dialog.Title asChild>
            <h2>Leave this channel?</h2>
          </Dialog.Title>
          <Dialog.Description className="muted">
            What was said stays with the others and on the chain. You can join again later.
          </Dialog.Description>
          <ol className="steps">
            {steps.map((step, index) => (
              <li key={step.words} data-state={step.done ? 'done' : busy && index === now ? 'now' : 'todo'}>
                <span className="mark">
                  {step.done ? '✓' : busy && index === now ? <span className="spinner" /> : index + 1}
                </span>
                {step.words}
              </li>
            ))}
          </ol>
          {problem && (
            <div className="notice bad" role="alert">
              <Icon name="warn" /> <div className="grow">{problem}</div>
            </div>
          )}
          <div className="actions">
            <Dialog.Close className="button">{busy ? 'Hide' : 'Stay'}</Dialog.Close>
            <button
              type="button"
              className="button primary"
              disabled={busy}
              onClick={() => void leave()}
              data-testid="leave-confirm"
            >
              {busy ? 'Leaving…' : 'Leave'}
            </button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
