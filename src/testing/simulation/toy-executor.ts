// A virtual machine for simulations: a handful of calls with state, aborts and gas. Deterministic, and wrong on request.

import { decodeBcs, encodeBcs } from '../../base/bcs.ts';
import { type Bytes, bytesEqual, utf8Encode } from '../../base/bytes.ts';
import { type Address, parseAddress } from '../../base/ids.ts';
import type { StateChange, StateKey } from '../../base/state.ts';
import { structTag } from '../../base/type-tag.ts';
import type { ExecutionOutcome, Executor } from '../../channel/executor.ts';
import type { StateEntry } from '../../channel/state-tree.ts';
import type { Call, MemberAction } from '../../channel/transaction.ts';

export const APP = parseAddress('0xa99');
export const COUNTER_TYPE = structTag(APP, 'toy', 'Counter');
export const TOTAL_KEY: StateKey = { kind: 'resource', address: APP, type: structTag(APP, 'toy', 'Total') };

export const TOY_GAS_SCHEDULE = 'toy-1';

export type ToyFunction = 'add' | 'put' | 'erase' | 'fail' | 'burn' | 'unknown';

export function toyCall(name: ToyFunction, amount = 1): MemberAction {
  const call: Call = {
    address: APP,
    module: 'toy',
    function: name,
    typeArgs: [],
    args: [encodeBcs((w) => w.u64(BigInt(amount)))],
  };
  return { kind: 'call', call };
}

export const TOY_GENESIS: readonly StateEntry[] = [{ key: TOTAL_KEY, value: number(0n) }];

export function counterKey(address: Address): StateKey {
  return { kind: 'resource', address, type: COUNTER_TYPE };
}

export class ToyExecutor implements Executor {
  /** Calls executed, to measure by. */
  runs = 0;

  execute(read: (key: StateKey) => Bytes | undefined, request: Parameters<Executor['execute']>[1]): ExecutionOutcome {
    this.runs += 1;
    const { call, sender } = request;
    if (call === 'tick') return done([set(read, TOTAL_KEY, (old) => old + 1n)], 3n);
    if (call.args[0]?.length !== 8) return { ...done([], 0n), status: { kind: 'failed', code: 'BAD_ARGUMENTS' } };
    const amount = decodeBcs(call.args[0], 'amount', (r) => r.u64('amount'));
    switch (call.function) {
      case 'add':
        return done(
          [set(read, counterKey(sender), (old) => old + amount), set(read, TOTAL_KEY, (old) => old + amount)],
          10n,
        );
      case 'put':
        return done([set(read, item(amount % 16n), () => amount + request.timestampMs)], 7n);
      case 'erase':
        return done([erase(read, item(amount % 16n))], 5n);
      case 'fail':
        return { ...done([], 2n), status: { kind: 'aborted', code: amount, location: 'toy::fail' } };
      case 'burn':
        return { ...done([], 1_000n), status: { kind: 'failed', code: 'OUT_OF_GAS' } };
      default:
        return { ...done([], 0n), status: { kind: 'failed', code: 'FUNCTION_NOT_FOUND' } };
    }
  }
}

/** One whose results are off by one: what a member with a modified virtual machine would claim. */
export class CheatingExecutor extends ToyExecutor {
  override execute(
    read: (key: StateKey) => Bytes | undefined,
    request: Parameters<Executor['execute']>[1],
  ): ExecutionOutcome {
    const outcome = super.execute(read, request);
    const changes = outcome.changes.map((change) =>
      change.new === undefined ? change : { ...change, new: number(9n) },
    );
    return { ...outcome, changes: changes.filter(isChange), gasUsed: outcome.gasUsed + 1n };
  }
}

export function number(value: bigint): Bytes {
  return encodeBcs((w) => w.u64(BigInt.asUintN(64, value)));
}

export function numberOf(bytes: Bytes | undefined): bigint {
  return bytes === undefined ? 0n : decodeBcs(bytes, 'number', (r) => r.u64('number'));
}

function item(key: bigint): StateKey {
  return { kind: 'item', handle: APP, key: utf8Encode(`slot ${key}`) };
}

function set(read: (key: StateKey) => Bytes | undefined, key: StateKey, next: (old: bigint) => bigint): StateChange {
  const old = read(key);
  return { key, ...(old && { old }), new: number(next(numberOf(old))) };
}

function erase(read: (key: StateKey) => Bytes | undefined, key: StateKey): StateChange {
  const old = read(key);
  return { key, ...(old && { old }) };
}

function isChange(change: StateChange): boolean {
  if (change.old === undefined || change.new === undefined) return change.old !== change.new;
  return !bytesEqual(change.old, change.new);
}

function done(changes: StateChange[], gasUsed: bigint): ExecutionOutcome {
  return { status: { kind: 'executed' }, changes: changes.filter(isChange), events: [], gasUsed };
}
