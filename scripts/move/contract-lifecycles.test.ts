// Whatever members do with a channel, in whatever order: the money is where the books say, settled height never falls, who leaves gets its own stake and
// nothing else, and any one member that is left can end it. `LIFECYCLES=500` tries longer.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAddress } from '../../src/base/ids.ts';
import { type Devchain, startDevchain } from '../../src/devchain/server.ts';
import { address, bytes, Lifecycle, LifecycleChain, type Person, STAKE, u8, u64 } from '../../src/testing/lifecycle.ts';

/** Enough in CI; each is up to `STEPS_MAX` transactions of up to five people. */
const RUNS = Number(process.env.LIFECYCLES ?? 14);
const STEPS_MAX = 60;
const TIMEOUT_MS = Math.max(60_000, RUNS * 20_000);
/** A heartbeat, a vote, a lapse, a contest, an exit, a proposal's life. */
const PAUSES_MS = [500, 4_000, 15_001, 10_000, 120_000, 700_000];

const APT = parseAddress('0xa');
/** An empty vector in BCS. */
const NOTHING = new Uint8Array([0]);

// Abort codes that are no fault here.
const CHANNEL_CLOSING = '0x30038';
const CHANNEL_CLOSED = '0x30039';
const NO_SESSION = '0x6002b';

const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin'];

interface Step {
  readonly what: string;
  readonly who: number;
  readonly whom: number;
  /** What else varies. */
  readonly n: number;
}

let devchain: Devchain;
let world: LifecycleChain;
const clock = { micros: 1_900_000_000_000_000n };

beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0, clock: () => clock.micros });
  world = new LifecycleChain(devchain.chain, clock, PEOPLE);
}, 60_000);
afterAll(() => devchain.close());

/** One transaction, or a pause; what it is of those depends on the channel too. Returns the abort code of what was refused. */
const ACTIONS: Readonly<Record<string, (life: Lifecycle, who: Person, whom: Person, n: number) => string | undefined>> =
  {
    join: (life, who) => life.join(who, false),
    joinWithDeposit: (life, who) => {
      if (world.deposit(who).free < STAKE) world.send(who, 'staking', 'stake_entry', [address(APT), u64(STAKE)]);
      return life.join(who, true);
    },
    deposit: (_, who, __, n) => world.send(who, 'staking', 'stake_entry', [address(APT), u64(STAKE + BigInt(n))]),
    withdraw: (_, who, __, n) => world.send(who, 'staking', 'unstake_entry', [address(APT), u64(BigInt(n * 40 + 1))]),
    pause: (_, __, ___, n) => {
      world.pass(PAUSES_MS[n % PAUSES_MS.length] ?? 0);
      return undefined;
    },
    heartbeat: (life, who) => life.node(who, 'keep_alive_entry', NOTHING, NOTHING),
    heartbeats: (life) => {
      for (const person of seated(life)) life.node(person, 'keep_alive_entry', NOTHING, NOTHING);
      return undefined;
    },
    lead: (life, who) => life.node(who, 'apply_leader_entry'),
    elect: (life, who, whom, n) => life.replaceLeader(who, whom, BigInt((n % 3) + 1), some(life, n)),
    stand: (life, who) => life.node(who, 'stand_entry'),
    delegate: (life, who, whom) => life.node(who, 'delegate_entry', address(whom.address)),
    silence: (life, who) => life.node(who, 'report_silence_entry'),
    propose: (life, who, whom, n) => {
      const leaving = n % 2 === 0 ? [] : [whom.address];
      const data = life.settlement(life.settledHeight + BigInt((n % 4) + 1), leaving, n % 7 === 0);
      return life.node(who, 'create_proposal_entry', u8(1), bytes(data));
    },
    vote: (life, who, _, n) =>
      life.node(who, 'vote_proposal_entry', u64(anyProposal(life, n)), u8(n % 5 === 0 ? n % 3 : 1)),
    beginContest: (life, who, _, n) => life.node(who, 'begin_contest_entry', u64(anyProposal(life, n))),
    contest: (life, who, whom, n) =>
      life.contest(who, anyProposal(life, n), whom, life.settledHeight + BigInt(n % 6), some(life, n)),
    settle: (life, who, _, n) =>
      world.send(who, 'chat', 'chat_group_settlement', [u64(life.id), u64(anyProposal(life, n))]),
    settleSigned: (life, who, whom, n) => {
      const leaving = n % 3 === 0 ? [whom.address] : [];
      return life.settleSigned(who, life.settlement(life.settledHeight + 1n, leaving, n % 11 === 0), some(life, n));
    },
    twins: (life, who, whom, n) => life.punishTwins(who, whom, n % 2 === 0),
    accuse: (life, who, whom) => life.accuse(who, whom),
    punish: (life, who, _, n) => life.node(who, 'execute_punishment_entry', u64(anyProposal(life, n))),
    askToLeave: (life, who) => life.node(who, 'request_leave_entry'),
    exit: (life, who) => life.node(who, 'exit_entry'),
    leave: (life, who) => {
      const gone = world.members(life.id).find(({ settledOut }) => settledOut);
      return leaveChecked(life, world.people.find((each) => each.address === gone?.address) ?? who);
    },
    close: (life, who) => life.node(who, 'close_entry'),
    agree: (life, who, whom, n) => agree(life, who, whom, n),
    judge: (life, who, whom, n) => judge(life, who, whom, n),
    exitAfterAll: (life, who) => {
      life.node(who, 'request_leave_entry');
      world.pass(120_000);
      return life.node(who, 'exit_entry');
    },
    end: (life, who) => life.close(who),
  };

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    ...Object.keys(ACTIONS),
    'join',
    'joinWithDeposit',
    'deposit',
    'propose',
    'vote',
    'settle',
    'heartbeats',
    'leave',
    'agree',
    'judge',
  ),
  who: fc.nat(PEOPLE.length - 1),
  whom: fc.nat(PEOPLE.length - 1),
  n: fc.nat(63),
});

