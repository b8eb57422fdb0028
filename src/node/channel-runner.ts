// Runs one channel: feeds it what happens (messages, links, the chain, the clock, clients), keeps what it says must be kept, and then does
// what it says must be done. It knows no rule of the channel, only the order: check, update, persist, act.

import { unreachable } from '../base/errors.ts';
import type { Address, ChannelId, NodeKey } from '../base/ids.ts';
import type { Channel } from '../channel/channel.ts';
import type { Beginning } from '../channel/ledger.ts';
import type { MemberAction } from '../channel/transaction.ts';
import type { ChainAction, ChainView, Effect, Notice, RequestId } from '../channel/update.ts';
import type { Chain, ChannelDescription, SessionSigner } from '../ports/chain.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { encodePeerMessage } from '../wire/peer.ts';
import { ChainPoller, type ChainReachability } from './chain-poller.ts';
import type { Signer, Verifier } from './ed25519.ts';
import type { ChannelLinks, Links } from './links.ts';
import { readStateEntries } from './open-channel.ts';
import { PeerDoor } from './peer-door.ts';
import { RunQueue } from './run-queue.ts';
import { StallWatch } from './stall-watch.ts';
import { WarmUp } from './warm-up.ts';

/** The channel's own timers run in seconds. */
const CLOCK_MS = 100;
/** Where the application has a tick, which the contract lets be 50 ms apart. */
const CLOCK_TICKING_MS = 25;

export interface ChannelRunnerParts {
  readonly channel: Channel;
  readonly description: ChannelDescription;
  readonly self: { readonly nodeKey: NodeKey; readonly address: Address };
  readonly clock: Clock;
  readonly store: Store;
  readonly storeName: string;
  readonly chain: Chain;
  readonly links: Links;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly session: SessionSigner;
  /** Gets the channel's code ready ahead of calls, a piece each `next`. */
  readonly preparation: Iterator<void>;
  readonly onNotice: (notice: Notice) => void;
  readonly onReachability: (state: ChainReachability) => void;
  /** It has stopped of itself, by a failed write or a bug. */
  readonly onFailure: (error: unknown) => void;
}

/** Life: `start` once, any calls, `stop` once. */
export class ChannelRunner {
  readonly #parts: ChannelRunnerParts;
  readonly #queue: RunQueue;
  readonly #door: PeerDoor;
  readonly #poller: ChainPoller;
  readonly #links: ChannelLinks;
  readonly #stallWatch: StallWatch;
  readonly #warmUp: WarmUp;
  readonly #viewWatchers = new Set<() => void>();
  #view: ChainView | undefined;
  #members: ReadonlySet<NodeKey> = new Set();
  #lastNowMs = 0;
  #cancelClock: (() => void) | undefined;
  #stopped = false;

