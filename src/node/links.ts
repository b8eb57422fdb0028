// One network shared by the node's channels: every message carries the number of its channel. Speaks only to members' keys ([P3]), and
// cuts off who sends what is no message ([P4]).

import type { Bytes } from '../base/bytes.ts';
import type { ChannelId, NodeKey } from '../base/ids.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type LinkState,
  MESSAGE_SIZE_MAX,
  type Network,
  type NetworkEvent,
  type RelayState,
} from '../ports/network.ts';

/** The channel's number, u64 little endian, before the message. */
const HEADER_SIZE = 8;
/** How long a stranger may stay until a fresh look at the chain knows it: some polls of a slow chain. */
const STRANGER_MS_MAX = 15_000;
/** What a stranger says meanwhile is kept, up to this. It needs to say hello, no more. */
const STRANGER_BYTES_MAX = 64 * 1024;
/** All strangers together, so that keys made up by the thousand cost nothing. */
const STRANGERS_MAX = 32;
/** [P4] Bad messages until the link is cut. A peer that speaks another version sends nothing else. */
const SCORE_MIN = -10;
/** [P4] */
const BAN_MS = 60_000;

/** One channel's side of the shared links. */
export interface ChannelLinks {
  /** False: there is no link; the message is dropped. */
  send(peer: NodeKey, message: Bytes): boolean;
  connect(peer: NodeKey): void;
  disconnect(peer: NodeKey): void;
  /** Everybody who may speak in this channel, this node left out. */
  setMembers(members: ReadonlySet<NodeKey>): void;
  /** The peer sent something that no honest node sends. */
  punish(peer: NodeKey): void;
  close(): void;
}

export interface ChannelLinkEvents {
  onLink(peer: NodeKey, state: LinkState): void;
  onMessage(peer: NodeKey, message: Bytes): void;
  /** Somebody unknown has dialled in: look at the chain. */
  onStranger(peer: NodeKey): void;
}

interface Attached {
  readonly events: ChannelLinkEvents;
  members: ReadonlySet<NodeKey>;
  readonly wanted: Set<NodeKey>;
}

interface Ban {
  /** A stranger may turn out to be a member, of a channel that is opened later; who misbehaved stays out. */
  readonly reason: 'stranger' | 'misbehaved';
  readonly cancel: () => void;
}

interface Stranger {
  readonly messages: Bytes[];
  bytes: number;
  readonly cancel: () => void;
}

/** Life: `listen` once, `attach` for each channel, `close` once. */
export class Links {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #onRelay: (state: RelayState) => void;
  readonly #channels = new Map<ChannelId, Attached>();
  readonly #states = new Map<NodeKey, LinkState>();
  readonly #strangers = new Map<NodeKey, Stranger>();
  readonly #scores = new Map<NodeKey, number>();
  readonly #bans = new Map<NodeKey, Ban>();

  constructor(network: Network, clock: Clock, onRelay: (state: RelayState) => void) {
    this.#network = network;
    this.#clock = clock;
    this.#onRelay = onRelay;
  }

  /** Passes on whatever the network throws when it cannot start. */
  async listen(): Promise<void> {
    this.#network.admit((peer) => this.#admits(peer));
    await this.#network.listen((event) => this.#receive(event));
  }

