// The command line of the local chain: `npm run devchain -- [--port N] [--faucet-port N] [--indexer-port N] [--host ADDRESS]
// [--data-dir PATH] [--package DIRECTORY]… [--clock wall|manual|running]`. Prints where it listens, stops on SIGINT and SIGTERM.

import { parseArgs } from 'node:util';
import { StraitError } from '../base/errors.ts';
import { parseU64 } from '../base/ids.ts';
import { DrivenClock } from './driven-clock.ts';
import { DEFAULT_GENESIS_PACKAGES } from './genesis.ts';
import { FAUCET_PORT, INDEXER_PORT, NODE_PORT, startDevchain } from './server.ts';

const PORT_MAX = 65_535n;

try {
  await main();
} catch (error) {
  // What the user can do something about is one line; anything else keeps its stack.
  console.error(error instanceof StraitError || isSystemError(error) ? `devchain: ${error.message}` : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: String(NODE_PORT) },
      'faucet-port': { type: 'string', default: String(FAUCET_PORT) },
      'indexer-port': { type: 'string', default: String(INDEXER_PORT) },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string' },
      package: { type: 'string', multiple: true, default: [] },
      clock: { type: 'string', default: 'wall' },
    },
  });
  const dataDir = values['data-dir'];
  const clock = parseClock(values.clock);
  const devchain = await startDevchain({
    port: parsePort(values.port),
    faucetPort: parsePort(values['faucet-port']),
    indexerPort: parsePort(values['indexer-port']),
    host: values.host,
    genesisPackages: [...DEFAULT_GENESIS_PACKAGES, ...values.package],
    ...(dataDir !== undefined && { dataDir }),
    ...(clock && { clock }),
  });
  if (devchain.tornBytes > 0) console.warn(`cut off ${devchain.tornBytes} bytes of a block that was never finished`);
  console.log(`node    ${devchain.nodeUrl}`);
  console.log(`faucet  ${devchain.faucetUrl}`);
  console.log(`indexer ${devchain.indexerUrl}`);
  if (clock) console.log(`clock   ${devchain.nodeUrl}/-/clock (${clock.mode})`);
  const stop = () => {
    devchain.close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function parsePort(text: string): number {
  const port = parseU64(text, 'port');
  if (port > PORT_MAX) throw new RangeError(`no such port: ${text}`);
  return Number(port);
}

/** Undefined for the machine's own. */
function parseClock(text: string): DrivenClock | undefined {
  if (text === 'wall') return undefined;
  if (text !== 'manual' && text !== 'running') throw new RangeError(`no such clock: ${text} (wall, manual or running)`);
  return new DrivenClock(text);
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && ('syscall' in error || error instanceof TypeError || error instanceof RangeError);
}
