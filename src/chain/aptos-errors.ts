// What the ts-sdk throws, as chain errors.

import { DecodeError } from '../base/errors.ts';
import { ChainError, parseAbort } from './chain-error.ts';

/** Error codes of the REST API that say that something is not there. */
const NOT_FOUND = new Set(['account_not_found', 'resource_not_found', 'module_not_found', 'table_item_not_found']);
/** A view of a module that is not there is an invalid input to the API; the message tells. */
const NO_MODULE = /\bno module\b|\bmodule\b.*\b(?:not found|does not exist|can't be found)|LINKER_ERROR/i;
const NO_MONEY = /INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE|MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS|OUT_OF_GAS/;

/** An answer with a status, as against no answer at all. */
interface ApiError {
  readonly status: number;
  readonly message: string;
  readonly errorCode: string;
}

export function asChainError(cause: unknown, what: string): ChainError {
  if (cause instanceof ChainError) return cause;
  if (cause instanceof DecodeError) return new ChainError('malformed', `${what}: ${cause.message}`, { cause });
  const api = apiError(cause);
  if (!api) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return new ChainError('unreachable', `${what}: ${detail}`, { cause });
  }
  return refusal(api.message, what, api.errorCode, cause);
}

/** A `vm_status` or API message that says no. */
export function refusal(text: string, what: string, errorCode = '', cause?: unknown): ChainError {
  const abort = parseAbort(text);
  if (abort) return new ChainError('refused', `${what}: ${text}`, { cause, abort });
  if (NO_MONEY.test(text)) return new ChainError('out-of-gas-money', `${what}: ${text}`, { cause });
  if (NOT_FOUND.has(errorCode) || NO_MODULE.test(text))
    return new ChainError('not-found', `${what}: ${text}`, { cause });
  return new ChainError('refused', `${what}: ${text}`, { cause });
}

export function isSequenceNumberStale(cause: unknown): boolean {
  const api = apiError(cause);
  if (!api) return false;
  return api.errorCode === 'sequence_number_too_old' || /SEQUENCE_NUMBER_TOO_(OLD|NEW)/.test(api.message);
}

function apiError(cause: unknown): ApiError | undefined {
  if (!(cause instanceof Error) || !('status' in cause) || typeof cause.status !== 'number') return undefined;
  // 502 to 504: something between us and the chain's node answered, not the node.
  if (cause.status >= 502 && cause.status <= 504) return undefined;
  const data: unknown = 'data' in cause ? cause.data : undefined;
  const fields: { message?: unknown; error_code?: unknown } = typeof data === 'object' && data !== null ? data : {};
  return {
    status: cause.status,
    message: typeof fields.message === 'string' ? fields.message : cause.message,
    errorCode: typeof fields.error_code === 'string' ? fields.error_code : '',
  };
}
