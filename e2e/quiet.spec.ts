// Channels with quiet heartbeats, as the page opens them: talk costs nothing on the chain, and whoever thinks of joining is told who is there.

import { expect, test, type World } from './world.ts';

/** Long enough for a dozen heartbeats, were they not quiet. */
const TALK_MS = 60_000;
const LINES = 12;

async function rest(world: World, path: string, body?: object): Promise<unknown> {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await fetch(world.chainUrl + path, init)).json();
}

/** How many transactions each member's node has sent from its session account. */
async function transactionsOf(world: World, hash: string): Promise<Record<string, number>> {
  const [members] = (await rest(world, '/view', {
    function: '0x57a17::state_channel::members',
    type_arguments: [],
    arguments: [hash.split('/').at(-1)],
  })) as [{ member: string; session: string }[]];
  const counts: Record<string, number> = {};
  for (const { member, session } of members) {
    const { sequence_number } = (await rest(world, `/accounts/${session}`)) as { sequence_number: string };
    counts[member] = Number(sequence_number);
  }
  return counts;
}

test('[H1] talk costs nothing: no transaction in a minute of it', async ({ world, person }) => {
  const people = [await person('alice'), await person('bob'), await person('carol')] as const;
  const [alice, ...others] = people;
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('For free');
  for (const other of others) await other.join(hash);
  for (const one of people) await expect(one.member('direct')).toHaveCount(2, { timeout: 30_000 });
  await alice.say('is everybody here?');
  for (const one of people) await one.seesAllFinal();

  const before = await transactionsOf(world, hash);
  expect(Object.keys(before)).toHaveLength(3);
  for (let line = 0; line < LINES; line++) {
    await people[line % 3]?.say(`line ${line}`);
    await alice.page.waitForTimeout(TALK_MS / LINES);
  }
  for (const one of people) {
    await one.sees(1 + LINES);
    await one.seesAllFinal();
    await expect(one.page.getByText('Gas money')).toBeVisible();
  }
  expect(await transactionsOf(world, hash)).toEqual(before);
});

test('[C35] nobody stakes for a channel whose members have all closed their tabs', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('Lights out');
  await alice.say('good night');
  await alice.sees(1);
  await alice.page.goto('about:blank');

  await bob.open(hash);
  await bob.connect();
  await expect(bob.page.getByTestId('obstacle')).toContainText('away');
  await expect(bob.page.getByTestId('join')).toHaveCount(0);
  await alice.open(hash);
  await alice.isTalking();
  await bob.page.getByTestId('join').click();
  await bob.approve();
  await bob.isTalking();
  await bob.say('good morning');
  for (const one of [alice, bob]) await one.sees(2);
});

test('nor while the relay cannot be reached', async ({ world, person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('No way in');
  await world.relay.stop();
  try {
    await bob.open(hash);
    await bob.connect();
    await expect(bob.page.getByTestId('obstacle')).toContainText('relay cannot be reached', { timeout: 30_000 });
  } finally {
    await world.relay.start();
  }
  await bob.page.getByTestId('join').click({ timeout: 60_000 });
  await bob.approve();
  await bob.isTalking();
});
