// The harness itself: does the Rust VM answer, and is what it says read rightly?

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSource } from '../../../scripts/move/compiler.ts';
import { encodeBcs } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { type Address, parseAddress } from '../../base/ids.ts';
import { formatStateKey, type StateKey } from '../../base/state.ts';
import { parseStructTag, parseTypeTag, type TypeTag } from '../../base/type-tag.ts';
import type { RunRequest } from '../../vm/run.ts';
import { Oracle, type OracleResult } from './oracle.ts';

const SOURCE = `module 0x42::probe {
    use std::option::{Self, Option};
    use std::string::{Self, String};
    use std::vector;
    use aptos_std::table::{Self, Table};
    use aptos_framework::event;

    struct Counter has key { value: u64, note: vector<u8> }
    struct Book has key { pages: Table<u64, String> }
    struct Pair has copy, drop { left: u8, right: Option<u64> }
    #[event]
    struct Counted has drop, store { value: u64 }

    public fun start(account: &signer, value: u64) { move_to(account, Counter { value, note: b"ab" }) }
    public fun bump(at: address) acquires Counter {
        let counter = borrow_global_mut<Counter>(at);
        counter.value += 1;
        event::emit(Counted { value: counter.value });
    }
    public fun touch(at: address) acquires Counter { borrow_global_mut<Counter>(at).note = b"ab" }
    public fun stop(at: address) acquires Counter { let Counter { value: _, note: _ } = move_from<Counter>(at); }
    public fun write(account: &signer, page: u64, text: String) {
        let pages = table::new();
        table::add(&mut pages, page, text);
        move_to(account, Book { pages });
    }
    public fun fail(code: u64) { abort code }
    public fun divide(a: u64, b: u64): u64 { a / b }
    public fun narrow(a: u64): u8 { (a as u8) }
    public fun pop() { vector::pop_back(&mut vector<u8>[]); }
    public fun sink(depth: u64) { if (depth > 0) sink(depth - 1) }
    public fun spin() { loop {} }
    public fun kinds(a: u128, b: bool, c: address, d: vector<u8>): (u128, bool, address, vector<u8>, vector<u64>, u256, u8) {
        (a, b, c, d, vector[1, 2], 1 << 200, 7)
    }
    public fun structs(): (Pair, Option<u16>, String, vector<vector<u8>>) {
        (Pair { left: 1, right: option::some(5) }, option::none(), string::utf8(b"hey"), vector[b"a", b""])
    }
    public fun count<T: drop>(list: vector<T>): u64 { vector::length(&list) }
}`;

const PROBE = { address: parseAddress('0x42'), name: 'probe' };
const ALICE = parseAddress('0xa11ce');
const COUNTER: StateKey = { kind: 'resource', address: ALICE, type: parseStructTag('0x42::probe::Counter') };

let oracle: Oracle;

beforeAll(async () => {
  oracle = new Oracle();
  await oracle.publishFramework();
  await oracle.publish((await compileSource({ 'probe.move': SOURCE })).values());
}, 60_000);

afterAll(() => oracle.stop());

