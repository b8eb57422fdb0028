// Beside the application: who is in the channel and how they are reached, how far the history is, and settling and leaving.

import { useState } from 'react';
import { Avatar, shortAccount } from '../apps/shared/Avatar.tsx';
import { toHex } from '../base/bytes.ts';
import type { ChannelStatus, MemberStatus, Strait, StraitChannel } from '../sdk/index.ts';
import { useChain, useRelay } from '../sdk/react.ts';
import { formatApt } from './amounts.ts';
import { type ChannelFacts, explain } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { LeaveDialog } from './LeaveDialog.tsx';
import { NicknameDialog } from './NicknameDialog.tsx';
import { usePage } from './page-context.ts';

interface InspectorProps {
  readonly facts: ChannelFacts;
  readonly strait: Strait;
  readonly channel: StraitChannel;
  readonly status: ChannelStatus;
  readonly nicknames: ReadonlyMap<string, string>;
  /** On narrow screens it lies over the application. */
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onGone: () => Promise<void>;
}

export function Inspector({ facts, strait, channel, status, nicknames, open, onClose, onGone }: InspectorProps) {
  const { toast } = usePage();
  const [settling, setSettling] = useState(false);
  const relay = useRelay(strait);
  const chain = useChain(strait);
  const self = status.members.find((member) => member.isSelf);

  const settle = async (): Promise<void> => {
    setSettling(true);
    try {
      await channel.settle();
      toast('Settled on the chain.');
    } catch (error) {
      toast(explain(error), 'bad');
    } finally {
      setSettling(false);
    }
  };

  const isOut = status.role === 'left' || status.role === 'closed';
  // Others may have settled what this tab has not seen.
  const unsettled = status.height > status.settledHeight ? status.height - status.settledHeight : 0n;
  return (
    <aside className="inspector" data-open={open} aria-label="Channel">
      <div className="sheet-close">
        <h2>Channel #{facts.channelId}</h2>
        <button type="button" className="button icon" onClick={onClose} aria-label="Close">
          <Icon name="close" />
        </button>
      </div>

      <section>
        <h3>Members</h3>
        <ul className="members">
          {status.members.map((member) => (
            <Member key={member.nodeKey} member={member} name={nicknames.get(member.address)} />
          ))}
        </ul>
        {!isOut && <NicknameDialog channel={channel} current={self && nicknames.get(self.address)} />}
      </section>

      <section>
        <h3>History</h3>
        <dl className="facts-table">
          <dt>Height</dt>
          <dd data-testid="height">{status.height.toString()}</dd>
          <dt>Final</dt>
          <dd data-testid="final-height">{status.finalHeight.toString()}</dd>
          <dt>Settled on chain</dt>
          <dd data-testid="settled-height">{status.settledHeight.toString()}</dd>
          <dt>Term</dt>
          <dd>{status.term.toString()}</dd>
          <dt>State root</dt>
          <dd className="mono" title={toHex(status.root)}>
            {toHex(status.root).slice(0, 12)}…
          </dd>
          <dt>Stake</dt>
          <dd>{facts.stake === 0n ? 'none' : formatApt(facts.stake)}</dd>
        </dl>
      </section>

      <section>
        <h3>Connections</h3>
        <dl className="facts-table">
          <dt>Chain</dt>
          <dd>
            <State
              good={chain?.reachable === true}
              words={chain === undefined ? 'connecting' : chain.reachable ? 'reachable' : 'unreachable'}
            />
          </dd>
          <dt>Relay</dt>
          <dd data-testid="relay-state">
            <State
              good={relay?.state === 'reserved'}
              words={relay?.state === 'reserved' ? 'ready' : (relay?.state ?? 'connecting')}
            />
          </dd>
          {chain?.sessionBalance !== undefined && (
            <>
              <dt>Gas money</dt>
              <dd>{formatApt(chain.sessionBalance)}</dd>
            </>
          )}
        </dl>
      </section>

      <section>
        <h3>Settlement</h3>
        <p className="small muted">
          {isOut
            ? 'Yours is settled.'
            : unsettled === 0n
              ? 'Everything is on the chain.'
              : `${unsettled} ${unsettled === 1n ? 'transaction is' : 'transactions are'} not on the chain yet. It settles by itself every few minutes.`}
        </p>
        <div className="actions">
          <button
            type="button"
            className="button"
            disabled={settling || isOut || unsettled === 0n || status.dispute !== undefined}
            onClick={() => void settle()}
            data-testid="settle"
          >
            {settling && <span className="spinner" />}
            {settling ? 'Settling…' : 'Settle now'}
          </button>
          <LeaveDialog facts={facts} channel={channel} status={status} onGone={onGone} />
        </div>
      </section>
    </aside>
  );
}

function State({ good, words }: { readonly good: boolean; readonly words: string }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
      <span className={`dot ${good ? 'good' : 'warn'}`} /> {words}
    </span>
  );
}

const PATH_WORDS: Readonly<Record<MemberStatus['link'], string>> = {
  self: 'this tab',
  direct: 'direct',
  relayed: 'through the relay',
  lost: 'not connected',
};

function Member({ member, name }: { readonly member: MemberStatus; readonly name: string | undefined }) {
  const dot = member.link === 'lost' ? '' : member.link === 'relayed' ? 'warn' : 'good';
  return (
    <li
      className={`member${member.isSelf ? ' self' : ''}`}
      data-testid="member"
      data-link={member.link}
      data-leader={member.isLeader}
    >
      <Avatar address={member.address} name={name} />
      <div style={{ minWidth: 0 }}>
        <div className="name" title={member.address}>
          <span>{name ?? shortAccount(member.address)}</span>
          {member.isLeader && <span className="tag">leads</span>}
          {member.leaving && <span className="tag warn">leaving</span>}
        </div>
        <div className="path">
          <span className={`dot ${dot}`} /> {PATH_WORDS[member.link]}
          {member.height !== undefined && !member.isSelf && ` · at ${member.height}`}
        </div>
      </div>
      <span className="latency">
        {member.latencyMs !== undefined && !member.isSelf ? `${formatLatency(member.latencyMs)}` : ''}
      </span>
    </li>
  );
}

function formatLatency(latencyMs: number): string {
  return latencyMs < 10 ? `${latencyMs.toFixed(1)} ms` : `${Math.round(latencyMs)} ms`;
}
