// What a transaction calls, over the writes that it grows: an entry function, a script, or what the owners of a multisig account have
// agreed on; then what the code has asked to publish. Gas is counted here and paid for in execute.ts.

import { DecodeError, unreachable } from '../base/errors.ts';
import type { Address } from '../base/ids.ts';
import type { MoveEvent, MoveVm, RunResult, RunStatus, TransactionContext } from '../vm/index.ts';
import type { ScriptCall } from '../vm/run.ts';
import { feePayerOf, signersOf } from './prologue.ts';
import { publishAsked } from './publish.ts';
import type { ScriptPayload, SignedTransaction } from './transaction.ts';
import type { Writes } from './writes.ts';

/** A part of a transaction, with what it did to its `Writes` if it was executed. */
export interface PayloadRun {
  readonly status: RunStatus;
  readonly gasUsed: bigint;
  readonly events: readonly MoveEvent[];
}

/** Runs the payload over `writes`, which stay as they were unless it is executed. The checks of prologue.ts have passed. */
export function runPayload(vm: MoveVm, writes: Writes, transaction: SignedTransaction, gasLimit: bigint): PayloadRun {
  const { executable } = transaction.raw.payload;
  const senders = signersOf(transaction);
  const run = { senders, gasLimit, transactionHash: transaction.hash, transaction: contextOf(transaction) };
  switch (executable.kind) {
    case 'entryFunction':
      return publishing(vm, writes, run, vm.run(writes.view, { ...run, call: executable.call, access: 'entry' }));
    case 'script':
      return publishing(vm, writes, run, vm.runScript(writes.view, { ...run, script: scriptCall(executable.script) }));
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

interface RunLimits {
  readonly senders: readonly Address[];
  readonly gasLimit: bigint;
  readonly transactionHash: SignedTransaction['hash'];
  readonly transaction: TransactionContext;
}

/** Takes over what the run changed, and publishes what it asked for. */
function publishing(vm: MoveVm, writes: Writes, limits: RunLimits, result: RunResult): PayloadRun {
  const { status, gasUsed, events } = result;
  if (status.kind !== 'executed') return { status, gasUsed, events: [] };
  writes.add(result.changes);
  if (result.publish === undefined) return { status, gasUsed, events };
  const published = publish(vm, writes, { ...limits, gasLimit: limits.gasLimit - gasUsed }, result.publish);
  return { ...published, gasUsed: gasUsed + published.gasUsed, events: [...events, ...published.events] };
}

function publish(vm: MoveVm, writes: Writes, limits: RunLimits, asked: NonNullable<RunResult['publish']>): PayloadRun {
  try {
    return publishAsked(vm, writes, asked, limits);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return failed('CODE_DESERIALIZATION_ERROR', error.message);
  }
}

function failed(code: string, message?: string): PayloadRun {
  return { status: { kind: 'failure', code, ...(message !== undefined && { message }) }, gasUsed: 0n, events: [] };
}
