// What every journey needs: a local chain, a relay and the page, each of which a test may stop and start again; and people, each with a
// browser context of their own.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test';
import { type RelayOptions, startRelay } from '../relay/server.ts';
import { servePage } from '../scripts/serve-page.ts';
import { startDevchain } from '../src/devchain/server.ts';

/** One service at one place: stopping and starting it again keeps its port and what it remembers. */
class Service<T extends { close(): Promise<void> }> {
  readonly #start: () => Promise<T>;
  #running: T | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  async start(): Promise<T> {
    this.#running ??= await this.#start();
    return this.#running;
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = undefined;
  }
}

export interface World {
  readonly chainUrl: string;
  readonly faucetUrl: string;
  /** The page as people get it. */
  readonly url: string;
  /** The same, built with hooks that let a node cheat. */
  readonly hookedUrl: string;
  readonly chain: { stop(): Promise<void>; start(): Promise<unknown> };
  readonly relay: { stop(): Promise<void>; start(options?: Partial<RelayOptions>): Promise<unknown> };
}

/** Ports of this run; the namespace has no other user. */
const CHAIN_PORT = 8080;
const FAUCET_PORT = 8081;
const RELAY_PORT = 9090;

async function openWorld(folder: string): Promise<{ world: World; close: () => Promise<void> }> {
  const chain = new Service(() =>
    startDevchain({ port: CHAIN_PORT, faucetPort: FAUCET_PORT, dataDir: join(folder, 'chain') }),
  );
  let relayOptions: Partial<RelayOptions> = {};
  const relay = new Service(() =>
    startRelay({ host: '127.0.0.1', port: RELAY_PORT, keyFile: join(folder, 'relay.key'), ...relayOptions }),
  );
  const { nodeUrl, faucetUrl } = await chain.start();
  const { multiaddr } = await relay.start();
  const config = {
    network: 'local',
    chainUrl: nodeUrl,
    faucetUrl,
    contract: '0x57a17',
    chat: { contract: '0xc4a7', server: '0xc4a7' },
    relays: [multiaddr],
    iceServers: [],
  };
  const page = await servePage('dist', 0, config);
  const hooked = await servePage('dist-e2e', 0, config);
  return {
    world: {
      chainUrl: nodeUrl,
      faucetUrl,
      url: page.url,
      hookedUrl: hooked.url,
      chain,
      relay: {
        stop: () => relay.stop(),
        start: (options = {}) => {
          relayOptions = options;
          return relay.start();
        },
      },
    },
    close: async () => {
      await Promise.all([page.close(), hooked.close(), relay.stop(), chain.stop()]);
    },
  };
}

