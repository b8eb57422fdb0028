// Peer messages: frozen bytes, exact round trips, and a typed refusal for everything else.

import { existsSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BcsWriter } from '../base/bcs.ts';
import { type Bytes, concatBytes, toHex, utf8Encode } from '../base/bytes.ts';
import { AssertionError } from '../base/errors.ts';
import * as channel from '../channel/limits.ts';
import type { ChannelMessage } from '../channel/messages.ts';
import { MESSAGE_SIZE_MAX } from '../ports/network.ts';
import { anyMessage } from './fixtures/arbitrary.ts';
import { MESSAGES } from './fixtures/messages.ts';
import {
  HISTORY_BATCHES_MAX,
  KNOWN_POSITIONS_MAX,
  LEADER_LATENCY_MS_MAX,
  PEER_MESSAGE_SIZE_MAX,
  REASON_SIZE_MAX,
  SNAPSHOT_ENTRIES_MAX,
} from './limits.ts';
import { decodePeerMessage, encodePeerMessage, PEER_PROTOCOL_VERSION } from './peer.ts';

const GOLDEN = `${import.meta.dirname}/golden`;
/** `npm run fuzz:wire` raises it. */
const FUZZ_RUNS = Number(process.env.FUZZ_WIRE_RUNS ?? 2_000);

function sample(name: string): Bytes {
  const message = MESSAGES[name];
  if (!message) throw new Error(`no message named ${name}`);
  return encodePeerMessage(message);
}

function refusal(bytes: Uint8Array) {
  const result = decodePeerMessage(bytes);
  if (result.ok) throw new Error(`accepted as ${result.value.kind}`);
  return result.error;
}