it(
  '[C32] [C62] the books balance after every transaction, and whoever is left can end the channel',
  () => {
    const done = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: STEPS_MAX / 2, maxLength: STEPS_MAX }),
        fc.nat(PEOPLE.length - 1),
        (steps, last) => {
          const life = Lifecycle.open(world, person(0));
          for (const who of [1, 2]) life.join(person(who), false);
          audit(life);
          for (const { what, who, whom, n } of steps) {
            const code = ACTIONS[what]?.(life, person(who), person(whom), n);
            if (code === undefined) done.set(what, (done.get(what) ?? 0) + 1);
            audit(life);
          }
          finish(life, last);
        },
      ),
      { numRuns: RUNS, ...(process.env.LIFECYCLES ? {} : { seed: 4 }) },
    );
    console.log('done:', [...done].map(([what, times]) => `${what} ${times}`).join(', '));
    // What the runs are for has happened in them.
    for (const what of ['join', 'agree', 'settleSigned', 'judge', 'twins', 'leave', 'exitAfterAll', 'joinWithDeposit'])
      expect(done.get(what) ?? 0, what).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

function person(index: number): Person {
  const found = world.people[index];
  if (!found) throw new Error(`nobody has number ${index}`);
  return found;
}

function seated(life: Lifecycle): Person[] {
  const members = life.world.members(life.id).filter(({ settledOut }) => !settledOut);
  return world.people.filter((each) => members.some((member) => member.address === each.address));
}

/** Some are there, and some of those vote; what passes is executed, at once or when it could have been contested. */
function agree(life: Lifecycle, who: Person, whom: Person, n: number): string | undefined {
  for (const each of some(life, n | 1)) life.node(each, 'keep_alive_entry', NOTHING, NOTHING);
  const data = life.settlement(life.settledHeight + 2n, n % 4 === 0 ? [] : [whom.address], n % 16 === 0);
  const refused = life.node(who, 'create_proposal_entry', u8(1), bytes(data));
  if (refused !== undefined) return refused;
  const id = world
    .proposals(life.id)
    .find(({ proposer, isSettlement }) => isSettlement && proposer === who.address)?.id;
  for (const each of some(life, n >> 1)) life.node(each, 'vote_proposal_entry', u64(id ?? 0n), u8(1));
  audit(life);
  if (n % 3 > 0) world.pass(10_000);
  return world.send(whom, 'chat', 'chat_group_settlement', [u64(life.id), u64(id ?? 0n)]);
}

/** A report that only votes decide: some are for it, the others against it. */
function judge(life: Lifecycle, who: Person, whom: Person, n: number): string | undefined {
  for (const each of seated(life)) life.node(each, 'keep_alive_entry', NOTHING, NOTHING);
  const refused = life.accuse(who, whom);
  const report = world
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
function audit(life: Lifecycle): void {
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
function finish(life: Lifecycle, last: number): void {
  world.pass(700_000);
  const left = seated(life);
  const ender = left[last % Math.max(1, left.length)];
  if (ender !== undefined && life.node(ender, 'keep_alive_entry', NOTHING, NOTHING) !== CHANNEL_CLOSED) {
    expect([undefined, CHANNEL_CLOSING]).toContain(life.node(ender, 'close_entry'));
    const data = life.settlement(life.settledHeight + 1n, [], true);
    expect(life.node(ender, 'create_proposal_entry', u8(1), bytes(data))).toBeUndefined();
    world.pass(10_000);
    const mine = world
      .proposals(life.id)
      .find(({ proposer, isSettlement }) => isSettlement && proposer === ender.address);
    expect(world.send(ender, 'chat', 'chat_group_settlement', [u64(life.id), u64(mine?.id ?? 0n)])).toBeUndefined();
    audit(life);
  }
  for (const who of world.people) {
    const isThere = world.members(life.id).some((member) => member.address === who.address);
    expect(leaveChecked(life, who) === undefined, 'takes out what is its').toBe(isThere);
    const { free } = world.deposit(who);
    if (free > 0n) expect(world.send(who, 'staking', 'unstake_entry', [address(APT), u64(free)])).toBeUndefined();
    audit(life);
  }
  expect([undefined, NO_SESSION]).toContain(life.close(person(0)));
  const { held, lost } = world.vault();
  expect(held).toBe(lost);
}
