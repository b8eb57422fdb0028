// What goes wrong between a node and the settlement chain, as the node has to tell it apart.

import { StraitError } from '../base/errors.ts';

/**
 * - `unreachable`: no answer; whether something submitted was executed is not known.
 * - `not-found`: no such contract, channel, module or resource.
 * - `refused`: the chain or the contract said no; `abort` says which rule.
 * - `malformed`: the answer is not of the form that the contract gives, or the request has none.
 * - `out-of-gas-money`: the session account cannot pay.
 */
export type ChainErrorKind = 'unreachable' | 'not-found' | 'refused' | 'malformed' | 'out-of-gas-money';

/** The `abort` of a contract, as far as the chain tells it. */
export interface ContractAbort {
  /** `0x…::module`. */
  readonly module: string;
  readonly code: bigint;
  /** Name of the constant, such as `E_LEADER_VALID`. */
  readonly name?: string;
}

export class ChainError extends StraitError {
  override readonly name = 'ChainError';
  readonly kind: ChainErrorKind;
  readonly abort: ContractAbort | undefined;

  constructor(kind: ChainErrorKind, message: string, options?: ErrorOptions & { readonly abort?: ContractAbort }) {
    super(message, options);
    this.kind = kind;
    this.abort = options?.abort;
  }
}

/** `Move abort in 0x…::channel: E_LEADER_VALID(0x3003f): The leader's heartbeat is recent…`, or with a bare code. */
const ABORT = /Move abort in (0x[0-9a-f]+::\w+): (?:(\w+)\()?(0x[0-9a-f]+|\d+)\)?/i;

/** Reads an abort out of the text that Aptos makes of it. */
export function parseAbort(text: string): ContractAbort | undefined {
  const match = ABORT.exec(text);
  const [, module, name, code] = match ?? [];
  if (module === undefined || code === undefined) return undefined;
  return { module, code: BigInt(code), ...(name !== undefined && { name }) };
}
