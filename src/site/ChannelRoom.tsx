// A running channel: its head line, what the member should know right now, the application, and the inspector.

import { useCallback, useEffect, useState } from 'react';
import { ChatRoom } from '../apps/chat/ChatRoom.tsx';
import { shortAccount } from '../apps/shared/Avatar.tsx';
import type { ChannelStatus, Desertion, Dispute, Strait, StraitChannel } from '../sdk/index.ts';
import { useChain, useRelay, useStatus } from '../sdk/react.ts';
import type { ChannelFacts } from './channel-facts.ts';
import { clockTime } from './clock-time.ts';
import { Icon } from './Icon.tsx';
import { Inspector } from './Inspector.tsx';
import { usePage } from './page-context.ts';
import { shareLink } from './route.ts';

interface ChannelRoomProps {
  readonly facts: ChannelFacts;
  readonly strait: Strait;
  readonly channel: StraitChannel;
  /** This member's part is over: look at the chain again. */
  readonly onGone: () => Promise<void>;
}

export function ChannelRoom({ facts, strait, channel, onGone }: ChannelRoomProps) {
  const { toast } = usePage();
  const status = useStatus(channel) ?? channel.status;
  const [title, setTitle] = useState(`Channel #${facts.channelId}`);
  const [nicknames, setNicknames] = useState<ReadonlyMap<string, string>>(new Map());
  const [inspecting, setInspecting] = useState(false);

  const onGroup = useCallback((newTitle: string, newNicknames: ReadonlyMap<string, string>) => {
    setTitle(newTitle);
    setNicknames(newNicknames);
  }, []);

  useEffect(() => {
    document.title = `${title} · Strait`;
    return () => {
      document.title = 'Strait';
    };
  }, [title]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setInspecting(false);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const share = async (): Promise<void> => {
    await navigator.clipboard.writeText(shareLink(facts.channelId));
    toast('Link copied. Whoever opens it can join.');
  };

  const present = status.members.filter((member) => member.link !== 'lost').length;
  return (
    <main className="channel">
      <div className="channel-main">
        <header className="channel-head">
          <a className="button icon" href="#/" aria-label="All channels">
            <Icon name="back" />
          </a>
          <div className="title">
            <h2 data-testid="channel-title">{title}</h2>
            <p className="small muted">{describeRole(status, present)}</p>
          </div>
          <button type="button" className="button small" onClick={() => void share()} data-testid="share">
            <Icon name="link" sizePx={16} /> <span className="hide-narrow">Copy link</span>
          </button>
          <button
            type="button"
            className="button icon only-narrow"
            aria-label="Members and settlement"
            onClick={() => setInspecting(true)}
          >
            <Icon name="people" />
          </button>
        </header>
        <div className="channel-notices">
          <Notices status={status} strait={strait} />
          {status.role === 'left' && <GoneNotice onGone={onGone} />}
        </div>
        <ChatRoom channel={channel} stateType={facts.stateType} blocked={blockedBecause(status)} onGroup={onGroup} />
      </div>
      <Inspector
        facts={facts}
        strait={strait}
        channel={channel}
        status={status}
        nicknames={nicknames}
        open={inspecting}
        onClose={() => setInspecting(false)}
        onGone={onGone}
      />
    </main>
  );
}

function describeRole(status: ChannelStatus, present: number): string {
  const people = `${present} of ${status.members.length} ${status.members.length === 1 ? 'member' : 'members'} here`;
  switch (status.role) {
    case 'leader':
      return `${people} · this tab leads`;
    case 'follower':
      return `${people} · this tab checks every step`;
    case 'loading':
    case 'joining':
      return 'Catching up with the channel…';
    case 'recovering':
      return 'Taking over the lead…';
    case 'leaderless':
      return `${people} · waiting for a leader`;
    case 'disputed':
      return `${people} · waiting for another leader`;
    case 'left':
      return 'You are not a member any more';
    case 'closed':
      return 'Closed';
  }
}

/** A dispute is no reason where another leader can end it: what is written meanwhile is queued. */
function blockedBecause(status: ChannelStatus): string | undefined {
  if (status.dispute && isForGood(status.dispute)) return 'This tab cannot take part with this leader';
  if (status.role === 'left') return 'You are not a member any more';
  if (status.role === 'closed' || status.closing) return 'The channel is closing';
  if (status.members.some((member) => member.isSelf && member.leaving)) return 'You are leaving';
  return undefined;
}

function Notices({ status, strait }: { readonly status: ChannelStatus; readonly strait: Strait }) {
  const relay = useRelay(strait);
  const chain = useChain(strait);
  return (
    <>
      {status.dispute && <DisputeNotice dispute={status.dispute} queued={status.queued} />}
      {status.deserted && <DesertionNotice desertion={status.deserted} />}
      {status.storeDamage !== undefined && (
        <div className="notice warn" role="status">
          <Icon name="warn" />
          <div className="grow">
            <strong>This browser’s copy of the channel was damaged</strong>
            {status.storeDamage === 'mending'
              ? 'This tab fetches what is missing from the other members; what you write meanwhile waits.'
              : 'Nobody else could be asked, so it goes on from what is left. What was said last may be gone.'}
          </div>
        </div>
      )}
      {chain && !chain.reachable && (
        <div className="notice warn" role="status" data-testid="chain-notice">
          <Icon name="warn" />
          <div className="grow">
            <strong>The chain cannot be reached</strong>
            Talk goes on; joining, settling and leaving wait until it is back.
          </div>
        </div>
      )}
      {status.settlesAtMs !== undefined && (
        <div className="notice" role="status" data-testid="contest-notice">
          <Icon name="info" />
          <div className="grow">
            Not everyone voted for the settlement: it can be contested until {clockTime(status.settlesAtMs)}, and is
            executed then.
          </div>
        </div>
      )}
      {relay?.state === 'unreachable' && (
        <div className="notice warn" role="status" data-testid="relay-notice">
          <Icon name="warn" />
          <div className="grow">
            <strong>The relay cannot be reached</strong>
            Members who are connected stay so; new ones cannot reach this tab until it is back.
          </div>
        </div>
      )}
      {relay?.state === 'full' && (
        <div className="notice warn" role="status" data-testid="relay-notice">
          <Icon name="warn" />
          <div className="grow">
            <strong>The relay is full</strong>
            It has no place for this tab. It keeps asking; members who are connected stay so.
          </div>
        </div>
      )}
      {status.role === 'leaderless' && status.queued > 0 && (
        <div className="notice" role="status">
          <Icon name="info" />
          <div className="grow">Waiting for a leader. {keptWords(status.queued)}</div>
        </div>
      )}
    </>
  );
}

function DisputeNotice({ dispute, queued }: { readonly dispute: Dispute; readonly queued: number }) {
  return (
    <div className="notice bad" role="alert" data-testid="dispute">
      <Icon name="warn" />
      <div className="grow">
        <strong>{isForGood(dispute) ? 'This tab cannot follow the leader' : 'The leader’s result was wrong'}</strong>
        {dispute.message} (height {dispute.height.toString()}, term {dispute.term.toString()}) What was final before
        stays as it is.{' '}
        {!isForGood(dispute) && (queued > 0 ? keptWords(queued) : 'This tab goes on with another leader.')}
      </div>
    </div>
  );
}

/** They started from another state, or count gas in another way: no new term makes them agree. */
function isForGood({ kind }: Dispute): boolean {
  return kind === 'genesis' || kind === 'gasSchedule';
}

function keptWords(queued: number): string {
  return queued === 1
    ? 'Your message is kept in this tab and will be sent.'
    : `Your ${queued} messages are kept in this tab and will be sent.`;
}

function DesertionNotice({ desertion }: { readonly desertion: Desertion }) {
  return (
    <div className="notice warn" role="status" data-testid="deserted-notice">
      <Icon name="info" />
      <div className="grow">
        <strong>
          {desertion.stage === 'searching' ? 'Nobody here has the conversation' : 'The channel begins anew'}
        </strong>
        {desertionWords(desertion)}
      </div>
    </div>
  );
}

function desertionWords({ stage, missed, agreesAtMs }: Desertion): string {
  if (stage === 'reading') return 'What the chain has of it is read.';
  if (stage === 'agreeing') return 'The members agree to go on from what was settled on the chain.';
  if (missed.length === 0 || agreesAtMs === undefined) {
    return 'If no member that is there has it, the channel goes on from what was settled on the chain.';
  }
  const names = missed.map(shortAccount).join(', ');
  return `Perhaps it is with ${names}. If it does not come by ${clockTime(agreesAtMs)}, the members go on from what was settled on the chain.`;
}

function GoneNotice({ onGone }: { readonly onGone: () => Promise<void> }) {
  return (
    <div className="notice" role="status" data-testid="gone-notice">
      <Icon name="info" />
      <div className="grow">
        <strong>You are not a member of this channel any more</strong>
        What was said until then can still be read here.
      </div>
      <button type="button" className="button small" onClick={() => void onGone()}>
        Go on
      </button>
    </div>
  );
}
