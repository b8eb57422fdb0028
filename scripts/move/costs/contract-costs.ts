// Every entry function of the contract itself, called as members call it in the course of a channel's life.

import { encodeBcs } from '../../../src/base/bcs.ts';
import type { Bytes } from '../../../src/base/bytes.ts';
import { parseAddress } from '../../../src/base/ids.ts';
import { structTag } from '../../../src/base/type-tag.ts';
import { APTOS_ASSET } from '../../../src/devchain/accounts.ts';
import { chatSession } from '../../../src/testing/applications.ts';
import { Lifecycle } from '../../../src/testing/lifecycle.ts';
import { address, bytes, CONTRACT, type Person, u8, u64 } from '../../../src/testing/lifecycle-chain.ts';
import type { CostBook } from './cost-book.ts';

const NOTHING = new Uint8Array([0]);
const APT_COIN = structTag(parseAddress('0x1'), 'aptos_coin', 'AptosCoin');
const DEPOSIT = 10_000_000n;
/** Longer than a chat's member has to answer when it is asked whether it is there. */
const LAPSE_MS = 8_001;
const FIVE = ['alice', 'bob', 'carol', 'dave', 'erin'];

/** Delays to everybody else, as a node tells them. */
export function delays(of: Person, members: readonly Person[]): readonly [Bytes, Bytes] {
  const others = members.filter((each) => each !== of);
  return [
    encodeBcs((w) => w.vector(others, (writer, each) => writer.fixed(address(each.address)))),
    encodeBcs((w) => w.vector(others, (writer) => writer.u64(40n))),
  ];
}

/** A chat with these members, who have heartbeat once from their session accounts. */
export function openChat(book: CostBook, members: readonly Person[]): { life: Lifecycle; nodes: readonly Person[] } {
  const [creator, ...others] = members;
  if (creator === undefined) throw new Error('nobody');
  const life = Lifecycle.open(book.world, chatSession, creator);
  for (const each of others) life.join(each, false);
  const nodes = members.map((each) => book.session(each));
  beat(life, nodes, members);
  return { life, nodes };
}

export function beat(life: Lifecycle, nodes: readonly Person[], members: readonly Person[]): void {
  nodes.forEach((node, index) => {
    const member = members[index];
    const refused = member && life.node(node, 'keep_alive_entry', ...delays(member, members));
    if (refused !== undefined) throw new Error(refused);
  });
}

export function measureStaking(book: CostBook): void {
  const [frank] = book.people('frank');
  if (frank === undefined) return;
  const { world } = book;
  const staking = (name: string) => ({ address: CONTRACT, module: 'staking', name });
  const asset = address(APTOS_ASSET);
  book.measure('the first deposit of an account', () =>
    world.send(frank, staking('stake_entry'), [asset, u64(DEPOSIT)]),
  );
  book.measure('a further one', () => world.send(frank, staking('stake_entry'), [asset, u64(DEPOSIT)]));
  book.measure('a further one', () =>
    world.send(frank, { ...staking('stake_coin_entry'), typeArgs: [APT_COIN] }, [u64(DEPOSIT)]),
  );
  book.measure('a part', () => world.send(frank, staking('unstake_entry'), [asset, u64(DEPOSIT)]));
  book.measure('all of it', () => world.send(frank, staking('unstake_entry'), [asset, u64(2n * DEPOSIT)]));
}

export function measureParcels(book: CostBook): void {
  const [grace] = book.people('grace');
  if (grace === undefined) return;
  const parcel = (name: string) => ({ address: CONTRACT, module: 'parcel', name });
  const part = (size: number) => [bytes(new Uint8Array(size).fill(7))];
  book.measure('1,000 bytes, the first part', () => book.world.send(grace, parcel('put_entry'), part(1_000)));
  book.measure('30,000 bytes more', () => book.world.send(grace, parcel('put_entry'), part(30_000)));
  book.measure('31,000 bytes', () => book.world.send(grace, parcel('discard_entry'), []));
}

