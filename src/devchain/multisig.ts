// Transactions that the owners of a multisig account have agreed on (`0x1::multisig_account`): whether one may be executed, what it calls, and
// how its end is written down. On Aptos the VM calls the same private functions.

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, addressToBytes, writeAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import { writeTypeTag } from '../base/type-tag.ts';
import type { FunctionCall, MoveEvent, MoveVm, RunResult, RunStatus } from '../vm/index.ts';
import type { CodeLocation, RunContext } from '../vm/run.ts';
import { FRAMEWORK } from './accounts.ts';
import { MAX_GAS_AMOUNT } from './gas.ts';
import { readFunctionCall, type SignedTransaction, TRANSACTION_SIZE_MAX } from './transaction.ts';
import { type Discard, statusCode } from './vm-status.ts';
import type { Writes } from './writes.ts';

type RunLimits = Pick<RunContext, 'gasLimit' | 'partLimits'>;

/** Aborts of `validate_multisig_transaction` → why the transaction is not taken. */
const REFUSALS: ReadonlyMap<bigint, Discard> = new Map([
  [0x307d2n, 'ACCOUNT_NOT_MULTISIG'],
  [0x507d3n, 'NOT_MULTISIG_OWNER'],
  [0x607d6n, 'MULTISIG_TRANSACTION_NOT_FOUND'],
  [0x107d8n, 'MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH_HASH'],
  [0x107d9n, 'MULTISIG_TRANSACTION_INSUFFICIENT_APPROVALS'],
  [0x107dan, 'MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH'],
]);

/** Why the transaction's sender may not have the account's next proposal executed; undefined when it may. */
export function checkMultisig(vm: MoveVm, state: StateView, transaction: SignedTransaction): Discard | undefined {
  const { sender, payload } = transaction.raw;
  if (payload.multisig === undefined) return undefined;
  const args = [addressToBytes(payload.multisig), encodeBytes(providedPayload(transaction))];
  const { status } = call(vm, state, transaction, 'validate_multisig_transaction', [sender], args);
  if (status.kind === 'executed') return undefined;
  const refusal = status.kind === 'abort' ? REFUSALS.get(status.code) : undefined;
  return refusal ?? 'UNEXPECTED_ERROR_FROM_KNOWN_MOVE_FUNCTION';
}

/** What the transaction brings to call: BCS of `MultisigTransactionPayload`; empty when it leaves that to the proposal. */
export function providedPayload(transaction: SignedTransaction): Bytes {
  const { executable } = transaction.raw.payload;
  if (executable.kind !== 'entryFunction') return new Uint8Array();
  const { module, function: name, typeArgs, args } = executable.call;
  return encodeBcs((writer) => {
    writer.uleb128(0);
    writeAddress(writer, module.address);
    writer.string(module.name).string(name);
    writer.vector(typeArgs, writeTypeTag).vector(args, (w, bytes) => w.bytes(bytes));
  });
}

/** Runs `get_next_transaction_payload`: its one result is the proposal's payload, or what was provided where only a hash is stored. */
export function runNextPayload(
  vm: MoveVm,
  state: StateView,
  transaction: SignedTransaction,
  account: Address,
  limits: RunLimits,
): RunResult {
  const args = [addressToBytes(account), encodeBytes(providedPayload(transaction))];
  return call(vm, state, transaction, 'get_next_transaction_payload', [], args, limits);
}

/** The call of a stored or provided payload; undefined for what is none. */
export function decodePayload(payload: Bytes): FunctionCall | undefined {
  try {
    return decodeBcs(payload, 'multisig payload', (reader) => {
      reader.variant('multisig payload', 1);
      return readFunctionCall(reader);
    });
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** BCS of `vector<u8>` → its bytes. @throws DecodeError */
export function decodeBytes(bytes: Bytes): Bytes {
  return decodeBcs(bytes, 'multisig payload', (reader) => reader.bytes('multisig payload', TRANSACTION_SIZE_MAX));
}

/** Takes the proposal from the account's list: it was executed, or failed for good. Nobody pays gas for this. */
export function resolveProposal(
  vm: MoveVm,
  writes: Writes,
  transaction: SignedTransaction,
  proposal: { readonly account: Address; readonly payload: Bytes; readonly failure?: RunStatus },
): { readonly status: RunStatus; readonly events: readonly MoveEvent[] } {
  const { account, payload, failure } = proposal;
  const args = [addressToBytes(transaction.raw.sender), addressToBytes(account), encodeBytes(payload)];
  const [name, rest] = failure
    ? (['failed_transaction_execution_cleanup', [encodeFailure(failure)]] as const)
    : (['successful_transaction_execution_cleanup', []] as const);
  const result = call(vm, writes.view, transaction, name, [], [...args, ...rest]);
  if (result.status.kind === 'executed') writes.add(result.changes);
  return { status: result.status, events: result.events };
}

/** `ExecutionError { abort_location, error_type, error_code }`, with Aptos's words. */
function encodeFailure(status: RunStatus): Bytes {
  const [location, type, code] = describeFailure(status);
  return encodeBcs((writer) => writer.string(location).string(type).u64(code));
}

function describeFailure(status: RunStatus): readonly [location: string, type: string, code: bigint] {
  const code = BigInt(statusCode(status) ?? 0);
  if (status.kind === 'abort') return [formatLocation(status.location), 'MoveAbort', status.code];
  if (status.kind === 'failure' && status.location) {
    return [formatLocation(status.location), 'MoveExecutionFailure', code];
  }
  return ['', 'VMError', code];
}

/** The address in full, without `0x`. */
function formatLocation({ module }: CodeLocation): string {
  return module === 'script' ? 'Script' : `${module.address.slice(2)}::${module.name}`;
}

function call(
  vm: MoveVm,
  state: StateView,
  { hash }: SignedTransaction,
  name: string,
  senders: readonly Address[],
  args: readonly Bytes[],
  limits: RunLimits = { gasLimit: MAX_GAS_AMOUNT },
): RunResult {
  return vm.run(state, {
    call: { module: { address: FRAMEWORK, name: 'multisig_account' }, function: name, typeArgs: [], args },
    senders,
    ...limits,
    transactionHash: hash,
    access: 'any',
  });
}

function encodeBytes(bytes: Bytes): Bytes {
  return encodeBcs((writer) => writer.bytes(bytes));
}
