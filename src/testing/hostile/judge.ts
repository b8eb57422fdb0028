// Gives a byte string to the decoder and the verifier, and measures what that costs: time on the processor and memory asked for. Anything but a
// typed refusal is a fault.

import { getHeapStatistics } from 'node:v8';
import type { Bytes } from '../../base/bytes.ts';
import { decodeModule, decodeScript } from '../../vm/bytecode/decode.ts';
import type { CompiledModule, ModuleId } from '../../vm/bytecode/module.ts';
import { statusOf } from '../../vm/verify/outcome.suite.ts';
import { verifyModule, verifyScript } from '../../vm/verify/verify.ts';

export interface Verdict {
  /** `OK` or the status of the refusal, as a module and as a script. */
  readonly module: string;
  readonly script: string;
  readonly durationMs: number;
  /** Bytes that decoding alone asked for, given back since or not; absent when the engine collected in between. */
  readonly decodeBytes: number | undefined;
}

export const DURATION_MS_MAX = 100;
/** The decoder asks for at most so many bytes, and so many for each byte of its input: an entry of one byte becomes an object. */
export const DECODE_BYTES_FIXED = 256 * 1024;
export const DECODE_BYTES_PER_BYTE = 400;

/** A wall clock says too much on a busy machine: what seems slow is measured again, on the processor's clock. */
const SUSPICIOUS_MS = 25;
const REPEATS = 6;

export type Resolve = (id: ModuleId) => CompiledModule | undefined;

/** @throws whatever the decoder or verifier throws that is no refusal */
export function judge(bytes: Bytes, resolve: Resolve): Verdict {
  const start = performance.now();
  const before = heapBytes();
  let decoded: CompiledModule | undefined;
  let module = statusOf(() => {
    decoded = decodeModule(bytes);
  });
  const after = heapBytes();
  const unit = decoded;
  if (unit) module = statusOf(() => verifyModule(unit, resolve));
  const script = statusOf(() => verifyScript(decodeScript(bytes), resolve));
  const durationMs = performance.now() - start;
  const decodeBytes = after >= before ? after - before : undefined;
  return { module, script, durationMs: durationMs < SUSPICIOUS_MS ? durationMs : fastest(bytes, resolve), decodeBytes };
}

function fastest(bytes: Bytes, resolve: Resolve): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++) {
    const start = process.cpuUsage();
    statusOf(() => verifyModule(decodeModule(bytes), resolve));
    statusOf(() => verifyScript(decodeScript(bytes), resolve));
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function heapBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