/** What wallets do all day, to compare with. */
export function measureTransfers(book: CostBook): void {
  const [alice, bob] = book.people('alice', 'bob') as [Person, Person];
  const framework = parseAddress('0x1');
  const transfer = { address: framework, module: 'aptos_account', name: 'transfer' };
  const stranger = address(parseAddress('0x57a46e4'));
  book.measure('to an account that has some', () => book.world.send(alice, transfer, [address(bob.address), u64(5n)]));
  book.measure('to one that has none', () => book.world.send(alice, transfer, [stranger, u64(5n)]));
  const metadata = structTag(framework, 'fungible_asset', 'Metadata');
  const move = { address: framework, module: 'primary_fungible_store', name: 'transfer', typeArgs: [metadata] };
  const args = [address(APTOS_ASSET), address(bob.address), u64(5n)];
  book.measure('to an account that has some', () => book.world.send(alice, move, args));
}

/** Five members, everything that five can do. */
export function measureChannel(book: CostBook): void {
  const people = book.people(...FIVE);
  const [alice, bob, carol, dave] = people as [Person, Person, Person, Person, Person];
  const { life, nodes } = openChat(book, people);
  const [nodeA, nodeB, nodeC, nodeD, nodeE] = nodes as [Person, Person, Person, Person, Person];

  book.measure('one of five, with delays to the others', () =>
    life.node(nodeA, 'keep_alive_entry', ...delays(alice, people)),
  );
  book.measure('one of five, without delays', () => life.node(nodeB, 'keep_alive_entry', NOTHING, NOTHING));
  beat(life, nodes, people);
  book.measure('the first leader of five', () => life.node(nodeA, 'apply_leader_entry'));
  book.measure('with four signatures of five', () => life.replaceLeader(nodeB, bob, 2n, [alice, bob, carol, dave]));

  const settle = (height: bigint) => life.settlement(height, [], false, 0);
  book.measure('a settlement of nothing but heights', () =>
    life.node(nodeA, 'create_proposal_entry', u8(1), bytes(settle(10n))),
  );
  book.measure('for a settlement', () => life.node(nodeB, 'vote_proposal_entry', u64(1n), u8(1)));
  life.node(nodeC, 'vote_proposal_entry', u64(1n), u8(1));
  life.node(nodeD, 'vote_proposal_entry', u64(1n), u8(1));
  book.measure('voted for by four of five, of nothing but heights', () => life.settle(nodeA, 1n));

  // Two of five are for it. When the others have lapsed they are all that are awake, which is less than two thirds of all.
  life.node(nodeA, 'create_proposal_entry', u8(1), bytes(settle(20n)));
  life.node(nodeB, 'vote_proposal_entry', u64(2n), u8(1));
  book.world.pass(LAPSE_MS);
  for (const { address: asleep } of people.slice(2)) life.node(nodeA, 'challenge_entry', address(asleep));
  book.world.pass(LAPSE_MS);
  book.measure('two of five, who are all that are awake', () => life.node(nodeB, 'begin_contest_entry', u64(2n)));
  beat(life, nodes, people);
  book.measure('a batch that four of five acknowledged', () => life.contest(nodeD, 2n, bob, 21n, [alice, carol, dave]));

  book.measure('by the last of five', () => life.node(nodeE, 'request_leave_entry'));
  book.measure('of the leader', () => life.node(nodeC, 'report_silence_entry'));
  book.measure('with a batch of two transactions', () => life.accuse(nodeD, carol));
  const report = life.world
    .proposals(life.id)
    .find(({ isSettlement, proposer }) => !isSettlement && proposer === dave.address);
  const id = u64(report?.id ?? 0n);
  for (const node of [nodeA, nodeB, nodeE]) life.node(node, 'vote_proposal_entry', id, u8(1));
  book.measure('voted for by four of five', () => life.node(nodeA, 'execute_punishment_entry', id));
  book.measure('two batches of one place', () => life.punishTwins(nodeA, dave, false));
  book.world.pass(120_000);
  book.measure('after the exit window', () => life.node(nodeE, 'exit_entry'));
  book.measure('with votes', () => life.node(nodeA, 'close_entry'));
}

