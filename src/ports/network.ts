// Links between nodes: ordered, reliable, authenticated byte messages to whoever holds a node key. Which road they take (relay or
// direct) is the adapter's affair and is only reported.

import type { Bytes } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';

export type LinkState = 'direct' | 'relayed' | 'lost';

export type RelayState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'reserved'; readonly address: string }
  /** Existing direct links live on; the adapter keeps trying. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** The relay has no place left for us. */
  | { readonly kind: 'full' };

export type NetworkEvent =
  | { readonly kind: 'link'; readonly peer: NodeKey; readonly state: LinkState }
  /** `data` is one whole message, at most `MESSAGE_SIZE_MAX` bytes. */
  | { readonly kind: 'message'; readonly peer: NodeKey; readonly data: Bytes }
  | { readonly kind: 'relay'; readonly state: RelayState };

/**
 * Life: `listen` once, then any of the others, then `close` once; nothing is delivered after `close` resolves. Messages on one link
 * arrive in order and once, or the link is reported lost; a message sent while there is no link is dropped (the protocol repeats what matters).
 */
export interface Network {
  readonly self: NodeKey;
  listen(onEvent: (event: NetworkEvent) => void): Promise<void>;
  /** Hold a link to this peer: dial, upgrade, and redial when lost, until `disconnect`. Idempotent. */
  connect(peer: NodeKey): void;
  disconnect(peer: NodeKey): void;
  /** False if there is no link or its queue is full (the message is dropped, and the link then reset so that the protocol re-syncs). */
  send(peer: NodeKey, data: Bytes): boolean;
  /** Refuse links from everyone for whom this says false. */
  admit(allow: (peer: NodeKey) => boolean): void;
  close(): Promise<void>;
}

/** Of somebody that there may be no link to: answers, or does not; `unknown` where no relay can be asked. */
export type Presence = 'here' | 'away' | 'unknown';

/** What a page has of its network beyond what nodes need. */
export interface PageNetwork extends Network {
  /** Knocks and says nothing, so that whoever thinks of joining finds out whether anybody is there. Takes seconds where a relay does not answer. */
  presence(peer: NodeKey): Promise<Presence>;
}

/** Largest message on a link: a batch of 256 transactions or a part of a history, with room. */
export const MESSAGE_SIZE_MAX = 4 * 1024 * 1024;