  attach(channelId: ChannelId, events: ChannelLinkEvents): ChannelLinks {
    const attached: Attached = { events, members: new Set(), wanted: new Set() };
    this.#channels.set(channelId, attached);
    const header = headerOf(channelId);
    return {
      send: (peer, message) => {
        if (!attached.members.has(peer) || HEADER_SIZE + message.length > MESSAGE_SIZE_MAX) return false;
        const data = new Uint8Array(HEADER_SIZE + message.length);
        data.set(header);
        data.set(message, HEADER_SIZE);
        return this.#network.send(peer, data);
      },
      connect: (peer) => {
        attached.wanted.add(peer);
        if (!this.#bans.has(peer)) this.#network.connect(peer);
      },
      disconnect: (peer) => {
        attached.wanted.delete(peer);
        if (!this.#isWanted(peer)) this.#network.disconnect(peer);
      },
      setMembers: (members) => this.#setMembers(attached, members),
      punish: (peer) => this.#punish(peer),
      close: () => {
        this.#channels.delete(channelId);
        for (const peer of attached.wanted) if (!this.#isWanted(peer)) this.#network.disconnect(peer);
      },
    };
  }

  async close(): Promise<void> {
    for (const stranger of this.#strangers.values()) stranger.cancel();
    for (const { cancel } of this.#bans.values()) cancel();
    this.#strangers.clear();
    this.#bans.clear();
    await this.#network.close();
  }

  #setMembers(attached: Attached, members: ReadonlySet<NodeKey>): void {
    const before = attached.members;
    attached.members = members;
    for (const peer of members) {
      if (before.has(peer)) continue;
      if (this.#bans.get(peer)?.reason === 'stranger') this.#lift(peer);
      const state = this.#states.get(peer);
      if (state !== undefined) attached.events.onLink(peer, state);
      const stranger = this.#strangers.get(peer);
      if (!stranger) continue;
      this.#forgetStranger(peer, stranger);
      for (const message of stranger.messages) this.#deliver(peer, message);
    }
    for (const peer of before) if (!members.has(peer) && !this.#isMember(peer)) this.#network.disconnect(peer);
    this.#network.admit((peer) => this.#admits(peer));
  }

  #receive(event: NetworkEvent): void {
    switch (event.kind) {
      case 'relay':
        this.#onRelay(event.state);
        return;
      case 'link':
        this.#link(event.peer, event.state);
        return;
      case 'message':
        if (this.#isMember(event.peer)) this.#deliver(event.peer, event.data);
        else this.#hold(event.peer, event.data);
        return;
    }
  }

  #link(peer: NodeKey, state: LinkState): void {
    if (state === 'lost') this.#states.delete(peer);
    else this.#states.set(peer, state);
    if (this.#isMember(peer)) {
      for (const { members, events } of this.#channels.values()) if (members.has(peer)) events.onLink(peer, state);
      return;
    }
    const stranger = this.#strangers.get(peer);
    if (state === 'lost') {
      if (stranger) this.#forgetStranger(peer, stranger);
      return;
    }
    if (stranger) return;
    if (this.#strangers.size >= STRANGERS_MAX) {
      this.#network.disconnect(peer);
      return;
    }
    const cancel = this.#clock.after(STRANGER_MS_MAX, () => {
      this.#strangers.delete(peer);
      this.#ban(peer, 'stranger');
    });
    this.#strangers.set(peer, { messages: [], bytes: 0, cancel });
    for (const { events } of this.#channels.values()) events.onStranger(peer);
  }

  #hold(peer: NodeKey, data: Bytes): void {
    const stranger = this.#strangers.get(peer);
    if (!stranger || stranger.bytes + data.length > STRANGER_BYTES_MAX) return;
    stranger.bytes += data.length;
    stranger.messages.push(data);
  }

  #deliver(peer: NodeKey, data: Bytes): void {
    const channelId = channelOf(data);
    const attached = channelId === undefined ? undefined : this.#channels.get(channelId);
    // A member may be in a channel that this node has not opened: no fault of its own.
    if (attached?.members.has(peer)) attached.events.onMessage(peer, data.slice(HEADER_SIZE));
    else if (channelId === undefined) this.#punish(peer);
  }

  #punish(peer: NodeKey): void {
    const score = (this.#scores.get(peer) ?? 0) - 1;
    this.#scores.set(peer, score);
    if (score <= SCORE_MIN) this.#ban(peer, 'misbehaved');
  }

  #ban(peer: NodeKey, reason: Ban['reason']): void {
    this.#scores.delete(peer);
    this.#bans.get(peer)?.cancel();
    this.#bans.set(peer, { reason, cancel: this.#clock.after(BAN_MS, () => this.#lift(peer)) });
    this.#network.disconnect(peer);
  }

  #lift(peer: NodeKey): void {
    this.#bans.get(peer)?.cancel();
    this.#bans.delete(peer);
    if (this.#isWanted(peer)) this.#network.connect(peer);
  }

  #admits(peer: NodeKey): boolean {
    return !this.#bans.has(peer) && (this.#isMember(peer) || this.#strangers.size < STRANGERS_MAX);
  }

  #forgetStranger(peer: NodeKey, stranger: Stranger): void {
    stranger.cancel();
    this.#strangers.delete(peer);
  }

  #isMember(peer: NodeKey): boolean {
    for (const { members } of this.#channels.values()) if (members.has(peer)) return true;
    return false;
  }

  #isWanted(peer: NodeKey): boolean {
    for (const { wanted } of this.#channels.values()) if (wanted.has(peer)) return true;
    return false;
  }
}

function headerOf(channelId: ChannelId): Bytes {
  const header = new Uint8Array(HEADER_SIZE);
  new DataView(header.buffer).setBigUint64(0, channelId, true);
  return header;
}

function channelOf(data: Bytes): ChannelId | undefined {
  if (data.length < HEADER_SIZE) return undefined;
  return new DataView(data.buffer, data.byteOffset).getBigUint64(0, true) as ChannelId;
}
