// What a transaction costs. Aptos's schedule in outline: an intrinsic part that grows with the transaction's size, what the VM
// metered, and storage, whose price is in octas and is converted into gas units at the transaction's own price.

import { type ChangeSet, encodeStateKey, type StateChange } from '../base/state.ts';
import type { MoveEvent } from '../vm/run.ts';
import type { ModuleWrite } from './world.ts';

/** Octas a gas unit: bounds and the estimate that clients are given, as on Aptos. */
export const GAS_UNIT_PRICE_MIN = 100n;
export const GAS_UNIT_PRICE_MAX = 10_000_000_000n;
/** Aptos's bound on `max_gas_amount`. */
export const MAX_GAS_AMOUNT = 2_000_000n;
/** Every transaction costs this much. */
const INTRINSIC_GAS = 3n;
/** Transactions up to this size cost no more than that; beyond, one gas unit per so many bytes. */
const INTRINSIC_SIZE = 600n;
const BYTES_PER_GAS_UNIT = 900n;
/** A new resource, table item or module, in octas. */
export const STORAGE_SLOT_OCTAS = 400_000n;
/** Each byte by which the stored key and value grow, in octas. */
export const STORAGE_BYTE_OCTAS = 400n;
/** Aptos's bounds on what one transaction may write: values (modules too), and bytes of them and of events. */
export const WRITES_MAX = 8192;
export const WRITE_BYTES_MAX = 10 * 1024 * 1024;
/**
 * What one run may use of the VM, whatever its transaction pays for; views too. Aptos allows 920 units of execution and 1,000 of reading
 * and writing, which this VM meters as one. Bounds how long a transaction can hold up the chain: some tens of milliseconds.
 */
export const EXECUTION_GAS_MAX = 1920n;

export function intrinsicGas(transactionSize: number): bigint {
  const beyond = BigInt(transactionSize) - INTRINSIC_SIZE;
  return INTRINSIC_GAS + (beyond > 0n ? (beyond + BYTES_PER_GAS_UNIT - 1n) / BYTES_PER_GAS_UNIT : 0n);
}

/** Octas for what a transaction adds to the state. Nothing is refunded for what it deletes. */
export function storageFee(changes: ChangeSet, modules: readonly ModuleWrite[]): bigint {
  let octas = 0n;
  for (const change of changes) octas += changeFee(change);
  for (const { code, old } of modules) {
    if (old === undefined) octas += STORAGE_SLOT_OCTAS;
    octas += BigInt(Math.max(0, code.length - (old?.length ?? 0))) * STORAGE_BYTE_OCTAS;
  }
  return octas;
}

/** Whether a transaction writes more than one may. */
export function isOverWriteLimits(
  changes: ChangeSet,
  modules: readonly ModuleWrite[],
  events: readonly MoveEvent[],
): boolean {
  let bytes = 0;
  for (const change of changes) bytes += encodeStateKey(change.key).length + (change.new?.length ?? 0);
  for (const { code } of modules) bytes += code.length;
  const eventBytes = events.reduce((sum, event) => sum + event.data.length, 0);
  return changes.length + modules.length > WRITES_MAX || bytes > WRITE_BYTES_MAX || eventBytes > WRITE_BYTES_MAX;
}

/** Gas units that pay for `octas`, rounded up. */
export function storageGas(octas: bigint, gasUnitPrice: bigint): bigint {
  return (octas + gasUnitPrice - 1n) / gasUnitPrice;
}

function changeFee(change: StateChange): bigint {
  if (change.new === undefined) return 0n;
  if (change.old !== undefined) {
    return BigInt(Math.max(0, change.new.length - change.old.length)) * STORAGE_BYTE_OCTAS;
  }
  return STORAGE_SLOT_OCTAS + BigInt(encodeStateKey(change.key).length + change.new.length) * STORAGE_BYTE_OCTAS;
}
