// `npx tsx scripts/move/four-in-a-row-vectors.ts`: writes move/four_in_a_row/tests/vectors.move: evidence of moves that a leader has signed, for the Move
// tests, which cannot sign. What an honest leader claims is what the channel's own VM makes of the call.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import {
  complaintEvidence,
  NOTHING_DONE,
  testKeySeed,
  type Vector,
  vectorModule,
} from '../../src/testing/complaint.ts';
import { ALICE, BOB, FOUR_IN_A_ROW, FourInARow, GAME } from '../../src/testing/four-in-a-row.ts';
import { SCOPE } from '../../src/testing/package-modules.ts';
import { MOVE_DIR } from './packages.ts';

function column(n: bigint): readonly Bytes[] {
  return [encodeBcs((w) => w.u64(n))];
}

/** Bob calls (or time passes), and Alice, who leads, signs that this came of it: what did, if nothing is given. */
function evidence(
  game: FourInARow,
  fn: string,
  args: readonly Bytes[],
  outcome: ExecutionOutcome = game.outcome(BOB, fn, args),
): Bytes {
  return complaintEvidence({
    scope: SCOPE,
    accused: ALICE,
    leaderSeed: testKeySeed(0),
    callerSeed: testKeySeed(1),
    call: fn === '' ? 'tick' : { address: FOUR_IN_A_ROW, module: 'game', function: fn, typeArgs: [], args },
    timestampMs: game.timestampMs,
    state: game.entries(),
    outcome,
    shown: [GAME],
  });
}

/** Move source. */
export function fourInARowVectors(): string {
  const vectors: Vector[] = [];
  const add = (name: string, what: string, value: Bytes) => vectors.push({ name, what, value });

  const none = FourInARow.withoutGame();
  add('play_without_game', 'Bob plays where there is no game.', evidence(none, 'play', column(3n)));

  const game = new FourInARow();
  game.play(ALICE, 'take_seat');
  add('seat_honest', 'Bob sits down opposite of Alice.', evidence(game, 'take_seat', []));
  game.play(BOB, 'take_seat');
  add('play_refused', "Bob plays in Alice's turn, and is refused.", evidence(game, 'play', column(3n)));
  game.play(ALICE, 'play', ...column(0n));
  add('play_honest', 'Bob plays in the middle.', evidence(game, 'play', column(3n)));
  add(
    'play_wrong',
    'The same, and Alice puts his disc aside.',
    evidence(game, 'play', column(3n), game.outcome(BOB, 'play', column(6n))),
  );
  add('tick_called', 'Bob calls the tick.', evidence(game, 'tick', []));
  add('other_function', 'Bob calls what is not for channels.', evidence(game, 'open_hall', column(0n), NOTHING_DONE));

  const late = game.copy();
  late.pass(60_001n);
  add('tick_honest', 'Bob has not moved for a minute.', evidence(late, '', []));
  add('tick_stopped', 'The same, and Alice stops the clock.', evidence(late, '', [], NOTHING_DONE));

  for (const _ of [1, 2, 3]) {
    game.play(BOB, 'play', ...column(3n));
    game.play(ALICE, 'play', ...column(6n));
  }
  add(
    'victory_withheld',
    'Bob plays his fourth in a column, and Alice says that he was refused.',
    evidence(game, 'play', column(3n), game.outcome(BOB, 'take_seat', [])),
  );
  return vectorModule('four_in_a_row', 'scripts/move/four-in-a-row-vectors.ts', vectors);
}

export const FOUR_IN_A_ROW_VECTORS_FILE = path.join(MOVE_DIR, 'four_in_a_row/tests/vectors.move');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FOUR_IN_A_ROW_VECTORS_FILE, fourInARowVectors());
}
