// The journey with a wallet, all of it: none there, two to choose from, refusals, the wrong network, another account, going and coming back.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { servePage } from '../scripts/serve-page.ts';
// Only for what it declares of `window`.
import type {} from './fixtures/wallet/wallet.ts';
import { expect, type Person, test, type World } from './world.ts';

const OWN = 'Development wallet';
const OTHER = 'Harbour Wallet';

/** The second wallet as one script, to be put into a tab before the page. */
let script: string;

test.beforeAll(async () => {
  const outDir = mkdtempSync(join(tmpdir(), 'strait-wallet-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      lib: { entry: 'e2e/fixtures/wallet/wallet.ts', name: 'Harbour', formats: ['iife'], fileName: () => 'wallet.js' },
    },
  });
  script = readFileSync(join(outDir, 'wallet.js'), 'utf8');
  rmSync(outDir, { recursive: true });
});

/** Installs the second wallet in a person's browser. */
async function install({ context }: Person, { chainUrl, faucetUrl }: World): Promise<void> {
  await context.addInitScript({ content: `window.harbourPlaces = ${JSON.stringify({ chainUrl, faucetUrl })};` });
  await context.addInitScript({ content: script });
}

async function choose(page: Page, wallet: string): Promise<void> {
  await page.getByTestId('connect').first().click();
  await page.getByRole('button', { name: wallet }).click();
}

const answer = (page: Page, value: 'yes' | 'no' | 'fault') =>
  page.evaluate((given) => {
    if (window.harbour) window.harbour.answer = given;
  }, value);
const asked = (page: Page) => page.evaluate(() => window.harbour?.asked ?? []);

test('no wallet: where to get one, and one that comes later is offered at once', async ({ world, person }) => {
  const alice = await person('alice');
  const { chainUrl, faucetUrl } = world;
  const chat = { contract: '0xc4a7', server: '0xc4a7' };
  // Without a faucet the page has no wallet of its own.
  const bare = { network: 'local', chainUrl, contract: '0x57a17', chat, relays: [], iceServers: [] };
  const served = await servePage('dist', 0, bare);
  try {
    const { page } = alice;
    await page.goto(served.url);
    await page.getByTestId('connect').first().click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('no Aptos wallet');
    const petra = dialog.getByRole('link', { name: /Petra/ });
    await expect(petra).toHaveAttribute('href', /^https:\/\//);
    await expect(petra).toHaveAttribute('rel', /noreferrer/);

    await page.evaluate(
      (places) => {
        window.harbourPlaces = places;
      },
      { chainUrl, faucetUrl },
    );
    await page.addScriptTag({ content: script });
    await dialog.getByRole('button', { name: OTHER }).click();
    await expect(page.getByTestId('account')).toBeVisible();
  } finally {
    await served.close();
  }
});

test('two wallets: the one that was chosen is asked, and no is an answer', async ({ world, person }) => {
  const alice = await person('alice');
  const { page } = alice;
  await install(alice, world);
  await alice.open();
  await page.getByTestId('connect').first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: OWN })).toBeVisible();
  await expect(dialog.getByRole('button', { name: OTHER })).toBeVisible();

  await answer(page, 'no');
  await dialog.getByRole('button', { name: OTHER }).click();
  await expect.poll(() => asked(page)).toEqual(['connect']);
  await expect(page.getByTestId('connect').first()).toBeEnabled();

  await choose(page, OWN);
  await page.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByTestId('connect').first()).toBeEnabled();
  // Whoever says no need not be told.
  await expect(page.locator('.toast')).toHaveCount(0);

  await answer(page, 'fault');
  await choose(page, OTHER);
  await expect(page.locator('.toast')).toContainText('Harbour Wallet is locked.');

  await answer(page, 'yes');
  await choose(page, OTHER);
  await expect(page.getByTestId('account')).toBeVisible();
  await page.getByTestId('account').click();
  await expect(page.getByRole('menu')).toContainText(OTHER);
  expect(await alice.walletPopups()).toEqual(['Connect this site?']);
});

