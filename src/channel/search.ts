// Looking for the settled history where this node lacks it ([N1], [N2]), and when it may be taken to be nowhere any more ([N3]).

import type { Address, NodeKey } from '../base/ids.ts';
import { type Facts, linkedPeers, type Search } from './facts.ts';
import type { History } from './history.ts';
import {
  ABSENT_PATIENCE_MS,
  GIVE_INTERVAL_MS,
  NOWHERE_PATIENCE_MS,
  RECOVERY_FETCH_MS,
  SEARCH_DELAY_MS,
  SEEK_INTERVAL_MS,
  WITHHELD_PATIENCE_MS,
} from './limits.ts';
import type { ChannelMessage } from './messages.ts';
import { isPresent } from './presence.ts';
import { sendSnapshot } from './sync.ts';
import type { Turn } from './turn.ts';
import type { ChainMember, ChainView } from './update.ts';

/** It has none; it may still tell; it is away and may have one; or it says that it has one. */
type Standing = 'none' | 'unheard' | 'absent' | 'withheld';

const PATIENCE_MS = { absent: ABSENT_PATIENCE_MS, withheld: WITHHELD_PATIENCE_MS } as const;

/** Whether this history is the one that the chain has settled, and at least that far. */
export function holdsSettled(history: History, view: ChainView): boolean {
  const { position, world } = history.base;
  if (world.ledger.restarts !== view.restarts) return false;
  if (position.height > view.settledHeight) return true;
  if (view.historyHash.length === 0) return position.height === view.settledHeight;
  return history.placeOf(view.historyHash) !== undefined;
}

/** [N1] This node is a member's and has nothing to go on from, though something is settled. */
export function lacksHistory({ view, history, options }: Facts): boolean {
  if (view === undefined || view.closed || view.historyHash.length === 0) return false;
  if (!view.members.some(({ nodeKey }) => nodeKey === options.self.nodeKey)) return false;
  return history === undefined || !holdsSettled(history, view);
}

/** [N2] Whoever has it hands it over, leader or not: the contract's hash tells whether it is the right one. */
export function onSeek(turn: Turn, from: NodeKey, { height, give }: Extract<ChannelMessage, { kind: 'seek' }>): void {
  const { view, history } = turn.facts;
  const isSettled = view?.settledHeight === height;
  // Of a height that the chain has not shown here it is enough to have got so far.
  const isHeld =
    history !== undefined && (isSettled && view ? holdsSettled(history, view) : history.tip.height >= height);
  if (view && height > view.settledHeight) turn.refreshChain();
  turn.send(from, { kind: 'sought', height, isHeld });
  const peer = turn.facts.peers.get(from);
  if (!give || !isHeld || peer === undefined || history.base.position.height !== height) return;
  if (peer.lastGivenMs !== undefined && turn.nowMs - peer.lastGivenMs < GIVE_INTERVAL_MS) return;
  peer.lastGivenMs = turn.nowMs;
  sendSnapshot(turn, from, history);
}

export function onSought(
  turn: Turn,
  from: NodeKey,
  { height, isHeld }: Extract<ChannelMessage, { kind: 'sought' }>,
): void {
  const { search } = turn.facts;
  if (search?.height === height) search.answers.set(from, isHeld);
}

/** Whether somebody who is there says that it has the history: then it only has to arrive. */
export function isHeldByOthers({ search, peers }: Facts): boolean {
  return [...(search?.answers ?? [])].some(([key, isHeld]) => isHeld && peers.has(key));
}

export function driveSearch(turn: Turn): void {
  const { facts, nowMs } = turn;
  const { view } = facts;
  if (view === undefined || !lacksHistory(facts)) {
    if (facts.search) turn.statusChanged();
    facts.search = undefined;
    return;
  }
  if (facts.search?.height !== view.settledHeight) facts.search = newSearch(view, nowMs);
  const { search } = facts;
  // Usually the leader hands it over before anybody has to be asked.
  if (nowMs - search.sinceMs < SEARCH_DELAY_MS) return;
  ask(turn, search, view);
  const before = search.noneSinceMs === undefined;
  note(turn, search, view);
  if (before !== (search.noneSinceMs === undefined)) turn.statusChanged();
}

