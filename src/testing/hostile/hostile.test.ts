// Hostile bytes into the decoder and the verifier: a typed refusal each time, soon, and without asking for much memory. `npm run fuzz:bytes` does
// a million, in a process of little memory.

import { describe, expect, it } from 'vitest';
import { moduleKey, selfId } from '../../vm/bytecode/access.ts';
import { decodeModule } from '../../vm/bytecode/decode.ts';
import type { ModuleId } from '../../vm/bytecode/module.ts';
import { heavyInputs } from './heavy-modules.ts';
import { hostileBytes } from './hostile-bytes.ts';
import { DECODE_BYTES_FIXED, DECODE_BYTES_PER_BYTE, judge } from './judge.ts';
import { framework, specimens } from './specimens.ts';

const INPUTS = 1_500;
/** Of the heavy inputs, every so many. */
const HEAVY_STEP = 5;
const TIMEOUT_MS = 120_000;
/** Ten times what is promised: other tests run beside this one. */
const DURATION_MS_MAX = 1_000;

const published = new Map(framework().map((bytes) => [moduleKey(selfId(decodeModule(bytes))), decodeModule(bytes)]));
const resolve = (id: ModuleId) => published.get(moduleKey(id));

describe('hostile bytes', () => {
  it('are judged without a fault', { timeout: TIMEOUT_MS }, () => {
    const from = specimens();
    const verdicts = new Set<string>();
    const faults: string[] = [];
    for (let i = 0; i < INPUTS; i++) {
      const { module, durationMs } = judge(hostileBytes(from, `test ${i}`), resolve);
      verdicts.add(module);
      if (durationMs > DURATION_MS_MAX) faults.push(`${i}: ${durationMs} ms`);
    }
    expect(faults).toEqual([]);
    // They get past the door, and into every pass.
    expect([...verdicts]).toEqual(
      expect.arrayContaining([
        'OK',
        'MALFORMED',
        'INDEX_OUT_OF_BOUNDS',
        'DUPLICATE_ELEMENT',
        'MOVELOC_UNAVAILABLE_ERROR',
      ]),
    );
  });

  it('as large and as heavy as they may be are judged soon', { timeout: TIMEOUT_MS }, () => {
    const faults: string[] = [];
    const some = heavyInputs().filter((_, index) => index % HEAVY_STEP === 0);
    for (const { name, bytes } of some) {
      const { durationMs, decodeBytes } = judge(bytes, resolve);
      if (durationMs > DURATION_MS_MAX) faults.push(`${name}: ${durationMs} ms`);
      const bytesMax = DECODE_BYTES_FIXED + DECODE_BYTES_PER_BYTE * bytes.length;
      if (decodeBytes !== undefined && decodeBytes > bytesMax) faults.push(`${name}: ${decodeBytes} bytes of memory`);
    }
    expect(faults).toEqual([]);
  });
});
