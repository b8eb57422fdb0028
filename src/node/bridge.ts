// What the page's main thread and the worker say to each other, as two unions. The worker holds the node (channel, VM, store, chain); the main
// thread keeps the network, since workers have no RTCPeerConnection. Both sides drop what comes too late: nothing here may throw.

import type { Bytes } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import type { NetworkEvent } from '../ports/network.ts';
import type { ClientRequest, NodeMessage, StreamError } from '../wire/client.ts';

/** Raised with every change of the unions, so that a worker from another build is refused rather than misunderstood. */
export const BRIDGE_VERSION = 1;

/** What a node is started with. */
export interface NodeStart {
  readonly version: number;
  readonly chainUrl: string;
  readonly contract: string;
  readonly walletAddress: string;
  readonly database: string;
  /** Ask a tab that runs this identity to give way. */
  readonly takeOver: boolean;
  /** Test hooks; ignored unless the build has them. */
  readonly hooks?: NodeHooks;
}

/** For tests only (see `test-hooks.ts`). */
export interface NodeHooks {
  /** As leader, alter the effects of every nth transaction, as a cheating VM would. */
  readonly tamperEvery?: number;
}

export type MainToWorker =
  /** First, once. */
  | { readonly kind: 'start'; readonly start: NodeStart }
  | { readonly kind: 'client'; readonly request: ClientRequest }
  | { readonly kind: 'network'; readonly event: NetworkEvent }
  /** The network's `listen` has resolved, or failed for good. */
  | { readonly kind: 'listening'; readonly error?: string }
  /** So many bytes to this peer have left the main thread's hands: the worker's window opens by as much. */
  | { readonly kind: 'sent'; readonly peer: NodeKey; readonly bytes: number }
  /** Stop; answered with `closed`. */
  | { readonly kind: 'close' };

export type WorkerToMain =
  /** The identity is ours; the main thread needs the seed for the network's own handshake. */
  | { readonly kind: 'started'; readonly nodeKey: NodeKey; readonly sessionAddress: string; readonly seed: Bytes }
  | { readonly kind: 'client'; readonly message: NodeMessage }
  | { readonly kind: 'network'; readonly command: NetworkCommand }
  /** Nothing follows. `error`: it stopped of itself, or never ran. */
  | { readonly kind: 'closed'; readonly error?: StreamError };

export type NetworkCommand =
  | { readonly command: 'listen' }
  | { readonly command: 'connect'; readonly peer: NodeKey }
  | { readonly command: 'disconnect'; readonly peer: NodeKey }
  /** Cut the link and make it again, so that both sides start afresh. */
  | { readonly command: 'reset'; readonly peer: NodeKey }
  | { readonly command: 'send'; readonly peer: NodeKey; readonly data: Bytes }
  /** Refuse links from exactly these peers. */
  | { readonly command: 'refuse'; readonly peers: readonly NodeKey[] }
  | { readonly command: 'close' };
