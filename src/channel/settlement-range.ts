// The settlement of a stretch of the history ([X2]): what proposers, voters and signers compute alike.

import type { History } from './history.ts';
import type { Settlement } from './update.ts';

/**
 * [X2] Between two places of the history. `leaving` are those who asked to in this stretch; what was settled before has let its own
 * leavers go.
 */
export function settlementBetween(history: History, from: number, to: number): Settlement {
  const before = history.ledgerAt(from);
  const after = history.ledgerAt(to);
  const leftBefore = new Set(before.members.filter(({ leaving }) => leaving).map(({ joinSequence }) => joinSequence));
  const position = history.positionAt(to);
  return {
    fromHeight: history.positionAt(from).height,
    toHeight: position.height,
    changes: history.changesBetween(from, to),
    leaving: after.members
      .filter(({ leaving, joinSequence }) => leaving && !leftBefore.has(joinSequence))
      .map(({ address }) => address),
    closing: after.closing,
    stateRoot: history.entryAt(to)?.batch.header.rootAfter ?? history.root,
    historyHash: position.hash,
  };
}
