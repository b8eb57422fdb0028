// The way into a channel: what it asks and what will happen, then one confirmation in the wallet.

import { useState } from 'react';
import { joinPayload } from '../apps/chat/chat-contract.ts';
import { formatApt } from './amounts.ts';
import { type ChannelFacts, explain } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { NodeProblem } from './NodeProblem.tsx';
import { usePage } from './page-context.ts';
import type { NodeState } from './use-node.ts';
import { ConnectButton } from './WalletButton.tsx';
import { useSubmit, useWalletAddress } from './wallet.ts';

interface JoinPanelProps {
  readonly facts: ChannelFacts;
  readonly node: NodeState;
  readonly onJoined: () => Promise<void>;
}

export function JoinPanel({ facts, node, onJoined }: JoinPanelProps) {
  const { config } = usePage();
  const submit = useSubmit();
  const address = useWalletAddress();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const present = facts.members.filter((member) => !member.settledOut).length;
  const closed = facts.closing || facts.closed;

  const join = async (): Promise<void> => {
    if (node.phase !== 'open' || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await submit(joinPayload(config.chat, facts.channelId, node.strait.identity.nodeKeyHex));
      await onJoined();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  return (
    <main className="centered">
      <div className="card panel" data-testid="join-panel">
        <div>
          <h3>Channel #{facts.channelId}</h3>
          <h1 style={{ fontSize: 26, marginTop: 4 }}>{closed ? 'This channel is closing' : 'Join the conversation'}</h1>
        </div>
        <dl className="facts-table">
          <dt>Members now</dt>
          <dd>{present}</dd>
          <dt>Stake, returned when you leave</dt>
          <dd>{facts.stake === 0n ? 'none' : formatApt(facts.stake)}</dd>
          <dt>Settled up to height</dt>
          <dd>{facts.settledHeight.toString()}</dd>
        </dl>
        {closed ? (
          <p className="muted">Nobody can join any more. Its members are taking out what is theirs.</p>
        ) : (
          <p className="muted small">
            Your wallet confirms once. From then on this tab’s own key speaks for you, in this channel only.
          </p>
        )}
        <NodeProblem node={node} />
        {problem && (
          <div className="notice bad" role="alert">
            <Icon name="warn" /> <div className="grow">{problem}</div>
          </div>
        )}
        <div className="actions">
          {!closed &&
            (address ? (
              <button
                type="button"
                className="button primary"
                disabled={busy || node.phase !== 'open'}
                onClick={() => void join()}
                data-testid="join"
              >
                {(busy || node.phase === 'opening') && <span className="spinner" />}
                {busy ? 'Joining…' : 'Join channel'}
              </button>
            ) : (
              <ConnectButton />
            ))}
          <a className="button" href="#/">
            <Icon name="back" sizePx={16} /> All channels
          </a>
        </div>
      </div>
    </main>
  );
}
