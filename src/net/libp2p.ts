// The network over libp2p, for the page's main thread: relayed circuits first, WebRTC as soon as it can be had, the circuit again when it
// is gone. This file joins the parts: links (what is promised), keepers (when to dial), pipes (over what), watches (the relays).

import type { Connection, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { type Bytes, toHex } from '../base/bytes.ts';
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
import { type Libp2pParts, startLibp2p } from './create-libp2p.ts';
import { RoadError } from './errors.ts';
import { LINK_PROTOCOL, ROAD_ID_SIZE, SESSION_ID_SIZE } from './frames.ts';
import { type Identity, identityFromSeed, nodeKeyOf, peerIdOf } from './identity.ts';
import { Keeper } from './keeper.ts';
import { CIRCUIT_DIAL_TIMEOUT_MS, GREETING_TIMEOUT_MS, GREETINGS_MAX } from './limits.ts';
import { isLowerKey, Link } from './link.ts';
import type { PipeKind } from './pipe.ts';
import { parseRelayAddress, type RelayAddress, RelayWatch } from './relay-watch.ts';
import { StreamPipe } from './stream-pipe.ts';

/** Streams of ours on one connection: each road has a connection to itself. */
const STREAMS_PER_CONNECTION_MAX = 2;
/** A place at the relay this new says nothing about peers that are not there yet: they may have lost theirs at the same moment. */
const RELAY_STEADY_MS = 5_000;

export interface Libp2pNetworkOptions {
  /** 32-byte Ed25519 seed of the node key. */
  readonly seed: Bytes;
  /** Multiaddresses of circuit relays, each with `/p2p/` and its peer id. All members of a channel need one in common. */
  readonly relays: readonly string[];
  /** STUN and TURN servers. None by default: then a direct road needs no NAT in between. */
  readonly iceServers?: readonly RTCIceServer[];
  readonly clock?: Clock;
  /** In [0, 1); spreads redials. */
  readonly random?: () => number;
}

/** A link's road at this moment, for people and tests. */
export interface Path {
  readonly peer: NodeKey;
  readonly state: LinkState;
  /** Multiaddress of the road's far end; absent between roads. */
  readonly address?: string;
  /** How long the road has been in use. */
  readonly ageMs?: number;
}

export interface Libp2pNetwork extends PageNetwork {
  paths(): readonly Path[];
}

/** @throws NetError `bad-seed`, `bad-relay-address` */
export async function createLibp2pNetwork(options: Libp2pNetworkOptions): Promise<Libp2pNetwork> {
  return new LinkNetwork(options, await identityFromSeed(options.seed), options.relays.map(parseRelayAddress));
}

interface Peer {
  readonly link: Link;
  readonly keeper: Keeper;
}

class LinkNetwork implements Libp2pNetwork {
  readonly self: NodeKey;
  readonly #options: Libp2pNetworkOptions;
  readonly #identity: Identity;
  readonly #relays: readonly RelayAddress[];
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #peers = new Map<NodeKey, Peer>();
  #watches: RelayWatch[] = [];
  #parts: Libp2pParts | undefined;
  #allow: (peer: NodeKey) => boolean = () => true;
  #onEvent: ((event: NetworkEvent) => void) | undefined;
  #relayState: RelayState | undefined;
  #greetings = 0;
  #state: 'new' | 'listening' | 'closed' = 'new';
  #stopWaking: () => void = () => undefined;

  constructor(options: Libp2pNetworkOptions, identity: Identity, relays: readonly RelayAddress[]) {
    this.self = identity.self;
    this.#options = options;
    this.#identity = identity;
    this.#relays = relays;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** Resolves when links can be asked for; relays are reached later, and reported. @throws NetError `start-failed` */
  async listen(onEvent: (event: NetworkEvent) => void): Promise<void> {
    assert(this.#state === 'new', 'a network listens once');
    this.#state = 'listening';
    this.#onEvent = onEvent;
    const parts = await startLibp2p(this.#identity.privateKey, this.#options.iceServers ?? []);
    if (this.#isClosed()) {
      await parts.node.stop();
      return;
    }
    this.#parts = parts;
    await parts.node.handle(LINK_PROTOCOL, (stream, connection) => this.#incoming(stream, connection), {
      runOnLimitedConnection: true,
      maxInboundStreams: STREAMS_PER_CONNECTION_MAX,
      maxOutboundStreams: STREAMS_PER_CONNECTION_MAX,
    });
    const { clock, random } = { clock: this.#clock, random: this.#random };
    const { node, reservations } = parts;
    this.#watches = this.#relays.map(
      (relay) => new RelayWatch({ relay, node, reservations, clock, random, onState: () => this.#reportRelay() }),
    );
    this.#reportRelay();
    for (const watch of this.#watches) watch.start();
    this.#stopWaking = onWake(() => this.#nudge());
    for (const { keeper } of this.#peers.values()) keeper.nudge();
  }

  connect(peer: NodeKey): void {
    if (this.#state !== 'closed') this.#peer(peer).keeper.hold();
  }

  disconnect(peer: NodeKey): void {
    this.#peers.get(peer)?.keeper.release();
  }

  send(peer: NodeKey, data: Bytes): boolean {
    if (data.length > MESSAGE_SIZE_MAX) throw new AssertionError(`a message of ${data.length} bytes is over the limit`);
    return this.#peers.get(peer)?.link.send(data) ?? false;
  }

  admit(allow: (peer: NodeKey) => boolean): void {
    this.#allow = allow;
    for (const [peer, { link, keeper }] of this.#peers) {
      if (link.state !== 'lost' && !keeper.isHeld && !allow(peer)) link.letGo();
    }
  }

  /** A circuit to it comes about: the connection's own handshake shows that it is the peer, and that its page runs. */
  async presence(peer: NodeKey): Promise<Presence> {
    if ((this.#peers.get(peer)?.link.state ?? 'lost') !== 'lost') return 'here';
    if (!this.#parts || this.#isClosed()) return 'unknown';
    let found: Presence = 'unknown';
    for (const watch of this.#relaysByUse()) {
      try {
        const address = multiaddr(`${watch.relay.address}/p2p-circuit/p2p/${peerIdOf(peer)}`);
        const connection = await this.#parts.dial(address, AbortSignal.timeout(CIRCUIT_DIAL_TIMEOUT_MS));
        connection.abort(new Error('only knocked'));
        return 'here';
      } catch (error) {
        // Where the relay is at hand it is the peer that did not answer.
        const isRelayThere = watch.state.kind === 'reserved' || isAbsence(error);
        if (isRelayThere) found = 'away';
      }
    }
    return found;
  }

  paths(): readonly Path[] {
    const now = this.#clock.monotonicMs();
    return [...this.#peers].map(([peer, { link }]) => {
      const road = link.current;
      return { peer, state: link.state, ...(road && { address: road.pipe.address, ageMs: now - road.sinceMs }) };
    });
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#onEvent = undefined;
    this.#stopWaking();
    for (const watch of this.#watches) watch.stop();
    for (const { keeper } of this.#peers.values()) keeper.stop();
    this.#peers.clear();
    await this.#parts?.node.stop();
  }

  /** Asked after an await, when the state may have moved on. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #peer(key: NodeKey): Peer {
    const known = this.#peers.get(key);
    if (known) return known;
    const isLower = isLowerKey(this.self, key);
    const link = new Link({
      isLower,
      clock: this.#clock,
      newSession: () => randomHex(SESSION_ID_SIZE),
      onState: (state) => this.#emit({ kind: 'link', peer: key, state }),
      onMessage: (data) => this.#emit({ kind: 'message', peer: key, data }),
      onRoads: () => this.#roadsChanged(key),
    });
    const keeper = new Keeper({
      link,
      clock: this.#clock,
      random: this.#random,
      newRoadId: () => randomHex(ROAD_ID_SIZE),
      dial: (kind, signal) => this.#dial(key, kind, signal),
      upgrades: isLower && this.#canDialDirect(),
      isRelaySteady: () => this.#watches.some((watch) => watch.reservedForMs >= RELAY_STEADY_MS),
    });
    const peer = { link, keeper };
    this.#peers.set(key, peer);
    return peer;
  }

  #canDialDirect(): boolean {
    return typeof RTCPeerConnection !== 'undefined';
  }

  #roadsChanged(key: NodeKey): void {
    const peer = this.#peers.get(key);
    if (!peer) return;
    peer.keeper.review();
    // Whoever only came by leaves nothing behind.
    if (peer.link.state === 'lost' && !peer.keeper.isHeld) {
      queueMicrotask(() => {
        if (this.#peers.get(key) !== peer || peer.link.state !== 'lost' || peer.keeper.isHeld) return;
        this.#peers.delete(key);
        peer.keeper.stop();
      });
    }
  }

  async #dial(peer: NodeKey, kind: PipeKind, signal: AbortSignal): Promise<StreamPipe> {
    if (!this.#parts) throw new RoadError('unreachable', 'not listening yet');
    const target = peerIdOf(peer);
    if (kind === 'direct') {
      // libp2p signals over any connection to the peer, also over a direct one that is dead and has not noticed.
      for (const old of this.#parts.node.getConnections(target)) {
        if (kindOf(old) === 'direct') old.abort(new Error('superseded'));
      }
    }
    const via = kind === 'direct' ? '/p2p-circuit/webrtc' : '/p2p-circuit';
    let failure = new RoadError('unreachable', 'no relay is configured');
    for (const { relay } of this.#relaysByUse()) {
      try {
        const connection = await this.#parts.dial(multiaddr(`${relay.address}${via}/p2p/${target}`), signal);
        return await openPipe(connection, kind, signal);
      } catch (cause) {
        const problem = cause instanceof Error ? cause.message : String(cause);
        failure = new RoadError(isAbsence(cause) ? 'absent' : 'unreachable', problem, { cause });
        if (signal.aborted) break;
      }
    }
    throw failure;
  }

  /** Those where we have a place first. */
  #relaysByUse(): readonly RelayWatch[] {
    const isReserved = (watch: RelayWatch): boolean => watch.state.kind === 'reserved';
    return [...this.#watches].sort((a, b) => Number(isReserved(b)) - Number(isReserved(a)));
  }

  #incoming(stream: Stream, connection: Connection): void {
    const peer = nodeKeyOf(connection.remotePeer);
    const pipe = new StreamPipe(stream, connection, kindOf(connection));
    if (!peer || this.#state !== 'listening') {
      pipe.abort('not a node of ours');
      return;
    }
    this.#greetings++;
    const timeout = setTimeout(() => pipe.abort('no greeting'), GREETING_TIMEOUT_MS);
    let isGreeting = true;
    const greeted = (): void => {
      if (!isGreeting) return;
      isGreeting = false;
      clearTimeout(timeout);
      this.#greetings--;
    };
    pipe.attach({
      next: () => undefined,
      closed: greeted,
      frame: (frame) => {
        const isBusy = this.#greetings > GREETINGS_MAX;
        greeted();
        if (frame.kind !== 'open' || this.#state !== 'listening') {
          pipe.abort(`"${frame.kind}" is no greeting`);
        } else if (isBusy || !this.#allow(peer)) {
          pipe.put({ kind: 'refuse', reason: isBusy ? 'busy' : 'not-admitted' });
          pipe.close();
        } else this.#peer(peer).link.accept(frame, pipe);
      },
    });
  }

  #nudge(): void {
    for (const watch of this.#watches) watch.nudge();
    for (const { keeper } of this.#peers.values()) keeper.nudge();
  }

  #reportRelay(): void {
    const states = this.#watches.map((watch) => watch.state);
    const order: readonly RelayState['kind'][] = ['reserved', 'connecting', 'full', 'unreachable'];
    const best = order.flatMap((kind) => states.filter((state) => state.kind === kind))[0];
    const state: RelayState = best ?? { kind: 'unreachable', reason: 'no relay is configured' };
    const before = this.#relayState;
    if (before && before.kind === state.kind && JSON.stringify(before) === JSON.stringify(state)) return;
    this.#relayState = state;
    this.#emit({ kind: 'relay', state });
  }

  #emit(event: NetworkEvent): void {
    if (this.#state === 'listening') this.#onEvent?.(event);
  }
}

/** The relay says that the peer has no place at it. */
function isAbsence(error: unknown): boolean {
  return error instanceof Error && error.message.includes('NO_RESERVATION');
}

async function openPipe(connection: Connection, kind: PipeKind, signal: AbortSignal): Promise<StreamPipe> {
  try {
    const stream = await connection.newStream(LINK_PROTOCOL, { signal, runOnLimitedConnection: true });
    return new StreamPipe(stream, connection, kind);
  } catch (error) {
    connection.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function kindOf(connection: Connection): PipeKind {
  const names = connection.remoteAddr.getComponents().map((component) => component.name);
  return names.includes('p2p-circuit') && !names.includes('webrtc') ? 'relayed' : 'direct';
}

function randomHex(size: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(size)));
}

/** Calls when the tab is seen again or the network is back. Returns how to stop. Does nothing outside a page. */
function onWake(call: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined;
  const seen = (): void => {
    if (document.visibilityState === 'visible') call();
  };
  document.addEventListener('visibilitychange', seen);
  window.addEventListener('online', call);
  return () => {
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('online', call);
  };
}
