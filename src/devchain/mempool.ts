// Transactions that wait for their turn: those with a sequence number that is not yet the account's. Ordered per account; one that
// expires is dropped. Transactions whose turn it is never stay here: the chain executes them at once.

import { toHex } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import type { SignedTransaction } from './transaction.ts';

/** As Aptos limits one account's waiting transactions. */
export const PENDING_PER_ACCOUNT_MAX = 100;
/** All accounts together: what a development machine can hold without noticing. */
export const PENDING_MAX = 10_000;

export type MempoolRefusal = 'full' | 'tooManyForAccount' | 'invalidUpdate';

export class Mempool {
  readonly #byAccount = new Map<Address, Map<bigint, SignedTransaction>>();
  readonly #byHash = new Map<string, SignedTransaction>();

  get size(): number {
    return this.#byHash.size;
  }

  /** Takes the transaction in; a higher gas price replaces one with the same sequence number. */
  add(transaction: SignedTransaction): MempoolRefusal | undefined {
    const { sender, sequenceNumber, gasUnitPrice } = transaction.raw;
    const hash = toHex(transaction.hash);
    if (this.#byHash.has(hash)) return undefined;
    const waiting = this.#byAccount.get(sender);
    const other = waiting?.get(sequenceNumber);
    if (other && other.raw.gasUnitPrice >= gasUnitPrice) return 'invalidUpdate';
    if (other) this.remove(other);
    if (this.#byHash.size >= PENDING_MAX) return 'full';
    if ((waiting?.size ?? 0) >= PENDING_PER_ACCOUNT_MAX) return 'tooManyForAccount';
    const account = this.#byAccount.get(sender) ?? new Map<bigint, SignedTransaction>();
    this.#byAccount.set(sender, account.set(sequenceNumber, transaction));
    this.#byHash.set(hash, transaction);
    return undefined;
  }

  remove(transaction: SignedTransaction): void {
    const { sender, sequenceNumber } = transaction.raw;
    const waiting = this.#byAccount.get(sender);
    if (waiting?.get(sequenceNumber) === transaction) waiting.delete(sequenceNumber);
    if (waiting?.size === 0) this.#byAccount.delete(sender);
    this.#byHash.delete(toHex(transaction.hash));
  }

  at(sender: Address, sequenceNumber: bigint): SignedTransaction | undefined {
    return this.#byAccount.get(sender)?.get(sequenceNumber);
  }

  byHash(hash: string): SignedTransaction | undefined {
    return this.#byHash.get(hash);
  }

  /** Drops what has expired by `nowMicros`. */
  expire(nowMicros: bigint): void {
    const nowSecs = nowMicros / 1_000_000n;
    for (const transaction of [...this.#byHash.values()]) {
      if (transaction.raw.expirationTimestampSecs <= nowSecs) this.remove(transaction);
    }
  }
}
