// A link to one peer: messages in order and once over roads that come and go. Each end numbers its messages and keeps them until they are
// acknowledged; a new road begins with both ends saying what they have received, and goes on from there. So a change from the relayed
// road to the direct one, or back, loses, doubles and reorders nothing, whatever was under way on the old one.
//
// A pair of session ids names what the numbers count in. An end that forgets (a reload, a lost link) takes a new id. The other then starts
// afresh and reports the link as lost in between; it may keep its own id, as long as it never makes the same pair twice.

import type { Bytes } from '../base/bytes.ts';
import { AssertionError, assert, unreachable } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { LinkState } from '../ports/network.ts';
import { type AcceptFrame, type Frame, GONE_ROADS_MAX, type OpenFrame, type RoadId, type SessionId } from './frames.ts';
import {
  ACK_BYTES,
  ACK_DELAY_MS,
  ACK_MESSAGES,
  LINK_QUEUE_BYTES_MAX,
  LINK_QUEUE_MESSAGES_MAX,
  RESUME_WINDOW_MS,
} from './limits.ts';
import type { Pipe, PipeKind } from './pipe.ts';

/** A peer reloads now and then; beyond this many times a new id here is cheaper than to remember. */
const PAIRED_MAX = 64;

/** A pipe that has been greeted over. */
export interface Road {
  readonly id: RoadId;
  readonly pipe: Pipe;
  readonly dialledBySelf: boolean;
  readonly sinceMs: number;
  /** When the peer was last heard on it. */
  heardMs: number;
  /** Not counted on any more: any other road is better. */
  retiring: boolean;
}

export interface LinkOptions {
  /** This end's key is the lower: when both ends have dialled, the road that the lower end dialled stays. */
  readonly isLower: boolean;
  readonly clock: Clock;
  readonly newSession: () => SessionId;
  readonly onState: (state: LinkState) => void;
  readonly onMessage: (data: Bytes) => void;
  /** A road came or went. */
  readonly onRoads: () => void;
}

