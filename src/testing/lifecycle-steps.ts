// What may be done in a session, step by step, and what must hold after every step: the money is where the books say, and whoever is left can end it.

import { expect } from 'vitest';
import { type Address, parseAddress } from '../base/ids.ts';
import { type Lifecycle, STAKE } from './lifecycle.ts';
import { address, bytes, CONTRACT, type LifecycleChain, type Person, u8, u64 } from './lifecycle-chain.ts';

/** A heartbeat, a vote, a lapse, a contest, an exit, a proposal's life. */
const PAUSES_MS = [500, 4_000, 15_001, 10_000, 120_000, 700_000];

/** The longest time that one of the applications leaves a member to say that it is there. */
const LAPSE_MS_MAX = 15_000;
/** The longest time that one of the applications leaves to contest a settlement. */
const CONTEST_MS_MAX = 60_000;

const APT = parseAddress('0xa');
/** An empty vector in BCS. */
const NOTHING = new Uint8Array([0]);

// Refusals that are no fault where they are met.
const CHANNEL_CLOSING = 'channel::0x30038';
const CHANNEL_CLOSED = 'channel::0x30039';

/** One transaction, or a pause; what it is of those depends on the channel too. Returns the abort code of what was refused. */
export const STEPS: Readonly<
  Record<string, (life: Lifecycle, who: Person, whom: Person, n: number) => string | undefined>
> = {
  join: (life, who) => life.join(who, false),
  joinWithDeposit: (life, who) => {
    if (life.world.deposit(who).free < STAKE) stake(life.world, who, STAKE);
    return life.join(who, true);
  },
  deposit: (life, who, _, n) => stake(life.world, who, STAKE + BigInt(n)),
  withdraw: (life, who, _, n) => unstake(life.world, who, BigInt(n * 40 + 1)),
  pause: (life, _, __, n) => {
    life.world.pass(PAUSES_MS[n % PAUSES_MS.length] ?? 0);
    return undefined;
  },
  heartbeat: (life, who) => life.node(who, 'keep_alive_entry', NOTHING, NOTHING),
  heartbeats: (life) => {
    for (const person of seated(life)) life.node(person, 'keep_alive_entry', NOTHING, NOTHING);
    return undefined;
  },
  /** Refused where heartbeats are not quiet. */
  challenge: (life, who, whom) => life.node(who, 'challenge_entry', address(whom.address)),
  lead: (life, who) => life.node(who, 'apply_leader_entry'),
  elect: (life, who, whom, n) => life.replaceLeader(who, whom, BigInt((n % 3) + 1), some(life, n)),
  stand: (life, who) => life.node(who, 'stand_entry'),
  delegate: (life, who, whom) => life.node(who, 'delegate_entry', address(whom.address)),
  silence: (life, who) => life.node(who, 'report_silence_entry'),
  propose: (life, who, whom, n) => {
    const leaving = n % 2 === 0 ? [] : [whom.address];
    const data = life.settlement(life.settledHeight + BigInt((n % 4) + 1), leaving, n % 7 === 0, n);
    return life.node(who, 'create_proposal_entry', u8(1), bytes(data));
  },
  vote: (life, who, _, n) =>
    life.node(who, 'vote_proposal_entry', u64(anyProposal(life, n)), u8(n % 5 === 0 ? n % 3 : 1)),
  beginContest: (life, who, _, n) => life.node(who, 'begin_contest_entry', u64(anyProposal(life, n))),
  contest: (life, who, whom, n) =>
    life.contest(who, anyProposal(life, n), whom, life.settledHeight + BigInt(n % 6), some(life, n)),
  settle: (life, who, _, n) => life.settle(who, anyProposal(life, n)),
  settleSigned: (life, who, whom, n) => {
    const leaving = n % 3 === 0 ? [whom.address] : [];
    return life.settleSigned(who, life.settlement(life.settledHeight + 1n, leaving, n % 11 === 0, n), some(life, n));
  },
  /** Everyone agrees, whatever it says. */
  settleTogether: (life, who, whom, n) => {
    const leaving = n % 5 === 0 ? [whom.address] : [];
    return life.settleSigned(who, life.settlement(life.settledHeight + 1n, leaving, false, n), seated(life));
  },
  beginAnew: (life, who, _, n) => life.settleSigned(who, life.beginning(), n % 4 === 0 ? some(life, n) : seated(life)),
  /** Who is out takes out what is its and joins again. */
  comeBack: (life, who, _, n) => {
    const gone = life.world.members(life.id).find(({ settledOut }) => settledOut);
    const person = life.world.people.find((each) => each.address === gone?.address) ?? who;
    if (leaveChecked(life, person) !== undefined) return 'still there';
    if (n % 2 === 0) life.world.pass(300_000);
    return life.join(person, false);
  },
  twins: (life, who, whom, n) => life.punishTwins(who, whom, n % 2 === 0),
  proveWrong: (life, who, whom, n) => life.proveWrong(who, whom, seated(life)[n % 5] ?? who, n % 4 === 0),
  accuse: (life, who, whom) => life.accuse(who, whom),
  punish: (life, who, _, n) => life.node(who, 'execute_punishment_entry', u64(anyProposal(life, n))),
  askToLeave: (life, who) => life.node(who, 'request_leave_entry'),
  exit: (life, who) => life.node(who, 'exit_entry'),
  leave: (life, who) => {
    const gone = life.world.members(life.id).find(({ settledOut }) => settledOut);
    return leaveChecked(life, life.world.people.find((each) => each.address === gone?.address) ?? who);
  },
  close: (life, who) => life.node(who, 'close_entry'),
  agree: (life, who, whom, n) => agree(life, who, whom, n),
  judge: (life, who, whom, n) => judge(life, who, whom, n),
  exitAfterAll: (life, who) => {
    life.node(who, 'request_leave_entry');
    life.world.pass(120_000);
    return life.node(who, 'exit_entry');
  },
  end: (life, who) => life.close(who),
};

