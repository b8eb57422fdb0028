// Frames come back whole however the stream cuts them, and nothing that a peer sends makes the reader throw or hold more than it may.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesEqual, concatBytes, toHex } from '../base/bytes.ts';
import { MESSAGE_SIZE_MAX } from '../ports/network.ts';
import { decodeFrame, encodeFrame, FRAME_SIZE_MAX, type Frame, FrameSplitter, GREETING_SIZE_MAX } from './frames.ts';

const session = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex);
const road = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(toHex);
const gone = fc.array(road, { maxLength: 8 });
const count = fc.maxSafeNat();

const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record(
    { kind: fc.constant('open' as const), road, session, peerSession: session, received: count, gone },
    { requiredKeys: ['kind', 'road', 'session', 'received', 'gone'] },
  ),
  fc.record({ kind: fc.constant('accept' as const), session, forSession: session, received: count, gone }),
  fc.record({
    kind: fc.constant('refuse' as const),
    reason: fc.constantFrom('not-admitted' as const, 'busy' as const),
  }),
  fc.record({
    kind: fc.constant('data' as const),
    sequence: count,
    acknowledged: count,
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
  }),
  fc.record({ kind: fc.constant('ack' as const), acknowledged: count }),
  fc.constantFrom({ kind: 'probe' as const }, { kind: 'bye' as const }),
);

function split(splitter: FrameSplitter, chunks: readonly Uint8Array[]): (Frame | string)[] {
  return chunks.flatMap((chunk) =>
    [...splitter.push(chunk)].map((piece) => {
      if (!piece.ok) return piece.error;
      const frame = decodeFrame(piece.value);
      return frame.ok ? frame.value : frame.error;
    }),
  );
}

describe('frames', () => {
  it('come back whole, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 97 })), (frames, cuts) => {
        const stream = concatBytes(...frames.flatMap(encodeFrame));
        const chunks: Uint8Array[] = [];
        for (let offset = 0, cut = 0; offset < stream.length; cut++) {
          const size = cuts[cut] ?? 1_000;
          chunks.push(stream.subarray(offset, offset + size));
          offset += size;
        }
        expect(split(new FrameSplitter(FRAME_SIZE_MAX), chunks)).toEqual(frames);
      }),
      { numRuns: 500 },
    );
  });

  it('carry the largest message and nothing larger', () => {
    const payload = new Uint8Array(MESSAGE_SIZE_MAX);
    const frame: Frame = { kind: 'data', sequence: 1, acknowledged: 0, payload };
    const [received] = split(new FrameSplitter(FRAME_SIZE_MAX), encodeFrame(frame));
    expect(typeof received === 'object' && received.kind === 'data' && bytesEqual(received.payload, payload)).toBe(
      true,
    );
    const larger: Frame = { ...frame, payload: new Uint8Array(MESSAGE_SIZE_MAX + 1) };
    expect(split(new FrameSplitter(FRAME_SIZE_MAX), encodeFrame(larger))[0]).toContain('over the limit');
  });

  it('are small until the road is in use, and the largest greeting fits', () => {
    const id = (digit: string, size: number): string => digit.repeat(2 * size);
    const open: Frame = {
      kind: 'open',
      road: id('1', 8),
      session: id('2', 16),
      peerSession: id('3', 16),
      received: Number.MAX_SAFE_INTEGER,
      gone: Array.from({ length: 8 }, () => id('4', 8)),
    };
    expect(split(new FrameSplitter(GREETING_SIZE_MAX), encodeFrame(open))).toEqual([open]);
    const claim = Uint8Array.of(0xff, 0xff, 0xff, 0x7f);
    expect(split(new FrameSplitter(GREETING_SIZE_MAX), [claim])[0]).toContain('over the limit of 256');
  });

  it('of any other form are refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const frame = decodeFrame(new Uint8Array(bytes));
        // What is accepted is the one form of what was read.
        if (frame.ok) expect(toHex(concatBytes(...encodeFrame(frame.value)).subarray(4))).toBe(toHex(bytes));
      }),
      { numRuns: 5_000 },
    );
  });
});
