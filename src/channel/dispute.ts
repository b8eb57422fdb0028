// Disputes ([B4], [F3], [G2]): this node follows the leader of this term no further, and says why. A new term ends a dispute: its
// leader either carries the same history on, and is disputed in turn, or does not.

import { bytesEqual } from '../base/bytes.ts';
import type { Turn } from './turn.ts';
import type { Dispute } from './update.ts';

export function raiseDispute(turn: Turn, dispute: Dispute): void {
  const { facts } = turn;
  if (facts.dispute && isSame(facts.dispute, dispute)) return;
  if (facts.dispute === undefined) facts.disputeSinceMs = turn.nowMs;
  facts.dispute = dispute;
  facts.waiting = undefined;
  facts.toAcknowledge.length = 0;
  turn.notify({ kind: 'dispute', dispute });
  turn.statusChanged();
}

function isSame(a: Dispute, b: Dispute): boolean {
  if (a.kind !== b.kind || a.term !== b.term || a.height !== b.height || a.accused !== b.accused) return false;
  if (a.batch === undefined || b.batch === undefined) return a.batch === b.batch;
  return bytesEqual(a.batch.signature, b.batch.signature);
}