export class Link {
  readonly #options: LinkOptions;
  #state: LinkState = 'lost';
  #session: SessionId;
  #peerSession: SessionId | undefined;
  /** Sessions of the peer that have been paired with this end's. */
  #paired = new Set<SessionId>();
  readonly #roads = new Set<Road>();
  #current: Road | undefined;
  #gone: RoadId[] = [];
  /** Messages from `#outboxBase` on, not yet acknowledged. */
  #outbox: Bytes[] = [];
  #outboxBytes = 0;
  #outboxBase = 1;
  /** Sequence of the next message to send on the current road. */
  #cursor = 1;
  #received = 0;
  #unacknowledged = { messages: 0, bytes: 0 };
  #acknowledgedMs = Number.NEGATIVE_INFINITY;
  #cancelAck: (() => void) | undefined;
  #cancelResume: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#session = options.newSession();
  }

  get state(): LinkState {
    return this.#state;
  }

  get current(): Road | undefined {
    return this.#current;
  }

  /** Messages are waiting to be acknowledged. */
  get isAwaiting(): boolean {
    return this.#outbox.length > 0;
  }

  /** Has lost its road and waits for another to go on with. */
  get isResuming(): boolean {
    return this.#state !== 'lost' && !this.#current;
  }

  /** False without a link; also when the queue is full, and then the link is lost. */
  send(data: Bytes): boolean {
    if (this.#state === 'lost') return false;
    const isFull =
      this.#outboxBytes + data.length > LINK_QUEUE_BYTES_MAX || this.#outbox.length >= LINK_QUEUE_MESSAGES_MAX;
    if (isFull) {
      this.lose('queue full');
      return false;
    }
    this.#outbox.push(new Uint8Array(data));
    this.#outboxBytes += data.length;
    this.#current?.pipe.wake();
    return true;
  }

  /** The first frame on a road that this end dials. */
  opening(road: RoadId): OpenFrame {
    const peerSession = this.#peerSession;
    return {
      kind: 'open',
      road,
      session: this.#session,
      ...(peerSession && { peerSession }),
      received: this.#received,
      gone: this.#goneRoads(),
    };
  }

  /** The answer to a road that the peer dialled; the road is in use once it is sent. */
  accept(open: OpenFrame, pipe: Pipe): void {
    // A peer that has reloaded has a new id. One that it had before is of a road that outlived its session: a new id here sees to it.
    if (this.#peerSession !== undefined && this.#peerSession !== open.session) {
      if (this.#paired.has(open.session) || this.#paired.size >= PAIRED_MAX) this.#renew();
      else this.#restart();
    }
    this.#pairWith(open.session);
    const answer: AcceptFrame = {
      kind: 'accept',
      session: this.#session,
      forSession: open.session,
      received: this.#received,
      gone: this.#goneRoads(),
    };
    pipe.put(answer);
    // A peer that has dialled before it learnt our id from another road has counted in another session, or not yet.
    const peerReceived = open.peerSession === this.#session ? open.received : 0;
    this.#adopt(open.road, pipe, false, peerReceived, open.gone);
  }

  /** The peer's answer to a road that this end dialled. False: it answers to a session that is over, and the road is of no use. */
  accepted(open: OpenFrame, answer: AcceptFrame, pipe: Pipe): boolean {
    if (answer.forSession !== this.#session || open.session !== this.#session) return false;
    if (this.#peerSession !== answer.session) {
      if (this.#paired.has(answer.session)) return false;
      if (this.#peerSession !== undefined) this.#restart();
    }
    this.#pairWith(answer.session);
    this.#adopt(open.road, pipe, true, answer.received, answer.gone);
    return true;
  }

  /** No longer counts on a road; it stays in use until there is another. */
  retire(road: Road): void {
    road.retiring = true;
  }

  /** Asks for a sign of life. */
  probe(): void {
    this.#current?.pipe.put({ kind: 'probe' });
  }

  /** Gives the link up, tells the peer, and forgets the session. */
  letGo(): void {
    for (const road of this.#roads) road.pipe.put({ kind: 'bye' });
    this.#closeRoads((pipe) => pipe.close());
    this.#renew();
  }

  /** Gives the link up without a word. */
  lose(reason: string): void {
    this.#closeRoads((pipe) => pipe.abort(reason));
    this.#renew();
  }

  #adopt(id: RoadId, pipe: Pipe, dialledBySelf: boolean, peerReceived: number, gone: readonly RoadId[]): void {
    const now = this.#options.clock.monotonicMs();
    const road: Road = { id, pipe, dialledBySelf, sinceMs: now, heardMs: now, retiring: false };
    for (const other of this.#roads) if (gone.includes(other.id)) other.retiring = true;
    pipe.greeted();
    pipe.attach({
      next: () => this.#next(road),
      frame: (frame) => this.#frame(road, frame),
      closed: () => this.#closed(road),
    });
    this.#roads.add(road);
    if (!this.#acknowledge(peerReceived)) {
      this.#fault(road, 'acknowledges what was never sent');
      return;
    }
    this.#cancelResume?.();
    this.#cancelResume = undefined;
    this.#choose();
    this.#options.onRoads();
  }

  #pairWith(peerSession: SessionId): void {
    this.#peerSession = peerSession;
    this.#paired.add(peerSession);
  }

  /** Puts the best road to use and closes the others. */
  #choose(): void {
    let best: Road | undefined;
    for (const road of this.#roads) if (!best || this.#isBetter(road, best)) best = road;
    if (best && best !== this.#current) {
      this.#current = best;
      // What the peer may lack: it drops what it has already.
      this.#cursor = this.#outboxBase;
      best.pipe.wake();
    }
    for (const road of this.#roads) if (road !== best) this.#drop(road, (pipe) => pipe.close());
    if (best) this.#setState(best.pipe.kind);
  }

  /** `road` was adopted after `other`. */
  #isBetter(road: Road, other: Road): boolean {
    if (rank(road) !== rank(other)) return rank(road) > rank(other);
    if (road.dialledBySelf === other.dialledBySelf) return true;
    return road.dialledBySelf === this.#options.isLower;
  }

  #next(road: Road): Extract<Frame, { kind: 'data' }> | undefined {
    if (road !== this.#current) return undefined;
    const payload = this.#outbox[this.#cursor - this.#outboxBase];
    if (!payload) return undefined;
    this.#noteAcknowledged();
    return { kind: 'data', sequence: this.#cursor++, acknowledged: this.#received, payload };
  }

  #frame(road: Road, frame: Frame): void {
    if (!this.#roads.has(road)) return;
    road.heardMs = this.#options.clock.monotonicMs();
    switch (frame.kind) {
      case 'data':
        if (!this.#acknowledge(frame.acknowledged)) this.#fault(road, 'acknowledges what was never sent');
        else this.#receive(road, frame.sequence, frame.payload);
        return;
      case 'ack':
        if (!this.#acknowledge(frame.acknowledged)) this.#fault(road, 'acknowledges what was never sent');
        return;
      case 'probe':
        this.#sendAck(road);
        return;
      case 'bye':
        this.#closeRoads((pipe) => pipe.close());
        this.#renew();
        return;
      case 'open':
      case 'accept':
      case 'refuse':
        this.#fault(road, `a second greeting: ${frame.kind}`);
        return;
      default:
        unreachable(frame);
    }
  }

  #receive(road: Road, sequence: number, payload: Bytes): void {
    // Sent before on another road.
    if (sequence <= this.#received) return;
    if (sequence !== this.#received + 1) {
      this.#fault(road, `message ${sequence} after ${this.#received}`);
      return;
    }
    this.#received = sequence;
    this.#unacknowledged.messages++;
    this.#unacknowledged.bytes += payload.length;
    const silenceMs = this.#options.clock.monotonicMs() - this.#acknowledgedMs;
    const { messages, bytes } = this.#unacknowledged;
    if (messages >= ACK_MESSAGES || bytes >= ACK_BYTES || silenceMs >= ACK_DELAY_MS) this.#sendAck(road);
    else this.#cancelAck ??= this.#options.clock.after(ACK_DELAY_MS, () => this.#ackIsDue());
    this.#options.onMessage(payload);
  }

  #ackIsDue(): void {
    this.#cancelAck = undefined;
    if (this.#unacknowledged.messages > 0 && this.#current) this.#sendAck(this.#current);
  }

  #sendAck(road: Road): void {
    this.#noteAcknowledged();
    road.pipe.put({ kind: 'ack', acknowledged: this.#received });
  }

  #noteAcknowledged(): void {
    this.#unacknowledged = { messages: 0, bytes: 0 };
    this.#acknowledgedMs = this.#options.clock.monotonicMs();
    this.#cancelAck?.();
    this.#cancelAck = undefined;
  }

  /** False: no such message was ever sent. */
  #acknowledge(sequence: number): boolean {
    const count = sequence - this.#outboxBase + 1;
    if (count <= 0) return true;
    if (count > this.#outbox.length) return false;
    for (const data of this.#outbox.splice(0, count)) this.#outboxBytes -= data.length;
    this.#outboxBase += count;
    this.#cursor = Math.max(this.#cursor, this.#outboxBase);
    assert(this.#outboxBytes >= 0, 'the queue holds less than nothing');
    return true;
  }

  #closed(road: Road): void {
    if (!this.#roads.delete(road)) return;
    this.#remember(road.id);
    if (road === this.#current) {
      this.#current = undefined;
      this.#choose();
    }
    if (!this.#current) this.#startResuming();
    this.#options.onRoads();
  }

  #startResuming(): void {
    if (this.#state === 'lost' || this.#cancelResume) return;
    this.#cancelResume = this.#options.clock.after(RESUME_WINDOW_MS, () => this.lose('no road in time'));
  }

  /** The peer does not keep to the protocol on this road. */
  #fault(road: Road, problem: string): void {
    this.#drop(road, (pipe) => pipe.abort(problem));
    if (!this.#current) this.#choose();
    if (!this.#current) this.#startResuming();
    this.#options.onRoads();
  }

  #drop(road: Road, how: (pipe: Pipe) => void): void {
    this.#roads.delete(road);
    if (road === this.#current) this.#current = undefined;
    this.#remember(road.id);
    how(road.pipe);
  }

  #closeRoads(how: (pipe: Pipe) => void): void {
    for (const road of this.#roads) this.#drop(road, how);
  }

  #remember(road: RoadId): void {
    this.#gone = [...this.#gone, road].slice(-GONE_ROADS_MAX);
  }

  #goneRoads(): RoadId[] {
    const retiring = [...this.#roads].flatMap((road) => (road.retiring ? [road.id] : []));
    return [...this.#gone, ...retiring].slice(-GONE_ROADS_MAX);
  }

  /** Forgets the session: the link is lost, and the next one has a new id at this end. */
  #renew(): void {
    this.#session = this.#options.newSession();
    this.#paired = new Set();
    this.#restart();
  }

  /** The peer has forgotten the session: counts afresh with it. */
  #restart(): void {
    this.#closeRoads((pipe) => pipe.abort('session over'));
    this.#peerSession = undefined;
    this.#gone = [];
    this.#outbox = [];
    this.#outboxBytes = 0;
    this.#outboxBase = 1;
    this.#cursor = 1;
    this.#received = 0;
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    this.#cancelResume?.();
    this.#cancelResume = undefined;
    this.#unacknowledged = { messages: 0, bytes: 0 };
    this.#acknowledgedMs = Number.NEGATIVE_INFINITY;
    this.#setState('lost');
    this.#options.onRoads();
  }

  #setState(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

const KIND_RANK: Readonly<Record<PipeKind, number>> = { relayed: 1, direct: 2 };

function rank(road: Road): number {
  return road.retiring ? 0 : KIND_RANK[road.pipe.kind];
}

/** @throws AssertionError */
export function isLowerKey(self: string, peer: string): boolean {
  if (self === peer) throw new AssertionError('a node has no link to itself');
  return self < peer;
}
