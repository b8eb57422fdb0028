// Natives against published vectors and Aptos's facts, where the recorded stories (`../agreement.test.ts`) do not reach.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BcsReader, encodeBcs } from '../../base/bcs.ts';
import { type Bytes, concatBytes, fromHex, toHex, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import { MoveVm, type RunResult } from '../index.ts';
import { nativeNames, STANDARD_NATIVES } from './table.ts';

const state = new TestState([
  ...moduleBytes(path.resolve(import.meta.dirname, '../../../move/framework/bytecode')),
  ...moduleBytes(path.resolve(import.meta.dirname, '../fixtures/bytecode')),
]);
const vm = new MoveVm();
const ALICE = parseAddress('0xa11ce');
const TRANSACTION_HASH = sha3_256(utf8Encode('transaction'));

function run(module: string, name: string, args: readonly Bytes[] = [], senders = [] as (typeof ALICE)[]): RunResult {
  return vm.run(state, {
    call: { module: { address: parseAddress('0xcafe'), name: module }, function: name, typeArgs: [], args },
    senders,
    gasLimit: 1_000_000n,
    transactionHash: TRANSACTION_HASH,
    access: 'any',
  });
}

function returns(module: string, name: string, args: readonly Bytes[] = []): readonly string[] {
  const { status, returns: values } = run(module, name, args);
  expect(status).toEqual({ kind: 'executed' });
  return values.map(toHex);
}

function bytes(data: Uint8Array): Bytes {
  return encodeBcs((writer) => writer.bytes(data));
}

describe('hashes', () => {
  it('gives the published digests of "abc" and nothing', () => {
    expect(returns('more_natives', 'all_hashes', [bytes(utf8Encode('abc'))]).slice(1)).toEqual([
      '204e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45',
      '40ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      '40b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
      '148eb208f7e05d987a9b044a8e98c6b087f15a0bfc',
      '20bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
    ]);
  });

  it('computes SipHash-2-4 with a zero key', () => {
    const [empty] = returns('more_natives', 'all_hashes', [bytes(new Uint8Array(0))]);
    expect(new BcsReader(fromHex(empty ?? '')).u64('hash')).toBe(0x1e924b9d737700d7n);
  });
});

describe('ed25519', () => {
  it('takes keys as Aptos does: any encoding of a point that is not of small order', () => {
    const keys = {
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c': '01',
      // the identity, a point of order 4, and two that are no points
      '0100000000000000000000000000000000000000000000000000000000000000': '00',
      '0000000000000000000000000000000000000000000000000000000000000000': '00',
      '0200000000000000000000000000000000000000000000000000000000000000': '00',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af466': '00',
    };
    for (const [key, valid] of Object.entries(keys)) {
      expect(returns('natives', 'valid_key', [bytes(fromHex(key))]), key).toEqual([valid]);
    }
  });

  it('refuses a signature by a key of small order, which fits every message', () => {
    const identity = fromHex(`01${'00'.repeat(31)}`);
    const signature = concatBytes(identity, new Uint8Array(32));
    expect(returns('natives', 'verify', [bytes(identity), bytes(signature), bytes(utf8Encode('any'))])).toEqual(['00']);
  });
});

describe('mem, object, transaction_context', () => {
  it('swaps what references point at', () => {
    const u64 = (value: number) => encodeBcs((writer) => writer.u64(BigInt(value)));
    expect(returns('more_natives', 'swapped')).toEqual([
      toHex(concatBytes(Uint8Array.of(1), u64(9), Uint8Array.of(0))),
      toHex(concatBytes(u64(1), Uint8Array.of(2), u64(2), u64(3))),
      '02',
      '01',
    ]);
  });

  it('says whether a resource is there', () => {
    const at = [addressToBytes(ALICE)];
    expect(returns('more_natives', 'marked', at)).toEqual(['00']);
    state.apply(run('more_natives', 'mark', [], [ALICE]).changes);
    expect(returns('more_natives', 'marked', at)).toEqual(['01']);
  });

  it('derives addresses as Aptos does', () => {
    const [one, two] = [addressToBytes(parseAddress('0x1')), addressToBytes(parseAddress('0x2'))];
    expect(returns('more_natives', 'derived')).toEqual([toHex(sha3_256(one, two, Uint8Array.of(0xfc)))]);
    const counter = (n: number) => encodeBcs((writer) => writer.u64(BigInt(n)));
    const unique = (n: number) => toHex(sha3_256(TRANSACTION_HASH, counter(n), Uint8Array.of(0xfb)));
    expect(returns('more_natives', 'unique')).toEqual([`20${toHex(TRANSACTION_HASH)}`, unique(1), unique(2)]);
  });

  it('lets a function see the address of its signer', () => {
    expect(run('more_natives', 'address_of', [], [ALICE]).returns).toEqual([addressToBytes(ALICE)]);
  });
});

it('lists its natives', () => {
  expect(nativeNames(STANDARD_NATIVES)).toContain('0x1::table::borrow_box_mut');
  expect(new Set(nativeNames(STANDARD_NATIVES)).size).toBe(nativeNames(STANDARD_NATIVES).length);
});
