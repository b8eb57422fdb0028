// For a member whose departure is settled: the wallet takes the stake out. Reached by leaving, or by coming back to a channel left half-way.

import { useState } from 'react';
import { leavePayload } from '../apps/chat/chat-contract.ts';
import { formatApt } from './amounts.ts';
import { type ChannelFacts, explain, type MemberFacts } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { usePage } from './page-context.ts';
import { goTo } from './route.ts';
import { useSubmit } from './wallet.ts';

interface TakeOutPanelProps {
  readonly facts: ChannelFacts;
  readonly own: MemberFacts;
  readonly onDone: () => void;
}

export function TakeOutPanel({ facts, own, onDone }: TakeOutPanelProps) {
  const { config, toast } = usePage();
  const submit = useSubmit();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const takeOut = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await submit(leavePayload(config.chat, facts.channelId));
      toast(
        own.stake === 0n
          ? 'You have left the channel.'
          : `You have left. ${formatApt(own.stake)} are back in your wallet.`,
      );
      goTo('#/');
      onDone();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  return (
    <main className="centered">
      <div className="card panel" data-testid="take-out-panel">
        <h2>Your departure from channel #{facts.channelId} is settled</h2>
        <p className="muted">
          {own.stake === 0n
            ? 'One confirmation in your wallet takes you off the channel’s list.'
            : `One confirmation in your wallet brings your stake of ${formatApt(own.stake)} back.`}
        </p>
        {problem && (
          <div className="notice bad" role="alert">
            <Icon name="warn" /> <div className="grow">{problem}</div>
          </div>
        )}
        <div className="actions">
          <button
            type="button"
            className="button primary"
            disabled={busy}
            onClick={() => void takeOut()}
            data-testid="take-out"
          >
            {busy && <span className="spinner" />}
            {own.stake === 0n ? 'Finish leaving' : 'Take stake out'}
          </button>
          <a className="button" href="#/">
            Later
          </a>
        </div>
      </div>
    </main>
  );
}
