// The network alone, between real browsers: circuit first, WebRTC in the background, and what happens when either goes away.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { build, preview } from 'vite';
import { type Relay, type RelayOptions, startRelay } from '../relay/server.ts';
import { libp2pWebRtcFix } from '../vite-plugins/libp2p-webrtc-fix.ts';
import type { NetPage } from './fixtures/net/page.ts';

const MESSAGES = 1_000;
/** A candidate that the other side's offer did not name yet when its first packet came is `prflx`: the same address, learnt from the packet. */
const DIRECT = /^(host|prflx)\/udp (host|prflx)\/udp$/;

declare global {
  interface Window {
    net: NetPage;
    peerConnections: RTCPeerConnection[];
  }
}

let folder: string;
let url: string;
let closeServer: () => Promise<void>;
let relay: Relay;

async function openRelay(options: Partial<RelayOptions> = {}): Promise<void> {
  relay = await startRelay({ port: 0, keyFile: join(folder, 'relay.key'), ...options });
}

/** The same relay again: same key, same port. */
async function reopenRelay(): Promise<void> {
  await openRelay({ port: Number(/\/tcp\/(\d+)\//.exec(relay.multiaddr)?.[1]) });
}

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strait-net-'));
  const outDir = join(folder, 'page');
  const shared = { configFile: false as const, root: 'e2e/fixtures/net', logLevel: 'warn' as const };
  await build({ ...shared, plugins: [libp2pWebRtcFix()], build: { outDir, emptyOutDir: true, target: 'es2023' } });
  const server = await preview({ ...shared, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  url = server.resolvedUrls?.local[0] ?? '';
  closeServer = () => server.close();
});

test.afterAll(async () => {
  await closeServer();
  rmSync(folder, { recursive: true, force: true });
});

test.beforeEach(() => openRelay());
test.afterEach(() => relay.close());

class Person {
  readonly page: Page;
  readonly key: string;

  constructor(page: Page, key: string) {
    this.page = page;
    this.key = key;
  }

  async connect(peer: Person): Promise<void> {
    await this.page.evaluate((key) => window.net.connect(key), peer.key);
  }

  async say(peer: Person, text: string): Promise<boolean> {
    return this.page.evaluate(([key, words]) => window.net.say(key, words), [peer.key, text] as const);
  }

  async count(peer: Person, least: number): Promise<number> {
    return this.page.evaluate(([key, n]) => window.net.count(key, n), [peer.key, least] as const);
  }

  /** What this page has logged of a peer, or of the relay. */
  async log(peer?: Person): Promise<string[]> {
    return this.page.evaluate(
      (key) => window.net.log.flatMap((entry) => (entry.peer === key ? [entry.text] : [])),
      peer?.key ?? '',
    );
  }

  async links(peer: Person): Promise<string[]> {
    return (await this.log(peer)).filter((text) => text.startsWith('link'));
  }

  async messages(peer: Person): Promise<string[]> {
    return (await this.log(peer)).flatMap((text) => (text.startsWith('message ') ? [text.slice(8)] : []));
  }

  async logged(text: string, peer?: Person, times = 1): Promise<void> {
    await expect
      .poll(async () => (await this.log(peer)).filter((entry) => entry === text).length, { timeout: 30_000 })
      .toBeGreaterThanOrEqual(times);
  }

  /** The pair of candidates that each open peer connection uses, from the browser's own statistics. */
  async candidatePairs(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const pairs: string[] = [];
      for (const connection of window.peerConnections) {
        if (connection.connectionState !== 'connected') continue;
        const stats = await connection.getStats();
        const entries = [...stats.values()];
        const transport = entries.find((entry) => entry.type === 'transport');
        const pair = stats.get(transport?.selectedCandidatePairId ?? '');
        const local = stats.get(pair?.localCandidateId ?? '');
        const remote = stats.get(pair?.remoteCandidateId ?? '');
        pairs.push(`${local?.candidateType}/${local?.protocol} ${remote?.candidateType}/${remote?.protocol}`);
      }
      return pairs;
    });
  }

  async breakDirect(): Promise<void> {
    await this.page.evaluate(() => {
      for (const connection of window.peerConnections) connection.close();
    });
  }
}

async function person(browser: Browser, identity: number): Promise<Person> {
  const context = await browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`page ${identity}: ${error.message}`));
  await page.addInitScript(() => {
    window.peerConnections = [];
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        window.peerConnections.push(this);
      }
    };
  });
  await page.goto(url);
  const key = await page.evaluate(([id, address]) => window.net.start(id, address), [
    identity,
    relay.multiaddr,
  ] as const);
  const someone = new Person(page, key);
  await someone.logged('relay reserved');
  return someone;
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

