// One open channel as an application sees it: calls, the live state, the members, settling and leaving.

import { unreachable } from '../base/errors.ts';
import type { ChannelStatus, Dispute } from '../channel/update.ts';
import type {
  ClientAnswer,
  ClientCommand,
  JsonValue,
  NodeNotice,
  StateChangeNotice,
  StateSnapshot,
  StreamError,
} from '../wire/client.ts';
import { type CallHandle, PendingCall } from './call.ts';
import { StraitClientError, unexpectedAnswer } from './client-error.ts';
import { Listeners, type Unsubscribe } from './listeners.ts';

/** The application's state as this tab has it. A new object whenever something changed; values that did not change keep their identity. */
export interface ChannelState {
  readonly height: bigint;
  readonly finalHeight: bigint;
  readonly entries: readonly StateItem[];
}

export interface StateItem {
  readonly address: string;
  /** Move type such as `0xc4a7::chat::Room`, or `item`. */
  readonly type: string;
  readonly value: JsonValue;
}

type ChangesNotice = Extract<NodeNotice, { kind: 'changes' }>;

export type ChannelUpdate =
  | { readonly kind: 'snapshot'; readonly state: ChannelState }
  | {
      readonly kind: 'changes';
      readonly state: ChannelState;
      readonly changes: readonly StateChangeNotice[];
      readonly transactions: ChangesNotice['transactions'];
    }
  | { readonly kind: 'final'; readonly height: bigint }
  | { readonly kind: 'settled'; readonly height: bigint }
  | { readonly kind: 'dispute'; readonly dispute: Dispute }
  | { readonly kind: 'stopped'; readonly error: StraitClientError };

/** The client, as far as a channel needs it. */
export interface ChannelClient {
  nextId(): string;
  /** @throws StraitClientError */
  request(body: ClientCommand, id?: string): Promise<ClientAnswer>;
}

/** Life: from `Strait.join` until `leave`, `close` or a `stopped` update. */
export class StraitChannel {
  readonly id: string;
  /** The member's wallet address. */
  readonly sender: string;
  readonly #client: ChannelClient;
  readonly #calls = new Map<string, PendingCall>();
  readonly #updates = new Listeners<ChannelUpdate>();
  readonly #statusListeners = new Listeners<ChannelStatus>();
  #entries = new Map<string, StateItem>();
  #state: ChannelState = { height: 0n, finalHeight: 0n, entries: [] };
  #status: ChannelStatus;
  #stopped: StraitClientError | undefined;

  /** Made by `Strait.join`. */
  constructor(client: ChannelClient, id: string, sender: string, status: ChannelStatus) {
    this.#client = client;
    this.id = id;
    this.sender = sender;
    this.#status = status;
  }

  /** The state at this moment, live. */
  get state(): ChannelState {
    return this.#state;
  }

  get status(): ChannelStatus {
    return this.#status;
  }

  /** Why the channel runs no longer in this tab. */
  get stopped(): StraitClientError | undefined {
    return this.#stopped;
  }

  /** The value of one resource: of the application's own state if only a type is given. */
  resource(type: string, address?: string): JsonValue | undefined {
    return this.#state.entries.find((item) => item.type === type && (address === undefined || item.address === address))
      ?.value;
  }

