// The way into a channel: what it asks and what will happen, then one confirmation in the wallet.

import { useEffect, useState } from 'react';
import { joinPayload } from '../apps/chat/chat-contract.ts';
import { formatApt } from './amounts.ts';
import { type ChannelFacts, explain, whyNotJoin } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { NodeProblem } from './NodeProblem.tsx';
import { usePage } from './page-context.ts';
import type { NodeState } from './use-node.ts';
import { ConnectButton } from './WalletButton.tsx';
import { useSubmit, useWalletAddress } from './wallet.ts';

/** How often a channel that cannot be joined is looked at again. */
const LOOK_AGAIN_MS = 4_000;

interface JoinPanelProps {
  readonly facts: ChannelFacts;
  readonly node: NodeState;
  /** Reads the channel from the chain again. */
  readonly onChanged: () => Promise<void>;
}

export function JoinPanel({ facts, node, onChanged }: JoinPanelProps) {
  const { config } = usePage();
  const submit = useSubmit();
  const address = useWalletAddress();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const present = facts.members.filter((member) => !member.settledOut).length;
  const obstacle = whyNotJoin(facts);

  // Whoever waits for a member to come back need not reload.
  useEffect(() => {
    if (obstacle === undefined) return;
    const timer = setInterval(() => void onChanged(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [obstacle, onChanged]);

  const join = async (): Promise<void> => {
    if (node.phase !== 'open' || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await submit(joinPayload(config.chat, facts.channelId, node.strait.identity.nodeKeyHex));
      await onChanged();
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
          <h1 style={{ fontSize: 26, marginTop: 4 }}>{obstacle ? 'Nobody can join now' : 'Join the conversation'}</h1>
        </div>
        <dl className="facts-table">
          <dt>Members now</dt>
          <dd>{present}</dd>
          <dt>Stake, returned when you leave</dt>
          <dd>{facts.stake === 0n ? 'none' : formatApt(facts.stake)}</dd>
          <dt>Settled up to height</dt>
          <dd>{facts.settledHeight.toString()}</dd>
        </dl>
        {obstacle ? (
          <p className="muted" data-testid="obstacle">
            {obstacle}
          </p>
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
          {!obstacle &&
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