/** What depends on how many are there. */
export function measureSizes(book: CostBook): void {
  for (const size of [1, 2, 5, 20, 50]) {
    const people = book.people(...Array.from({ length: size }, (_, n) => `member ${n + 1} of ${size}`));
    const [creator] = people;
    const last = people[size - 1];
    if (creator === undefined || last === undefined) continue;
    const life = Lifecycle.open(book.world, chatSession, creator);
    for (const each of people.slice(1, -1)) life.join(each, false);
    if (size > 1) book.measure(`the last of ${size}`, () => life.join(last, false));
    const nodes = people.map((each) => book.session(each));
    beat(life, nodes, people);
    const [node] = nodes;
    if (node === undefined) continue;
    book.measure(`one of ${size}, with delays`, () => life.node(node, 'keep_alive_entry', ...delays(creator, people)));
    book.measure(`one of ${size}, without delays`, () => life.node(node, 'keep_alive_entry', NOTHING, NOTHING));
    const signers = people.slice(0, Math.ceil((2 * size) / 3));
    const count = `${signers.length} of ${size}`;
    book.measure(`signatures of ${count}, the channel's first`, () =>
      life.settleSigned(node, life.settlement(10n, [], false, 0), signers),
    );
    book.measure(`signatures of ${count}, a later one`, () =>
      life.settleSigned(node, life.settlement(20n, [], false, 0), signers),
    );
  }
}

/** Seven members: more than can all stand. */
export function measureDelegation(book: CostBook): void {
  const people = book.people(...FIVE, 'frank', 'grace');
  const { life, nodes } = openChat(book, people);
  const [nodeA, , , , , nodeF] = nodes as [Person, Person, Person, Person, Person, Person];
  const alice = people[0] as Person;
  book.measure('one of seven', () => life.node(nodeA, 'stand_entry'));
  book.measure('one of seven', () => life.node(nodeF, 'delegate_entry', address(alice.address)));
}

/** A room whose members heartbeat when they are challenged. */
export function measureChallenge(book: CostBook): void {
  const people = book.people('heidi', 'ivan', 'judy');
  const room = openRoom(book, people, true);
  const [heidi, ivan] = room.nodes as [Person, Person];
  const node = (person: Person, name: string, ...args: readonly Bytes[]) =>
    book.world.send(person, { address: CONTRACT, module: 'state_channel', name }, [u64(room.id), ...args]);
  const member = people[1] as Person;
  book.world.pass(15_001);
  book.measure('in a quiet channel', () => node(heidi, 'challenge_entry', address(member.address)));
  book.measure('the answer to a challenge', () => node(ivan, 'keep_alive_entry', NOTHING, NOTHING));
}

export const ROOM = parseAddress('0x700000000000000000000000000000000000000000000000000000000000000f');

/** A channel of the room. */
export interface RoomChannel {
  readonly id: bigint;
  readonly owner: Person;
  readonly nodes: readonly Person[];
}

export function openRoom(book: CostBook, members: readonly Person[], isQuiet: boolean): RoomChannel {
  const [owner] = members;
  if (owner === undefined) throw new Error('nobody');
  const call = (person: Person, name: string, args: readonly Bytes[]) => {
    const refused = book.world.send(person, { address: ROOM, module: 'room', name }, args);
    if (refused !== undefined) throw new Error(`${name}: ${refused}`);
  };
  call(owner, 'open', [u64(1_001n), Uint8Array.of(isQuiet ? 1 : 0)]);
  const created = book.world.chain.ledger.tip.outcome.events.find(
    ({ type }) => type.kind === 'struct' && type.name === 'ChannelCreated',
  );
  const id = created ? new DataView(created.data.buffer, created.data.byteOffset).getBigUint64(0, true) : 0n;
  for (const each of members) call(each, 'join', [u64(id), bytes(each.nodeKey), u64(10n)]);
  return { id, owner, nodes: members.map((each) => book.session(each)) };
}
