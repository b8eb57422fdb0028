// The node: carries out clients' commands on the channels it runs, and tells clients what happens there. One identity, any number of
// channels and clients. It is handed its adapters and names none.

import { unreachable } from '../base/errors.ts';
import { type Address, type ChannelId, parseAddress, parseChannelId } from '../base/ids.ts';
import type { Executor } from '../channel/executor.ts';
import type { Notice } from '../channel/update.ts';
import type { Chain, SessionSigner } from '../ports/chain.ts';
import type { Clock } from '../ports/clock.ts';
import type { Network, RelayState } from '../ports/network.ts';
import type { Store } from '../ports/store.ts';
import type { MoveVm } from '../vm/index.ts';
import {
  type ClientAnswer,
  type ClientCommand,
  type NodeMessage,
  type NodeNotice,
  StreamErrorCode,
} from '../wire/client.ts';
import type { ChainReachability } from './chain-poller.ts';
import { ChannelRunner } from './channel-runner.ts';
import { ClientSession, type SessionNode } from './client-session.ts';
import type { Signer, Verifier } from './ed25519.ts';
import { channelStoreName, type Identity } from './keys.ts';
import { Links } from './links.ts';
import { MoveValues } from './move-values.ts';
import { changesNotice, snapshotAnswer } from './notices.ts';
import { openChannel } from './open-channel.ts';
import { asStreamError, StreamFault } from './stream-error.ts';

/** How long a settlement may take until its client is told that it has not come about: a few rounds of votes on a slow chain. */
const SETTLEMENT_MS_MAX = 120_000;

export interface NodeParts {
  readonly identity: Identity;
  readonly session: SessionSigner;
  readonly sessionAddress: Address;
  readonly clock: Clock;
  readonly network: Network;
  readonly store: Store;
  readonly chain: Chain;
  readonly vm: MoveVm;
  readonly signer: Signer;
  readonly verifier: Verifier;
  /** For tests: stands between the channels and the Move VM. */
  readonly wrapExecutor?: (executor: Executor) => Executor;
}

type CallCommand = Extract<ClientCommand, { command: 'state_channel.call' }>;

interface OpenChannel {
  readonly id: ChannelId;
  readonly runner: ChannelRunner;
  readonly values: MoveValues;
}

interface Caller {
  readonly session: ClientSession;
  readonly requestId: string;
  isQueued: boolean;
}

