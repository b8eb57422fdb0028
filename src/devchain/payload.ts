// What a transaction calls, over the writes that it grows: an entry function, a script, or what the owners of a multisig account have
// agreed on; then what the code has asked to publish. Gas is charged to the meter as it is used.

import { DecodeError, unreachable } from '../base/errors.ts';
import type { Address } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { hasAttribute, readMetadata } from '../vm/bytecode/metadata.ts';
import { compiledModule } from '../vm/declared-types.ts';
import type { FunctionCall, MoveEvent, MoveVm, RunResult, RunStatus, TransactionContext } from '../vm/index.ts';
import type { ScriptCall } from '../vm/run.ts';
import type { GasMeter } from './gas-meter.ts';
import { decodeBytes, decodePayload, resolveProposal, runNextPayload } from './multisig.ts';
import { feePayerOf, signersOf } from './prologue.ts';
import { publishAsked } from './publish.ts';
import type { ScriptPayload, SignedTransaction } from './transaction.ts';
import type { Writes } from './writes.ts';

const EXECUTED: RunStatus = { kind: 'executed' };

/** A part of a transaction, with what it did to its `Writes` if it was executed. */
export interface PayloadRun {
  readonly status: RunStatus;
  readonly events: readonly MoveEvent[];
  /** What is to be done when all gas has been charged, for which nobody pays. */
  readonly afterwards?: (writes: Writes) => PayloadRun;
}

/** What a payload runs with. */
interface PayloadContext {
  readonly vm: MoveVm;
  readonly writes: Writes;
  readonly transaction: SignedTransaction;
  readonly meter: GasMeter;
}

/** Runs the payload over `writes`, which stay as they were unless it is executed. The checks of prologue.ts have passed. */
export function runPayload(
  vm: MoveVm,
  writes: Writes,
  transaction: SignedTransaction,
  meter: GasMeter,
  isSimulation: boolean,
): PayloadRun {
  const { executable, multisig } = transaction.raw.payload;
  const context: PayloadContext = { vm, writes, transaction, meter };
  if (multisig !== undefined) {
    return isSimulation ? simulateMultisig(context, multisig) : runMultisig(context, multisig);
  }
  switch (executable.kind) {
    case 'entryFunction':
      return runCall(context, executable.call, signersOf(transaction));
    case 'script': {
      const request = { ...runWith(context, signersOf(transaction)), script: scriptCall(executable.script) };
      return publishing(context, request.transaction, vm.runScript(writes.view, request));
    }
    case 'empty':
      return failed('EMPTY_PAYLOAD_PROVIDED');
    default:
      return unreachable(executable);
  }
}

/** An approved call that fails is done with all the same: then the transaction has succeeded, and says so in an event. */
function runMultisig(context: PayloadContext, account: Address): PayloadRun {
  const { vm, writes, transaction, meter } = context;
  const next = runNextPayload(vm, writes.view, transaction, account, meter.runLimits);
  const stop = meter.chargeRun(next.gas);
  if (stop !== undefined) return failed(stop);
  const [returned] = next.returns;
  if (returned === undefined) return { status: next.status, events: [] };
  const payload = decodeBytes(returned);
  const call = decodePayload(payload);
  if (call === undefined) return failed('FAILED_TO_DESERIALIZE_ARGUMENT');
  const attempt = writes.copy();
  const { status, events } = runCall({ ...context, writes: attempt }, call, [account], multisigOf(context, account));
  if (status.kind !== 'executed') {
    const resolve = (left: Writes) => resolveProposal(vm, left, transaction, { account, payload, failure: status });
    return { status: EXECUTED, events: [], afterwards: resolve };
  }
  writes.take(attempt);
  const resolve = (left: Writes) => resolveProposal(vm, left, transaction, { account, payload });
  return { status, events, afterwards: resolve };
}

/** The call that the transaction brings, whether or not anybody has proposed it. */
function simulateMultisig(context: PayloadContext, account: Address): PayloadRun {
  const { executable } = context.transaction.raw.payload;
  if (executable.kind !== 'entryFunction') return failed('MISSING_DATA');
  return runCall(context, executable.call, [account], multisigOf(context, account));
}

function multisigOf({ transaction }: PayloadContext, account: Address): TransactionContext['multisig'] {
  return { account, carriesCall: transaction.raw.payload.executable.kind === 'entryFunction' };
}

function runCall(
  context: PayloadContext,
  call: FunctionCall,
  senders: readonly Address[],
  multisig?: TransactionContext['multisig'],
): PayloadRun {
  const { vm, writes } = context;
  const request = {
    ...runWith(context, senders, multisig, isMarkedRandom(writes.view, call)),
    call,
    access: 'entry' as const,
  };
  return publishing(context, request.transaction, vm.run(writes.view, request));
}

function runWith(
  { transaction, meter }: PayloadContext,
  senders: readonly Address[],
  multisig?: TransactionContext['multisig'],
  isUnbiasable = false,
) {
  return {
    senders,
    ...meter.runLimits,
    transactionHash: transaction.hash,
    transaction: { ...contextOf(transaction), ...(multisig && { multisig }), isUnbiasable },
    isWriteFree: true,
  };
}

/** `#[randomness]`, on a function that no other code can call: whoever sends it cannot take back what it draws. */
function isMarkedRandom(state: StateView, { module, function: name }: FunctionCall): boolean {
  const code = state.module(module.address, module.name);
  if (code === undefined) return false;
  const compiled = compiledModule(code);
  if (!hasAttribute(readMetadata(compiled).functions.get(name), 'randomness')) return false;
  return compiled.functions.some(({ handle, visibility }) => {
    const declared = compiled.functionHandles[handle]?.name;
    return declared !== undefined && compiled.identifiers[declared] === name && visibility !== 'public';
  });
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
function publishing(context: PayloadContext, transaction: TransactionContext, result: RunResult): PayloadRun {
  const { vm, writes, meter } = context;
  const { status, gas, events, publish } = result;
  const stop = meter.chargeRun(gas);
  if (stop !== undefined) return failed(stop);
  if (status.kind !== 'executed') return { status, events: [] };
  writes.add(result.changes);
  if (publish === undefined) return { status, events };
  try {
    const { made } = result;
    const limits = { meter, transactionHash: context.transaction.hash, transaction, ...(made && { made }) };
    const published = publishAsked(vm, writes, publish, limits);
    return { ...published, events: [...events, ...published.events] };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return failed('CODE_DESERIALIZATION_ERROR', error.message);
  }
}

function failed(code: string, message?: string): PayloadRun {
  return { status: { kind: 'failure', code, ...(message !== undefined && { message }) }, events: [] };
}
