// The leader's pool: members' transactions that have come in and are not in the history yet ([B1]), bounded for each sender so that
// nobody can crowd out another.

import { BcsWriter } from '../base/bcs.ts';
import { BATCH_TRANSACTIONS_MAX } from './batch.ts';
import type { Facts, Pool } from './facts.ts';
import { type Ledger, memberByKey } from './ledger.ts';
import { BATCH_SIZE_MAX, POOL_PER_SENDER_MAX, POOL_PER_SENDER_SIZE_MAX } from './limits.ts';
import { type MemberTransaction, writeTransaction } from './transaction.ts';
import { describeRefusal, refuseMemberTransaction } from './transaction-rules.ts';

/** Why it was not taken; `undefined` if it was, or is there (or in the history) already. */
export function addToPool(facts: Facts, ledger: Ledger, transaction: MemberTransaction): string | undefined {
  const refusal = refuseMemberTransaction(ledger, transaction);
  if (refusal?.kind === 'duplicate') return undefined;
  if (refusal && refusal.kind !== 'gap') return describeRefusal(refusal);
  const next = (memberByKey(ledger, transaction.sender)?.lastSequence ?? 0n) + 1n;
  if (transaction.sequence >= next + BigInt(POOL_PER_SENDER_MAX)) return 'gap';

  const pool: Pool = facts.pool.get(transaction.sender) ?? { transactions: new Map(), size: 0 };
  if (pool.transactions.has(transaction.sequence)) return undefined;
  const size = encodedSize(transaction);
  // The next in turn always finds room, else a full pool of later ones would block the sender for good.
  if (pool.size + size > POOL_PER_SENDER_SIZE_MAX && transaction.sequence !== next) return 'too much at once';
  pool.transactions.set(transaction.sequence, { transaction, size });
  pool.size += size;
  facts.pool.set(transaction.sender, pool);
  return undefined;
}

/** Drops what the history has overtaken. */
export function forgetPooled(facts: Facts, ledger: Ledger): void {
  for (const [sender, pool] of facts.pool) {
    const last = memberByKey(ledger, sender)?.lastSequence;
    for (const [sequence, { size }] of pool.transactions) {
      if (last !== undefined && sequence > last) continue;
      pool.transactions.delete(sequence);
      pool.size -= size;
    }
    if (pool.transactions.size === 0) facts.pool.delete(sender);
  }
}

/** What is in turn, one of each sender at a time, up to a batch's bounds. `taken` and `sizeTaken` are what the batch holds already. */
export function drawFromPool(facts: Facts, ledger: Ledger, taken: number, sizeTaken: number): MemberTransaction[] {
  const drawn: MemberTransaction[] = [];
  const next = new Map<Pool, bigint>();
  for (const [sender, pool] of facts.pool) {
    const member = memberByKey(ledger, sender);
    if (member && !member.leaving && !ledger.closing) next.set(pool, member.lastSequence + 1n);
  }
  let size = sizeTaken;
  while (next.size > 0) {
    for (const [pool, sequence] of next) {
      const pooled = pool.transactions.get(sequence);
      const full = taken + drawn.length >= BATCH_TRANSACTIONS_MAX;
      if (full || (pooled && taken + drawn.length > 0 && size + pooled.size > BATCH_SIZE_MAX)) return drawn;
      if (pooled === undefined) {
        next.delete(pool);
        continue;
      }
      drawn.push(pooled.transaction);
      size += pooled.size;
      const { kind } = pooled.transaction.action;
      // [T4] Nothing of the sender follows its leaving, nothing of anyone a close.
      if (kind === 'close') return drawn;
      if (kind === 'leave') next.delete(pool);
      else next.set(pool, sequence + 1n);
    }
  }
  return drawn;
}

function encodedSize(transaction: MemberTransaction): number {
  const writer = new BcsWriter();
  writeTransaction(writer, transaction);
  return writer.finish().length;
}
