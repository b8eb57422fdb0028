// The channel at a glance, derived from the facts: what a page shows.

import { HASH_SIZE } from '../base/hash.ts';
import type { Height, NodeKey } from '../base/ids.ts';
import { type Facts, isLeaderByChain, isLeading, leaderMember, ownRecord } from './facts.ts';
import { isSilent } from './heartbeat.ts';
import { SEARCH_DELAY_MS } from './limits.ts';
import { beginsAt, isHeldByOthers, possibleHolders } from './search.ts';
import type { ChannelStatus, MemberStatus, Role } from './update.ts';

const NO_HEIGHT = 0n as Height;
const NO_ROOT = new Uint8Array(HASH_SIZE);

export function statusOf(facts: Facts): ChannelStatus {
  const { history, view, term, dispute } = facts;
  const leader = leaderMember(facts);
  return {
    role: roleOf(facts),
    term,
    ...(leader && { leader: leader.address }),
    height: history?.tip.height ?? NO_HEIGHT,
    finalHeight: history?.finalPosition.height ?? NO_HEIGHT,
    settledHeight: view?.settledHeight ?? NO_HEIGHT,
    root: history?.root ?? NO_ROOT,
    members: membersOf(facts, leader?.nodeKey),
    queued: facts.outbox.filter(({ inHistory }) => inHistory === 'no').length + facts.waitingRequests.length,
    closing: view?.closing === true || history?.ledger.closing === true,
    ...settlingOf(facts),
    ...desertionOf(facts),
    ...(dispute && { dispute }),
    refusedMessages: facts.refusedMessages,
    ...(facts.cutShort && { storeDamage: 'mending' as const }),
    ...(facts.lostGivenUp && { storeDamage: 'givenUp' as const }),
  };
}

function settlingOf({ view }: Facts): Pick<ChannelStatus, 'settlesAtMs'> {
  const waiting = view?.proposals.find(
    (proposal) =>
      !proposal.executed &&
      !proposal.contested &&
      proposal.contestUntilMs > 0n &&
      proposal.fromHeight === view.settledHeight,
  );
  return waiting ? { settlesAtMs: Number(waiting.contestUntilMs) } : {};
}

function desertionOf(facts: Facts): Pick<ChannelStatus, 'deserted'> {
  const { search, view, history, lastInputMs } = facts;
  const isAnew = view !== undefined && view.restarts > 0n && view.historyHash.length === 0;
  if (isAnew && history === undefined) return { deserted: { stage: 'reading', missed: [] } };
  // Who has just joined is about to be handed it.
  if (search === undefined || lastInputMs - search.sinceMs < SEARCH_DELAY_MS || isHeldByOthers(facts)) return {};
  const agreesAtMs = beginsAt(facts);
  const stage = agreesAtMs !== undefined && lastInputMs >= agreesAtMs ? 'agreeing' : 'searching';
  return { deserted: { stage, missed: possibleHolders(facts), ...(agreesAtMs !== undefined && { agreesAtMs }) } };
}

function roleOf(facts: Facts): Role {
  const { view } = facts;
  const { self } = facts.options;
  if (view === undefined) return 'loading';
  if (view.closed) return 'closed';
  if (!view.members.some(({ nodeKey }) => nodeKey === self.nodeKey)) return facts.wasMember ? 'left' : 'joining';
  if (facts.dispute) return 'disputed';
  if (isLeading(facts)) return 'leader';
  if (isLeaderByChain(facts)) return 'recovering';
  if (leaderMember(facts) === undefined) return 'leaderless';
  return ownRecord(facts) === undefined ? 'joining' : 'follower';
}

/** The chain's list; before it has been read, the history's. */
function membersOf(facts: Facts, leader: NodeKey | undefined): MemberStatus[] {
  const recorded = facts.history?.ledger.members ?? [];
  const listed = facts.view?.members ?? recorded.map((record) => ({ ...record, valid: false }));
  return listed.map(({ address, nodeKey, joinSequence, valid, leaving }) => {
    const isSelf = nodeKey === facts.options.self.nodeKey;
    const peer = facts.peers.get(nodeKey);
    const height = isSelf ? facts.history?.tip.height : peer?.height;
    const isLeaving = leaving || recorded.some((record) => record.nodeKey === nodeKey && record.leaving);
    return {
      address,
      nodeKey,
      joinSequence,
      isLeader: nodeKey === leader,
      isSelf,
      leaving: isLeaving,
      valid,
      link: isSelf ? 'self' : peer === undefined || isSilent(peer, facts.lastInputMs) ? 'lost' : peer.link,
      ...(peer?.latencyMs !== undefined && { latencyMs: peer.latencyMs }),
      ...(peer?.refusal && { refusal: peer.refusal }),
      ...(height !== undefined && { height: height as Height }),
    };
  });
}
