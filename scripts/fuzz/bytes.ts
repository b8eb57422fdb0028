// `npm run fuzz:bytes -- [--inputs=n] [--seed=text]`: hostile byte strings into the decoder and the verifier, in a child process whose heap is
// small. Fails on anything but a typed refusal, on an input that takes too long, and on one that makes the decoder ask for more memory
// than a stated multiple of its length.

import { fork } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { heavyInputs } from '../../src/testing/hostile/heavy-modules.ts';
import { hostileBytes } from '../../src/testing/hostile/hostile-bytes.ts';
import { DECODE_BYTES_FIXED, DECODE_BYTES_PER_BYTE, DURATION_MS_MAX, judge } from '../../src/testing/hostile/judge.ts';
import { framework, specimens } from '../../src/testing/hostile/specimens.ts';
import { moduleKey, selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import type { ModuleId } from '../../src/vm/bytecode/module.ts';

/** The program itself, its framework and its specimens take half of it: what an input makes must fit into the rest. */
const HEAP_MIB_MAX = 128;
const REPORT_EVERY = 100_000;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: 'hostile' },
    inside: { type: 'boolean', default: false },
  },
});

if (values.inside) process.exitCode = run(Number(values.inputs), values.seed) === 0 ? 0 : 1;
else {
  const heap = [`--max-old-space-size=${HEAP_MIB_MAX}`, '--max-semi-space-size=16', '--min-semi-space-size=16'];
  const child = fork(import.meta.filename, [`--inputs=${values.inputs}`, `--seed=${values.seed}`, '--inside'], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    execArgv: ['--import', 'tsx', ...heap],
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('exit', (...ended) => resolve(ended));
  });
  if (signal !== null || (code !== 0 && code !== 1))
    console.error(`the process ended: ${signal ?? `exit code ${code}`}`);
  process.exitCode = code === 0 ? 0 : 1;
}

function run(inputs: number, seed: string): number {
  const published = new Map(
    framework().map((bytes) => {
      const module = decodeModule(bytes);
      return [moduleKey(selfId(module)), module] as const;
    }),
  );
  const resolve = (id: ModuleId) => published.get(moduleKey(id));
  const from = specimens();
  const counts = new Map<string, number>();
  const slowest = { name: '', durationMs: 0 };
  const hungriest = { name: '', ratio: 0 };
  let faults = 0;
  const check = (name: string, bytes: Uint8Array<ArrayBuffer>): void => {
    try {
      const { module, script, durationMs, decodeBytes } = judge(bytes, resolve);
      for (const verdict of [module, script]) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (durationMs > slowest.durationMs) Object.assign(slowest, { name, durationMs });
      const ratio = Math.max(0, (decodeBytes ?? 0) - DECODE_BYTES_FIXED) / Math.max(1, bytes.length);
      if (ratio > hungriest.ratio) Object.assign(hungriest, { name, ratio });
      if (durationMs > DURATION_MS_MAX) throw new Error(`${durationMs.toFixed(0)} ms on the processor`);
      if (ratio > DECODE_BYTES_PER_BYTE) throw new Error(`${decodeBytes} bytes asked for by ${bytes.length}`);
    } catch (error) {
      faults++;
      console.log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  for (const { name, bytes } of heavyInputs()) check(name, bytes);
  for (let i = 0; i < inputs; i++) {
    check(`"${seed} ${i}"`, hostileBytes(from, `${seed} ${i}`));
    if ((i + 1) % REPORT_EVERY === 0) console.log(`${i + 1} inputs, ${faults} faults`);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  console.log(sorted.map(([status, count]) => `${String(count).padStart(8)} ${status}`).join('\n'));
  console.log(`slowest: ${slowest.durationMs.toFixed(1)} ms, ${slowest.name}`);
  console.log(`most memory in decoding: ${hungriest.ratio.toFixed(0)} bytes for each of the input, ${hungriest.name}`);
  console.log(`${inputs} inputs of seed "${seed}" and ${heavyInputs().length} heavy ones: ${faults} faults`);
  return faults;
}
