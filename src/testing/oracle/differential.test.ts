// The comparison and the random programs, against a VM under test that is played: our own VM's runs are in src/vm.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSource } from '../../../scripts/move/compiler.ts';
import { parseAddress } from '../../base/ids.ts';
import type { StateKey } from '../../base/state.ts';
import { parseStructTag } from '../../base/type-tag.ts';
import type { CodeLocation, RunResult, RunStatus } from '../../vm/run.ts';
import { compareResults } from './differential.ts';
import { Oracle, type OracleResult } from './oracle.ts';
import { generateArguments, generateProgram, PROGRAM_ACCOUNTS, PROGRAM_MODULE } from './programs.ts';
import { SeededRandom } from './seeded-random.ts';

const HERE: CodeLocation = { module: { address: parseAddress('0x42'), name: 'm' }, function: 'f', offset: 3 };
const KEY: StateKey = { kind: 'resource', address: parseAddress('0xb0b'), type: parseStructTag('0x42::m::R') };
const EXECUTED: RunStatus = { kind: 'executed' };

describe('a comparison', () => {
  it('finds equal what is equal, without gas', () => {
    const changes = [{ key: KEY, new: new Uint8Array([1]) }];
    const comparison = compareResults({ ...ours(EXECUTED), changes, gasUsed: 5n }, { ...theirs(EXECUTED), changes });
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
    expect(compareResults(one, other)).toMatchObject({ kind: 'different', what });
  });

  it('says nothing when one side ran out of gas', () => {
    const outOfGas: RunStatus = { kind: 'failure', code: 'OUT_OF_GAS' };
    expect(compareResults(ours(outOfGas), theirs(EXECUTED)).kind).toBe('inconclusive');
    expect(compareResults(ours(EXECUTED), theirs(outOfGas)).kind).toBe('inconclusive');
  });

  it('does not ask for the function of an abort, which the Rust VM does not name', () => {
    const elsewhere = { ...HERE, function: '', offset: -1 };
    const comparison = compareResults(
      ours({ kind: 'abort', code: 1n, location: HERE }),
      theirs({ kind: 'abort', code: 1n, location: elsewhere }),
    );
    expect(comparison.kind).toBe('same');
  });
});

describe('random programs', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = new Oracle();
    await oracle.publishFramework();
  }, 60_000);
  afterAll(() => oracle.stop());

  it('are the same for the same seed, and others for another', () => {
    expect(generateProgram('a')).toEqual(generateProgram('a'));
    expect(generateProgram('a').source).not.toBe(generateProgram('b').source);
  });

  it.each(['one', 'two', 'three'])('of seed %s compile, run, and end in many ways', async (seed) => {
    const program = generateProgram(seed);
    await oracle.publish((await compileSource({ 'program.move': program.source })).values());
    const random = new SeededRandom(`${seed} calls`);
    const ends = new Set<string>();
    for (let round = 0; round < 10; round++) {
      for (const target of program.functions) {
        const { status } = await oracle.run({
          call: {
            module: PROGRAM_MODULE,
            function: target.name,
            typeArgs: [],
            args: generateArguments(random, target),
          },
          senders: target.takesSigner ? [random.pick(PROGRAM_ACCOUNTS)] : [],
          gasLimit: 10_000_000n,
          transactionHash: random.bytes(32),
          access: 'any',
        });
        ends.add(status.kind === 'failure' ? status.code : status.kind);
      }
    }
    expect(ends).toContain('executed');
    expect(ends).toContain('ARITHMETIC_ERROR');
    for (const end of ends) {
      expect([
        'executed',
        'abort',
        'ARITHMETIC_ERROR',
        'VECTOR_OPERATION_ERROR',
        'MISSING_DATA',
        'OUT_OF_GAS',
      ]).toContain(end);
    }
  });
});

function ours(status: RunStatus): RunResult {
  return { status, changes: [], events: [], returns: [], gasUsed: 0n };
}

function theirs(status: RunStatus): OracleResult {
  return { status, mode: 'execute', changes: [], events: [], returns: [], gasUsed: 0n };
}
