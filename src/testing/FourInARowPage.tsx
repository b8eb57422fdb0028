// The tutorial's game on a page: what an application does with the SDK. docs/tutorial.md shows it.

import { openStrait, type Strait, type StraitChannel, type StraitOptions } from '../sdk/index.ts';
import { useChannel, useResource } from '../sdk/react.ts';

const GAME = '0x666f75725f696e5f615f726f7700000000000000000000000000000000000001::game::Game';

/** A `Game` as JSON: byte strings are hex. */
export interface GameJson {
  readonly board: { readonly columns: readonly string[] };
  readonly seats: readonly string[];
  readonly is_over: boolean;
}

/** Once a page. The wallet has joined the channel on the chain. */
export function openPage(options: StraitOptions): Promise<Strait> {
  return openStrait(options);
}

export function GamePage({ strait, channelId }: { strait: Strait; channelId: string }) {
  const joined = useChannel(strait, channelId);
  if (joined.phase !== 'open') return <p>{joined.phase}</p>;
  return <LiveBoard channel={joined.channel} />;
}

function LiveBoard({ channel }: { channel: StraitChannel }) {
  const game = useResource(channel, GAME) as GameJson | undefined;
  if (!game) return null;
  return <BoardView game={game} onPlay={(column) => channel.call('play', [String(column)])} />;
}

const COLUMNS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

export function BoardView({ game, onPlay }: { game: GameJson; onPlay: (column: number) => void }) {
  return (
    <section>
      {COLUMNS.map((name, column) => (
        <button key={name} type="button" disabled={game.is_over} onClick={() => onPlay(column)}>
          {name}: {discsOf(game.board.columns[column] ?? '0x')}
        </button>
      ))}
    </section>
  );
}

/** From the bottom up. */
function discsOf(hex: string): string {
  return hex.slice(2).replaceAll('01', '●').replaceAll('02', '○');
}
