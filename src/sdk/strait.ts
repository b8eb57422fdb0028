// What an application opens first: this tab's node, on one contract of one chain, for one wallet address.

import type { NodeHooks } from '../node/bridge.ts';
import type { Presence } from '../ports/network.ts';
import type { StraitChannel } from './channel.ts';
import type { ChainNotice, NodeIdentity, RelayNotice } from './client.ts';
import type { StraitClientError } from './client-error.ts';
import type { Unsubscribe } from './listeners.ts';

export interface StraitOptions {
  /** REST address of the chain's node, such as `http://127.0.0.1:8080/v1`. */
  readonly chainUrl: string;
  /** Where `state_channel` is published. */
  readonly contract: string;
  /** The member's wallet address; each has its own node key. */
  readonly walletAddress: string;
  /** Multiaddresses of circuit relays. */
  readonly relays: readonly string[];
  /** STUN and TURN servers for WebRTC; none by default, which suffices on one machine and in one network. */
  readonly iceServers?: readonly RTCIceServer[];
  /** Name of the IndexedDB database. */
  readonly database?: string;
  /** If another tab runs this identity, ask it to stop and take its place; else `openStrait` fails with `identityInUse`. */
  readonly takeOver?: boolean;
  /** For tests of the whole page; ignored by builds that do not define `__STRAIT_TEST_HOOKS__`. */
  readonly testHooks?: NodeHooks;
}

/** Life: `openStrait`, any calls, `close` once (or `onStopped`). */
export interface Strait {
  /** This node's keys: what the wallet's join transaction binds. */
  readonly identity: NodeIdentity;
  readonly walletAddress: string;
  /**
   * Starts (or resumes) this tab's part in a channel. The chain must already list the wallet's address with this node's key: the wallet signs the
   * join transaction first, with `identity.nodeKeyHex` in it.
   *
   * @throws StraitClientError (`noSuchChannel`, `notAMember`, `chainUnreachable`, `unsupportedCode`, `storageFailed`, …)
   */
  join(channelId: string | bigint): Promise<StraitChannel>;
  /**
   * Whether the node with this key answers now; for whoever thinks of joining, since the chain lists members also when their tabs are closed. `unknown`
   * while no relay can be asked.
   */
  presenceOf(nodeKey: string): Promise<Presence>;
  readonly relay: RelayNotice;
  /** Undefined before the first look at the chain. */
  readonly chain: ChainNotice | undefined;
  /** Why the node has stopped, if it has. */
  readonly stopped: StraitClientError | undefined;
  onRelay(listener: (notice: RelayNotice) => void): Unsubscribe;
  onChain(listener: (notice: ChainNotice) => void): Unsubscribe;
  onStopped(listener: (error: StraitClientError) => void): Unsubscribe;
  /** Stops the node in this tab; channels go on without it and it comes back with the next `openStrait`. */
  close(): Promise<void>;
}
