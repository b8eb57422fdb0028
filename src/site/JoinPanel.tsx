// The way into a channel: what it asks and what will happen, then one confirmation in the wallet.

import { useCallback, useEffect, useState } from 'react';
import { joinPayload, SESSION_GAS_OCTAS } from '../apps/chat/chat-contract.ts';
import type { Presence } from '../sdk/index.ts';
import { formatApt } from './amounts.ts';
import { type ChannelFacts, explain, whyNotJoin } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { NodeProblem } from './NodeProblem.tsx';
import { usePage } from './page-context.ts';
import { anyPresence, keysToAsk } from './presence.ts';
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
  const listed = facts.members.filter((member) => !member.settledOut).length;
  const [presence, setPresence] = useState<Presence>();
  const obstacle = whyNotJoin(facts, presence);
  const strait = node.phase === 'open' ? node.strait : undefined;

  const isLooking = strait !== undefined && presence === undefined && keysToAsk(facts).length > 0;

  /** Whether anybody is there, as far as somebody has to be. */
  const look = useCallback(async (): Promise<boolean> => {
    const keys = keysToAsk(facts);
    if (strait === undefined || keys.length === 0) return true;
    const found = await anyPresence(keys, strait.presenceOf);
    setPresence(found);
    return found === 'here';
  }, [facts, strait]);

  useEffect(() => {
    void look();
  }, [look]);

  // Whoever waits for a member to come back need not reload. New facts are a new look.
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
      // Once more, since the panel may have stood open for long.
      if (!(await look())) {
        setBusy(false);
        return;
      }
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
          <dd>{listed}</dd>
          <dt>Stake, returned when you leave</dt>
          <dd>{facts.stake === 0n ? 'none' : formatApt(facts.stake)}</dd>
          <dt>Gas money for this tab’s key</dt>
          <dd>{formatApt(SESSION_GAS_OCTAS)}</dd>
          <dt>Settled up to height</dt>
          <dd>{facts.settledHeight.toString()}</dd>
        </dl>
        {obstacle ? (
          <p className="muted" data-testid="obstacle">
            {obstacle}
          </p>
        ) : (
          <p className="muted small">
            {listed === 0 &&
              facts.settledHeight > 0n &&
              'Everybody has left. You go on from what they have settled on the chain. '}
            Your wallet confirms once. From then on this tab’s own key speaks for you, in this channel only. Talk is
            free; its gas money pays for settlements while it leads, some twenty hours long.
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
                disabled={busy || node.phase !== 'open' || isLooking}
                onClick={() => void join()}
                data-testid="join"
              >
                {(busy || node.phase === 'opening' || isLooking) && <span className="spinner" />}
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
