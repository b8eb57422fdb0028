// The first page: what this is, the open channels, and the ways in.

import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { type ChatSession, listSessions } from '../apps/chat/chat-contract.ts';
import { formatApt } from './amounts.ts';
import { explain } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { NewChannelDialog } from './NewChannelDialog.tsx';
import { usePage } from './page-context.ts';
import { channelHref, goTo, parsePastedLink } from './route.ts';
import type { NodeState } from './use-node.ts';

type Sessions =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'listed'; readonly sessions: readonly ChatSession[] };

/** How often the list is read again while it is looked at. */
const REFRESH_MS = 5_000;

export function Lobby({ node }: { readonly node: NodeState }) {
  const { config, reader } = usePage();
  const [sessions, setSessions] = useState<Sessions>({ kind: 'loading' });

  const refresh = useCallback(async () => {
    try {
      const listed = await listSessions((name, args, types) => reader.view(name, args, types), config.chat);
      // One that everybody has left can be gone on with by whoever has its link.
      setSessions({ kind: 'listed', sessions: listed.filter((session) => session.memberCount > 0) });
    } catch (error) {
      setSessions({ kind: 'failed', message: explain(error) });
    }
  }, [config, reader]);

  useEffect(() => {
    void refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);

  return (
    <main className="lobby">
      <section className="hero">
        <h1>Talk through a contract that runs in your own tab.</h1>
        <p>
          Every member’s tab is a full node: it executes the channel’s Move code, checks everyone else, and settles on
          the chain. No server holds the conversation.
        </p>
        <div className="actions">
          <NewChannelDialog node={node} />
          <JoinByLink />
        </div>
      </section>

      <section aria-labelledby="channels-title">
        <div className="section-head">
          <h2 id="channels-title">Open channels</h2>
          <span className="spacer" />
          {sessions.kind === 'listed' && sessions.sessions.length > 0 && (
            <span className="chip">{sessions.sessions.length}</span>
          )}
        </div>
        <SessionList sessions={sessions} onRetry={() => void refresh()} />
      </section>

      <section className="how" aria-label="How it works">
        <div>
          <h3>Join once</h3>
          <p className="muted">
            One wallet confirmation binds this tab’s key and stakes. After that nothing asks again.
          </p>
        </div>
        <div>
          <h3>Check everything</h3>
          <p className="muted">A leader orders, every tab re-executes. A wrong result is refused on the spot.</p>
        </div>
        <div>
          <h3>Leave with what is yours</h3>
          <p className="muted">
            The members sign the outcome, one transaction writes it to the chain, and your stake comes back.
          </p>
        </div>
      </section>
    </main>
  );
}

function SessionList({ sessions, onRetry }: { readonly sessions: Sessions; readonly onRetry: () => void }) {
  if (sessions.kind === 'loading') {
    return (
      <div className="card empty muted" role="status">
        <span className="spinner" /> Reading the chain…
      </div>
    );
  }
  if (sessions.kind === 'failed') {
    return (
      <div className="notice bad" role="alert">
        <Icon name="warn" />
        <div className="grow">
          <strong>The list of channels could not be read</strong>
          {sessions.message}
        </div>
        <button type="button" className="button small" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (sessions.sessions.length === 0) {
    return (
      <div className="card empty">
        <strong>No channels yet</strong>
        <p className="muted">Open the first one and share its link.</p>
      </div>
    );
  }
  return (
    <ul className="channel-grid">
      {sessions.sessions.map((session) => (
        <li key={session.channelId}>
          <a className="card channel-card" href={channelHref(session.channelId)} data-testid="channel-card">
            <h2>{session.title}</h2>
            <div className="facts">
              <span className="chip">
                <Icon name="people" sizePx={14} /> {session.memberCount}
              </span>
              <span className="chip">{session.stake === 0n ? 'no stake' : `${formatApt(session.stake)} stake`}</span>
              <span className="chip">#{session.channelId}</span>
            </div>
          </a>
        </li>
      ))}
    </ul>
  );
}

function JoinByLink() {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const route = parsePastedLink(text);
    if (route.page === 'channel') goTo(channelHref(route.channelId));
    else setProblem('That is not a link to a channel.');
  };
  return (
    <form className="join-by-link" onSubmit={submit}>
      <label className="field" style={{ flex: 1 }}>
        <input
          className="input"
          placeholder="Paste a link or a channel number"
          aria-label="Link or number of a channel"
          aria-invalid={problem !== undefined}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
        />
        {problem && (
          <small role="alert" style={{ color: 'var(--bad)' }}>
            {problem}
          </small>
        )}
      </label>
      <button type="submit" className="button" disabled={text.trim() === ''}>
        Open
      </button>
    </form>
  );
}