/** Life: `start` once, any calls, `stop` once. */
export class StraitNode implements SessionNode {
  readonly #parts: NodeParts;
  readonly #links: Links;
  readonly #sessions = new Set<ClientSession>();
  readonly #channels = new Map<ChannelId, Promise<OpenChannel>>();
  /** Who waits for news of which of the channels' requests. */
  readonly #callers = new Map<string, Caller>();
  #nextRequest = 1;
  #relay: NodeNotice = { kind: 'relay', state: 'connecting' };
  #chain: NodeNotice | undefined;
  #listening: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.#links = new Links(parts.network, parts.clock, (state) => this.#onRelay(state));
  }

  /** Resolves when the network listens; passes on what it throws. Commands may come before. */
  start(): Promise<void> {
    this.#listening ??= this.#links.listen();
    return this.#listening;
  }

  connectClient(send: (message: NodeMessage) => void): ClientSession {
    const session = new ClientSession(this, send);
    this.#sessions.add(session);
    session.notify('', this.#relay);
    if (this.#chain) session.notify('', this.#chain);
    return session;
  }

  disconnectClient(session: ClientSession): void {
    session.end();
    this.#sessions.delete(session);
    for (const [id, caller] of this.#callers) if (caller.session === session) this.#callers.delete(id);
  }

  /** Everything under way is finished, everything said is kept. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const opening of this.#channels.values()) {
      const channel = await opening.catch(() => undefined);
      await channel?.runner.stop();
    }
    this.#channels.clear();
    await this.#links.close();
    await this.#parts.chain.close();
    for (const session of this.#sessions) session.end();
    this.#sessions.clear();
  }

  // ---- Commands

  identity(): ClientAnswer {
    const { session, sessionAddress } = this.#parts;
    return { kind: 'identity', nodeKey: session.nodeKey, sessionAddress };
  }

  async join(sender: string, channelId: string): Promise<ClientAnswer> {
    this.#assertSender(sender);
    const id = parseChannelId(channelId);
    let opening = this.#channels.get(id);
    if (!opening) {
      opening = this.#open(id);
      this.#channels.set(id, opening);
      opening.catch(() => this.#channels.delete(id));
    }
    const channel = await opening;
    return { kind: 'joined', status: await this.#status(channel) };
  }

  async leave(sender: string, channelId: string): Promise<ClientAnswer> {
    this.#assertSender(sender);
    const channel = await this.#channel(channelId);
    const { wallet } = this.#parts.identity;
    const isOut = channel.runner.untilView(
      (view) => view.closed || !view.members.some((member) => member.address === wallet),
      SETTLEMENT_MS_MAX,
    );
    await this.#ask(channel, { kind: 'leave' });
    if (!(await isOut)) throw notSettled('the departure');
    await this.#end(channel, 'this member has left the channel');
    return { kind: 'done' };
  }

  async close(sender: string, channelId: string): Promise<ClientAnswer> {
    this.#assertSender(sender);
    const channel = await this.#channel(channelId);
    const isClosed = channel.runner.untilView((view) => view.closed, SETTLEMENT_MS_MAX);
    await this.#ask(channel, { kind: 'close' });
    if (!(await isClosed)) throw notSettled('the closing');
    await this.#end(channel, 'the channel is closed');
    return { kind: 'done' };
  }

  /** Answered by the grade notices of the request: `queued` is the answer, the rest are notices. */
  async call(session: ClientSession, requestId: string, command: CallCommand): Promise<void> {
    this.#assertSender(command.sender);
    const channel = await this.#channel(command.state_channel_id);
    const call = channel.values.call(command.function, command.ty_args, command.args);
    if (!call.ok) throw new StreamFault(StreamErrorCode.badRequest, call.error);
    const id = this.#newRequestId();
    this.#callers.set(id, { session, requestId, isQueued: false });
    channel.runner.request(id, { kind: 'call', call: call.value });
  }

  async readState(channelId: string, deliver: (answer: ClientAnswer) => void): Promise<void> {
    const { runner, values } = await this.#channel(channelId);
    runner.read((channel) => {
      const { height, finalHeight } = channel.status();
      deliver({ kind: 'state', snapshot: snapshotAnswer(values, { height, finalHeight }, channel.entries()) });
    });
  }

  async settle(channelId: string): Promise<ClientAnswer> {
    const channel = await this.#channel(channelId);
    const { height } = await this.#status(channel);
    let settledHeight = channel.runner.view?.settledHeight ?? 0n;
    if (settledHeight >= height) return { kind: 'done' };
    const isSettled = channel.runner.untilView((view) => {
      // [X1] It ended with what was final by then: another one brings the rest.
      if (view.settledHeight > settledHeight && view.settledHeight < height) channel.runner.settle();
      settledHeight = view.settledHeight;
      return settledHeight >= height;
    }, SETTLEMENT_MS_MAX);
    channel.runner.settle();
    if (!(await isSettled)) throw notSettled('the settlement');
    return { kind: 'done' };
  }

  async status(channelId: string): Promise<ClientAnswer> {
    return { kind: 'status', status: await this.#status(await this.#channel(channelId)) };
  }

  // ---- Channels

  async #open(id: ChannelId): Promise<OpenChannel> {
    const { identity, session, chain, store, vm, wrapExecutor } = this.#parts;
    const self = { nodeKey: session.nodeKey, address: identity.wallet };
    const storeName = channelStoreName(identity, id);
    const { channel, basis, view, preparation } = await openChannel({
      channelId: id,
      self,
      chain,
      store,
      storeName,
      vm,
      wrapExecutor,
    });
    const values = new MoveValues(basis.description, basis.modules);
    const opened: OpenChannel = {
      id,
      values,
      runner: new ChannelRunner({
        ...this.#parts,
        links: this.#links,
        channel,
        description: basis.description,
        self,
        storeName,
        preparation,
        onNotice: (notice) => this.#onNotice(opened, notice),
        onReachability: (state) => this.#onReachability(state),
        onFailure: (error) => this.#onFailure(opened, error),
      }),
    };
    opened.runner.start(view);
    return opened;
  }

  async #channel(channelId: string): Promise<OpenChannel> {
    const opening = this.#channels.get(parseChannelId(channelId));
    if (!opening) throw new StreamFault(StreamErrorCode.notJoined, `this node does not run channel ${channelId}`);
    return opening;
  }

  /** Stops the channel in this node for good: the membership that its records belong to is over. */
  async #end(channel: OpenChannel, message: string): Promise<void> {
    if (!this.#channels.delete(channel.id)) return;
    await channel.runner.stop();
    await this.#parts.store.forget(channelStoreName(this.#parts.identity, channel.id));
    this.#tell(channel, { kind: 'stopped', error: { code: StreamErrorCode.channelClosed, message } });
  }

  #status(channel: OpenChannel): Promise<Extract<ClientAnswer, { kind: 'status' }>['status']> {
    return new Promise((resolve) => channel.runner.read((core) => resolve(core.status())));
  }

  /** A request whose client is the node itself; rejects if the channel refuses it. */
  #ask(channel: OpenChannel, action: { readonly kind: 'leave' | 'close' }): Promise<void> {
    return new Promise((resolve, reject) => {
      const session = new ClientSession(this, (message) => {
        if (message.kind === 'error') reject(new StreamFault(message.error.code, message.error.message));
        else resolve();
      });
      const id = this.#newRequestId();
      this.#callers.set(id, { session, requestId: id, isQueued: false });
      channel.runner.request(id, action);
    });
  }

  #newRequestId(): string {
    return `n${this.#nextRequest++}`;
  }

  #assertSender(sender: string): void {
    const { wallet } = this.#parts.identity;
    if (parseAddress(sender, 'sender') !== wallet) {
      throw new StreamFault(StreamErrorCode.badRequest, `this node acts for ${wallet}, not for ${sender}`);
    }
  }

  // ---- News

  #onNotice(channel: OpenChannel, notice: Notice): void {
    switch (notice.kind) {
      case 'grade':
        this.#onGrade(channel, notice);
        return;
      case 'requestRefused': {
        const caller = this.#callers.get(notice.request);
        this.#callers.delete(notice.request);
        caller?.session.fail(caller.requestId, new StreamFault(StreamErrorCode.callRefused, notice.reason));
        return;
      }
      case 'changes':
        this.#tell(channel, changesNotice(channel.values, notice));
        return;
      case 'tookBack':
        channel.runner.read((core) => {
          const { height, finalHeight } = core.status();
          const snapshot = snapshotAnswer(channel.values, { height, finalHeight }, core.entries());
          this.#tell(channel, { kind: 'tookBack', height: notice.height, snapshot });
        });
        return;
      case 'status':
        channel.runner.read((core) => this.#tell(channel, { kind: 'status', status: core.status() }));
        return;
      case 'final':
      case 'dispute':
      case 'settled':
        this.#tell(channel, notice);
        return;
      default:
        unreachable(notice);
    }
  }

  #onGrade(channel: OpenChannel, notice: Extract<Notice, { kind: 'grade' }>): void {
    const caller = this.#callers.get(notice.request);
    if (!caller) return;
    if (!caller.isQueued) {
      caller.isQueued = true;
      caller.session.answer(caller.requestId, { kind: 'queued', sequence: notice.sequence });
    }
    const { request, ...rest } = notice;
    caller.session.notify(String(channel.id), { ...rest, call: caller.requestId });
    if (notice.grade === 'final') this.#callers.delete(request);
  }

  #onRelay(state: RelayState): void {
    const detail = state.kind === 'reserved' ? state.address : state.kind === 'unreachable' ? state.reason : undefined;
    this.#relay = { kind: 'relay', state: state.kind, ...(detail !== undefined && { detail }) };
    for (const session of this.#sessions) session.notify('', this.#relay);
  }

  #onReachability(state: ChainReachability): void {
    this.#chain = { kind: 'chain', ...state };
    for (const session of this.#sessions) session.notify('', this.#chain);
  }

  #onFailure(channel: OpenChannel, error: unknown): void {
    this.#channels.delete(channel.id);
    this.#tell(channel, { kind: 'stopped', error: asStreamError(error) });
  }

  #tell(channel: OpenChannel, notice: NodeNotice): void {
    for (const session of this.#sessions) session.notify(String(channel.id), notice);
  }
}

function notSettled(what: string): StreamFault {
  return new StreamFault(
    StreamErrorCode.settlementFailed,
    `${what} was not settled on the chain in ${SETTLEMENT_MS_MAX / 1000} s; it goes on trying`,
  );
}
