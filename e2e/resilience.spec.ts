// What may happen in the middle of a conversation: a reload, a relay that stops, a chain that stops, a leader that cheats.

import { expect, test } from './world.ts';

test('a tab reloaded in mid-conversation is back, with nothing lost or doubled', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('Reload');
  await bob.join(hash);
  for (let i = 1; i <= 10; i++) await bob.say(`before ${i}`);

  // Bob's last words may still be on their way when the tab goes.
  await bob.page.reload();
  for (let i = 1; i <= 10; i++) await alice.say(`meanwhile ${i}`);
  await bob.isTalking();
  for (let i = 1; i <= 10; i++) await bob.say(`after ${i}`);

  await alice.sees(30);
  await bob.sees(30);
  const texts = await alice.texts();
  expect(await bob.texts()).toEqual(texts);
  expect(new Set(texts).size).toBe(30);
  await alice.seesAllFinal();
  await bob.seesAllFinal();
});

test('the leader reloaded leads on, with nothing lost or doubled', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  await bob.join(await alice.createChannel('Leader reloads'));
  for (let i = 1; i <= 5; i++) await bob.say(`before ${i}`);
  await alice.sees(5);
  await alice.page.reload();
  for (let i = 1; i <= 5; i++) await bob.say(`meanwhile ${i}`);
  await alice.isTalking();
  await alice.say('back');
  await alice.sees(11);
  await bob.sees(11);
  expect(await bob.texts()).toEqual(await alice.texts());
  await bob.seesAllFinal();
});

test('[L2] [L4] the leader vanishes: another leads on, and what was waiting is sent', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  const carol = await person('carol');
  await alice.open();
  await alice.connect();
  await bob.join(await alice.createChannel('Leader vanishes'));
  await carol.joinFromLobby('Leader vanishes');
  await alice.say('I have to run');
  for (const one of [bob, carol]) await one.sees(1);

  await alice.context.close();
  await bob.say('is anybody there?');
  await carol.say('I am');
  for (const one of [bob, carol]) {
    await expect(one.page.getByTestId('message')).toHaveCount(3, { timeout: 60_000 });
    await one.seesAllFinal();
  }
  expect(await bob.texts()).toEqual(await carol.texts());
  await expect(bob.page.locator('[data-testid="member"][data-leader="true"]')).toHaveCount(1);
});

test('[X7] one of two vanishes: the other settles alone, and the page says how long that can be contested', async ({
  person,
}) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  await bob.join(await alice.createChannel('Gone for good'));
  await bob.say('bye');
  await alice.sees(1);
  await alice.seesAllFinal();

  await bob.context.close();
  const settled = alice.page.getByTestId('settled-height');
  const before = await settled.textContent();
  await alice.page.getByTestId('settle').click();
  await expect(alice.page.getByTestId('contest-notice')).toContainText('can be contested until', { timeout: 60_000 });
  await expect(settled).not.toHaveText(before ?? '', { timeout: 60_000 });
  await expect(alice.page.getByTestId('contest-notice')).toHaveCount(0, { timeout: 15_000 });
});

test('the relay stops: talk goes on; it starts again: somebody new can join', async ({ world, person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  const carol = await person('carol');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('No relay');
  await bob.join(hash);
  await expect(alice.member('direct')).toHaveCount(1, { timeout: 30_000 });
  await expect(bob.member('direct')).toHaveCount(1, { timeout: 30_000 });

  await world.relay.stop();
  try {
    await expect(alice.page.getByTestId('relay-notice')).toContainText('relay cannot be reached', { timeout: 30_000 });
    await alice.say('can you hear me?');
    await bob.say('loud and clear');
    await alice.sees(2);
    await bob.sees(2);
    await alice.seesAllFinal();
  } finally {
    await world.relay.start();
  }
  await expect(alice.page.getByTestId('relay-notice')).toHaveCount(0, { timeout: 60_000 });
  await carol.join(hash);
  await carol.sees(2);
  await carol.say('here I am');
  for (const one of [alice, bob, carol]) await one.sees(3);
});

test('the chain stops: talk goes on and the page says so; it starts again: settling works', async ({
  world,
  person,
}) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  await bob.join(await alice.createChannel('No chain'));
  await expect(alice.member('direct')).toHaveCount(1, { timeout: 30_000 });

  await world.chain.stop();
  try {
    await expect(alice.page.getByTestId('chain-notice')).toBeVisible({ timeout: 30_000 });
    await alice.say('no chain?');
    await bob.say('no matter');
    await alice.sees(2);
    await bob.sees(2);
  } finally {
    await world.chain.start();
  }
  await expect(alice.page.getByTestId('chain-notice')).toHaveCount(0, { timeout: 30_000 });
  await alice.page.getByTestId('settle').click();
  await expect(alice.page.getByText('Settled on the chain.', { exact: true })).toBeVisible({ timeout: 60_000 });
});

test('[B4] a leader whose result is wrong is not followed', async ({ person }) => {
  // As leader, Alice's node alters the result of every second call.
  const alice = await person('alice', { hooks: '?tamperEvery=2' });
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  await bob.join(await alice.createChannel('Mallory leads'));
  await alice.say('honest so far');
  await bob.sees(1);

  await alice.say('believe me');
  // [E1] Bob's node reports it, which parts the two; then it leads on with what was right, and with what Bob says meanwhile.
  await bob.say('without you');
  await expect.poll(() => bob.texts(), { timeout: 60_000 }).toEqual(['honest so far', 'without you']);
  await bob.seesAllFinal();
  await expect(bob.page.getByTestId('dispute')).toHaveCount(0);
  await expect(bob.composer).toBeEnabled();
  // Alice is told that she is out, and nothing that is no longer hers to do is offered.
  await expect(alice.page.getByTestId('gone-notice')).toBeVisible();
  await expect(alice.composer).toBeDisabled();
  await expect(alice.page.getByTestId('settle')).toBeDisabled();
  await expect(alice.page.getByTestId('leave')).toHaveCount(0);
});
