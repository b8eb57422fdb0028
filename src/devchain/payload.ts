// What a transaction calls, over the writes that it grows: an entry function, a script, or what the owners of a multisig account have
// agreed on; then what the code has asked to publish. Gas is charged to the meter as it is used.

import { DecodeError, unreachable } from '../base/errors.ts';
import type { MoveEvent, MoveVm, RunResult, RunStatus, TransactionContext } from '../vm/index.ts';
import type { ScriptCall } from '../vm/run.ts';
import type { GasMeter } from './gas-meter.ts';
import { feePayerOf, signersOf } from './prologue.ts';
import { type PublishLimits, publishAsked } from './publish.ts';
import type { ScriptPayload, SignedTransaction } from './transaction.ts';
import type { Writes } from './writes.ts';

/** A part of a transaction, with what it did to its `Writes` if it was executed. */
export interface PayloadRun {
  readonly status: RunStatus;
  readonly events: readonly MoveEvent[];
}

/** Runs the payload over `writes`, which stay as they were unless it is executed. The checks of prologue.ts have passed. */
export function runPayload(vm: MoveVm, writes: Writes, transaction: SignedTransaction, meter: GasMeter): PayloadRun {
  const { executable } = transaction.raw.payload;
  const senders = signersOf(transaction);
  const context = contextOf(transaction);
  const run = {
    senders,
    gasLimit: meter.runLimit,
    transactionHash: transaction.hash,
    transaction: context,
    isWriteFree: true,
  };
  const limits = { meter, transactionHash: transaction.hash, transaction: context };
  switch (executable.kind) {
    case 'entryFunction':
      return publishing(vm, writes, limits, vm.run(writes.view, { ...run, call: executable.call, access: 'entry' }));
    case 'script':
      return publishing(
        vm,
        writes,
        limits,
        vm.runScript(writes.view, { ...run, script: scriptCall(executable.script) }),
      );
    case 'empty':
      return failed('EMPTY_PAYLOAD_PROVIDED');
    default:
      return unreachable(executable);
  }
}

/** What the code may ask of its transaction. */
function contextOf(transaction: SignedTransaction): TransactionContext {
  const { raw } = transaction;
  return {
    sender: raw.sender,
    chainId: raw.chainId,
    gasPayer: feePayerOf(transaction),
    gasUnitPrice: raw.gasUnitPrice,
    maxGasAmount: raw.maxGasAmount,
  };
}

function scriptCall({ code, typeArgs, args }: ScriptPayload): ScriptCall {
  return { code, typeArgs, args: args.map(({ bytes }) => bytes) };
}

/** Takes over what the run changed, and publishes what it asked for. */
function publishing(vm: MoveVm, writes: Writes, limits: PublishLimits, result: RunResult): PayloadRun {
  const { status, gas, events } = result;
  const stop = limits.meter.chargeRun(gas);
  if (stop !== undefined) return failed(stop);
  if (status.kind !== 'executed') return { status, events: [] };
  writes.add(result.changes);
  if (result.publish === undefined) return { status, events };
  const published = publish(vm, writes, limits, result.publish);
  return { ...published, events: [...events, ...published.events] };
}

function publish(
  vm: MoveVm,
  writes: Writes,
  limits: PublishLimits,
  asked: NonNullable<RunResult['publish']>,
): PayloadRun {
  try {
    return publishAsked(vm, writes, asked, limits);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return failed('CODE_DESERIALIZATION_ERROR', error.message);
  }
}

function failed(code: string, message?: string): PayloadRun {
  return { status: { kind: 'failure', code, ...(message !== undefined && { message }) }, events: [] };
}
