// The chat room by hand: names, editing and deleting with the keyboard, limits, a phone's width; and coming back after having left.

import { expect, type Person, test } from './world.ts';

async function choosesName(person: Person, name: string): Promise<void> {
  await person.page.getByTestId('nickname').click();
  await person.page.getByRole('textbox', { name: 'Name' }).fill(name);
  await person.page.keyboard.press('Enter');
}

test('names, editing, deleting and limits', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  await bob.join(await alice.createChannel('By hand'));
  await choosesName(alice, 'Alice ⚓');
  await expect(bob.page.getByTestId('member').filter({ hasText: 'Alice ⚓' })).toBeVisible();

  await alice.say('hallo');
  await alice.sees(1);
  await alice.composer.press('ArrowUp');
  await expect(alice.composer).toHaveValue('hallo');
  await alice.composer.fill('never mind');
  await alice.composer.press('Escape');
  await expect(alice.composer).toHaveValue('');
  await alice.composer.press('ArrowUp');
  await alice.say('hello\nthere');
  await expect(bob.page.getByTestId('text')).toHaveText('hello there');
  await expect(bob.page.getByText('edited')).toBeVisible();

  await alice.composer.fill('x'.repeat(1001));
  await expect(alice.page.getByText('1 bytes too long')).toBeVisible();
  await expect(alice.page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await alice.composer.fill('');

  await alice.page.getByTestId('message').hover();
  await alice.page.getByRole('button', { name: 'Delete' }).click();
  await bob.sees(0);
  await expect(bob.page.getByText('No messages yet')).toBeVisible();
});

test('on a phone everything can be reached', async ({ person }) => {
  const alice = await person('alice');
  await alice.page.setViewportSize({ width: 360, height: 700 });
  await alice.open();
  await alice.connect();
  await alice.createChannel('Small');
  await alice.say('from a phone');
  await alice.sees(1);
  const overflow = await alice.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await expect(alice.page.getByTestId('settle')).toBeHidden();
  await alice.page.getByRole('button', { name: 'Members and settlement' }).click();
  await alice.page.getByTestId('settle').click();
  await expect(alice.page.getByTestId('settled-height')).not.toHaveText('0', { timeout: 60_000 });
  await alice.page.keyboard.press('Escape');
  await expect(alice.page.getByTestId('settle')).toBeHidden();
});

test('whoever has left can come back', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('Revolving door', '1');
  await bob.join(hash);
  await bob.say('I will be back');
  await alice.sees(1);

  await bob.page.getByTestId('leave').click();
  await bob.page.getByTestId('leave-confirm').click();
  await expect(bob.page.getByTestId('take-out-panel')).toBeVisible({ timeout: 60_000 });
  // Half-way out, and still so after a reload.
  await bob.page.reload();
  await bob.page.getByTestId('take-out').click();
  await bob.approve();
  await expect(bob.page.getByTestId('new-channel')).toBeVisible({ timeout: 30_000 });

  await bob.join(hash);
  await bob.sees(1);
  await bob.say('here I am');
  for (const one of [alice, bob]) {
    await one.sees(2);
    await one.seesAllFinal();
  }
});

test('[N6] whoever joins a channel that everybody has left goes on from what they settled', async ({ person }) => {
  const alice = await person('alice');
  const bob = await person('bob');
  await alice.open();
  await alice.connect();
  const hash = await alice.createChannel('Handed on');
  await alice.say('for whoever comes');
  await alice.seesAllFinal();
  await alice.page.getByTestId('leave').click();
  await alice.page.getByTestId('leave-confirm').click();
  await alice.page.getByTestId('take-out').click({ timeout: 60_000 });
  await alice.approve();
  await expect(alice.page.getByTestId('new-channel')).toBeVisible({ timeout: 30_000 });

  await bob.open(hash);
  await bob.connect();
  await expect(bob.page.getByTestId('join-panel')).toContainText('Everybody has left');
  await bob.page.getByTestId('join').click();
  await bob.approve();
  await expect(bob.page.getByTestId('deserted-notice')).toBeVisible({ timeout: 30_000 });
  await bob.sees(1);
  await expect(bob.page.getByTestId('deserted-notice')).toHaveCount(0);
  await bob.say('thank you');
  await bob.sees(2);
  await bob.seesAllFinal();
  expect(await bob.texts()).toEqual(['for whoever comes', 'thank you']);
});