  /**
   * Calls an entry function in the channel. `fn` is a name in the channel's own module or `0x…::module::name`; `args` are JSON by the
   * function's parameters (u64 and wider as decimal text, `vector<u8>` and addresses as 0x hex). Never throws: what goes wrong rejects the handle's promises.
   */
  call(fn: string, args: readonly JsonValue[] = [], tyArgs: readonly string[] = []): CallHandle {
    const id = this.#client.nextId();
    const call = new PendingCall(id);
    if (this.#stopped) {
      call.onError(this.#stopped);
      return call;
    }
    this.#calls.set(id, call);
    this.#client
      .request(
        {
          command: 'state_channel.call',
          sender: this.sender,
          state_channel_id: this.id,
          function: fn,
          ty_args: tyArgs,
          args,
        },
        id,
      )
      .then(
        (answer) => {
          if (answer.kind === 'queued') call.onQueued(answer.sequence);
        },
        (error: StraitClientError) => {
          this.#calls.delete(id);
          call.onError(error);
        },
      );
    return call;
  }

  /** A snapshot with the raw bytes, fresh from the node. @throws StraitClientError */
  async getState(): Promise<StateSnapshot> {
    const answer = await this.#client.request({ command: 'state_channel.get_state', state_channel_id: this.id });
    if (answer.kind !== 'state') throw unexpectedAnswer(answer.kind);
    return answer.snapshot;
  }

  /** Calls at once with the snapshot, then on every change. */
  subscribe(listener: (update: ChannelUpdate) => void): Unsubscribe {
    const unsubscribe = this.#updates.add(listener);
    listener({ kind: 'snapshot', state: this.#state });
    return unsubscribe;
  }

  onStatus(listener: (status: ChannelStatus) => void): Unsubscribe {
    return this.#statusListeners.add(listener);
  }

  /** Proposes a settlement; resolves when the chain has it. @throws StraitClientError */
  async settle(): Promise<void> {
    await this.#client.request({ command: 'state_channel.settle', state_channel_id: this.id });
  }

  /** Leaves: resolves when the departure is settled and the wallet may take assets and stake out. @throws StraitClientError */
  async leave(): Promise<void> {
    await this.#client.request({
      command: 'state_channel.leave',
      sender: this.sender,
      state_channel_id: this.id,
    });
  }

  /** Closes the channel for everyone: resolves when its last settlement is on the chain. @throws StraitClientError */
  async close(): Promise<void> {
    await this.#client.request({
      command: 'state_channel.close',
      sender: this.sender,
      state_channel_id: this.id,
    });
  }

  /** Called by the client where a call fails that was queued before. */
  failCall(id: string, error: StraitClientError): void {
    this.#calls.get(id)?.onError(error);
    this.#calls.delete(id);
  }

  /** Called by the client with everything that the node says of this channel. */
  receive(notice: NodeNotice): void {
    switch (notice.kind) {
      case 'grade': {
        const call = this.#calls.get(notice.call);
        call?.onGrade(notice);
        if (call?.settled) this.#calls.delete(notice.call);
        return;
      }
      case 'changes':
        this.#apply(notice);
        return;
      case 'tookBack':
        this.replaceState(notice.snapshot);
        return;
      case 'final':
        this.#state = { ...this.#state, finalHeight: notice.height };
        this.#updates.emit(notice);
        return;
      case 'status':
        this.#status = notice.status;
        this.#statusListeners.emit(notice.status);
        return;
      case 'dispute':
      case 'settled':
        this.#updates.emit(notice);
        return;
      case 'stopped':
        this.stop(notice.error);
        return;
      case 'relay':
      case 'chain':
        return;
      default:
        unreachable(notice);
    }
  }

  replaceState(snapshot: StateSnapshot): void {
    this.#entries = new Map(
      snapshot.entries.map(({ address, type, value }) => [itemId(address, type), { address, type, value }]),
    );
    this.#state = {
      height: snapshot.height,
      finalHeight: snapshot.finalHeight,
      entries: [...this.#entries.values()],
    };
    this.#updates.emit({ kind: 'snapshot', state: this.#state });
  }

  stop(error: StreamError): void {
    if (this.#stopped) return;
    const stopped = new StraitClientError(error);
    this.#stopped = stopped;
    for (const call of this.#calls.values()) call.onError(stopped);
    this.#calls.clear();
    this.#updates.emit({ kind: 'stopped', error: stopped });
  }

  #apply(notice: ChangesNotice): void {
    for (const { address, type, value } of notice.changes) {
      if (value === undefined) this.#entries.delete(itemId(address, type));
      else this.#entries.set(itemId(address, type), { address, type, value });
    }
    this.#state = { ...this.#state, height: notice.toHeight, entries: [...this.#entries.values()] };
    this.#updates.emit({
      kind: 'changes',
      state: this.#state,
      changes: notice.changes,
      transactions: notice.transactions,
    });
  }
}

function itemId(address: string, type: string): string {
  return `${address} ${type}`;
}
