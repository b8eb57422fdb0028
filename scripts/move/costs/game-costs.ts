// The tutorial's game: four in a row, from its hall to the last one's leaving.

import { BcsReader, encodeBcs } from '../../../src/base/bcs.ts';
import type { Bytes } from '../../../src/base/bytes.ts';
import { type ChannelId, parseAddress } from '../../../src/base/ids.ts';
import type { StateKey } from '../../../src/base/state.ts';
import { structTag } from '../../../src/base/type-tag.ts';
import { complaintEvidence, NOTHING_DONE } from '../../../src/testing/complaint.ts';
import { address, bytes, CONTRACT, type Person, u8, u64 } from '../../../src/testing/lifecycle-chain.ts';
import { NAMED_ADDRESSES } from '../packages.ts';
import type { ChannelRow } from './application-costs.ts';
import { ChannelChanges } from './channel-changes.ts';
import type { CostBook } from './cost-book.ts';
import { settlementArguments } from './hour-costs.ts';

const GAME = parseAddress(NAMED_ADDRESSES.four_in_a_row ?? '');
const STATE = structTag(GAME, 'game', 'Game');
const KEY: StateKey = { kind: 'resource', address: GAME, type: STATE };

type Three = [Person, Person, Person];

export function measureGame(book: CostBook): ChannelRow[] {
  const { world } = book;
  const people = book.people('game 1', 'game 2', 'game 3') as Three;
  const [alice, bob, carol] = people;
  const send = (person: Person, name: string, ...args: readonly Bytes[]) =>
    world.send(person, { address: GAME, module: 'game', name }, args);
  const own = address(alice.address);
  book.measure('', () => send(alice, 'open_hall'));
  book.measure('', () => send(alice, 'create_game', own));
  const relay = encodeBcs((w) => w.string(''));
  book.measure('for a game that is there', () => send(alice, 'game_session_create', own, u64(1n), u64(1_001n), relay));
  const created = world.chain.ledger.tip.outcome.events.find(
    ({ type }) => type.kind === 'struct' && type.name === 'ChannelCreated',
  );
  const id = new BcsReader(created?.data ?? new Uint8Array()).u64('channel');
  const join = (person: Person) => send(person, 'game_session_join', u64(id), bytes(person.nodeKey), u64(10n));
  book.measure('the first of three', () => join(alice));
  book.measure('the second of three', () => join(bob));
  join(carol);
  const nodes = people.map((each) => book.session(each)) as Three;
  const [nodeA, nodeB] = nodes;
  const node = (person: Person, name: string, ...args: readonly Bytes[]) =>
    world.send(person, { address: CONTRACT, module: 'state_channel', name }, [u64(id), ...args]);
  const none = new Uint8Array([0]);
  for (const each of nodes) node(each, 'keep_alive_entry', none, none);

  const view = { address: CONTRACT, module: 'state_channel', name: 'state_bytes' };
  const state = world.view(view, [u64(id)], [STATE])[0]?.bytes('state', 10_000) ?? new Uint8Array();
  const channel = new ChannelChanges({ address: GAME, state: STATE }, world.chain.world.view(), [
    { key: KEY, value: state },
  ]);
  const rows: ChannelRow[] = [];
  const row = (name: string, who: Person, args: readonly Bytes[], when: string) =>
    rows.push({ call: `game::${name}`, when, gas: channel.call(who.address, name, args) });
  row('take_seat', alice, [], '');
  channel.call(bob.address, 'take_seat', []);
  row('play', alice, [u64(3n)], 'the first disc');
  for (const column of [0n, 3n, 0n, 3n, 0n])
    channel.call(column === 3n ? alice.address : bob.address, 'play', [u64(column)]);
  row('play', alice, [u64(3n)], 'the disc that wins');
  row('tick', alice, [], '');

  const settle = (from: bigint, fields: Parameters<typeof settlementArguments>[4]) =>
    settlementArguments(book, id, people.slice(0, 2), [from, from + 10n], fields);
  const { changes } = channel;
  book.measure('a game of seven discs, signed by two of three', () =>
    send(nodeA, 'game_settlement_signed', u64(id), ...settle(0n, { changes })),
  );
  const [data] = settle(10n, {});
  node(nodeA, 'create_proposal_entry', u8(1), data ?? none);
  node(nodeB, 'vote_proposal_entry', u64(1n), u8(1));
  book.measure('nothing but heights, voted for by two of three', () =>
    send(nodeA, 'game_settlement', u64(id), u64(1n)),
  );
  const evidence = complaintEvidence({
    scope: { chainId: world.chain.chainId, contract: CONTRACT, channelId: id as ChannelId },
    accused: carol.address,
    leaderSeed: carol.nodeSeed,
    callerSeed: bob.nodeSeed,
    call: { address: GAME, module: 'game', function: 'take_seat', typeArgs: [], args: [] },
    timestampMs: 1n,
    state: [{ key: KEY, value: state }],
    outcome: NOTHING_DONE,
    shown: [KEY],
  });
  book.measure('a seat that the leader did not give', () => send(nodeA, 'game_prove_wrong', u64(id), bytes(evidence)));
  node(nodeA, 'close_entry');
  send(nodeA, 'game_settlement_signed', u64(id), ...settle(20n, { closing: true }));
  book.measure('when the channel is closed', () => send(alice, 'game_session_leave', u64(id)));
  send(bob, 'game_session_leave', u64(id));
  send(carol, 'game_session_leave', u64(id));
  book.measure('when all are gone', () => send(alice, 'game_session_close', u64(id)));
  return rows;
}