/** One human being in front of one browser. */
export class Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #url: string;

  constructor(name: string, context: BrowserContext, page: Page, url: string) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.#url = url;
  }

  async open(hash = ''): Promise<void> {
    await this.page.goto(this.#url + hash);
  }

  async connect(): Promise<void> {
    await this.page.getByTestId('connect').first().click();
    await this.page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(this.page.getByTestId('account')).toBeVisible();
  }

  /** From the lobby, connected: opens a channel and waits until it runs. Returns its `#…` part. */
  async createChannel(title: string, stakeApt = '0'): Promise<string> {
    await this.page.getByTestId('new-channel').click();
    await this.page.getByLabel('Title').fill(title);
    await this.page.getByLabel('Stake to join, in APT').fill(stakeApt);
    await this.page.getByRole('button', { name: 'Create and join' }).click();
    await this.approve();
    await this.isTalking();
    return new URL(this.page.url()).hash;
  }

  /** Opens a link, connects if need be, joins and waits until the channel runs. */
  async join(hash: string): Promise<void> {
    await this.open(hash);
    await this.#joinHere();
  }

  /** The same from the list on the first page. */
  async joinFromLobby(title: string): Promise<void> {
    await this.open();
    await this.page.getByTestId('channel-card').filter({ hasText: title }).click();
    await this.#joinHere();
  }

  async #joinHere(): Promise<void> {
    await expect(this.page.getByTestId('join-panel')).toBeVisible();
    if (await this.page.getByTestId('connect').first().isVisible()) await this.connect();
    await this.page.getByTestId('join').click();
    await this.approve();
    await this.isTalking();
  }

  async approve(): Promise<void> {
    await this.page.getByRole('button', { name: 'Approve' }).click();
  }

  async isTalking(): Promise<void> {
    await expect(this.composer).toBeEnabled({ timeout: 30_000 });
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** What stands in this person's tab, in order. */
  async texts(): Promise<string[]> {
    return this.page.getByTestId('message').getByTestId('text').allTextContents();
  }

  /** Waits until the tab shows this many messages. */
  async sees(count: number): Promise<void> {
    await expect(this.page.getByTestId('message')).toHaveCount(count, { timeout: 30_000 });
  }

  /** Waits until every message is final. */
  async seesAllFinal(): Promise<void> {
    await expect(this.page.locator('[data-testid="message"] [data-grade]:not([data-grade="final"])')).toHaveCount(0, {
      timeout: 30_000,
    });
  }

  member(link: 'direct' | 'relayed' | 'lost'): Locator {
    return this.page.locator(`[data-testid="member"][data-link="${link}"]`);
  }

  /** Titles of the wallet popups that this tab has shown since it was loaded. */
  async walletPopups(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { walletPopups: string[] }).walletPopups);
  }

  /** The selected candidate pairs of all WebRTC connections of this tab. */
  async candidatePairs(): Promise<{ local: string; remote: string; protocol: string; bytesSent: number }[]> {
    return this.page.evaluate(async () => {
      const { peerConnections } = window as unknown as { peerConnections: RTCPeerConnection[] };
      const pairs = [];
      for (const connection of peerConnections) {
        if (connection.connectionState !== 'connected') continue;
        const stats = new Map<string, Record<string, unknown>>();
        for (const [id, entry] of (await connection.getStats()) as unknown as Map<string, Record<string, unknown>>) {
          stats.set(id, entry);
        }
        for (const entry of stats.values()) {
          if (entry.type !== 'candidate-pair' || entry.nominated !== true || entry.state !== 'succeeded') continue;
          const local = stats.get(String(entry.localCandidateId));
          const remote = stats.get(String(entry.remoteCandidateId));
          pairs.push({
            local: String(local?.candidateType),
            remote: String(remote?.candidateType),
            protocol: String(local?.protocol),
            bytesSent: Number(entry.bytesSent),
          });
        }
      }
      return pairs;
    });
  }
}

interface TestFixtures {
  /** Brings somebody with a fresh browser context; `hooks` is a query such as `?tamperEvery=2` for the build that has hooks. */
  readonly person: (name: string, options?: { readonly hooks?: string }) => Promise<Person>;
}

interface WorkerFixtures {
  readonly world: World;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'strait-e2e-'));
      const { world, close } = await openWorld(folder);
      await use(world);
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  person: async ({ browser, world }, use, testInfo) => {
    const people: { name: string; context: BrowserContext; log: string[] }[] = [];
    await use(async (name, options = {}) => {
      const context = await browser.newContext({ permissions: ['microphone', 'clipboard-read', 'clipboard-write'] });
      await context.addInitScript(watchTheTab);
      const page = await context.newPage();
      const log: string[] = [];
      page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => log.push(`uncaught: ${error.message}\n${error.stack}`));
      people.push({ name, context, log });
      return new Person(name, context, page, options.hooks ? world.hookedUrl + options.hooks : world.url);
    });
    for (const { name, context, log } of people) {
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach(`${name}.console.txt`, { body: log.join('\n'), contentType: 'text/plain' });
      }
      await context.close();
    }
    for (const { name, log } of people) {
      expect(
        log.filter((line) => line.startsWith('uncaught:')),
        `uncaught errors in ${name}'s tab`,
      ).toEqual([]);
    }
  },
});

/** Runs in every tab before the page: keeps hold of what a test looks at. */
function watchTheTab(): void {
  const tab = window as unknown as { walletPopups: string[]; peerConnections: RTCPeerConnection[] };
  tab.walletPopups = [];
  tab.peerConnections = [];
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(target, args) {
      const connection = Reflect.construct(target, args) as RTCPeerConnection;
      tab.peerConnections.push(connection);
      return connection;
    },
  });
  new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (node.nodeName !== 'STRAIT-DEV-WALLET') continue;
        tab.walletPopups.push((node as Element).shadowRoot?.querySelector('h2')?.textContent ?? '');
      }
    }
  }).observe(document, { childList: true, subtree: true });
}

export { expect };
