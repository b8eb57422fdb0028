// Why a transaction is not taken (a `Discard`), and how the outcome of one that was executed reads in the REST API. Names and numbers:
// aptos-core, move-core-types vm_status.rs; sentences: api/types/src/convert.rs.

import { shortAddress } from '../base/ids.ts';
import type { CodeLocation, RunStatus } from '../vm/run.ts';

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

/** Numbers of statuses that a view call reports as `vm_error_code`; others are reported without a number. */
const EXECUTION_CODES: Readonly<Record<string, number>> = {
  INVALID_MAIN_FUNCTION_SIGNATURE: 1011,
  LOOKUP_FAILED: 1017,
  TYPE_MISMATCH: 1020,
  MODULE_ADDRESS_DOES_NOT_MATCH_SENDER: 1067,
  CONSTRAINT_NOT_SATISFIED: 1075,
  NUMBER_OF_TYPE_ARGUMENTS_MISMATCH: 1076,
  LINKER_ERROR: 1081,
  FUNCTION_RESOLUTION_FAILURE: 1091,
  INVALID_OPERATION_IN_SCRIPT: 1094,
  DUPLICATE_MODULE_NAME: 1095,
  BACKWARD_INCOMPATIBLE_MODULE_UPDATE: 1096,
  CYCLIC_MODULE_DEPENDENCY: 1097,
  NUMBER_OF_ARGUMENTS_MISMATCH: 1098,
  INVALID_PARAM_TYPE_FOR_DESERIALIZATION: 1099,
  FAILED_TO_DESERIALIZE_ARGUMENT: 1100,
  NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH: 1101,
  EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION: 1103,
  EVENT_METADATA_VALIDATION_ERROR: 1123,
  CODE_DESERIALIZATION_ERROR: 3024,
  OUT_OF_GAS: 4002,
  RESOURCE_DOES_NOT_EXIST: 4003,
  RESOURCE_ALREADY_EXISTS: 4004,
  MISSING_DATA: 4008,
  ABORTED: 4016,
  ARITHMETIC_ERROR: 4017,
  VECTOR_OPERATION_ERROR: 4018,
  EXECUTION_STACK_OVERFLOW: 4020,
  CALL_STACK_OVERFLOW: 4021,
  VM_MAX_TYPE_DEPTH_REACHED: 4024,
  VM_MAX_VALUE_DEPTH_REACHED: 4025,
  STORAGE_WRITE_LIMIT_REACHED: 4027,
  MEMORY_LIMIT_EXCEEDED: 4028,
  EXECUTION_LIMIT_REACHED: 4030,
  IO_LIMIT_REACHED: 4031,
  STORAGE_LIMIT_REACHED: 4032,
};

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
      // With a place the run had begun; without one the call itself was wrong, and Aptos gives the status code alone.
      if (status.location) {
        const place =
          status.location.module === 'script'
            ? 'script'
            : `${formatModule(status.location)}::${status.location.function}`;
        return `Execution failed in ${place} at code offset ${status.location.offset}`;
      }
      return status.code;
  }
}

/** The number of a status, where Aptos's API would give one. */
export function statusCode(status: RunStatus): number | undefined {
  if (status.kind === 'executed') return undefined;
  return EXECUTION_CODES[status.kind === 'abort' ? 'ABORTED' : status.code];
}

function formatModule(location: CodeLocation): string {
  return location.module === 'script' ? 'script' : `${shortAddress(location.module.address)}::${location.module.name}`;
}
