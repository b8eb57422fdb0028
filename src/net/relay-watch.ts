// Keeps this node's place at one relay, so that others can reach it there: connects, reserves, notices when either is gone, and starts
// again, for ever. libp2p does it only once: after a relay's restart a page would never be reachable again. Reserving goes to libp2p's
// own store rather than through a listener, as each listener that failed would stay behind.

import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2';
import type { PeerId } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import type { Clock } from '../ports/clock.ts';
import type { RelayState } from '../ports/network.ts';
import type { LinkNode, Reservations } from './create-libp2p.ts';
import { NetError } from './errors.ts';
import {
  RELAY_FULL_RETRY_MS_MIN,
  RELAY_PING_MS,
  RELAY_PING_TIMEOUT_MS,
  RELAY_RETRY_MS_MAX,
  RELAY_RETRY_MS_MIN,
} from './limits.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface RelayAddress {
  readonly address: Multiaddr;
  readonly peer: PeerId;
}

export interface RelayWatchOptions {
  readonly relay: RelayAddress;
  readonly node: LinkNode;
  readonly reservations: Reservations;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onState: () => void;
}

/** Reads `/…/ws/p2p/<peer id>`. @throws NetError `bad-relay-address` */
export function parseRelayAddress(text: string): RelayAddress {
  try {
    const address = multiaddr(text);
    const id = address.getComponents().findLast((component) => component.name === 'p2p')?.value;
    if (id === undefined) throw new Error('it does not end in /p2p/ and the relay’s peer id');
    return { address, peer: peerIdFromString(id) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new NetError('bad-relay-address', `"${text}" is not a relay's address: ${problem}`, { cause });
  }
}

/** Life: `start`, any `nudge`s, `stop`. */
export class RelayWatch {
  readonly relay: RelayAddress;
  readonly #options: RelayWatchOptions;
  #state: RelayState = { kind: 'connecting' };
  #reservedMs = Number.POSITIVE_INFINITY;
  #attempts = 0;
  #isTrying = false;
  #isChecking = false;
  #stopped = false;
  #cancel: (() => void) | undefined;

  constructor(options: RelayWatchOptions) {
    this.relay = options.relay;
    this.#options = options;
    options.reservations.addEventListener('relay:removed', (event) => {
      if (event.detail.relay.equals(this.relay.peer)) this.#removed();
    });
  }

  get state(): RelayState {
    return this.#state;
  }

  /** How long this node has had its place without a break. */
  get reservedForMs(): number {
    return Math.max(0, this.#options.clock.monotonicMs() - this.#reservedMs);
  }

  start(): void {
    void this.#reserve();
  }

  /** Look now: the network may be back, or gone. */
  nudge(): void {
    this.#attempts = 0;
    if (this.#state.kind === 'reserved') void this.#check();
    else this.#schedule(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #reserve(): Promise<void> {
    if (this.#isTrying || this.#stopped) return;
    this.#isTrying = true;
    try {
      const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
      const connection = await this.#options.node.dial(this.relay.address, { signal });
      // Asked first, as libp2p never again reserves at a peer that was no relay once: one that is just stopping or starting, for example.
      const stream = await connection.newStream(RELAY_V2_HOP_CODEC, { signal });
      stream.abort(new Error('only asked'));
      await this.#options.reservations.addRelay(this.relay.peer, 'configured');
      this.#reserved();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isTrying = false;
    }
  }

  #reserved(): void {
    this.#attempts = 0;
    this.#reservedMs = this.#options.clock.monotonicMs();
    const self = this.#options.node.peerId.toString();
    this.#set({ kind: 'reserved', address: `${this.relay.address}/p2p-circuit/p2p/${self}` });
    this.#schedule(RELAY_PING_MS);
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const isFull = reason.includes('RESERVATION_REFUSED') || reason.includes('RESOURCE_LIMIT_EXCEEDED');
    this.#set(isFull ? { kind: 'full' } : { kind: 'unreachable', reason });
    this.#retry(isFull ? RELAY_FULL_RETRY_MS_MIN : RELAY_RETRY_MS_MIN);
  }

  /** libp2p has dropped the reservation: the connection is gone, or the relay did not renew it. */
  #removed(): void {
    if (this.#state.kind !== 'reserved' || this.#stopped) return;
    this.#reservedMs = Number.POSITIVE_INFINITY;
    this.#set({ kind: 'connecting' });
    // Not all at once: every page of this relay has just lost its place.
    this.#schedule(RELAY_RETRY_MS_MIN * this.#options.random());
  }

  /** A connection that the network has silently dropped still looks open. */
  async #check(): Promise<void> {
    if (this.#isChecking || this.#stopped) return;
    this.#isChecking = true;
    try {
      await this.#options.node.services.ping.ping(this.relay.peer, {
        signal: AbortSignal.timeout(RELAY_PING_TIMEOUT_MS),
      });
      this.#schedule(RELAY_PING_MS);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const connection of this.#options.node.getConnections(this.relay.peer)) connection.abort(reason);
      this.#removed();
    } finally {
      this.#isChecking = false;
    }
  }

  #retry(firstMs: number): void {
    const longest = Math.min(RELAY_RETRY_MS_MAX, firstMs * 2 ** Math.min(this.#attempts, 16));
    this.#attempts++;
    this.#schedule(longest * (0.5 + this.#options.random() / 2));
  }

  #schedule(delayMs: number): void {
    this.#cancel?.();
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(delayMs, () => {
      if (this.#state.kind === 'reserved') void this.#check();
      else void this.#reserve();
    });
  }

  #set(state: RelayState): void {
    if (this.#stopped) return;
    this.#state = state;
    this.#options.onState();
  }
}
