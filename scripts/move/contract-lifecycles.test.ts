// Whatever members do with a channel, in whatever order: the money is where the books say, the chain holds exactly the assets that the settlements left,
// settled height never falls, who leaves gets its own and nothing else, and any one member that is left can end it. `LIFECYCLES=500` tries longer, from
// another seed each time.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Devchain, startDevchain } from '../../src/devchain/server.ts';
import { chatSession, editorSession, landSession } from '../../src/testing/applications.ts';
import { LandBooks } from '../../src/testing/land-books.ts';
import { type AssetBooks, Lifecycle, type SessionApplication } from '../../src/testing/lifecycle.ts';
import { LifecycleChain, type Person } from '../../src/testing/lifecycle-chain.ts';
import { audit, finish, STEPS } from '../../src/testing/lifecycle-steps.ts';

/** Each is up to `STEPS_MAX` transactions of up to five people. */
const RUNS = Number(process.env.LIFECYCLES ?? 10);
const STEPS_MAX = 60;
const TIMEOUT_MS = Math.max(180_000, RUNS * 30_000);

const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin'];
/** What the runs are for has happened in them. */
const MUST_HAPPEN = ['join', 'agree', 'settleSigned', 'judge', 'twins', 'proveWrong', 'leave', 'exitAfterAll'];
/** In the settlements of lands; what is behind `said` is left, the others but the first are refused. */
const MUST_BE_TRIED = [
  'settled',
  'said of somebody who is gone',
  'said of an earlier stay',
  'out of nothing',
  'a hero starts from elsewhere',
  'a hero comes or goes',
  'a chunk not of blocks',
];

interface Step {
  readonly what: string;
  readonly who: number;
  readonly whom: number;
  /** What else varies. */
  readonly n: number;
}

const index = fc.nat(PEOPLE.length - 1);
const likely = [
  'settleTogether',
  'settleTogether',
  'settleSigned',
  'settleSigned',
  'comeBack',
  'exitAfterAll',
  'join',
  'joinWithDeposit',
  'propose',
  'vote',
  'settle',
  'heartbeats',
  'leave',
  'agree',
  'judge',
  'twins',
  'proveWrong',
];
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...Object.keys(STEPS), ...likely),
  who: index,
  whom: index,
  n: fc.nat(63),
});

let devchain: Devchain;
let world: LifecycleChain;
const clock = { micros: 1_900_000_000_000_000n };

beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0, clock: () => clock.micros });
  world = new LifecycleChain(devchain.chain, clock, PEOPLE);
}, 60_000);
afterAll(() => devchain.close());

const title = '[C32] [C62] the books balance after every transaction, and whoever is left can end the channel';
it(`${title}: chats`, () => run(chatSession, RUNS), TIMEOUT_MS);
it(`${title}: documents`, () => run(editorSession, Math.ceil(RUNS / 5)), TIMEOUT_MS);
it(
  `${title}: [M12] [M13] lands`,
  () => {
    const books = new LandBooks(world, landSession.address);
    run(landSession, RUNS, books);
    console.log('settlements:', tell(books.tally));
    for (const what of MUST_BE_TRIED) expect(books.tally.get(what) ?? 0, what).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

function run(application: SessionApplication, runs: number, books?: AssetBooks): void {
  const done = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: STEPS_MAX / 2, maxLength: STEPS_MAX }), index, (steps, last) => {
      const life = Lifecycle.open(world, application, person(0), books);
      for (const who of [1, 2]) life.join(person(who), false);
      audit(life);
      for (const { what, who, whom, n } of steps) {
        const code = STEPS[what]?.(life, person(who), person(whom), n);
        if (code === undefined) done.set(what, (done.get(what) ?? 0) + 1);
        audit(life);
      }
      finish(life, last);
    }),
    // What people carry outlasts a lifecycle, so a shorter one would not fail the same way.
    { numRuns: runs, endOnFailure: true, ...(process.env.LIFECYCLES ? {} : { seed: 4 }) },
  );
  console.log(`${application.module}:`, tell(done));
  if (runs >= RUNS) for (const what of MUST_HAPPEN) expect(done.get(what) ?? 0, what).toBeGreaterThan(0);
}

function tell(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([what, times]) => `${what} ${times}`).join(', ');
}

function person(number: number): Person {
  const found = world.people[number];
  if (!found) throw new Error(`nobody has number ${number}`);
  return found;
}
