// Frames: what two ends of a road say to each other below the messages. Every frame is preceded by its length (u32, little-endian); the
// length, the kind and the numbers are all that is added to a message.

import { type BcsReader, type BcsWriter, decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { AssertionError, DecodeError, unreachable } from '../base/errors.ts';
import { err, ok, type Result } from '../base/result.ts';
import { MESSAGE_SIZE_MAX } from '../ports/network.ts';

/** Raised with every change of a frame; nodes with another one have no road to each other. */
export const LINK_PROTOCOL = '/strait/link/1';

/** One end's part in a link, from its beginning until it is lost: 16 random bytes in hex. Two of them name what sequence numbers count in. */
export type SessionId = string;
/** 8 random bytes in hex, chosen by the end that dials. */
export type RoadId = string;

export const SESSION_ID_SIZE = 16;
export const ROAD_ID_SIZE = 8;
/** A link has one road, and a second one while it changes over; a few more may have failed since the last greeting. */
export const GONE_ROADS_MAX = 8;

/** First frame of the end that dials. */
export interface OpenFrame {
  readonly kind: 'open';
  readonly road: RoadId;
  readonly session: SessionId;
  /** The peer's, if this end is in a session with it. */
  readonly peerSession?: SessionId;
  /** Sequence of the last message received in the session; 0 before the first. */
  readonly received: number;
  /** Roads that this end no longer counts on. */
  readonly gone: readonly RoadId[];
}

/** First frame of the other end. The road is in use once it is sent. */
export interface AcceptFrame {
  readonly kind: 'accept';
  readonly session: SessionId;
  /** The dialler's session that was accepted. */
  readonly forSession: SessionId;
  readonly received: number;
  readonly gone: readonly RoadId[];
}

const REFUSALS = ['not-admitted', 'busy'] as const;
export type RoadRefusal = (typeof REFUSALS)[number];

export type Frame =
  | OpenFrame
  | AcceptFrame
  | { readonly kind: 'refuse'; readonly reason: RoadRefusal }
  /** `acknowledged`: sequence of the last message that the sender of this frame has received. */
  | { readonly kind: 'data'; readonly sequence: number; readonly acknowledged: number; readonly payload: Bytes }
  | { readonly kind: 'ack'; readonly acknowledged: number }
  /** Answered at once with `ack`. */
  | { readonly kind: 'probe' }
  /** The link is let go on purpose. */
  | { readonly kind: 'bye' };

const KINDS = ['open', 'accept', 'refuse', 'data', 'ack', 'probe', 'bye'] as const satisfies readonly Frame['kind'][];

/** Kind, sequence, acknowledged. */
const DATA_HEAD_SIZE = 1 + 8 + 8;
const LENGTH_SIZE = 4;
export const FRAME_SIZE_MAX = DATA_HEAD_SIZE + MESSAGE_SIZE_MAX;
/** Largest frame before a road is in use: an `open` with all it can hold. */
export const GREETING_SIZE_MAX = 256;

/** The frame with its length before it, in pieces, so that a large payload is not copied. */
export function encodeFrame(frame: Frame): readonly Uint8Array[] {
  if (frame.kind === 'data') {
    const head = encodeBcs((w) => {
      w.u32(DATA_HEAD_SIZE + frame.payload.length).u8(KINDS.indexOf('data'));
      w.u64(BigInt(frame.sequence)).u64(BigInt(frame.acknowledged));
    });
    return [head, frame.payload];
  }
  const body = encodeBcs((w) => {
    w.u8(KINDS.indexOf(frame.kind));
    writeBody(w, frame);
  });
  return [encodeBcs((w) => w.u32(body.length)), body];
}

/** Reads one frame without its length. Never throws on what a peer sent. */
export function decodeFrame(bytes: Bytes): Result<Frame, string> {
  try {
    return ok(readFrame(bytes));
  } catch (error) {
    if (error instanceof DecodeError) return err(error.message);
    throw error;
  }
}

/** Cuts a byte stream into frames. Holds no more than has arrived, and at most one frame of the largest size. */
export class FrameSplitter {
  /** Frames over it are refused; may be raised between frames. */
  sizeMax: number;
  #parts: Uint8Array[] = [];
  #held = 0;

  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  /** Takes what arrived and gives the frames completed by it, one by one, so that `sizeMax` may change in between. */
  *push(chunk: Uint8Array): Generator<Result<Bytes, string>> {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    for (;;) {
      if (this.#held < LENGTH_SIZE) return;
      const length = this.#peekLength();
      if (length > this.sizeMax) {
        yield err(`a frame of ${length} bytes, over the limit of ${this.sizeMax}`);
        return;
      }
      if (this.#held < LENGTH_SIZE + length) return;
      this.#take(LENGTH_SIZE);
      yield ok(this.#take(length));
    }
  }

  #peekLength(): number {
    const first = this.#parts[0];
    const head = first && first.length >= LENGTH_SIZE ? first : this.#joined();
    return new DataView(head.buffer, head.byteOffset, LENGTH_SIZE).getUint32(0, true);
  }

  /** Everything held as one part. Only while a length is incomplete in the first part, so what is copied is small. */
  #joined(): Uint8Array {
    const joined = concatBytes(...this.#parts);
    this.#parts = [joined];
    return joined;
  }

  #take(size: number): Bytes {
    const taken = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const part = this.#parts[0];
      if (!part) throw new AssertionError('took more than is held');
      const used = Math.min(part.length, size - filled);
      taken.set(part.subarray(0, used), filled);
      filled += used;
      if (used === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(used);
    }
    this.#held -= size;
    return taken;
  }
}

function writeBody(w: BcsWriter, frame: Exclude<Frame, { kind: 'data' }>): void {
  switch (frame.kind) {
    case 'open':
      w.fixed(fromHex(frame.road)).fixed(fromHex(frame.session));
      w.option(frame.peerSession, (writer, session) => writer.fixed(fromHex(session)));
      w.u64(BigInt(frame.received)).vector(frame.gone, writeRoadId);
      return;
    case 'accept':
      w.fixed(fromHex(frame.session)).fixed(fromHex(frame.forSession));
      w.u64(BigInt(frame.received)).vector(frame.gone, writeRoadId);
      return;
    case 'refuse':
      w.u8(REFUSALS.indexOf(frame.reason));
      return;
    case 'ack':
      w.u64(BigInt(frame.acknowledged));
      return;
    case 'probe':
    case 'bye':
      return;
    default:
      unreachable(frame);
  }
}

function readFrame(bytes: Bytes): Frame {
  if (bytes[0] === KINDS.indexOf('data')) {
    if (bytes.length < DATA_HEAD_SIZE) throw new DecodeError('data', 'cut short', bytes.length);
    return decodeBcs(bytes.subarray(0, DATA_HEAD_SIZE), 'data', (r) => {
      r.u8('kind');
      const sequence = readCount(r, 'sequence');
      const acknowledged = readCount(r, 'acknowledged');
      return { kind: 'data', sequence, acknowledged, payload: bytes.subarray(DATA_HEAD_SIZE) };
    });
  }
  return decodeBcs(bytes, 'frame', (r) => readBody(r, KINDS[r.u8('kind')]));
}

function readBody(r: BcsReader, kind: Frame['kind'] | undefined): Frame {
  switch (kind) {
    case 'open': {
      const road = toHex(r.fixed('road', ROAD_ID_SIZE));
      const session = toHex(r.fixed('session', SESSION_ID_SIZE));
      const peerSession = r.option('peer session', (reader) => toHex(reader.fixed('peer session', SESSION_ID_SIZE)));
      const received = readCount(r, 'received');
      return { kind, road, session, ...(peerSession && { peerSession }), received, gone: readGone(r) };
    }
    case 'accept': {
      const session = toHex(r.fixed('session', SESSION_ID_SIZE));
      const forSession = toHex(r.fixed('for session', SESSION_ID_SIZE));
      const received = readCount(r, 'received');
      return { kind, session, forSession, received, gone: readGone(r) };
    }
    case 'refuse': {
      const start = r.offset;
      const reason = REFUSALS[r.u8('reason')];
      if (!reason) throw new DecodeError('reason', 'unknown', start);
      return { kind, reason };
    }
    case 'ack':
      return { kind, acknowledged: readCount(r, 'acknowledged') };
    case 'probe':
    case 'bye':
      return { kind };
    default:
      throw new DecodeError('kind', 'unknown', 0);
  }
}

function writeRoadId(w: BcsWriter, road: RoadId): void {
  w.fixed(fromHex(road));
}

function readGone(r: BcsReader): RoadId[] {
  return r.vector('gone', GONE_ROADS_MAX, (reader) => toHex(reader.fixed('gone', ROAD_ID_SIZE)));
}

/** A count of messages. No link lives for 2^53 of them. */
function readCount(r: BcsReader, what: string): number {
  const start = r.offset;
  const count = r.u64(what);
  if (count > BigInt(Number.MAX_SAFE_INTEGER)) throw new DecodeError(what, 'beyond any link', start);
  return Number(count);
}