export function seated(life: Lifecycle): Person[] {
  const members = life.world.members(life.id).filter(({ settledOut }) => !settledOut);
  return life.world.people.filter((each) => members.some((member) => member.address === each.address));
}

/** Some are there, and some of those vote; what passes is executed, at once or when it could have been contested. */
function agree(life: Lifecycle, who: Person, whom: Person, n: number): string | undefined {
  for (const each of some(life, n | 1)) life.node(each, 'keep_alive_entry', NOTHING, NOTHING);
  const leaving: Address[] = n % 4 === 0 ? [] : [whom.address];
  const data = life.settlement(life.settledHeight + 2n, leaving, n % 16 === 0, n);
  const refused = life.node(who, 'create_proposal_entry', u8(1), bytes(data));
  if (refused !== undefined) return refused;
  const id = ownProposal(life, who);
  for (const each of some(life, n >> 1)) life.node(each, 'vote_proposal_entry', u64(id), u8(1));
  audit(life);
  if (n % 3 > 0) life.world.pass(10_000);
  return life.settle(whom, id);
}

/** A report that only votes decide: some are for it, the others against it. */
function judge(life: Lifecycle, who: Person, whom: Person, n: number): string | undefined {
  for (const each of seated(life)) life.node(each, 'keep_alive_entry', NOTHING, NOTHING);
  const refused = life.accuse(who, whom);
  const report = life.world
    .proposals(life.id)
    .find(({ proposer, isSettlement }) => !isSettlement && proposer === who.address);
  if (refused !== undefined || report === undefined) return refused;
  const against = some(life, n % 3 === 0 ? 63 : n % 8);
  for (const each of seated(life)) {
    life.node(each, 'vote_proposal_entry', u64(report.id), u8(against.includes(each) ? 0 : 1));
  }
  audit(life);
  return life.node(whom, 'execute_punishment_entry', u64(report.id));
}

function some(life: Lifecycle, n: number): Person[] {
  return seated(life).filter((_, index) => ((n >> index) & 1) === 1);
}

