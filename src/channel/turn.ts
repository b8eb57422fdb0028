// One update in the making: the time, and the events and effects that handlers add. Refusals, looks at the chain and signatures go
// through here too, so that their bounds are kept in one place.

import type { Bytes } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import type { Facts, SigningPurpose } from './facts.ts';
import { CHAIN_RETRY_MS, REFRESH_INTERVAL_MS, SIGNATURES_PENDING_MAX } from './limits.ts';
import type { ChannelMessage, RefusalCode } from './messages.ts';
import type { ChainAction, Effect, Event, Notice, Update } from './update.ts';

/** A chain action without an answer for this long is taken as lost. Chains confirm in seconds; this is for a node that forgot. */
const CHAIN_ANSWER_MS_MAX = 60_000;

export class Turn {
  readonly nowMs: number;
  readonly facts: Facts;
  readonly #events: Event[] = [];
  readonly #effects: Effect[] = [];
  #statusChanged = false;

  constructor(facts: Facts, nowMs: number) {
    this.facts = facts;
    this.nowMs = nowMs;
  }

  event(event: Event): void {
    this.#events.push(event);
  }

  send(to: NodeKey, message: ChannelMessage): void {
    this.#effects.push({ kind: 'send', to, message });
  }

  notify(notice: Notice): void {
    this.#effects.push({ kind: 'notify', notice });
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  statusChanged(): void {
    this.#statusChanged = true;
  }

  /** What a peer sent cannot be taken. Counted, and told to the peer; never more than that. */
  refuse(peer: NodeKey, reason: string, code: RefusalCode = 'other'): void {
    this.facts.refusedMessages += 1;
    this.send(peer, { kind: 'refused', code, reason });
  }

  refreshChain(): void {
    const { lastRefreshMs } = this.facts;
    // Too soon: the clock brings it up again.
    this.facts.refreshWanted = lastRefreshMs !== undefined && this.nowMs - lastRefreshMs < REFRESH_INTERVAL_MS;
    if (this.facts.refreshWanted) return;
    this.facts.lastRefreshMs = this.nowMs;
    this.effect({ kind: 'refreshChain' });
  }

  /** False when too many are unanswered already. */
  sign(purpose: SigningPurpose, message: Bytes): boolean {
    const { facts } = this;
    if (facts.signing.size >= SIGNATURES_PENDING_MAX) return false;
    const token = facts.nextToken++;
    facts.signing.set(token, purpose);
    this.effect({ kind: 'sign', token, message });
    return true;
  }

  /** Whether the same is under way, or was answered a short while ago. */
  isChainBusy(key: string): boolean {
    const earlier = this.facts.chainActions.get(key);
    if (earlier === undefined) return false;
    return this.nowMs - earlier.sinceMs < (earlier.isAnswered ? CHAIN_RETRY_MS : CHAIN_ANSWER_MS_MAX);
  }

  /** Unless it is busy. True if it went out. */
  chain(action: ChainAction): boolean {
    const key = chainActionKey(action);
    if (this.isChainBusy(key)) return false;
    this.facts.chainActions.set(key, { sinceMs: this.nowMs, isAnswered: false });
    this.effect({ kind: 'chain', action });
    return true;
  }

  finish(): Update {
    if (this.#statusChanged) this.notify({ kind: 'status' });
    return { events: this.#events, effects: this.#effects };
  }
}

export function chainActionKey(action: ChainAction): string {
  switch (action.kind) {
    case 'applyLeader':
    case 'replaceLeader':
    case 'reportSilence':
    case 'close':
    case 'propose':
    case 'settleSigned':
      return action.kind;
    case 'challenge':
    case 'accuse':
    case 'prove':
    case 'punishTwins':
      return `${action.kind} ${action.member}`;
    case 'punish':
    case 'vote':
    case 'beginContest':
    case 'contest':
    case 'execute':
      return `${action.kind} ${action.proposal}`;
  }
}
