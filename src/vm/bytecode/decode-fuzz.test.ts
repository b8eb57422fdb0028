// Damaged modules are refused with the status that Aptos's own deserializer gives (compiled to WebAssembly in script-composer-pack), and what is
// taken survives being written and read again. `npm run fuzz:decode` runs this a hundred times longer.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  generate_batched_call_payload_wasm,
  initSync,
  TransactionComposer,
  wasmModule,
} from '@aptos-labs/script-composer-pack';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../base/bcs.ts';
import { assembleModule, assembleScript } from '../../testing/assemble.ts';
import { fullModule } from '../../testing/full-module.ts';
import { mutateBytes } from '../../testing/mutate-bytes.ts';
import { mutateModule } from '../../testing/mutate-module.ts';
import { mutateScript } from '../../testing/mutate-script.ts';
import { randomScript } from '../../testing/random-script.ts';
import { statusOf } from '../verify/outcome.suite.ts';
import { decodeModule, decodeScript } from './decode.ts';

const RUNS = Number(process.env.FUZZ_DECODE_RUNS ?? 3_000);
const SEED = process.env.FUZZ_DECODE_SEED ?? 'default';
/** Long runs take longer; a machine may be busy. */
const TIMEOUT_MS = Math.max(60_000, 20 * RUNS);
/** A decoder that loops, or allocates by what a length claims, takes longer than this on one module. */
const ONE_DECODE_MS_MAX = 2_000;
const VERSIONS = [5, 6, 7, 8, 9, 10] as const;
const FIXTURES = [
  ...['features.mv', 'friendly.mv', 'plain-v5.mv', 'plain-v6.mv', 'plain-v7.mv'].map(
    (name) => [name, readFixture(name)] as const,
  ),
  ...VERSIONS.map((version) => [`all of version ${version}`, assembleModule(fullModule(version))] as const),
];

beforeAll(() => {
  initSync({ module: wasmModule });
});

describe.each(FIXTURES)('damaged copies of %s', (name, fixture) => {
  it('are judged as Aptos judges them', { timeout: TIMEOUT_MS }, () => {
    const differences: string[] = [];
    const runs = Math.ceil(RUNS / FIXTURES.length);
    for (let i = 0; i < runs; i++) {
      const bytes = mutateBytes(fixture, `${SEED} ${name} ${i}`);
      const start = performance.now();
      const ours = statusOf(() => decodeModule(bytes));
      if (performance.now() - start > ONE_DECODE_MS_MAX) differences.push(`${i}: slow`);
      const theirs = aptosStatus(bytes);
      if (!agree(ours, theirs)) differences.push(`${i}: ours ${ours}, theirs ${theirs}`);
    }
    expect(differences).toEqual([]);
  });

  it('that decode are the same after being written and read', { timeout: TIMEOUT_MS }, () => {
    for (let i = 0; i < RUNS / FIXTURES.length / 4; i++) {
      const bytes = mutateBytes(fixture, `${SEED} ${name} again ${i}`);
      if (statusOf(() => decodeModule(bytes)) !== 'OK') continue;
      const module = decodeModule(bytes);
      expect(decodeModule(assembleModule(module))).toEqual(module);
    }
  });
});

describe.each(VERSIONS)('changed modules of version %i', (version) => {
  it('are judged as Aptos judges them, and read as they were written', { timeout: TIMEOUT_MS }, () => {
    const differences: string[] = [];
    for (let i = 0; i < RUNS / VERSIONS.length / 4; i++) {
      const module = mutateModule(fullModule(version), `${SEED} changed ${version} ${i}`);
      const bytes = assembleModule(module);
      const ours = statusOf(() => decodeModule(bytes));
      const theirs = aptosStatus(bytes);
      if (!agree(ours, theirs)) differences.push(`${i}: ours ${ours}, theirs ${theirs}`);
      if (ours === 'OK') expect(decodeModule(bytes)).toEqual(module);
    }
    expect(differences).toEqual([]);
  });
});

describe('scripts', () => {
  it('are judged as Aptos judges them, and read as they were written', { timeout: TIMEOUT_MS }, () => {
    const differences: string[] = [];
    for (let i = 0; i < RUNS / 10; i++) {
      const seed = `${SEED} script ${i}`;
      const script = mutateScript(randomScript(seed), seed);
      const whole = assembleScript(script);
      if (statusOf(() => decodeScript(whole)) === 'OK') expect(decodeScript(whole)).toEqual(script);
      for (const bytes of [whole, mutateBytes(whole, seed)]) {
        const ours = statusOf(() => decodeScript(bytes));
        const theirs = aptosScriptStatus(bytes);
        if (!agree(ours, theirs)) differences.push(`${i}: ours ${ours}, theirs ${theirs}`);
      }
    }
    expect(differences).toEqual([]);
  });
});

/** Aptos's verdict on decoding and bounds, of versions 1 to 10. */
function aptosStatus(bytes: Uint8Array): string {
  try {
    TransactionComposer.single_signer().store_module(bytes);
    return 'OK';
  } catch (error) {
    return /status (\w+)/.exec(String(error))?.[1] ?? String(error);
  }
}

/** The composer reads a script's calls out of it, if it made the script; before that it decodes it as it comes in a transaction. */
function aptosScriptStatus(bytes: Uint8Array): string {
  const noArguments = 0;
  const payload = encodeBcs((writer) => writer.bytes(bytes).uleb128(noArguments).uleb128(noArguments));
  try {
    generate_batched_call_payload_wasm(payload);
    return 'OK';
  } catch (error) {
    return /major_status: (\w+)/.exec(String(error))?.[1] ?? 'OK';
  }
}

function agree(ours: string, theirs: string): boolean {
  // We leave out versions 1 to 4; Aptos may go on, or stumble over it later.
  return ours === theirs || ours === 'UNKNOWN_VERSION';
}

function readFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(import.meta.dirname, 'fixtures', name)));
}
