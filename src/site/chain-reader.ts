// What the page itself asks of the chain: views, balances, and the outcome of what the wallet sent. The node in the worker has its own access.

import { StraitError } from '../base/errors.ts';
import type { JsonValue } from '../sdk/index.ts';

/** The chain could not be asked (`unreachable`), or said no (`refused`, with its own words). */
export class ChainReadError extends StraitError {
  override readonly name = 'ChainReadError';
  readonly kind: 'unreachable' | 'refused';

  constructor(kind: 'unreachable' | 'refused', message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export interface ExecutedTransaction {
  readonly hash: string;
  readonly events: readonly { readonly type: string; readonly data: unknown }[];
}

/** How long the page waits for a transaction that the wallet has sent. */
const TRANSACTION_WAIT_MS = 60_000;
const POLL_MS = 500;

export class ChainReader {
  readonly #url: string;

  constructor(chainUrl: string) {
    this.#url = chainUrl;
  }

  /** @throws ChainReadError */
  async view(
    name: string,
    args: readonly JsonValue[],
    typeArgs: readonly string[] = [],
  ): Promise<readonly JsonValue[]> {
    const values = await this.#request('/view', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ function: name, type_arguments: typeArgs, arguments: args }),
    });
    if (!Array.isArray(values)) throw new ChainReadError('refused', `${name} returned no list`);
    return values;
  }

  /** APT in octas. */
  async balance(address: string): Promise<bigint> {
    return BigInt(String(await this.#request(`/accounts/${address}/balance/0x1::aptos_coin::AptosCoin`)));
  }

  /** Waits until the chain has executed it. @throws ChainReadError with the abort's words if it failed */
  async executed(hash: string): Promise<ExecutedTransaction> {
    const deadline = performance.now() + TRANSACTION_WAIT_MS;
    while (performance.now() < deadline) {
      const transaction = await this.#request(`/transactions/by_hash/${hash}`).catch((error: unknown) => {
        if (error instanceof ChainReadError && error.kind === 'refused') return undefined;
        throw error;
      });
      const { type, success, vm_status, events } = (transaction ?? {}) as {
        type?: string;
        success?: boolean;
        vm_status?: string;
        events?: ExecutedTransaction['events'];
      };
      if (type === 'user_transaction') {
        if (!success) throw new ChainReadError('refused', vm_status ?? 'The transaction failed.');
        return { hash, events: events ?? [] };
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new ChainReadError('unreachable', 'The chain has not executed the transaction within a minute.');
  }

  async #request(path: string, init: RequestInit = {}): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(this.#url + path, init);
    } catch (cause) {
      throw new ChainReadError('unreachable', `No answer from the chain at ${this.#url}.`, { cause });
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return body;
    const message = (body as { message?: unknown } | undefined)?.message;
    throw new ChainReadError('refused', typeof message === 'string' ? message : `HTTP ${response.status}`);
  }
}
