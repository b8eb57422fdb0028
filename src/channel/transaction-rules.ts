// Whether a transaction may be the next in the history (section T), as far as the history itself can tell. What needs the chain or a
// clock is asked in batch-rules.ts.

import { unreachable } from '../base/errors.ts';
import { MEMBERS_MAX } from './batch.ts';
import { type Ledger, memberByAddress, memberByKey } from './ledger.ts';
import { type ChannelTransaction, JOIN_SEQUENCE_MAX, type MemberTransaction } from './transaction.ts';

/** Why not; `gap` may be mended by waiting, the others not. */
export type TransactionRefusal =
  | { readonly kind: 'notMember' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'gap' }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'membership'; readonly problem: string };

/** [T1] [T4] */
export function refuseMemberTransaction(
  ledger: Ledger,
  transaction: Pick<MemberTransaction, 'sender' | 'sequence'>,
): TransactionRefusal | undefined {
  const member = memberByKey(ledger, transaction.sender);
  if (member === undefined) return { kind: 'notMember' };
  if (transaction.sequence <= member.lastSequence) return { kind: 'duplicate' };
  if (ledger.closing) return { kind: 'closing' };
  if (member.leaving) return { kind: 'leaving' };
  if (transaction.sequence > member.lastSequence + 1n) return { kind: 'gap' };
  return undefined;
}

export function refuseTransaction(ledger: Ledger, transaction: ChannelTransaction): TransactionRefusal | undefined {
  switch (transaction.kind) {
    case 'member':
      return refuseMemberTransaction(ledger, transaction);
    case 'joined': {
      const { address, nodeKey, joinSequence } = transaction.member;
      if (ledger.members.length >= MEMBERS_MAX) return membership('the channel is full');
      if (joinSequence > JOIN_SEQUENCE_MAX) return membership('join sequence out of range');
      if (memberByAddress(ledger, address)) return membership(`${address} is a member already`);
      if (memberByKey(ledger, nodeKey)) return membership(`node key ${nodeKey} is a member's already`);
      const last = ledger.members.at(-1);
      if (last && last.joinSequence >= joinSequence) return membership('[G4] joins out of order');
      return undefined;
    }
    case 'removed': {
      const member = memberByAddress(ledger, transaction.address);
      if (member === undefined) return membership(`${transaction.address} is not a member`);
      if (member.joinSequence !== transaction.joinSequence) return membership('another join than the one recorded');
      return undefined;
    }
    case 'tick':
      return ledger.closing ? { kind: 'closing' } : undefined;
    case 'opened':
      return undefined;
    default:
      return unreachable(transaction);
  }
}

export function describeRefusal(refusal: TransactionRefusal): string {
  return refusal.kind === 'membership' ? refusal.problem : refusal.kind;
}

function membership(problem: string): TransactionRefusal {
  return { kind: 'membership', problem };
}
