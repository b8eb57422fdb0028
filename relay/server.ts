// The circuit relay: lets browsers find and reach each other until they have a direct path. It sees who talks to whom and how much, and
// never what: circuits are encrypted end to end.

import './with-resolvers.ts';
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { type Identify, identify } from '@libp2p/identify';
import type { Libp2p, PeerId, PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { type Ping, ping } from '@libp2p/ping';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { assert } from '../src/base/errors.ts';
import { type HealthServer, type RelayFigures, startHealth } from './health.ts';
import { loadRelayKey } from './key-file.ts';
import { RELAY_DEFAULTS, type RelayOptions } from './options.ts';

/** Circuits that one client may open, or be the far end of, at once: a channel's members, each twice while roads change over. */
const STREAMS_PER_CLIENT_MAX = 128;
/** Reservations are renewed by clients well before this; it only bounds how long one that vanished without a word keeps its place. */
const RESERVATION_TTL_MS = 60 * 60 * 1000;
const MS_PER_S = 1_000;

export type { RelayOptions };
export const RELAY_PORT = RELAY_DEFAULTS.port;

export type RelayLog = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface Relay {
  /** Full multiaddresses, with the peer id: what clients are configured with. */
  readonly addresses: readonly string[];
  /** The first of them. */
  readonly multiaddr: string;
  readonly healthPort?: number;
  figures(): RelayFigures;
  /** Refuses new clients, closes every connection, frees the ports. */
  close(): Promise<void>;
}

type RelayNode = Libp2p<{ identify: Identify; ping: Ping; relay: CircuitRelayService }>;

/**
 * Starts a relay; what is not given is as in `RELAY_DEFAULTS`, but for the key: without a `keyFile` the identity is new.
 * @throws RelayOptionError about the key file; whatever the system says about the ports
 */
export async function startRelay(given: Partial<RelayOptions> = {}, log: RelayLog = () => undefined): Promise<Relay> {
  const { keyFile: _none, healthPort: _noHealth, ...defaults } = RELAY_DEFAULTS;
  const options: RelayOptions = { ...defaults, ...given };
  const privateKey = options.keyFile ? await loadRelayKey(options.keyFile) : await generateKeyPair('Ed25519');
  const node = await startNode(options, privateKey);
  const reservations = node.services.relay.reservations;
  const startedMs = performance.now();
  let connectionsTotal = 0;
  let stopping = false;

  node.addEventListener('connection:open', (event) => {
    connectionsTotal++;
    if (options.logLevel === 'debug') log('connection-open', { peer: event.detail.remotePeer.toString() });
  });
  node.addEventListener('peer:disconnect', (event) => {
    releaseReservation(node, event.detail);
    if (options.logLevel === 'debug') log('peer-gone', { peer: event.detail.toString() });
  });

  const figures = (): RelayFigures => ({
    stopping,
    addresses: node.getMultiaddrs().map(String),
    connections: node.getConnections().length,
    reservations: reservations.size,
    maxReservations: options.maxReservations,
    connectionsTotal,
    uptimeS: Math.round((performance.now() - startedMs) / MS_PER_S),
  });
  let health: HealthServer | undefined;
  try {
    if (options.healthPort !== undefined) health = await startHealth(options.host, options.healthPort, figures);
  } catch (error) {
    await node.stop();
    throw error;
  }
  const addresses = node.getMultiaddrs().map(String);
  const [multiaddr] = addresses;
  assert(multiaddr !== undefined, 'a relay that listens has an address');
  log('started', { addresses, healthPort: health?.port, maxReservations: options.maxReservations });

  return {
    addresses,
    multiaddr,
    ...(health && { healthPort: health.port }),
    figures,
    async close() {
      if (stopping) return;
      stopping = true;
      log('stopping', { connections: node.getConnections().length });
      await node.stop();
      await health?.stop();
      log('stopped');
    },
  };
}

function startNode(options: RelayOptions, privateKey: PrivateKey): Promise<RelayNode> {
  const family = options.host.includes(':') ? 'ip6' : 'ip4';
  return createLibp2p({
    privateKey,
    addresses: { listen: [`/${family}/${options.host}/tcp/${options.port}/ws`], announce: [...options.announce] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    connectionManager: {
      // Room for those who are told that the relay is full.
      maxConnections: 2 * options.maxReservations + 16,
      maxIncomingPendingConnections: options.connectRate,
      inboundConnectionThreshold: options.connectRate,
    },
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({
        maxInboundHopStreams: STREAMS_PER_CLIENT_MAX,
        maxOutboundStopStreams: STREAMS_PER_CLIENT_MAX,
        reservations: {
          maxReservations: options.maxReservations,
          reservationTtl: RESERVATION_TTL_MS,
          defaultDurationLimit: options.circuitDurationS * MS_PER_S,
          defaultDataLimit: BigInt(options.circuitDataBytes),
        },
      }),
    },
  });
}

/** libp2p would keep the place of a client that is gone until it runs out, and so fill up with reloaded pages. */
function releaseReservation(node: RelayNode, peer: PeerId): void {
  const { reservations } = node.services.relay;
  // Its timer would otherwise take a later reservation of the same client.
  reservations.get(peer)?.signal.clear();
  reservations.delete(peer);
}
