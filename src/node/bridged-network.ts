// The worker's end of the network: the port, carried over the bridge to the main thread where the real one lives (`network-host.ts`).

import type { Bytes } from '../base/bytes.ts';
import { StraitError, unreachable } from '../base/errors.ts';
import type { NodeKey } from '../base/ids.ts';
import type { Network, NetworkEvent } from '../ports/network.ts';
import type { MainToWorker, NetworkCommand } from './bridge.ts';

/** Bytes to one peer that may wait on the main thread: two of the largest messages. A page that is stalled longer than that is out of sync anyway. */
export const BRIDGE_WINDOW_BYTES = 8 * 1024 * 1024;

export class NetworkBridgeError extends StraitError {
  override readonly name = 'NetworkBridgeError';
}

type BridgeEvent = Extract<MainToWorker, { kind: 'network' | 'listening' | 'sent' }>;

export class BridgedNetwork implements Network {
  readonly self: NodeKey;
  readonly #post: (command: NetworkCommand) => void;
  /** Bytes on their way, for each peer with a link. */
  readonly #inFlight = new Map<NodeKey, number>();
  readonly #refused = new Set<NodeKey>();
  #allow: (peer: NodeKey) => boolean = () => true;
  #onEvent: ((event: NetworkEvent) => void) | undefined;
  #listening: { resolve(): void; reject(error: NetworkBridgeError): void } | undefined;
  #closed = false;

  constructor(self: NodeKey, post: (command: NetworkCommand) => void) {
    this.self = self;
    this.#post = post;
  }

  /** @throws NetworkBridgeError when the main thread's network cannot start */
  listen(onEvent: (event: NetworkEvent) => void): Promise<void> {
    this.#onEvent = onEvent;
    return new Promise((resolve, reject) => {
      this.#listening = { resolve, reject };
      this.#post({ command: 'listen' });
    });
  }

  connect(peer: NodeKey): void {
    if (!this.#closed) this.#post({ command: 'connect', peer });
  }

  disconnect(peer: NodeKey): void {
    if (!this.#closed) this.#post({ command: 'disconnect', peer });
  }

  send(peer: NodeKey, data: Bytes): boolean {
    const inFlight = this.#inFlight.get(peer);
    if (this.#closed || inFlight === undefined) return false;
    if (inFlight + data.length > BRIDGE_WINDOW_BYTES) {
      this.#inFlight.delete(peer);
      this.#post({ command: 'reset', peer });
      this.#onEvent?.({ kind: 'link', peer, state: 'lost' });
      return false;
    }
    this.#inFlight.set(peer, inFlight + data.length);
    this.#post({ command: 'send', peer, data });
    return true;
  }

  admit(allow: (peer: NodeKey) => boolean): void {
    if (this.#closed) return;
    this.#allow = allow;
    let changed = false;
    for (const peer of this.#refused) if (allow(peer)) changed = this.#refused.delete(peer) || changed;
    for (const peer of this.#inFlight.keys()) changed = this.#refuse(peer) || changed;
    if (changed) this.#postRefused();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#inFlight.clear();
    this.#post({ command: 'close' });
  }

  /** Whatever the main thread says of the network, also if it comes late or twice. */
  receive(message: BridgeEvent): void {
    if (this.#closed) return;
    switch (message.kind) {
      case 'listening':
        if (message.error === undefined) this.#listening?.resolve();
        else this.#listening?.reject(new NetworkBridgeError(message.error));
        this.#listening = undefined;
        return;
      case 'sent': {
        const inFlight = this.#inFlight.get(message.peer);
        if (inFlight !== undefined) this.#inFlight.set(message.peer, Math.max(0, inFlight - message.bytes));
        return;
      }
      case 'network':
        this.#event(message.event);
        return;
      default:
        unreachable(message);
    }
  }

  #event(event: NetworkEvent): void {
    if (event.kind === 'link') {
      if (event.state === 'lost') {
        // A link that this side already gave up is lost only once.
        if (!this.#inFlight.delete(event.peer)) return;
      } else {
        if (!this.#inFlight.has(event.peer)) this.#inFlight.set(event.peer, 0);
        if (this.#refuse(event.peer)) {
          this.#postRefused();
          return;
        }
      }
    }
    if (event.kind === 'message' && !this.#inFlight.has(event.peer)) return;
    this.#onEvent?.(event);
  }

  #refuse(peer: NodeKey): boolean {
    if (this.#allow(peer)) return false;
    this.#inFlight.delete(peer);
    this.#refused.add(peer);
    return true;
  }

  #postRefused(): void {
    this.#post({ command: 'refuse', peers: [...this.#refused] });
  }
}
