// The gas schedule of the chain: Aptos's, as its mainnet has had it since March 2026 (gas feature version 45; AIP-141 made everything ten
// times dearer). Figures and limits only; gas-meter.ts counts, fees.ts says what a transaction's writes cost. "Internal" units are a
// millionth of a gas unit.

import { GAS_SCALE } from '../vm/index.ts';

/** Octas a gas unit: bounds and the estimate that clients are given. */
export const GAS_UNIT_PRICE_MIN = 100n;
export const GAS_UNIT_PRICE_MAX = 10_000_000_000n;
/** The bound on `max_gas_amount`. */
export const MAX_GAS_AMOUNT = 20_000_000n;

/** The VM's schedule states Aptos's figures as they were before AIP-141: its internal units are this many here. */
export const VM_GAS_MULTIPLIER = 10n;

/** What one transaction may use, whatever it pays for; internal. A tenth of a second of either on Aptos's machines. */
export const EXECUTION_GAS_MAX = 9_200_000_000n;
export const IO_GAS_MAX = 10_000_000_000n;
/** What one transaction may pay for storage. */
export const STORAGE_FEE_OCTAS_MAX = 2_000_000_000n;
/** Every transaction's execution costs this much, internal; */
const INTRINSIC_GAS = 27_600_000n;
/** one larger than this, without its signatures, more for each byte beyond. */
const INTRINSIC_SIZE = 600n;
const INTRINSIC_GAS_PER_BYTE = 11_580n;

/** Input and output, internal: each slot written or deleted, and the bytes of its key and value; bytes of events; the transaction's bytes. */
export const WRITE_GAS_PER_SLOT = 895_680n;
export const WRITE_GAS_PER_BYTE = 890n;
export const EVENT_GAS_PER_BYTE = 890n;
export const TRANSACTION_GAS_PER_BYTE = 890n;

/** Each module of a package that is published, and what it replaces; internal. */
export const MODULE_GAS = 744_600n;
export const MODULE_GAS_PER_BYTE = 420n;

/** Paid for a new slot, and given back when it is deleted (AIP-32). */
export const STORAGE_SLOT_OCTAS = 400_000n;
/** Paid for each byte that a slot's key and value take up or grow by, and given back with the slot (AIP-65). */
export const STORAGE_BYTE_OCTAS = 400n;

/** Bounds on what one transaction writes: slots, bytes of one (with its key) and of all; the same of events. */
export const SLOTS_WRITTEN_MAX = 8192;
export const WRITE_BYTES_MAX = 1024 * 1024;
export const WRITE_BYTES_TOTAL_MAX = 10 * 1024 * 1024;

/** Internal units for a transaction of so many bytes, which are those of the raw transaction. */
export function intrinsicGasInternal(transactionSize: number): bigint {
  const beyond = BigInt(transactionSize) - INTRINSIC_SIZE;
  return INTRINSIC_GAS + (beyond > 0n ? beyond * INTRINSIC_GAS_PER_BYTE : 0n);
}

/** The same in gas units: what `max_gas_amount` must allow at least. */
export function intrinsicGas(transactionSize: number): bigint {
  return gasUnits(intrinsicGasInternal(transactionSize));
}

/** Whole gas units for internal ones, rounded up. */
export function gasUnits(internal: bigint): bigint {
  return (internal + GAS_SCALE - 1n) / GAS_SCALE;
}
