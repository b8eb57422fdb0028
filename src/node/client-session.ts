// One connected client (a page, a widget, another tab): its commands, its subscriptions, its calls. Commands come decoded but unchecked.

import { unreachable } from '../base/errors.ts';
import {
  type ClientAnswer,
  type ClientRequest,
  type NodeMessage,
  type NodeNotice,
  StreamErrorCode,
} from '../wire/client.ts';
import { asStreamError, StreamFault } from './stream-error.ts';

/** Ids of the newest requests, to know one that comes twice. */
const REQUESTS_REMEMBERED_MAX = 1_024;

/** What a session needs of the node. All may throw what `asStreamError` understands. */
export interface SessionNode {
  identity(): ClientAnswer;
  join(sender: string, channelId: string): Promise<ClientAnswer>;
  leave(sender: string, channelId: string): Promise<ClientAnswer>;
  close(sender: string, channelId: string): Promise<ClientAnswer>;
  call(
    session: ClientSession,
    requestId: string,
    command: Extract<ClientRequest['body'], { command: 'state_channel.call' }>,
  ): void;
  /** Calls `deliver` in the moment of reading: whatever is notified before it is in the state, and nothing that comes after. */
  readState(channelId: string, deliver: (answer: ClientAnswer) => void): Promise<void>;
  settle(channelId: string): Promise<ClientAnswer>;
  status(channelId: string): Promise<ClientAnswer>;
}

/** Life: `receive` at any time, `end` once; nothing is sent after `end`. */
export class ClientSession {
  readonly #node: SessionNode;
  readonly #send: (message: NodeMessage) => void;
  readonly #subscriptions = new Set<string>();
  readonly #requests = new Set<string>();
  #ended = false;

  constructor(node: SessionNode, send: (message: NodeMessage) => void) {
    this.#node = node;
    this.#send = send;
  }

  receive(request: ClientRequest): void {
    if (this.#ended || this.#isRepeated(request.id)) return;
    this.#carryOut(request).catch((error: unknown) => this.fail(request.id, error));
  }

  end(): void {
    this.#ended = true;
  }

  answer(id: string, answer: ClientAnswer): void {
    this.#post({ kind: 'answer', id, answer });
  }

  fail(id: string, error: unknown): void {
    this.#post({ kind: 'error', id, error: asStreamError(error) });
  }

  /** State and history go to subscribers only; the rest concerns every client. */
  notify(channel: string, notice: NodeNotice): void {
    const isHistory = notice.kind === 'changes' || notice.kind === 'tookBack' || notice.kind === 'final';
    if (isHistory && !this.#subscriptions.has(channel)) return;
    this.#post({ kind: 'notice', channel, notice });
  }

  async #carryOut({ id, body }: ClientRequest): Promise<void> {
    const node = this.#node;
    switch (body.command) {
      case 'node.identity':
        return this.answer(id, node.identity());
      case 'state_channel.join':
        return this.answer(id, await node.join(body.sender, body.state_channel_id));
      case 'state_channel.leave':
        return this.answer(id, await node.leave(body.sender, body.state_channel_id));
      case 'state_channel.close':
        return this.answer(id, await node.close(body.sender, body.state_channel_id));
      case 'state_channel.call':
        return node.call(this, id, body);
      case 'state_channel.get_state':
        return node.readState(body.state_channel_id, (answer) => this.answer(id, answer));
      case 'state_channel.subscribe':
        return node.readState(body.state_channel_id, (answer) => {
          this.#subscriptions.add(body.state_channel_id);
          this.answer(id, answer);
        });
      case 'state_channel.unsubscribe':
        this.#subscriptions.delete(body.state_channel_id);
        return this.answer(id, { kind: 'done' });
      case 'state_channel.settle':
        return this.answer(id, await node.settle(body.state_channel_id));
      case 'state_channel.status':
        return this.answer(id, await node.status(body.state_channel_id));
      default:
        unknownCommand(body);
    }
  }

  /** A request is carried out once, however often it comes. */
  #isRepeated(id: string): boolean {
    if (this.#requests.has(id)) return true;
    this.#requests.add(id);
    for (const oldest of this.#requests) {
      if (this.#requests.size <= REQUESTS_REMEMBERED_MAX) break;
      this.#requests.delete(oldest);
    }
    return false;
  }

  #post(message: NodeMessage): void {
    if (!this.#ended) this.#send(message);
  }
}

/** The types say it cannot be; a client of another version can. */
function unknownCommand(body: never): never {
  const { command } = body as { readonly command?: unknown };
  if (typeof command !== 'string') unreachable(body, 'a command without a name');
  throw new StreamFault(StreamErrorCode.badRequest, `there is no command ${command}`);
}
