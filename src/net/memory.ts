// The network within one process: a hub that joins the nodes given to it, and hands on their messages after a delay that a test sets.
// It keeps the port's promises (order, once, or the link is lost) and nothing of how the real network comes by them.

import type { Bytes } from '../base/bytes.ts';
import { AssertionError, assert } from '../base/errors.ts';
import type { NodeKey } from '../base/ids.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type LinkState,
  MESSAGE_SIZE_MAX,
  type NetworkEvent,
  type PageNetwork,
  type Presence,
  type RelayState,
} from '../ports/network.ts';
import { systemClock } from './clock.ts';
import { LINK_QUEUE_BYTES_MAX, REDIAL_MS_MIN } from './limits.ts';

export interface MemoryHubOptions {
  readonly clock?: Clock;
  /** One way, in ms. 0 by default, which is still not within the call. */
  readonly delayMs?: number;
}

/** Life: any calls in any order. Every network made here belongs to this hub alone. */
export class MemoryHub {
  readonly #clock: Clock;
  readonly #members = new Map<NodeKey, MemoryNetwork>();
  readonly #links = new Map<string, MemoryLink>();
  readonly #cuts = new Set<string>();
  #delayMs: number;
  #direct = true;
  #relay: RelayState['kind'] = 'reserved';

  constructor(options: MemoryHubOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#delayMs = options.delayMs ?? 0;
  }

  /** A network for this key. One that the key had before is as if its tab were gone: nothing more is delivered to it. */
  network(self: NodeKey): PageNetwork {
    const before = this.#members.get(self);
    if (before) this.leave(before);
    return new MemoryNetwork(this, self);
  }

  /** Delay of messages sent from now on, one way. */
  setDelay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** No link between these two until `heal`; the one they have is lost with all that is under way. */
  cut(a: NodeKey, b: NodeKey): void {
    this.#cuts.add(pairOf(a, b));
    this.lose(a, b);
  }

  heal(a: NodeKey, b: NodeKey): void {
    this.#cuts.delete(pairOf(a, b));
    this.settle(a, b);
  }

  /** Loses the link once, with all that is under way; it comes back if one of the two holds it. */
  drop(a: NodeKey, b: NodeKey): void {
    this.lose(a, b);
    this.#clock.after(REDIAL_MS_MIN, () => this.settle(a, b));
  }