  constructor(parts: ChannelRunnerParts) {
    this.#parts = parts;
    const { channel, clock, store, storeName, chain, links, session, description } = parts;
    const { channelId } = description.scope;
    this.#queue = new RunQueue({
      update: (input) => channel.update(input, this.#nowMs()),
      write: (change) => store.write(storeName, change),
      carryOut: (effect) => this.#carryOut(effect),
      monotonicMs: () => clock.monotonicMs(),
      onFailure: (error) => this.#fail(error),
    });
    this.#door = new PeerDoor({
      scope: description.scope,
      verifier: parts.verifier,
      onMessage: (from, message) => this.#queue.push({ kind: 'message', from, message }),
      onBad: (from) => this.#links.punish(from),
    });
    this.#poller = new ChainPoller({
      clock,
      view: () => chain.view(channelId),
      keepAlive: () => chain.keepAlive(channelId, this.#delaysMs(), session),
      balance: () => chain.sessionBalance(session),
      onView: (view) => this.#seeChain(view),
      onReachability: parts.onReachability,
    });
    this.#links = links.attach(channelId, {
      onLink: (peer, state) => this.#queue.push({ kind: 'link', peer, state }),
      onMessage: (peer, message) => this.#door.receive(peer, message),
      onStranger: () => this.#poller.refresh(),
    });
    this.#stallWatch = new StallWatch();
    this.#warmUp = new WarmUp({
      clock,
      pieces: parts.preparation,
      whenIdle: (call) => this.#queue.ask(call),
    });
  }

  get channelId(): ChannelId {
    return this.#parts.description.scope.channelId;
  }

  /** The chain's newest word, if it was reached yet. */
  get view(): ChainView | undefined {
    return this.#view;
  }

  start(view: ChainView | undefined): void {
    if (view) this.#seeChain(view);
    this.#setMembers();
    this.#poller.start();
    this.#tickClock();
    this.#warmUp.start();
  }

  request(id: RequestId, action: MemberAction): void {
    this.#queue.push({ kind: 'request', id, action });
  }

  settle(): void {
    this.#queue.push({ kind: 'settle' });
  }

  /** Reads the channel once everything that came before is done and on disk. Never called if the runner stops first. */
  read(read: (channel: Channel) => void): void {
    this.#queue.ask(() => read(this.#parts.channel));
  }

  /** Resolves with true when the chain shows it, with false after `msMax` or when the runner stops. */
  async untilView(shows: (view: ChainView) => boolean, msMax: number): Promise<boolean> {
    if (this.#view && shows(this.#view)) return true;
    return new Promise((resolve) => {
      const end = (result: boolean): void => {
        cancel();
        this.#viewWatchers.delete(look);
        resolve(result);
      };
      const look = (): void => {
        if (this.#view && shows(this.#view)) end(true);
        else if (this.#stopped) end(false);
      };
      const cancel = this.#parts.clock.after(msMax, () => end(false));
      this.#viewWatchers.add(look);
      this.#poller.refresh();
    });
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#halt();
    await this.#queue.stop();
  }

  #halt(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelClock?.();
    this.#warmUp.stop();
    this.#poller.stop();
    this.#door.close();
    this.#links.close();
    for (const look of [...this.#viewWatchers]) look();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#halt();
    this.#parts.onFailure(error);
  }

  #tickClock(): void {
    const { clock, description } = this.#parts;
    // After a stall the chain has moved on; what peers sent meanwhile is in the queue before this tick.
    if (this.#stallWatch.beat(clock.monotonicMs()) > 0) this.#poller.refresh();
    this.#queue.push({ kind: 'clock' });
    this.#cancelClock = clock.after(description.settings.tick ? CLOCK_TICKING_MS : CLOCK_MS, () => this.#tickClock());
  }

  #seeChain(view: ChainView): void {
    if (this.#stopped) return;
    this.#view = view;
    this.#poller.owesHeartbeats = this.#owesHeartbeats(view);
    this.#setMembers();
    this.#queue.push({ kind: 'chain', view });
    for (const look of [...this.#viewWatchers]) look();
  }

  /** [H1] In a quiet channel only to who asks, or to count again after having lapsed. */
  #owesHeartbeats(view: ChainView): boolean {
    const { self, description } = this.#parts;
    const own = view.members.find((member) => member.nodeKey === self.nodeKey);
    if (own === undefined || view.closed) return false;
    return description.settings.isQuiet !== true || own.isChallenged === true || !own.valid;
  }

  /** Those of the chain, and those of the history: who leaves is spoken to until its departure is known. */
  #setMembers(): void {
    const members = new Set<NodeKey>();
    for (const member of this.#view?.members ?? []) members.add(member.nodeKey);
    for (const member of this.#parts.channel.status().members) members.add(member.nodeKey);
    members.delete(this.#parts.self.nodeKey);
    const isSame = members.size === this.#members.size && [...members].every((key) => this.#members.has(key));
    if (isSame) return;
    this.#members = members;
    this.#links.setMembers(members);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.#links.send(effect.to, encodePeerMessage(effect.message));
        return;
      case 'sign':
        this.#parts.signer.sign(effect.message).then(
          (signature) => this.#queue.push({ kind: 'signed', token: effect.token, signature }),
          (error: unknown) => this.#fail(error),
        );
        return;
      case 'chain':
        void this.#submit(effect.action);
        return;
      case 'readReport':
        void this.#readReport(effect.proposal);
        return;
      case 'readState':
        void this.#readState(effect.beginning);
        return;
      case 'notify':
        this.#notify(effect.notice);
        return;
      case 'refreshChain':
        this.#poller.refresh();
        return;
      case 'connect':
        this.#links.connect(effect.peer);
        return;
      case 'disconnect':
        this.#links.disconnect(effect.peer);
        return;
      default:
        unreachable(effect);
    }
  }

  #notify(notice: Notice): void {
    if (notice.kind === 'status') this.#setMembers();
    this.#parts.onNotice(notice);
  }

  async #submit(action: ChainAction): Promise<void> {
    const { chain, description, session } = this.#parts;
    try {
      await chain.submit(description, action, session);
      this.#queue.push({ kind: 'submitted', action, result: 'done' });
    } catch (error) {
      const refused = error instanceof Error ? error.message : String(error);
      this.#queue.push({ kind: 'submitted', action, result: { refused } });
    }
    // Done or refused, the chain has something to show, and took its fee.
    this.#poller.spent();
  }

  async #readReport(proposal: bigint): Promise<void> {
    try {
      const data = await this.#parts.chain.proposalData(this.channelId, proposal);
      this.#queue.push({ kind: 'report', proposal, data });
    } catch {
      // Asked for again while the report stands.
      this.#queue.push({ kind: 'report', proposal });
    }
  }

  /** [N6] The view is read after the state: if the channel still stands where it did, the state is what it begins with. */
  async #readState(beginning: Beginning): Promise<void> {
    const { chain, description } = this.#parts;
    try {
      const entries = await readStateEntries(chain, description);
      const { settledHeight, restarts, historyHash } = await chain.view(this.channelId);
      const isThere = settledHeight === beginning.height && restarts === beginning.restarts && historyHash.length === 0;
      this.#queue.push({ kind: 'state', beginning, ...(isThere && { entries }) });
    } catch {
      // Asked for again while there is none.
      this.#queue.push({ kind: 'state', beginning });
    }
  }

  #delaysMs(): ReadonlyMap<Address, number> {
    const delays = new Map<Address, number>();
    for (const member of this.#parts.channel.status().members) {
      if (!member.isSelf && member.latencyMs !== undefined) delays.set(member.address, member.latencyMs);
    }
    return delays;
  }

  /** Wall time that does not run back within one run. */
  #nowMs(): number {
    this.#lastNowMs = Math.max(this.#lastNowMs, this.#parts.clock.nowMs());
    return this.#lastNowMs;
  }
}
