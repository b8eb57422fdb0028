// One transaction over one state: the payload, the fee and the sequence number. Pure: what it returns is the whole
// effect. The checks of prologue.ts have passed.

import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { addressToBytes, parseAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import type { MoveEvent, MoveVm, RunStatus } from '../vm/index.ts';
import { accountKey, FRAMEWORK, readAccount, withSequenceNumber } from './accounts.ts';
import { encodeStatement } from './fee-statement.ts';
import { chargeLeavings, isOverWriteLimits, storageCharge } from './fees.ts';
import { intrinsicGasInternal, MAX_GAS_AMOUNT } from './gas.ts';
import { type FeeStatement, GasMeter } from './gas-meter.ts';
import type { Outcome } from './ledger.ts';
import { runPayload } from './payload.ts';
import { feePayerOf, NO_FEE_PAYER } from './prologue.ts';
import { type DepositChange, type SlotBook, slotWrites } from './slots.ts';
import type { SignedTransaction } from './transaction.ts';
import { Writes } from './writes.ts';

/** Signs for the chain itself, as `system_addresses::assert_vm` wants it. */
const VM_ADDRESS = parseAddress('0x0');

/** A run with its gas counted, before fee and sequence number. Failed runs have no writes, events or deposits. */
interface Charged {
  readonly status: RunStatus;
  readonly fee: FeeStatement;
  readonly writes: Writes;
  readonly events: readonly MoveEvent[];
  readonly deposits: readonly DepositChange[];
}

/** `slots`: of the state before. A simulation may leave open who pays: nobody then. */
export function executeTransaction(
  vm: MoveVm,
  state: StateView,
  slots: SlotBook,
  transaction: SignedTransaction,
  isSimulation = false,
): Outcome {
  const payFee = !isSimulation || feePayerOf(transaction) !== NO_FEE_PAYER;
  const charged = runCharged(vm, state, slots, transaction, isSimulation);
  const finished = finish(vm, transaction, charged, payFee);
  if ('changes' in finished) return finished;
  // The run spent what its fee needs: it fails with that, and the fee is taken from the balance before it.
  const fee = { ...charged.fee, storageFeeRefundOctas: 0n };
  const failed = finish(vm, transaction, failure(state, finished, fee), payFee);
  assert('changes' in failed, 'the prologue let a transaction in that cannot pay');
  return failed;
}

function runCharged(
  vm: MoveVm,
  state: StateView,
  slots: SlotBook,
  transaction: SignedTransaction,
  isSimulation: boolean,
): Charged {
  const { maxGasAmount, gasUnitPrice, bytes } = transaction.raw;
  const meter = new GasMeter(maxGasAmount, gasUnitPrice);
  const fail = (status: RunStatus): Charged => failure(state, status, meter.statement(0n));
  const stopped = meter.chargeExecution(intrinsicGasInternal(bytes.length));
  assert(stopped === undefined, 'the prologue let a transaction in with too little gas to begin');
  const writes = new Writes(state);
  const { status, events, afterwards } = runPayload(vm, writes, transaction, meter, isSimulation);
  if (status.kind !== 'executed') return fail(status);
  const slotsWritten = slotWrites(writes.changes(), writes.modules, state, slots);
  if (isOverWriteLimits(slotsWritten, events)) return fail({ kind: 'failure', code: 'STORAGE_WRITE_LIMIT_REACHED' });
  const storage = storageCharge(slotsWritten, slots);
  const stop = chargeLeavings(meter, bytes.length, slotsWritten, events, storage);
  if (stop !== undefined) return fail({ kind: 'failure', code: stop });
  const after = afterwards?.(writes);
  if (after && after.status.kind !== 'executed') return fail(after.status);
  return {
    status,
    fee: meter.statement(storage.refundOctas),
    writes,
    events: [...events, ...(after?.events ?? [])],
    deposits: storage.deposits,
  };
}

/** Runs the epilogue: burns the fee and counts the transaction. Another status than `executed`: the payer has too little left. */
function finish(vm: MoveVm, transaction: SignedTransaction, charged: Charged, payFee: boolean): Outcome | RunStatus {
  const { sender, payload, gasUnitPrice } = transaction.raw;
  const { status, fee, writes, events, deposits } = charged;
  const account = accountKey(sender);
  const { sequenceNumber } = readAccount(writes.view, sender);
  const epilogue = vm.run(writes.view, {
    call: {
      module: { address: FRAMEWORK, name: 'genesis' },
      function: 'epilogue',
      typeArgs: [],
      args: [
        addressToBytes(sender),
        addressToBytes(payFee ? feePayerOf(transaction) : sender),
        encodeU64(payFee ? gasUnitPrice : 0n),
        encodeU64(fee.totalChargeGasUnits),
        encodeStatement(fee),
      ],
    },
    senders: [VM_ADDRESS],
    gasLimit: MAX_GAS_AMOUNT,
    transactionHash: transaction.hash,
    access: 'any',
  });
  if (epilogue.status.kind !== 'executed') return epilogue.status;
  writes.add(epilogue.changes);
  const counted = writes.view.get(account);
  // A nonce protects an orderless transaction: it leaves the number as it was.
  if (payload.nonce !== undefined && counted) writes.set(account, withSequenceNumber(counted, sequenceNumber));
  return {
    status,
    gasUsed: fee.totalChargeGasUnits,
    changes: writes.changes(),
    modules: writes.modules,
    events: [...events, ...epilogue.events],
    deposits,
  };
}

function failure(state: StateView, status: RunStatus, fee: FeeStatement): Charged {
  return { status, fee, writes: new Writes(state), events: [], deposits: [] };
}

function encodeU64(value: bigint): Bytes {
  return encodeBcs((writer) => writer.u64(value));
}
