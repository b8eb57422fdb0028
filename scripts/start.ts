// `npm start`: the local chain with its faucet, a relay and the page, until Ctrl+C. `npm start -- --help` lists the options.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RELAY_PORT, startRelay } from '../relay/server.ts';
import { toHex } from '../src/base/bytes.ts';
import { FAUCET_PORT, NODE_PORT, startDevchain } from '../src/devchain/server.ts';
import { buildPage, PAGE_PORT, servePage } from './serve-page.ts';

const HELP = `npm start -- [options]     all on 127.0.0.1; port 0 means any free one
  --page-port N      the page (${PAGE_PORT})
  --chain-port N     the chain's REST interface (${NODE_PORT})
  --faucet-port N    the faucet (${FAUCET_PORT})
  --relay-port N     the relay's WebSocket (${RELAY_PORT})
  --data-dir PATH    keep the chain and the relay's key there (.data); --data-dir '' keeps nothing
  --no-build         serve the page that was built before`;

interface Options {
  readonly pagePort: number;
  readonly chainPort: number;
  readonly faucetPort: number;
  readonly relayPort: number;
  readonly dataDir: string;
  readonly build: boolean;
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      'page-port': { type: 'string', default: String(PAGE_PORT) },
      'chain-port': { type: 'string', default: String(NODE_PORT) },
      'faucet-port': { type: 'string', default: String(FAUCET_PORT) },
      'relay-port': { type: 'string', default: String(RELAY_PORT) },
      'data-dir': { type: 'string', default: '.data' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    pagePort: port(values['page-port'], '--page-port'),
    chainPort: port(values['chain-port'], '--chain-port'),
    faucetPort: port(values['faucet-port'], '--faucet-port'),
    relayPort: port(values['relay-port'], '--relay-port'),
    dataDir: values['data-dir'],
    build: !values['no-build'],
  };
}

function port(text: string, flag: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new RangeError(`${flag}: not a port: "${text}"`);
  return value;
}

/** Things that were started, stopped in the opposite order. */
const running: { close(): Promise<void> }[] = [];

async function started<T extends { close(): Promise<void> }>(what: string, start: Promise<T>): Promise<T> {
  try {
    const service = await start;
    running.push(service);
    return service;
  } catch (cause) {
    // libp2p wraps what the system said in words of its own.
    const taken = (cause as { code?: string }).code === 'EADDRINUSE' || String(cause).includes('EADDRINUSE');
    const problem = taken
      ? 'its port is taken. Stop what uses it, or choose another (npm start -- --help).'
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new Error(`The ${what} did not start: ${problem}`, { cause });
  }
}

async function stop(): Promise<void> {
  for (const service of running.splice(0).reverse()) {
    await service.close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  }
}

/** What the chain begins with, and where. */
const PACKAGES = {
  framework: '0x1',
  state_channel: '0x57a17',
  channel_app: '0x6368616e6e656c5f617070000000000000000000000000000000000000000001',
  chat: '0xc4a7',
};

/** Packages whose code on the chain is not what `move/` holds now: the chain was begun with another version of them. */
async function outdatedPackages(nodeUrl: string): Promise<string[]> {
  const outdated: string[] = [];
  for (const [name, address] of Object.entries(PACKAGES)) {
    const folder = `move/${name}/bytecode`;
    const { modules } = JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8')) as {
      modules: { name: string }[];
    };
    for (const module of modules) {
      const response = await fetch(`${nodeUrl}/accounts/${address}/module/${module.name}`);
      const { bytecode } = response.ok ? ((await response.json()) as { bytecode: string }) : { bytecode: '' };
      if (bytecode === `0x${toHex(readFileSync(`${folder}/${module.name}.mv`))}`) continue;
      outdated.push(name);
      break;
    }
  }
  return outdated;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    console.log(HELP);
    return;
  }
  const kept = options.dataDir !== '';
  const chain = await started(
    'local chain',
    startDevchain({
      port: options.chainPort,
      faucetPort: options.faucetPort,
      ...(kept && { dataDir: `${options.dataDir}/chain` }),
    }),
  );
  console.log(`chain   ${chain.nodeUrl}   faucet ${chain.faucetUrl}`);
  const outdated = kept ? await outdatedPackages(chain.nodeUrl) : [];
  if (outdated.length > 0) {
    console.warn(
      `        The chain in ${options.dataDir} was begun with other code of ${outdated.join(', ')}. Delete ${options.dataDir} to begin anew.`,
    );
  }
  const relay = await started(
    'relay',
    startRelay({
      host: '127.0.0.1',
      port: options.relayPort,
      ...(kept && { keyFile: `${options.dataDir}/relay.key` }),
    }),
  );
  console.log(`relay   ${relay.multiaddr}`);
  if (options.build) {
    console.log('page    building…');
    await buildPage('production', 'dist');
  }
  const page = await started(
    'page',
    servePage('dist', options.pagePort, {
      network: 'local',
      chainUrl: chain.nodeUrl,
      faucetUrl: chain.faucetUrl,
      contract: PACKAGES.state_channel,
      chat: { contract: PACKAGES.chat, server: PACKAGES.chat },
      relays: [relay.multiaddr],
      iceServers: [],
    }),
  );
  console.log(`page    ${page.url}\n\nOpen ${page.url} in two tabs. Ctrl+C stops everything.`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stop().then(() => process.exit()));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop();
  process.exitCode = 1;
}
