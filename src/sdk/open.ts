// Opens this tab's node: a worker for the node itself, and on this thread the network that it speaks through, loaded when first needed.

import { type Bytes, fromHex } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import { nodeKeyFromBytes } from '../base/ids.ts';
import { BRIDGE_VERSION, type MainToWorker, type NodeHooks, type WorkerToMain } from '../node/bridge.ts';
import { NetworkHost } from '../node/network-host.ts';
import type { PageNetwork } from '../ports/network.ts';
import { type StreamError, StreamErrorCode } from '../wire/client.ts';
import { type NodeIdentity, StraitClient } from './client.ts';
import { StraitClientError } from './client-error.ts';
import type { Strait, StraitOptions } from './strait.ts';

const DATABASE = 'strait';
/** How long the worker may take to stop before it is ended. */
const CLOSE_MS_MAX = 3_000;

/** The worker, as far as this file needs it. */
export interface NodeWorker {
  postMessage(message: MainToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<WorkerToMain>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

/** What tests put in place of the real parts. */
export interface OpenParts {
  readonly worker: () => NodeWorker;
  readonly network: (seed: Bytes) => Promise<PageNetwork>;
  readonly hooks?: NodeHooks;
}

/** @throws StraitClientError (`identityInUse`, `storageFailed`, `chainUnreachable`, `badRequest`, `internal`) */
export function openStrait(options: StraitOptions): Promise<Strait> {
  return openWith(options, {
    worker: () => new Worker(new URL('../node/worker.ts', import.meta.url), { type: 'module', name: 'strait' }),
    network: async (seed) => {
      const { createLibp2pNetwork } = await import('../net/libp2p.ts');
      const { relays, iceServers } = options;
      return createLibp2pNetwork({ seed, relays, ...(iceServers && { iceServers }) });
    },
    ...(options.testHooks && { hooks: options.testHooks }),
  });
}

/** Life of the worker: `start` → (`started` | `closed`) → messages → `closed`. What comes after `closed` is dropped. */
export function openWith(options: StraitOptions, parts: OpenParts): Promise<Strait> {
  return new Promise((resolve, reject) => {
    const worker = parts.worker();
    let seed: Bytes | undefined;
    let isOver = false;
    let onClosed = (): void => {};
    const client = new StraitClient({ send: (request) => worker.postMessage({ kind: 'client', request }) });
    const network = new NetworkHost(
      () => (seed ? parts.network(seed) : Promise.reject(new Error('the node has not started'))),
      (report) => {
        if (!isOver) worker.postMessage(report);
      },
    );

    /** `error`: it was not asked to stop. */
    const end = (error?: StreamError): void => {
      if (isOver) return;
      isOver = true;
      worker.terminate();
      void network.close();
      const reason = new StraitClientError(error ?? { code: StreamErrorCode.internal, message: 'the node was closed' });
      reject(reason);
      client.stop(reason);
      onClosed();
    };

    const started = (identity: NodeIdentity): Strait => ({
      identity,
      walletAddress: options.walletAddress,
      presenceOf: async (nodeKey) => network.presence(nodeKeyFromBytes(fromHex(nodeKey))),
      join: (channelId) => client.join(channelId, options.walletAddress),
      get relay() {
        return client.relay;
      },
      get chain() {
        return client.chain;
      },
      get stopped() {
        return client.stopped;
      },
      onRelay: (listener) => client.onRelay(listener),
      onChain: (listener) => client.onChain(listener),
      onStopped: (listener) => client.onStopped(listener),
      close: () =>
        new Promise((closed) => {
          if (isOver) return closed();
          const timer = setTimeout(() => end(), CLOSE_MS_MAX);
          onClosed = () => {
            clearTimeout(timer);
            closed();
          };
          worker.postMessage({ kind: 'close' });
        }),
    });

    const receive = (message: WorkerToMain): void => {
      if (isOver) return;
      switch (message.kind) {
        case 'started': {
          const { nodeKey, sessionAddress } = message;
          seed = message.seed;
          resolve(started({ nodeKey, nodeKeyHex: `0x${nodeKey}`, sessionAddress }));
          return;
        }
        case 'client':
          client.receive(message.message);
          return;
        case 'network':
          network.command(message.command);
          return;
        case 'closed':
          end(message.error);
          return;
        default:
          unreachable(message);
      }
    };

    worker.onmessage = (event) => receive(event.data);
    worker.onerror = (event) => end({ code: StreamErrorCode.internal, message: `the node failed: ${event.message}` });
    worker.onmessageerror = () => end({ code: StreamErrorCode.internal, message: 'a message of the node was lost' });
    worker.postMessage({
      kind: 'start',
      start: {
        version: BRIDGE_VERSION,
        chainUrl: options.chainUrl,
        contract: options.contract,
        walletAddress: options.walletAddress,
        database: options.database ?? DATABASE,
        takeOver: options.takeOver ?? false,
        ...(parts.hooks && { hooks: parts.hooks }),
      },
    });
  });
}
