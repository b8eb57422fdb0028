// What docs/channel-app.md says of who may do what: the compiler refuses each way around a shelf that Move could offer. The thief's module builds on the
// library and on the tutorial's game.

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePackage } from './compiler.ts';
import { MOVE_DIR, NAMED_ADDRESSES } from './packages.ts';

const PACKAGES = {
  Framework: 'framework',
  StateChannel: 'state_channel',
  ChannelApp: 'channel_app',
  FourInARow: 'four_in_a_row',
};
/** Of one compilation of five packages, on a busy machine. */
const SLOW_MS = 60_000;

const HEAD = `module 0xbad::thief {
    use aptos_framework::aptos_coin::AptosCoin;
    use channel_app::rerun;
    use channel_app::settling::{Self, Settling};
    use channel_app::shelf::{Self, Looked, Shelf};
    use four_in_a_row::game::{Game, Hall, NoAssets, Standing};
    use rooch::replay::Replay;
    use rooch::state_channel::{SettleCap, SettlementAction};
`;

/** The thief's package lies beside copies of those that it builds on. */
async function compile(body: string): Promise<unknown> {
  const dir = await mkdtemp(path.join(tmpdir(), 'thief-'));
  try {
    return await compileIn(dir, body);
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function compileIn(dir: string, body: string): Promise<unknown> {
  for (const folder of Object.values(PACKAGES)) {
    for (const part of ['Move.toml', 'sources']) {
      await cp(path.join(MOVE_DIR, folder, part), path.join(dir, folder, part), { recursive: true });
    }
  }
  const manifest = [
    '[package]',
    'name = "Thief"',
    'version = "0.0.0"',
    '[addresses]',
    ...['rooch', 'channel_app', 'four_in_a_row'].map((name) => `${name} = "${NAMED_ADDRESSES[name]}"`),
    '[dependencies]',
    ...Object.entries(PACKAGES).map(([name, folder]) => `${name} = { local = "../${folder}" }`),
  ];
  const thief = path.join(dir, 'thief');
  await mkdir(path.join(thief, 'sources'), { recursive: true });
  await writeFile(path.join(thief, 'Move.toml'), `${manifest.join('\n')}\n`);
  await writeFile(path.join(thief, 'sources/thief.move'), `${HEAD}${body}\n}\n`);
  return await compilePackage(thief);
}

/** A shelf that somebody has been so careless as to hand out. */
const GAMES = 'Shelf<Game, NoAssets, Standing, AptosCoin>';

/** What a thief tries, and what the compiler says to it: all of a list in one go, since it stops after a pass that has found something. */
const OF_OTHER_MODULES: readonly (readonly [what: string, code: string, problem: RegExp])[] = [
  [
    'is not borrowed from its resource by others',
    'fun borrow() acquires Hall { borrow_global_mut<Hall>(@four_in_a_row); }',
    /storage operation on type `game::Hall`/,
  ],
  ['has no fields for others', `fun read(games: &${GAMES}): u64 { games.next_id }`, /access of the field `next_id`/],
  ['takes no assets that others have made', 'fun make(): NoAssets { NoAssets {} }', /pack of `game::NoAssets`/],
  [
    'does not let others begin a settlement of their own',
    'fun begin(action: SettlementAction, cap: &SettleCap): Settling<Game> { settling::begin(action, cap, 1) }',
    /settling::begin` cannot be called/,
  ],
];
const OF_OTHER_TYPES: typeof OF_OTHER_MODULES = [
  [
    'does not let a state be kept that was taken out',
    'struct Loot has key { looked: Looked<Game> }',
    /missing required ability `store`/,
  ],
  [
    'lends a state to look at, not to change',
    `fun change(games: &${GAMES}) { let looked = games.take_out(1); looked.state_mut(); looked.put_back(); }`,
    /state_mut/,
  ],
  [
    'does not settle for who can only look',
    `fun settle(games: &${GAMES}): Settling<Game> { games.settle(1, 1) }`,
    /takes `&mut` but `&` was provided/,
  ],
];
const LEFT_UNFINISHED: typeof OF_OTHER_MODULES = [
  [
    'does not let a settlement be begun and dropped',
    `fun drop_settlement(games: &mut ${GAMES}) { games.settle(1, 1); }`,
    /Settling<.*does not have the `drop` ability/,
  ],
  [
    'does not let evidence be opened and forgotten',
    `fun drop_evidence(games: &mut ${GAMES}, me: &signer) { games.open_replay(me, 1, b""); }`,
    /Replay` does not have the `drop` ability/,
  ],
];

async function problemsOf(thefts: typeof OF_OTHER_MODULES): Promise<string> {
  return await compile(thefts.map(([, code]) => code).join('\n')).then(
    () => 'none',
    (error: unknown) => String(error),
  );
}

describe('a shelf', () => {
  for (const thefts of [OF_OTHER_MODULES, OF_OTHER_TYPES, LEFT_UNFINISHED]) {
    it(thefts.map(([what]) => what).join('; '), { timeout: SLOW_MS }, async () => {
      const problems = await problemsOf(thefts);
      for (const [, , problem] of thefts) expect(problems).toMatch(problem);
    });
  }

  it('can be made by anybody, empty', { timeout: SLOW_MS }, async () => {
    const harmless = `
      struct Mine has key { games: ${GAMES} }
      fun make(me: &signer) { move_to(me, Mine { games: shelf::new() }); }
      fun call(replay: &Replay): bool { rerun::call(replay).is_tick() }
      fun settle(games: &mut ${GAMES}) { let settling = games.settle(1, 1); settling::finish(settling); }
      fun look(games: &${GAMES}) { let looked: Looked<Game> = games.take_out(1); looked.put_back(); }`;
    await expect(compile(harmless)).resolves.toBeDefined();
  });
});
