// Beginning anew where nobody has the settled history any more ([N4]–[N7]): what the members agree on, and how a node goes over from the
// history that was given up to the one that begins with the chain's state.

import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Height } from '../base/ids.ts';
import { type Facts, forgetTerm, leaderKey } from './facts.ts';
import { sayHello } from './hello.ts';
import { genesisBase, type History, rootOf } from './history.ts';
import { STATE_READ_INTERVAL_MS } from './limits.ts';
import { noteGivenUp } from './outbox.ts';
import { lacksHistory } from './search.ts';
import { startFrom } from './sync.ts';
import type { Turn } from './turn.ts';
import type { ChainView, Input, Settlement } from './update.ts';

const NONE: Bytes = new Uint8Array();

/** [N4] Everybody comes to the same, as there is nothing in it. */
export function beginningAfter(height: Height): Settlement {
  return {
    fromHeight: height,
    toHeight: (height + 1n) as Height,
    changes: [],
    leaving: [],
    closing: false,
    stateRoot: NONE,
    historyHash: NONE,
  };
}

export function isBeginning({ stateRoot, historyHash }: Settlement): boolean {
  return stateRoot.length === 0 && historyHash.length === 0;
}

/** Whether what is proposed, or to be signed, is that the channel begins anew from where it is settled. */
export function asksToBeginAnew(
  { options, view }: Facts,
  {
    fromHeight,
    toHeight,
    dataHash,
  }: { readonly fromHeight: Height; readonly toHeight: Height; readonly dataHash: Bytes },
): boolean {
  if (fromHeight !== view?.settledHeight || toHeight !== fromHeight + 1n) return false;
  return bytesEqual(sha3_256(options.encodeSettlement(beginningAfter(fromHeight))), dataHash);
}

/** [N5] What is agreed to can still be carried out until something else is settled: as soon as there is a history, that is. */
export function keepPledge({ facts }: Turn, view: ChainView): void {
  if (facts.pledgedHeight === undefined || lacksHistory(facts)) return;
  if (facts.pledgedHeight === view.settledHeight) facts.settleRequested = true;
  else facts.pledgedHeight = undefined;
}

/** [N6] The chain says that the history so far was given up. */
export function noteBeginning(turn: Turn, view: ChainView): void {
  const { history } = turn.facts;
  if (history && history.ledger.restarts < view.restarts) giveUp(turn, history, view);
}

/** [N6] Asks for the state that the new history begins with, until it is there. */
export function driveReading(turn: Turn): void {
  const { facts, nowMs } = turn;
  const { view, history, stateReadMs } = facts;
  if (view === undefined || !isAtBeginning(view) || history !== undefined || view.closed) return;
  if (!view.members.some(({ nodeKey }) => nodeKey === facts.options.self.nodeKey)) return;
  if (stateReadMs !== undefined && nowMs - stateReadMs < STATE_READ_INTERVAL_MS) return;
  facts.stateReadMs = nowMs;
  turn.effect({ kind: 'readState', beginning: { height: view.settledHeight, restarts: view.restarts } });
}

export function onStateRead(turn: Turn, { beginning, entries }: Extract<Input, { kind: 'state' }>): void {
  const { facts } = turn;
  const { view, history } = facts;
  if (entries === undefined || history !== undefined || view === undefined || !isAtBeginning(view)) return;
  if (view.restarts !== beginning.restarts || view.settledHeight !== beginning.height) return;
  const base = genesisBase(entries, beginning);
  facts.genesisRoot = rootOf(base.world);
  startFrom(turn, base);
  const leader = leaderKey(facts);
  if (leader !== undefined) sayHello(turn, leader, { atOnce: true });
}

/** What is settled is the chain's state, and nothing since. */
function isAtBeginning({ restarts, historyHash }: ChainView): boolean {
  return restarts > 0n && historyHash.length === 0;
}

/** Nothing of it may meet the new one; the store is told when that is there. */
function giveUp(turn: Turn, history: History, view: ChainView): void {
  const { facts } = turn;
  noteGivenUp(turn, knowsAllSettled(history, view));
  forgetTerm(facts);
  facts.givenUp ??= history.state;
  facts.history = undefined;
  facts.genesisRoot = undefined;
  facts.storeGoesBeyond = false;
  facts.cutShort = false;
  facts.lostGivenUp = false;
  facts.missedBatches = false;
  facts.settledPlacesMax = undefined;
  facts.refusedPlaces = undefined;
  facts.search = undefined;
  facts.stateReadMs = undefined;
  facts.collection = undefined;
  facts.pool.clear();
  facts.missing.clear();
  facts.differing.clear();
  turn.statusChanged();
}

/** [N7] Whether this node's history tells all that the chain's state has in it. */
function knowsAllSettled({ base, finalPosition }: History, view: ChainView): boolean {
  if (!isAtBeginning(view) || base.world.ledger.restarts + 1n !== view.restarts) return false;
  const settledBefore = view.settledHeight - 1n;
  return base.position.height === settledBefore || finalPosition.height >= settledBefore;
}
