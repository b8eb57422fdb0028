// Puts libp2p together as this network needs it: relayed circuits over WebSocket, WebRTC where the platform has it, no public servers, and
// none of the automatic redialling that links do better themselves.

import { type CircuitRelayTransportComponents, circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { type Identify, identify } from '@libp2p/identify';
import type { Connection, Libp2p, PeerId, PrivateKey, Transport } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { type Ping, ping } from '@libp2p/ping';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { NetError } from './errors.ts';

/** New connections a second from one host. Every relayed one counts for the relay's host, so it must let a whole channel in at once. */
const INBOUND_PER_SECOND = 64;
/** Members and relays, each with an old and a new connection while roads change over, and some that are about to be refused. */
const CONNECTIONS_MAX = 128;

export type LinkNode = Libp2p<{ identify: Identify; ping: Ping }>;

/** What a relay has promised: libp2p's own store of reservations, used directly (see relay-watch.ts). */
export interface Reservations {
  addRelay(relay: PeerId, type: 'configured'): Promise<unknown>;
  hasReservation(relay: PeerId): boolean;
  addEventListener(type: 'relay:removed', listener: (event: CustomEvent<{ relay: PeerId }>) => void): void;
}

export interface Libp2pParts {
  readonly node: LinkNode;
  readonly reservations: Reservations;
  /** A new connection, whatever others there are. */
  readonly dial: (address: Multiaddr, signal: AbortSignal) => Promise<Connection>;
  /** The platform has WebRTC. */
  readonly hasDirect: boolean;
}

/** @throws NetError `start-failed` */
export async function startLibp2p(privateKey: PrivateKey, iceServers: readonly RTCIceServer[]): Promise<Libp2pParts> {
  let components: CircuitRelayTransportComponents | undefined;
  let circuit: Transport | undefined;
  const circuitFactory = circuitRelayTransport();
  const relayed = (given: CircuitRelayTransportComponents): Transport => {
    components = given;
    circuit = circuitFactory(given);
    return circuit;
  };
  const direct = await webRtcTransport(iceServers);
  let node: LinkNode;
  try {
    node = await createLibp2p({
      privateKey,
      addresses: { listen: [] },
      transports: direct ? [webSockets(), relayed, direct] : [webSockets(), relayed],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      // Operators' relays and development are on private addresses and plain ws://, which a page's libp2p refuses by itself.
      connectionGater: { denyDialMultiaddr: () => false },
      // It aborts a connection after one missed ping; links have their own way to tell.
      connectionMonitor: { enabled: false },
      connectionManager: {
        maxConnections: CONNECTIONS_MAX,
        maxIncomingPendingConnections: INBOUND_PER_SECOND,
        inboundConnectionThreshold: INBOUND_PER_SECOND,
        reconnectRetries: 0,
      },
      services: { identify: identify(), ping: ping() },
    });
  } catch (cause) {
    throw new NetError('start-failed', 'libp2p did not start', { cause });
  }
  const transportManager = components?.transportManager;
  const reservations = circuit && reservationsOf(circuit);
  if (!transportManager || !reservations) throw new NetError('start-failed', 'libp2p is not built as expected');
  return {
    node,
    reservations,
    hasDirect: direct !== undefined,
    dial: (address, signal) => transportManager.dial(address, { signal }),
  };
}

/** Node has no WebRTC of its own; there the network has relayed roads only. */
async function webRtcTransport(iceServers: readonly RTCIceServer[]) {
  if (typeof RTCPeerConnection === 'undefined') return undefined;
  const { webRTC } = await import('@libp2p/webrtc');
  // Without this it would ask public STUN servers.
  return webRTC({ rtcConfiguration: { iceServers: [...iceServers] } });
}

function reservationsOf(transport: Transport): Reservations | undefined {
  const store = (transport as { reservationStore?: Partial<Reservations> }).reservationStore;
  return typeof store?.addRelay === 'function' && typeof store.addEventListener === 'function'
    ? (store as Reservations)
    : undefined;
}
