// One channel: from the link to the running application. Asks the chain what the channel is and whether this wallet is in it, then shows the
// way in, the application with its inspector, or what stands in the way.

import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { chatStateType } from '../apps/chat/chat-contract.ts';
import { useChannel } from '../sdk/react.ts';
import { ChannelRoom } from './ChannelRoom.tsx';
import { type ChannelFacts, explain, readChannelFacts } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { JoinPanel } from './JoinPanel.tsx';
import { NodeProblem } from './NodeProblem.tsx';
import { usePage } from './page-context.ts';
import { TakeOutPanel } from './TakeOutPanel.tsx';
import type { NodeState } from './use-node.ts';
import { useWalletAddress } from './wallet.ts';

type Loaded =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'found'; readonly facts: ChannelFacts };

interface ChannelPageProps {
  readonly channelId: string;
  readonly node: NodeState;
}

export function ChannelPage({ channelId, node }: ChannelPageProps) {
  const { config, reader } = usePage();
  const address = useWalletAddress();
  const [loaded, setLoaded] = useState<Loaded>({ kind: 'loading' });

  const load = useCallback(async () => {
    try {
      const facts = await readChannelFacts(reader, config.contract, channelId);
      setLoaded(facts ? { kind: 'found', facts } : { kind: 'absent' });
    } catch (error) {
      setLoaded({ kind: 'failed', message: explain(error) });
    }
  }, [reader, config.contract, channelId]);

  useEffect(() => {
    setLoaded({ kind: 'loading' });
    void load();
  }, [load]);

  if (loaded.kind === 'loading') return <Waiting>Reading the channel from the chain…</Waiting>;
  if (loaded.kind === 'absent') {
    return (
      <Message title={`There is no channel #${channelId} on this chain`}>
        The link may be mistyped, or for another network. This page is on <b>{config.network}</b>.
      </Message>
    );
  }
  if (loaded.kind === 'failed') {
    return (
      <Message
        title="The chain cannot be reached"
        action={
          <button type="button" className="button primary" onClick={() => void load()}>
            Try again
          </button>
        }
      >
        {loaded.message}
      </Message>
    );
  }

  const { facts } = loaded;
  if (facts.stateType !== chatStateType(config.chat)) {
    return (
      <Message title="This page has no view for this channel">
        Its application is <code>{facts.stateType}</code>. Open it in a page made for it.
      </Message>
    );
  }
  const own = facts.members.find((member) => member.address === address);
  if (own?.settledOut) return <TakeOutPanel facts={facts} own={own} onDone={() => void load()} />;
  if (!address || !own) return <JoinPanel facts={facts} node={node} onChanged={load} />;
  if (node.phase === 'failed') {
    return (
      <div className="centered">
        <NodeProblem node={node} />
      </div>
    );
  }
  if (node.phase !== 'open') return <Waiting>Starting this tab’s node…</Waiting>;
  if (own.nodeKey !== node.strait.identity.nodeKey) {
    return (
      <Message title="You are in this channel with another browser">
        The key that speaks for you there is kept in the browser you joined with. Open the channel in it, or leave there
        first and then join here.
      </Message>
    );
  }
  return <OpenChannel facts={facts} node={node} channelId={channelId} reload={load} />;
}

interface OpenChannelProps {
  readonly facts: ChannelFacts;
  readonly node: Extract<NodeState, { phase: 'open' }>;
  readonly channelId: string;
  readonly reload: () => Promise<void>;
}

function OpenChannel({ facts, node, channelId, reload }: OpenChannelProps) {
  const opened = useChannel(node.strait, channelId);
  if (opened.phase === 'open') {
    return <ChannelRoom facts={facts} strait={node.strait} channel={opened.channel} onGone={reload} />;
  }
  if (opened.phase === 'failed') {
    return (
      <Message
        title="The channel could not be opened"
        action={
          <button
            type="button"
            className="button primary"
            onClick={() => {
              void reload();
              opened.retry();
            }}
          >
            Try again
          </button>
        }
      >
        {opened.error.message} <span className="muted">({opened.error.code})</span>
      </Message>
    );
  }
  return <Waiting>Loading the channel’s code and state…</Waiting>;
}

export function Waiting({ children }: { readonly children: ReactNode }) {
  return (
    <main className="centered muted" role="status">
      <span className="spinner" style={{ marginBottom: 12 }} />
      {children}
    </main>
  );
}

interface MessageProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

export function Message({ title, children, action }: MessageProps) {
  return (
    <main className="centered">
      <div className="card panel" role="alert">
        <h2>{title}</h2>
        <p className="muted">{children}</p>
        <div className="actions">
          {action}
          <a className="button" href="#/">
            <Icon name="back" sizePx={16} /> All channels
          </a>
        </div>
      </div>
    </main>
  );
}
