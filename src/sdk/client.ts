// The client's end of the Stream: matches answers to requests and hands notices to their channels. Knows nothing of how the messages
// travel, so that the same code speaks to a worker, to a node in the same thread and to a MessagePort from another tab.

import { unreachable } from '../base/errors.ts';
import type { ClientAnswer, ClientCommand, ClientRequest, NodeMessage, NodeNotice } from '../wire/client.ts';
import { StraitChannel } from './channel.ts';
import { StraitClientError, unexpectedAnswer } from './client-error.ts';
import { Listeners, type Unsubscribe } from './listeners.ts';

/** Where requests go. What comes back is handed to `receive`. */
export interface ClientLink {
  send(request: ClientRequest): void;
}

/** What the wallet's join transaction binds. */
export interface NodeIdentity {
  /** Ed25519 public key, 64 hex digits. */
  readonly nodeKey: string;
  /** The same, as `vector<u8>` argument: `0x` and hex. */
  readonly nodeKeyHex: string;
  /** Account that pays for this node's heartbeats and votes; the join transaction funds it. */
  readonly sessionAddress: string;
}

export type RelayNotice = Extract<NodeNotice, { kind: 'relay' }>;
export type ChainNotice = Extract<NodeNotice, { kind: 'chain' }>;

interface Waiting {
  resolve(answer: ClientAnswer): void;
  reject(error: StraitClientError): void;
}

export class StraitClient {
  readonly #link: ClientLink;
  readonly #waiting = new Map<string, Waiting>();
  readonly #channels = new Map<string, StraitChannel>();
  readonly #relayListeners = new Listeners<RelayNotice>();
  readonly #chainListeners = new Listeners<ChainNotice>();
  readonly #stopListeners = new Listeners<StraitClientError>();
  #relay: RelayNotice = { kind: 'relay', state: 'connecting' };
  #chain: ChainNotice | undefined;
  #count = 0;
  #stopped: StraitClientError | undefined;

  constructor(link: ClientLink) {
    this.#link = link;
  }

  get relay(): RelayNotice {
    return this.#relay;
  }

  get chain(): ChainNotice | undefined {
    return this.#chain;
  }

  get stopped(): StraitClientError | undefined {
    return this.#stopped;
  }

  onRelay(listener: (notice: RelayNotice) => void): Unsubscribe {
    return this.#relayListeners.add(listener);
  }

  onChain(listener: (notice: ChainNotice) => void): Unsubscribe {
    return this.#chainListeners.add(listener);
  }

  /** The whole node has stopped, in every channel. */
  onStopped(listener: (error: StraitClientError) => void): Unsubscribe {
    return this.#stopListeners.add(listener);
  }

  nextId(): string {
    this.#count++;
    return `r${this.#count}`;
  }

  /** @throws StraitClientError */
  async identity(): Promise<NodeIdentity> {
    const answer = await this.request({ command: 'node.identity' });
    if (answer.kind !== 'identity') throw unexpectedAnswer(answer.kind);
    return { nodeKey: answer.nodeKey, nodeKeyHex: `0x${answer.nodeKey}`, sessionAddress: answer.sessionAddress };
  }

  /** Starts (or resumes) this node's part in a channel in which the chain lists `sender` with this node's key. @throws StraitClientError */
  async join(channelId: string | bigint, sender: string): Promise<StraitChannel> {
    const id = String(channelId);
    const open = this.#channels.get(id);
    if (open && !open.stopped) return open;
    const joined = await this.request(
      { command: 'state_channel.join', sender, state_channel_id: id },
      this.nextId(),
      // At once, since notices may follow in the same breath.
      (answer) => {
        if (answer.kind === 'joined') {
          this.#channels.set(id, new StraitChannel(this, id, sender, answer.status));
        }
      },
    );
    const channel = this.#channels.get(id);
    if (joined.kind !== 'joined' || !channel) throw unexpectedAnswer(joined.kind);
    await this.request({ command: 'state_channel.subscribe', state_channel_id: id }, this.nextId(), (answer) => {
      if (answer.kind === 'state') channel.replaceState(answer.snapshot);
    });
    return channel;
  }

  /** Sends one command and waits for its answer; `onAnswer` sees it before any message that follows it. @throws StraitClientError */
  request(
    body: ClientCommand,
    id: string = this.nextId(),
    onAnswer: (answer: ClientAnswer) => void = () => {},
  ): Promise<ClientAnswer> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: (answer) => {
          onAnswer(answer);
          resolve(answer);
        },
        reject,
      });
      this.#link.send({ id, body });
    });
  }

  /** Everything that the node says goes in here, in order. */
  receive(message: NodeMessage): void {
    switch (message.kind) {
      case 'answer':
        this.#answer(message.id, message.answer);
        return;
      case 'error': {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        const error = new StraitClientError(message.error);
        if (waiting) waiting.reject(error);
        // A call that was queued already, and is not to become final any more.
        else for (const channel of this.#channels.values()) channel.failCall(message.id, error);
        return;
      }
      case 'notice':
        this.#notice(message.channel, message.notice);
        return;
      default:
        unreachable(message);
    }
  }

  /** The node is gone: every promise that waits is rejected, every channel told. */
  stop(error: StraitClientError): void {
    if (this.#stopped) return;
    this.#stopped = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    for (const channel of this.#channels.values()) channel.stop({ code: error.code, message: error.message });
    this.#stopListeners.emit(error);
  }

  #answer(id: string, answer: ClientAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve(answer);
  }

  #notice(channelId: string, notice: NodeNotice): void {
    if (notice.kind === 'relay') {
      this.#relay = notice;
      this.#relayListeners.emit(notice);
    } else if (notice.kind === 'chain') {
      this.#chain = notice;
      this.#chainListeners.emit(notice);
    } else if (channelId === '' && notice.kind === 'stopped') {
      this.stop(new StraitClientError(notice.error));
      return;
    }
    const channel = this.#channels.get(channelId);
    channel?.receive(notice);
    if (notice.kind === 'stopped') this.#channels.delete(channelId);
  }
}