test('two pages talk over the relay at once, move to WebRTC, and go on without the relay', async ({ browser }) => {
  const alice = await person(browser, 1);
  const bob = await person(browser, 2);

  const counting = [alice.count(bob, MESSAGES), bob.count(alice, MESSAGES)];
  await Promise.all([alice.connect(bob), bob.connect(alice)]);
  const [byAlice = 0, byBob = 0] = await Promise.all(counting);
  for (const [one, other, count] of [
    [alice, bob, byBob],
    [bob, alice, byAlice],
  ] as const) {
    await one.logged(`message ${count - 1}`, other);
    expect(await one.messages(other)).toEqual(numbers(count));
    expect(await one.links(other)).toEqual(['link relayed', 'link direct']);
    const log = await one.log(other);
    const upgrade = log.indexOf('link direct');
    expect(log.indexOf('message 0')).toBeLessThan(upgrade);
    expect(log.indexOf(`message ${count - 1}`)).toBeGreaterThan(upgrade);
    expect(await one.candidatePairs()).toEqual([expect.stringMatching(DIRECT)]);
  }

  await relay.close();
  await alice.logged('relay unreachable');
  for (const text of numbers(100)) expect(await alice.say(bob, `without ${text}`)).toBe(true);
  await bob.logged('message without 99', alice);
  expect(await bob.links(alice)).toEqual(['link relayed', 'link direct']);

  await reopenRelay();
  const carol = await person(browser, 3);
  await carol.connect(alice);
  await carol.logged('link direct', alice);
  expect(await carol.say(alice, 'I came later')).toBe(true);
  await alice.logged('message I came later', carol);
  expect(await alice.links(bob)).toEqual(['link relayed', 'link direct']);
});

test('a broken WebRTC path falls back to the relay and is made again, with nothing lost', async ({ browser }) => {
  const alice = await person(browser, 1);
  const bob = await person(browser, 2);
  await alice.connect(bob);
  await Promise.all([alice.logged('link direct', bob), bob.logged('link direct', alice)]);

  const counting = [alice.count(bob, MESSAGES), bob.count(alice, MESSAGES)];
  await alice.page.waitForTimeout(300);
  await alice.breakDirect();
  const [byAlice = 0, byBob = 0] = await Promise.all(counting);
  await bob.logged(`message ${byAlice - 1}`, alice);
  await alice.logged(`message ${byBob - 1}`, bob);
  expect(await bob.messages(alice)).toEqual(numbers(byAlice));
  expect(await alice.messages(bob)).toEqual(numbers(byBob));
  await alice.logged('link direct', bob, 2);
  expect(await alice.links(bob)).toEqual(['link relayed', 'link direct', 'link relayed', 'link direct']);
});

test('a page that reloads is seen as gone at once and is back with a new link', async ({ browser }) => {
  const alice = await person(browser, 1);
  const bob = await person(browser, 2);
  await alice.connect(bob);
  await alice.logged('link direct', bob);
  const gone = Date.now();
  await bob.page.goto('about:blank');
  await alice.logged('link lost', bob);
  expect(Date.now() - gone).toBeLessThan(6_000);
  await bob.page.goto(url);
  await bob.page.evaluate(([id, address]) => window.net.start(id, address), [2, relay.multiaddr] as const);
  await alice.logged('link direct', bob, 2);
  expect(await alice.say(bob, 'welcome back')).toBe(true);
  await bob.logged('message welcome back', alice);
});