  /** While not `reserved`, links live on and no new one comes up. */
  setRelay(kind: RelayState['kind']): void {
    this.#relay = kind;
    for (const member of this.#members.values()) member.deliver({ kind: 'relay', state: this.relayState() });
    if (kind === 'reserved') this.#settleAll();
  }

  /** Whether links come up direct or relayed, from now on; existing ones change over. */
  setDirect(direct: boolean): void {
    this.#direct = direct;
    for (const link of this.#links.values()) if (link.up) this.#report(link, direct ? 'direct' : 'relayed');
  }

  /** @internal */
  relayState(): RelayState {
    switch (this.#relay) {
      case 'reserved':
        return { kind: 'reserved', address: '/memory/relay' };
      case 'unreachable':
        return { kind: 'unreachable', reason: 'set by the test' };
      default:
        return { kind: this.#relay };
    }
  }

  /** @internal */
  enter(member: MemoryNetwork): void {
    this.#members.set(member.self, member);
    this.#clock.after(0, () => member.deliver({ kind: 'relay', state: this.relayState() }));
    this.#settleAll();
  }

  /** @internal */
  leave(member: MemoryNetwork): void {
    if (this.#members.get(member.self) !== member) return;
    member.silence();
    this.#members.delete(member.self);
    for (const link of [...this.#links.values()]) {
      if (link.a === member.self || link.b === member.self) this.lose(link.a, link.b);
    }
  }

  /** @internal */
  presence(peer: NodeKey): Presence {
    if (this.#relay !== 'reserved') return 'unknown';
    return this.#members.has(peer) ? 'here' : 'away';
  }

  /** Brings a link up if somebody holds it and nothing stands against it. @internal */
  settle(a: NodeKey, b: NodeKey): void {
    const pair = pairOf(a, b);
    const first = this.#members.get(a);
    const second = this.#members.get(b);
    if (!first || !second || this.#links.has(pair) || this.#cuts.has(pair) || this.#relay !== 'reserved') return;
    const wanted = (first.holds(b) && second.allows(a)) || (second.holds(a) && first.allows(b));
    if (!wanted) return;
    const link: MemoryLink = { a, b, up: false, toA: { queue: [], bytes: 0 }, toB: { queue: [], bytes: 0 } };
    this.#links.set(pair, link);
    this.#clock.after(this.#delayMs, () => {
      if (this.#links.get(pair) !== link) return;
      link.up = true;
      this.#report(link, this.#direct ? 'direct' : 'relayed');
    });
  }

  /** @internal */
  lose(a: NodeKey, b: NodeKey): void {
    const pair = pairOf(a, b);
    const link = this.#links.get(pair);
    if (!link) return;
    this.#links.delete(pair);
    if (link.up) this.#report(link, 'lost');
  }

  /** @internal */
  carry(from: NodeKey, to: NodeKey, data: Bytes): boolean {
    const link = this.#links.get(pairOf(from, to));
    if (!link?.up) return false;
    const lane = to === link.a ? link.toA : link.toB;
    if (lane.bytes + data.length > LINK_QUEUE_BYTES_MAX) {
      this.drop(from, to);
      return false;
    }
    lane.bytes += data.length;
    lane.queue.push(new Uint8Array(data));
    // Each timer takes the oldest message, so that one whose delay a test has shortened does not overtake those before it.
    this.#clock.after(this.#delayMs, () => {
      if (this.#links.get(pairOf(from, to)) !== link) return;
      const oldest = lane.queue.shift();
      if (!oldest) return;
      lane.bytes -= oldest.length;
      this.#members.get(to)?.deliver({ kind: 'message', peer: from, data: oldest });
    });
    return true;
  }

  /** @internal */
  linksOf(self: NodeKey): NodeKey[] {
    return [...this.#links.values()].flatMap(({ a, b }) => (a === self ? [b] : b === self ? [a] : []));
  }

  #report(link: MemoryLink, state: LinkState): void {
    this.#members.get(link.a)?.deliver({ kind: 'link', peer: link.b, state });
    this.#members.get(link.b)?.deliver({ kind: 'link', peer: link.a, state });
  }

  #settleAll(): void {
    const keys = [...this.#members.keys()];
    for (const [index, a] of keys.entries()) for (const b of keys.slice(index + 1)) this.settle(a, b);
  }
}

interface MemoryLink {
  readonly a: NodeKey;
  readonly b: NodeKey;
  up: boolean;
  readonly toA: Lane;
  readonly toB: Lane;
}

/** What is under way to one end. */
interface Lane {
  readonly queue: Bytes[];
  bytes: number;
}

class MemoryNetwork implements PageNetwork {
  readonly self: NodeKey;
  readonly #hub: MemoryHub;
  readonly #held = new Set<NodeKey>();
  #allow: (peer: NodeKey) => boolean = () => true;
  #onEvent: ((event: NetworkEvent) => void) | undefined;
  #state: 'new' | 'listening' | 'closed' = 'new';

  constructor(hub: MemoryHub, self: NodeKey) {
    this.#hub = hub;
    this.self = self;
  }

  async listen(onEvent: (event: NetworkEvent) => void): Promise<void> {
    assert(this.#state === 'new', 'a network listens once');
    this.#state = 'listening';
    this.#onEvent = onEvent;
    this.#hub.enter(this);
  }

  connect(peer: NodeKey): void {
    assert(peer !== this.self, 'a node has no link to itself');
    if (this.#state === 'closed') return;
    this.#held.add(peer);
    this.#hub.settle(this.self, peer);
  }

  disconnect(peer: NodeKey): void {
    this.#held.delete(peer);
    this.#hub.lose(this.self, peer);
  }

  send(peer: NodeKey, data: Bytes): boolean {
    if (data.length > MESSAGE_SIZE_MAX) throw new AssertionError(`a message of ${data.length} bytes is over the limit`);
    return this.#state === 'listening' && this.#hub.carry(this.self, peer, data);
  }

  admit(allow: (peer: NodeKey) => boolean): void {
    this.#allow = allow;
    for (const peer of this.#hub.linksOf(this.self)) {
      if (!this.#held.has(peer) && !allow(peer)) this.#hub.lose(this.self, peer);
    }
  }

  async presence(peer: NodeKey): Promise<Presence> {
    return this.#state === 'listening' ? this.#hub.presence(peer) : 'unknown';
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#hub.leave(this);
  }

  /** @internal */
  holds(peer: NodeKey): boolean {
    return this.#held.has(peer);
  }

  /** @internal */
  allows(peer: NodeKey): boolean {
    return this.#allow(peer);
  }

  /** @internal */
  deliver(event: NetworkEvent): void {
    this.#onEvent?.(event);
  }

  /** @internal */
  silence(): void {
    this.#onEvent = undefined;
    this.#state = 'closed';
  }
}

function pairOf(a: NodeKey, b: NodeKey): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
