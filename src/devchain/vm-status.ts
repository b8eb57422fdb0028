// Why a transaction is not taken (a `Discard`), and how the outcome of one that was executed reads in the REST API. Names and numbers:
// aptos-core, move-core-types vm_status.rs; sentences: api/types/src/convert.rs.

import { shortAddress } from '../base/ids.ts';
import type { CodeLocation, RunStatus } from '../vm/run.ts';
import { STATUS_CODES } from './status-codes.ts';

/** Status codes of validation: a transaction with one of these never reaches the ledger. */
export const ValidationCode = {
  INVALID_SIGNATURE: 1,
  INVALID_AUTH_KEY: 2,
  SEQUENCE_NUMBER_TOO_OLD: 3,
  SEQUENCE_NUMBER_TOO_NEW: 4,
  INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE: 5,
  TRANSACTION_EXPIRED: 6,
  EXCEEDED_MAX_TRANSACTION_SIZE: 10,
  MAX_GAS_UNITS_EXCEEDS_MAX_GAS_UNITS_BOUND: 13,
  MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS: 14,
  GAS_UNIT_PRICE_BELOW_MIN_BOUND: 15,
  GAS_UNIT_PRICE_ABOVE_MAX_BOUND: 16,
  BAD_CHAIN_ID: 23,
  SEQUENCE_NUMBER_TOO_BIG: 24,
  FEATURE_UNDER_GATING: 26,
  SECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH: 27,
  SIGNERS_CONTAIN_DUPLICATES: 28,
  ACCOUNT_NOT_MULTISIG: 31,
  NOT_MULTISIG_OWNER: 32,
  MULTISIG_TRANSACTION_NOT_FOUND: 33,
  MULTISIG_TRANSACTION_INSUFFICIENT_APPROVALS: 34,
  MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH_HASH: 35,
  MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH: 40,
  NONCE_ALREADY_USED: 42,
  EMPTY_PAYLOAD_PROVIDED: 43,
  TRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE: 44,
  UNEXPECTED_ERROR_FROM_KNOWN_MOVE_FUNCTION: 2015,
} as const;

export type Discard = keyof typeof ValidationCode;

/**
 * Statuses of running code that Aptos keeps as a `MiscellaneousError`: it tells their name, and no place (`VMStatus::keep_or_discard`).
 */
const PLACELESS: ReadonlySet<string> = new Set([
  'EXECUTION_LIMIT_REACHED',
  'IO_LIMIT_REACHED',
  'STORAGE_LIMIT_REACHED',
  'MEMORY_LIMIT_EXCEEDED',
  'VM_MAX_VALUE_DEPTH_REACHED',
]);
/** The range of statuses that running code ends with; any other is told by name too, wherever the run was. */
const EXECUTION_CODE_MIN = 4000;

/** What the REST API calls `vm_status`. */
export function explainStatus(status: RunStatus): string {
  switch (status.kind) {
    case 'executed':
      return 'Executed successfully';
    case 'abort': {
      const code = `0x${status.code.toString(16)}`;
      if (status.location.module === 'script') return `Move abort: code ${code}`;
      const place = `Move abort in ${formatModule(status.location)}`;
      return status.reason ? `${place}: ${status.reason.name}(${code}): ${status.reason.doc}` : `${place}: ${code}`;
    }
    case 'failure':
      if (status.code === 'OUT_OF_GAS') return 'Out of gas';
      // Nobody but this chain knows what it means, so it says.
      if (STATUS_CODES[status.code] === undefined) return withMessage(status.code, status.message);
      return explainFailure(status.code, failurePlace(status));
  }
}

/** The same with what the VM has to say about it, for an answer that no transaction stands behind. */
export function explainInFull(status: RunStatus): string {
  const text = explainStatus(status);
  const isSaid = status.kind !== 'failure' || STATUS_CODES[status.code] === undefined;
  return isSaid ? text : withMessage(text, status.message);
}

/** What a simulation says: with what the VM has to say about it on a line of its own. */
export function explainSimulated(status: RunStatus): string {
  const text = explainStatus(status);
  if (status.kind !== 'failure' || status.message === undefined || text.includes(status.message)) return text;
  return `${text}\nExecution failed with message: ${status.message}`;
}

/** Where Aptos says that the run failed. Nowhere when the call itself was wrong, or when it gives the status code alone. */
export function failurePlace(status: RunStatus): CodeLocation | undefined {
  if (status.kind !== 'failure' || PLACELESS.has(status.code)) return undefined;
  return (STATUS_CODES[status.code] ?? 0) < EXECUTION_CODE_MIN ? undefined : status.location;
}

/** The number of a status, where Aptos's API would give one. */
export function statusCode(status: RunStatus): number | undefined {
  if (status.kind === 'executed') return undefined;
  return STATUS_CODES[status.kind === 'abort' ? 'ABORTED' : status.code];
}

function withMessage(text: string, message: string | undefined): string {
  return message === undefined ? text : `${text}: ${message}`;
}

function explainFailure(code: string, location: CodeLocation | undefined): string {
  if (location === undefined) return code;
  const place = location.module === 'script' ? 'script' : `${formatModule(location)}::${location.function}`;
  return `Execution failed in ${place} at code offset ${location.offset}`;
}

function formatModule(location: CodeLocation): string {
  return location.module === 'script' ? 'script' : `${shortAddress(location.module.address)}::${location.module.name}`;
}
