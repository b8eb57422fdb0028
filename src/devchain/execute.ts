// One transaction over one state: the payload, the fee and the sequence number. Pure: what it returns is the whole
// effect. The checks of prologue.ts have passed.

import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { addressToBytes, parseAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import type { MoveEvent, MoveVm, RunStatus } from '../vm/index.ts';
import { accountKey, FRAMEWORK, readAccount, withSequenceNumber } from './accounts.ts';
import { EXECUTION_GAS_MAX, intrinsicGas, isOverWriteLimits, MAX_GAS_AMOUNT, storageFee, storageGas } from './gas.ts';
import type { Outcome } from './ledger.ts';
import { runPayload } from './payload.ts';
import { feePayerOf } from './prologue.ts';
import type { SignedTransaction } from './transaction.ts';
import { Writes } from './writes.ts';

/** Signs for the chain itself, as `system_addresses::assert_vm` wants it. */
const VM_ADDRESS = parseAddress('0x0');

/** A run with its gas counted, before fee and sequence number. Failed runs have no writes and no events. */
interface Charged {
  readonly status: RunStatus;
  readonly gasUsed: bigint;
  readonly writes: Writes;
  readonly events: readonly MoveEvent[];
}

/** `payFee` is false only for a simulation in which nobody pays. */
export function executeTransaction(
  vm: MoveVm,
  state: StateView,
  transaction: SignedTransaction,
  payFee = true,
): Outcome {
  const charged = runCharged(vm, state, transaction);
  const finished = finish(vm, transaction, charged, payFee);
  if ('changes' in finished) return finished;
  // The run spent what its fee needs: it fails with that, and the fee is taken from the balance before it.
  const failed = finish(vm, transaction, { ...failure(state, finished), gasUsed: charged.gasUsed }, payFee);
  assert('changes' in failed, 'the prologue let a transaction in that cannot pay');
  return failed;
}

function runCharged(vm: MoveVm, state: StateView, transaction: SignedTransaction): Charged {
  const { raw, bytes } = transaction;
  const intrinsic = intrinsicGas(bytes.length);
  const writes = new Writes(state);
  const paid = raw.maxGasAmount - intrinsic;
  const isCapped = paid > EXECUTION_GAS_MAX;
  const ran = runPayload(vm, writes, transaction, isCapped ? EXECUTION_GAS_MAX : paid);
  const gasUsed = intrinsic + ran.gasUsed;
  assert(gasUsed <= raw.maxGasAmount, 'a run used more gas than it was given');
  if (ran.status.kind !== 'executed') {
    const isLimit = isCapped && ran.status.kind === 'failure' && ran.status.code === 'OUT_OF_GAS';
    const status: RunStatus = isLimit ? { kind: 'failure', code: 'EXECUTION_LIMIT_REACHED' } : ran.status;
    return { ...failure(state, status), gasUsed };
  }
  const changes = writes.changes();
  if (isOverWriteLimits(changes, writes.modules, ran.events)) {
    return { ...failure(state, { kind: 'failure', code: 'STORAGE_WRITE_LIMIT_REACHED' }), gasUsed };
  }
  const total = gasUsed + storageGas(storageFee(changes, writes.modules), raw.gasUnitPrice);
  if (total > raw.maxGasAmount) {
    return { ...failure(state, { kind: 'failure', code: 'OUT_OF_GAS' }), gasUsed: raw.maxGasAmount };
  }
  return { status: ran.status, gasUsed: total, writes, events: ran.events };
}

/** Runs the epilogue: burns the fee and counts the transaction. Another status than `executed`: the payer has too little left. */
function finish(vm: MoveVm, transaction: SignedTransaction, charged: Charged, payFee: boolean): Outcome | RunStatus {
  const { sender, payload, gasUnitPrice } = transaction.raw;
  const { status, gasUsed, writes, events } = charged;
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
        encodeU64(gasUsed),
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
  return { status, gasUsed, changes: writes.changes(), modules: writes.modules, events };
}

function failure(state: StateView, status: RunStatus): Omit<Charged, 'gasUsed'> {
  return { status, writes: new Writes(state), events: [] };
}

function encodeU64(value: bigint): Bytes {
  return encodeBcs((writer) => writer.u64(value));
}
