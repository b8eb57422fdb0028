// A pipe over one libp2p stream, which has its connection to itself. Frames are cut into chunks that every transport takes whole, several
// small ones share a chunk, and sending waits while the stream is full.

import type { Connection, Stream } from '@libp2p/interface';
import { decodeFrame, encodeFrame, FRAME_SIZE_MAX, type Frame, FrameSplitter, GREETING_SIZE_MAX } from './frames.ts';
import { CHUNK_SIZE } from './limits.ts';
import type { Allowance, Pipe, PipeKind, PipeUser } from './pipe.ts';

/** A peer that does not take the last bytes of a closing pipe in this time does not get them. */
const CLOSE_TIMEOUT_MS = 1_000;
/** Frames that wait to be put: greetings, acknowledgements, probes. A peer that makes us answer more without reading is cut off. */
const CONTROL_MAX = 64;

export class StreamPipe implements Pipe {
  readonly kind: PipeKind;
  readonly address: string;
  readonly #stream: Stream;
  readonly #connection: Connection;
  readonly #splitter = new FrameSplitter(GREETING_SIZE_MAX);
  readonly #chunk = new Uint8Array(CHUNK_SIZE);
  #user: PipeUser | undefined;
  #control: Frame[] = [];
  /** What is left of the frame that is being sent. */
  #pieces: Uint8Array[] = [];
  #state: 'open' | 'closing' | 'over' = 'open';
  #isFull = false;
  #isPumpDue = false;
  #isClosedReported = false;

  constructor(stream: Stream, connection: Connection, kind: PipeKind) {
    this.#stream = stream;
    this.#connection = connection;
    this.kind = kind;
    this.address = connection.remoteAddr.toString();
    stream.addEventListener('drain', () => {
      this.#isFull = false;
      this.#pump();
    });
    stream.addEventListener('close', () => {
      // Whoever closed the stream: its connection is of no further use, and libp2p would signal over it as if it were alive.
      if (this.#state !== 'over') connection.abort(new Error('the stream has closed'));
      this.#ended();
    });
    stream.addEventListener('remoteCloseWrite', () => {
      if (this.#state !== 'over') this.abort('the peer has closed the stream');
    });
  }

  attach(user: PipeUser): void {
    const isFirst = this.#user === undefined;
    this.#user = user;
    // Only now, as the stream keeps what arrives until somebody listens.
    if (isFirst) this.#stream.addEventListener('message', (event) => this.#arrived(event.data.subarray()));
  }

  put(frame: Frame): void {
    if (this.#state !== 'open') return;
    // A later acknowledgement says all that an earlier one did.
    if (frame.kind === 'ack') this.#control = this.#control.filter((other) => other.kind !== 'ack');
    if (this.#control.length >= CONTROL_MAX) {
      this.abort('too many frames are waiting');
      return;
    }
    this.#control.push(frame);
    this.wake();
  }

  greeted(): void {
    this.#splitter.sizeMax = FRAME_SIZE_MAX;
  }

  wake(): void {
    if (this.#isPumpDue || this.#isFull) return;
    this.#isPumpDue = true;
    // Whatever is sent within one turn shares chunks.
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  allowance(): Allowance {
    const { bytes, seconds } = this.#connection.limits ?? {};
    return { ...(bytes !== undefined && { bytes: Number(bytes) }), ...(seconds !== undefined && { seconds }) };
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    const timeout = setTimeout(() => this.abort('did not close in time'), CLOSE_TIMEOUT_MS);
    this.#stream.addEventListener('close', () => clearTimeout(timeout));
    this.#pump();
  }

  abort(reason: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const error = new Error(reason);
    this.#stream.abort(error);
    this.#connection.abort(error);
    this.#ended();
  }

  #arrived(chunk: Uint8Array): void {
    for (const piece of this.#splitter.push(chunk)) {
      const frame = piece.ok ? decodeFrame(piece.value) : piece;
      if (this.#state !== 'open') return;
      if (!frame.ok) {
        this.abort(frame.error);
        return;
      }
      this.#user?.frame(frame.value);
    }
  }

  #pump(): void {
    while (this.#state !== 'over' && !this.#isFull) {
      const chunk = this.#fill();
      if (!chunk) {
        if (this.#state === 'closing') this.#finish();
        return;
      }
      try {
        this.#isFull = !this.#stream.send(chunk);
      } catch {
        this.abort('the stream takes nothing any more');
        return;
      }
    }
  }

  /** The next chunk, or nothing if there is nothing to send. */
  #fill(): Uint8Array | undefined {
    let filled = 0;
    while (filled < CHUNK_SIZE) {
      const piece = this.#pieces[0];
      if (!piece) {
        const frame = this.#control.shift() ?? (this.#state === 'open' ? this.#user?.next() : undefined);
        if (!frame) break;
        this.#pieces.push(...encodeFrame(frame));
        continue;
      }
      const used = Math.min(piece.length, CHUNK_SIZE - filled);
      this.#chunk.set(piece.subarray(0, used), filled);
      filled += used;
      if (used === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(used);
    }
    return filled === 0 ? undefined : this.#chunk.slice(0, filled);
  }

  #finish(): void {
    this.#state = 'over';
    const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
    this.#stream
      .close({ signal })
      .then(() => this.#connection.close({ signal }))
      .catch((error: Error) => this.#connection.abort(error))
      .finally(() => this.#ended());
  }

  #ended(): void {
    this.#state = 'over';
    if (this.#isClosedReported) return;
    this.#isClosedReported = true;
    queueMicrotask(() => this.#user?.closed());
  }
}