describe('bytes of a peer message', () => {
  for (const [name, message] of Object.entries(MESSAGES)) {
    it(`are frozen: ${name}`, async () => {
      const bytes = encodePeerMessage(message);
      const lines = toHex(bytes).match(/.{1,64}/g) ?? [];
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${GOLDEN}/${name}.hex`);
      expect(decodePeerMessage(bytes)).toEqual({ ok: true, value: message });
    });
  }

  it('have a golden file for every kind and no stray one', () => {
    const kinds = new Set(Object.values(MESSAGES).map((message) => message.kind));
    expect(kinds.size).toBe(17);
    expect(existsSync(GOLDEN)).toBe(true);
    const files = readdirSync(GOLDEN).sort();
    expect(files).toEqual(
      Object.keys(MESSAGES)
        .map((name) => `${name}.hex`)
        .sort(),
    );
  });

  it('come back as the message that was sent, whatever it is', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodePeerMessage(encodePeerMessage(message))).toEqual({ ok: true, value: message });
      }),
      { numRuns: Math.max(300, Math.floor(FUZZ_RUNS / 10)) },
    );
  });

  it('fit a frame of the network port', () => {
    expect(PEER_MESSAGE_SIZE_MAX).toBe(MESSAGE_SIZE_MAX);
  });

  it('admit all that the channel makes', () => {
    expect(channel.KNOWN_POSITIONS_MAX).toBeLessThanOrEqual(KNOWN_POSITIONS_MAX);
    expect(channel.HISTORY_BATCHES_MAX).toBeLessThanOrEqual(HISTORY_BATCHES_MAX);
    expect(channel.SNAPSHOT_ENTRIES_MAX).toBeLessThanOrEqual(SNAPSHOT_ENTRIES_MAX);
    expect(channel.HISTORY_SIZE_MAX + channel.BATCH_SIZE_MAX).toBeLessThan(PEER_MESSAGE_SIZE_MAX);
    expect(channel.SNAPSHOT_SIZE_MAX).toBeLessThan(PEER_MESSAGE_SIZE_MAX);
  });
});

describe('what is refused', () => {
  it('an empty message', () => {
    expect(refusal(new Uint8Array())).toMatchObject({ field: 'protocol version', offset: 0 });
  });

  it('another version', () => {
    const bytes = sample('heartbeat');
    bytes[0] = PEER_PROTOCOL_VERSION + 1;
    expect(refusal(bytes)).toMatchObject({ field: 'protocol version', offset: 0 });
  });

  it('an unknown kind', () => {
    expect(refusal(Uint8Array.of(PEER_PROTOCOL_VERSION, 17))).toMatchObject({ field: 'message kind', offset: 1 });
  });

  it('bytes after the message', () => {
    expect(refusal(concatBytes(sample('recover'), Uint8Array.of(0)))).toMatchObject({ field: 'recover', offset: 10 });
  });

  it('every message cut short, at every byte', () => {
    for (const name of Object.keys(MESSAGES)) {
      const bytes = sample(name);
      for (let length = 0; length < bytes.length; length++) {
        expect(decodePeerMessage(bytes.subarray(0, length)).ok, `${name} cut to ${length}`).toBe(false);
      }
    }
  });

  it('a list over its cap, before any of it is read', () => {
    const w = new BcsWriter().u8(PEER_PROTOCOL_VERSION).u8(0).u64(1n).u64(0n).fixed(new Uint8Array(32)).string('');
    w.uleb128(KNOWN_POSITIONS_MAX + 1);
    expect(refusal(w.finish())).toMatchObject({ field: 'known positions', offset: 51 });
  });

  it('a claim of a size that is not there', () => {
    const w = new BcsWriter().u8(PEER_PROTOCOL_VERSION).u8(10).u8(0).uleb128(0xffff_ffff);
    expect(refusal(w.finish())).toMatchObject({ field: 'reason', offset: 3 });
  });

  it('a message over the limit of a frame', () => {
    const bytes = new Uint8Array(PEER_MESSAGE_SIZE_MAX + 1);
    bytes[0] = PEER_PROTOCOL_VERSION;
    expect(refusal(bytes)).toMatchObject({ field: 'message', offset: 0 });
  });

  it("[T2] a leader's transaction sent as a member's", () => {
    const tick = Uint8Array.of(PEER_PROTOCOL_VERSION, 3, 3);
    expect(refusal(tick)).toMatchObject({ field: 'transaction', offset: 2 });
  });

  it('a latency that is none', () => {
    const bytes = sample('heartbeat');
    bytes.fill(0xff, bytes.length - 4);
    expect(refusal(bytes)).toMatchObject({ field: 'leader latency' });
  });

  it('text that is not UTF-8', () => {
    expect(refusal(Uint8Array.of(PEER_PROTOCOL_VERSION, 10, 0, 1, 0xff))).toMatchObject({ field: 'reason', offset: 3 });
  });
});

describe('what is ours to keep', () => {
  it('a latency over the limit goes out as the limit', () => {
    const heartbeat = MESSAGES.heartbeat as Extract<ChannelMessage, { kind: 'heartbeat' }>;
    const decoded = decodePeerMessage(encodePeerMessage({ ...heartbeat, leaderLatencyMs: Number.POSITIVE_INFINITY }));
    expect(decoded).toMatchObject({ ok: true, value: { leaderLatencyMs: LEADER_LATENCY_MS_MAX } });
  });

  it('a long reason is cut at the end of a character', () => {
    const decoded = decodePeerMessage(encodePeerMessage({ kind: 'refused', code: 'other', reason: '€'.repeat(400) }));
    expect(decoded).toMatchObject({ ok: true, value: { reason: '€'.repeat(Math.floor(REASON_SIZE_MAX / 3)) } });
    expect(utf8Encode('€').length).toBe(3);
  });

  it('a message over the limit is a bug of the sender', () => {
    const value = new Uint8Array(1024 * 1024);
    const snapshot = MESSAGES.snapshot as Extract<ChannelMessage, { kind: 'snapshot' }>;
    const [entry] = snapshot.snapshot.entries;
    if (!entry) throw new Error('the fixture has entries');
    const entries = Array.from({ length: 4 }, () => ({ ...entry, value }));
    expect(() => encodePeerMessage({ ...snapshot, snapshot: { ...snapshot.snapshot, entries } })).toThrow(
      AssertionError,
    );
  });
});

describe('hostile bytes', () => {
  /** Decodes; if that is accepted, the bytes must be the one encoding of what was read. */
  function check(bytes: Uint8Array): void {
    const result = decodePeerMessage(bytes);
    if (result.ok) expect(toHex(encodePeerMessage(result.value))).toBe(toHex(bytes));
    else expect(result.error.offset).toBeLessThanOrEqual(bytes.length);
  }

  it(`never throw: ${FUZZ_RUNS} mutated messages`, () => {
    const names = Object.keys(MESSAGES);
    const edit = fc.record({ at: fc.nat(), value: fc.nat(255), how: fc.constantFrom('set', 'flip', 'cut', 'insert') });
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(edit, { minLength: 1, maxLength: 6 }), (name, edits) => {
        let bytes: Bytes = sample(name);
        for (const { at, value, how } of edits) {
          const place = bytes.length === 0 ? 0 : at % bytes.length;
          if (how === 'cut') bytes = concatBytes(bytes.subarray(0, place), bytes.subarray(place + 1 + (value % 8)));
          else if (how === 'insert')
            bytes = concatBytes(bytes.subarray(0, place), Uint8Array.of(value), bytes.subarray(place));
          else if (bytes.length > 0) bytes[place] = how === 'set' ? value : (bytes[place] ?? 0) ^ (1 << (value % 8));
        }
        check(bytes);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it(`never throw: ${FUZZ_RUNS} random ones behind a lawful head`, () => {
    fc.assert(
      fc.property(fc.nat(15), fc.uint8Array({ maxLength: 400 }), (kind, body) => {
        check(concatBytes(Uint8Array.of(PEER_PROTOCOL_VERSION, kind), body));
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