test('a refused signature leaves everything as it was', async ({ world, person }) => {
  const alice = await person('alice');
  const { page } = alice;
  await install(alice, world);
  await alice.open();
  await choose(page, OTHER);
  await answer(page, 'no');
  await page.getByTestId('new-channel').click();
  await page.getByLabel('Title').fill('Not yet');
  await page.getByRole('button', { name: 'Create and join' }).click();
  await expect(page.getByRole('alert')).toContainText('You declined in the wallet. Nothing was sent.');
  await answer(page, 'fault');
  await page.getByRole('button', { name: 'Create and join' }).click();
  await expect(page.getByRole('alert')).toContainText('Harbour Wallet is locked.');
  // Said once, where it belongs.
  await expect(page.locator('.toast')).toHaveCount(0);
  await answer(page, 'yes');
  await page.getByRole('button', { name: 'Create and join' }).click();
  await alice.isTalking();
  expect(await asked(page)).toEqual(['connect', ...Array.from({ length: 3 }, () => 'sign and send')]);
});

test('a wallet on another network is told, asked to change, and signs nothing until then', async ({
  world,
  person,
}) => {
  const alice = await person('alice');
  const { page } = alice;
  await install(alice, world);
  await alice.open();
  await page.evaluate(() => window.harbour?.switchNetwork('testnet'));
  await choose(page, OTHER);
  const notice = page.getByTestId('wrong-network');
  await expect(notice).toContainText('Harbour Wallet is on testnet');
  await expect(notice).toContainText('this page on local');

  await page.getByTestId('new-channel').click();
  await page.getByLabel('Title').fill('On the wrong side');
  await page.getByRole('button', { name: 'Create and join' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('is on testnet');
  expect(await asked(page)).toEqual(['connect']);
  await page.keyboard.press('Escape');

  await answer(page, 'no');
  await notice.getByRole('button', { name: 'Switch to local' }).click();
  await expect.poll(() => asked(page)).toEqual(['connect', 'change network']);
  await expect(notice).toBeVisible();
  await answer(page, 'yes');
  await notice.getByRole('button', { name: 'Switch to local' }).click();
  await expect(notice).toHaveCount(0);

  await page.getByTestId('new-channel').click();
  await page.getByLabel('Title').fill('On the right side');
  await page.getByRole('button', { name: 'Create and join' }).click();
  await alice.isTalking();
  // The person goes to another network while the channel runs: talking needs no wallet.
  await page.evaluate(() => window.harbour?.switchNetwork('testnet'));
  await expect(notice).toBeVisible();
  await alice.say('still here');
  await alice.sees(1);
});

test('another account in the wallet is another member', async ({ world, person }) => {
  const alice = await person('alice');
  const { page } = alice;
  await install(alice, world);
  await alice.open();
  await choose(page, OTHER);
  const first = await page.getByTestId('account').locator('.mono').innerText();
  await page.getByTestId('new-channel').click();
  await page.getByLabel('Title').fill('Two hats');
  await page.getByRole('button', { name: 'Create and join' }).click();
  await alice.isTalking();

  await page.evaluate(() => window.harbour?.switchAccount());
  await expect(page.getByTestId('join-panel')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTestId('account').locator('.mono')).not.toHaveText(first);

  await page.evaluate(() => window.harbour?.switchAccount());
  await expect(page.getByTestId('account').locator('.mono')).toHaveText(first);
  await alice.isTalking();
});

test('a reload keeps the wallet without asking, a disconnect lets go of it', async ({ world, person }) => {
  const alice = await person('alice');
  const { page } = alice;
  await install(alice, world);
  await alice.open();
  for (const wallet of [OTHER, OWN]) {
    await choose(page, wallet);
    if (wallet === OWN) await page.getByRole('button', { name: 'Connect', exact: true }).click();
    const account = await page.getByTestId('account').locator('.mono').innerText();
    await page.reload();
    await expect(page.getByTestId('account').locator('.mono')).toHaveText(account);
    expect(await asked(page)).toEqual([]);
    expect(await alice.walletPopups()).toEqual([]);

    await page.getByTestId('account').click();
    await page.getByRole('menuitem', { name: 'Disconnect' }).click();
    await expect(page.getByTestId('connect').first()).toBeEnabled();
    await page.reload();
    await expect(page.getByTestId('connect').first()).toBeEnabled();
    await expect(page.getByTestId('account')).toHaveCount(0);
    expect(await asked(page)).toEqual([]);
    expect(await alice.walletPopups()).toEqual([]);
  }
});