function anyProposal(life: Lifecycle, n: number): bigint {
  const proposals = life.world.proposals(life.id);
  return proposals[n % Math.max(1, proposals.length)]?.id ?? 1n;
}

/** All money is somewhere, and what the contract holds is somebody's or lost. */
export function audit(life: Lifecycle): void {
  const { world } = life;
  expect(world.moneyMissing()).toBe(0n);
  const { held, lost, free, locked } = world.vault();
  const members = world.members(life.id);
  const stakes = (isShared: boolean) =>
    members.filter((member) => member.isShared === isShared).reduce((sum, { stake }) => sum + stake, 0n);
  expect(held).toBe(lost + free + locked + stakes(false));
  expect(locked).toBe(stakes(true));
}

/** Who leaves gets what is left of its stake, where it came from, and pays for gas. */
function leaveChecked(life: Lifecycle, who: Person): string | undefined {
  const { world } = life;
  const member = world.members(life.id).find((each) => each.address === who.address);
  const [balance, { free }] = [world.balance(who), world.deposit(who)];
  const code = life.leave(who);
  if (code !== undefined) return code;
  if (!member) throw new Error('somebody left who was not there');
  const paid = world.balance(who) + world.gasOfLast() - balance;
  const freed = world.deposit(who).free - free;
  expect([paid, freed]).toEqual(member.isShared ? [0n, member.stake] : [member.stake, 0n]);
  return undefined;
}

/** One member that nobody answers ends the channel; everyone takes out what is theirs. */
export function finish(life: Lifecycle, last: number): void {
  const { world } = life;
  world.pass(700_000);
  const left = seated(life);
  const ender = left[last % Math.max(1, left.length)];
  if (ender !== undefined && life.node(ender, 'keep_alive_entry', NOTHING, NOTHING) !== CHANNEL_CLOSED) {
    expect([undefined, CHANNEL_CLOSING]).toContain(life.node(ender, 'close_entry'));
    // The others do not answer.
    for (const each of left) life.node(ender, 'challenge_entry', address(each.address));
    world.pass(LAPSE_MS_MAX + 1);
    life.node(ender, 'keep_alive_entry', NOTHING, NOTHING);
    const data = life.settlement(life.settledHeight + 1n, [], true, 0);
    expect(life.node(ender, 'create_proposal_entry', u8(1), bytes(data))).toBeUndefined();
    world.pass(CONTEST_MS_MAX + 1);
    life.node(ender, 'keep_alive_entry', NOTHING, NOTHING);
    expect(life.settle(ender, ownProposal(life, ender))).toBeUndefined();
    audit(life);
  }
  for (const who of world.people) {
    const isThere = world.members(life.id).some((member) => member.address === who.address);
    expect(leaveChecked(life, who) === undefined, 'takes out what is its').toBe(isThere);
    const { free } = world.deposit(who);
    if (free > 0n) expect(unstake(world, who, free)).toBeUndefined();
    audit(life);
  }
  const [anyone] = world.people;
  const code = anyone && life.close(anyone);
  // Somebody has closed it before.
  if (code !== undefined) expect(code).toContain('::0x6');
  const { held, lost } = world.vault();
  expect(held).toBe(lost);
}

/** The settlement that somebody has proposed. */
function ownProposal(life: Lifecycle, who: Person): bigint {
  const own = ({ proposer, isSettlement }: { proposer: Address; isSettlement: boolean }) =>
    isSettlement && proposer === who.address;
  return life.world.proposals(life.id).find(own)?.id ?? 0n;
}

function stake(world: LifecycleChain, who: Person, amount: bigint): string | undefined {
  return world.send(who, { address: CONTRACT, module: 'staking', name: 'stake_entry' }, [address(APT), u64(amount)]);
}

function unstake(world: LifecycleChain, who: Person, amount: bigint): string | undefined {
  return world.send(who, { address: CONTRACT, module: 'staking', name: 'unstake_entry' }, [address(APT), u64(amount)]);
}