describe('the oracle', () => {
  it('gives the exact write set of an execution', async () => {
    const started = await call('start', [u64(5n)], [ALICE]);
    expect(started.status).toEqual({ kind: 'executed' });
    expect(started.changes).toEqual([{ key: COUNTER, new: counter(5n) }]);
    const bumped = await call('bump', [address(ALICE)]);
    expect(bumped.changes).toEqual([{ key: COUNTER, old: counter(5n), new: counter(6n) }]);
    expect(bumped.events).toEqual([{ type: parseTypeTag('0x42::probe::Counted'), json: '{"value":"6"}' }]);
    expect((await call('touch', [address(ALICE)])).changes).toEqual([]);
    expect(await oracle.read(COUNTER)).toEqual(counter(6n));
    const stopped = await call('stop', [address(ALICE)]);
    expect(stopped.changes).toEqual([{ key: COUNTER, old: counter(6n) }]);
  });

  it('keeps what an execution writes only when told to', async () => {
    const request = requestOf('start', [u64(1n)], [parseAddress('0xb0b')]);
    expect((await oracle.run(request, { commit: false })).status.kind).toBe('executed');
    expect((await oracle.run(request, { commit: false })).status.kind).toBe('executed');
    expect((await oracle.run(request)).status.kind).toBe('executed');
    expect((await oracle.run(request)).status).toMatchObject({ kind: 'failure', code: 'RESOURCE_ALREADY_EXISTS' });
  });

  it('gives table items under their handle', async () => {
    const { changes } = await call('write', [u64(3n), text('page three')], [ALICE]);
    expect(changes.map(({ key }) => formatStateKey(key))).toEqual([
      expect.stringMatching(/^0x42::probe::Book at 0x0*a11ce$/),
      expect.stringMatching(/^item 0x0300000000000000 of table 0x[0-9a-f]{64}$/),
    ]);
    expect(changes[1]?.new).toEqual(text('page three'));
  });

  it.each([
    ['divide', [u64(1n), u64(0n)], 'ARITHMETIC_ERROR', 2],
    ['narrow', [u64(256n)], 'ARITHMETIC_ERROR', 1],
    ['bump', [address(parseAddress('0xdead'))], 'MISSING_DATA', 1],
    ['spin', [], 'OUT_OF_GAS', 0],
  ])('says where and why %s fails', async (name, args, code, offset) => {
    const { status } = await call(name, args);
    expect(status).toMatchObject({ kind: 'failure', code, location: { module: PROBE, function: name, offset } });
  });

  it('says which module aborted, and its code', async () => {
    const { status, changes } = await call('fail', [u64(77n)]);
    expect(status).toMatchObject({ kind: 'abort', code: 77n, location: { module: PROBE } });
    expect(changes).toEqual([]);
  });

  it('runs out of vector, and of stack', async () => {
    expect((await call('pop', [])).status).toMatchObject({ kind: 'failure', code: 'VECTOR_OPERATION_ERROR' });
    expect((await call('sink', [u64(1000n)])).status.kind).toBe('executed');
    expect((await call('sink', [u64(1100n)])).status).toMatchObject({ kind: 'failure', code: 'CALL_STACK_OVERFLOW' });
  });

  it('gives return values of every kind as BCS', async () => {
    const bytes = encodeBcs((writer) => writer.bytes(new Uint8Array([1, 2])));
    const { returns } = await call('kinds', [u128(9n), new Uint8Array([1]), address(ALICE), bytes]);
    expect(returns).toEqual([
      u128(9n),
      new Uint8Array([1]),
      address(ALICE),
      bytes,
      encodeBcs((writer) => writer.vector([1n, 2n], (w, item) => w.u64(item))),
      encodeBcs((writer) => writer.u256(1n << 200n)),
      new Uint8Array([7]),
    ]);
    const structs = await call('structs', []);
    expect(structs.returns).toEqual([
      encodeBcs((writer) => writer.u8(1).option(5n, (w, item) => w.u64(item))),
      new Uint8Array([0]),
      text('hey'),
      new Uint8Array([2, 1, 97, 0]),
    ]);
  });

  it('runs generic functions', async () => {
    const { status, returns } = await call('count', [new Uint8Array([3, 1, 0, 1])], [], [{ kind: 'bool' }]);
    expect(status).toEqual({ kind: 'executed' });
    expect(returns).toEqual([u64(3n)]);
  });

  it('reports the end of its process instead of hanging', async () => {
    const doomed = new Oracle();
    await doomed.stop();
    await expect(doomed.read(COUNTER)).rejects.toThrow(/process ended/);
  });
});

function requestOf(
  name: string,
  args: readonly Bytes[],
  senders: readonly Address[],
  typeArgs: readonly TypeTag[] = [],
): RunRequest {
  return {
    call: { module: PROBE, function: name, typeArgs, args },
    senders,
    gasLimit: 1_000_000n,
    transactionHash: new Uint8Array(32).fill(7),
    access: 'any',
  };
}

async function call(
  name: string,
  args: readonly Bytes[],
  senders: readonly Address[] = [],
  typeArgs: readonly TypeTag[] = [],
): Promise<OracleResult> {
  return await oracle.run(requestOf(name, args, senders, typeArgs));
}

function counter(value: bigint): Bytes {
  return encodeBcs((writer) => writer.u64(value).string('ab'));
}
function u64(value: bigint): Bytes {
  return encodeBcs((writer) => writer.u64(value));
}
function u128(value: bigint): Bytes {
  return encodeBcs((writer) => writer.u128(value));
}
function text(value: string): Bytes {
  return encodeBcs((writer) => writer.string(value));
}
function address(value: Address): Bytes {
  return encodeBcs((writer) => writer.fixed(Buffer.from(value.slice(2), 'hex')));
}
