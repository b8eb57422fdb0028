// The main journey: open the page, join, talk, settle, read it back from the chain, leave with the stake. Two people, then three.

import { Aptos, AptosConfig, Network } from '@aptos-labs/ts-sdk';
import { expect, type Person, test, type World } from './world.ts';

const MESSAGES_EACH = 100;
/** [CH4]: with more than so many messages in the room the oldest go, until so many are left. */
const MESSAGES_MAX = 256;
const MESSAGES_KEPT = 192;
const OCTAS_PER_APT = 100_000_000;
/** Where the chat and its server are, in the form that the SDK insists on. */
const CHAT = `0x${'c4a7'.padStart(64, '0')}`;

function sdk(world: World): Aptos {
  return new Aptos(new AptosConfig({ network: Network.LOCAL, fullnode: world.chainUrl, faucet: world.faucetUrl }));
}

async function addressOf(person: Person): Promise<string> {
  await person.page.getByTestId('account').click();
  await person.page.getByRole('menuitem', { name: 'Copy address' }).click();
  return person.page.evaluate(() => navigator.clipboard.readText());
}

async function balanceOf(world: World, address: string): Promise<number> {
  return sdk(world).getAccountAPTAmount({ accountAddress: address });
}

/** Everybody says their lines at the same time. */
async function talk(people: readonly Person[], from: number, count: number): Promise<void> {
  await Promise.all(
    people.map(async (person) => {
      for (let i = from; i < from + count; i++) await person.say(`${person.name} says ${i}`);
    }),
  );
}

/** How many messages are in the room after so many, fewer than would make it drop some twice. */
function keptOf(total: number): number {
  return total <= MESSAGES_MAX ? total : MESSAGES_KEPT + total - MESSAGES_MAX - 1;
}

async function leave(person: Person): Promise<void> {
  await person.page.getByTestId('leave').click();
  await person.page.getByTestId('leave-confirm').click();
  await person.page.getByTestId('take-out').click({ timeout: 60_000 });
  await person.approve();
  await expect(person.page.getByTestId('new-channel')).toBeVisible({ timeout: 30_000 });
}

for (const names of [
  ['alice', 'bob'],
  ['alice', 'bob', 'carol'],
]) {
  test(`${names.join(', ')}: join, ${MESSAGES_EACH} messages each, settle, read back, leave with the stake`, async ({
    world,
    person,
  }) => {
    test.setTimeout(240_000);
    const people = await Promise.all(names.map((name) => person(name)));
    const [first, ...others] = people;
    if (!first) throw new Error('nobody is here');
    const title = `Harbour of ${names.length}`;

    await first.open();
    await first.connect();
    const address = await addressOf(first);
    const before = await balanceOf(world, address);
    const hash = await first.createChannel(title, '1');
    expect(await first.walletPopups()).toEqual(['Connect this site?', 'Sign and send?']);
    const staked = await balanceOf(world, address);
    expect(before - staked).toBeGreaterThanOrEqual(OCTAS_PER_APT);

    for (const other of others) await other.join(hash);
    for (const one of people) await expect(one.member('direct')).toHaveCount(names.length - 1, { timeout: 30_000 });

    await talk(people, 1, MESSAGES_EACH);
    const total = MESSAGES_EACH * names.length;
    const kept = keptOf(total);
    for (const one of people) await one.sees(kept);
    const gone = first.page.getByText(`${total - kept} older messages are no longer kept in the channel.`);
    await expect(gone).toHaveCount(kept < total ? 1 : 0);
    const expected = await first.texts();
    for (const one of people) {
      expect(await one.texts()).toEqual(expected);
      await one.seesAllFinal();
    }
    for (const name of names) {
      const own = expected.filter((text) => text.startsWith(`${name} `));
      const all = Array.from({ length: MESSAGES_EACH }, (_, index) => `${name} says ${index + 1}`);
      expect(own).toEqual(all.slice(MESSAGES_EACH - own.length));
      if (kept === total) expect(own).toHaveLength(MESSAGES_EACH);
    }

    // Nobody was asked by a wallet while talking, and the talk went straight from tab to tab.
    for (const other of others) expect(await other.walletPopups()).toEqual(['Connect this site?', 'Sign and send?']);
    for (const one of people) {
      const pairs = await one.candidatePairs();
      expect(pairs.length).toBeGreaterThanOrEqual(names.length - 1);
      for (const pair of pairs)
        expect(pair).toMatchObject({ local: 'host', remote: expect.stringMatching(/host|prflx/), protocol: 'udp' });
      expect(pairs.some((pair) => pair.bytesSent > 10_000)).toBe(true);
    }

    await first.page.getByTestId('settle').click();
    await expect(first.page.getByText('Settled on the chain.', { exact: true })).toBeVisible({ timeout: 60_000 });
    const channelId = hash.split('/').at(-1) ?? '';
    const [session] = await sdk(world).view<[{ group_id: string }]>({
      payload: { function: `${CHAT}::chat::session`, functionArguments: [CHAT, channelId] },
    });
    const [group] = await sdk(world).view<[{ title: string; messages: { text: string }[] }]>({
      payload: { function: `${CHAT}::chat::group`, functionArguments: [CHAT, session.group_id] },
    });
    expect(group.title).toBe(title);
    expect(group.messages.map((message) => message.text)).toEqual(expected);

    const [last] = others;
    if (!last) throw new Error('nobody else is here');
    await leave(last);
    expect(await last.walletPopups()).toEqual(['Connect this site?', 'Sign and send?', 'Sign and send?']);

    // The others go on, and the first to come is the last to leave.
    await first.say('still here');
    await expect(first.page.getByText('still here')).toBeVisible();
    for (const other of others.slice(1)) await leave(other);
    await leave(first);
    const after = await balanceOf(world, address);
    expect(after - staked).toBeGreaterThan(OCTAS_PER_APT * 0.9);
  });
}
