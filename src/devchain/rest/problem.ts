// What a request is answered with, and the error body of the Aptos API: `{ message, error_code, vm_error_code }`. Sentences and codes:
// aptos-core, api/src/response.rs and api/types/src/error.rs.

import { type Bytes, utf8Encode } from '../../base/bytes.ts';
import type { Address } from '../../base/ids.ts';
import { formatTypeTag, type StructTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import type { RunStatus } from '../../vm/run.ts';
import { absenceOfPackage } from '../absences.ts';
import type { SubmitRefusal } from '../chain.ts';
import { formatAddress } from '../format.ts';
import { explainInFull, statusCode, ValidationCode } from '../vm-status.ts';

interface AnswerHead {
  readonly status: number;
  /** Beside those of every answer; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonAnswer extends AnswerHead {
  readonly body: Json;
}

export interface BytesAnswer extends AnswerHead {
  readonly bytes: Bytes;
  readonly contentType: string;
}

export type Answer = JsonAnswer | BytesAnswer;

/** What an Aptos node calls BCS in `Accept` and `Content-Type`. */
export const BCS_TYPE = 'application/x-bcs';
/** Where the next page of a list begins; goes into `?start=`. */
const CURSOR_HEADER = 'x-aptos-cursor';

export type ErrorCode =
  | 'account_not_found'
  | 'resource_not_found'
  | 'module_not_found'
  | 'version_not_found'
  | 'transaction_not_found'
  | 'struct_field_not_found'
  | 'table_item_not_found'
  | 'block_not_found'
  | 'invalid_input'
  | 'invalid_transaction_update'
  | 'vm_error'
  | 'health_check_failed'
  | 'mempool_is_full'
  | 'api_disabled'
  | 'internal_error'
  | 'web_framework_error';

export function answer(body: Json, status = 200): JsonAnswer {
  return { status, body };
}

export function bcsAnswer(bytes: Bytes, status = 200): BytesAnswer {
  return { status, bytes, contentType: BCS_TYPE };
}

export function textAnswer(text: string, contentType: string): BytesAnswer {
  return { status: 200, bytes: utf8Encode(text), contentType: `${contentType}; charset=utf-8` };
}

/** `cursor`: where the next page begins, if there is one. */
export function withCursor(page: Answer, cursor: string | undefined): Answer {
  return cursor === undefined ? page : { ...page, headers: { ...page.headers, [CURSOR_HEADER]: cursor } };
}

export function problem(status: number, code: ErrorCode, message: string, vmCode?: number): JsonAnswer {
  return { status, body: { message, error_code: code, vm_error_code: vmCode ?? null } };
}

export function invalidInput(message: string): JsonAnswer {
  return problem(400, 'invalid_input', message);
}

/** What a node's web framework says before the API is reached: wrong path, method, content type, parameter. */
export function frameworkProblem(status: number, message: string): JsonAnswer {
  return problem(status, 'web_framework_error', message);
}

export function structFieldNotFound(address: Address, type: StructTag, field: string, version: number): Answer {
  const where = `Address(${formatAddress(address)}), Struct tag(${formatTypeTag(type)}), Field name(${field})`;
  return problem(404, 'struct_field_not_found', `Struct Field not found by ${where} and Ledger version(${version})`);
}

export function resourceNotFound(address: Address, type: StructTag, version: number): Answer {
  const where = `Address(${formatAddress(address)}), Struct tag(${formatTypeTag(type)})`;
  return problem(404, 'resource_not_found', `Resource not found by ${where} and Ledger version(${version})`);
}

export function moduleNotFound(address: Address, name: string, version: number): Answer {
  const where = `Address(${formatAddress(address)}), Module name(${name}) and Ledger version(${version})`;
  const reason = absenceOfPackage(address);
  return problem(404, 'module_not_found', `Module not found by ${where}${reason === undefined ? '' : `: ${reason}`}`);
}

export function tableItemNotFound(handle: Address, key: Json, version: number): Answer {
  const where = `Table handle(${formatAddress(handle)}), Table key(${JSON.stringify(key)})`;
  return problem(404, 'table_item_not_found', `Table Item not found by ${where} and Ledger version(${version})`);
}

export function transactionNotFound(by: string): Answer {
  return problem(404, 'transaction_not_found', `Transaction not found by ${by}`);
}

export function blockNotFound(by: string): Answer {
  return problem(404, 'block_not_found', `Block not found by ${by}`);
}

export function versionNotFound(version: bigint): Answer {
  return problem(404, 'version_not_found', `Ledger version not found by Ledger version(${version})`);
}

/** A view call that did not run to its end. */
export function viewFailed(status: RunStatus): Answer {
  return problem(400, 'invalid_input', explainInFull(status), statusCode(status));
}

export function submitRefused(refusal: SubmitRefusal): JsonAnswer {
  switch (refusal.kind) {
    case 'malformed':
      return invalidInput(`Failed to deserialize input into SignedTransaction: ${refusal.message}`);
    case 'validSignature':
      return invalidInput('Simulated transactions must not have a valid signature');
    case 'discarded': {
      const feature = refusal.feature === undefined ? '' : ` (the local chain has no ${refusal.feature})`;
      const message = `Invalid transaction: Type: Validation Code: ${refusal.discard}${feature}`;
      return problem(400, 'vm_error', message, ValidationCode[refusal.discard]);
    }
    case 'mempool':
      if (refusal.reason === 'invalidUpdate') {
        const message = 'Transaction already in mempool with a different payload';
        return problem(400, 'invalid_transaction_update', message);
      }
      return problem(
        507,
        'mempool_is_full',
        refusal.reason === 'full' ? 'Mempool is full' : 'Mempool over capacity for account',
      );
  }
}
