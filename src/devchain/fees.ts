// What a transaction that ran to its end pays for what it leaves behind: input and output of its writes and events, and deposits for storage
// (aptos-vm-types, storage/space_pricing.rs, `DiskSpacePricing` V2; AIP-17, AIP-32, AIP-65).

import { encodeBcs } from '../base/bcs.ts';
import { writeTypeTag } from '../base/type-tag.ts';
import type { MoveEvent } from '../vm/index.ts';
import {
  EVENT_GAS_PER_BYTE,
  SLOTS_WRITTEN_MAX,
  STORAGE_BYTE_OCTAS,
  STORAGE_SLOT_OCTAS,
  TRANSACTION_GAS_PER_BYTE,
  WRITE_BYTES_MAX,
  WRITE_BYTES_TOTAL_MAX,
  WRITE_GAS_PER_BYTE,
  WRITE_GAS_PER_SLOT,
} from './gas.ts';
import type { GasMeter, GasStop } from './gas-meter.ts';
import type { Deposit, DepositChange, SlotBook, SlotWrite } from './slots.ts';

/** Of an event that a handle emitted: its guid and its number. */
const EVENT_HANDLE_SIZE = 40 + 8;

/** Settled for all slots at once. `refundOctas` is what the deleted ones give back. */
export interface StorageCharge {
  readonly octas: bigint;
  readonly refundOctas: bigint;
  readonly deposits: readonly DepositChange[];
}

/** Whether a transaction writes more than one may (`STORAGE_WRITE_LIMIT_REACHED`). */
export function isOverWriteLimits(writes: readonly SlotWrite[], events: readonly MoveEvent[]): boolean {
  const sizes = writes.flatMap(({ keySize, newSize }) => (newSize === undefined ? [] : [keySize + newSize]));
  const emitted = events.map(({ data }) => data.length);
  return (
    writes.length > SLOTS_WRITTEN_MAX ||
    [...sizes, ...emitted].some((size) => size > WRITE_BYTES_MAX) ||
    sum(sizes) > WRITE_BYTES_TOTAL_MAX ||
    sum(emitted) > WRITE_BYTES_TOTAL_MAX
  );
}

/** Charges for all that a transaction leaves, in Aptos's order: itself, its events, its writes, their storage. */
export function chargeLeavings(
  meter: GasMeter,
  transactionSize: number,
  writes: readonly SlotWrite[],
  events: readonly MoveEvent[],
  storage: StorageCharge,
): GasStop | undefined {
  let stop = meter.chargeIo(TRANSACTION_GAS_PER_BYTE * BigInt(transactionSize));
  for (const event of events) stop ??= meter.chargeIo(EVENT_GAS_PER_BYTE * BigInt(eventSize(event)));
  for (const { keySize, newSize } of writes) {
    stop ??= meter.chargeIo(WRITE_GAS_PER_SLOT + WRITE_GAS_PER_BYTE * BigInt(keySize + (newSize ?? 0)));
  }
  return stop ?? meter.chargeStorage(storage.octas);
}

/**
 * A new slot pays for itself and its bytes. One that grows pays for the growth, but never for more than it holds then; one that shrinks gets
 * nothing back, and so grows again for nothing. A deleted one gives back all that was paid for it.
 */
export function storageCharge(writes: readonly SlotWrite[], book: SlotBook): StorageCharge {
  let octas = 0n;
  let refundOctas = 0n;
  const deposits: DepositChange[] = [];
  for (const write of writes) {
    const old = book.deposit(write.id);
    if (write.newSize === undefined) {
      if (old === undefined) continue;
      refundOctas += old.slotOctas + old.bytesOctas;
      deposits.push({ slot: write.id });
      continue;
    }
    const deposit = write.oldSize === undefined ? newDeposit(write) : grownDeposit(write, old);
    const paid = total(deposit) - (write.oldSize === undefined ? 0n : total(old));
    if (paid === 0n) continue;
    octas += paid;
    deposits.push({ slot: write.id, deposit });
  }
  return { octas, refundOctas, deposits };
}

function newDeposit({ keySize, newSize }: SlotWrite): Deposit {
  return { slotOctas: STORAGE_SLOT_OCTAS, bytesOctas: STORAGE_BYTE_OCTAS * BigInt(keySize + (newSize ?? 0)) };
}

function grownDeposit({ keySize, oldSize = 0, newSize = 0 }: SlotWrite, old: Deposit | undefined): Deposit {
  const { slotOctas, bytesOctas } = old ?? { slotOctas: 0n, bytesOctas: 0n };
  const target = STORAGE_BYTE_OCTAS * BigInt(keySize + newSize);
  if (newSize <= oldSize || target <= bytesOctas) return { slotOctas, bytesOctas };
  const growth = STORAGE_BYTE_OCTAS * BigInt(newSize - oldSize);
  return { slotOctas, bytesOctas: bytesOctas + (growth < target - bytesOctas ? growth : target - bytesOctas) };
}

function total(deposit: Deposit | undefined): bigint {
  return deposit === undefined ? 0n : deposit.slotOctas + deposit.bytesOctas;
}

function eventSize({ type, data, handle }: MoveEvent): number {
  return (handle ? EVENT_HANDLE_SIZE : 0) + encodeBcs((writer) => writeTypeTag(writer, type)).length + data.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
