// What is measured: Move functions of `sources/`, with the arguments that each of the three gets. `assembly` names the file of the hand-written
// twin; without one there is nothing honest to compare with (storage is the host's).

import { BcsWriter } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { type Address, addressToBytes, parseAddress } from '../../src/base/ids.ts';

export interface Program {
  readonly name: string;
  /** `computation`: within WebAssembly alone; `storage`: what a run reads and writes counts too. */
  readonly kind: 'computation' | 'storage';
  readonly module: string;
  readonly function: string;
  readonly args: readonly bigint[];
  /** An account before the other arguments, as signer or as address. */
  readonly account?: 'signer' | 'address';
  readonly assembly?: string;
  /** What `operations` counts, and how many of it one call does. */
  readonly unit: string;
  readonly operations: number;
}

export const BENCH_ADDRESS: Address = parseAddress('0xbe7c');
export const ACCOUNT: Address = parseAddress('0xa11ce');

/** Items of the table and structs of the large resource: 100 KB as BCS. */
export const TABLE_ITEMS = 10_000;
export const HERD = 3_000;

export const PROGRAMS: readonly Program[] = [
  computation('sum loop', 'computation', 'sum', [1_000_000n], 'iteration'),
  computation('LCG', 'computation', 'lcg', [1_000_000n], 'iteration'),
  { ...computation('fib(27)', 'computation', 'fib', [27n], 'call'), operations: 832_039 },
  { ...computation('shell sort of 20,000 u64', 'values', 'sort', [20_000n], 'sort'), operations: 1 },
  computation('structs', 'values', 'structs', [300_000n], 'iteration'),
  computation('enums', 'values', 'enums', [300_000n], 'iteration'),
  computation('generic containers', 'values', 'containers', [10_000n], 'iteration'),
  computation('u128', 'computation', 'wide128', [200_000n], 'iteration'),
  computation('u256', 'computation', 'wide256', [200_000n], 'iteration'),
  computation('u128 division', 'computation', 'divide128', [200_000n], 'iteration'),
  computation('vector<u8> building', 'values', 'bytes', [20_000n], 'number'),
  computation('string building', 'values', 'strings', [20_000n], 'number'),
  {
    ...computation('BCS of a 100 KB value', 'storage', 'encode', [BigInt(HERD), 50n], 'encoding'),
    kind: 'storage',
    operations: 50,
  },
  storage('borrow_global in a loop', 'globals', 'address', [100_000n], 'two borrows', 100_000),
  storage('table: 10,000 items read', 'read_table', 'address', [BigInt(TABLE_ITEMS)], 'item', TABLE_ITEMS),
  storage('table: items read again', 'reread_table', 'address', [100n, 1000n], 'borrow', 100_000),
  storage('table: 10,000 items changed', 'write_table', 'signer', [BigInt(TABLE_ITEMS)], 'item', TABLE_ITEMS),
  storage('100 KB resource changed', 'change_herd', 'signer', [], 'run', 1),
];

export const TRIVIAL: Program = {
  ...computation('trivial call', 'computation', 'nothing', [], 'call'),
  operations: 1,
};

export function encodeArguments(program: Pick<Program, 'args' | 'account'>): Bytes[] {
  const numbers = program.args.map((value) => new BcsWriter().u64(value).finish());
  return program.account === 'address' ? [addressToBytes(ACCOUNT), ...numbers] : numbers;
}

function computation(
  name: string,
  module: string,
  functionName: string,
  args: readonly bigint[],
  unit: string,
): Program {
  const operations = Number(args[0] ?? 1n);
  return { name, kind: 'computation', module, function: functionName, args, assembly: module, unit, operations };
}

function storage(
  name: string,
  functionName: string,
  account: 'signer' | 'address',
  args: readonly bigint[],
  unit: string,
  operations: number,
): Program {
  return { name, kind: 'storage', module: 'storage', function: functionName, args, account, unit, operations };
}
