// The comparison itself, and our VM compared with the Rust VM on the natives and on random programs.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSource } from '../../../scripts/move/compiler.ts';
import type { Bytes } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import type { StateKey } from '../../base/state.ts';
import { parseStructTag } from '../../base/type-tag.ts';
import { MoveVm } from '../../vm/index.ts';
import type { CodeLocation, RunResult, RunStatus } from '../../vm/run.ts';
import { assembleModule } from '../assemble.ts';
import { generateProgram } from '../programs/program.ts';
import { compareModule, formatDifference } from './compare-module.ts';
import { comparePackages } from './compare-packages.ts';
import { compareResults, Differential } from './differential.ts';
import { generateFlows } from './flow-programs.ts';
import type { OracleResult } from './oracle.ts';

/** Each starts the compiler and makes hundreds of calls on both VMs; a busy machine takes its time. */
const SLOW_MS = 120_000;

/** `npm run fuzz:vm` compares thousands. Not every seed's program gets past the compiler. */
const RANDOM_PROGRAMS = ['two', 'three', 'four', 'five'];

const HERE: CodeLocation = { module: { address: parseAddress('0x42'), name: 'm' }, function: 'f', offset: 3 };
const KEY: StateKey = { kind: 'resource', address: parseAddress('0xb0b'), type: parseStructTag('0x42::m::R') };
const EXECUTED: RunStatus = { kind: 'executed' };

describe('a comparison', () => {
  it('finds equal what is equal, without gas', () => {
    const changes = [{ key: KEY, new: new Uint8Array([1]) }];
    const comparison = compare({ ...ours(EXECUTED), changes, gasUsed: 5n }, { ...theirs(EXECUTED), changes });
    expect(comparison).toEqual({ kind: 'same', status: EXECUTED });
  });

  it.each<[string, RunResult, OracleResult]>([
    ['status', ours(EXECUTED), theirs({ kind: 'abort', code: 1n, location: HERE })],
    ['status', ours({ kind: 'abort', code: 2n, location: HERE }), theirs({ kind: 'abort', code: 1n, location: HERE })],
    [
      'status',
      ours({ kind: 'failure', code: 'ARITHMETIC_ERROR', location: HERE }),
      theirs({ kind: 'failure', code: 'ARITHMETIC_ERROR', location: { ...HERE, offset: 4 } }),
    ],
    ['changes', { ...ours(EXECUTED), changes: [{ key: KEY, new: new Uint8Array([1]) }] }, theirs(EXECUTED)],
    ['returns', { ...ours(EXECUTED), returns: [new Uint8Array([1])] }, { ...theirs(EXECUTED), mode: 'view' }],
    ['events', ours(EXECUTED), { ...theirs(EXECUTED), events: [{ type: { kind: 'u8' }, json: '1' }] }],
  ])('finds another %s', (what, one, other) => {
    expect(compare(one, other)).toMatchObject({ kind: 'different', what });
  });

  it('says nothing when one side ran out of gas', () => {
    const outOfGas: RunStatus = { kind: 'failure', code: 'OUT_OF_GAS' };
    expect(compare(ours(outOfGas), theirs(EXECUTED)).kind).toBe('inconclusive');
    expect(compare(ours(EXECUTED), theirs(outOfGas)).kind).toBe('inconclusive');
  });

  it('does not ask for the function of an abort, which the Rust VM does not name', () => {
    const elsewhere = { ...HERE, function: '', offset: -1 };
    const comparison = compare(
      ours({ kind: 'abort', code: 1n, location: HERE }),
      theirs({ kind: 'abort', code: 1n, location: elsewhere }),
    );
    expect(comparison.kind).toBe('same');
  });
});

describe('random programs', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(generateProgram('a', 'p')).toEqual(generateProgram('a', 'p'));
    expect(generateProgram('a', 'p')).not.toEqual(generateProgram('b', 'p'));
  });
});

describe('our VM and the Rust VM', () => {
  let differential: Differential;
  beforeAll(async () => {
    differential = await Differential.start(new MoveVm());
  }, 60_000);
  afterAll(() => differential.stop());

  it(
    'agree on every native and on the framework built on them',
    async () => {
      const source = readFileSync(path.join(import.meta.dirname, 'fixtures/natives.move'), 'utf8');
      const { counts, differences } = await compareSource(source, 'natives', 30);
      expect(differences).toEqual([]);
      expect(counts.get('executed')).toBeGreaterThan(500);
    },
    SLOW_MS,
  );

  it(
    'agree on the packages under move/',
    async () => {
      const outcomes = await comparePackages(differential, 'packages', 8);
      expect([...outcomes.values()].flatMap(({ differences }) => differences.map(formatDifference))).toEqual([]);
      expect([...outcomes.keys()]).toEqual(expect.arrayContaining(['coin', 'state_channel', 'chat']));
    },
    SLOW_MS,
  );

  it.each(['one', 'two', 'three'])(
    'agree on random control flow of seed %s',
    async (seed) => {
      const { counts, differences } = await compareModules([assembleModule(generateFlows(seed))], seed, 20);
      expect(differences).toEqual([]);
      expect([...counts.keys()]).toEqual(expect.arrayContaining(['executed', 'abort']));
    },
    SLOW_MS,
  );

  it(
    'agree on random programs',
    async () => {
      const programs = RANDOM_PROGRAMS.map((seed) => generateProgram(seed, seed));
      const compiled = await compileSource(Object.assign({}, ...programs.map(({ files }) => files)));
      const modules = programs.flatMap((program) => program.modules.flatMap((name) => compiled.get(name) ?? []));
      const { counts, differences } = await compareModules(modules, 'calls', 8);
      expect(differences).toEqual([]);
      expect([...counts.keys()]).toEqual(expect.arrayContaining(['executed', 'abort', 'ARITHMETIC_ERROR']));
    },
    SLOW_MS,
  );

  async function compareSource(source: string, seed: string, rounds: number) {
    return await compareModules([...(await compileSource({ 'program.move': source })).values()], seed, rounds);
  }

  async function compareModules(modules: readonly Bytes[], seed: string, rounds: number) {
    await differential.publish(modules);
    const counts = new Map<string, number>();
    const differences: string[] = [];
    for (const bytecode of modules) {
      const outcome = await compareModule(differential, bytecode, seed, rounds);
      for (const [status, count] of outcome.counts) counts.set(status, (counts.get(status) ?? 0) + count);
      differences.push(...outcome.differences.map(formatDifference));
    }
    return { counts, differences };
  }
});

function compare(one: RunResult, other: OracleResult) {
  return compareResults(one, other, new Uint8Array(32));
}

function ours(status: RunStatus): RunResult {
  return { status, changes: [], events: [], returns: [], gasUsed: 0n, gas: { execution: 0n, io: 0n } };
}

function theirs(status: RunStatus): OracleResult {
  return { status, mode: 'execute', changes: [], events: [], returns: [], gasUsed: 0n, durationMs: 0 };
}
