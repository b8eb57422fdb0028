// What can stand in the way, each with a clear message and a way on.

import { expect, test } from './world.ts';

test('a wrong link', async ({ person }) => {
  const alice = await person('alice');
  await alice.open('#/c/999999');
  await expect(alice.page.getByRole('alert')).toContainText('There is no channel #999999');
  await alice.page.getByRole('link', { name: 'All channels' }).click();
  await expect(alice.page.getByTestId('new-channel')).toBeVisible();
  await alice.page.getByLabel('Link or number of a channel').fill('not a link');
  await alice.page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(alice.page.getByRole('alert')).toContainText('not a link to a channel');
  await alice.open('#/nowhere/at/all');
  await expect(alice.page.getByRole('alert')).toContainText('This link leads nowhere');
});

test('a rejected wallet popup', async ({ person }) => {
  const alice = await person('alice');
  await alice.open();
  await alice.connect();
  await alice.page.getByTestId('new-channel').click();
  await alice.page.getByLabel('Title').fill('Second thoughts');
  await alice.page.getByRole('button', { name: 'Create and join' }).click();
  await alice.page.getByRole('button', { name: 'Reject' }).click();
  await expect(alice.page.getByRole('alert')).toContainText('You declined in the wallet. Nothing was sent.');
  await alice.page.getByRole('button', { name: 'Create and join' }).click();
  await alice.approve();
  await alice.isTalking();
});

test('a second tab with the same identity, and moving to it', async ({ world, person }) => {
  const alice = await person('alice');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('One at a time');
  await alice.say('from the first tab');

  const second = await alice.context.newPage();
  await second.goto(world.url + hash);
  await second.getByTestId('connect').first().click();
  await second.getByLabel('Account').selectOption({ label: await accountInOtherTab(second) });
  await second.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(second.getByTestId('node-problem')).toContainText('already here in another tab', { timeout: 30_000 });

  await second.getByRole('button', { name: 'Use this tab instead' }).click();
  await expect(second.getByTestId('message')).toHaveCount(1, { timeout: 30_000 });
  await expect(alice.page.getByTestId('node-problem')).toBeVisible({ timeout: 30_000 });
});

async function accountInOtherTab(page: import('@playwright/test').Page): Promise<string> {
  const labels = await page.getByLabel('Account').locator('option').allTextContents();
  const taken = labels.find((label) => label.includes('in another tab'));
  if (!taken) throw new Error(`no account is in another tab: ${labels.join(', ')}`);
  return taken;
}

test('no chain', async ({ world, person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await bob.open();
  await bob.connect();
  const hash = await bob.createChannel('Later');
  await bob.context.close();

  await world.chain.stop();
  try {
    await alice.open();
    await expect(alice.page.getByRole('alert')).toContainText('could not be read');
    await alice.open(hash);
    await expect(alice.page.getByRole('alert')).toContainText('The chain cannot be reached');
  } finally {
    await world.chain.start();
  }
  await alice.page.getByRole('button', { name: 'Try again' }).click();
  await expect(alice.page.getByText('The chain cannot be reached')).toHaveCount(0);
  await expect(alice.page.getByTestId('join-panel')).toBeVisible();
});

test('no relay: one can still open a channel, and is told', async ({ world, person }) => {
  const alice = await person('alice');
  await world.relay.stop();
  try {
    await alice.open();
    await alice.connect();
    await alice.createChannel('Alone');
    await expect(alice.page.getByTestId('relay-notice')).toContainText('cannot be reached', { timeout: 30_000 });
    await alice.say('anybody?');
    await alice.sees(1);
  } finally {
    await world.relay.start();
  }
  await expect(alice.page.getByTestId('relay-notice')).toHaveCount(0, { timeout: 60_000 });
});

test('a full relay', async ({ world, person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await world.relay.stop();
  await world.relay.start({ maxReservations: 1 });
  try {
    await alice.open();
    await alice.connect();
    await alice.createChannel('Full');
    await expect(alice.page.getByTestId('relay-state')).toContainText('ready', { timeout: 30_000 });
    await bob.open();
    await bob.connect();
    await bob.createChannel('No place');
    await expect(bob.page.getByTestId('relay-notice')).toContainText('The relay is full', { timeout: 30_000 });
  } finally {
    await alice.context.close();
    await world.relay.stop();
    await world.relay.start();
  }
  await expect(bob.page.getByTestId('relay-notice')).toHaveCount(0, { timeout: 60_000 });
});
