// `npm run bench:channel`: two tabs of real Chromium on loopback, one leading, one following. From the call to each grade (p50, p95) and
// transactions a second, beside the round trip of a raw data channel between the same two tabs.

import { Account, Aptos, AptosConfig, Network } from '@aptos-labs/ts-sdk';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { startRelay } from '../relay/server.ts';
import { fromHex } from '../src/base/bytes.ts';
import { startDevchain } from '../src/devchain/server.ts';
import { libp2pWebRtcFix } from '../vite-plugins/libp2p-webrtc-fix.ts';
import type { BenchPage } from './channel/page.ts';
import { type Measurement, percentile, report } from './report.ts';

const CHAT = `0x${'c4a7'.padStart(64, '0')}` as const;
const CONTRACT = '0x57a17';
const OUT_DIR = `${import.meta.dirname}/../dist-bench`;

const WARM_UP_CALLS = 20;
const LATENCY_CALLS = 200;
const THROUGHPUT_CALLS = 1_000;
const RAW_ROUND_TRIPS = 500;
/** About the size of a signed transaction on the wire. */
const RAW_MESSAGE_SIZE = 256;

function inPage<K extends keyof BenchPage>(
  page: Page,
  method: K,
  ...args: Parameters<BenchPage[K]>
): Promise<Awaited<ReturnType<BenchPage[K]>>> {
  return page.evaluate(
    ([name, given]) => {
      const { bench } = window as unknown as { bench: Record<string, (...a: unknown[]) => unknown> };
      return bench[name as string]?.(...(given as unknown[])) as never;
    },
    [method, args] as const,
  );
}

async function main(): Promise<void> {
  const chain = await startDevchain({ port: 0, faucetPort: 0 });
  const relay = await startRelay({ host: '127.0.0.1', port: 0 });
  const root = `${import.meta.dirname}/channel`;
  const common = { configFile: false, root, logLevel: 'warn' } as const;
  await build({
    ...common,
    plugins: [libp2pWebRtcFix()],
    build: { outDir: OUT_DIR, emptyOutDir: true, target: 'es2023' },
    worker: { format: 'es' },
  });
  const server = await preview({ ...common, build: { outDir: OUT_DIR }, preview: { host: '127.0.0.1', port: 0 } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the page has no port');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--allow-loopback-in-peer-connection'],
  });
  try {
    const aptos = new Aptos(
      new AptosConfig({
        network: Network.LOCAL,
        fullnode: chain.nodeUrl,
        faucet: chain.faucetUrl,
        indexer: chain.indexerUrl,
      }),
    );
    const person = async (): Promise<{ page: Page; account: Account; nodeKey: Uint8Array }> => {
      const context = await browser.newContext({ permissions: ['microphone'] });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error('in the page:', error));
      await page.goto(`http://127.0.0.1:${address.port}/`);
      await page.waitForFunction(() => 'bench' in window);
      const account = Account.generate();
      await aptos.fundAccount({ accountAddress: account.accountAddress, amount: 1_000_000_000 });
      const { nodeKeyHex } = await inPage(page, 'open', {
        chainUrl: chain.nodeUrl,
        contract: CONTRACT,
        walletAddress: account.accountAddress.toStringLong(),
        relays: [relay.multiaddr],
      });
      return { page, account, nodeKey: fromHex(nodeKeyHex) };
    };
    const run = async (signer: Account, fn: string, functionArguments: (string | number | Uint8Array)[]) => {
      const transaction = await aptos.transaction.build.simple({
        sender: signer.accountAddress,
        data: { function: `${CHAT}::chat::${fn}`, functionArguments },
      });
      const { hash } = await aptos.signAndSubmitTransaction({ signer, transaction });
      return aptos.waitForTransaction({ transactionHash: hash });
    };

    const leader = await person();
    const follower = await person();
    await run(leader.account, 'chat_session_create_and_join', [
      CHAT,
      'Benchmark',
      '0',
      600_000,
      '',
      leader.nodeKey,
      '50000000',
    ]);
    await inPage(leader.page, 'join', '1');
    await run(follower.account, 'chat_session_join', [CHAT, '1', follower.nodeKey, '50000000']);
    await inPage(follower.page, 'join', '1');
    await inPage(follower.page, 'direct');

    const offer = await inPage(leader.page, 'offer');
    const answer = await inPage(follower.page, 'answer', offer);
    await inPage(leader.page, 'accept', answer);
    await inPage(leader.page, 'rawRoundTrips', WARM_UP_CALLS, RAW_MESSAGE_SIZE);
    const raw = await inPage(leader.page, 'rawRoundTrips', RAW_ROUND_TRIPS, RAW_MESSAGE_SIZE);

    await inPage(follower.page, 'oneByOne', 'set_nickname', WARM_UP_CALLS);
    const following = await inPage(follower.page, 'oneByOne', 'set_nickname', LATENCY_CALLS);
    const leading = await inPage(leader.page, 'oneByOne', 'set_nickname', LATENCY_CALLS);
    const lightMs = await inPage(follower.page, 'together', 'set_nickname', THROUGHPUT_CALLS);
    const talkMs = await inPage(follower.page, 'together', 'post_message', THROUGHPUT_CALLS);

    const measurements: Measurement[] = [];
    for (const [who, times] of [
      ['follower', following],
      ['leader', leading],
    ] as const) {
      for (const grade of ['executed', 'verified', 'final'] as const) {
        for (const percent of [50, 95]) {
          measurements.push({
            name: `${who}: call to ${grade}, p${percent}`,
            unit: 'ms',
            ours: percentile(times[grade], percent),
            peers: { 'raw data channel round trip': percentile(raw, percent) },
          });
        }
      }
    }
    measurements.push(
      {
        name: 'follower: nicknames set until all final',
        unit: 'transactions/s',
        ours: (THROUGHPUT_CALLS / lightMs) * 1000,
        peers: {},
      },
      {
        name: 'follower: messages posted until all final',
        unit: 'transactions/s',
        ours: (THROUGHPUT_CALLS / talkMs) * 1000,
        peers: {},
      },
    );
    report(measurements);
  } finally {
    await browser.close();
    await server.close();
    await relay.close();
    await chain.close();
  }
}

await main();
process.exit();