/** [N3] Nobody that can be heard has it, for long enough, and who may have it has had its time to come. */
export function mayBeginAnew(turn: Turn): boolean {
  const { facts, nowMs } = turn;
  const beginsAtMs = beginsAt(facts);
  return facts.dispute === undefined && lacksHistory(facts) && beginsAtMs !== undefined && nowMs >= beginsAtMs;
}

/** From when on, as far as is known; undefined while somebody may still tell. */
export function beginsAt({ search }: Facts): number | undefined {
  if (search?.noneSinceMs === undefined) return undefined;
  const ends = [...search.possible.values()].map(({ why, sinceMs }) => sinceMs + PATIENCE_MS[why]);
  return Math.max(search.noneSinceMs + NOWHERE_PATIENCE_MS, ...ends);
}

/** Who may have the history, as far as anybody knows. */
export function possibleHolders({ search, view }: Facts): Address[] {
  const members = view?.members ?? [];
  return members.filter(({ nodeKey }) => search?.possible.has(nodeKey)).map(({ address }) => address);
}

/** [L6] Time in which this node did not run is nobody's silence. */
export function forgiveSearch({ search }: Facts, gapMs: number): void {
  if (search === undefined) return;
  search.sinceMs += gapMs;
  if (search.noneSinceMs !== undefined) search.noneSinceMs += gapMs;
  for (const [key, { why, sinceMs }] of search.possible) search.possible.set(key, { why, sinceMs: sinceMs + gapMs });
}

function newSearch({ settledHeight }: ChainView, nowMs: number): Search {
  return {
    height: settledHeight,
    sinceMs: nowMs,
    askedMs: undefined,
    answers: new Map(),
    noneSinceMs: undefined,
    possible: new Map(),
    giving: undefined,
  };
}

/** Everyone, over and over, as who had none may have got it; one of those that have it is asked to hand it over, then the next. */
function ask(turn: Turn, search: Search, view: ChainView): void {
  const { facts, nowMs } = turn;
  if (search.askedMs !== undefined && nowMs - search.askedMs < SEEK_INTERVAL_MS) return;
  search.askedMs = nowMs;
  const listed = new Set(view.members.map(({ nodeKey }) => nodeKey));
  const peers = linkedPeers(facts).filter((peer) => listed.has(peer));
  const holders = peers.filter((peer) => search.answers.get(peer) === true);
  let giver: NodeKey | undefined;
  if (search.giving === undefined || nowMs - search.giving.sinceMs >= RECOVERY_FETCH_MS) {
    const last = search.giving?.from;
    giver = holders[(last === undefined ? 0 : holders.indexOf(last) + 1) % holders.length];
    search.giving = giver === undefined ? undefined : { from: giver, sinceMs: nowMs };
  }
  for (const peer of peers) turn.send(peer, { kind: 'seek', height: search.height, give: peer === giver });
}

function note({ facts, nowMs }: Turn, search: Search, view: ChainView): void {
  const others = view.members.filter(({ nodeKey }) => nodeKey !== facts.options.self.nodeKey);
  const standings = new Map(others.map((member) => [member.nodeKey, standingOf(facts, search, member, nowMs)]));
  for (const [key, { why }] of search.possible) if (standings.get(key) !== why) search.possible.delete(key);
  for (const [key, standing] of standings) {
    if (standing === 'none' || standing === 'unheard' || search.possible.has(key)) continue;
    search.possible.set(key, { why: standing, sinceMs: nowMs });
  }
  const isUnheard = [...standings.values()].includes('unheard');
  search.noneSinceMs = isUnheard ? undefined : (search.noneSinceMs ?? nowMs);
}

/** Whom the chain calls valid is there, even where no link leads to it. */
function standingOf(facts: Facts, search: Search, member: ChainMember, nowMs: number): Standing {
  const answer = search.answers.get(member.nodeKey);
  if (isPresent(facts, member, nowMs)) return answer === undefined ? 'unheard' : answer ? 'withheld' : 'none';
  if (member.valid) return 'unheard';
  return answer === false ? 'none' : 'absent';
}
