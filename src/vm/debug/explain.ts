// What a run ended with, in words for whoever wrote or called the contract: module, constant, doc comment, category.

import { shortAddress } from '../../base/ids.ts';
import type { CodeLocation, RunStatus } from '../run.ts';

/** `std::error`: an abort code is a category shifted left by 16, and a reason below. The first is category 1. */
const CATEGORIES = [
  'INVALID_ARGUMENT',
  'OUT_OF_RANGE',
  'INVALID_STATE',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'ABORTED',
  'ALREADY_EXISTS',
  'RESOURCE_EXHAUSTED',
  'CANCELLED',
  'INTERNAL',
  'NOT_IMPLEMENTED',
  'UNAVAILABLE',
] as const;
export type AbortCategory = (typeof CATEGORIES)[number];

const CATEGORY_SHIFT = 16n;
const REASON_MASK = 0xffffn;

/** The parts of a code made by `std::error`; only the reason for any other. */
export function abortParts(code: bigint): { readonly reason: bigint; readonly category?: AbortCategory } {
  const index = code >> CATEGORY_SHIFT;
  const category = index > 0n && index <= BigInt(CATEGORIES.length) ? CATEGORIES[Number(index) - 1] : undefined;
  return category === undefined ? { reason: code } : { reason: code & REASON_MASK, category };
}

/**
 * One line: `executed`; `aborted in 0xcafe::shop::pay at 5: EPRICE, the price does not fit (code 77)`; `ARITHMETIC_ERROR in
 * 0xcafe::shop::pay at 12: …`.
 */
export function explainStatus(status: RunStatus): string {
  switch (status.kind) {
    case 'executed':
      return 'executed';
    case 'abort': {
      const { reason } = status;
      const { category } = abortParts(status.code);
      const name = reason ? `${reason.name}${reason.doc === '' ? '' : `, ${oneLine(reason.doc)}`} ` : '';
      const code = `(${category ? `${category}, ` : ''}code ${category ? `0x${status.code.toString(16)}` : status.code})`;
      const message = 'message' in status && typeof status.message === 'string' ? ` "${status.message}"` : '';
      return `aborted${place(status.location)}: ${name}${code}${message}`;
    }
    case 'failure':
      return `${status.code}${place(status.location)}${status.message ? `: ${status.message}` : ''}`;
  }
}

function place(location: CodeLocation | undefined): string {
  if (location === undefined) return '';
  const { module, function: name, offset } = location;
  const label = module === 'script' ? module : `${shortAddress(module.address)}::${module.name}`;
  return ` in ${label}::${name} at ${offset}`;
}

function oneLine(doc: string): string {
  return doc.trim().replace(/\s*\n\s*/g, ' ');
}
